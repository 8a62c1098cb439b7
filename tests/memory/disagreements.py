"""Disagreements between agencies, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.disagreements import Disagreement
from bot.domain.errors import Conflict
from bot.domain.ids import CaseId, DisagreementId
from tests.memory.state import State, found


class MemoryDisagreements:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, disagreement: Disagreement) -> None:
        self._state.disagreements[disagreement.id] = disagreement

    def get(self, disagreement_id: DisagreementId) -> Disagreement:
        return found(self._state.disagreements, disagreement_id)

    def save(self, disagreement: Disagreement) -> None:
        if self._state.disagreements[disagreement.id].revision != disagreement.revision:
            raise Conflict(f"disagreement {disagreement.id}")
        self._state.disagreements[disagreement.id] = replace(disagreement, revision=disagreement.revision + 1)

    def of_case(self, case_id: CaseId) -> Sequence[Disagreement]:
        return [each for each in self._state.disagreements.values() if each.case_id == case_id]
