"""Words for people: escaping, instants in the time of London, lists of names."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.wording import clock_time, full_moment, length, moment

__all__ = ["bold", "clean", "clock_time", "escape", "full_moment", "lateness", "listed", "moment", "time_left"]

A_MOMENT = timedelta(seconds=2)
"""What passes between an instant and the message drawn at it."""
MINUTE, NO_TIME = timedelta(minutes=1), timedelta()
_BLANK_LINES = re.compile(r"\n{3,}")


def escape(text: str) -> str:
    """The text with Slack's three control characters made harmless, so that nothing in it mentions or links."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bold(text: str) -> str:
    """Escaped and in bold; asterisks of its own would end the bold and are left out."""
    return f"*{escape(text.replace('*', ''))}*" if text.strip("* ") else ""


def clean(text: str) -> str:
    """What a person typed without control, direction and zero-width characters; line ends and tabs stay."""
    kept = (char for char in text.replace("\r\n", "\n") if char in "\n\t" or unicodedata.category(char)[0] != "C")
    return _BLANK_LINES.sub("\n\n", "".join(kept)).strip()


def time_left(at: datetime, now: datetime) -> str:
    """How far off an instant is, in words: "in 20 minutes", "20 minutes ago", "now"."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < 1:
        return "now"
    if seconds < 0:
        return f"{length(now - at)} ago"
    return f"in {length(at - now + (A_MOMENT if at - now > MINUTE else NO_TIME))}"


def lateness(due_at: datetime, now: datetime) -> str:
    """How late something is: "2 hours 5 minutes late"; at the due instant itself "late from now on"."""
    return f"{length(now - due_at)} late" if now - due_at > A_MOMENT else "late from now on"


def listed(names: Iterable[str], *, nobody: str = "nobody") -> str:
    """Names as one speaks them: "A", "A and B", "A, B and C"."""
    known = list(names)
    if not known:
        return nobody
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"
