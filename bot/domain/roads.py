"""By which road somebody is told, and by which one next when it fails: Slack first, e-mail second, then whoever is above."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.directory import Directory, Team
from bot.domain.ids import AgencyId, ChannelId, PersonId, TeamId
from bot.domain.letters import codes
from bot.domain.notices import OPERATORS, Destination, DestinationKind, Notice


@dataclass(frozen=True, slots=True)
class DeadRoute:
    """A place that messages do not reach: why (Slack's or the mail server's own word), since when, and when last tried."""

    destination: Destination
    code: str
    since_at: datetime
    tried_at: datetime


def road_to(directory: Directory, destination: Destination) -> Destination:
    """Where a notice for somebody goes in the first place: a person who is not in Slack is told by e-mail."""
    if destination.kind is not DestinationKind.PERSON:
        return destination
    known = directory.people.get(PersonId(destination.id))
    if known is not None and known.slack is None and known.email:
        return Destination.email(known.id)
    return destination


def addresses(directory: Directory, mailbox: str) -> tuple[str, ...]:
    """The addresses of a mailbox now; empty when it has none, or its person has left."""
    if mailbox == OPERATORS:
        return directory.operators
    person = directory.people.get(PersonId(mailbox))
    if person is not None:
        return (person.email,) if person.active and person.email else ()
    team = directory.teams.get(TeamId(mailbox))
    return (team.email,) if team is not None and team.email else ()


def reader(directory: Directory, destination: Destination) -> tuple[str, AgencyId | None]:
    """Who reads what goes there, a person or the team of a mailbox, and of which agency; an empty name for a channel."""
    if destination.kind is DestinationKind.CHANNEL:
        return "", None
    person = directory.people.get(PersonId(destination.id))
    team = directory.teams.get(TeamId(destination.id))
    if person is None and team is not None and destination.kind is DestinationKind.EMAIL:
        return team.name, team.agency
    return directory.name_of(PersonId(destination.id)), person.agency if person else None


def duty_list(directory: Directory, team: TeamId, now: datetime) -> tuple[Destination, ...]:
    """A team by e-mail: its duty mailbox, else everybody on duty who has an address, else its leaders who have one."""
    here = directory.teams.get(team)
    if here is None:
        return ()
    if here.email:
        return (Destination.email(here.id),)
    for people in (directory.on_duty(team, now), directory.standing_in(here.leaders, now)):
        found = tuple(Destination.email(person) for person in people if addresses(directory, person))
        if found:
            return found
    return ()


def second_roads(notice: Notice, directory: Directory, now: datetime) -> tuple[Destination, ...]:
    """By e-mail, to whom a message goes that Slack did not confirm: the person themself and their team's duty list."""
    if notice.destination.kind is DestinationKind.CHANNEL:
        team = directory.team_of_channel(ChannelId(notice.destination.id))
        return duty_list(directory, team.id, now) if team else ()
    person = directory.people.get(PersonId(notice.destination.id))
    if person is None:
        return ()
    own = (Destination.email(person.id),) if addresses(directory, person.id) else ()
    team = directory.teams.get(person.team) if person.team else None
    if team is None or (own and not team.email):  # its people on duty are told themselves, each by their own message
        return own
    return (*own, *duty_list(directory, team.id, now))


def next_roads(notice: Notice, directory: Directory, now: datetime) -> tuple[Destination, ...]:
    """Where a message goes whose road is dead: to the deputies and, by e-mail, to the person themself.

    A dead channel's message goes to its team on duty and its leaders, a person's to their team's leaders; to the chief
    officers where there is nobody else. Empty once everybody was tried.
    """
    tried = tried_already(notice)
    own = _own_mailbox(notice, directory, tried)
    deputies = _reachable(_deputies(notice, directory, now), directory, now, tried)
    return (*(deputies or _reachable(directory.police.executives, directory, now, tried)), *own)


def tried_already(notice: Notice) -> tuple[str, ...]:
    """Everybody and every place that this message could not reach, by their roads, the present one included."""
    here = notice.destination
    name = f"{here.kind.value}:{here.id}" if here.kind is DestinationKind.EMAIL else here.id
    return (*codes(notice.payload, "tried"), name)


def _own_mailbox(notice: Notice, directory: Directory, tried: tuple[str, ...]) -> tuple[Destination, ...]:
    if notice.destination.kind is not DestinationKind.PERSON:
        return ()
    mailbox = notice.destination.id
    return (Destination.email(mailbox),) if addresses(directory, mailbox) and f"email:{mailbox}" not in tried else ()


def _deputies(notice: Notice, directory: Directory, now: datetime) -> tuple[PersonId, ...]:
    team = _team_of(notice.destination, directory)
    if team is None:
        return ()
    if notice.destination.kind is DestinationKind.CHANNEL:
        return (*directory.on_duty(team.id, now), *team.leaders)
    return team.leaders


def _team_of(destination: Destination, directory: Directory) -> Team | None:
    if destination.kind is DestinationKind.CHANNEL:
        return directory.team_of_channel(ChannelId(destination.id))
    person = directory.people.get(PersonId(destination.id))
    if person is not None:
        return directory.teams.get(person.team) if person.team else None
    return directory.teams.get(TeamId(destination.id))


def _reachable(
    people: tuple[PersonId, ...], directory: Directory, now: datetime, tried: tuple[str, ...]
) -> tuple[Destination, ...]:
    """Each by their first road, those left out whom it has been tried to reach and those who have none."""
    found = []
    for person in directory.standing_in(people, now):
        known = directory.people[person]
        if person in tried or f"email:{person}" in tried or not (known.slack or known.email):
            continue
        found.append(road_to(directory, Destination.person(person)))
    return tuple(found)
