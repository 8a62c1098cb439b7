"""Puts the how-to into each team's channel and pins it, once; what Slack refuses is tried again later."""

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.ids import ChannelId
from bot.domain.notices import Destination, FailureKind, SendFailed
from bot.ports import StorageDown
from bot.services.desk import Desk
from bot.services.how_to import HowTo
from handlers.failures import NETWORK, code_of, from_answer, from_network
from handlers.messenger import EVENT_TYPE, SlackMessenger
from handlers.views.how_to import how_to

EVERY_LOOKS = 600
"""Of the looks that come each second: at the start, then every ten minutes."""
PINNED = "already_pinned"
EVER = datetime.fromtimestamp(0, UTC)

log = structlog.get_logger()


class HowToBoard:
    """The bot's pinned how-tos. `look` is called each second, in a thread of its own."""

    def __init__(self, client: WebClient, desk: Desk) -> None:
        self._client = client
        self._desk = desk
        self._messenger = SlackMessenger(client)
        self._looks = 0

    def look(self) -> None:
        """Now and then, see to the channels that have none yet."""
        self._looks += 1
        if self._looks % EVERY_LOOKS == 1:
            self.put_up()

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
            ts = self._earlier(missing.channel) or self._post(missing)
            self._pin(missing.channel, ts)
        except SendFailed as failed:
            log.warning("how_to_not_pinned", channel=missing.channel, code=failed.code)
            return failed.kind is not FailureKind.CREDENTIAL_DEAD
        self._desk.how_to_posted(missing.channel)
        return True

    def _earlier(self, channel: ChannelId) -> str | None:
        """A copy that was posted before a crash."""
        found = self._messenger.find(_key(channel), destination=Destination.channel(channel), person=None, since=EVER)
        return found.ts if found else None

    def _post(self, missing: HowTo) -> str:
        phones = self._desk.rules.policy.phones
        drawn = how_to(partner=missing.partner, emergency=phones.emergency, phone=phones.police)
        answer = _call(
            lambda: self._client.chat_postMessage(
                channel=missing.channel,
                text=drawn.text,
                blocks=list(drawn.blocks),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": _key(missing.channel)}},
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return str(answer["ts"])

    def _pin(self, channel: ChannelId, ts: str) -> None:
        try:
            self._client.pins_add(channel=channel, timestamp=ts)
        except SlackApiError as error:
            if code_of(error) != PINNED:
                raise from_answer(error) from None
        except NETWORK as error:
            raise from_network(error) from None


def _key(channel: ChannelId) -> str:
    return f"how_to:{channel}"


def _call(ask: Callable[[], SlackResponse]) -> SlackResponse:
    try:
        return ask()
    except SlackApiError as error:
        raise from_answer(error) from None
    except NETWORK as error:
        raise from_network(error) from None
