"""A month's sample of grades for a second reader: drawn by a seed that nobody chose, and drawn again from the record; pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import CaseId, PersonId


class Reading(StrEnum):
    """What the second reader finds of a grade."""

    RIGHT = "right"
    TOO_LOW = "too_low"
    TOO_HIGH = "too_high"


@dataclass(frozen=True, slots=True)
class Graded:
    """One case of the month that somebody graded: all that the draw may know of it."""

    case_id: CaseId
    area: str
    grade: str


@dataclass(frozen=True, slots=True)
class GradeRead:
    """One drawn grade: from how many it was drawn and by which seed, to whom it was offered, and what they found."""

    id: str
    month: str
    area: str
    case_id: CaseId
    grade: str
    seed: str
    population: int
    reader: PersonId | None
    drawn_at: datetime
    reading: Reading | None = None
    by: PersonId | None = None
    read_at: datetime | None = None
    revision: int = 1

    def read(self, reading: Reading, by: PersonId, at: datetime) -> "GradeRead":
        """The grade read."""
        return replace(self, reading=reading, by=by, read_at=at)


@dataclass(frozen=True, slots=True)
class AreaReadings:
    """An area's sample as inspectors report theirs: how many were looked at, and what was found."""

    area: str
    graded: int
    drawn: int
    right: int
    too_low: int
    too_high: int
    unread: int


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """One figure in the weeks before a measure began and in as many since: its count and what it is counted of."""

    figure: str
    before: int
    before_of: int
    after: int
    after_of: int


def seed_of(month: str, area: str, head: str) -> str:
    """The seed of a draw: out of the month, the area and the newest anchor of the audit, which nobody can choose."""
    return hashlib.sha256(f"{month}:{area}:{head}".encode()).hexdigest()


def lot(seed: str, name: str) -> str:
    """The lot of a name under a seed: the lowest are drawn, and anybody can work them out again by SHA-256."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def drawn(population: Iterable[Graded], seed: str, number: int) -> list[Graded]:
    """The sample that a seed draws: the same from the same cases, in whatever order they come."""
    return sorted(population, key=lambda each: lot(seed, each.case_id))[:number]


def by_area(population: Iterable[Graded]) -> Mapping[str, list[Graded]]:
    """The graded cases of each area, in the order of their codes."""
    found: dict[str, list[Graded]] = {}
    for each in population:
        found.setdefault(each.area, []).append(each)
    return dict(sorted(found.items()))


def readings(reads: Sequence[GradeRead]) -> tuple[AreaReadings, ...]:
    """One row for each area, by its code."""
    areas: dict[str, list[GradeRead]] = {}
    for each in reads:
        areas.setdefault(each.area, []).append(each)
    return tuple(_area(area, found) for area, found in sorted(areas.items()))


def _area(area: str, reads: Sequence[GradeRead]) -> AreaReadings:
    count = {reading: sum(each.reading is reading for each in reads) for reading in Reading}
    population = sum({each.month: each.population for each in reads}.values())
    return AreaReadings(
        area=area,
        graded=population,
        drawn=len(reads),
        right=count[Reading.RIGHT],
        too_low=count[Reading.TOO_LOW],
        too_high=count[Reading.TOO_HIGH],
        unread=sum(each.reading is None for each in reads),
    )
