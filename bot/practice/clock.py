"""Practice time: the real time plus an offset that is moved by hand; it runs forward with real time."""

import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.practice.wire import ControlError

LONDON = ZoneInfo("Europe/London")
WEEK_STARTS_AT = 8
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "min": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min|m|s)", re.IGNORECASE)


class PracticeClock:
    """A clock that starts at `start` (aware; the present when None), runs, and can be moved."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = (start or datetime.now(UTC)).astimezone(UTC)
        self._started = time.monotonic()
        self._offset = timedelta()

    def now(self) -> datetime:
        """Practice time, aware, UTC."""
        return self._start + timedelta(seconds=time.monotonic() - self._started) + self._offset

    def move_to(self, instant: datetime, *, allow_back: bool = False) -> None:
        """Make it `instant` now; moving backwards is refused unless allowed."""
        now = self.now()
        if instant < now and not allow_back:
            raise ControlError(
                "clock_backwards",
                f"It is already {now:%Y-%m-%d %H:%M:%S} UTC: name a later time, or allow_back to go back.",
            )
        self._offset += instant - now

    def reset(self) -> None:
        """Forget every move."""
        self._offset = timedelta()


def duration(text: str) -> timedelta:
    """`"4h"`, `"15 min"`, `"1h30m"`, `"20s"`, `"2d"` as a timedelta; ControlError `bad_duration` otherwise."""
    found = _DURATION.findall(text)
    if not found or _DURATION.sub("", text).strip():
        raise ControlError("bad_duration", f"{text!r} is no duration: write it like 15m, 4h, 1h30m, 20s or 2d.")
    return sum((timedelta(**{_UNITS[unit.lower()]: float(count)}) for count, unit in found), timedelta())


def instant(text: str) -> datetime:
    """An ISO 8601 instant with its zone, in UTC; ControlError `bad_instant` otherwise."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ControlError("bad_instant", f"{text!r} is no instant: write it like 2026-03-06T22:40:00+00:00.")
    return found.astimezone(UTC)


def next_monday(now: datetime) -> datetime:
    """The next Monday 08:00 in London after `now`, in UTC."""
    local = now.astimezone(LONDON)
    monday = (local + timedelta(days=-local.weekday())).replace(hour=WEEK_STARTS_AT, minute=0, second=0, microsecond=0)
    if monday <= local:
        monday += timedelta(days=7)
    return monday.astimezone(UTC)


def iso(moment: datetime) -> str:
    """An instant as ISO 8601 in UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def wall_seconds() -> float:
    """Real time as Unix seconds: signatures are checked against it, whatever the practice clock says."""
    return time.time()
