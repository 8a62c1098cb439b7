"""What waits in numbers for one destination, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.ids import CaseId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind, NoticeState, Posted
from bot.domain.policy import Band
from tests.memory.state import State

REMINDERS = frozenset({NoticeKind.STEP, NoticeKind.THREAD_STEP})


class MemoryGathering:
    def __init__(self, state: State) -> None:
        self._state = state

    def singles(self) -> Sequence[Notice]:
        unsettled: set[tuple[Destination, CaseId | None]] = set()
        found = []
        for notice in self._state.notices.standing.values():
            if notice.kind not in REMINDERS:
                continue
            turn = (notice.destination, notice.case_id)
            pending = notice.state is NoticeState.PENDING
            if pending and not notice.in_doubt and turn not in unsettled:
                found.append(notice)
            elif notice.state in {NoticeState.SENDING, NoticeState.HELD} or (
                notice.in_doubt and notice.state in {NoticeState.PENDING, NoticeState.TAKEN_IN}
            ):
                unsettled.add(turn)
        return found

    def last_groups(self, destinations: Iterable[Destination]) -> Sequence[Notice]:
        there = frozenset(destinations)
        found: dict[tuple[Destination, datetime], Notice] = {}
        for notice in self._state.notices.standing.values():
            waits = notice.kind is NoticeKind.GROUP and notice.state is NoticeState.PENDING and not notice.tries
            if waits and notice.id not in self._state.unconfirmed and notice.destination in there:
                found[notice.destination, notice.not_before] = notice
        return list(found.values())

    def taken_in(
        self, destinations: Iterable[Destination], case_ids: Iterable[CaseId], now: datetime
    ) -> frozenset[tuple[Destination, CaseId]]:
        there, wanted = frozenset(destinations), frozenset(case_ids)
        return frozenset(
            (notice.destination, notice.case_id)
            for notice in self._inside()
            if notice.destination in there and notice.case_id in wanted and (notice.not_before <= now or notice.tries)
        )

    def crowded(self, *, since: datetime, more_than: int) -> frozenset[Destination]:
        decided = Counter(
            notice.destination
            for notice in self._state.notices.values()
            if notice.kind in REMINDERS and notice.created_at >= since
        )
        return frozenset(destination for destination, count in decided.items() if count > more_than)

    def take_in(self, notices: Iterable[NoticeId]) -> frozenset[NoticeId]:
        taken = [n for n in notices if self._state.notices[n].state is NoticeState.PENDING]
        for notice_id in taken:
            self._state.notices[notice_id] = replace(self._state.notices[notice_id], state=NoticeState.TAKEN_IN)
        return frozenset(taken)

    def end(self, notice_id: NoticeId, state: NoticeState, *, at: datetime, posted: Posted | None, error: str) -> None:
        notice = self._state.notices[notice_id]
        if notice.state is NoticeState.TAKEN_IN:
            sent_at = at if state is NoticeState.SENT else None
            error = error or notice.last_error
            ended = replace(notice, state=state, posted=posted, sent_at=sent_at, last_error=error)
            self._state.notices[notice_id] = ended

    def still_owed(self, destination: Destination, now: datetime) -> Sequence[tuple[CaseId, Band]]:
        owed = {d.case_id for d in self._state.deadlines.values() if d.is_open and d.next_at is not None}
        found: dict[CaseId, Band] = {}
        for notice in self._inside():
            ready = notice.not_before <= now or notice.tries
            if notice.destination == destination and ready and notice.case_id in owed and notice.case_id:
                band = notice.band or Band.P4
                found[notice.case_id] = band.most_urgent(found.get(notice.case_id, band))
        return list(found.items())

    def posted(self, notice_id: NoticeId, destination: Destination) -> Posted | None:
        notice = self._state.notices.get(notice_id)
        return notice.posted if notice and notice.destination == destination else None

    def _inside(self) -> list[Notice]:
        return [notice for notice in self._state.notices.standing.values() if notice.state is NoticeState.TAKEN_IN]
