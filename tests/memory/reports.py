"""The week's counts, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.cases import Case, CaseStatus
from bot.domain.deadlines import Deadline, EndingKind
from bot.domain.notices import Notice, NoticeKind, NoticeState
from bot.domain.policy import Band
from bot.domain.redaction import ACKNOWLEDGE
from bot.ports import WeekCounts
from bot.watch import Figures, Finding, Lapse
from tests.memory.outbox import WAITING
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
        oldest = min(
            (case for case in cases if not case.restricted),
            key=lambda case: (case.last_act_at, case.reference),
            default=None,
        )
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

    def figures(self, now: datetime) -> Figures:
        owed = [each for each in self._state.deadlines.values() if _pings(each)]
        waiting = [n for n in self._state.notices.values() if n.state in WAITING and n.kind is not NoticeKind.SYNTHETIC]
        anchors = len(self._state.anchors)
        return Figures(
            open_deadlines=Counter(each.band for each in owed),
            oldest_overdue_at=min((each.due_at for each in owed if each.due_at <= now), default=None),
            outbox=Counter(notice.state.value for notice in waiting),
            oldest_waiting_at=min((at for at in map(_to_go_at, waiting) if at <= now), default=None),
            audit_entries=len(self._state.entries),
            audit_head=f"{anchors}:" if anchors else "",
        )

    def untold(
        self, *, steps_before: datetime, notices_before: Mapping[Band, datetime], limit: int
    ) -> Sequence[Finding]:
        cases = self._state.cases
        found = [
            Finding(Lapse.STEP, each.id, cases[each.case_id].reference, each.next_at)
            for each in self._state.deadlines.values()
            if _pings(each) and each.next_at is not None and each.next_at < steps_before
        ]
        found += [
            Finding(Lapse.NOTICE, notice.id, cases[notice.case_id].reference, _to_go_at(notice))
            for notice in self._state.notices.values()
            if notice.state in {*WAITING, NoticeState.TAKEN_IN}
            and notice.kind in {NoticeKind.STEP, NoticeKind.THREAD_STEP}
            and notice.case_id is not None
            and notice.band is not None
            and notice.band in notices_before
            and _to_go_at(notice) < notices_before[notice.band]
        ]
        return sorted(found, key=lambda each: each.since_at)[:limit]

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


def _pings(deadline: Deadline) -> bool:
    return deadline.is_open and deadline.next_at is not None and deadline.kind != CaseStatus.SYNTHETIC.value


def _to_go_at(notice: Notice) -> datetime:
    return notice.first_tried_at or max(notice.created_at, notice.not_before)


def _counts(deadline: Deadline) -> bool:
    superseded = deadline.ending is not None and deadline.ending.kind is EndingKind.SUPERSEDED
    return deadline.kind == ACKNOWLEDGE and not superseded


def _open_at(deadline: Deadline, at: datetime) -> bool:
    return deadline.ending is None or deadline.ending.at > at


def _unassigned(case: Case) -> bool:
    return all(party.owner is None for party in case.parties)
