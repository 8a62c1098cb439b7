"""Who is who: agencies, departments, teams, people, duty and cover, and who a role means at an instant."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from bot.domain.ids import INTAKE, AgencyId, ChannelId, DepartmentId, PersonId, SchoolId, SlackUser, TeamId, Workspace
from bot.domain.policy import Role

MOST_COVERS = 8
"""A chain of covers longer than this is a mistake, and is treated as nobody."""


class AgencyKind(StrEnum):
    """What an agency is to a child; `police` is the force itself, `social_care` the council's here.

    Those of another area are told of a child who lives or is found there, and owe an acknowledgement like everybody.
    """

    POLICE = "police"
    SOCIAL_CARE = "social_care"
    OTHER_FORCE = "other_force"
    OTHER_COUNCIL = "other_council"
    HEALTH = "health"
    EDUCATION = "education"
    PROBATION = "probation"
    OTHER = "other"


class Standing(StrEnum):
    """How senior a person is for the matrix of permissions."""

    MEMBER = "member"
    SUPERVISOR = "supervisor"
    LEAD = "lead"
    CHIEF = "chief"
    GOVERNANCE = "governance"


@dataclass(frozen=True, slots=True)
class Agency:
    """One organisation; `workspace` is the Slack organisation its people sit in."""

    id: AgencyId
    name: str
    kind: AgencyKind
    workspace: Workspace
    leads: tuple[PersonId, ...]
    heads: tuple[PersonId, ...]
    executives: tuple[PersonId, ...]
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Department:
    """A department of an agency with the people who answer for it."""

    id: DepartmentId
    agency: AgencyId
    name: str
    leads: tuple[PersonId, ...]
    superintendents: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its channel; `duty` is who is on duty when no dated shift says otherwise, `email` its duty mailbox.

    `briefs` marks responders and dispatchers: its people may ask what is held about an address or a child. `duty_group` is
    the id of a Slack user group whose members are on duty; empty: there is none.
    """

    id: TeamId
    agency: AgencyId
    name: str
    channel: ChannelId
    leaders: tuple[PersonId, ...]
    duty: tuple[PersonId, ...]
    department: DepartmentId | None = None
    email: str = ""
    briefs: bool = False
    duty_group: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff; no child is ever in the directory.

    `designated` marks a designated officer for allegations (LADO): told of a restricted case whose whole list is away.
    """

    id: PersonId
    name: str
    agency: AgencyId
    team: TeamId | None
    slack: SlackUser | None
    workspace: Workspace
    email: str = ""
    phone: str = ""
    supervisor: PersonId | None = None
    active: bool = True
    governance: bool = False
    designated: bool = False


@dataclass(frozen=True, slots=True)
class School:
    """A school that is told of domestic abuse (Operation Encompass): its safeguarding lead first, then who stands in."""

    id: SchoolId
    name: str
    leads: tuple[PersonId, ...]
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody on duty for a team from one instant (included) to another (not included)."""

    team: TeamId
    person: PersonId
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Cover:
    """An absence; `by` takes the person's pings meanwhile, nobody when it is None."""

    person: PersonId
    by: PersonId | None
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """Which team of an agency takes a concern in a district; None matches every one."""

    agency: AgencyId
    team: TeamId
    concern: str | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Seats:
    """The places of one deadline, from which a role is resolved to people; `only` are those who may be told, None: anybody.

    Without a team it is owed by its owner in person.
    """

    owner: PersonId | None
    team: TeamId | None
    police_team: TeamId | None
    partner_team: TeamId | None
    referrer: PersonId
    also_referred: tuple[PersonId, ...] = ()
    left_out: tuple[PersonId, ...] = ()
    only: tuple[PersonId, ...] | None = None

    def admits(self, person: PersonId) -> bool:
        """Whether somebody may be told."""
        return person not in self.left_out and (self.only is None or person in self.only)


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody, as the directory file (the base) and dated changes say.

    `operators` are the addresses of those who keep the bot running: they are paged by e-mail when Slack cannot be.
    `synthetic_channel` is where the bot's own hourly case goes; None: there is none.
    """

    agencies: Mapping[AgencyId, Agency]
    departments: Mapping[DepartmentId, Department]
    teams: Mapping[TeamId, Team]
    people: Mapping[PersonId, Person]
    routes: tuple[Route, ...]
    shifts: tuple[Shift, ...]
    covers: tuple[Cover, ...]
    control_channel: ChannelId
    force_channel: ChannelId
    version: str
    operators: tuple[str, ...] = ()
    synthetic_channel: ChannelId | None = None
    schools: Mapping[SchoolId, School] = field(default_factory=dict)
    _by_slack: dict[tuple[str, str], Person] = field(default_factory=dict, init=False, compare=False, repr=False)
    _by_channel: dict[str, Team] = field(default_factory=dict, init=False, compare=False, repr=False)
    _shifts_of: dict[TeamId, list[Shift]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _covers_of: dict[PersonId, list[Cover]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _turns: list[datetime] = field(default_factory=list, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Index people by Slack identity, teams by channel, shifts by team, covers by person, and when any of them turns."""
        for person in self.people.values():
            if person.slack is not None:
                self._by_slack[person.workspace, person.slack] = person
        for team in self.teams.values():
            self._by_channel.setdefault(team.channel, team)
        for shift in self.shifts:
            self._shifts_of.setdefault(shift.team, []).append(shift)
        for cover in self.covers:
            self._covers_of.setdefault(cover.person, []).append(cover)
        dated: tuple[Shift | Cover, ...] = (*self.shifts, *self.covers)
        self._turns.extend(sorted({at for part in dated for at in (part.from_at, part.until_at)}))

    def person_of(self, workspace: Workspace, user: SlackUser) -> Person | None:
        """The person behind a Slack identity; None for a stranger."""
        return self._by_slack.get((workspace, user))

    def team_of_channel(self, channel: ChannelId) -> Team | None:
        """The team whose channel this is."""
        return self._by_channel.get(channel)

    @property
    def police(self) -> Agency:
        """The force."""
        return next(agency for agency in self.agencies.values() if agency.kind is AgencyKind.POLICE)

    def agency_of_kind(self, kind: AgencyKind) -> Agency | None:
        """The first agency of a kind, in the order of the file."""
        return next((agency for agency in self.agencies.values() if agency.kind is kind), None)

    def school_named(self, words: str) -> School | None:
        """The school of a name or id as somebody types it; None for one that the directory does not know."""
        wanted = _plain(words)
        return next((each for each in self.schools.values() if wanted in {_plain(each.name), _plain(each.id)}), None)

    def name_of(self, person: PersonId) -> str:
        """A person's name for a card; a stranger is shown as "somebody outside the directory"."""
        if person == INTAKE:
            return "the force's incident system"
        known = self.people.get(person)
        return known.name if known else "somebody outside the directory"

    def team_for(self, agency: AgencyId, *, concern: str, channel: ChannelId | None = None) -> Team:
        """The team of the agency that takes a concern: the channel's own team, else the route, else its first."""
        if channel is not None:
            here = self.team_of_channel(channel)
            if here is not None and here.agency == agency:
                return here
        return self.teams[self._routed(agency, concern)]

    def _routed(self, agency: AgencyId, concern: str) -> TeamId:
        routes = [route for route in self.routes if route.agency == agency and route.concern in {None, concern}]
        routes.sort(key=lambda route: route.concern is None)
        if routes:
            return routes[0].team
        return next(team.id for team in self.teams.values() if team.agency == agency)

    def on_duty(self, team: TeamId, at: datetime) -> tuple[PersonId, ...]:
        """Who is on duty for a team: its dated shifts, else its standing duty; covered people replaced."""
        shifts = [shift.person for shift in self._shifts_of.get(team, ()) if shift.from_at <= at < shift.until_at]
        return self.standing_in(shifts or self.teams[team].duty, at)

    def turns_between(self, after: datetime, until: datetime) -> tuple[datetime, ...]:
        """The instants in (after, until] at which some shift or cover starts or ends, in order."""
        return tuple(self._turns[bisect_right(self._turns, after) : bisect_right(self._turns, until)])

    def next_turn(self, after: datetime) -> datetime | None:
        """The first instant after this one at which some shift or cover starts or ends."""
        place = bisect_right(self._turns, after)
        return self._turns[place] if place < len(self._turns) else None

    def cover_at(self, person: PersonId, at: datetime) -> Cover | None:
        """The absence of a person that holds at an instant; None while they are there."""
        return next((c for c in self._covers_of.get(person, ()) if c.from_at <= at < c.until_at), None)

    def standing_in(self, people: Iterable[PersonId], at: datetime) -> tuple[PersonId, ...]:
        """The people, each replaced by whoever covers them at the instant; nobody twice, leavers left out."""
        found = (self._stand_in(person, at) for person in people)
        return tuple(dict.fromkeys(person for person in found if person is not None))

    def _stand_in(self, person: PersonId, at: datetime) -> PersonId | None:
        asked: set[PersonId] = set()
        here: PersonId | None = person
        while here is not None and here not in asked and len(asked) < MOST_COVERS:
            asked.add(here)
            cover = self.cover_at(here, at)
            if cover is None:
                return here if here in self.people and self.people[here].active else None
            here = cover.by
        return None

    def resolve(self, role: Role, seats: Seats, at: datetime) -> tuple[PersonId, ...]:
        """The people whom a role means for a deadline at an instant; empty when there is nobody.

        Whoever is left out of the case, or not on its list, is passed over, as cover for somebody else too.
        """
        found = self.standing_in(self._named(role, seats, at), at)
        return tuple(person for person in found if seats.admits(person))

    def listed(self, seats: Seats, at: datetime) -> tuple[PersonId, ...]:
        """Who of a restricted case's list is there at an instant, its referrers left aside; nobody for any other case."""
        apart = {seats.referrer, *seats.also_referred}
        there = self.standing_in(seats.only or (), at)
        return tuple(person for person in there if seats.admits(person) and person not in apart)

    def _named(self, role: Role, seats: Seats, at: datetime) -> tuple[PersonId, ...]:
        match role:
            case Role.OWNER:
                on_duty = self.on_duty(seats.team, at) if seats.team else ()
                return (*((seats.owner,) if seats.owner else ()), *on_duty)
            case Role.OWNER_SUPERVISOR:
                return self._supervisors(seats, at)
            case Role.REFERRER:
                return tuple(person for person in (seats.referrer, *seats.also_referred) if person in self.people)
            case Role.TEAM_LEADERS:
                teams = dict.fromkeys((seats.team, seats.police_team, seats.partner_team))
                return tuple(leader for team in teams if team for leader in self.teams[team].leaders)
            case Role.DEPARTMENT_LEAD | Role.SUPERINTENDENT:
                return self._of_department(role, seats.police_team)
            case Role.PARTNER_LEAD | Role.HEAD_OF_SERVICE | Role.PARTNER_EXECUTIVE:
                return self._of_partner(role, seats.partner_team)
            case Role.CHIEF_OFFICER:
                return self.police.executives
            case Role.OWN_LEADERS | Role.OWN_LEADS | Role.OWN_HEADS:
                return self._own(role, seats.team)
            case _:
                assert_never(role)

    def _supervisors(self, seats: Seats, at: datetime) -> tuple[PersonId, ...]:
        owners = self._named(Role.OWNER, seats, at)
        named = [self.people[owner].supervisor for owner in owners if owner in self.people]
        supervisors = tuple(dict.fromkeys(person for person in named if person is not None))
        if supervisors or seats.owner is None:
            return supervisors or (self.teams[seats.team].leaders if seats.team else ())
        return self.teams[seats.team].leaders if seats.team else self._above(seats.owner)

    def _above(self, person: PersonId) -> tuple[PersonId, ...]:
        """Who stands above a leader without a named supervisor; nobody above a chief officer."""
        police = self.police
        own = dict.fromkeys(s for d in self.departments.values() if person in d.leads for s in d.superintendents)
        senior = person in police.heads or any(person in d.superintendents for d in self.departments.values())
        above = () if person in police.executives else own or (police.executives if senior else police.heads)
        return tuple(each for each in above if each != person)

    def _of_department(self, role: Role, team: TeamId | None) -> tuple[PersonId, ...]:
        department = self.teams[team].department if team else None
        if department is None:
            return self.police.leads if role is Role.DEPARTMENT_LEAD else self.police.heads
        here = self.departments[department]
        return here.leads if role is Role.DEPARTMENT_LEAD else here.superintendents

    def _own(self, role: Role, team: TeamId | None) -> tuple[PersonId, ...]:
        """The team's leaders; the leads, or those above them, of its department, of its agency where it has none.

        Without a team it is the force's own.
        """
        if team is None:
            return {Role.OWN_LEADS: self.police.leads, Role.OWN_HEADS: self.police.heads}.get(role, ())
        here = self.teams[team]
        if role is Role.OWN_LEADERS:
            return here.leaders
        department = self.departments[here.department] if here.department else None
        if department is not None:
            return department.leads if role is Role.OWN_LEADS else department.superintendents
        agency = self.agencies[here.agency]
        return agency.leads if role is Role.OWN_LEADS else agency.heads

    def _of_partner(self, role: Role, team: TeamId | None) -> tuple[PersonId, ...]:
        if team is None:
            return ()
        partner = self.agencies[self.teams[team].agency]
        if role is Role.PARTNER_LEAD:
            return partner.leads
        return partner.heads if role is Role.HEAD_OF_SERVICE else partner.executives

    def standing(self, person: PersonId) -> Standing:
        """How senior somebody is; a stranger is a plain member."""
        known = self.people.get(person)
        if known is not None and known.governance:
            return Standing.GOVERNANCE
        if any(person in agency.executives for agency in self.agencies.values()):
            return Standing.CHIEF
        if self._leads(person):
            return Standing.LEAD
        if any(person in team.leaders for team in self.teams.values()):
            return Standing.SUPERVISOR
        return Standing.MEMBER

    def _leads(self, person: PersonId) -> bool:
        agencies = any(person in (*agency.leads, *agency.heads) for agency in self.agencies.values())
        return agencies or any(person in (*d.leads, *d.superintendents) for d in self.departments.values())


def _plain(words: str) -> str:
    """A name without capitals, spaces and signs."""
    return "".join(filter(str.isalnum, words.casefold()))
