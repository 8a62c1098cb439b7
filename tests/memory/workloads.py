"""Counts behind queues and loads, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.cases import CaseStatus
from bot.domain.ids import TeamId
from bot.domain.workloads import CountedAct, HeldPart
from tests.memory.state import State

COUNTED = {CaseStatus.OPEN, CaseStatus.CLOSED}


class MemoryWorkloads:
    def __init__(self, state: State) -> None:
        self._state = state

    def counted(self, codes: Collection[str]) -> Sequence[CountedAct]:
        cases = self._state.cases
        return [
            CountedAct(act.case_id, cases[act.case_id].band, act.code, act.done_at, act.count)
            for act in self._state.acts
            if act.code in codes and cases[act.case_id].status in COUNTED
        ]

    def parts(self, team: TeamId, *, since: datetime) -> Sequence[HeldPart]:
        found = [
            (party.told_at, case.id, HeldPart(party.owner, party.told_at, case.closed_at))
            for case in self._state.cases.values()
            for party in case.parties
            if party.team == team and case.status in COUNTED and (case.closed_at is None or case.closed_at > since)
        ]
        return [part for _, _, part in sorted(found, key=lambda each: each[:2])]
