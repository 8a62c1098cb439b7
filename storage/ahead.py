"""Rows read ahead for a batch of cases, so that the tick asks three questions for fifty cases instead of a hundred."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from storage.tables import CASES, DEADLINES, PARTIES
from storage.vault import SqlVault

PLAIN_CASE = [column for column in CASES.columns if not column.name.endswith(("_sealed", "_index"))]
PARTIES_OF = (
    select(PARTIES)
    .where(PARTIES.c.case_id.in_(bindparam("wanted", expanding=True)))
    .order_by(PARTIES.c.case_id, PARTIES.c.position)
)
DEADLINES_OF = (
    select(DEADLINES)
    .where(DEADLINES.c.case_id.in_(bindparam("wanted", expanding=True)))
    .order_by(DEADLINES.c.due_at, DEADLINES.c.id)
)
_CASES_OF = select(*PLAIN_CASE).where(CASES.c.id.in_(bindparam("wanted", expanding=True)))

Rows = dict[str, list[Row[Any]]]


@dataclass(slots=True)
class Ahead:
    """Each row is given out once and then read anew: nothing here outlives a change of its case."""

    _cases: Rows = field(default_factory=dict)
    _parties: Rows = field(default_factory=dict)
    _deadlines: Rows = field(default_factory=dict)

    def read(self, connection: Connection, vault: SqlVault, case_ids: Sequence[str]) -> None:
        """Read everything about a batch of cases, with their keys."""
        wanted = {"wanted": list(case_ids)}
        self._cases = _by(connection.execute(_CASES_OF, wanted).all(), lambda row: row.id)
        self._parties = {case_id: [] for case_id in case_ids} | _by(
            connection.execute(PARTIES_OF, wanted).all(), lambda row: row.case_id
        )
        self._deadlines = _by(connection.execute(DEADLINES_OF, wanted).all(), lambda row: row.case_id)
        vault.preload(case_ids)

    def case(self, case_id: str) -> Row[Any] | None:
        """Return the case's row, once."""
        return next(iter(self._cases.pop(case_id, ())), None)

    def parties(self, case_id: str) -> list[Row[Any]] | None:
        """Return the rows of its parties, once; None when they were not read ahead."""
        return self._parties.pop(case_id, None)

    def deadlines(self, case_id: str) -> list[Row[Any]] | None:
        """Return the rows of its deadlines, once; None when they were not read ahead."""
        return self._deadlines.pop(case_id, None)

    def forget(self, case_id: str) -> None:
        """Forget a case that is being changed."""
        for held in (self._cases, self._parties, self._deadlines):
            held.pop(case_id, None)


def _by(rows: Sequence[Row[Any]], key: Callable[[Row[Any]], str]) -> Rows:
    found: Rows = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found
