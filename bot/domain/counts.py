"""Children's concerns that a unit counted in a day against what the record holds: none and not reported are told apart; pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.directory import Directory
from bot.domain.ids import DepartmentId, PersonId, TeamId
from bot.domain.incidents import NotTaken
from bot.domain.wording import LONDON

MOST_COUNTED = 9_999
"""More than any unit comes upon in a day."""
DAY = timedelta(days=1)
MOST_DAYS = 28
"""Days looked back: what is older stays in the record and is asked for no more."""


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many children's concerns one unit counted on one day: nought is a count. The newest word stands."""

    unit: TeamId
    day: date
    number: int
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class CountTaken:
    """One row of an import that stands now; `already` when the same number stood before."""

    row: int
    unit: TeamId
    day: date
    number: int
    already: bool


@dataclass(frozen=True, slots=True)
class CountsImport:
    """What became of an import of counts, row by row; `dry` when nothing was kept."""

    taken: tuple[CountTaken, ...]
    returned: tuple[NotTaken, ...]
    dry: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """One referral that the record holds: when, by whom, and the team of the force that has it."""

    at: datetime
    referrer: PersonId
    team: TeamId | None


class Match(StrEnum):
    """How a unit's count stands against the record."""

    AGREES = "agrees"
    NONE = "none"
    DIFFERS = "differs"
    NOT_REPORTED = "not reported"


@dataclass(frozen=True, slots=True)
class UnitDay:
    """One unit's day: what it counted (None: it did not say), and what the record holds."""

    unit: TeamId
    department: DepartmentId | None
    day: date
    counted: int | None
    held: int

    @property
    def match(self) -> Match:
        """Nought counted and nought held is "none"; a day that nobody counted is "not reported", whatever is held."""
        if self.counted is None:
            return Match.NOT_REPORTED
        if self.counted != self.held:
            return Match.DIFFERS
        return Match.AGREES if self.held else Match.NONE

    @property
    def in_order(self) -> bool:
        """Whether nobody need be asked about it."""
        return self.match in {Match.AGREES, Match.NONE}


def units(directory: Directory) -> tuple[TeamId, ...]:
    """The teams of the force, each of which counts."""
    return tuple(team.id for team in directory.teams.values() if team.agency == directory.police.id)


def unit_of(raised: Raised, directory: Directory) -> TeamId | None:
    """The unit whose referral it is: the referrer's own team, else the team of the force that has it."""
    known = directory.people.get(raised.referrer)
    return known.team if known is not None and known.team is not None else raised.team


def unit_days(
    counts: Iterable[UnitCount], raised: Iterable[Raised], directory: Directory, days: Sequence[date]
) -> tuple[UnitDay, ...]:
    """Every unit on every one of these days, unit by unit; days are the force's own (Europe/London)."""
    counted: Mapping[tuple[TeamId, date], int] = {(each.unit, each.day): each.number for each in counts}
    held = Counter(_keys(raised, directory))
    return tuple(
        UnitDay(unit, directory.teams[unit].department, day, counted.get((unit, day)), held[unit, day])
        for unit in units(directory)
        for day in days
    )


def _keys(raised: Iterable[Raised], directory: Directory) -> Iterator[tuple[TeamId, date]]:
    for each in raised:
        unit = unit_of(each, directory)
        if unit is not None:
            yield unit, each.at.astimezone(LONDON).date()


def days_wanted(first: date, today: date, *, yesterday_too: bool) -> tuple[date, ...]:
    """The days whose counts are wanted now, oldest first: from the first that anybody counted, at most four weeks back."""
    last = today - (DAY if yesterday_too else 2 * DAY)
    begin = max(first, today - MOST_DAYS * DAY)
    return tuple(begin + number * DAY for number in range((last - begin).days + 1))
