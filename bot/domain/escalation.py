"""Who is told when a step of a ladder is due: roles become people at that moment, and nobody is passed over in silence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.calendar import Calendar
from bot.domain.cases import Case
from bot.domain.deadlines import Deadline, Due, PlannedStep, taken
from bot.domain.directory import AgencyKind, Directory, Seats
from bot.domain.ids import AgencyId, PersonId, TeamId
from bot.domain.policy import Role


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person at one step, with every role that made them a recipient."""

    person: PersonId
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What one step comes to: the deadline moved on, the people to tell, and the steps that had nobody.

    `nobody` is True when no step of the ladder had anybody at all: then the control channel is the last resort.
    """

    deadline: Deadline
    due: Due
    recipients: tuple[Recipient, ...]
    fell_through: tuple[int, ...]
    nobody: bool


def counterpart(case: Case, agency: AgencyId, directory: Directory) -> AgencyId | None:
    """The other agency of "both agencies": the police for a partner; for the police, social care, else any partner told."""
    police = directory.police.id
    if agency != police:
        return police
    told = [party.agency for party in case.parties if party.agency != police]
    told.sort(key=lambda other: directory.agencies[other].kind is not AgencyKind.SOCIAL_CARE)
    return told[0] if told else None


def seats_of(case: Case, deadline: Deadline, directory: Directory) -> Seats:
    """The places from which a deadline's roles are resolved; the party's owner when the deadline has none of its own.

    What concerns no child is owed by one person: no team's duty hears of it, and it climbs from that person upward.
    """
    if not case.status.concerns_a_child:
        return Seats(deadline.owner, None, None, None, case.referrer)
    police = directory.police.id
    other = counterpart(case, deadline.agency, directory)
    police_team = deadline.team if deadline.agency == police else _team_of(case, police, directory)
    partner_team = deadline.team if deadline.agency != police else other and _team_of(case, other, directory)
    party = case.party(deadline.agency)
    owner = deadline.owner or (party.owner if party else None)
    also, out, only = case.also_referred, case.left_out, case.restricted_to
    return Seats(owner, deadline.team, police_team, partner_team or None, case.referrer, also, out, only)


def case_seats(case: Case, directory: Directory) -> Seats:
    """The places from which roles are resolved for what concerns a case as a whole."""
    police = directory.police.id
    team, other = _team_of(case, police, directory), counterpart(case, police, directory)
    partner_team = _team_of(case, other, directory) if other else None
    also, out, only = case.also_referred, case.left_out, case.restricted_to
    return Seats(None, team, team, partner_team, case.referrer, also, out, only)


def _team_of(case: Case, agency: AgencyId, directory: Directory) -> TeamId:
    party = case.party(agency)
    return party.team if party else directory.team_for(agency, concern=case.concern).id


def take(case: Case, deadline: Deadline, due: Due, directory: Directory, calendar: Calendar, now: datetime) -> Told:
    """The step taken: people resolved at `now`; where there is nobody the next step is taken in the same breath."""
    seats = seats_of(case, deadline, directory)
    fell_through: list[int] = []
    here = due
    while True:
        recipients = recipients_of(here.step, seats, directory, now)
        moved = taken(deadline, here, calendar)
        if recipients:
            return Told(moved, here, recipients, tuple(fell_through), nobody=False)
        fell_through.append(here.step.number)
        above = deadline.plan.after(here.step.number)
        if above is None:
            chiefs = _as_recipients([(Role.CHIEF_OFFICER, directory.resolve(Role.CHIEF_OFFICER, seats, now))])
            return Told(moved, here, chiefs, tuple(fell_through), nobody=not chiefs)
        here = Due(above, (*here.missed, here.step.number), 0, by_hand=due.by_hand)


def recipients_of(step: PlannedStep, seats: Seats, directory: Directory, now: datetime) -> tuple[Recipient, ...]:
    """The people whom a step means at `now`, each once.

    The referrer is told as a courtesy: a step whose only person is the referrer counts as a step with nobody. On a restricted
    case a step that means nobody of its list goes to everybody on the list who is there.
    """
    named = [(role, directory.resolve(role, seats, now)) for role in step.to]
    if not any(people for role, people in named if role is not Role.REFERRER):
        return tuple(Recipient(person, ()) for person in directory.listed(seats, now))
    return _as_recipients(named)


def _as_recipients(named: Iterable[tuple[Role, tuple[PersonId, ...]]]) -> tuple[Recipient, ...]:
    roles: dict[PersonId, list[Role]] = {}
    for role, people in named:
        for person in people:
            roles.setdefault(person, []).append(role)
    return tuple(Recipient(person, tuple(held)) for person, held in roles.items())


def next_told(
    case: Case, deadline: Deadline, directory: Directory, now: datetime
) -> tuple[PlannedStep, tuple[PersonId, ...]] | None:
    """The step that comes next on an open deadline and whom it would reach if it were due now."""
    if deadline.ending is not None or not deadline.plan.steps:
        return None
    step = deadline.plan.after(deadline.done) or deadline.plan.last
    seats = seats_of(case, deadline, directory)
    return step, tuple(recipient.person for recipient in recipients_of(step, seats, directory, now))
