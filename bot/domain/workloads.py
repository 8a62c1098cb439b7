"""Queues and loads as counts: devices that wait, by band and age; a team's open cases against its people, week by week."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.concerns import Band
from bot.domain.ids import CaseId, PersonId

SEIZED, SUBMITTED, TRIAGED, EXAMINED = "device_seized", "device_submitted", "device_triaged", "device_examined"
DEVICE_ACTS = (SEIZED, SUBMITTED, TRIAGED, EXAMINED)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CountedAct:
    """An act on a case that says how many: when it was done, and the case's band now."""

    case_id: CaseId
    band: Band
    code: str
    done_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """The devices of one band: seized and not yet submitted, not triaged, not examined, and since when the oldest waits."""

    band: Band
    seized: int
    to_submit: int
    to_triage: int
    to_examine: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldPart:
    """One case of a team: who owns it (None: nobody), since when the team has it, and when it was closed."""

    owner: PersonId | None
    since_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """What one person owns that is open; `person` None is what nobody owns."""

    person: PersonId | None
    open_now: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class WeekLoad:
    """What came and went in seven days, and what was open at their end."""

    until_at: datetime
    arrived: int
    departed: int
    open_then: int


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """A team's load against its people, the weeks oldest first."""

    people: int
    open_now: int
    persons: tuple[PersonLoad, ...]
    weeks: tuple[WeekLoad, ...]

    @property
    def headline(self) -> str:
        """Whether the people are enough: what is open for each of them, and whether more came than went."""
        each = (
            f"{self.open_now / self.people:.1f} for each of {self.people}" if self.people else "and nobody in the team"
        )
        grown = sum(week.arrived - week.departed for week in self.weeks)
        trend = (
            f"{grown} more came than went"
            if grown > 0
            else f"{-grown} more went than came"
            if grown
            else "as many went as came"
        )
        return f"{self.open_now} open, {each}; {trend} in {len(self.weeks)} weeks."


def device_queue(acts: Iterable[CountedAct]) -> tuple[DeviceRow, ...]:
    """Every band with a device in it, the most urgent first; a case's first device in is its first one out."""
    by_case: dict[CaseId, list[CountedAct]] = {}
    for act in acts:
        by_case.setdefault(act.case_id, []).append(act)
    rows = [_case_row(sorted(found, key=lambda act: act.done_at)) for found in by_case.values()]
    return tuple(
        DeviceRow(
            band,
            sum(row.seized for row in here),
            sum(row.to_submit for row in here),
            sum(row.to_triage for row in here),
            sum(row.to_examine for row in here),
            min((row.oldest_at for row in here if row.oldest_at is not None), default=None),
        )
        for band in Band
        if (here := [row for row in rows if row.band is band])
    )


def _case_row(acts: Sequence[CountedAct]) -> DeviceRow:
    done = {code: sum(act.count for act in acts if act.code == code) for code in DEVICE_ACTS}
    seized = done[SEIZED]
    left = {code: max(0, seized - done[code]) for code in DEVICE_ACTS}
    oldest_at = next(_first_waiting(acts, done[EXAMINED]), None)
    return DeviceRow(acts[0].band, seized, left[SUBMITTED], left[TRIAGED], left[EXAMINED], oldest_at)


def _first_waiting(acts: Sequence[CountedAct], examined: int) -> Iterator[datetime]:
    """When the oldest device that is not examined was seized."""
    reached = 0
    for act in acts:
        if act.code == SEIZED:
            reached += act.count
            if reached > examined:
                yield act.done_at


def team_load(parts: Sequence[HeldPart], *, people: int, now: datetime, weeks: int) -> TeamLoad:
    """The load of a team now and at the end of each of the last weeks."""
    running = [part for part in parts if part.ended_at is None]
    by_owner: Mapping[PersonId | None, list[HeldPart]] = {
        owner: [part for part in running if part.owner == owner] for owner in {part.owner for part in running}
    }
    persons = [PersonLoad(who, len(held), min(part.since_at for part in held)) for who, held in by_owner.items()]
    return TeamLoad(
        people=people,
        open_now=len(running),
        persons=tuple(sorted(persons, key=lambda each: (-each.open_now, each.oldest_at, each.person or ""))),
        weeks=tuple(_week(parts, now - WEEK * back) for back in reversed(range(weeks))),
    )


def _week(parts: Sequence[HeldPart], until_at: datetime) -> WeekLoad:
    from_at = until_at - WEEK
    return WeekLoad(
        until_at,
        arrived=sum(from_at < part.since_at <= until_at for part in parts),
        departed=sum(part.ended_at is not None and from_at < part.ended_at <= until_at for part in parts),
        open_then=sum(
            part.since_at <= until_at and (part.ended_at is None or part.ended_at > until_at) for part in parts
        ),
    )
