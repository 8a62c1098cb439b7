"""Teams whose duty follows a Slack user group: read now and then, kept as the bot's own dated change of the roster."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.directory import Directory, Team
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, PersonId, RosterChangeId, SlackUser
from bot.domain.notices import SendFailed
from bot.domain.roster import ROSTER_REVISION, RosterChange, RosterKind
from bot.ports import Prober, UnitOfWork
from bot.services.paging import control
from bot.services.tools import Tools

EVERY = timedelta(minutes=5)
KEPT_FOR = timedelta(hours=24)
"""How long what was read last holds: after a day in which the group could not be read the directory file counts again."""
RENEWED_WITH = timedelta(hours=12)
"""Left of that time when it is prolonged although nobody changed."""

log = structlog.get_logger()


@dataclass(slots=True)
class Following:
    """When this process reads the groups next, and what it has said of each, so that a fault is told once."""

    next_at: datetime | None = None
    told: dict[str, str] = field(default_factory=dict)


def follow_groups(*, tools: Tools, prober: Prober, following: Following) -> int:
    """Read the user group of each team that names one, when it is time; how many teams changed hands.

    Who is in the group and in the directory is on duty, below whatever a person set and above the directory file. A group
    that is empty, holds nobody of the directory or cannot be read changes nothing, and the control channel hears of it.
    """
    now = tools.clock.now()
    if following.next_at is not None and now < following.next_at:
        return 0
    following.next_at = now + EVERY
    teams = [team for team in tools.rules.base.teams.values() if team.duty_group]
    return sum(_follow(team, tools, prober, following) for team in teams)


def _follow(team: Team, tools: Tools, prober: Prober, following: Following) -> bool:
    try:
        people = known(prober.group(team.duty_group), team, tools.rules.base)
    except SendFailed as failed:
        log.warning("duty_group_not_read", team=team.id, code=failed.code)
        _say(team, failed.code, tools, following)
        return False
    if not people:
        _say(team, "nobody", tools, following)
        return False
    following.told.pop(team.id, None)
    return _keep(team, people, tools)


def known(members: Sequence[SlackUser], team: Team, directory: Directory) -> tuple[PersonId, ...]:
    """Who of a group is on duty: active people of the team's own agency; a group may hold others too."""
    agency = directory.agencies[team.agency]
    found = (directory.person_of(agency.workspace, member) for member in members)
    return tuple(
        sorted(person.id for person in found if person is not None and person.active and person.agency == team.agency)
    )


def _keep(team: Team, people: tuple[PersonId, ...], tools: Tools) -> bool:
    """Let the people be on duty from now, unless they are already by the group's last reading; whether they were not."""
    now = tools.clock.now()
    with tools.store.read() as uow:
        if not _due(_last(uow, team, now), people, now):
            return False
    with tools.store.write() as uow:
        last = _last(uow, team, now)
        if not _due(last, people, now):
            return False
        if last is not None:
            uow.roster.end(last.id, now)
        change = RosterChange(
            RosterChangeId(tools.new_id()), RosterKind.DUTY, people, now, now + KEPT_FOR, BOT, now, team=team.id
        )
        uow.roster.add(change)
        changed = last is None or last.people != people
        if changed:
            subject = f"{team.id} {' '.join(people)} by the user group {team.duty_group}"
            uow.audit.append([Entry(now, BOT, Action.DUTY_SET, subject)])
        uow.marks.add(ROSTER_REVISION)
        uow.commit()
    tools.alarm.ring()
    return changed


def _due(last: RosterChange | None, people: tuple[PersonId, ...], now: datetime) -> bool:
    return last is None or last.people != people or last.until_at - now < RENEWED_WITH


def _last(uow: UnitOfWork, team: Team, now: datetime) -> RosterChange | None:
    changes = uow.roster.listed(since=now)
    return next((c for c in reversed(changes) if c.follows_group and c.team == team.id and c.holds_at(now)), None)


def _say(team: Team, code: str, tools: Tools, following: Following) -> None:
    """One line to the control channel for each fault, and again on a later day."""
    now = tools.clock.now()
    day = tools.rules.policy.calendar.day_of(now)
    said = f"{code} {day}"
    if following.told.get(team.id) == said:
        return
    following.told[team.id] = said
    key = f"duty_group:{team.id}:{code}:{day}"
    with tools.store.write() as uow:
        uow.outbox.add([control(tools, now, key, {"what": "duty_group", "team": team.id, "code": code})])
        uow.commit()
    tools.alarm.ring()
