"""The week's counts, in memory."""

from __future__ import annotations

from datetime import datetime

from bot.domain.cases import Case, CaseStatus
from bot.domain.deadlines import Deadline, EndingKind
from bot.domain.redaction import ACKNOWLEDGE
from bot.ports import WeekCounts
from tests.memory.state import State


class MemoryReports:
    def __init__(self, state: State) -> None:
        self._state = state

    def week(self, *, team: str | None, from_at: datetime, until_at: datetime) -> WeekCounts:
        owed = [each for each in self._state.deadlines.values() if team in {None, each.team}]
        theirs = {each.case_id for each in owed}
        cases = [
            case
            for case in self._state.cases.values()
            if case.status is CaseStatus.OPEN and case.opened_at < until_at and (team is None or case.id in theirs)
        ]
        late = {each.case_id for each in owed if each.pings and _open_at(each, until_at) and each.due_at <= until_at}
        due = [each for each in owed if _counts(each) and from_at <= each.due_at < until_at]
        met = [each.due_at for each in due if each.ending and each.ending.kind is EndingKind.MET]
        in_time = [
            each for each in due if each.ending and each.ending.kind is EndingKind.MET and each.ending.at <= each.due_at
        ]
        oldest = min(cases, key=lambda case: (case.last_act_at, case.reference), default=None)
        return WeekCounts(
            open_now=len(cases),
            acknowledged=len(met),
            acknowledged_in_time=len(in_time),
            acknowledgements_due=len(due),
            late_now=sum(case.id in late for case in cases),
            unassigned=sum(_unassigned(case) for case in cases),
            told_by_phone=self._told_by_phone(team, from_at, until_at),
            oldest_silent=oldest.reference if oldest else None,
            oldest_silent_since=oldest.last_act_at if oldest else None,
        )

    def _told_by_phone(self, team: str | None, from_at: datetime, until_at: datetime) -> int:
        parties = [party for case in self._state.cases.values() for party in case.parties]
        told = [
            party.phone.at
            for party in parties
            if party.phone
            and team in {None, party.team}
            and (party.acknowledged is None or party.acknowledged.at >= until_at)
        ]
        return sum(from_at <= at < until_at for at in told)


def _counts(deadline: Deadline) -> bool:
    superseded = deadline.ending is not None and deadline.ending.kind is EndingKind.SUPERSEDED
    return deadline.kind == ACKNOWLEDGE and not superseded


def _open_at(deadline: Deadline, at: datetime) -> bool:
    return deadline.ending is None or deadline.ending.at > at


def _unassigned(case: Case) -> bool:
    return all(party.owner is None for party in case.parties)
