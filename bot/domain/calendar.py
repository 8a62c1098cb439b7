"""Working time: when a limit ends on each of the five clocks, and how it was counted."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count, islice, takewhile
from typing import TypeVar, assert_never
from zoneinfo import ZoneInfo

SATURDAY = 5
MONTHS_IN_YEAR = 12
ONE_DAY = timedelta(days=1)
SECONDS_IN_DAY = 86_400
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

T = TypeVar("T")


class Clock(StrEnum):
    """What makes time pass for a limit; hub hours and working days stop when the hub is closed, elapsed time never does."""

    ELAPSED = "elapsed"
    HUB_HOURS = "hub_hours"
    WORKING_DAY = "working_day"
    NEXT_SCHOOL_DAY = "next_school_day"
    MONTHS = "months"

    @property
    def counts_time(self) -> bool:
        """Whether an amount on this clock is a length of time ("4h") and not a number of days or months."""
        return self in (Clock.ELAPSED, Clock.HUB_HOURS)


@dataclass(frozen=True, slots=True)
class Span:
    """How long, on which clock.

    `amount` is a timedelta for elapsed time and hub hours, a whole number for working days, school days and months.
    `latest` caps hub hours ("at most next 12:00": that time on the first working day after the trigger day) and names the
    time of day of a school day (default: the hour at which schools start). Raises ValueError for a shape that cannot be counted.
    """

    clock: Clock
    amount: timedelta | int
    latest: time | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be counted."""
        if self.clock.counts_time:
            if not isinstance(self.amount, timedelta) or self.amount < timedelta(0):
                raise ValueError(f"A span on the {self.clock} clock needs a length of time that is not negative.")
        elif not isinstance(self.amount, int) or self.amount < 1:
            raise ValueError(f"A span on the {self.clock} clock needs a whole number of at least 1.")
        if self.latest is not None and self.clock not in (Clock.HUB_HOURS, Clock.NEXT_SCHOOL_DAY):
            raise ValueError(f"A span on the {self.clock} clock has no latest time of day.")

    @property
    def length(self) -> timedelta:
        """The amount as a length of time; TypeError on the clocks that count days or months."""
        if isinstance(self.amount, timedelta):
            return self.amount
        raise TypeError(f"The {self.clock} clock counts days or months, not time.")

    @property
    def number(self) -> int:
        """The amount as a number of days or months; TypeError on the clocks that count time."""
        if isinstance(self.amount, timedelta):
            raise TypeError(f"The {self.clock} clock counts time, not days or months.")
        return self.amount

    @property
    def words(self) -> str:
        """The span as a person reads it: "15 minutes", "4 hub hours, at most next 12:00", "3 working days"."""
        match self.clock:
            case Clock.ELAPSED:
                return in_words(self.length)
            case Clock.HUB_HOURS:
                cap = f", at most next {self.latest:%H:%M}" if self.latest else ""
                return f"{in_words(self.length)} of hub time{cap}"
            case Clock.WORKING_DAY:
                return _several(self.number, "working day")
            case Clock.NEXT_SCHOOL_DAY:
                start = f"by {self.latest:%H:%M}" if self.latest else "before school starts"
                return (
                    f"{start} on the next school day" if self.number == 1 else f"{start}, {self.number} school days on"
                )
            case Clock.MONTHS:
                return _several(self.number, "month")
        assert_never(self.clock)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hub's calendar. Instants in and out are aware UTC datetimes; days are days in `timezone`.

    Past `known_until` only weekends are skipped, which gives the earlier instant; `known` says so.
    """

    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    opens: time = time(9)
    closes: time = time(17)
    day_ends: time = time(17)
    school_starts: time = time(8, 30)
    bank_holidays: Mapping[date, str] = field(default_factory=dict)
    known_until: date = date(2028, 12, 31)
    school_closures: Mapping[str, frozenset[date]] = field(default_factory=dict)

    def due_at(self, span: Span, from_at: datetime, council: str = "") -> datetime:
        """The instant at which `span` ends when it starts at `from_at`; a later start never gives an earlier end."""
        match span.clock:
            case Clock.ELAPSED:
                return from_at + span.length
            case Clock.HUB_HOURS:
                return self._hub_due_at(span, from_at)
            case Clock.WORKING_DAY:
                return self._at(nth(span.number, self.working_days_after(self.day_of(from_at))), self.day_ends)
            case Clock.NEXT_SCHOOL_DAY:
                return nth(span.number, self._school_moments(span, from_at, council))
            case Clock.MONTHS:
                return self._at(shift_months(self.day_of(from_at), span.number), self.day_ends)
        assert_never(span.clock)

    def part_of(self, span: Span, from_at: datetime, due_at: datetime, share: float) -> datetime:
        """The instant at which `share` (0 to 1) of the time that counts between `from_at` and `due_at` has passed."""
        if span.clock in (Clock.HUB_HOURS, Clock.WORKING_DAY):
            counted = self.hub_time_between(from_at, due_at)
            if counted > timedelta(0):
                return min(self._hub_advance(from_at, counted * share), due_at)
        return from_at + (due_at - from_at) * share

    def counted(self, span: Span, from_at: datetime, council: str = "") -> tuple[str, ...]:
        """How the end of `span` was found, a line a day with its date, for a person who checks it."""
        due_at = self.due_at(span, from_at, council)
        start, end = self.day_of(from_at), self.day_of(due_at)
        match span.clock:
            case Clock.ELAPSED:
                return (
                    f"every hour counts, day and night: {in_words(span.length)}",
                    *self._clock_change(from_at, due_at),
                )
            case Clock.HUB_HOURS:
                return (*self._hub_lines(from_at, due_at), *self._cap_line(span, from_at, due_at))
            case Clock.WORKING_DAY:
                numbers = count(1)
                lines = (
                    self._day_line(day, "working day", numbers, counts=self.is_working_day(day))
                    for day in _days(start, end)
                )
                return (f"{_dated(start)}: day 0", *lines, f"ends at {self.day_ends:%H:%M}")
            case Clock.NEXT_SCHOOL_DAY:
                numbers = count(1)
                first = start if self._school_moment(span, start) > from_at else start + ONE_DAY
                return tuple(
                    self._day_line(day, "school day", numbers, counts=self.is_school_day(day, council))
                    for day in _days(first - ONE_DAY, end)
                )
            case Clock.MONTHS:
                return (
                    f"{_dated(start)} plus {_several(span.number, 'month')} is {_dated(end)}, ends at {self.day_ends:%H:%M}",
                )
        assert_never(span.clock)

    def day_of(self, at: datetime) -> date:
        """The local day on which the instant falls."""
        return at.astimezone(self.timezone).date()

    def known(self, at: datetime) -> bool:
        """Whether the bank holidays of that day are vouched for."""
        return self.day_of(at) <= self.known_until

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, bank holidays excepted as far as they are known."""
        return day.weekday() < SATURDAY and (day > self.known_until or day not in self.bank_holidays)

    def is_school_day(self, day: date, council: str = "") -> bool:
        """A working day on which the schools of that council are not closed."""
        return self.is_working_day(day) and day not in self.school_closures.get(council, frozenset())

    def is_hub_time(self, at: datetime) -> bool:
        """Whether the hub is open at the instant."""
        day = self.day_of(at)
        return self.is_working_day(day) and self._at(day, self.opens) <= at < self._at(day, self.closes)

    def next_hub_morning(self, after: datetime) -> datetime:
        """The first opening of the hub that lies after the instant."""
        days = (self.day_of(after) + ONE_DAY * ahead for ahead in count())
        mornings = (self._at(day, self.opens) for day in days if self.is_working_day(day))
        return next(morning for morning in mornings if morning > after)

    def working_days_after(self, day: date) -> Iterator[date]:
        """Working days that follow the day, without end."""
        return (later for ahead in count(1) if self.is_working_day(later := day + ONE_DAY * ahead))

    def hub_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How long the hub is open between two instants."""
        windows = takewhile(lambda window: window[0] < end, self._hub_windows(start))
        return sum((min(closes, end) - opens for opens, closes in windows), timedelta(0))

    def local(self, day: date, at: time) -> datetime:
        """That time of day on that local day, as a UTC instant."""
        return self._at(day, at)

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.timezone).astimezone(UTC)

    def _hub_windows(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Hub hours from an instant on, as pairs of instants, without end; the first begins no earlier than `start`."""
        day = self.day_of(start)
        while True:
            opens, closes = max(self._at(day, self.opens), start), self._at(day, self.closes)
            if self.is_working_day(day) and opens < closes:
                yield opens, closes
            day += ONE_DAY

    def _hub_advance(self, start: datetime, amount: timedelta) -> datetime:
        windows, left = self._hub_windows(start), amount
        opens, closes = next(windows)
        while left > closes - opens:
            left -= closes - opens
            opens, closes = next(windows)
        return opens + left if left else start

    def _hub_due_at(self, span: Span, from_at: datetime) -> datetime:
        ends_at = self._hub_advance(from_at, span.length)
        if span.latest is None:
            return ends_at
        return min(ends_at, self._at(next(self.working_days_after(self.day_of(from_at))), span.latest))

    def _school_moment(self, span: Span, day: date) -> datetime:
        return self._at(day, span.latest or self.school_starts)

    def _school_moments(self, span: Span, after: datetime, council: str) -> Iterator[datetime]:
        days = (self.day_of(after) + ONE_DAY * ahead for ahead in count())
        moments = (self._school_moment(span, day) for day in days if self.is_school_day(day, council))
        return (moment for moment in moments if moment > after)

    def _day_line(self, day: date, name: str, numbers: Iterator[int], *, counts: bool) -> str:
        if counts:
            return f"{_dated(day)}: {name} {next(numbers)}"
        return f"{_dated(day)}: not counted, {self._why_not(day)}"

    def _why_not(self, day: date) -> str:
        if day.weekday() >= SATURDAY:
            return "weekend"
        if not self.is_working_day(day):
            return f"bank holiday ({self.bank_holidays[day]})"
        return "schools closed"

    def _hub_lines(self, from_at: datetime, due_at: datetime) -> Iterator[str]:
        for day in _days(self.day_of(from_at) - ONE_DAY, self.day_of(due_at)):
            opens, closes = max(self._at(day, self.opens), from_at), min(self._at(day, self.closes), due_at)
            if not self.is_working_day(day):
                yield f"{_dated(day)}: not counted, {self._why_not(day)}"
            elif opens < closes:
                yield f"{_dated(day)}: {in_words(closes - opens)}"

    def _cap_line(self, span: Span, from_at: datetime, due_at: datetime) -> tuple[str, ...]:
        if span.latest is None or due_at == self._hub_advance(from_at, span.length):
            return ()
        return (f"ends at {span.latest:%H:%M} on the first working day after the day it started",)

    def _clock_change(self, from_at: datetime, due_at: datetime) -> tuple[str, ...]:
        start, end = from_at.astimezone(self.timezone), due_at.astimezone(self.timezone)
        if start.utcoffset() == end.utcoffset():
            return ()
        return (
            f"the clocks change in between: {start:%H:%M %Z} on {start:%Y-%m-%d} to {end:%H:%M %Z} on {end:%Y-%m-%d}",
        )


def nth(number: int, days: Iterator[T]) -> T:
    """The nth item, counted from 1, of items without end."""
    return next(islice(days, number - 1, None))


def shift_months(day: date, months: int) -> date:
    """The same day of the month that many months later (earlier when negative), or the last day of a shorter month."""
    year, month = divmod(day.year * MONTHS_IN_YEAR + day.month - 1 + months, MONTHS_IN_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def in_words(length: timedelta) -> str:
    """A length of time for people: "3 hours 55 minutes", "72 hours", "14 days" (whole days from four days on)."""
    seconds = int(length.total_seconds())
    if seconds > 3 * SECONDS_IN_DAY and seconds % SECONDS_IN_DAY == 0:
        return _several(seconds // SECONDS_IN_DAY, "day")
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [
        _several(number, unit) for number, unit in ((hours, "hour"), (minutes, "minute"), (left, "second")) if number
    ]
    return " ".join(parts) or "at once"


def _several(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _dated(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day:%Y-%m-%d}"


def _days(after: date, last: date) -> Iterator[date]:
    """The days that follow `after`, up to and with `last`."""
    return (after + ONE_DAY * ahead for ahead in range(1, (last - after).days + 1))
