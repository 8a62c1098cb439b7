"""Which channels shared with a partner still need the pinned "Raise a concern" card, or an older one drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, ChannelId
from bot.services.tools import Tools

NOT_DRAWN = -1
"""A fingerprint that no card has: asked for, it wants every card drawn anew."""
EPOCH = datetime.fromtimestamp(0, UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
"""Microseconds: Slack names a message by the instant of its posting, in seconds with six decimal places."""


@dataclass(frozen=True, slots=True)
class ConcernCard:
    """A shared channel whose card is to be posted, or drawn anew when its message is known."""

    channel: ChannelId
    ts: str | None


def wanted(drawn: int, *, tools: Tools) -> Sequence[ConcernCard]:
    """The channels of partners' teams without the card as it is drawn now; `drawn` is a fingerprint of 31 bits."""
    directory = tools.rules.directory
    home = directory.police.workspace
    shared = {team.channel for team in directory.teams.values() if directory.agencies[team.agency].workspace != home}
    with tools.store.read() as uow:
        return [
            ConcernCard(channel, _ts(uow.marks.instant(_mark(channel))))
            for channel in sorted(shared)
            if uow.marks.instant(_mark(channel)) is None or uow.marks.count(_mark(channel)) != drawn
        ]


def posted(card: ConcernCard, drawn: int, *, tools: Tools) -> None:
    """Remember that a channel has its card as it is drawn now, in the message `card.ts`; a new message is on the audit."""
    now, mark = tools.clock.now(), _mark(card.channel)
    with tools.store.write() as uow:
        new = card.ts is None or uow.marks.instant(mark) != _instant(card.ts)
        if card.ts is not None:
            uow.marks.set_instant(mark, _instant(card.ts))
        uow.marks.add(mark, drawn - uow.marks.count(mark))
        if new:
            uow.audit.append([Entry(now, BOT, Action.SENT, f"concern_card {card.channel}")])
        uow.commit()


def _mark(channel: ChannelId) -> str:
    return f"concern_card:{channel}"


def _instant(ts: str) -> datetime:
    seconds, _, parts = ts.partition(".")
    return EPOCH + timedelta(seconds=int(seconds), microseconds=int(parts or 0))


def _ts(at: datetime | None) -> str | None:
    if at is None:
        return None
    seconds, parts = divmod((at - EPOCH) // MICROSECOND, SECOND)
    return f"{seconds}.{parts:06d}"
