"""Who is on duty and who is away: the directory file as the base, dated changes laid over it, and where nobody is there.

A change holds from an instant (included) to another (not included), whatever file is read meanwhile; of two changes of the
same team or person the one made later holds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from bot.domain.directory import Cover, Directory, Shift
from bot.domain.directory_rules import cover_loops
from bot.domain.ids import BOT, PersonId, RosterChangeId, TeamId

Dated = TypeVar("Dated", Shift, Cover)

ROSTER_REVISION = "roster_revision"
"""The count in the record that rises with every dated change; whoever holds the rules looks at it each tick."""
LONGEST_CHANGE = timedelta(days=92)
"""What is to last longer than a quarter belongs in the directory file."""
GAP_WARNING_WITHIN = timedelta(days=7)
"""How far ahead a roster is looked at for hours in which nobody is there."""


class RosterKind(StrEnum):
    """What a dated change says: who is on duty for a team, that somebody is away, or that they are there after all."""

    DUTY = "duty"
    AWAY = "away"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class RosterChange:
    """One dated change. `people` are those on duty (DUTY) or the one person it is about; `by` covers them while away.

    `ended_at` is when it was taken back before its time; what had held until then stays true.
    """

    id: RosterChangeId
    kind: RosterKind
    people: tuple[PersonId, ...]
    from_at: datetime
    until_at: datetime
    set_by: PersonId
    set_at: datetime
    team: TeamId | None = None
    by: PersonId | None = None
    ended_at: datetime | None = None

    @property
    def follows_group(self) -> bool:
        """Whether the bot made it, of the user group that a team's duty follows."""
        return self.set_by == BOT

    @property
    def holds_until(self) -> datetime:
        """The first instant at which it does not hold any more."""
        return self.until_at if self.ended_at is None else min(self.until_at, self.ended_at)

    def holds_at(self, at: datetime) -> bool:
        """Whether it holds at an instant."""
        return self.from_at <= at < self.holds_until


@dataclass(frozen=True, slots=True)
class SetDuty:
    """Put these people on duty for a team from one instant (included) to another (not included), in place of its roster."""

    team: TeamId
    people: tuple[PersonId, ...]
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class SetAway:
    """Somebody is away from one instant to another; `by` takes their pings, nobody when it is None."""

    person: PersonId
    by: PersonId | None
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody is on duty for a team, its shifts and covers taken into account."""

    team: TeamId
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class TeamDuty:
    """Who is on duty for a team now, covers taken into account; `by_hand` says that a dated change holds."""

    team: TeamId
    name: str
    people: tuple[PersonId, ...]
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Absence:
    """An absence of now or later; `by_hand` says that it was set by a person, not by the directory file."""

    person: PersonId
    by: PersonId | None
    from_at: datetime
    until_at: datetime
    by_hand: bool


@dataclass(frozen=True, slots=True)
class RosterRead:
    """The roster as of `now`, with the gaps of the next seven days."""

    now: datetime
    teams: tuple[TeamDuty, ...]
    absences: tuple[Absence, ...]
    gaps: tuple[Gap, ...]


def merged(base: Directory, changes: Iterable[RosterChange]) -> Directory:
    """The directory with the changes laid over it, oldest first; what follows a user group lies below what people set.

    A duty change takes the place of the team's shifts and standing duty for its time, an absence that of the person's
    covers. What names a team or a person that the file has no more is passed over.
    """
    shifts = list(base.shifts)
    covers = list(base.covers)
    for change in sorted(changes, key=lambda change: not change.follows_group):
        from_at, until_at = change.from_at, change.holds_until
        if until_at <= from_at:
            continue
        if change.kind is RosterKind.DUTY:
            if change.team is None or change.team not in base.teams:
                continue
            shifts = [part for shift in shifts for part in _outside(shift, change, same=shift.team == change.team)]
            shifts += [Shift(change.team, person, from_at, until_at) for person in change.people]
        else:
            person = change.people[0]
            covers = [part for cover in covers for part in _outside(cover, change, same=cover.person == person)]
            if change.kind is RosterKind.AWAY and person in base.people:
                covers.append(Cover(person, change.by, from_at, until_at))
    return replace(base, shifts=tuple(shifts), covers=tuple(covers))


def _outside(part: Dated, change: RosterChange, *, same: bool) -> Iterator[Dated]:
    """What is left of a shift or cover of the same team or person before and after a change."""
    from_at, until_at = change.from_at, change.holds_until
    if not same or part.until_at <= from_at or until_at <= part.from_at:
        yield part
        return
    if part.from_at < from_at:
        yield replace(part, until_at=from_at)
    if until_at < part.until_at:
        yield replace(part, from_at=until_at)


def new_loops(before: Directory, after: Directory) -> tuple[tuple[PersonId, ...], ...]:
    """The chains of covers that go round in a loop (or are too long) after a change and did not before it."""
    known = {frozenset(chain) for chain in cover_loops(before.covers)}
    return tuple(chain for chain in cover_loops(after.covers) if frozenset(chain) not in known)


def gaps(directory: Directory, from_at: datetime, until_at: datetime) -> tuple[Gap, ...]:
    """The times in [from_at, until_at) in which a team has nobody on duty, by team and then by time."""
    turns = [at for at in directory.turns_between(from_at, until_at) if at < until_at]
    starts = [from_at, *turns]
    ends = [*turns, until_at]
    found: list[Gap] = []
    for team in directory.teams:
        for start, end in zip(starts, ends, strict=True):
            if directory.on_duty(team, start):
                continue
            if found and found[-1].team == team and found[-1].until_at == start:
                found[-1] = replace(found[-1], until_at=end)
            else:
                found.append(Gap(team, start, end))
    return tuple(found)
