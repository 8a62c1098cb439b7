"""Risk: the grade and band that a case has once facts and history are counted. Floors raise, never lower."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import assert_never

from bot.domain.acts import Answer
from bot.domain.calendar import Calendar, Clock, Span, shift_months
from bot.domain.concerns import Band, ConcernType, Count, Floor, Grade, Repeats, Role
from bot.domain.policy import UNGRADED, Policy

__all__ = [
    "Answer", "Assessment", "Earlier", "Fired", "History", "assess", "counting", "repeated", "window_start",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier referral about the same child: when it came, from which agency, and when it ended in no further action."""

    at: datetime
    agency: str
    missing: bool = False
    no_further_action_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a child's earlier referrals at this one, which came `at` from `agency` and is not among them."""

    at: datetime
    agency: str
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class Fired:
    """A floor that holds for a case, in words for the card, and what else it does."""

    code: str
    sentence: str
    opens: tuple[str, ...] = ()
    tells: tuple[Role, ...] = ()
    restricts: bool = False
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """What rules make of a case: its band, its grade (None: nobody has graded it), the least grade it may be given, and why."""

    band: Band
    grade: str | None
    least_grade: str
    floors: tuple[Fired, ...]

    @property
    def opens(self) -> tuple[str, ...]:
        """Milestones that the floors make due, each once."""
        return tuple(dict.fromkeys(code for floor in self.floors if not floor.overridden for code in floor.opens))

    @property
    def tells(self) -> tuple[Role, ...]:
        """Roles that the floors tell at once, each once."""
        return tuple(dict.fromkeys(role for floor in self.floors for role in floor.tells))

    @property
    def restricted(self) -> bool:
        """Whether the case is closed to a named list."""
        return any(floor.restricts for floor in self.floors)


def counting(facts: Mapping[str, Answer]) -> frozenset[str]:
    """The facts that rules treat as yes: those answered yes or don't know."""
    return frozenset(code for code, answer in facts.items() if answer.counts)


def assess(
    policy: Policy,
    concern: str,
    grade: str | None,
    facts: Mapping[str, Answer],
    flags: frozenset[str] = frozenset(),
    history: History | None = None,
    overridden: frozenset[str] = frozenset(),
) -> Assessment:
    """The case's band and grade with every floor that holds; `overridden` floors are listed and change nothing.

    A case that nobody has graded keeps the fastest band. KeyError for a concern or grade that the policy has not.
    """
    kind = policy.concern(concern)
    signs = _Signs(counting(facts), flags, history, policy.calendar)
    holding = tuple(floor for floor in policy.floors.values() if floor.covers(concern) and signs.show(floor))
    least = _raised(kind, kind.lowest, holding, overridden)
    found = least if grade is None else _raised(kind, kind.grade(grade), holding, overridden)
    fired = tuple(floor for floor in holding if floor.at_grade is None or _reaches(kind, found, floor.at_grade))
    bands = tuple(floor.band for floor in fired if floor.band is not None and floor.code not in overridden)
    return Assessment(
        band=(UNGRADED if grade is None else found.band).most_urgent(*bands),
        grade=None if grade is None else found.code,
        least_grade=least.code,
        floors=tuple(
            Fired(
                floor.code,
                floor.words,
                floor.opens,
                floor.tells,
                floor.restricts,
                floor.code in overridden,
            )
            for floor in fired
        ),
    )


@dataclass(frozen=True, slots=True)
class _Signs:
    """What is known of a case that floors look at."""

    facts: frozenset[str]
    flags: frozenset[str]
    history: History | None
    calendar: Calendar

    def show(self, floor: Floor) -> bool:
        """Whether everything that the floor asks for holds."""
        return (
            floor.all_of <= self.facts
            and (not floor.any_of or bool(floor.any_of & self.facts))
            and (not floor.flags or bool(floor.flags & self.flags))
            and (
                floor.history is None
                or (self.history is not None and repeated(floor.history, self.history, self.calendar))
            )
        )


def repeated(condition: Repeats, history: History, calendar: Calendar) -> bool:
    """Whether a child's history meets the condition; the edge of the window belongs to it, and this referral counts."""
    start_at = window_start(condition.within, history.at, calendar)
    inside = [earlier for earlier in history.earlier if start_at <= earlier.at <= history.at]
    match condition.what:
        case Count.REFERRALS:
            number = len(inside) + 1
        case Count.MISSING_EPISODES:
            number = sum(earlier.missing for earlier in inside) + 1
        case Count.AGENCIES:
            number = len({history.agency, *(earlier.agency for earlier in inside)})
        case Count.NO_FURTHER_ACTIONS:
            ended = (earlier.no_further_action_at for earlier in history.earlier)
            number = sum(at is not None and start_at <= at <= history.at for at in ended)
        case _:
            assert_never(condition.what)
    return number >= condition.at_least


def window_start(within: Span, now: datetime, calendar: Calendar) -> datetime:
    """The first instant of a window that ends now; a window of months begins with its whole first day."""
    if within.clock is Clock.MONTHS:
        return calendar.local(shift_months(calendar.day_of(now), -within.number), time(0))
    return now - within.length


def _raised(kind: ConcernType, grade: Grade, holding: Sequence[Floor], overridden: frozenset[str]) -> Grade:
    """The grade after every floor; floors that ask for a grade are looked at last, so that order never matters."""
    at_work = [floor for floor in holding if floor.code not in overridden]
    plain = [floor for floor in at_work if floor.at_grade is None]
    place = min((kind.grades.index(grade), *(_place(kind, floor) for floor in plain)))
    place = max(0, place - sum(floor.raise_by for floor in plain))
    reached = kind.grades[place]
    later = [floor for floor in at_work if floor.at_grade is not None and _reaches(kind, reached, floor.at_grade)]
    return kind.grades[min((place, *(_place(kind, floor) for floor in later)))]


def _place(kind: ConcernType, floor: Floor) -> int:
    """Where the least grade of a floor stands among the concern's grades; the last place when it names none."""
    if floor.grade is not None:
        return kind.grades.index(kind.grade(floor.grade))
    if floor.band is not None:
        places = [place for place, grade in enumerate(kind.grades) if grade.band.rank <= floor.band.rank]
        return max(places, default=0)
    return len(kind.grades) - 1


def _reaches(kind: ConcernType, grade: Grade, least: str) -> bool:
    return kind.grades.index(grade) <= kind.grades.index(kind.grade(least))
