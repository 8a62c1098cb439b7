"""How much waits, for leaders and the console: devices by band and age, and a team's open cases against its people."""

from collections.abc import Sequence

from bot.domain.commands import Actor
from bot.domain.errors import NotFound, Refusal
from bot.domain.ids import TeamId
from bot.domain.permissions import may_lead
from bot.domain.workloads import DEVICE_ACTS, WEEK, DeviceRow, TeamLoad, device_queue, team_load
from bot.services.discovery import CONCERN
from bot.services.reviewing import phone_words
from bot.services.tools import Tools

WEEKS = 8


def devices(*, tools: Tools) -> Sequence[DeviceRow]:
    """The devices of every case, by band."""
    with tools.store.read() as uow:
        return device_queue(uow.workloads.counted(DEVICE_ACTS))


def load(team: TeamId, *, weeks: int = WEEKS, tools: Tools) -> TeamLoad:
    """A team's load; NotFound when the directory has no such team."""
    known = tools.rules.directory.teams.get(team)
    if known is None:
        raise NotFound("The directory has no such team.")
    now = tools.clock.now()
    people = {*known.leaders, *known.duty, *(p.id for p in tools.rules.directory.people.values() if p.team == team)}
    working = [each for each in people if (who := tools.rules.directory.people.get(each)) and who.active]
    with tools.store.read() as uow:
        parts = uow.workloads.parts(team, since=now - WEEK * weeks)
    return team_load(parts, people=len(working), now=now, weeks=weeks)


def led_devices(actor: Actor, *, tools: Tools) -> Sequence[DeviceRow]:
    """The same for somebody who leads."""
    _check(actor, tools)
    return devices(tools=tools)


def led_load(actor: Actor, *, tools: Tools) -> tuple[str, TeamLoad]:
    """The load of the team to which cases of images go, with its name, for somebody who leads."""
    _check(actor, tools)
    directory = tools.rules.directory
    team = directory.team_for(directory.police.id, concern=CONCERN, channel=None)
    return team.name, load(team.id, tools=tools)


def _check(actor: Actor, tools: Tools) -> None:
    no = may_lead(actor, tools.rules.directory, phone=phone_words(tools.rules.policy))
    if no is not None:
        raise Refusal(no)
