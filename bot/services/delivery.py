"""Delivery in Slack: a doubt is looked into before a second post, cards are redrawn in place, and lines go under their card."""

from datetime import datetime, timedelta

import structlog

from bot.domain.events import Action, Entry
from bot.domain.grouping import lead_of
from bot.domain.ids import BOT, ChannelId, PersonId
from bot.domain.letters import CardLetter, LineLetter, Outgoing, StepLetter
from bot.domain.notices import DestinationKind, FailureKind, Notice, NoticeKind, Posted, Road, SendFailed
from bot.ports import Messenger
from bot.services.leases import LANDING
from bot.services.pace import Pace
from bot.services.routes import card_key, is_plain
from bot.services.sending import POST_WITHIN, Sender, send_all, worded
from bot.services.tools import Tools
from bot.watch import Doubt

BLIND_AFTER = timedelta(minutes=2)
"""In doubt for longer than this with no history to look in: posted again, marked as a repeat; silence is worse."""
LOOK_AGAIN = timedelta(seconds=10)
WRONG_CLOCK = timedelta(hours=2)
"""By how much this machine's clock may be ahead of Slack's, by whose instants is looked; a key never comes twice."""

log = structlog.get_logger()


def deliver(*, tools: Tools, messenger: Messenger, pace: Pace, holder: str) -> int:
    """Send whatever may go in Slack now; how many notices were dealt with. Safe to run in several threads at once."""

    def carry(notice: Notice, now: datetime) -> Posted | None:
        return _send(notice, tools=tools, messenger=messenger, pace=pace, now=now)

    return send_all(Sender(Road.SLACK, carry, pace, holder), tools)


def _card_of(notice: Notice, tools: Tools) -> Posted | None:
    """The card of the notice's case in the channel that it goes to."""
    with tools.store.read() as uow:
        return uow.cards.get(notice.case_id, ChannelId(notice.destination.id)) if notice.case_id else None


def _send(notice: Notice, *, tools: Tools, messenger: Messenger, pace: Pace, now: datetime) -> Posted | None:
    """Look first when an earlier try may have arrived, then word the notice and send it."""
    drawing, card = notice.kind is NoticeKind.CARD, _card_of(notice, tools)
    key = card_key(notice) if drawing else notice.key
    if notice.in_doubt and not (drawing and card):
        found = _look(notice, key, tools, messenger, now)
        if found is not None:
            return found
    letter = worded(notice, tools)
    if letter is None:
        if notice.in_doubt and card is None:
            _settle_card(notice, tools=tools, messenger=messenger, now=now)
        return None
    outgoing = Outgoing(letter, key, now, repeat=notice.in_doubt and not drawing, plain=is_plain(notice))
    pace.spend(notice.destination, now)
    if notice.destination.kind is DestinationKind.PERSON:
        person = tools.rules.directory.people.get(PersonId(notice.destination.id))
        if person is None or not person.active:
            raise SendFailed(FailureKind.ROUTE_DEAD, "not_in_directory")
        _in_time(tools, now)
        lead = _lead(notice, tools)
        if lead is not None:
            return messenger.post(outgoing, channel=lead.channel, thread=lead.ts)
        return messenger.post_to(outgoing, person=person)
    channel = ChannelId(notice.destination.id)
    if card is None and isinstance(letter, StepLetter | LineLetter):
        card = _card_first(notice, letter, tools=tools, messenger=messenger, now=now)
    if drawing and card is not None:
        messenger.redraw(outgoing, posted=card)
        return card
    _in_time(tools, now)
    above = card or _lead(notice, tools)
    return messenger.post(outgoing, channel=channel, thread=above.ts if above and not drawing else None)


def _lead(notice: Notice, tools: Tools) -> Posted | None:
    """The message in whose thread a further part of a grouped one goes, unless that was deleted or never arrived."""
    lead = lead_of(notice)
    if lead is None or notice.last_error.startswith(FailureKind.GONE.value):
        return None
    with tools.store.read() as uow:
        return uow.gathering.posted(lead, notice.destination)


def _in_time(tools: Tools, claimed_at: datetime) -> None:
    """SendFailed when looking took so long that the lease might run out before a post that we give up on lands."""
    if tools.clock.now() - claimed_at > POST_WITHIN:
        raise SendFailed(FailureKind.REFUSED, "slow_answers")


def _card_first(
    notice: Notice, letter: StepLetter | LineLetter, *, tools: Tools, messenger: Messenger, now: datetime
) -> Posted:
    """The card that a line belongs under, posted now because its own notice was overtaken or its message deleted."""
    card = _settle_card(notice, tools=tools, messenger=messenger, now=now) if notice.in_doubt else None
    if card is None:
        _in_time(tools, now)
        outgoing = Outgoing(CardLetter(letter.case), card_key(notice), now)
        card = messenger.post(outgoing, channel=ChannelId(notice.destination.id), thread=None)
        _keep_card(notice, card, tools=tools, now=now)
    return card


def _settle_card(notice: Notice, *, tools: Tools, messenger: Messenger, now: datetime) -> Posted | None:
    """The card that an earlier try of this notice may have posted, kept when Slack shows it."""
    if notice.case_id is None or notice.destination.kind is not DestinationKind.CHANNEL:
        return None
    card = _look(notice, card_key(notice), tools, messenger, now)
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
