"""The sample directory as a practice workspace: its people as seats, its channels, its Slack organisations."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.directory_file import Channel as ChannelRow
from bot.directory_file import DirectoryFile, read_directory
from bot.domain.directory import Person, Standing
from bot.domain.ids import ChannelId, PersonId
from bot.practice.cast import Cast, Channel, Organisation, Seat, Shortcut

SAMPLE_DIRECTORY = Path(__file__).with_name("directory.toml")

_STANDINGS = {
    Standing.MEMBER: "member",
    Standing.SUPERVISOR: "supervisor",
    Standing.LEAD: "lead",
    Standing.CHIEF: "chief officer or executive",
    Standing.GOVERNANCE: "information governance",
}


def sample_cast(path: Path = SAMPLE_DIRECTORY, *, manifest: Mapping[str, Any] | None = None) -> Cast:
    """The cast of a directory file; raises DirectoryProblems when the file has faults.

    `manifest` is the Slack app's manifest: what it does not register, the workspace does not pass on.
    """
    return cast_of(read_directory(path), manifest=manifest)


def cast_of(file: DirectoryFile, *, manifest: Mapping[str, Any] | None = None) -> Cast:
    """Everybody who is active and has a Slack identity, and every channel that a table of the file describes.

    The page opens on the first person who leads nobody: somebody who refers.
    """
    seated = [person for person in file.directory.people.values() if person.active and person.slack is not None]
    channels = (_channel(row, file) for row in file.channels.values())
    return Cast(
        organisations=tuple(_organisations(file)),
        seats=tuple(_seat(person, file) for person in seated),
        channels=tuple(channels),
        home=file.directory.police.workspace,
        commands=tuple(row["command"] for row in (manifest or {}).get("features", {}).get("slash_commands", ())),
        scopes=tuple((manifest or {}).get("oauth_config", {}).get("scopes", {}).get("bot", ())),
        events=None if manifest is None else tuple(_subscribed(manifest)),
        shortcuts=tuple(_shortcuts(manifest or {})),
        first=next((str(person.slack) for person in seated if _refers(person, file)), ""),
    )


def _subscribed(manifest: Mapping[str, Any]) -> list[str]:
    events: list[str] = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    return events


def _shortcuts(manifest: Mapping[str, Any]) -> Iterator[Shortcut]:
    for row in manifest.get("features", {}).get("shortcuts", ()):
        yield Shortcut(row["callback_id"], row["name"], on_message=row["type"] == "message")


def _refers(person: Person, file: DirectoryFile) -> bool:
    """A member of the force, in a team, who leads nobody."""
    directory = file.directory
    in_team = person.agency == directory.police.id and person.team is not None
    return in_team and directory.standing(person.id) is Standing.MEMBER


def _organisations(file: DirectoryFile) -> Iterator[Organisation]:
    told: set[str] = set()
    for agency in file.directory.agencies.values():
        if agency.workspace not in told:
            told.add(agency.workspace)
            yield Organisation(agency.workspace, agency.name, agency.id)


def _seat(person: Person, file: DirectoryFile) -> Seat:
    directory = file.directory
    agency = directory.agencies[person.agency]
    team = directory.teams[person.team].name if person.team else agency.name
    standing = _STANDINGS[directory.standing(person.id)]
    return Seat(
        id=str(person.slack),
        name=person.name,
        team=team if agency.id == directory.police.id else f"{agency.name}: {team}",
        role=file.titles.get(person.id, standing),
        workspace=person.workspace,
        email=person.email,
        is_guest=person.workspace == directory.police.workspace and agency.id != directory.police.id,
    )


def _channel(row: ChannelRow, file: DirectoryFile) -> Channel:
    """The row with its members: the team whose channel it is, that team's leaders and duty, and those it names."""
    directory = file.directory
    people = [*_of_team(row.id, file), *row.members]
    slack = [directory.people[person].slack for person in dict.fromkeys(people) if directory.people[person].active]
    shared = (directory.agencies[agency].workspace for agency in row.shared_with)
    return Channel(
        id=row.id,
        name=row.name,
        members=tuple(user for user in slack if user is not None),
        private=row.private,
        shared_with=tuple(dict.fromkeys(shared)),
    )


def _of_team(channel: ChannelId, file: DirectoryFile) -> tuple[PersonId, ...]:
    team = file.directory.team_of_channel(channel)
    if team is None:
        return ()
    placed = [person.id for person in file.directory.people.values() if person.team == team.id]
    return (*team.leaders, *team.duty, *placed)
