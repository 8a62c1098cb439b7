"""Everything that is owed, and the one question of the tick: what is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, text, update

from bot.domain.cases import CaseStatus
from bot.domain.deadlines import Deadline
from bot.domain.errors import Conflict, NotFound
from bot.domain.ids import CaseId, DeadlineId
from storage.ahead import DEADLINES_OF, DUE_OF
from storage.columns import stored
from storage.deadline_rows import MOVES, deadline_of, deadline_values, moved_values, only_moved
from storage.statements import Write
from storage.tables import CASES, DEADLINES
from storage.work import DAMAGE, Work, in_batches, poisoned

_COLUMNS = stored(DEADLINES)
_NAMES = [column.name for column in DEADLINES.columns]
_NEXT = update(DEADLINES).where(DEADLINES.c.id == bindparam("of"), DEADLINES.c.version == bindparam("before"))
_CONFLICT = "a deadline was changed meanwhile"
_ADD = Write(insert(DEADLINES), _NAMES, rank=1)
_MOVE = Write(_NEXT, MOVES, rank=2, conflict=_CONFLICT)
_SAVE = Write(_NEXT, [name for name in _NAMES if name != "id"], rank=3, conflict=_CONFLICT)
# Both begin in the partial index on next_at, so that their cost is that of what is due, not of what is open; what is set aside
# is a handful, and read once.
_SET_ASIDE = select(CASES.c.id).where(text("cases.quarantined = 1"))
_WATCHED = (
    DEADLINES.c.ending_kind.is_(None),
    DEADLINES.c.next_at.is_not(None),
    DEADLINES.c.case_id.not_in(_SET_ASIDE),
)
DUE_CASES = (
    select(DEADLINES.c.case_id)
    .where(*_WATCHED, DEADLINES.c.next_at <= bindparam("now", type_=DEADLINES.c.next_at.type))
    .group_by(DEADLINES.c.case_id)
    .order_by(func.min(DEADLINES.c.band), func.min(DEADLINES.c.next_at), DEADLINES.c.case_id)
    .limit(bindparam("most"))
)
NEXT_AT = select(DEADLINES.c.next_at).where(*_WATCHED).order_by(DEADLINES.c.next_at).limit(1)


class SqlDeadlines:
    """The `Deadlines` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def _connection(self) -> Connection:
        return self._work.connection

    def add(self, deadlines: Iterable[Deadline]) -> None:
        """Store new deadlines."""
        for deadline in deadlines:
            self._work.ahead.forget(deadline.case_id)
            self._work.behind.put(_ADD, deadline_values(deadline), deadline.id)
            self._work.held.deadlines[deadline.id] = deadline

    def get(self, deadline_id: DeadlineId) -> Deadline:
        """Return one deadline; raises NotFound."""
        found = self._read(select(*_COLUMNS).where(DEADLINES.c.id == deadline_id))
        if not found:
            raise NotFound("There is no such deadline.")
        return found[0]

    def of_case(self, case_id: CaseId) -> Sequence[Deadline]:
        """Return every deadline of a case in order of due instant."""
        return self._deadlines(self._work.of_case(DEADLINES_OF, case_id))

    def of_cases(self, case_ids: Sequence[CaseId]) -> Mapping[CaseId, Sequence[Deadline]]:
        """Return the deadlines of many cases; a case without any is an empty list."""
        found: dict[CaseId, list[Deadline]] = {case_id: [] for case_id in case_ids}
        for batch in in_batches(case_ids):
            for deadline in self._deadlines(self._connection.execute(DEADLINES_OF, {"wanted": batch}).all()):
                found[deadline.case_id].append(deadline)
        return found

    def save(self, deadlines: Iterable[Deadline]) -> None:
        """Store the next version of each; raises Conflict when a stored one is not the one that was read."""
        held, behind = self._work.held.deadlines, self._work.behind
        for deadline in deadlines:
            self._work.ahead.forget(deadline.case_id)
            before, saved = held.get(deadline.id), replace(deadline, version=deadline.version + 1)
            place = {"of": deadline.id, "before": deadline.version}
            if before is None:
                behind.write(_SAVE, {**deadline_values(saved), **place})
                continue
            if before.version != deadline.version:
                raise Conflict(_CONFLICT)
            if only_moved(before, deadline):
                behind.put(_MOVE, {**moved_values(saved), **place}, deadline.id)
            else:
                behind.put(_SAVE, {**deadline_values(saved), **place}, deadline.id)
            held[deadline.id] = saved

    def due_cases(self, now: datetime, *, limit: int) -> Sequence[CaseId]:
        """Return cases with something due, most urgent band first, then the longest due; they are read ahead."""
        due = [CaseId(found) for found in self._connection.scalars(DUE_CASES, {"now": now, "most": limit})]
        if due:
            self._work.ahead.read(self._connection, self._work.vault, due, now)
        return due

    def due_of_case(self, case_id: CaseId, now: datetime) -> Sequence[Deadline]:
        """Return the open deadlines of a case whose next instant has come, in order of due instant."""
        rows = self._work.ahead.due(case_id, now)
        if rows is None:
            rows = list(self._connection.execute(DUE_OF, {"wanted": [case_id], "now": now}))
        return self._deadlines(rows)

    def next_at(self) -> datetime | None:
        """Return the soonest instant at which the engine has to look (cases in quarantine are not looked at)."""
        soonest: datetime | None = self._connection.scalar(NEXT_AT)
        return soonest

    def quarantine(self, case_id: CaseId) -> None:
        """Keep a case out of `due_cases` until somebody mends it."""
        self._connection.execute(update(CASES).where(CASES.c.id == case_id).values(quarantined=1))

    def listed(self, *, open_only: bool = True, limit: int = 1000) -> Sequence[Deadline]:
        """Return deadlines in order of their next instant; those without one last."""
        query = select(*_COLUMNS).order_by(DEADLINES.c.next_at.nulls_last(), DEADLINES.c.id).limit(limit)
        query = query.where(DEADLINES.c.kind != CaseStatus.SYNTHETIC.value)
        return self._read(query.where(DEADLINES.c.ending_kind.is_(None)) if open_only else query)

    def _read(self, query: Select[Any]) -> list[Deadline]:
        return self._deadlines(self._connection.execute(query).all())

    def _deadlines(self, rows: Sequence[Row[Any]]) -> list[Deadline]:
        found = [_deadline(row) for row in rows]
        self._work.held.deadlines.update((each.id, each) for each in found if self._work.holds(each.case_id))
        return found


def _deadline(row: Row[Any]) -> Deadline:
    try:
        return deadline_of(row)
    except DAMAGE as error:
        raise poisoned(DEADLINES, row.id, error) from None
