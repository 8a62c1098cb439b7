"""Reading one table of the policy file: typed values out, and every fault noted with its key and its mend."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from bot.domain.calendar import Clock, Span

Code = TypeVar("Code", bound=StrEnum)
Instead = TypeVar("Instead")
Raw = Mapping[str, object]

CODE = re.compile(r"[a-z][a-z0-9_]*")
LENGTH = re.compile(r"(?:(?P<d>\d{1,9})d)?(?:(?P<h>\d{1,9})h)?(?:(?P<m>\d{1,9})m)?(?:(?P<s>\d{1,9})s)?")
LONGEST = timedelta(days=3_660)
MOST_HUB_TIME = timedelta(hours=2_000)
CENTURY = (date(2000, 1, 1), date(2099, 12, 31))
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a policy file: where it is, what is wrong, and how to mend it."""

    file: str
    key: str
    sentence: str
    mend: str

    def __str__(self) -> str:
        """The fault as one line."""
        return f"{self.file}: {self.key}: {self.sentence} {self.mend}"


@dataclass(slots=True)
class Problems:
    """The faults found so far; `own` is the force's file as read, so that a fault is put down to the file it stands in."""

    default_file: str
    own_file: str | None = None
    own: Raw = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    def note(self, key: str, sentence: str, mend: str) -> None:
        """One more fault."""
        self.found.append(Problem(self._file_of(key), key, sentence, mend))

    def _file_of(self, key: str) -> str:
        """The force's own file when the row of the key stands in it, else the default."""
        if self.own_file is None:
            return self.default_file
        here: object = self.own
        for part in key.split(".")[:2]:
            if not isinstance(here, Mapping) or part not in here:
                return self.default_file
            here = here[part]
        return self.own_file


class Table:
    """One table being read: each getter notes what is wrong with its key and gives something of the right type."""

    def __init__(self, raw: object, key: str, problems: Problems) -> None:
        self.key = key
        self.problems = problems
        self._read: set[str] = set()
        self.raw: Raw = raw if isinstance(raw, Mapping) else {}
        if not isinstance(raw, Mapping):
            self._note(
                "", "this must be a table.", "Write key = value pairs in braces or under a heading in square brackets."
            )

    def path(self, name: str) -> str:
        """The whole key of a name in this table."""
        return ".".join(part for part in (self.key, name) if part)

    def has(self, name: str) -> bool:
        """Whether the key is there; asking makes it a known key."""
        self._read.add(name)
        return name in self.raw

    def text(self, name: str, default: str | None = None) -> str:
        """A text."""
        value = self._take(name, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        return self._wrong(name, value, "Write text in quotes.", "")

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self._take(name, default)
        return value if isinstance(value, bool) else self._wrong(name, value, "Write true or false.", default)

    def whole(self, name: str, default: int | None = None, *, least: int = 0, most: int = 10_000) -> int:
        """A whole number within bounds."""
        value = self._take(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        return self._wrong(name, value, f"Write a whole number from {least} to {most}, without quotes.", least)

    def share(self, name: str) -> float:
        """A share between 0 and 1, such as 0.5."""
        value = self._take(name, None)
        if isinstance(value, float) and 0 < value < 1:
            return value
        return self._wrong(name, value, "Write a number between 0 and 1, such as 0.5.", 0.5)

    def length(self, name: str, default: str | None = None) -> timedelta:
        """A length of time, such as "15m"."""
        value = self._take(name, default)
        found = length_of(value)
        if found is not None:
            return found
        return self._wrong(name, value, 'Write a length of time such as "20s", "15m", "4h" or "3d".', timedelta(0))

    def moment(self, name: str, default: str | None = None) -> time:
        """A local time of day, such as "09:00"."""
        value = self._take(name, default)
        match = TIME.fullmatch(value) if isinstance(value, str) else None
        if match:
            return time(int(match[1]), int(match[2]))
        return self._wrong(name, value, 'Write a time of day such as "09:00".', time(0))

    def day(self, name: str) -> date:
        """A date of this century, such as 2028-12-31."""
        value = self._take(name, None)
        if type(value) is date and CENTURY[0] <= value <= CENTURY[1]:
            return value
        return self._wrong(name, value, "Write a date without quotes, such as 2028-12-31.", CENTURY[0])

    def days(self, name: str) -> tuple[date, ...]:
        """A list of dates."""
        value = self._take(name, [])
        if isinstance(value, list) and all(type(day) is date for day in value):
            return tuple(value)
        return self._wrong(name, value, "Write a list of dates without quotes, such as [2027-06-15].", ())

    def named_days(self, name: str) -> Mapping[date, str]:
        """A table of dates with what each of them is, such as 2027-06-15 = "Jubilee"."""
        inner = self.table(name)
        found: dict[date, str] = {}
        for key in inner.raw:
            try:
                found[date.fromisoformat(key)] = inner.text(key)
            except ValueError:
                inner.problems.note(inner.path(key), "this is not a date.", 'Write 2027-06-15 = "what is celebrated".')
        return found

    def choice(self, name: str, kind: type[Code], default: Code | None = None) -> Code:
        """One code of a fixed list."""
        value = self._take(name, default)
        found = self._code(value, kind)
        return found or self._wrong(name, value, self._one_of(value, kind), next(iter(kind)))

    def choices(self, name: str, kind: type[Code], default: Iterable[Code] = ()) -> tuple[Code, ...]:
        """Codes of a fixed list."""
        value = self._take(name, list(default))
        if not isinstance(value, list):
            return self._wrong(name, value, "Write a list in square brackets.", ())
        found = [(item, self._code(item, kind)) for item in value]
        for item, code in found:
            if code is None:
                self._wrong(name, item, self._one_of(item, kind), None)
        return tuple(code for _, code in found if code is not None)

    def codes(self, name: str, default: Iterable[str] = ()) -> tuple[str, ...]:
        """Codes that other rows define; whether they exist is checked later."""
        value = self._take(name, list(default))
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        return self._wrong(name, value, 'Write a list of texts, such as ["first", "second"].', ())

    def some_codes(self, name: str) -> frozenset[str] | None:
        """Codes that other rows define, or None when the key is not there (meaning all)."""
        return frozenset(self.codes(name)) if self.has(name) else None

    def span(self, name: str) -> Span:
        """How long, on which clock: "15m" for elapsed time, or a table of clock, amount and latest."""
        return self._span(name, self._take(name, None))

    def _span(self, name: str, value: object) -> Span:
        if isinstance(value, Mapping):
            return self._span_table(Table(value, self.path(name), self.problems))
        found = length_of(value)
        if found is not None:
            return Span(Clock.ELAPSED, found)
        mend = 'Write "15m" for elapsed time, or { clock = "working_day", amount = 1 } for another clock.'
        return self._wrong(name, value, mend, NO_TIME)

    def _span_table(self, table: "Table") -> Span:
        clock = table.choice("clock", Clock)
        if not table.has("clock"):
            return NO_TIME
        latest = table.moment("latest") if table.has("latest") else None
        amount = table.length("amount") if clock.counts_time else table.whole("amount", least=1, most=1000)
        table.done()
        if clock is Clock.HUB_HOURS:
            table.hub_time(amount)
        try:
            return Span(clock, amount, latest)
        except ValueError as wrong:
            table.problems.note(table.key, str(wrong), "Leave out latest, or change the clock.")
            return NO_TIME

    def hub_time(self, amount: timedelta | int) -> None:
        """Note hub hours that nobody can mean: written in days, or more than there are in a year."""
        mend = 'Write hours and minutes, such as "4h".'
        if "d" in str(self.raw.get("amount")):
            self._note("amount", "hub hours are not counted in days.", mend)
        elif isinstance(amount, timedelta) and amount > MOST_HUB_TIME:
            self._note("amount", "this is more than a year of hub hours.", mend)

    def table(self, name: str) -> "Table":
        """A table inside this one; empty when it is not there."""
        return Table(self._take(name, {}), self.path(name), self.problems)

    def rows(self, name: str) -> tuple[tuple[str, "Table"], ...]:
        """The rows of a table of tables with their codes, in the file's order."""
        inner = self.table(name)
        for code in inner.raw:
            if not CODE.fullmatch(code):
                self.problems.note(
                    inner.path(code), "this code cannot be used.", "Use small letters, digits and underscores."
                )
        return tuple((code, Table(value, inner.path(code), self.problems)) for code, value in inner.raw.items())

    def list(self, name: str) -> tuple["Table", ...]:
        """A list of tables."""
        value = self._take(name, [])
        if not isinstance(value, list):
            return self._wrong(name, value, "Write a list of tables in square brackets.", ())
        return tuple(Table(item, f"{self.path(name)}[{place}]", self.problems) for place, item in enumerate(value))

    def words(self, name: str) -> Mapping[str, str]:
        """A table of texts by their code."""
        inner = self.table(name)
        return {code: inner.text(code) for code in inner.raw}

    def done(self) -> None:
        """Note every key that nothing has read."""
        for name in self.raw:
            if name not in self._read:
                near = get_close_matches(name, sorted(self._read), n=1)
                mend = f"Did you mean {near[0]}?" if near else f"Keep to {', '.join(sorted(self._read))}."
                self._note(name, "there is no such key.", mend)

    def _take(self, name: str, default: object) -> object:
        self._read.add(name)
        return self.raw.get(name, default)

    def _code(self, value: object, kind: type[Code]) -> Code | None:
        return next((code for code in kind if isinstance(value, str) and value.lower() == code), None)

    def _one_of(self, value: object, kind: type[Code]) -> str:
        near = get_close_matches(str(value), list(kind), n=1)
        return f"Did you mean {near[0]}?" if near else f"Write one of {', '.join(kind)}."

    def _note(self, name: str, sentence: str, mend: str) -> None:
        self.problems.note(self.path(name), sentence, mend)

    def _wrong(self, name: str, value: object, mend: str, instead: Instead) -> Instead:
        if value is None and not self.has(name):
            self._note(name, "this key is missing.", mend)
        else:
            self._note(name, f"{value!r} cannot be used here.", mend)
        return instead


NO_TIME = Span(Clock.ELAPSED, timedelta(0))


def length_of(value: object) -> timedelta | None:
    """The length of time that a text such as "1h30m" means, up to ten years; None for anything else."""
    match = LENGTH.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        return None
    days, hours, minutes, seconds = (int(match[unit] or 0) for unit in "dhms")
    if days > LONGEST.days:
        return None
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return length if length <= LONGEST else None
