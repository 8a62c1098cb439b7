"""Delivery: one notice at a time under a lease, worded from today's record, sent, and marked; every failure has a next step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import structlog

from bot.domain.directory import Directory
from bot.domain.errors import NotFound, Poisoned, places
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, ChannelId, NoticeId, PersonId
from bot.domain.letters import CardLetter, Letter, LineLetter, Outgoing, StepLetter, codes
from bot.domain.notices import (
    Destination,
    DestinationKind,
    FailureKind,
    Notice,
    NoticeKind,
    Posted,
    SendFailed,
)
from bot.ports import Messenger, UnitOfWork
from bot.services.leases import LANDING
from bot.services.letters import letter_for
from bot.services.tools import Tools
from bot.watch import Doubt

LEASE = timedelta(seconds=45)
"""Longer than three time-outs of the sender and any late landing in Slack's history."""
BLIND_AFTER = timedelta(minutes=2)
"""In doubt for longer than this with no history to look in: posted again, marked as a repeat; silence is worse."""
POST_WITHIN = timedelta(seconds=20)
"""From the claim to the post: with a time-out and the latest landing after it, still within the lease."""
LOOK_AGAIN = timedelta(seconds=10)
WRONG_CLOCK = timedelta(hours=2)
"""By how much this machine's clock may be ahead of Slack's, by whose instants is looked; a key never comes twice."""
STEP = timedelta(seconds=1)
"""A clock that goes back by more than this between two looks was set back."""
BACK_OFF = (1, 2, 5, 10, 30, 60)
"""Seconds before each further try; the last for ever."""
BURST = 5
EVERY = timedelta(seconds=1)

log = structlog.get_logger()


@dataclass(slots=True)
class Pace:
    """How fast each destination may be sent to: a short burst, then one message a second; memory only.

    `blocked_until` holds what Slack itself asked for by Retry-After.
    """

    ready_at: dict[Destination, datetime] = field(default_factory=dict)
    blocked_until: dict[Destination, datetime] = field(default_factory=dict)
    looked_at: datetime | None = None
    lock: Lock = field(default_factory=Lock)

    def waiting(self, now: datetime) -> dict[Destination, datetime]:
        """Destinations that may not be sent to yet, and from when they may; a clock set back lengthens no wait."""
        with self.lock:
            self._follow(now)
            found = {d: at - EVERY * (BURST - 1) for d, at in self.ready_at.items() if at - EVERY * (BURST - 1) > now}
            found.update({d: at for d, at in self.blocked_until.items() if at > now})
            return found

    def _follow(self, now: datetime) -> None:
        if self.looked_at is not None and self.looked_at - now > STEP:
            back = self.looked_at - now
            self.ready_at = {d: at - back for d, at in self.ready_at.items()}
            self.blocked_until = {d: at - back for d, at in self.blocked_until.items()}
        self.looked_at = now

    def spend(self, destination: Destination, now: datetime) -> None:
        """One message is going there."""
        with self.lock:
            self.ready_at[destination] = max(self.ready_at.get(destination, now), now) + EVERY

    def block(self, destination: Destination, until_at: datetime) -> None:
        """Slack asked to wait."""
        with self.lock:
            self.blocked_until[destination] = until_at


def deliver(*, tools: Tools, messenger: Messenger, pace: Pace, holder: str) -> int:
    """Send whatever may go now; how many notices were dealt with. Safe to run in several threads at once."""
    done = 0
    while True:
        now = tools.clock.now()
        with tools.store.write() as uow:
            notice = uow.outbox.claim(
                now, lease_until=now + LEASE, holder=holder, passing_over=frozenset(pace.waiting(now))
            )
            uow.commit()
        if notice is None:
            return done
        _one(notice, tools=tools, messenger=messenger, pace=pace)
        tools.watch.delivered()
        done += 1


def waiting_at(*, tools: Tools, pace: Pace) -> datetime | None:
    """When delivery has something to do next; None when nothing waits."""
    now = tools.clock.now()
    with tools.store.read() as uow:
        at = uow.outbox.next_at(now)
    if at is None or at > now:
        return at
    waiting = pace.waiting(now)
    return min(waiting.values()) if waiting else at


def _one(notice: Notice, *, tools: Tools, messenger: Messenger, pace: Pace) -> None:
    now = tools.clock.now()
    try:
        posted = _send(notice, tools=tools, messenger=messenger, pace=pace, now=now)
    except SendFailed as failed:
        log.warning("notice_not_sent", notice=notice.id, kind=notice.kind, failure=failed.kind, code=failed.code)
        tools.watch.failed(failed.kind)
        _failed(notice, failed, tools=tools, pace=pace)
        return
    except _NotWorded as error:
        log.error("notice_not_worded", notice=notice.id, kind=notice.kind, error=str(error))  # noqa: TRY400 - a record's own words stay out
        _not_worded(notice, tools, now)
        return
    at = tools.clock.now()
    with tools.store.write() as uow:
        _mark(uow, notice, posted, at)
        uow.commit()
    due_at = notice.payload.get("due_at")
    if isinstance(posted, Posted) and isinstance(due_at, str):
        tools.watch.posted(late=at - datetime.fromisoformat(due_at))


@dataclass(frozen=True, slots=True)
class _Nothing:
    """There is nothing left to say."""


class _NotWorded(Exception):
    """The record of the case cannot be read into a letter."""


def _card_of(notice: Notice, tools: Tools) -> Posted | None:
    """The card of the notice's case in the channel that it goes to."""
    with tools.store.read() as uow:
        return uow.cards.get(notice.case_id, ChannelId(notice.destination.id)) if notice.case_id else None


def _worded(notice: Notice, tools: Tools) -> Letter | None:
    """The letter as of now; None when there is nothing left to say."""
    with tools.store.read() as uow:
        try:
            return letter_for(notice, uow, tools.rules, tools.clock.now())
        except (Poisoned, NotFound, LookupError, ValueError, TypeError) as error:
            raise _NotWorded(f"{type(error).__name__} at {places(error)[-1]}") from error


def _send(notice: Notice, *, tools: Tools, messenger: Messenger, pace: Pace, now: datetime) -> Posted | _Nothing:
    """Look first when an earlier try may have arrived, then word the notice and send it."""
    drawing, card = notice.kind is NoticeKind.CARD, _card_of(notice, tools)
    key = _card_key(notice) if drawing else notice.key
    if notice.in_doubt and not (drawing and card):
        found = _look(notice, key, tools, messenger, now)
        if found is not None:
            return found
    letter = _worded(notice, tools)
    if letter is None:
        if notice.in_doubt and card is None:
            _settle_card(notice, tools=tools, messenger=messenger, now=now)
        return _Nothing()
    plain = notice.last_error.startswith(FailureKind.CONTENT_BAD.value)
    outgoing = Outgoing(letter, key, now, repeat=notice.in_doubt and not drawing, plain=plain)
    pace.spend(notice.destination, now)
    if notice.destination.kind is DestinationKind.PERSON:
        person = tools.rules.directory.people.get(PersonId(notice.destination.id))
        if person is None or not person.active:
            raise SendFailed(FailureKind.ROUTE_DEAD, "not_in_directory")
        _in_time(tools, now)
        return messenger.post_to(outgoing, person=person)
    channel = ChannelId(notice.destination.id)
    if card is None and isinstance(letter, StepLetter | LineLetter):
        card = _card_first(notice, letter, tools=tools, messenger=messenger, now=now)
    if drawing and card is not None:
        messenger.redraw(outgoing, posted=card)
        return card
    _in_time(tools, now)
    return messenger.post(outgoing, channel=channel, thread=card.ts if card and not drawing else None)


def _in_time(tools: Tools, claimed_at: datetime) -> None:
    """SendFailed when looking took so long that the lease might run out before a post that we give up on lands."""
    if tools.clock.now() - claimed_at > POST_WITHIN:
        raise SendFailed(FailureKind.REFUSED, "slow_answers")


def _card_key(notice: Notice) -> str:
    return f"card:{notice.case_id}:{notice.destination.id}"


def _card_first(
    notice: Notice, letter: StepLetter | LineLetter, *, tools: Tools, messenger: Messenger, now: datetime
) -> Posted:
    """The card that a line belongs under, posted now because its own notice was overtaken or its message deleted."""
    card = _settle_card(notice, tools=tools, messenger=messenger, now=now) if notice.in_doubt else None
    if card is None:
        _in_time(tools, now)
        outgoing = Outgoing(CardLetter(letter.case), _card_key(notice), now)
        card = messenger.post(outgoing, channel=ChannelId(notice.destination.id), thread=None)
        _keep_card(notice, card, tools=tools, now=now)
    return card


def _settle_card(notice: Notice, *, tools: Tools, messenger: Messenger, now: datetime) -> Posted | None:
    """The card that an earlier try of this notice may have posted, kept when Slack shows it."""
    if notice.case_id is None or notice.destination.kind is not DestinationKind.CHANNEL:
        return None
    card = _look(notice, _card_key(notice), tools, messenger, now)
    if card is not None:
        _keep_card(notice, card, tools=tools, now=now)
    return card


def _keep_card(notice: Notice, card: Posted, *, tools: Tools, now: datetime) -> None:
    if notice.case_id is None:
        return
    with tools.store.write() as uow:
        uow.cards.put(notice.case_id, card)
        subject = f"card to channel {card.channel} as {card.ts}"
        uow.audit.append([Entry(now, BOT, Action.SENT, subject, notice.case_id)])
        uow.commit()


def _look(notice: Notice, key: str, tools: Tools, messenger: Messenger, now: datetime) -> Posted | None:
    """An earlier copy, if Slack's record shows one. A record that cannot be read keeps the doubt until silence is worse."""
    first_at = notice.first_tried_at or notice.created_at
    person = tools.rules.directory.people.get(PersonId(notice.destination.id))
    since = first_at - WRONG_CLOCK
    lands_in = min(notice.not_before - now, LANDING)
    try:
        found = messenger.find(key, destination=notice.destination, person=person, since=since)
    except SendFailed as failed:
        if now - first_at >= BLIND_AFTER and lands_in <= timedelta():
            log.warning("posted_without_looking", notice=notice.id, code=failed.code)
            tools.watch.doubted(Doubt.BLIND)
            return None
        raise SendFailed(FailureKind.UNKNOWN, failed.code, retry_after=failed.retry_after or LOOK_AGAIN) from failed
    if found is None and lands_in > timedelta():
        raise SendFailed(FailureKind.UNKNOWN, "may_still_land", retry_after=lands_in)
    tools.watch.doubted(Doubt.FOUND if found else Doubt.REPOSTED)
    return found


def _mark(uow: UnitOfWork, notice: Notice, posted: Posted | _Nothing, now: datetime) -> None:
    if isinstance(posted, _Nothing):
        uow.outbox.mark_superseded(notice.id, at=now)
        return
    uow.outbox.mark_sent(notice.id, posted=posted, at=now)
    if notice.kind is NoticeKind.CARD and notice.case_id is not None:
        uow.cards.put(notice.case_id, posted)
    subject = f"{notice.kind} to {notice.destination.kind} {notice.destination.id} as {posted.ts}"
    uow.audit.append([Entry(now, BOT, Action.SENT, subject, notice.case_id)])


def _wait(notice: Notice) -> timedelta:
    return timedelta(seconds=BACK_OFF[min(notice.tries, len(BACK_OFF)) - 1])


def _not_worded(notice: Notice, tools: Tools, now: datetime) -> None:
    """Try again later, when the record or the rules have been mended, and tell the administrators once a case."""
    with tools.store.write() as uow:
        uow.outbox.put_back(notice.id, not_before=now + _wait(notice), error=notice.last_error)
        told = Notice(
            id=NoticeId(tools.new_id()),
            key=f"not_worded:{notice.case_id or notice.key}",
            kind=NoticeKind.CONTROL,
            destination=Destination.channel(tools.rules.directory.control_channel),
            created_at=now,
            not_before=now,
            band=notice.band,
            payload={"what": "not_worded", "case": notice.case_id or "", "kind": notice.kind.value},
        )
        if notice.kind is not NoticeKind.CONTROL:
            uow.outbox.add([told])
        uow.commit()


def _failed(notice: Notice, failed: SendFailed, *, tools: Tools, pace: Pace) -> None:
    """Give the failure its next step, in a transaction of its own."""
    now = tools.clock.now()
    wait = failed.retry_after or _wait(notice)
    plain = notice.last_error.startswith(FailureKind.CONTENT_BAD.value)
    kept = notice.last_error if plain else f"{failed.kind.value}: {failed.code}"
    if failed.retry_after is not None:
        pace.block(notice.destination, now + failed.retry_after)
    with tools.store.write() as uow:
        match failed.kind:
            case FailureKind.REFUSED:
                uow.outbox.put_back(notice.id, not_before=now + wait, error=kept)
            case FailureKind.UNKNOWN:
                uow.outbox.keep_in_doubt(notice.id, until=now + (failed.retry_after or LEASE), error=kept)
            case FailureKind.GONE:
                if notice.case_id is not None:
                    uow.cards.forget(notice.case_id, ChannelId(notice.destination.id))
                uow.outbox.put_back(notice.id, not_before=now, error=kept)
            case FailureKind.CREDENTIAL_DEAD:
                uow.outbox.put_back(notice.id, not_before=now, error=kept)
                held = uow.outbox.hold_all(error=failed.code)
                log.error("slack_credential_dead", code=failed.code, held=held)
            case FailureKind.CONTENT_BAD if not plain:
                uow.outbox.put_back(notice.id, not_before=now, error=kept)
            case _:
                _next_route(uow, notice, failed, tools, now)
        uow.commit()


def _next_route(uow: UnitOfWork, notice: Notice, failed: SendFailed, tools: Tools, now: datetime) -> None:
    """This road is dead: say so on the audit, and go by the next one with the same words."""
    uow.outbox.mark_undeliverable(notice.id, error=failed.code, at=now)
    subject = f"{notice.kind} to {notice.destination.kind} {notice.destination.id}: {failed.code}"
    uow.audit.append([Entry(now, BOT, Action.UNDELIVERABLE, subject, notice.case_id)])
    log.error("route_dead", notice=notice.id, destination=notice.destination.id, code=failed.code)
    uow.outbox.add(_rerouted(notice, failed, tools.rules.directory, tools.new_id, now))


def _rerouted(
    notice: Notice, failed: SendFailed, directory: Directory, new_id: Callable[[], str], now: datetime
) -> list[Notice]:
    """The same notice by the next road, and one line to the administrators; nothing once the last road has failed too."""
    control = Destination.channel(directory.control_channel)
    if notice.destination == control:
        return []
    told = Notice(
        id=NoticeId(new_id()),
        key=f"route:{_card_key(notice) if notice.kind is NoticeKind.CARD else notice.key}",
        kind=NoticeKind.CONTROL,
        destination=control,
        created_at=now,
        not_before=now,
        case_id=notice.case_id,
        band=notice.band,
        payload={
            "what": "route_dead",
            "kind": notice.kind.value,
            "to": notice.destination.id,
            "to_kind": notice.destination.kind.value,
            "code": failed.code,
        },
    )
    if notice.kind is NoticeKind.CARD:
        return [told]
    instead = [
        Notice(
            id=NoticeId(new_id()),
            key=f"{notice.key}>{person}",
            kind=notice.kind,
            destination=Destination.person(person),
            created_at=now,
            not_before=now,
            case_id=notice.case_id,
            band=notice.band,
            payload={**notice.payload, "instead_of": notice.destination.id, "tried": [*_tried(notice)]},
        )
        for person in _next_people(notice, directory, now)
    ]
    return [told, *instead]


def _tried(notice: Notice) -> tuple[PersonId, ...]:
    """Everybody whom this message could not reach."""
    return (*map(PersonId, codes(notice.payload, "tried")), PersonId(notice.destination.id))


def _next_people(notice: Notice, directory: Directory, now: datetime) -> tuple[PersonId, ...]:
    """Who is told instead: a channel's team on duty and leaders; for a person, their team's leaders; then the chief role."""
    dead = PersonId(notice.destination.id)
    tried = _tried(notice)
    if notice.destination.kind is DestinationKind.CHANNEL:
        team = directory.team_of_channel(ChannelId(notice.destination.id))
        people = (*directory.on_duty(team.id, now), *team.leaders) if team else ()
    else:
        known = directory.people.get(dead)
        team = directory.teams.get(known.team) if known and known.team else None
        people = team.leaders if team else ()
    reachable = tuple(p for p in directory.standing_in(people, now) if p not in tried and _has_slack(directory, p))
    if reachable:
        return reachable
    chiefs = directory.standing_in(directory.police.executives, now)
    return tuple(p for p in chiefs if p not in tried and _has_slack(directory, p))


def _has_slack(directory: Directory, person: PersonId) -> bool:
    known = directory.people.get(person)
    return known is not None and known.slack is not None
