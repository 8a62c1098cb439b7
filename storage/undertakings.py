"""Hand-overs offered and reminders put off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, Row, Text, UniqueConstraint, bindparam, insert, select, update
from sqlmodel import Field, SQLModel

from bot.domain.errors import Conflict, NotFound
from bot.domain.handovers import Handover, HandoverState
from bot.domain.holds import Hold, HoldKind
from bot.domain.ids import AgencyId, CaseId, HandoverId, PersonId
from storage.columns import Instant
from storage.work import Work, reading_row

_STRICT: dict[str, Any] = {"sqlite_strict": True}


class HandoverRow(SQLModel, table=True):
    """One offer to take an agency's part of a case over; `to_people` is a JSON array, `seq` the order of offering."""

    __tablename__ = "handovers"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint("id", name="uq_handovers_id"),
        Index("ix_handovers_case", "case_id", "seq"),
        _STRICT,
    )

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    id: str = Field(sa_type=Text)
    case_id: str = Field(sa_type=Text, foreign_key="cases.id")
    agency: str = Field(sa_type=Text)
    to_people: str = Field(sa_type=Text)
    by_person: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=Text)
    ended_by: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    revision: int = Field(sa_type=Integer)


class HoldRow(SQLModel, table=True):
    """One person's reminders about one case put off; `seq` is the order of storing."""

    __tablename__ = "holds"
    __table_args__: ClassVar[tuple[Any, ...]] = (Index("ix_holds_case", "case_id", "seq"), _STRICT)

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    case_id: str = Field(sa_type=Text, foreign_key="cases.id")
    person: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)


HANDOVERS = SQLModel.metadata.tables["handovers"]
HOLDS = SQLModel.metadata.tables["holds"]


_HANDOVERS_OF = (
    select(HANDOVERS).where(HANDOVERS.c.case_id.in_(bindparam("wanted", expanding=True))).order_by(HANDOVERS.c.seq)
)
_HOLDS_OF = select(HOLDS).where(HOLDS.c.case_id.in_(bindparam("wanted", expanding=True))).order_by(HOLDS.c.seq)


class SqlHandovers:
    """The `Handovers` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, handover: Handover) -> None:
        """Store a new hand-over."""
        self._work.connection.execute(insert(HANDOVERS), _values(handover))

    def get(self, handover_id: HandoverId) -> Handover:
        """Return the hand-over; raises NotFound."""
        row = self._work.connection.execute(select(HANDOVERS).where(HANDOVERS.c.id == handover_id)).one_or_none()
        if row is None:
            raise NotFound("There is no such hand-over, or none that you may see.")
        return _handover(row)

    def save(self, handover: Handover) -> None:
        """Store the next revision; raises Conflict when the stored one is not the one that was read."""
        values = {**_values(handover), "revision": handover.revision + 1}
        stored = (HANDOVERS.c.id == handover.id, HANDOVERS.c.revision == handover.revision)
        if self._work.connection.execute(update(HANDOVERS).where(*stored).values(values)).rowcount != 1:
            raise Conflict(f"hand-over {handover.id}")

    def of_case(self, case_id: CaseId) -> Sequence[Handover]:
        """Return every hand-over of a case in the order of offering."""
        return [_handover(row) for row in self._work.of_case(_HANDOVERS_OF, case_id)]


class SqlHolds:
    """The `Holds` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, hold: Hold) -> None:
        """Store a new hold."""
        values = {
            "case_id": hold.case_id,
            "person": hold.person,
            "kind": hold.kind.value,
            "code": hold.code,
            "at": hold.at,
            "until_at": hold.until_at,
        }
        self._work.connection.execute(insert(HOLDS), values)
        self._work.ahead.ask_anew()

    def of_case(self, case_id: CaseId) -> Sequence[Hold]:
        """Return every hold of a case in the order of storing."""
        aside = self._work.aside
        rows = self._work.ahead.of_case(aside, _HOLDS_OF, case_id)
        if rows is None:
            rows = self._work.looked.of_case(aside, _HOLDS_OF, case_id)
        if rows is None:
            rows = list(aside.execute(_HOLDS_OF, {"wanted": [case_id]}))
        return [_hold(row) for row in rows]


def _values(handover: Handover) -> dict[str, Any]:
    return {
        "id": handover.id,
        "case_id": handover.case_id,
        "agency": handover.agency,
        "to_people": json.dumps(handover.to),
        "by_person": handover.by,
        "at": handover.at,
        "state": handover.state.value,
        "ended_by": handover.ended_by,
        "ended_at": handover.ended_at,
        "revision": handover.revision,
    }


def _handover(row: Row[Any]) -> Handover:
    with reading_row(HANDOVERS, row.id):
        return Handover(
            id=HandoverId(row.id),
            case_id=CaseId(row.case_id),
            agency=AgencyId(row.agency),
            to=tuple(PersonId(person) for person in json.loads(row.to_people)),
            by=PersonId(row.by_person),
            at=row.at,
            state=HandoverState(row.state),
            ended_by=PersonId(row.ended_by) if row.ended_by is not None else None,
            ended_at=row.ended_at,
            revision=row.revision,
        )


def _hold(row: Row[Any]) -> Hold:
    with reading_row(HOLDS, row.seq):
        return Hold(
            case_id=CaseId(row.case_id),
            person=PersonId(row.person),
            kind=HoldKind(row.kind),
            at=row.at,
            until_at=row.until_at,
            code=row.code,
        )
