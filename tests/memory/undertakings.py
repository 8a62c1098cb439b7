"""Hand-overs and holds, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import Conflict
from bot.domain.handovers import Handover
from bot.domain.holds import Hold
from bot.domain.ids import CaseId, HandoverId
from tests.memory.state import State, found


class MemoryHandovers:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, handover: Handover) -> None:
        self._state.handovers[handover.id] = handover

    def get(self, handover_id: HandoverId) -> Handover:
        return found(self._state.handovers, handover_id)

    def save(self, handover: Handover) -> None:
        stored = self._state.handovers.get(handover.id)
        if stored is None or stored.revision != handover.revision:
            raise Conflict(f"hand-over {handover.id}")
        self._state.handovers[handover.id] = replace(handover, revision=handover.revision + 1)

    def of_case(self, case_id: CaseId) -> Sequence[Handover]:
        return [each for each in self._state.handovers.values() if each.case_id == case_id]


class MemoryHolds:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, hold: Hold) -> None:
        self._state.holds.append(hold)

    def of_case(self, case_id: CaseId) -> Sequence[Hold]:
        return [each for each in self._state.holds if each.case_id == case_id]
