"""What leaders owe in person, beside the row among the cases; and the force's own measures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, LargeBinary, Row, Text, func, insert, select, update
from sqlmodel import Field, SQLModel

from bot.domain.errors import Conflict, NotFound
from bot.domain.ids import CaseId, PersonId, Reference
from bot.domain.matters import Matter, MatterKind, MatterState, Measure
from storage.columns import Instant
from storage.upsert import replacing
from storage.work import Work, opened, reading_row, sealed

_STRICT: dict[str, Any] = {"sqlite_strict": True}


class MatterRow(SQLModel, table=True):
    """One thing that a leader owes; `seq` is the order of opening."""

    __tablename__ = "matters"
    __table_args__: ClassVar[tuple[Any, ...]] = (Index("ix_matters_id", "id", unique=True), _STRICT)

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    id: str = Field(sa_type=Text, foreign_key="cases.id")
    reference: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    post: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    words_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    term: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    ended_by: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    reason_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    revision: int = Field(sa_type=Integer)


class MeasureRow(SQLModel, table=True):
    """Something that the force began to do; `began_on` is an ISO date."""

    __tablename__ = "measures"
    __table_args__: ClassVar[dict[str, Any]] = _STRICT

    code: str = Field(sa_type=Text, primary_key=True)
    title: str = Field(sa_type=Text)
    began_on: str = Field(sa_type=Text)


MATTERS = SQLModel.metadata.tables["matters"]
MEASURES = SQLModel.metadata.tables["measures"]
_PUT_MEASURE = replacing(MEASURES, ["code"], ["title", "began_on"])


class SqlMatters:
    """The `Matters` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def next_number(self) -> int:
        """Return one more than there are."""
        found = self._work.connection.scalar(select(func.count()).select_from(MATTERS))
        return (found or 0) + 1

    def add(self, matter: Matter) -> None:
        """Store a new one."""
        self._work.connection.execute(insert(MATTERS), self._values(matter))

    def get(self, matter_id: CaseId) -> Matter:
        """Return the matter, opened; raises NotFound."""
        row = self._work.connection.execute(select(MATTERS).where(MATTERS.c.id == matter_id)).one_or_none()
        if row is None:
            raise NotFound("There is no such matter.")
        return self._matter(row, unsealed=True)

    def save(self, matter: Matter) -> None:
        """Store the next revision; raises Conflict when the stored one is not the one that was read."""
        values = {**self._values(matter), "revision": matter.revision + 1}
        stored = (MATTERS.c.id == matter.id, MATTERS.c.revision == matter.revision)
        if self._work.connection.execute(update(MATTERS).where(*stored).values(values)).rowcount != 1:
            raise Conflict(f"matter {matter.id}")

    def listed(self) -> Sequence[Matter]:
        """Return every one in the order of opening, without what is sealed."""
        rows = self._work.connection.execute(select(MATTERS).order_by(MATTERS.c.seq))
        return [self._matter(row, unsealed=False) for row in rows]

    def put_measure(self, measure: Measure) -> None:
        """Store a measure in place of any of its code."""
        values = {"code": measure.code, "title": measure.title, "began_on": measure.began_on.isoformat()}
        self._work.connection.execute(_PUT_MEASURE[self._work.connection.dialect.name], values)

    def measures(self) -> Sequence[Measure]:
        """Return the measures, by when they began."""
        rows = self._work.connection.execute(select(MEASURES).order_by(MEASURES.c.began_on, MEASURES.c.code))
        return [Measure(row.code, row.title, date.fromisoformat(row.began_on)) for row in rows]

    def _values(self, matter: Matter) -> dict[str, Any]:
        return {
            "id": matter.id,
            "reference": matter.reference,
            "kind": matter.kind.value,
            "code": matter.code,
            "post": matter.post,
            "owner": matter.owner,
            "opened_at": matter.opened_at,
            "due_at": matter.due_at,
            "words_sealed": sealed(self._work, MATTERS, "words_sealed", matter.id, matter.words),
            "term": matter.term,
            "state": matter.state.value,
            "ended_by": matter.ended_by,
            "ended_at": matter.ended_at,
            "reason_sealed": sealed(self._work, MATTERS, "reason_sealed", matter.id, matter.reason),
            "revision": matter.revision,
        }

    def _matter(self, row: Row[Any], *, unsealed: bool) -> Matter:
        with reading_row(MATTERS, row.id):
            words, reason = (
                opened(self._work, MATTERS, name, row.id, getattr(row, name)) if unsealed else ""
                for name in ("words_sealed", "reason_sealed")
            )
            return Matter(
                id=CaseId(row.id),
                reference=Reference(row.reference),
                kind=MatterKind(row.kind),
                code=row.code,
                post=row.post,
                owner=PersonId(row.owner),
                opened_at=row.opened_at,
                due_at=row.due_at,
                words=words,
                term=row.term,
                state=MatterState(row.state),
                ended_by=PersonId(row.ended_by) if row.ended_by is not None else None,
                ended_at=row.ended_at,
                reason=reason,
                revision=row.revision,
            )
