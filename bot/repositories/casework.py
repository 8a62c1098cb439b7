"""Cases, what is owed on them, and what was decided."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.cases import Case, CaseStatus, Child, HumanAct, Particulars
from bot.domain.deadlines import Deadline
from bot.domain.decisions import Decision
from bot.domain.ids import CaseId, DeadlineId, DecisionId, Reference


class Cases(Protocol):
    """Cases and what people did on them."""

    def next_reference(self, year: int) -> Reference:
        """A reference never given before, e.g. SG-26-00001; a rolled back one is given again."""
        ...

    def add(self, case: Case, particulars: Particulars) -> None:
        """Store a new case with a data key of its own; particulars are sealed under it."""
        ...

    def get(self, case_id: CaseId) -> Case:
        """The case; NotFound when there is none."""
        ...

    def find(self, reference: Reference) -> Case:
        """The case by its reference; NotFound when there is none."""
        ...

    def save(self, case: Case) -> Case:
        """Store the next version: `case.version` is the one it was read at; the answer carries version + 1.

        Conflict when somebody else saved first.
        """
        ...

    def particulars(self, case_id: CaseId) -> Particulars:
        """What is sealed, opened."""
        ...

    def children(self, case_id: CaseId) -> int:
        """How many children the case names, without opening anything."""
        ...

    def listed(self, *, status: CaseStatus | None = None, limit: int = 100) -> Sequence[Case]:
        """Cases, most urgent band first, then oldest."""
        ...

    def with_reference(self, kind: str, value: str) -> Sequence[CaseId]:
        """Cases that name a child by this reference, by blind index."""
        ...

    def at_address(self, address: str) -> Sequence[CaseId]:
        """Cases at the same door (see `domain.places`), by blind index, oldest first."""
        ...

    def known_as(self, kind: str, value: str) -> Sequence[tuple[CaseId, Child]]:
        """Every child known by this reference, by blind index, oldest case first, with all the references given for it."""
        ...

    def record(self, act: HumanAct) -> None:
        """Add a human act; its note is sealed."""
        ...

    def acts(self, case_id: CaseId) -> Sequence[HumanAct]:
        """Every human act, oldest first, notes opened."""
        ...


class Decisions(Protocol):
    """Grave acts proposed, and what became of them; the reason is sealed."""

    def add(self, decision: Decision) -> None:
        """Store a new one."""
        ...

    def get(self, decision_id: DecisionId) -> Decision:
        """The decision, its reason opened; NotFound when there is none."""
        ...

    def save(self, decision: Decision) -> None:
        """Store the next revision; Conflict when somebody else saved first."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Decision]:
        """Every decision of a case in the order of proposing."""
        ...


class Deadlines(Protocol):
    """Everything that is owed."""

    def add(self, deadlines: Iterable[Deadline]) -> None:
        """Store new deadlines."""
        ...

    def get(self, deadline_id: DeadlineId) -> Deadline:
        """One deadline; NotFound when there is none."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Deadline]:
        """Every deadline of a case, in order of due instant; superseded ones too."""
        ...

    def of_cases(self, case_ids: Sequence[CaseId]) -> Mapping[CaseId, Sequence[Deadline]]:
        """The same for many cases in one question."""
        ...

    def save(self, deadlines: Iterable[Deadline]) -> None:
        """Store the next version of each; Conflict when one was changed by somebody else since it was read."""
        ...

    def due_cases(self, now: datetime, *, limit: int) -> Sequence[CaseId]:
        """Cases with an open deadline whose `next_at` has come and that are not quarantined: most urgent band first."""
        ...

    def due_of_case(self, case_id: CaseId, now: datetime) -> Sequence[Deadline]:
        """The open deadlines of a case whose `next_at` has come, in order of due instant."""
        ...

    def next_at(self) -> datetime | None:
        """The soonest `next_at` of all open deadlines, None when nothing is owed."""
        ...

    def quarantine(self, case_id: CaseId) -> None:
        """Keep a case that cannot be handled out of `due_cases` until somebody mends it."""
        ...

    def listed(self, *, open_only: bool = True, limit: int = 1000) -> Sequence[Deadline]:
        """Deadlines in order of their next instant, for the console."""
        ...
