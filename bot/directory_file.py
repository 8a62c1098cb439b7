"""The directory file: TOML -> Directory. Every fault is told at once, each with file, key and mend."""

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from bot.directory_format import TABLES, TOP, Key, Unfit
from bot.domain.directory import Agency, AgencyKind, Cover, Department, Directory, Person, Route, School, Shift, Team
from bot.domain.directory_rules import Fault, faults, unknown_concerns
from bot.domain.ids import AgencyId, ChannelId, DepartmentId, PersonId, SchoolId, SlackUser, TeamId, Workspace


@dataclass(frozen=True, slots=True)
class Channel:
    """A Slack channel as the file describes it; `members` are the people in it beyond its own team."""

    id: ChannelId
    name: str
    private: bool
    shared_with: tuple[AgencyId, ...]
    members: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    """The whole file: the directory, its channels by id, and the job title of whoever has one."""

    directory: Directory
    channels: Mapping[ChannelId, Channel]
    titles: Mapping[PersonId, str]


class DirectoryProblems(Exception):
    """Every fault of one directory file; `str()` gives one line for each."""

    def __init__(self, path: Path, problems: tuple[Fault, ...]) -> None:
        self.path = path
        self.problems = problems
        super().__init__("\n".join(f"{path}: {p.key}: {p.wrong} {p.mend}" for p in problems))


_Row = Mapping[str, object]


class _Reader:
    """Reads tables into rows of good values; a bad value is noted and replaced, so that every fault is found."""

    def __init__(self, document: Mapping[str, object]) -> None:
        self.document = document
        self.noted: list[Fault] = []

    def top(self) -> _Row:
        """The keys before the first table, and a note for every table that does not exist."""
        known = (*TOP, *TABLES)
        for name in self.document:
            if name not in known:
                self._note(name, "there is no such key.", f"Keep to {', '.join(known)}.")
        return {name: self._value(name, key, self.document.get(name)) for name, key in TOP.items()}

    def rows(self, table: str) -> list[_Row]:
        """The rows of one [[table]], each id once."""
        listed = self.document.get(table, [])
        if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
            self._note(table, "this is not a list of tables.", f"Head each one with [[{table}]].")
            return []
        rows = [self._row(table, number, row) for number, row in enumerate(listed, 1)]
        return self._each_once(table, rows)

    def _row(self, table: str, number: int, given: Mapping[str, object]) -> _Row:
        place = f"{table}.{given['id']}" if "id" in given else f"{table}[{number}]"
        keys = TABLES[table]
        for name in given:
            if name not in keys:
                self._note(f"{place}.{name}", "there is no such key.", f"Keep to {', '.join(keys)}.")
        return {name: self._value(f"{place}.{name}", key, given.get(name)) for name, key in keys.items()}

    def _each_once(self, table: str, rows: list[_Row]) -> list[_Row]:
        if "id" not in TABLES[table]:
            return rows
        first: dict[object, _Row] = {}
        for row in (row for row in rows if row["id"]):
            if row["id"] in first:
                self._note(f"{table}.{row['id']}.id", "the id is used twice.", f"Give each {table} its own id.")
            first.setdefault(row["id"], row)
        return list(first.values())

    def _value(self, place: str, key: Key, given: object) -> object:
        if given is None:
            if key.required:
                self._note(place, "it is missing.", "Add the key.")
            return key.empty
        try:
            return key.shape(given)
        except Unfit as unfit:
            self._note(place, f"{_shown(given)} does not fit.", str(unfit))
            return given if isinstance(key.empty, str) and isinstance(given, str) else key.empty

    def _note(self, key: str, wrong: str, mend: str) -> None:
        self.noted.append(Fault(key, wrong, mend))


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def load_directory(path: Path, concerns: Collection[str] | None = None) -> Directory:
    """The directory of a file; raises DirectoryProblems with every fault at once.

    With `concerns`, the codes of the policy's concerns, a route of any other concern is a fault too.
    """
    return read_directory(path, concerns).directory


def read_directory(path: Path, concerns: Collection[str] | None = None) -> DirectoryFile:
    """The whole file with channels and titles; raises DirectoryProblems with every fault at once."""
    content, document = _parsed(path)
    reader = _Reader(document)
    top = reader.top()
    rows = {table: reader.rows(table) for table in TABLES}
    directory = _directory(top, rows, version=hashlib.sha256(content).hexdigest()[:16])
    channels = {channel.id: channel for channel in map(_channel, rows["channel"])}
    shape_faults = tuple(reader.noted)
    told = {fault.key for fault in shape_faults}
    routed = unknown_concerns(directory, concerns) if concerns is not None else ()
    rule_faults = (*faults(directory), *routed, *_channel_faults(channels, directory))
    problems = (*shape_faults, *(fault for fault in rule_faults if fault.key not in told))
    if problems:
        raise DirectoryProblems(path, problems)
    titles = {PersonId(str(row["id"])): str(row["title"]) for row in rows["person"] if row["title"]}
    return DirectoryFile(directory, channels, titles)


def _parsed(path: Path) -> tuple[bytes, Mapping[str, object]]:
    try:
        content = path.read_bytes()
        document = tomllib.loads(content.decode())
    except OSError as error:
        raise _only(path, f"it cannot be read ({error.strerror}).", "Check VIGIL_DIRECTORY.") from error
    except UnicodeDecodeError as error:
        raise _only(path, f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise _only(path, f"it is not TOML: {error}.", "Mend that line.") from error
    if not document:
        raise _only(path, "the directory is empty.", "Start from the sample directory.")
    return content, document


def _only(path: Path, wrong: str, mend: str) -> DirectoryProblems:
    return DirectoryProblems(path, (Fault("file", wrong, mend),))


def _directory(top: _Row, rows: Mapping[str, list[_Row]], *, version: str) -> Directory:
    agencies = {agency.id: agency for agency in map(_agency, rows["agency"])}
    return Directory(
        agencies=agencies,
        departments={department.id: department for department in map(_department, rows["department"])},
        teams={team.id: team for team in map(_team, rows["team"])},
        people={person.id: person for person in (_person(row, agencies) for row in rows["person"])},
        routes=tuple(map(_route, rows["route"])),
        shifts=tuple(map(_shift, rows["shift"])),
        covers=tuple(map(_cover, rows["cover"])),
        control_channel=ChannelId(_str(top, "control_channel")),
        force_channel=ChannelId(_str(top, "force_channel")),
        version=version,
        operators=cast("tuple[str, ...]", top["operators"]),
        synthetic_channel=cast("ChannelId | None", top["synthetic_channel"]),
        schools={school.id: school for school in map(_school, rows["school"])},
    )


def _str(row: _Row, key: str) -> str:
    return cast("str", row[key])


def _at(row: _Row, key: str) -> datetime:
    return cast("datetime", row[key])


def _people(row: _Row, key: str) -> tuple[PersonId, ...]:
    return cast("tuple[PersonId, ...]", row[key])


def _agency(row: _Row) -> Agency:
    return Agency(
        id=AgencyId(_str(row, "id")),
        name=_str(row, "name"),
        kind=cast("AgencyKind", row["kind"]),
        workspace=Workspace(_str(row, "workspace")),
        leads=_people(row, "leads"),
        heads=_people(row, "heads"),
        executives=_people(row, "executives"),
        phone=_str(row, "phone"),
    )


def _department(row: _Row) -> Department:
    return Department(
        id=DepartmentId(_str(row, "id")),
        agency=AgencyId(_str(row, "agency")),
        name=_str(row, "name"),
        leads=_people(row, "leads"),
        superintendents=_people(row, "superintendents"),
    )


def _team(row: _Row) -> Team:
    return Team(
        id=TeamId(_str(row, "id")),
        agency=AgencyId(_str(row, "agency")),
        name=_str(row, "name"),
        channel=ChannelId(_str(row, "channel")),
        leaders=_people(row, "leaders"),
        duty=_people(row, "duty"),
        department=cast("DepartmentId | None", row["department"]),
        email=_str(row, "email"),
        briefs=cast("bool", row["briefs"]),
        duty_group=_str(row, "duty_group"),
    )


def _person(row: _Row, agencies: Mapping[AgencyId, Agency]) -> Person:
    agency = agencies.get(AgencyId(_str(row, "agency")))
    home = agency.workspace if agency is not None else Workspace("")
    return Person(
        id=PersonId(_str(row, "id")),
        name=_str(row, "name"),
        agency=AgencyId(_str(row, "agency")),
        team=cast("TeamId | None", row["team"]),
        slack=cast("SlackUser | None", row["slack"]),
        workspace=cast("Workspace | None", row["workspace"]) or home,
        email=_str(row, "email"),
        phone=_str(row, "phone"),
        supervisor=cast("PersonId | None", row["supervisor"]),
        active=cast("bool", row["active"]),
        governance=cast("bool", row["governance"]),
        designated=cast("bool", row["designated"]),
    )


def _school(row: _Row) -> School:
    return School(SchoolId(_str(row, "id")), _str(row, "name"), _people(row, "leads"), _str(row, "phone"))


def _route(row: _Row) -> Route:
    return Route(
        agency=AgencyId(_str(row, "agency")),
        team=TeamId(_str(row, "team")),
        concern=cast("str | None", row["concern"]),
        district=cast("str | None", row["district"]),
    )


def _shift(row: _Row) -> Shift:
    return Shift(TeamId(_str(row, "team")), PersonId(_str(row, "person")), _at(row, "from"), _at(row, "until"))


def _cover(row: _Row) -> Cover:
    return Cover(PersonId(_str(row, "person")), cast("PersonId | None", row["by"]), _at(row, "from"), _at(row, "until"))


def _channel(row: _Row) -> Channel:
    return Channel(
        id=ChannelId(_str(row, "id")),
        name=_str(row, "name"),
        private=cast("bool", row["private"]),
        shared_with=cast("tuple[AgencyId, ...]", row["shared_with"]),
        members=_people(row, "members"),
    )


def _channel_faults(channels: Mapping[ChannelId, Channel], directory: Directory) -> list[Fault]:
    found: list[Fault] = []
    names: dict[str, ChannelId] = {}
    for channel in channels.values():
        place = f"channel.{channel.id}"
        if channel.name and channel.name in names:
            wrong = f'"{channel.name}" is already the name of "{names[channel.name]}".'
            found.append(Fault(f"{place}.name", wrong, "Give each channel its own name."))
        names.setdefault(channel.name, channel.id)
        found += [
            Fault(f"{place}.{key}", f'there is no {kind} "{item}".', f"Name a {kind} of this file, or add [[{kind}]].")
            for key, kind, items, known in (
                ("shared_with", "agency", channel.shared_with, directory.agencies),
                ("members", "person", channel.members, directory.people),
            )
            for item in items
            if item not in known
        ]
        found += _uninvited(channel, directory)
    return found


def _uninvited(channel: Channel, directory: Directory) -> list[Fault]:
    """People of a partner's Slack workspace in a channel that is not shared with it: Slack would not let them in."""
    home = {agency.workspace for agency in directory.agencies.values() if agency.kind is AgencyKind.POLICE}
    shared = {directory.agencies[agency].workspace for agency in channel.shared_with if agency in directory.agencies}
    team = directory.team_of_channel(channel.id)
    people = (*(team.leaders if team else ()), *(team.duty if team else ()), *channel.members)
    known = (directory.people[person] for person in dict.fromkeys(people) if person in directory.people)
    key = f"channel.{channel.id}.shared_with"
    return [
        Fault(key, f'"{person.id}" sits in another Slack workspace.', f'Add "{person.agency}" to shared_with.')
        for person in known
        if person.slack is not None and person.workspace not in home | shared
    ]
