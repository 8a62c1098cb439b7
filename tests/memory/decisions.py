"""Grave acts proposed, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.decisions import Decision
from bot.domain.errors import Conflict
from bot.domain.ids import CaseId, DecisionId
from tests.memory.state import State, found


class MemoryDecisions:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, decision: Decision) -> None:
        self._state.decisions[decision.id] = decision

    def get(self, decision_id: DecisionId) -> Decision:
        return found(self._state.decisions, decision_id)

    def save(self, decision: Decision) -> None:
        stored = self._state.decisions.get(decision.id)
        if stored is None or stored.revision != decision.revision:
            raise Conflict(f"decision {decision.id}")
        self._state.decisions[decision.id] = replace(decision, revision=decision.revision + 1)

    def of_case(self, case_id: CaseId) -> Sequence[Decision]:
        return [each for each in self._state.decisions.values() if each.case_id == case_id]
