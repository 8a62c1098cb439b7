"""The rows of the bot's own case, in memory."""

from __future__ import annotations

from datetime import datetime

from bot.domain.cases import CaseStatus
from bot.domain.ids import CaseId
from tests.memory.state import State


class MemorySynthetic:
    def __init__(self, state: State) -> None:
        self._state = state

    def sent_at(self, key: str) -> datetime | None:
        return next((notice.sent_at for notice in self._state.notices.values() if notice.key == key), None)

    def forget(self, case_id: CaseId) -> None:
        case, state = self._state.cases.get(case_id), self._state
        if case is None or case.status is not CaseStatus.SYNTHETIC:
            return
        del state.cases[case_id]
        state.particulars.pop(case_id, None)
        state.deadlines = {name: d for name, d in state.deadlines.items() if d.case_id != case_id}
        state.notices = state.notices.without(case_id)
        state.cards = {name: card for name, card in state.cards.items() if name[0] != case_id}
