"""Restricted cases: the list that a case is closed to, what may still leave it, and who hears when the whole list is away."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.cases import Case
from bot.domain.directory import Directory, Standing
from bot.domain.ids import PersonId
from bot.domain.notices import Destination, DestinationKind


def first_list(case: Case, directory: Directory) -> tuple[PersonId, ...]:
    """Whom a case is restricted to at first: its owners, whoever referred it, and the leads who answer for its teams."""
    known = (*sorted(case.owners), *case.referrers, *_leads(case, directory))
    return tuple(
        person for person in dict.fromkeys(known) if person in directory.people and person not in case.left_out
    )


def _leads(case: Case, directory: Directory) -> Iterator[PersonId]:
    """The leads of the department that each team on the case belongs to, else of its agency."""
    for party in case.parties:
        team = directory.teams.get(party.team)
        if team is not None and team.department is not None:
            yield from directory.departments[team.department].leads
        else:
            yield from directory.agencies[party.agency].leads


def kept_from(case: Case, destination: Destination) -> bool:
    """Whether nothing of a case may go to a destination but that it is restricted: no channel, and nobody off its list."""
    if not case.restricted:
        return False
    return destination.kind is DestinationKind.CHANNEL or not case.admits(PersonId(destination.id))


def leads_on(case: Case, directory: Directory) -> tuple[PersonId, ...]:
    """The leads on the list of a restricted case; everybody on it when no lead is."""
    listed = [person for person in case.restricted_to or () if case.admits(person)]
    leads = [person for person in listed if directory.standing(person) in {Standing.LEAD, Standing.CHIEF}]
    return tuple(leads or listed)


def whom_to_ask(case: Case, directory: Directory) -> str:
    """Whom to ask about a restricted case, in words."""
    return " or ".join(map(directory.name_of, leads_on(case, directory))) or "a chief officer"


def last_resort(case: Case, directory: Directory, at: datetime) -> tuple[PersonId, ...]:
    """Who hears that a restricted case's whole list is away: chief officers and designated officers, never its subject."""
    designated = [person.id for person in directory.people.values() if person.designated]
    found = directory.standing_in((*directory.police.executives, *designated), at)
    return tuple(person for person in found if person not in case.left_out)


def named_as(case: Case) -> str:
    """What a case is called where people off its list read: its reference, none when it is restricted."""
    return "A restricted case" if case.restricted else case.reference
