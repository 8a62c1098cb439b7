"""A message of the bot's own, posted and pinned once in a channel: found again after a crash, drawn anew in its place."""

from collections.abc import Callable
from datetime import UTC, datetime

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.ids import ChannelId
from bot.domain.notices import Destination
from handlers.failures import NETWORK, code_of, from_answer, from_network
from handlers.messenger import EVENT_TYPE, SlackMessenger, call
from handlers.views.blocks import Drawn

EVERY_LOOKS = 600
"""Of the looks that come each second: at the start, then every ten minutes."""
PINNED = "already_pinned"
EVER = datetime.fromtimestamp(0, UTC)


class Pinboard:
    """Posts, pins and redraws; SendFailed with its class when Slack refuses or is silent."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._messenger = SlackMessenger(client)

    def earlier(self, key: str, channel: ChannelId) -> str | None:
        """A copy that was posted before a crash."""
        found = self._messenger.find(key, destination=Destination.channel(channel), person=None, since=EVER)
        return found.ts if found else None

    def post(self, drawn: Drawn, key: str, channel: ChannelId) -> str:
        """Post it; its `ts`. It carries the key, by which a copy is found again."""
        answer = call(
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=drawn.text,
                blocks=list(drawn.blocks),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return str(answer["ts"])

    def redraw(self, drawn: Drawn, channel: ChannelId, ts: str) -> None:
        """Draw it anew in its place."""
        call(lambda: self._client.chat_update(channel=channel, ts=ts, text=drawn.text, blocks=list(drawn.blocks)))

    def pin(self, channel: ChannelId, ts: str) -> None:
        """Pin it; one that is pinned already stays so."""
        try:
            self._client.pins_add(channel=channel, timestamp=ts)
        except SlackApiError as error:
            if code_of(error) != PINNED:
                raise from_answer(error) from None
        except NETWORK as error:
            raise from_network(error) from None


class PinRounds:
    """Sees to the pinned messages now and then. `look` is called each second, in a thread of its own."""

    def __init__(self, *boards: Callable[[], None]) -> None:
        """Each board puts up what is missing of its own, one after the other: Slack takes few messages a second."""
        self._boards = boards
        self._looks = 0

    def look(self) -> None:
        """At the start and every ten minutes, put up what is missing."""
        self._looks += 1
        if self._looks % EVERY_LOOKS == 1:
            for put_up in self._boards:
                put_up()
