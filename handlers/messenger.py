"""The Messenger port on Slack's Web API: letters drawn and posted, every failure told apart, and an earlier copy found."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.directory import Person
from bot.domain.ids import ChannelId
from bot.domain.letters import Outgoing
from bot.domain.notices import Destination, DestinationKind, FailureKind, Posted, SendFailed
from handlers.failures import NETWORK, from_answer, from_network
from handlers.views.letters import draw

Json = dict[str, Any]
A = TypeVar("A")

EVENT_TYPE = "vigil_notice"
TIMEOUT = 10
"""Seconds for one call to Slack."""
PAGE = 200
MOST_PAGES = 10
"""Pages of history that are looked through for an earlier copy; newest first."""


def web_client(token: str, base_url: str) -> WebClient:
    """A client that tries once: delivery owns trying again. `base_url` is any Slack-compatible server's API."""
    return WebClient(token=token, base_url=base_url, timeout=TIMEOUT, retry_handlers=[])


def check_token(client: WebClient) -> None:
    """Ask Slack who we are; SendFailed says whether the token is wrong (credential dead) or Slack cannot be reached."""
    call(client.auth_test)


class SlackMessenger:
    """The road to people in Slack."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def post(self, outgoing: Outgoing, *, channel: ChannelId, thread: str | None) -> Posted:
        """Post into a channel, or under a message of it."""
        return self._post(outgoing, channel, thread)

    def post_to(self, outgoing: Outgoing, *, person: Person) -> Posted:
        """Send a direct message; a person without Slack is a dead route."""
        return self._post(outgoing, _slack_of(person), None)

    def redraw(self, outgoing: Outgoing, *, posted: Posted) -> None:
        """Replace a message in place; `gone` when it is no longer there."""
        drawn = draw(outgoing)
        call(
            lambda: self._client.chat_update(
                channel=posted.channel, ts=posted.ts, text=drawn.text, blocks=list(drawn.blocks)
            )
        )

    def find(self, key: str, *, destination: Destination, person: Person | None, since: datetime) -> Posted | None:
        """A message that carries the key and was posted at or after an instant, in the channel or in a thread of it."""
        if destination.kind is DestinationKind.CHANNEL:
            channel = destination.id
        elif person is not None:
            opened = call(lambda: self._client.conversations_open(users=_slack_of(person)))
            channel = str(opened["channel"]["id"])
        else:
            return None
        oldest = f"{since.timestamp():.6f}"
        for message in self._history(channel):
            if _newer(message.get("ts"), oldest) and _key_of(message) == key:
                return Posted(ChannelId(channel), str(message["ts"]))
            found = self._in_thread(key, channel, message, oldest)
            if found is not None:
                return found
        return None

    def _in_thread(self, key: str, channel: str, parent: Json, oldest: str) -> Posted | None:
        if not parent.get("reply_count") or not _newer(parent.get("latest_reply", oldest), oldest):
            return None
        replies = self._pages(
            lambda cursor: self._client.conversations_replies(
                channel=channel,
                ts=str(parent["ts"]),
                oldest=oldest,
                inclusive=True,
                include_all_metadata=True,
                limit=PAGE,
                cursor=cursor,
            )
        )
        ts = next(
            (str(reply["ts"]) for reply in replies if _newer(reply.get("ts"), oldest) and _key_of(reply) == key), None
        )
        return Posted(ChannelId(channel), ts) if ts else None

    def _history(self, channel: str) -> Iterator[Json]:
        """The channel's messages, newest first; older ones too, since a reply may be new under an old card."""
        return self._pages(
            lambda cursor: self._client.conversations_history(
                channel=channel, include_all_metadata=True, limit=PAGE, cursor=cursor
            )
        )

    def _pages(self, ask: Callable[[str | None], SlackResponse]) -> Iterator[Json]:
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            answer = call(partial(ask, cursor))
            yield from answer.get("messages") or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return

    def _post(self, outgoing: Outgoing, channel: str, thread: str | None) -> Posted:
        drawn = draw(outgoing)
        answer = call(
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=drawn.text,
                blocks=list(drawn.blocks) or None,
                thread_ts=thread,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": outgoing.key}},
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return Posted(ChannelId(str(answer["channel"])), str(answer["ts"]))


def call(ask: Callable[[], A]) -> A:
    """Slack's answer to one call; SendFailed with its class."""
    try:
        return ask()
    except SlackApiError as error:
        raise from_answer(error) from None
    except NETWORK as error:
        raise from_network(error) from None


def _slack_of(person: Person) -> str:
    if person.slack is None:
        raise SendFailed(FailureKind.ROUTE_DEAD, "no_slack_account")
    return person.slack


def _key_of(message: Json) -> str:
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", "")) if metadata.get("event_type") == EVENT_TYPE else ""


def _newer(ts: object, oldest: str) -> bool:
    try:
        return float(str(ts)) >= float(oldest)
    except ValueError:
        return False
