"""What leaders owe in person, what units counted, and grades read a second time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.counts import Raised, UnitCount
from bot.domain.grade_samples import Graded, GradeRead
from bot.domain.ids import AgencyId, CaseId
from bot.domain.matters import Matter, Measure


class Matters(Protocol):
    """Endorsements, recommendations and counts that leaders owe; words and reasons are sealed."""

    def next_number(self) -> int:
        """The number of the next one; numbers of all kinds run together."""
        ...

    def add(self, matter: Matter) -> None:
        """Store a new one; its row among the cases is there already."""
        ...

    def get(self, matter_id: CaseId) -> Matter:
        """The matter, opened; NotFound when there is none."""
        ...

    def save(self, matter: Matter) -> None:
        """Store the next revision; Conflict when somebody else saved first."""
        ...

    def listed(self) -> Sequence[Matter]:
        """Every one in the order of opening, without what is sealed."""
        ...

    def put_measure(self, measure: Measure) -> None:
        """Store one of the force's own measures in place of any of its code."""
        ...

    def measures(self) -> Sequence[Measure]:
        """The force's own measures, by when they began."""
        ...


class UnitCounts(Protocol):
    """What units counted, day by day, and what the record holds of the same days."""

    def put(self, count: UnitCount) -> bool:
        """Let this count stand; False when the same number stood already."""
        ...

    def between(self, first: date, last: date) -> Sequence[UnitCount]:
        """The counts of these days, both included, by unit and day."""
        ...

    def first_day(self) -> date | None:
        """The first day that anybody counted; None before anybody did."""
        ...

    def raised(self, agency: AgencyId, from_at: datetime, until_at: datetime) -> Sequence[Raised]:
        """Every referral that the agency raised in [from_at, until_at), in order."""
        ...


class GradeReads(Protocol):
    """The monthly samples of grades."""

    def add(self, reads: Iterable[GradeRead]) -> None:
        """Store a draw."""
        ...

    def get(self, read_id: str) -> GradeRead:
        """One drawn grade; NotFound when there is none."""
        ...

    def save(self, read: GradeRead) -> None:
        """Store the next revision; Conflict when somebody else saved first."""
        ...

    def listed(self, month: str | None = None) -> Sequence[GradeRead]:
        """The draw of a month such as 2026-11, or every draw, in the order of drawing."""
        ...

    def held_above(self, *, limit: int) -> Sequence[CaseId]:
        """Open cases whose grade is held above the one that somebody gave, the longest known first."""
        ...

    def between(self, from_at: datetime, until_at: datetime) -> Sequence[Graded]:
        """The graded cases opened in [from_at, until_at) that are restricted to nobody, by id."""
        ...
