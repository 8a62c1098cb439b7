"""Rows read ahead for a batch of cases, so that the tick asks four questions for fifty cases instead of two hundred."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from bot.domain.notices import NoticeKind, NoticeState
from storage.columns import stored
from storage.tables import CASES, DEADLINES, NOTICES, PARTIES
from storage.vault import SqlVault

PLAIN_CASE = [column for column in stored(CASES) if not str(column.name).endswith(("_sealed", "_index"))]
PARTIES_OF = (
    select(*stored(PARTIES))
    .where(PARTIES.c.case_id.in_(bindparam("wanted", expanding=True)))
    .order_by(PARTIES.c.case_id, PARTIES.c.position)
)
DEADLINES_OF = (
    select(*stored(DEADLINES))
    .where(DEADLINES.c.case_id.in_(bindparam("wanted", expanding=True)))
    .order_by(DEADLINES.c.due_at, DEADLINES.c.id)
)
# Not in the words of the partial index on next_at, by which SQLite would go through all that is due for each batch of cases.
DUE_OF = DEADLINES_OF.where(
    func.coalesce(DEADLINES.c.ending_kind, "") == "",
    DEADLINES.c.next_at <= bindparam("now", type_=DEADLINES.c.next_at.type),
)
# In one order everywhere, so that two processes never wait for each other's cases.
_CASES_OF = (
    select(*PLAIN_CASE)
    .where(CASES.c.id.in_(bindparam("wanted", expanding=True)))
    .order_by(CASES.c.id)
    .with_for_update(key_share=True)
)
_STEPS_OF = (
    select(*stored(NOTICES))
    .where(
        NOTICES.c.case_id.in_(bindparam("wanted", expanding=True)),
        NOTICES.c.kind == NoticeKind.STEP.value,
        NOTICES.c.created_at >= bindparam("since", type_=NOTICES.c.created_at.type),
        NOTICES.c.state != NoticeState.SUPERSEDED.value,
    )
    .order_by(NOTICES.c.created_at, NOTICES.c.seq)
)

Rows = dict[str, list[Row[Any]]]
Place = tuple[str, str]
"""A case and a destination."""


@dataclass(slots=True)
class Ahead:
    """Each row is given out once and then read anew: nothing here outlives a change of its case."""

    batch: frozenset[str] = frozenset()
    """The cases read ahead, locked until the transaction ends."""
    _cases: Rows = field(default_factory=dict)
    _parties: Rows = field(default_factory=dict)
    _due: Rows = field(default_factory=dict)
    _due_at: datetime | None = None
    _kept: dict[Select[Any], Rows | None] = field(default_factory=dict)

    def of_case(self, connection: Connection, query: Select[Any], case_id: str) -> list[Row[Any]] | None:
        """Return a case's rows of a question about the cases `wanted`, asked once for the batch; None for a case outside it."""
        if case_id not in self.batch:
            return None
        if query not in self._kept:
            self._kept[query] = _asked(connection, query, self.batch, "case_id")
        kept = self._kept[query]
        return kept.get(case_id, []) if kept is not None else None

    def ask_anew(self) -> None:
        """Forget the answers of `of_case`, which something has changed."""
        self._kept.clear()

    def read(self, connection: Connection, vault: SqlVault, case_ids: Sequence[str], now: datetime) -> None:
        """Read a batch of cases with what is due of them and their keys, and keep other processes from changing them."""
        wanted = {"wanted": list(case_ids)}
        self.batch = frozenset(case_ids)
        self._kept.clear()
        self._cases = _by(connection.execute(_CASES_OF, wanted).all(), lambda row: row.id)
        self._parties = {case_id: [] for case_id in case_ids} | _by(
            connection.execute(PARTIES_OF, wanted).all(), lambda row: row.case_id
        )
        self._due = _by(connection.execute(DUE_OF, {**wanted, "now": now}).all(), lambda row: row.case_id)
        self._due_at = now
        vault.preload(
            case_id
            for case_id, rows in self._parties.items()
            if any(row.record_number_sealed is not None for row in rows)
        )

    def case(self, case_id: str) -> Row[Any] | None:
        """Return the case's row, once."""
        return next(iter(self._cases.pop(case_id, ())), None)

    def parties(self, case_id: str) -> list[Row[Any]] | None:
        """Return the rows of its parties, once; None when they were not read ahead."""
        return self._parties.pop(case_id, None)

    def due(self, case_id: str, now: datetime) -> list[Row[Any]] | None:
        """Return the rows of its deadlines that are due, once; None when they were not read ahead."""
        return self._due.pop(case_id, None) if now == self._due_at else None

    def forget(self, case_id: str) -> None:
        """Forget a case that is being changed."""
        for held in (self._cases, self._parties, self._due):
            held.pop(case_id, None)


@dataclass(slots=True)
class Looked:
    """Cases that are read one after the other in a transaction that changes nothing: each question is asked once for all."""

    cases: frozenset[str] = frozenset()
    _kept: dict[Select[Any], Rows | None] = field(default_factory=dict)

    def of_case(
        self, connection: Connection, query: Select[Any], case_id: str, key: str = "case_id"
    ) -> list[Row[Any]] | None:
        """Return a case's rows of a question about the cases `wanted`, whose case is in `key`; None for one not looked at."""
        if case_id not in self.cases:
            return None
        if query not in self._kept:
            self._kept[query] = _asked(connection, query, self.cases, key)
        kept = self._kept[query]
        return kept.get(case_id, []) if kept is not None else None


@dataclass(slots=True)
class StepsAhead:
    """The newest step notice to each person about each case of a batch, until something changes it."""

    _since: datetime | None = None
    _covered: frozenset[str] = frozenset()
    _newest: dict[Place, Row[Any]] = field(default_factory=dict)
    _stale: set[Place] = field(default_factory=set)
    _place_of: dict[str, Place] = field(default_factory=dict)

    def looked(self, since: datetime) -> bool:
        """Whether a batch was read as of this instant."""
        return since == self._since

    def knows(self, place: Place, since: datetime) -> bool:
        """Whether the answer for a case and a destination is at hand."""
        return place[0] in self._covered and since == self._since and place not in self._stale

    def read(self, connection: Connection, case_ids: Sequence[str], since: datetime) -> None:
        """Read what was decided about a batch of cases since an instant."""
        rows = connection.execute(_STEPS_OF, {"wanted": list(case_ids), "since": since}).all()
        self._since, self._covered = since, frozenset(case_ids)
        self._newest = {(row.case_id, row.destination): row for row in rows}
        self._place_of = {row.id: place for place, row in self._newest.items()}
        self._stale = set()

    def newest(self, place: Place) -> Row[Any] | None:
        """Return the newest notice there, None when there is none."""
        return self._newest.get(place)

    def added(self, place: Place) -> None:
        """Something new was decided for a case and a destination."""
        self._stale.add(place)

    def overtaken(self, case_id: str) -> None:
        """What was decided about a case need not be said any more."""
        self._covered -= {case_id}

    def settled(self, notice_id: str) -> None:
        """A notice was overtaken or done with."""
        place = self._place_of.get(notice_id)
        if place is not None:
            self._stale.add(place)

    def forget(self) -> None:
        """Forget everything, after a part of the transaction was undone."""
        self._covered = frozenset()


def _asked(connection: Connection, query: Select[Any], case_ids: frozenset[str], key: str) -> Rows | None:
    """Return a question's rows by case; None where one cannot be read, so that each case is asked for by itself."""
    try:
        return _by(connection.execute(query, {"wanted": sorted(case_ids)}).all(), attrgetter(key))
    except (ValueError, TypeError):
        return None


def _by(rows: Sequence[Row[Any]], key: Callable[[Row[Any]], str]) -> Rows:
    found: Rows = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found
