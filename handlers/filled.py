"""What a person put into a form, and how a form is drawn and taken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.domain.commands import OnCase
from bot.domain.errors import FormRefusal
from handlers.middleware import Asked
from handlers.views.blocks import Json
from handlers.views.forms import FormView
from handlers.views.text import clean

MOST_TYPED = 1000
MOST_DIGITS = 4
LATEST = 4_102_444_800
"""The year 2100 in Slack's seconds."""


class Filled:
    """What a person put into a form, in a modal or in a message."""

    def __init__(self, body: Json) -> None:
        values = ((body.get("view") or body).get("state") or {}).get("values", {})
        self._states: dict[str, Json] = {
            block_id: state for block_id, elements in values.items() for state in elements.values()
        }

    def text(self, name: str, label: str) -> str:
        """What was typed, cleaned; FormRefusal when it is too long."""
        typed = clean(str(self._state(name).get("value") or ""))
        if len(typed) > MOST_TYPED:
            raise FormRefusal({name: f"{label} must be {MOST_TYPED:,} characters or fewer"})
        return typed

    def choice(self, name: str) -> str:
        """The code that was chosen, empty for none."""
        return str((self._state(name).get("selected_option") or {}).get("value") or "")

    def choices(self, name: str) -> tuple[str, ...]:
        """The codes that were chosen, in the order of the list."""
        return tuple(str(option["value"]) for option in self._state(name).get("selected_options") or ())

    def whole(self, name: str) -> int | None:
        """A whole number that was typed; None for anything else, which the desk refuses in the words of what it asks for."""
        typed = str(self._state(name).get("value") or "").strip()
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else None

    def instant(self, name: str) -> datetime | None:
        """The instant that was chosen."""
        seconds = self._state(name).get("selected_date_time")
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and 0 < seconds < LATEST else None

    def day(self, name: str) -> date | None:
        """The day that was chosen."""
        try:
            return date.fromisoformat(str(self._state(name).get("selected_date") or ""))
        except ValueError:
            return None

    def _state(self, name: str) -> Json:
        return self._states.get(name, {})


@dataclass(frozen=True, slots=True)
class Form:
    """How a form is drawn, and what sending it does: the sentence that the person is answered with."""

    draw: Callable[[Asked, OnCase, str], FormView]
    take: Callable[[Asked, OnCase, str, Filled, str], str]
    done: str
