"""Instants and lateness in words, in the time of London, for everything that people read."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUTE, HOUR, DAY = 60, 3600, 86400
TEENS = range(11, 14)


def clock_time(at: datetime) -> str:
    """The time of day: "2:05pm"."""
    local = at.astimezone(LONDON)
    return f"{local.hour % 12 or 12}:{local.minute:02}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon


def full_date(at: datetime) -> str:
    """The day in full: "Friday 14 March 2025"."""
    local = at.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B} {local.year}"


def full_moment(at: datetime) -> str:
    """Day and time in full: "Friday 14 March 2025 at 4:15pm"."""
    return f"{full_date(at)} at {clock_time(at)}"


def moment(at: datetime, now: datetime) -> str:
    """An instant as seen from now: "today at 2:05pm", "yesterday at …", "tomorrow at …", else in full, "on" before it."""
    days = (at.astimezone(LONDON).date() - now.astimezone(LONDON).date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    return f"{near} at {clock_time(at)}" if near else f"on {full_moment(at)}"


def length(span: timedelta) -> str:
    """A length of time in its two largest parts: "2 hours 5 minutes", "3 days 4 hours", "40 seconds"."""
    seconds = int(abs(span.total_seconds()))
    sizes = (("day", DAY), ("hour", HOUR), ("minute", MINUTE))
    parts: list[str] = []
    for name, size in sizes:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    if not parts:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return " ".join(parts[:2])


def ordinal(number: int) -> str:
    """A place in an order: "3rd", "11th"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in TEENS else "th"
    return f"{number}{ending}"
