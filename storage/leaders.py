"""What units counted day by day, and the monthly samples of grades."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, Row, Text, and_, func, insert, select, update
from sqlmodel import Field, SQLModel

from bot.domain.cases import BESIDE_CHILDREN, CaseStatus
from bot.domain.counts import Raised, UnitCount
from bot.domain.errors import Conflict, NotFound
from bot.domain.grade_samples import Graded, GradeRead, Reading
from bot.domain.ids import AgencyId, CaseId, PersonId, TeamId
from storage.columns import Instant
from storage.tables import CASES, PARTIES
from storage.upsert import replacing
from storage.work import Work

_STRICT: dict[str, Any] = {"sqlite_strict": True}


class UnitCountRow(SQLModel, table=True):
    """How many children's concerns a unit counted on a day; `day` is an ISO date of the force's own calendar."""

    __tablename__ = "unit_counts"
    __table_args__: ClassVar[tuple[Any, ...]] = (Index("ix_unit_counts_day", "day"), _STRICT)

    unit: str = Field(sa_type=Text, primary_key=True)
    day: str = Field(sa_type=Text, primary_key=True)
    number: int = Field(sa_type=Integer)
    by_person: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


class GradeReadRow(SQLModel, table=True):
    """One grade drawn for a second reader; `seq` is the order of the draw."""

    __tablename__ = "grade_reads"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_grade_reads_id", "id", unique=True),
        Index("ix_grade_reads_month", "month", "seq"),
        _STRICT,
    )

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    id: str = Field(sa_type=Text)
    month: str = Field(sa_type=Text)
    area: str = Field(sa_type=Text)
    case_id: str = Field(sa_type=Text, foreign_key="cases.id")
    grade: str = Field(sa_type=Text)
    seed: str = Field(sa_type=Text)
    population: int = Field(sa_type=Integer)
    reader: str | None = Field(default=None, sa_type=Text)
    drawn_at: datetime = Field(sa_type=Instant)
    reading: str | None = Field(default=None, sa_type=Text)
    by_person: str | None = Field(default=None, sa_type=Text)
    read_at: datetime | None = Field(default=None, sa_type=Instant)
    revision: int = Field(sa_type=Integer)


COUNTS = SQLModel.metadata.tables["unit_counts"]
READS = SQLModel.metadata.tables["grade_reads"]
_PUT = replacing(COUNTS, ["unit", "day"], ["number", "by_person", "at"])
_OF_CHILDREN = CASES.c.status.not_in([beside.value for beside in sorted(BESIDE_CHILDREN)])


class SqlUnitCounts:
    """The `UnitCounts` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, count: UnitCount) -> bool:
        """Let a count stand; False when the same number stood already."""
        day, connection = count.day.isoformat(), self._work.connection
        before = connection.scalar(select(COUNTS.c.number).where(COUNTS.c.unit == count.unit, COUNTS.c.day == day))
        if before == count.number:
            return False
        values = {"unit": count.unit, "day": day, "number": count.number, "by_person": count.by, "at": count.at}
        connection.execute(_PUT[connection.dialect.name], values)
        return True

    def between(self, first: date, last: date) -> Sequence[UnitCount]:
        """Return the counts of these days by unit and day."""
        days = (COUNTS.c.day >= first.isoformat(), COUNTS.c.day <= last.isoformat())
        rows = self._work.connection.execute(select(COUNTS).where(*days).order_by(COUNTS.c.unit, COUNTS.c.day))
        return [
            UnitCount(TeamId(row.unit), date.fromisoformat(row.day), row.number, PersonId(row.by_person), row.at)
            for row in rows
        ]

    def first_day(self) -> date | None:
        """Return the first day that anybody counted."""
        found = self._work.connection.scalar(select(func.min(COUNTS.c.day)))
        return date.fromisoformat(found) if found else None

    def raised(self, agency: AgencyId, from_at: datetime, until_at: datetime) -> Sequence[Raised]:
        """Return every referral that the agency raised, in order."""
        query = (
            select(CASES.c.opened_at, CASES.c.referrer, PARTIES.c.team)
            .join_from(
                CASES,
                PARTIES,
                and_(PARTIES.c.case_id == CASES.c.id, PARTIES.c.agency == CASES.c.referring_agency),
            )
            .where(CASES.c.opened_at >= from_at, CASES.c.opened_at < until_at, _OF_CHILDREN)
            .where(CASES.c.referring_agency == agency)
            .order_by(CASES.c.opened_at, CASES.c.id)
        )
        return [
            Raised(row.opened_at, PersonId(row.referrer), TeamId(row.team))
            for row in self._work.connection.execute(query)
        ]


class SqlGradeReads:
    """The `GradeReads` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, reads: Iterable[GradeRead]) -> None:
        """Store a draw."""
        rows = [_values(read) for read in reads]
        if rows:
            self._work.connection.execute(insert(READS), rows)

    def get(self, read_id: str) -> GradeRead:
        """Return one drawn grade; raises NotFound."""
        row = self._work.connection.execute(select(READS).where(READS.c.id == read_id)).one_or_none()
        if row is None:
            raise NotFound("There is no such drawn grade.")
        return _read(row)

    def save(self, read: GradeRead) -> None:
        """Store the next revision; raises Conflict when the stored one is not the one that was read."""
        values = {**_values(read), "revision": read.revision + 1}
        stored = (READS.c.id == read.id, READS.c.revision == read.revision)
        if self._work.connection.execute(update(READS).where(*stored).values(values)).rowcount != 1:
            raise Conflict(f"grade read {read.id}")

    def listed(self, month: str | None = None) -> Sequence[GradeRead]:
        """Return the draw of a month, or every draw, in the order of drawing."""
        query = select(READS).order_by(READS.c.seq)
        rows = self._work.connection.execute(query if month is None else query.where(READS.c.month == month))
        return [_read(row) for row in rows]

    def held_above(self, *, limit: int) -> Sequence[CaseId]:
        """Return open cases whose grade is held above the one that was given, the longest known first."""
        query = (
            select(CASES.c.id)
            .where(CASES.c.status == CaseStatus.OPEN.value, CASES.c.grade.is_not(None))
            .where(CASES.c.grade != CASES.c.effective_grade)
            .order_by(CASES.c.first_aware_at, CASES.c.id)
            .limit(limit)
        )
        return [CaseId(found) for found in self._work.connection.scalars(query)]

    def between(self, from_at: datetime, until_at: datetime) -> Sequence[Graded]:
        """Return the graded cases opened in a time, by id, those left out that exist for a named list alone."""
        query = (
            select(CASES.c.id, CASES.c.concern, CASES.c.effective_grade)
            .where(
                CASES.c.opened_at >= from_at,
                CASES.c.opened_at < until_at,
                CASES.c.grade.is_not(None),
                CASES.c.effective_grade.is_not(None),
                CASES.c.restricted_to.is_(None),
                CASES.c.status != CaseStatus.MERGED.value,
                _OF_CHILDREN,
            )
            .order_by(CASES.c.id)
        )
        return [
            Graded(CaseId(row.id), row.concern, row.effective_grade) for row in self._work.connection.execute(query)
        ]


def _values(read: GradeRead) -> dict[str, Any]:
    return {
        "id": read.id,
        "month": read.month,
        "area": read.area,
        "case_id": read.case_id,
        "grade": read.grade,
        "seed": read.seed,
        "population": read.population,
        "reader": read.reader,
        "drawn_at": read.drawn_at,
        "reading": read.reading.value if read.reading else None,
        "by_person": read.by,
        "read_at": read.read_at,
        "revision": read.revision,
    }


def _read(row: Row[Any]) -> GradeRead:
    return GradeRead(
        id=row.id,
        month=row.month,
        area=row.area,
        case_id=CaseId(row.case_id),
        grade=row.grade,
        seed=row.seed,
        population=row.population,
        reader=PersonId(row.reader) if row.reader is not None else None,
        drawn_at=row.drawn_at,
        reading=Reading(row.reading) if row.reading is not None else None,
        by=PersonId(row.by_person) if row.by_person is not None else None,
        read_at=row.read_at,
        revision=row.revision,
    )
