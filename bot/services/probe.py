"""The nightly look at every person and channel of the directory: who could not be reached if it mattered. It messages nobody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import structlog

from bot.domain.directory import Directory
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, ChannelId, PersonId
from bot.domain.notices import Destination, DestinationKind, SendFailed
from bot.domain.roads import DeadRoute
from bot.domain.wording import LONDON
from bot.ports import Prober
from bot.services.paging import control
from bot.services.routes import dead, works
from bot.services.tools import Tools

AT_ONCE = 20
"""Places looked at in one go: Slack allows 50 such questions a minute."""
PAUSE = timedelta(seconds=30)
AT_LEAST = timedelta(hours=20)
"""A bot that starts after the hour of the night looks at once, unless it did so less than this ago."""
LAST_PROBE = "last_probe"
NAMED = 15
"""Places named in the control channel."""
GOOD = ""

log = structlog.get_logger()


@dataclass(slots=True)
class Looking:
    """Where tonight's look has got to; a process that starts anew begins it again. `next_at` None: the record says when."""

    left: list[Destination] = field(default_factory=list)
    found: dict[Destination, str] = field(default_factory=dict)
    looked: int = 0
    next_at: datetime | None = None


def probe(*, tools: Tools, prober: Prober, looking: Looking) -> int:
    """Go on with tonight's look when its time has come; how many places were looked at now."""
    now = tools.clock.now()
    if looking.next_at is not None and now < looking.next_at:
        return 0
    if not looking.left:
        starts_at = _starts_at(tools, now)
        if now < starts_at:
            looking.next_at = min(starts_at, now + timedelta(hours=1))  # the policy may be replaced meanwhile
            return 0
        looking.left, looking.found, looking.looked = list(places(tools.rules.directory)), {}, 0
    part, rest = looking.left[:AT_ONCE], looking.left[AT_ONCE:]
    codes = dict(_looked_at(part, tools.rules.directory, prober))
    _record(codes, tools, tools.clock.now())
    looking.found.update({place: code for place, code in codes.items() if code != GOOD})
    looking.left, looking.looked = rest, looking.looked + len(codes)
    looking.next_at = now + PAUSE
    if not rest:
        looking.next_at = None
        _finish(looking, tools, tools.clock.now())
    return len(part)


def dead_routes(*, tools: Tools) -> Sequence[DeadRoute]:
    """Every person, mailbox and channel that messages did not reach, or that last night's look found out of reach."""
    with tools.store.read() as uow:
        return uow.routes.dead()


def places(directory: Directory) -> Iterator[Destination]:
    """Everything that a message may go to: each channel, each active person by their first road, each duty mailbox."""
    channels = dict.fromkeys((directory.control_channel, directory.force_channel))
    channels.update(dict.fromkeys(team.channel for team in directory.teams.values()))
    yield from map(Destination.channel, channels)
    yield from (Destination.person(person.id) for person in directory.people.values() if person.active)


def _starts_at(tools: Tools, now: datetime) -> datetime:
    """Tonight's instant: the first at or after the policy's time of night since the last look was long enough ago."""
    with tools.store.read() as uow:
        last = uow.marks.instant(LAST_PROBE)
    at = tools.rules.policy.notices.probe_at
    if last is None:
        return _at_night(now, at)
    after = last + AT_LEAST
    return max(after, _at_night(after, at))


def _at_night(at: datetime, time_of_night: time) -> datetime:
    local = at.astimezone(LONDON)
    tonight = datetime.combine(local.date(), time_of_night, LONDON)
    if tonight < local:
        tonight += timedelta(days=1)
    return tonight.astimezone(at.tzinfo)


def _looked_at(part: Sequence[Destination], directory: Directory, prober: Prober) -> Iterator[tuple[Destination, str]]:
    """What was found of each place; one of which Slack will not speak now is left as it is."""
    for place in part:
        try:
            yield place, _code(place, directory, prober)
        except SendFailed as failed:
            log.warning("place_not_looked_at", destination=place.id, code=failed.code)


def _code(place: Destination, directory: Directory, prober: Prober) -> str:
    if place.kind is DestinationKind.CHANNEL:
        return prober.channel(ChannelId(place.id))
    person = directory.people[PersonId(place.id)]
    if person.slack is not None:
        return prober.person(person)
    return GOOD if person.email else "no_address"


def _record(codes: dict[Destination, str], tools: Tools, now: datetime) -> None:
    with tools.store.write() as uow:
        for place, code in codes.items():
            if code == GOOD:
                works(uow, place, now)
            elif code != "no_address":
                dead(uow, place, code, now)
        uow.commit()


def _finish(looking: Looking, tools: Tools, now: datetime) -> None:
    """Say on the audit how the night went, and to the administrators what is to be mended."""
    found = sorted(looking.found.items(), key=lambda each: (each[0].kind, each[0].id))
    with tools.store.write() as uow:
        uow.marks.set_instant(LAST_PROBE, now)
        subject = f"{looking.looked} places looked at, {len(found)} out of reach"
        uow.audit.append([Entry(now, BOT, Action.PROBED, subject)])
        if found:
            line = {
                "what": "probe",
                "looked": looking.looked,
                "found": len(found),
                "rows": [f"{place.kind} {place.id} {code}" for place, code in found[:NAMED]],
                "more": len(found[NAMED:]),
            }
            uow.outbox.add([control(tools, now, f"probe:{now.date().isoformat()}", line)])
        uow.commit()
    tools.alarm.ring()
