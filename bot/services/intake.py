"""Live incidents taken in from the force's own systems: each a case at once, by its number once and never twice."""

from collections.abc import Sequence
from itertools import islice

from bot.domain.commands import Actor, Referral, Send
from bot.domain.directory import AgencyKind
from bot.domain.errors import Refusal
from bot.domain.ids import INTAKE, AgencyId, ChannelId, DraftId, SlackUser, TeamId
from bot.domain.incidents import Incident, Intake, NotTaken, Taken, read_incident
from bot.domain.notices import Destination, NoticeKind
from bot.ports import UnitOfWork
from bot.services.briefs import about
from bot.services.changes import Change
from bot.services.referrals import open_case
from bot.services.tools import Tools, again

BATCH = 50
"""Incidents in one transaction: nobody else waits longer for their turn."""


def take_in(rows: Sequence[object], *, tools: Tools) -> Intake:
    """Make a case of every row that is an incident; the others come back with their reasons and keep nothing of theirs.

    A number that was taken before gives the same case again, however often it is delivered.
    """
    taken: list[Taken] = []
    returned: list[NotTaken] = []
    numbered = iter(enumerate(rows, 1))
    while part := list(islice(numbered, BATCH)):
        done = again(_batch)(part, tools)
        taken += done.taken
        returned += done.returned
    if taken:
        tools.alarm.ring()
    return Intake(tuple(taken), tuple(returned))


def _batch(part: Sequence[tuple[int, object]], tools: Tools) -> Intake:
    taken: list[Taken] = []
    returned: list[NotTaken] = []
    with tools.store.write() as uow:
        for number, row in part:
            try:
                with uow.savepoint():
                    taken.append(_one(uow, number, row, tools))
            except Refusal as refusal:
                returned.append(NotTaken(number, refusal.sentence))
        uow.commit()
    return Intake(tuple(taken), tuple(returned))


def _one(uow: UnitOfWork, number: int, row: object, tools: Tools) -> Taken:
    policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
    incident = read_incident(row, policy, now)
    police = directory.police
    before = uow.overview.recorded_as(police.id, incident.number)
    if before:
        return Taken(number, incident.number, uow.cases.get(before[0]).reference, already=True)
    team = directory.teams.get(TeamId(incident.team)) if incident.team else None
    if incident.team and (team is None or team.agency != police.id):
        raise Refusal("team must be the id of a team of the force, as the directory names it.")
    actor = Actor(INTAKE, True, police.id, police.workspace, SlackUser(""))  # noqa: FBT003 - a value's field
    held = len(about(uow, incident.address, incident.children))
    case = open_case(
        uow,
        _referral(incident, team.channel if team else None),
        Send(DraftId(""), _told(tools), first_aware_at=incident.at),
        actor,
        tools=tools,
        now=now,
        facts=incident.facts,
        record_number=incident.number,
    )
    _brief_unasked(Change(uow, tools, case, actor=INTAKE, now=now), held, tools)
    return Taken(number, incident.number, case.reference, already=False)


def _referral(incident: Incident, channel: ChannelId | None) -> Referral:
    return Referral(
        concern=incident.concern,
        grade=incident.grade,
        asks_for=incident.asks_for,
        children=incident.children,
        narrative=incident.narrative,
        address=incident.address,
        channel=channel,
    )


def _told(tools: Tools) -> tuple[AgencyId, ...]:
    """Children's social care is told of every one."""
    social_care = tools.rules.directory.agency_of_kind(AgencyKind.SOCIAL_CARE)
    return (social_care.id,) if social_care else ()


def _brief_unasked(change: Change, held: int, tools: Tools) -> None:
    """Tell whoever is on duty for the force's team that a brief is there, and how many cases the record holds; no detail."""
    directory = tools.rules.directory
    party = change.case.party(directory.police.id)
    if party is None:
        return
    for person in directory.on_duty(party.team, change.now):
        key = f"brief:{change.case.id}:{person}"
        change.notify(NoticeKind.BRIEF, key, Destination.person(person), {"held": held})
    change.uow.outbox.add(change.decided)
