"""Sending on one road: one notice at a time under a lease, worded from today's record, carried, and marked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import NotFound, Poisoned, places
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT
from bot.domain.letters import Letter
from bot.domain.notices import Notice, NoticeKind, NoticeState, Posted, Road, SendFailed
from bot.ports import UnitOfWork
from bot.services import routes
from bot.services.gathering import settle
from bot.services.letters import letter_for
from bot.services.pace import Pace
from bot.services.routes import LEASE
from bot.services.tools import Tools

POST_WITHIN = timedelta(seconds=20)
"""From the claim to the post: with a time-out and the latest landing after it, still within the lease."""

log = structlog.get_logger()


class NotWorded(Exception):
    """The record of the case cannot be read into a letter."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A road and how a claimed notice is carried on it: where it lies then, or None when there is nothing left to say.

    `carry` is given the notice and the instant of the claim; it raises SendFailed and NotWorded.
    """

    road: Road
    carry: Callable[[Notice, datetime], Posted | None]
    pace: Pace
    holder: str


def send_all(sender: Sender, tools: Tools) -> int:
    """Send whatever may go on a road now; how many notices were dealt with. Safe to run in several threads at once."""
    done = 0
    while True:
        now = tools.clock.now()
        passing_over = frozenset(sender.pace.waiting(now))
        with tools.store.write() as uow:
            notice = uow.outbox.claim(
                now,
                lease_until=now + LEASE,
                holder=sender.holder,
                passing_over=passing_over,
                road=sender.road,
            )
            uow.commit()
        if notice is None:
            return done
        _one(notice, sender, tools)
        if sender.road is Road.SLACK:
            tools.watch.delivered()
        done += 1


def waiting_at(*, tools: Tools, pace: Pace, road: Road = Road.SLACK) -> datetime | None:
    """When a road has something to send next; None when nothing waits."""
    now = tools.clock.now()
    with tools.store.read() as uow:
        at = uow.outbox.next_at(now, road=road)
    if at is None or at > now:
        return at
    waiting = [free_at for place, free_at in pace.waiting(now).items() if place.kind.road is road]
    return min(waiting) if waiting else at


def _one(notice: Notice, sender: Sender, tools: Tools) -> None:
    now = tools.clock.now()
    try:
        posted = sender.carry(notice, now)
    except SendFailed as failed:
        log.warning("notice_not_sent", notice=notice.id, kind=notice.kind, failure=failed.kind, code=failed.code)
        tools.watch.failed(failed.kind, road=sender.road)
        routes.failed(notice, failed, tools=tools, pace=sender.pace)
        return
    except NotWorded as error:
        log.error("notice_not_worded", notice=notice.id, kind=notice.kind, error=str(error))  # noqa: TRY400 - a record's own words stay out
        routes.not_worded(notice, tools, now)
        return
    at = tools.clock.now()
    with tools.store.write() as uow:
        _mark(uow, notice, posted, at)
        uow.commit()
    due_at = notice.payload.get("due_at")
    if posted is not None and sender.road is Road.SLACK and isinstance(due_at, str):
        tools.watch.posted(late=at - datetime.fromisoformat(due_at))


def worded(notice: Notice, tools: Tools) -> Letter | None:
    """The letter as of now; None when there is nothing left to say, NotWorded when the record cannot be read."""
    with tools.store.read() as uow:
        try:
            return letter_for(notice, uow, tools.rules, tools.clock.now())
        except (Poisoned, NotFound, LookupError, ValueError, TypeError) as error:
            raise NotWorded(f"{type(error).__name__} at {places(error)[-1]}") from error


def _mark(uow: UnitOfWork, notice: Notice, posted: Posted | None, now: datetime) -> None:
    if posted is None:
        uow.outbox.mark_superseded(notice.id, at=now)
        settle(uow, notice, NoticeState.SUPERSEDED, now)
        return
    uow.outbox.mark_sent(notice.id, posted=posted, at=now)
    settle(uow, notice, NoticeState.SENT, now, posted=posted)
    if notice.kind is NoticeKind.CARD and notice.case_id is not None:
        uow.cards.put(notice.case_id, posted)
    subject = f"{notice.kind} to {notice.destination.kind} {notice.destination.id} as {posted.ts}"
    uow.audit.append([Entry(now, BOT, Action.SENT, subject, notice.case_id)])
    routes.works(uow, notice.destination, now)
