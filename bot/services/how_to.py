"""Which team channels still lack the pinned how-to; each gets it once, whatever restarts."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, ChannelId
from bot.services.tools import Tools


@dataclass(frozen=True, slots=True)
class HowTo:
    """A team's channel without its how-to; `partner` says that people of another organisation read it."""

    channel: ChannelId
    partner: bool


def wanted(*, tools: Tools) -> Sequence[HowTo]:
    """The channels of the directory's teams that have no how-to yet, each once."""
    directory = tools.rules.directory
    home = directory.police.workspace
    channels = {team.channel: directory.agencies[team.agency].workspace != home for team in directory.teams.values()}
    with tools.store.read() as uow:
        return [
            HowTo(channel, partner)
            for channel, partner in channels.items()
            if uow.marks.instant(_mark(channel)) is None
        ]


def posted(channel: ChannelId, *, tools: Tools) -> None:
    """Remember that a channel has its how-to."""
    now = tools.clock.now()
    with tools.store.write() as uow:
        uow.marks.set_instant(_mark(channel), now)
        uow.audit.append([Entry(now, BOT, Action.SENT, f"how_to {channel}")])
        uow.commit()


def _mark(channel: ChannelId) -> str:
    return f"how_to:{channel}"
