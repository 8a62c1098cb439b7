"""A notice with today's record put into it: what the messenger is given to word and send."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import CaseId, Reference
from bot.domain.offers import Choice
from bot.domain.redaction import ShareableCase


@dataclass(frozen=True, slots=True)
class LateItem:
    """One thing that is owed and not done, in a reminder. `late` is False for a pre-warning; `repeat` counts from 1."""

    title: str
    agency_name: str
    due_at: datetime
    late: bool
    step_name: str
    missed: tuple[str, ...] = ()
    repeat: int = 0
    by_hand: str = ""


@dataclass(frozen=True, slots=True)
class CardLetter:
    """The card of a case."""

    case: ShareableCase


@dataclass(frozen=True, slots=True)
class StepLetter:
    """A reminder: what is owed, how late, and who is told next. `to` names the reader; empty in a card's thread.

    `roles` says in what capacity they are told; `told` names everybody told at this step, for the thread;
    `may_acknowledge` puts the button on it; `choices` stand in the place of a case's buttons where no child
    is concerned; `answers` are those of a proposal that the reader can answer; `note` is a further neutral sentence
    ("Sent to you because … was not reached").
    """

    case: ShareableCase
    items: tuple[LateItem, ...]
    to: str
    roles: tuple[str, ...]
    told: tuple[str, ...]
    may_acknowledge: bool
    still_owed: bool
    note: str = ""
    choices: tuple[Choice, ...] = ()
    answers: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupLetter:
    """Many reminders in one message, most urgent first.

    `behind` counts the cases that follow in further messages, `most_urgent` those of the highest band among all of them;
    `follows` says that this is one of those further messages. `unread` are cases whose record cannot be read, by its id.
    """

    cases: tuple[StepLetter, ...]
    behind: int
    most_urgent: int
    follows: bool
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineLetter:
    """One neutral line in a card's thread or to a person: acknowledged, told by phone, re-timed.

    `choices` are the buttons under it: what the reader is asked to answer.
    """

    case: ShareableCase
    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class RestrictedLetter:
    """All that may be said of a restricted case beside its list: its reference, and whom to ask.

    `listed` says that the reader is on the list and may open it as it is.
    """

    id: CaseId
    reference: Reference
    version: int
    text: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class ControlLetter:
    """One neutral line for the control channel or its people: a route that failed, a gap, a quarantined row."""

    text: str


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """The week in numbers for one team, or the whole force. Counts only."""

    title: str
    from_at: datetime
    until_at: datetime
    headline: str
    rows: tuple[tuple[str, str], ...]


NEW = -1
"""The step number of "there is a new referral": before the ladder's own steps."""

Letter = CardLetter | StepLetter | GroupLetter | LineLetter | RestrictedLetter | ControlLetter | DigestLetter


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter on its way. `key` marks it for look-up after a doubt; `repeat` says that an earlier copy may exist."""

    letter: Letter
    key: str
    sent_at: datetime
    repeat: bool = False
    plain: bool = False


def codes(payload: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of codes or ids out of a notice's payload; empty when it has none."""
    value = payload.get(name)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def items_of(payload: Mapping[str, object]) -> list[list[object]]:
    """What a reminder's payload lists: deadline id, step number, repeat, numbers of steps missed, and by whose hand."""
    found = payload.get("items")
    return [list(item) for item in found if isinstance(item, list | tuple)] if isinstance(found, list | tuple) else []


def numbers(value: object) -> tuple[int, ...]:
    """The numbers in a list of a payload."""
    return tuple(int(str(number)) for number in value) if isinstance(value, list | tuple) else ()
