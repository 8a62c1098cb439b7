"""Grave acts proposed on cases, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from bot.domain.decisions import Decision
from bot.domain.errors import Conflict, NotFound
from bot.domain.ids import CaseId, DecisionId
from storage import mapping
from storage.tables import DECISIONS
from storage.work import Work, opened, reading_row, sealed

_OF_CASES = (
    select(DECISIONS).where(DECISIONS.c.case_id.in_(bindparam("wanted", expanding=True))).order_by(DECISIONS.c.seq)
)


class SqlDecisions:
    """The `Decisions` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, decision: Decision) -> None:
        """Store a new decision, its reason sealed."""
        self._work.connection.execute(insert(DECISIONS), self._values(decision))

    def get(self, decision_id: DecisionId) -> Decision:
        """Return the decision, its reason opened; raises NotFound."""
        row = self._work.connection.execute(select(DECISIONS).where(DECISIONS.c.id == decision_id)).one_or_none()
        if row is None:
            raise NotFound("There is no such proposal, or none that you may see.")
        return self._decision(row)

    def save(self, decision: Decision) -> None:
        """Store the next revision; raises Conflict when the stored one is not the one that was read."""
        values = {**self._values(decision), "revision": decision.revision + 1}
        stored = (DECISIONS.c.id == decision.id, DECISIONS.c.revision == decision.revision)
        if self._work.connection.execute(update(DECISIONS).where(*stored).values(values)).rowcount != 1:
            raise Conflict(f"decision {decision.id}")

    def of_case(self, case_id: CaseId) -> Sequence[Decision]:
        """Return every decision of a case in the order of proposing."""
        return [self._decision(row) for row in self._work.of_case(_OF_CASES, case_id)]

    def _values(self, decision: Decision) -> mapping.Values:
        reason = sealed(self._work, DECISIONS, "reason_sealed", decision.case_id, decision.reason)
        return {**mapping.decision_values(decision), "reason_sealed": reason}

    def _decision(self, row: Row[Any]) -> Decision:
        with reading_row(DECISIONS, row.id):
            reason = opened(self._work, DECISIONS, "reason_sealed", row.case_id, row.reason_sealed)
            return mapping.decision_of(row, reason)
