"""The outbox in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.ids import CaseId, NoticeId
from bot.domain.notices import (
    HOLDS_BACK_FOR,
    Destination,
    DestinationKind,
    Notice,
    NoticeKind,
    NoticeState,
    Posted,
    Road,
)
from bot.domain.policy import Band
from tests.memory.state import State

WAITING = frozenset({NoticeState.PENDING, NoticeState.SENDING, NoticeState.HELD})
DONE = frozenset({NoticeState.SENT, NoticeState.SUPERSEDED})
UNCONFIRMED = frozenset({NoticeKind.STEP, NoticeKind.FLOOR, NoticeKind.GROUP})
NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryOutbox:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            if notice.key not in self._state.notices.keys_decided:
                self._state.notices[notice.id] = notice

    def supersede(
        self, case_id: CaseId, kinds: Iterable[NoticeKind], *, destination: Destination | None = None
    ) -> None:
        wanted = frozenset(kinds)
        for notice in self._in({NoticeState.PENDING, NoticeState.HELD}):
            to_it = destination is None or notice.destination == destination
            if notice.case_id == case_id and notice.kind in wanted and to_it:
                self._put(replace(notice, state=NoticeState.SUPERSEDED))

    def claim(
        self,
        now: datetime,
        *,
        lease_until: datetime,
        holder: str,
        passing_over: frozenset[Destination],
        road: Road = Road.SLACK,
    ) -> Notice | None:
        able = [
            notice
            for notice in self._heads(now)
            if (_ready_at(notice) or NEVER) <= now
            and notice.destination not in passing_over
            and notice.destination.kind.road is road
        ]
        notice = min(able, key=lambda each: each.band.rank if each.band else 9, default=None)
        if notice is None:
            return None
        self._state.holders[notice.id] = holder
        self._state.left_in_doubt.discard(notice.id)
        return self._put(
            replace(
                notice,
                state=NoticeState.SENDING,
                tries=notice.tries + 1,
                first_tried_at=notice.first_tried_at or now,
                lease_until=lease_until,
                in_doubt=notice.in_doubt or notice.state is NoticeState.SENDING,
            )
        )

    def mark_sent(self, notice_id: NoticeId, *, posted: Posted | None, at: datetime) -> None:
        for notice in self._unsent(notice_id):
            self._put(replace(notice, state=NoticeState.SENT, posted=posted, sent_at=at))

    def mark_superseded(self, notice_id: NoticeId, *, at: datetime) -> None:
        for notice in self._unsent(notice_id):
            self._put(replace(notice, state=NoticeState.SUPERSEDED))

    def mark_undeliverable(self, notice_id: NoticeId, *, error: str, at: datetime) -> None:
        for notice in self._unsent(notice_id):
            self._put(replace(notice, state=NoticeState.UNDELIVERABLE, last_error=error))

    def put_back(self, notice_id: NoticeId, *, not_before: datetime, error: str) -> None:
        notice = self._state.notices[notice_id]
        if notice.state is NoticeState.SENDING:
            self._put(
                replace(notice, state=NoticeState.PENDING, not_before=not_before, lease_until=None, last_error=error)
            )

    def keep_in_doubt(self, notice_id: NoticeId, *, until: datetime, error: str) -> None:
        notice = self._state.notices[notice_id]
        if notice.state is NoticeState.SENDING:
            self._put(replace(notice, lease_until=until, last_error=error, in_doubt=True))
            self._state.left_in_doubt.add(notice_id)

    def hold_all(self, *, error: str, road: Road = Road.SLACK) -> int:
        pending = [each for each in self._in({NoticeState.PENDING}) if each.destination.kind.road is road]
        for notice in pending:
            self._put(replace(notice, state=NoticeState.HELD, last_error=error))
        return len(pending)

    def release_held(self) -> int:
        held = self._in({NoticeState.HELD})
        for notice in held:
            self._put(replace(notice, state=NoticeState.PENDING))
        return len(held)

    def set_back(self, now: datetime, *, was_at: datetime, lease_until: datetime) -> int:
        flying = [
            each
            for each in self._in({NoticeState.SENDING})
            if each.lease_until and max(each.lease_until, each.not_before) > lease_until
        ]
        waiting = [each for each in self._in({NoticeState.PENDING}) if each.not_before > now]
        able = [each for each in waiting if each.tries or each.not_before <= was_at]
        for notice in flying:
            lease = min(notice.lease_until or lease_until, lease_until)
            self._put(replace(notice, lease_until=lease, not_before=min(notice.not_before, lease_until)))
        for notice in able:
            self._put(replace(notice, not_before=now))
        return len(flying) + len(able)

    def holders(self) -> Sequence[str]:
        return sorted({self._state.holders[notice.id] for notice in self._in({NoticeState.SENDING})})

    def take_over(self, holders: Sequence[str], now: datetime, *, lands_until: datetime) -> int:
        theirs = [
            notice
            for notice in self._in({NoticeState.SENDING})
            if self._state.holders[notice.id] in holders and (notice.lease_until or NEVER) > now
        ]
        for notice in theirs:
            lands = min(notice.lease_until or lands_until, lands_until)
            self._put(replace(notice, not_before=lands, lease_until=now, in_doubt=True))
            self._state.left_in_doubt.discard(notice.id)
        return len(theirs)

    def next_at(self, now: datetime, *, road: Road = Road.SLACK) -> datetime | None:
        there = [each for each in self._heads(now) if each.destination.kind.road is road]
        flying = [each for each in self._in({NoticeState.SENDING}) if each.destination.kind.road is road]
        waits = [*(_ready_at(notice) for notice in there), *(notice.lease_until for notice in flying)]
        return min((at for at in waits if at is not None), default=None)

    def unconfirmed(self, before: Mapping[Band, datetime], *, limit: int) -> Sequence[Notice]:
        found = [
            notice
            for notice in self._in(WAITING)
            if notice.kind in UNCONFIRMED
            and notice.destination.kind is DestinationKind.PERSON
            and notice.id not in self._state.unconfirmed
            and notice.band is not None
            and notice.band in before
            and (notice.first_tried_at or max(notice.not_before, notice.created_at)) <= before[notice.band]
        ]
        return sorted(found, key=lambda notice: notice.band.rank if notice.band else 9)[:limit]

    def mark_unconfirmed(self, notice_id: NoticeId, *, at: datetime) -> None:
        self._state.unconfirmed.add(notice_id)

    def last_step_to(self, destination: Destination, case_id: CaseId, *, since: datetime) -> Notice | None:
        found = [
            notice
            for notice in self._state.notices.values()
            if notice.case_id == case_id
            and notice.kind is NoticeKind.STEP
            and notice.destination == destination
            and notice.created_at >= since
            and notice.state is not NoticeState.SUPERSEDED
        ]
        return max(reversed(found), key=lambda notice: notice.created_at, default=None)

    def listed(self, *, unsent_only: bool = True, limit: int = 200) -> Sequence[Notice]:
        wanted = [each for each in self._state.notices.values() if not unsent_only or each.state not in DONE]
        return wanted[:limit]

    def depth(self) -> Mapping[str, int]:
        depth: dict[str, int] = {}
        for notice in self.listed(limit=len(self._state.notices)):
            depth[notice.state.value] = depth.get(notice.state.value, 0) + 1
        return depth

    def _heads(self, now: datetime) -> list[Notice]:
        """What is first of its case for its destination, where nothing else is in flight to that destination."""
        notices = self._state.notices
        if notices.heads is None or notices.heads[0] != now:
            notices.heads = (now, self._worked_out(now))
        return notices.heads[1]

    def _worked_out(self, now: datetime) -> list[Notice]:
        heads: list[Notice] = []
        blocked: set[tuple[CaseId, Destination]] = set()
        flying = {
            notice.destination: notice.id
            for notice in self._in({NoticeState.SENDING})
            if (notice.lease_until or NEVER) > now and notice.id not in self._state.left_in_doubt
        }
        for notice in self._state.notices.standing.values():
            turn = (notice.case_id, notice.destination) if notice.case_id is not None else None
            waits = notice.state is not NoticeState.TAKEN_IN
            if waits and turn not in blocked and flying.get(notice.destination, notice.id) == notice.id:
                heads.append(notice)
            if turn is not None and (notice.not_before <= now or notice.tries) and not _is_stuck(notice, now):
                blocked.add(turn)
        return heads

    def _in(self, states: Iterable[NoticeState]) -> list[Notice]:
        """What stands in one of these states."""
        wanted = frozenset(states)
        return [notice for notice in self._state.notices.standing.values() if notice.state in wanted]

    def _unsent(self, notice_id: NoticeId) -> list[Notice]:
        """The notice without its lease, unless it has arrived."""
        notice = self._state.notices[notice_id]
        return [] if notice.state is NoticeState.SENT else [replace(notice, lease_until=None)]

    def _put(self, notice: Notice) -> Notice:
        self._state.notices[notice.id] = notice
        return notice


def _ready_at(notice: Notice) -> datetime | None:
    if notice.state is NoticeState.SENDING:
        return notice.lease_until
    return notice.not_before if notice.state is NoticeState.PENDING else None


def _is_stuck(notice: Notice, now: datetime) -> bool:
    tried = notice.tries > 0 or notice.state is NoticeState.TAKEN_IN
    return tried and (notice.first_tried_at or notice.not_before) <= now - HOLDS_BACK_FOR
