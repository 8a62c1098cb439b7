"""The account of a scenario: every message that was sent and everything that went wrong, each expected by name or reported."""

import html
import logging
import textwrap
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.logs import hush_libraries
from bot.practice.driver import Driver
from bot.practice.wire import Json

LOUD = {"warning": "warning", "error": "error", "exception": "error", "critical": "critical"}
"""The log methods that a scenario has to allow, with the level that they report."""
CONTROLS = ("actions", "button")
SHOWN = 300


@dataclass(frozen=True, slots=True)
class Said:
    """One message as whoever receives it reads it. `place` is `#channel`, `@Name` or `e-mail to …`.

    `key` is unique: its room, and the practice time in Unix seconds at which it was sent, to the microsecond.
    """

    key: tuple[str, str]
    place: str
    words: str
    thread: str = ""
    only_to: str = ""

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return datetime.fromtimestamp(float(self.key[1]), UTC)

    def __str__(self) -> str:
        where = f"{self.place}, in a thread" if self.thread else self.place
        where = f"{where}, only to {self.only_to}" if self.only_to else where
        return f"{where}: {textwrap.shorten(self.words, SHOWN)}"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that went wrong: by its code, or the event of the bot's own log line."""

    codes: tuple[str, ...]
    line: str


class UnexpectedError(AssertionError):
    """Something happened that the scenario did not say would happen, or did not happen though it said so."""


@dataclass(slots=True)
class Heard:
    """The bot's log lines at warning and above, oldest first."""

    lines: list[Wrong] = field(default_factory=list)

    def __call__(self, _logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Listen in as structlog's first processor, and pass the event on untouched."""
        if method in LOUD:
            rest = " ".join(f"{key}={value}" for key, value in event.items() if key != "event")
            self.lines.append(
                Wrong((str(event.get("event")),), f"the bot's log, {LOUD[method]}: {event['event']} {rest}")
            )
        return event


class _Handler(logging.Handler):
    def __init__(self, heard: Heard) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if not isinstance(record.msg, dict):  # structlog's own events come through its processors
            line = f"the log of {record.name}, {record.levelname.lower()}: {said}"
            self._heard.lines.append(Wrong((record.name, said), line))


@contextmanager
def listening() -> Iterator[Heard]:
    """Everything that the bot would log at warning and above, whoever set structlog up before."""
    heard = Heard()
    hush_libraries()
    processors, root, handler = structlog.get_config()["processors"], logging.getLogger(), _Handler(heard)
    processors.insert(0, heard)  # in place: loggers that were cached share the list
    root.addHandler(handler)
    try:
        yield heard
    finally:
        processors.remove(heard)
        root.removeHandler(handler)


def wording(message: Json) -> str:
    """The words of a message, its blocks' too, without marks of bold and without the labels of its controls."""
    return " ".join(html.unescape(" ".join([message["text"], *_texts(message["blocks"])])).replace("*", "").split())


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _texts(item)
    elif isinstance(part, dict) and part.get("type") not in CONTROLS:
        for key, value in part.items():
            if key == "text" and isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from _texts(value)


@dataclass(slots=True)
class Accounts:
    """What was sent so far, what of it a scenario expected, and which failures it allows."""

    driver: Driver
    sources: list[Callable[[], Iterable[Said]]] = field(default_factory=list)
    """Roads beside Slack: each answers with everything that it has carried so far."""
    logs: list[Callable[[], Iterable[Wrong]]] = field(default_factory=list)
    """Logs beside this process's own: each answers with everything at warning and above that it holds so far."""
    heard: Heard = field(default_factory=Heard)
    expected: set[tuple[str, str]] = field(default_factory=set)
    allowed: set[str] = field(default_factory=set)
    tolerated: set[str] = field(default_factory=set)

    def said(self) -> list[Said]:
        """Everything that the bot has sent to anybody, oldest first in each place."""
        state = self.driver.get("state")
        names = {seat["id"]: seat["name"] for seat in state["seats"]}
        places = {
            room["id"]: f"@{names[room['peer']]}" if room["peer"] else f"#{room['name']}" for room in state["channels"]
        }
        found = [
            Said(
                (row["channel"], row["ts"]),
                places[row["channel"]],
                wording(row),
                row["thread_ts"] or "",
                names.get(row["ephemeral_to"], row["ephemeral_to"] or ""),
            )
            for row in self.driver.get("messages")["messages"]
            if row["seat"] == state["bot"]["user_id"]
        ]
        return found + [letter for source in self.sources for letter in source()]

    def open(self) -> list[Said]:
        """What has been sent and not been expected yet."""
        return [one for one in self.said() if one.key not in self.expected]

    def expect(self, place: str, parts: Iterable[str], *, thread: str | None = None, only_to: str = "") -> Said:
        """The oldest message in a place that nobody has expected yet and that holds every part; it is accounted for now.

        `thread` None takes messages at the top and in threads alike, "" those at the top only.
        """
        wanted, left = tuple(parts), self.open()
        for one in left:
            here = one.place == place and one.only_to == only_to and (thread is None or one.thread == thread)
            if here and all(part in one.words for part in wanted):
                self.expected.add(one.key)
                return one
        asked = " … ".join(wanted) or "anything"
        raise UnexpectedError(_listed(f"Nobody said {asked!r} in {place}. Sent and not expected yet:", left))

    def wrong(self) -> list[Wrong]:
        """Everything that went wrong between bot and workspace, and in the bot."""
        rows = self.driver.get("log")["log"]
        if rows and rows[0]["n"] != 1:
            raise UnexpectedError("The workspace's log no longer reaches back to the beginning: account for it sooner.")
        between = [_row(row) for row in rows if not row["ok"] or row.get("warning")]
        return [*between, *self.heard.lines, *(line for log in self.logs for line in log())]

    def check_messages(self) -> None:
        """UnexpectedError with a line for each message that nobody expected."""
        left = self.open()
        if left:
            raise UnexpectedError(_listed(f"{len(left)} sent that the scenario did not expect:", left))

    def check_errors(self) -> None:
        """UnexpectedError with a line for each failure that was not allowed, and for each allowed one that never came."""
        wrong = self.wrong()
        self._refuse(wrong)
        never = self.allowed.difference(code for one in wrong for code in one.codes)
        if never:
            raise UnexpectedError(_listed("Allowed and never happened, so take it out:", sorted(never)))

    def check_log(self) -> None:
        """UnexpectedError with a line for each failure in the bot's own log that was not allowed."""
        self._refuse(self.heard.lines)

    def _refuse(self, wrong: Iterable[Wrong]) -> None:
        fine = self.allowed | self.tolerated
        left = [one.line for one in wrong if not fine.intersection(one.codes)]
        if left:
            raise UnexpectedError(_listed(f"{len(left)} went wrong that the scenario did not allow:", left))


def _row(row: Json) -> Wrong:
    detail = f" ({row['detail']})" if row.get("detail") else ""
    code = str(row.get("error") or row.get("warning"))
    return Wrong((code,), f"{row['kind']} {row['name']}: {code}{detail}")


def _listed(head: str, lines: Iterable[object]) -> str:
    return "\n  ".join([head, *(str(line) for line in lines)])
