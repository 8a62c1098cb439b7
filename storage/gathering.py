"""What waits in numbers for one destination, and what became of reminders inside a grouped message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, or_, select, text, update

from bot.domain.errors import Poisoned
from bot.domain.ids import CaseId, ChannelId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind, NoticeState, Posted
from bot.domain.policy import Band
from storage import mapping
from storage.mapping import destination_text
from storage.tables import DEADLINES, NOTICES
from storage.work import Work, in_batches, reading_row

REMINDERS = (NoticeKind.STEP.value, NoticeKind.THREAD_STEP.value)
_PENDING, _SENDING, _HELD = NoticeState.PENDING.value, NoticeState.SENDING.value, NoticeState.HELD.value
_TAKEN_IN, _GROUP = NoticeState.TAKEN_IN.value, NoticeKind.GROUP.value

# Word for word the conditions of the partial indexes, or SQLite would not use them.
_WAITS = text("notices.state IN ('pending', 'sending', 'held')")
_STANDS = text("notices.state IN ('pending', 'sending', 'held', 'taken_in')")
_IS_REMINDER = text("notices.kind IN ('step', 'thread_step')")

# Each of these goes through what waits once: asked as one question, a server whose statistics are of a quiet hour goes through
# all of it again for every row.
SINGLES = (  # in the index's own order, or SQLite would walk through all that was ever sent to have them by seq
    select(NOTICES)
    .where(_WAITS, NOTICES.c.state == _PENDING, _IS_REMINDER, NOTICES.c.in_doubt == 0)
    .order_by(NOTICES.c.urgency, NOTICES.c.seq)
)
_UNSETTLED = (
    select(NOTICES.c.destination, NOTICES.c.case_id, func.min(NOTICES.c.seq).label("first"))
    .where(
        _STANDS,
        NOTICES.c.destination.in_(bindparam("there", expanding=True)),
        NOTICES.c.case_id.in_(bindparam("of_cases", expanding=True)),
        NOTICES.c.kind.in_(REMINDERS),
        or_(NOTICES.c.state.in_((_SENDING, _HELD)), NOTICES.c.in_doubt != 0),
    )
    .group_by(NOTICES.c.destination, NOTICES.c.case_id)
)
_NEWEST_GROUPS = (
    select(func.max(NOTICES.c.seq))
    .where(
        _STANDS,
        NOTICES.c.state == _PENDING,
        NOTICES.c.kind == _GROUP,
        NOTICES.c.tries == 0,
        NOTICES.c.destination.in_(bindparam("there", expanding=True)),
    )
    .group_by(NOTICES.c.destination, NOTICES.c.not_before)
)
_GROUPS = select(NOTICES).where(
    NOTICES.c.seq.in_(bindparam("wanted", expanding=True)), NOTICES.c.unconfirmed_at.is_(None)
)
_INSIDE = (
    select(NOTICES.c.destination, NOTICES.c.case_id)
    .where(
        _STANDS,
        NOTICES.c.state == _TAKEN_IN,
        NOTICES.c.destination.in_(bindparam("there", expanding=True)),
        NOTICES.c.case_id.in_(bindparam("of_cases", expanding=True)),
        or_(NOTICES.c.not_before <= bindparam("now", type_=NOTICES.c.not_before.type), NOTICES.c.tries > 0),
    )
    .distinct()
)
CROWDED = (
    select(NOTICES.c.destination)
    .where(_IS_REMINDER, NOTICES.c.created_at >= bindparam("since", type_=NOTICES.c.created_at.type))
    .group_by(NOTICES.c.destination)
    .having(func.count() > bindparam("more_than"))
)
_TAKE_IN = (
    update(NOTICES)
    .where(NOTICES.c.id.in_(bindparam("wanted", expanding=True)), NOTICES.c.state == _PENDING)
    .values(state=_TAKEN_IN)
    .returning(NOTICES.c.id)
)
_END = (
    update(NOTICES)
    .where(NOTICES.c.id == bindparam("of"), NOTICES.c.state == _TAKEN_IN)
    .values(
        state=bindparam("to"),
        settled_at=bindparam("at", type_=NOTICES.c.settled_at.type),
        posted_channel=bindparam("channel"),
        posted_ts=bindparam("ts"),
        last_error=func.coalesce(bindparam("error"), NOTICES.c.last_error),
    )
)
_OWED = exists().where(
    DEADLINES.c.case_id == NOTICES.c.case_id, DEADLINES.c.ending_kind.is_(None), DEADLINES.c.next_at.is_not(None)
)
_STILL_OWED = (
    select(NOTICES.c.case_id, func.min(NOTICES.c.band).label("band"))
    .where(
        _STANDS,
        NOTICES.c.state == _TAKEN_IN,
        NOTICES.c.destination == bindparam("there"),
        or_(
            NOTICES.c.not_before <= bindparam("now", type_=NOTICES.c.not_before.type),
            NOTICES.c.tries > 0,
        ),
        _OWED,
    )
    .group_by(NOTICES.c.case_id)
)
_POSTED = select(NOTICES.c.posted_channel, NOTICES.c.posted_ts).where(
    NOTICES.c.id == bindparam("of"), NOTICES.c.destination == bindparam("there"), NOTICES.c.posted_ts.is_not(None)
)


class SqlGathering:
    """The `Gathering` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def _connection(self) -> Connection:
        return self._work.connection

    def singles(self) -> Sequence[Notice]:
        """Return the reminders that may be taken into one message, in the order of decision."""
        rows = self._connection.execute(SINGLES).all()
        asked = self._asked({row.destination for row in rows}, {row.case_id for row in rows if row.case_id})
        unsettled = {
            (row.destination, row.case_id): row.first
            for values in asked
            for row in self._connection.execute(_UNSETTLED, values)
        }
        return _readable(row for row in rows if unsettled.get((row.destination, row.case_id), row.seq) >= row.seq)

    @staticmethod
    def _asked(there: Iterable[str], case_ids: Iterable[str]) -> Iterator[dict[str, object]]:
        """Yield what questions about these destinations and cases are asked with, a few hundred of each at a time."""
        for batch in in_batches(sorted(there)):
            for cases in in_batches(sorted(case_ids)):
                yield {"there": batch, "of_cases": cases}

    def last_groups(self, destinations: Iterable[Destination]) -> Sequence[Notice]:
        """Return the newest untried grouped message of each destination and instant."""
        there = sorted(map(destination_text, destinations))
        newest = [
            seq for batch in in_batches(there) for seq in self._connection.scalars(_NEWEST_GROUPS, {"there": batch})
        ]
        return [
            notice
            for batch in in_batches(newest)
            for notice in _readable(self._connection.execute(_GROUPS, {"wanted": batch}))
        ]

    def taken_in(
        self, destinations: Iterable[Destination], case_ids: Iterable[CaseId], now: datetime
    ) -> frozenset[tuple[Destination, CaseId]]:
        """Return of which of these cases reminders that may go now are inside a grouped message."""
        there = {destination_text(destination): destination for destination in destinations}
        return frozenset(
            (there[row.destination], CaseId(row.case_id))
            for values in self._asked(there, case_ids)
            for row in self._connection.execute(_INSIDE, {**values, "now": now})
        )

    def crowded(self, *, since: datetime, more_than: int) -> frozenset[Destination]:
        """Return the destinations for which more reminders than this were decided since an instant."""
        rows = self._connection.execute(CROWDED, {"since": since, "more_than": more_than})
        return frozenset(mapping.destination_of(row.destination) for row in rows)

    def take_in(self, notices: Iterable[NoticeId]) -> frozenset[NoticeId]:
        """Mark pending reminders as taken in; returns which were."""
        return frozenset(
            NoticeId(row.id)
            for batch in in_batches(list(notices))
            for row in self._connection.execute(_TAKE_IN, {"wanted": batch})
        )

    def end(self, notice_id: NoticeId, state: NoticeState, *, at: datetime, posted: Posted | None, error: str) -> None:
        """Record how a reminder that was taken in ended."""
        channel, ts = (posted.channel, posted.ts) if posted is not None else (None, None)
        values = {"of": notice_id, "to": state.value, "at": at, "channel": channel, "ts": ts, "error": error or None}
        self._connection.execute(_END, values)

    def still_owed(self, destination: Destination, now: datetime) -> Sequence[tuple[CaseId, Band]]:
        """Return the cases inside waiting messages to a destination of which something is owed."""
        rows = self._connection.execute(_STILL_OWED, {"there": destination_text(destination), "now": now})
        return [(CaseId(row.case_id), Band(row.band) if row.band else Band.P4) for row in rows]

    def posted(self, notice_id: NoticeId, destination: Destination) -> Posted | None:
        """Return where a notice to a destination lies in Slack."""
        values = {"of": notice_id, "there": destination_text(destination)}
        row = self._connection.execute(_POSTED, values).one_or_none()
        return Posted(ChannelId(row.posted_channel), row.posted_ts) if row is not None else None


def _readable(rows: Iterable[Row[Any]]) -> list[Notice]:
    """Return notices in the order of decision; one that cannot be read is left to whoever claims it and sets it aside."""
    found = []
    for row in sorted(rows, key=lambda each: each.seq):
        try:
            with reading_row(NOTICES, row.id):
                found.append(mapping.notice_of(row))
        except Poisoned:
            continue
    return found
