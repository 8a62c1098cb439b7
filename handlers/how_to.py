"""Puts the how-to into each team's channel and pins it, once; what Slack refuses is tried again later."""

import structlog
from slack_sdk import WebClient

from bot.domain.ids import ChannelId
from bot.domain.notices import FailureKind, SendFailed
from bot.ports import StorageDown
from bot.services.desk import Desk
from bot.services.how_to import HowTo
from handlers.pinning import Pinboard
from handlers.views.how_to import how_to

log = structlog.get_logger()


class HowToBoard:
    """The bot's pinned how-tos."""

    def __init__(self, client: WebClient, desk: Desk) -> None:
        self._pins = Pinboard(client)
        self._desk = desk

    def put_up(self) -> None:
        """Post and pin what is missing; the first dead credential ends the round."""
        try:
            for missing in self._desk.how_tos_wanted():
                if not self._put(missing):
                    return
        except StorageDown:
            log.warning("how_to_not_looked_for")

    def _put(self, missing: HowTo) -> bool:
        """Whether to go on with the next channel."""
        try:
            ts = self._pins.earlier(_key(missing.channel), missing.channel) or self._post(missing)
            self._pins.pin(missing.channel, ts)
        except SendFailed as failed:
            log.warning("how_to_not_pinned", channel=missing.channel, code=failed.code)
            return failed.kind is not FailureKind.CREDENTIAL_DEAD
        self._desk.how_to_posted(missing.channel)
        return True

    def _post(self, missing: HowTo) -> str:
        phones = self._desk.rules.policy.phones
        drawn = how_to(partner=missing.partner, emergency=phones.emergency, phone=phones.police)
        return self._pins.post(drawn, _key(missing.channel), missing.channel)


def _key(channel: ChannelId) -> str:
    return f"how_to:{channel}"
