"""Holds: reminders that one person has put off for a time. They hold that person's repeats, never the next step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.deadlines import Deadline
from bot.domain.ids import AgencyId, CaseId, PersonId
from bot.domain.wording import full_moment


class HoldKind(StrEnum):
    """Why somebody hears nothing for a time."""

    SNOOZE = "snooze"
    CHASE = "chase"


@dataclass(frozen=True, slots=True)
class Hold:
    """One person's own reminders about one case held from `at` until `until_at`; `code` is a snooze's reason."""

    case_id: CaseId
    person: PersonId
    kind: HoldKind
    at: datetime
    until_at: datetime
    code: str = ""


def holding(holds: Iterable[Hold], now: datetime) -> tuple[Hold, ...]:
    """The holds in force, the newest of each person and kind."""
    newest = {(hold.person, hold.kind): hold for hold in sorted(holds, key=lambda hold: hold.at)}
    return tuple(hold for hold in newest.values() if hold.at <= now < hold.until_at)


def snooze_refusal(deadlines: Sequence[Deadline], agency: AgencyId, until_at: datetime, now: datetime) -> str | None:
    """Why reminders cannot be put off until then: something that pings this agency is due before. None when they can.

    Of two things due at one instant the one that the law binds is named.
    """
    owed = [each for each in deadlines if each.is_open and each.pings and each.agency == agency]
    if not owed:
        return "Your agency owes nothing here that it is reminded of."
    soonest = min(owed, key=lambda each: (each.due_at, not each.basis.binding, each.kind))
    if soonest.due_at >= until_at:
        return None
    was = "is" if soonest.due_at > now else "was"
    return (
        f"It {was} due {full_moment(soonest.due_at)} ({soonest.basis.words}), and reminders cannot be put off past that. "
        "Do it, record it, or hand it over."
    )
