"""What Slack says of a deployment when asked: its tokens, their permissions, and each channel and person of the directory.

Nothing is posted and nobody is messaged.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.directory import Directory, Person, Team
from bot.domain.ids import ChannelId, SlackUser
from bot.services.duty_groups import known
from handlers.failures import NETWORK, code_of
from handlers.manifest import SCOPES, missing_scopes

Json = dict[str, Any]
REINSTALL = "Put the manifest of `vigil init` into the Slack app again, reinstall it, and set the new token."
PROOF = "x-oauth-scopes"
"""The header in which Slack names what a token may do."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """One thing looked at: what was found, whether it is in order, and how to mend it when it is not."""

    what: str
    in_order: bool
    found: str
    mend: str = ""


class _Refused(Exception):
    """Slack's answer to one question was no; the text is its word."""


class Workspace:
    """What setting a deployment up asks of Slack, with a token that it takes."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def team(self) -> str:
        """The workspace of the token."""
        return str(self._client.auth_test()["team_id"])

    def name_of(self, member: str) -> str:
        """A member's name; empty when Slack does not know them here."""
        try:
            account: Json = _ask(lambda: self._client.users_info(user=member))["user"]
        except _Refused:
            return ""
        return str(account.get("real_name") or "")

    def post(self, channel: str, text: str) -> str:
        """Post a line; empty when Slack took it, else its word."""
        try:
            _ask(lambda: self._client.chat_postMessage(channel=channel, text=text))
        except _Refused as refused:
            return str(refused)
        return ""


def inspect_tokens(client: WebClient, *, app_token: str, workspace: str) -> Iterator[Inspected]:
    """The bot's token, its permissions, whose workspace it is, and the app-level token when there is one."""
    try:
        answer = _ask(client.auth_test)
    except _Refused as refused:
        yield Inspected("bot token", in_order=False, found=str(refused), mend=_token_mend(str(refused)))
        return
    yield Inspected("bot token", in_order=True, found=f"{answer.get('user')} in {answer.get('team')}")
    yield _workspace(str(answer.get("team_id", "")), workspace)
    yield _scopes({name.lower(): value for name, value in answer.headers.items()}.get(PROOF, ""))
    if app_token:
        yield _app_token(client, app_token)


def _token_mend(code: str) -> str:
    if code.startswith("not reached"):
        return "See whether this machine reaches slack.com (proxy, firewall, certificate), then check again."
    return "Set SLACK_BOT_TOKEN to the Bot User OAuth Token of this app, from “OAuth & Permissions”."


def _workspace(found: str, expected: str) -> Inspected:
    if found == expected:
        return Inspected("workspace", in_order=True, found=found)
    return Inspected(
        "workspace",
        in_order=False,
        found=f"the token is of {found}; the directory says that the force is {expected}",
        mend="Set `workspace` of the police agency in the directory file, or install the app in the force's own workspace.",
    )


def _scopes(granted: str | list[str]) -> Inspected:
    held = granted if isinstance(granted, str) else ",".join(granted)
    if not held:
        return Inspected("permissions", in_order=True, found="this server does not name them")
    lacking = missing_scopes(held)
    if lacking:
        why = "; ".join(f"{scope} {SCOPES[scope]}" for scope in lacking)
        return Inspected("permissions", in_order=False, found=f"lacking: {why}", mend=REINSTALL)
    spare = sorted({scope.strip() for scope in held.split(",")} - set(SCOPES))
    more = f"; not needed and better taken away: {', '.join(spare)}" if spare else ""
    return Inspected("permissions", in_order=True, found=f"all {len(SCOPES)}{more}")


def _app_token(client: WebClient, app_token: str) -> Inspected:
    try:
        _ask(lambda: client.apps_connections_open(app_token=app_token))
    except _Refused as refused:
        mend = "Set SLACK_APP_TOKEN to an app-level token with connections:write, from “Basic Information”."
        return Inspected("app-level token", in_order=False, found=str(refused), mend=mend)
    return Inspected("app-level token", in_order=True, found="Socket Mode opens")


def inspect_channels(client: WebClient, directory: Directory) -> Iterator[Inspected]:
    """Each channel that the directory names: there, not archived, the bot in it, shared with nobody but its agency."""
    for channel, use in _channels(directory).items():
        yield _channel(client, channel, use, directory)


def _channels(directory: Directory) -> dict[ChannelId, str]:
    found = {directory.control_channel: "control channel", directory.force_channel: "force channel"}
    if directory.synthetic_channel:
        found[directory.synthetic_channel] = "synthetic channel"
    for team in directory.teams.values():
        found.setdefault(team.channel, f"channel of {team.name}")
    return found


def _channel(client: WebClient, channel: ChannelId, use: str, directory: Directory) -> Inspected:
    what = f"{use} {channel}"
    try:
        room: Json = _ask(lambda: client.conversations_info(channel=channel))["channel"]
    except _Refused as refused:
        mend = f"Correct the id in the directory file, or invite the bot into {channel}: /invite @Vigil."
        return Inspected(what, in_order=False, found=str(refused), mend=mend)
    if room.get("is_archived"):
        return Inspected(what, in_order=False, found="archived", mend="Name another channel in the directory file.")
    if not room.get("is_member"):
        return Inspected(what, in_order=False, found="the bot is not in it", mend="In the channel: /invite @Vigil.")
    strangers = _strangers(room, directory)
    if strangers:
        mend = "End the sharing in Slack, or name that workspace as an agency's in the directory file."
        return Inspected(what, in_order=False, found=f"shared with {', '.join(strangers)}, of no agency", mend=mend)
    shared = ", shared with a partner" if room.get("is_ext_shared") else ""
    return Inspected(what, in_order=True, found=f"the bot is in it{shared}")


def _strangers(room: Json, directory: Directory) -> list[str]:
    """Organisations that see the channel and belong to no agency of the directory."""
    known = {agency.workspace for agency in directory.agencies.values()}
    return sorted(team for team in room.get("connected_team_ids") or [] if team not in known)


def inspect_groups(client: WebClient, directory: Directory) -> Iterator[Inspected]:
    """Each user group that a team's duty follows: it can be read, and somebody of the directory is in it."""
    for team in directory.teams.values():
        if team.duty_group:
            yield _group(client, team, directory)


def _group(client: WebClient, team: Team, directory: Directory) -> Inspected:
    what, group = f"duty group {team.duty_group} of {team.name}", team.duty_group
    try:
        answer = _ask(lambda: client.usergroups_users_list(usergroup=group))
    except _Refused as refused:
        mend = "Correct `duty_group` in the directory file, or take it away: the file's own duty counts meanwhile."
        return Inspected(what, in_order=False, found=str(refused), mend=mend)
    people = known([SlackUser(str(member)) for member in answer.get("users") or ()], team, directory)
    if not people:
        mend = "Put people of the directory file into the group in Slack; the file's own duty counts meanwhile."
        return Inspected(what, in_order=False, found="nobody of the directory is in it", mend=mend)
    return Inspected(what, in_order=True, found=f"on duty: {', '.join(map(directory.name_of, people))}")


def inspect_people(client: WebClient, directory: Directory) -> Iterator[Inspected]:
    """Each active person of the directory: an account that is still there, or another road to them."""
    for person in directory.people.values():
        if person.active:
            yield _person(client, person)


def _person(client: WebClient, person: Person) -> Inspected:
    what = f"{person.name} ({person.id})"
    if person.slack is None:
        road = "e-mail" if person.email else "telephone"
        return Inspected(what, in_order=True, found=f"not in Slack; told by {road}")
    user = person.slack
    try:
        account: Json = _ask(lambda: client.users_info(user=user))["user"]
    except _Refused as refused:
        mend = "Copy the member ID from their Slack profile into the directory file."
        return Inspected(what, in_order=False, found=str(refused), mend=mend)
    if account.get("deleted"):
        mend = "A leaver: set active = false in the directory file and name somebody else where they are named."
        return Inspected(what, in_order=False, found="their Slack account is deactivated", mend=mend)
    if account.get("is_bot"):
        return Inspected(what, in_order=False, found="a bot's account", mend="Copy the person's own member ID.")
    return Inspected(what, in_order=True, found="has an account")


def _ask(question: Callable[[], SlackResponse]) -> SlackResponse:
    """Slack's answer; _Refused with its word, or with the fault when there was none."""
    try:
        return question()
    except SlackApiError as error:
        raise _Refused(code_of(error)) from None
    except NETWORK as error:
        raise _Refused(f"not reached ({type(error).__name__})") from None
