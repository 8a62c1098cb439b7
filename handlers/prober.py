"""The Prober port on Slack's Web API: whether somebody or some channel could be reached, without a message to anybody."""

from collections.abc import Sequence
from typing import Any

from slack_sdk import WebClient

from bot.domain.directory import Person
from bot.domain.ids import ChannelId, SlackUser
from bot.domain.notices import FailureKind, SendFailed
from handlers.messenger import call

Json = dict[str, Any]
LASTING = frozenset({FailureKind.ROUTE_DEAD, FailureKind.GONE})


class SlackProber:
    """Looks by `users.info`, `conversations.info` and `usergroups.users.list`."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def person(self, person: Person) -> str:
        """Why this person would not get a direct message; empty when they would."""
        try:
            account: Json = call(lambda: self._client.users_info(user=person.slack or ""))["user"]
        except SendFailed as failed:
            return _lasting(failed)
        if account.get("deleted"):
            return "deactivated"
        if account.get("is_bot"):
            return "is_bot"
        return "guest" if account.get("is_ultra_restricted") else ""

    def channel(self, channel: ChannelId) -> str:
        """Why the bot could not post there; empty when it could."""
        try:
            room: Json = call(lambda: self._client.conversations_info(channel=channel))["channel"]
        except SendFailed as failed:
            return _lasting(failed)
        if room.get("is_archived"):
            return "is_archived"
        return "" if room.get("is_member") else "not_in_channel"

    def group(self, group: str) -> Sequence[SlackUser]:
        """Who is in a user group of the force's own workspace."""
        answer = call(lambda: self._client.usergroups_users_list(usergroup=group))
        return [SlackUser(str(member)) for member in answer.get("users") or ()]


def _lasting(failed: SendFailed) -> str:
    """Slack's word when it says something of the place itself; else it is not known now."""
    if failed.kind not in LASTING:
        raise failed
    return failed.code
