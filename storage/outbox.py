"""The outbox: notices decided, claimed under a lease, and how each ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)

from bot.domain.errors import Poisoned
from bot.domain.ids import CaseId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind, NoticeState, Posted, Road
from bot.domain.policy import Band
from storage import mapping
from storage.claims import BY, DOUBTED, LEFT_IN_DOUBT, NEXT_NOTICE, SOONEST, TAKE, WAITS, instants
from storage.mapping import destination_text
from storage.statements import Write
from storage.tables import NOTICES
from storage.upsert import by_dialect
from storage.work import Work, reading_row

_PENDING, _SENDING, _HELD = NoticeState.PENDING.value, NoticeState.SENDING.value, NoticeState.HELD.value
_DONE = (NoticeState.SENT.value, NoticeState.SUPERSEDED.value)

_HOLDERS = select(NOTICES.c.holder).where(WAITS, NOTICES.c.state == _SENDING, NOTICES.c.holder.is_not(None)).distinct()
# What has arrived has arrived, whatever a slower sender of the same notice says.
_SETTLED = Write(
    update(NOTICES)
    .where(NOTICES.c.id == bindparam("of"), NOTICES.c.state != NoticeState.SENT.value)
    .values(
        state=bindparam("to"),
        settled_at=bindparam("at", type_=NOTICES.c.settled_at.type),
        lease_until=None,
        posted_channel=bindparam("channel"),
        posted_ts=bindparam("ts"),
        last_error=func.coalesce(bindparam("error", type_=NOTICES.c.last_error.type), NOTICES.c.last_error),
    ),
    (),
    rank=1,
)
_OVERTAKEN = (
    update(NOTICES)
    .where(
        NOTICES.c.case_id == bindparam("of_case"),
        NOTICES.c.kind == bindparam("of_kind"),
        NOTICES.c.state.in_((literal_column(f"'{_PENDING}'"), literal_column(f"'{_HELD}'"))),
    )
    .values(state=NoticeState.SUPERSEDED.value)
)
_OVERTAKE = Write(_OVERTAKEN, (), rank=2)
_OVERTAKE_THERE = Write(_OVERTAKEN.where(NOTICES.c.destination == bindparam("there")), (), rank=2)
_ADD = Write(
    by_dialect(NOTICES, lambda row: row.on_conflict_do_nothing(index_elements=["key"]).inline()),
    [column.name for column in NOTICES.columns if column.name not in {"seq", "holder"}],
    rank=3,
)
_LAST_STEP = (
    select(NOTICES)
    .where(
        NOTICES.c.case_id == bindparam("of_case"),
        NOTICES.c.kind == NoticeKind.STEP.value,
        NOTICES.c.destination == bindparam("there"),
        NOTICES.c.created_at >= bindparam("since", type_=NOTICES.c.created_at.type),
        NOTICES.c.state != NoticeState.SUPERSEDED.value,
    )
    .order_by(NOTICES.c.created_at.desc(), NOTICES.c.seq.desc())
    .limit(1)
)


_TO_GO_AT = func.coalesce(
    NOTICES.c.first_tried_at,
    case((NOTICES.c.not_before > NOTICES.c.created_at, NOTICES.c.not_before), else_=NOTICES.c.created_at),
    type_=NOTICES.c.created_at.type,
)
_UNCONFIRMED = (
    select(NOTICES)
    .where(
        WAITS,
        NOTICES.c.kind.in_((NoticeKind.STEP.value, NoticeKind.FLOOR.value, NoticeKind.GROUP.value)),
        NOTICES.c.destination.startswith("person:"),
        NOTICES.c.unconfirmed_at.is_(None),
    )
    .order_by(NOTICES.c.urgency, NOTICES.c.seq)
)


class SqlOutbox:
    """The `Outbox` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def _connection(self) -> Connection:
        return self._work.connection

    def add(self, notices: Iterable[Notice]) -> None:
        """Store new notices; one whose key is there already is left as it is."""
        for notice in notices:
            values = mapping.notice_values(notice)
            self._work.behind.put(_ADD, values, notice.id, notice.case_id)
            self._work.steps.added((notice.case_id or "", values["destination"]))

    def supersede(
        self, case_id: CaseId, kinds: Iterable[NoticeKind], *, destination: Destination | None = None
    ) -> None:
        """Mark what waits of a case and these kinds as overtaken."""
        for kind in kinds:
            values: dict[str, object] = {"of_case": case_id, "of_kind": kind.value}
            if destination is None:
                self._work.behind.put(_OVERTAKE, values, case_id)
            else:
                self._work.behind.put(_OVERTAKE_THERE, {**values, "there": destination_text(destination)}, case_id)
            if kind is NoticeKind.STEP:
                self._work.steps.overtaken(case_id)

    def claim(
        self,
        now: datetime,
        *,
        lease_until: datetime,
        holder: str,
        passing_over: frozenset[Destination],
        road: Road = Road.SLACK,
    ) -> Notice | None:
        """Take the next notice that may go, None when none may; a row that cannot be read is set aside as undeliverable."""
        passed = {destination_text(destination) for destination in passing_over}
        while True:
            found = self._connection.execute(
                NEXT_NOTICE[road], {**instants(now), "passing_over": sorted(passed)}
            ).one_or_none()
            if found is None:
                return None
            taken = self._take(found, now=now, lease_until=lease_until, holder=holder)
            if taken is None:
                passed.add(found.destination)
                continue
            try:
                return _notice(taken)
            except Poisoned as poisoned:
                self.mark_undeliverable(taken.id, error=str(poisoned), at=now)

    def _take(self, found: Row[Any, Any, Any], *, now: datetime, lease_until: datetime, holder: str) -> Row[Any] | None:
        if not self._work.is_sqlite:
            # Two processes may have found two notices for one destination: the first to lock its name has it.
            lock = text("SELECT pg_try_advisory_xact_lock(hashtext('vigil destination'), hashtext(:name))")
            if not self._connection.scalar(lock, {"name": found.destination}):
                return None
        values = {
            "of": found.seq,
            "found": found.state,
            "now": now,
            "until": lease_until,
            "by": holder,
            "doubt": DOUBTED if found.state == _SENDING else None,
        }
        return self._connection.execute(TAKE, values).one_or_none()

    def mark_sent(self, notice_id: NoticeId, *, posted: Posted | None, at: datetime) -> None:
        """Record that it has arrived, and where."""
        self._settle(notice_id, NoticeState.SENT, at, posted=posted)

    def mark_superseded(self, notice_id: NoticeId, *, at: datetime) -> None:
        """Record that it need not be said any more."""
        self._settle(notice_id, NoticeState.SUPERSEDED, at)

    def mark_undeliverable(self, notice_id: NoticeId, *, error: str, at: datetime) -> None:
        """Record that this route will never work."""
        self._settle(notice_id, NoticeState.UNDELIVERABLE, at, error=error)

    def put_back(self, notice_id: NoticeId, *, not_before: datetime, error: str) -> None:
        """Have it tried again, not before an instant."""
        self._in_flight(notice_id, state=_PENDING, not_before=not_before, lease_until=None, last_error=error)

    def keep_in_doubt(self, notice_id: NoticeId, *, until: datetime, error: str) -> None:
        """Leave it until an instant: it may have arrived."""
        self._in_flight(notice_id, lease_until=until, last_error=error, in_doubt=LEFT_IN_DOUBT)

    def hold_all(self, *, error: str, road: Road = Road.SLACK) -> int:
        """Hold every pending notice of a road; returns how many."""
        pending = update(NOTICES).where(WAITS, NOTICES.c.state == _PENDING, BY[road])
        return self._connection.execute(pending.values(state=_HELD, last_error=error)).rowcount

    def release_held(self) -> int:
        """Put every held notice back; returns how many."""
        held = update(NOTICES).where(WAITS, NOTICES.c.state == _HELD)
        return self._connection.execute(held.values(state=_PENDING)).rowcount

    def set_back(self, now: datetime, *, was_at: datetime, lease_until: datetime) -> int:
        """Let what was due or tried by `was_at` go now, and no lease end later than `lease_until`; returns how many."""
        lease, wait = NOTICES.c.lease_until, NOTICES.c.not_before
        flying = update(NOTICES).where(WAITS, NOTICES.c.state == _SENDING, or_(lease > lease_until, wait > lease_until))
        pending = update(NOTICES).where(WAITS, NOTICES.c.state == _PENDING, wait > now)
        able = pending.where(or_(NOTICES.c.tries > 0, wait <= was_at))
        cut = {column: _sooner(column, lease_until) for column in (lease, wait)}
        shortened = self._connection.execute(flying.values(cut)).rowcount
        return shortened + self._connection.execute(able.values(not_before=now)).rowcount

    def holders(self) -> Sequence[str]:
        """Return who is sending something now."""
        return [str(row.holder) for row in self._connection.execute(_HOLDERS)]

    def take_over(self, holders: Sequence[str], now: datetime, *, lands_until: datetime) -> int:
        """Let what dead holders were sending be claimed at once, in doubt; returns how many."""
        lease = NOTICES.c.lease_until
        theirs = update(NOTICES).where(WAITS, NOTICES.c.state == _SENDING, NOTICES.c.holder.in_(holders), lease > now)
        in_doubt = theirs.values(not_before=_sooner(lease, lands_until), lease_until=now, in_doubt=DOUBTED)
        return self._connection.execute(in_doubt).rowcount

    def next_at(self, now: datetime, *, road: Road = Road.SLACK) -> datetime | None:
        """Return when the next claim on a road can have an answer; None when nothing waits."""
        soonest = [self._connection.scalar(query, instants(now)) for query in SOONEST[road]]
        return min((at for at in soonest if at is not None), default=None)

    def unconfirmed(self, before: Mapping[Band, datetime], *, limit: int) -> Sequence[Notice]:
        """Return reminders that wait for Slack since before an instant, by band, and took no second road yet."""
        late = or_(false(), *(and_(NOTICES.c.band == band.value, at >= _TO_GO_AT) for band, at in before.items()))
        return self._read(_UNCONFIRMED.where(late).limit(limit))

    def mark_unconfirmed(self, notice_id: NoticeId, *, at: datetime) -> None:
        """Record that it took the second road."""
        self._connection.execute(update(NOTICES).where(NOTICES.c.id == notice_id).values(unconfirmed_at=at))

    def last_step_to(self, destination: Destination, case_id: CaseId, *, since: datetime) -> Notice | None:
        """Return the newest step notice to one destination about a case, decided since an instant and not overtaken."""
        there, ahead, batch = destination_text(destination), self._work.steps, self._work.ahead.batch
        if case_id in batch and not ahead.looked(since):
            ahead.read(self._connection, sorted(batch), since)
        if ahead.knows((case_id, there), since):
            row = ahead.newest((case_id, there))
        else:
            values = {"of_case": case_id, "there": there, "since": since}
            row = self._connection.execute(_LAST_STEP, values).one_or_none()
        return _notice(row) if row is not None else None

    def listed(self, *, unsent_only: bool = True, limit: int = 200) -> Sequence[Notice]:
        """Return notices in the order of their decision."""
        query = select(NOTICES).order_by(NOTICES.c.seq).limit(limit)
        return self._read(query.where(NOTICES.c.state.not_in(_DONE)) if unsent_only else query)

    def depth(self) -> Mapping[str, int]:
        """Return how many notices are in each state that still needs something."""
        query = (
            select(NOTICES.c.state, func.count().label("n"))
            .where(NOTICES.c.state.not_in(_DONE))
            .group_by(NOTICES.c.state)
        )
        return {row.state: row.n for row in self._connection.execute(query)}

    def _settle(
        self,
        notice_id: NoticeId,
        state: NoticeState,
        at: datetime,
        *,
        posted: Posted | None = None,
        error: str | None = None,
    ) -> None:
        channel, ts = (posted.channel, posted.ts) if posted is not None else (None, None)
        values = {"of": notice_id, "to": state.value, "at": at, "channel": channel, "ts": ts, "error": error}
        self._work.behind.put(_SETTLED, values, notice_id)
        self._work.steps.settled(notice_id)

    def _in_flight(self, notice_id: NoticeId, **values: object) -> None:
        sending = update(NOTICES).where(NOTICES.c.id == notice_id, NOTICES.c.state == _SENDING)
        self._connection.execute(sending.values(**values))

    def _read(self, query: Select[Any]) -> list[Notice]:
        return [_notice(row) for row in self._connection.execute(query)]


def _sooner(column: ColumnElement[datetime], at: datetime) -> ColumnElement[datetime]:
    bound = literal(at, column.type)
    return case((column > bound, bound), else_=column)


def _notice(row: Row[Any]) -> Notice:
    with reading_row(NOTICES, row.id):
        return mapping.notice_of(row)
