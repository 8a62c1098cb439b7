"""What a directory must hold before anybody can rely on it: faults found in a whole directory, all at once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain.directory import MOST_COVERS, AgencyKind, Cover, Directory, Team
from bot.domain.ids import BOT, AgencyId, PersonId
from bot.domain.notices import OPERATORS


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a directory: the key it belongs to, what is wrong, and how to mend it."""

    key: str
    wrong: str
    mend: str


def faults(directory: Directory) -> tuple[Fault, ...]:
    """Every fault of a directory, in the order of its tables; empty when it can be relied on."""
    rules: tuple[Callable[[Directory], Iterator[Fault]], ...] = (
        _unknown, _agencies, _departments, _teams, _people, _routes, _shifts, _covers, _channels, _identities,
        _mailboxes, _schools,
    )  # fmt: skip
    return tuple(fault for rule in rules for fault in rule(directory))


def unknown_concerns(directory: Directory, concerns: Collection[str]) -> Iterator[Fault]:
    """A fault for each route of a concern that the policy does not have; such a route would never be taken."""
    for number, route in enumerate(directory.routes, 1):
        if route.concern is not None and route.concern not in concerns:
            wrong = f'the policy has no concern "{route.concern}".'
            yield Fault(f"route[{number}].concern", wrong, f"Write one of {', '.join(concerns)}.")


def cover_loops(covers: Iterable[Cover]) -> Iterator[tuple[PersonId, ...]]:
    """The people of each chain of covers that comes back to its start, or is too long, at any instant."""
    listed = tuple(covers)
    told: set[frozenset[PersonId]] = set()
    for at in sorted({cover.from_at for cover in listed}):
        active = {cover.person: cover.by for cover in listed if cover.from_at <= at < cover.until_at}
        for start in active:
            chain = _chain(start, active)
            ring = frozenset(chain)
            if (chain[-1] in chain[:-1] or len(chain) > MOST_COVERS) and ring not in told:
                told.add(ring)
                yield chain


def _chain(start: PersonId, nexts: Mapping[PersonId, PersonId | None]) -> tuple[PersonId, ...]:
    """The people met on the way from one to the next; the last is met twice when the way is a loop."""
    chain = [start]
    here = nexts.get(start)
    while here is not None:
        chain.append(here)
        if here in chain[:-1]:
            break
        here = nexts.get(here)
    return tuple(chain)


def _references(directory: Directory) -> Iterator[tuple[str, str, Iterable[str | None]]]:
    """Key, kind of thing, ids named under it: one row for every reference in the directory."""
    for agency in directory.agencies.values():
        yield f"agency.{agency.id}.leads", "person", agency.leads
        yield f"agency.{agency.id}.heads", "person", agency.heads
        yield f"agency.{agency.id}.executives", "person", agency.executives
    for department in directory.departments.values():
        yield f"department.{department.id}.agency", "agency", [department.agency]
        yield f"department.{department.id}.leads", "person", department.leads
        yield f"department.{department.id}.superintendents", "person", department.superintendents
    for team in directory.teams.values():
        yield f"team.{team.id}.agency", "agency", [team.agency]
        yield f"team.{team.id}.department", "department", [team.department]
        yield f"team.{team.id}.leaders", "person", team.leaders
        yield f"team.{team.id}.duty", "person", team.duty
    for person in directory.people.values():
        yield f"person.{person.id}.agency", "agency", [person.agency]
        yield f"person.{person.id}.team", "team", [person.team]
        yield f"person.{person.id}.supervisor", "person", [person.supervisor]
    for number, route in enumerate(directory.routes, 1):
        yield f"route[{number}].agency", "agency", [route.agency]
        yield f"route[{number}].team", "team", [route.team]
    for number, shift in enumerate(directory.shifts, 1):
        yield f"shift[{number}].team", "team", [shift.team]
        yield f"shift[{number}].person", "person", [shift.person]
    for number, cover in enumerate(directory.covers, 1):
        yield f"cover[{number}].person", "person", [cover.person]
        yield f"cover[{number}].by", "person", [cover.by]


def _unknown(directory: Directory) -> Iterator[Fault]:
    known: Mapping[str, Iterable[str]] = {
        "person": directory.people,
        "agency": directory.agencies,
        "department": directory.departments,
        "team": directory.teams,
    }
    for key, kind, ids in _references(directory):
        for named in ids:
            if named and named not in known[kind]:
                yield Fault(key, f'there is no {kind} "{named}".', f"Name a {kind} of this file, or add [[{kind}]].")


def _agencies(directory: Directory) -> Iterator[Fault]:
    forces = [agency for agency in directory.agencies.values() if agency.kind is AgencyKind.POLICE]
    if not forces:
        yield Fault("agency", "no agency is the police.", 'Give the force kind = "police".')
    for extra in forces[1:]:
        mend = 'Keep one; another force that you work with has kind = "other".'
        yield Fault(f"agency.{extra.id}.kind", "a second agency is the police.", mend)
    for agency in directory.agencies.values():
        key = f"agency.{agency.id}"
        yield from _somebody(directory, f"{key}.leads", agency.leads, agency.id)
        for role, people in (("heads", agency.heads), ("executives", agency.executives)):
            if people or (role == "executives" and agency.kind is AgencyKind.POLICE):
                yield from _somebody(directory, f"{key}.{role}", people, agency.id)
        if not any(team.agency == agency.id for team in directory.teams.values()):
            yield Fault(key, "the agency has no team.", f'Add a [[team]] with agency = "{agency.id}".')


def _departments(directory: Directory) -> Iterator[Fault]:
    for department in directory.departments.values():
        key = f"department.{department.id}"
        yield from _somebody(directory, f"{key}.leads", department.leads, department.agency)
        yield from _somebody(directory, f"{key}.superintendents", department.superintendents, department.agency)


def _teams(directory: Directory) -> Iterator[Fault]:
    for team in directory.teams.values():
        key = f"team.{team.id}"
        yield from _somebody(directory, f"{key}.leaders", team.leaders, team.agency)
        yield from _somebody(directory, f"{key}.duty", team.duty, team.agency)
        yield from _team_department(directory, team)
        agency = directory.agencies.get(team.agency)
        if team.duty_group and agency is not None and agency.kind is not AgencyKind.POLICE:
            wrong = "the bot reads user groups of the force's own workspace only."
            yield Fault(f"{key}.duty_group", wrong, "Take it away; duty and shifts say who is on duty there.")


def _team_department(directory: Directory, team: Team) -> Iterator[Fault]:
    key = f"team.{team.id}.department"
    department = directory.departments.get(team.department) if team.department else None
    agency = directory.agencies.get(team.agency)
    if team.department is None and agency is not None and agency.kind is AgencyKind.POLICE:
        yield Fault(key, "a police team has no department.", "Name the department whose lead answers for the team.")
    if department is not None and department.agency != team.agency:
        wrong = f'"{department.id}" is a department of another agency.'
        yield Fault(key, wrong, f'Name a department of "{team.agency}".')


def _somebody(directory: Directory, key: str, people: Iterable[PersonId], agency: AgencyId) -> Iterator[Fault]:
    """Nobody named, only leavers named, or somebody of another agency: no ping under this key would be answered."""
    named = tuple(people)
    known = [directory.people[person] for person in named if person in directory.people]
    if not named:
        yield Fault(key, "nobody is named.", f'Name at least one person of "{agency}".')
    elif len(known) == len(named) and not any(person.active for person in known):
        yield Fault(key, "everybody named has left.", "Name somebody whose active is not false.")
    for person in known:
        if person.agency != agency:
            wrong = f'"{person.id}" belongs to "{person.agency}" and cannot answer for "{agency}".'
            yield Fault(key, wrong, f'Name a person of "{agency}".')


def _people(directory: Directory) -> Iterator[Fault]:
    told: set[frozenset[PersonId]] = set()
    supervisors = {person.id: person.supervisor for person in directory.people.values()}
    for person in directory.people.values():
        key = f"person.{person.id}"
        if person.id == BOT:
            yield Fault(key, f'the id "{BOT}" is the bot itself.', "Give the person another id.")
        if person.slack is None and not person.email and not person.phone:
            mend = "Add slack, email or phone."
            yield Fault(key, "there is no way to reach this person.", mend)
        team = directory.teams.get(person.team) if person.team else None
        if team is not None and team.agency != person.agency:
            wrong = f'"{person.team}" is a team of another agency.'
            yield Fault(f"{key}.team", wrong, f'Name a team of "{person.agency}".')
        above = directory.people.get(person.supervisor) if person.supervisor else None
        if above is not None and above.agency != person.agency:
            # Whoever supervises is told of every case that its owner is late with, told agency or not.
            wrong = f'"{above.id}" belongs to another agency than "{person.id}".'
            yield Fault(f"{key}.supervisor", wrong, f'Name a person of "{person.agency}".')
        chain = _chain(person.id, supervisors)
        if chain[-1] in chain[:-1] and frozenset(chain) not in told:
            told.add(frozenset(chain))
            wrong = f"the supervisors go round in a loop: {' -> '.join(chain)}."
            yield Fault(f"{key}.supervisor", wrong, "Leave out the supervisor of the most senior of them.")


def _routes(directory: Directory) -> Iterator[Fault]:
    seen: set[tuple[AgencyId, str | None, str | None]] = set()
    for number, route in enumerate(directory.routes, 1):
        team = directory.teams.get(route.team)
        if team is not None and team.agency != route.agency:
            wrong = f'"{route.team}" is a team of "{team.agency}", not of "{route.agency}".'
            yield Fault(f"route[{number}].team", wrong, f'Name a team of "{route.agency}".')
        place = (route.agency, route.concern, route.district)
        if place in seen:
            wrong = "an earlier route has the same agency, concern and district."
            yield Fault(f"route[{number}]", wrong, "Keep one of the two.")
        seen.add(place)


def _shifts(directory: Directory) -> Iterator[Fault]:
    for number, shift in enumerate(directory.shifts, 1):
        if shift.until_at <= shift.from_at:
            yield Fault(f"shift[{number}].until", "the shift ends before it starts.", "Make until later than from.")
        team, person = directory.teams.get(shift.team), directory.people.get(shift.person)
        if team is not None and person is not None and team.agency != person.agency:
            wrong = f'"{shift.person}" is not of the agency of "{shift.team}".'
            yield Fault(f"shift[{number}].person", wrong, "Name a person of the team's own agency.")


def _covers(directory: Directory) -> Iterator[Fault]:
    people = directory.people
    for number, cover in enumerate(directory.covers, 1):
        if cover.until_at <= cover.from_at:
            yield Fault(f"cover[{number}].until", "the cover ends before it starts.", "Make until later than from.")
        away, by = people.get(cover.person), people.get(cover.by) if cover.by else None
        if away is not None and by is not None and away.agency != by.agency:
            wrong = f'"{cover.by}" belongs to another agency than "{cover.person}".'
            yield Fault(f"cover[{number}].by", wrong, "Name a person of the same agency.")
        if any(_overlap(cover, earlier) for earlier in directory.covers[: number - 1]):
            wrong = f'"{cover.person}" has an earlier cover for part of the same time.'
            yield Fault(f"cover[{number}].from", wrong, "Let one cover end where the next begins.")
    for chain in cover_loops(directory.covers):
        wrong = f"the covers go round in a loop or are too many: {' -> '.join(chain)}."
        yield Fault(f"cover.{chain[0]}", wrong, "Name as cover somebody who is there at that time.")


def _overlap(one: Cover, other: Cover) -> bool:
    return one.person == other.person and one.from_at < other.until_at and other.from_at < one.until_at


def _channels(directory: Directory) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    places = [("control_channel", directory.control_channel), ("force_channel", directory.force_channel)]
    places += [("synthetic_channel", directory.synthetic_channel)] if directory.synthetic_channel else []
    places += [(f"team.{team.id}.channel", team.channel) for team in directory.teams.values()]
    for key, channel in places:
        if channel and channel in taken:
            yield Fault(key, f'"{channel}" is already {taken[channel]}.', "Give each its own channel.")
        taken.setdefault(channel, key)


def _mailboxes(directory: Directory) -> Iterator[Fault]:
    """A mailbox is known by the id of its person or team, so that no two may share one."""
    for kind, named in (("team", directory.teams), ("person", directory.people)):
        if OPERATORS in named:
            wrong = f'"{OPERATORS}" is the mailbox of the operators.'
            yield Fault(f"{kind}.{OPERATORS}.id", wrong, f"Give the {kind} another id.")
    for team in directory.teams.values():
        if team.email and PersonId(team.id) in directory.people:
            wrong = f'"{team.id}" is a person too, and the team\'s mailbox could not be told from theirs.'
            yield Fault(f"team.{team.id}.email", wrong, "Give the team or the person another id.")


def _identities(directory: Directory) -> Iterator[Fault]:
    taken: dict[tuple[str, str], PersonId] = {}
    for person in directory.people.values():
        if person.slack is None:
            continue
        identity = (person.workspace, person.slack)
        if identity in taken:
            wrong = f'"{person.slack}" in "{person.workspace}" is already "{taken[identity]}".'
            yield Fault(f"person.{person.id}.slack", wrong, "Give each person their own Slack user id.")
        taken.setdefault(identity, person.id)


def _schools(directory: Directory) -> Iterator[Fault]:
    """A school has somebody who is told for it, and nobody's name twice: a notice goes to one school."""
    names: dict[str, str] = {}
    for school in directory.schools.values():
        place = f"school.{school.id}"
        if not school.leads:
            yield Fault(f"{place}.leads", "nobody is told for this school.", "Name its safeguarding lead first.")
        for lead in school.leads:
            if lead not in directory.people:
                yield Fault(
                    f"{place}.leads", f'there is no person "{lead}".', "Name a person of this file, or add [[person]]."
                )
        if school.name in names:
            yield Fault(f"{place}.name", f'"{names[school.name]}" has this name too.', "Give each school its own name.")
        names.setdefault(school.name, school.id)
