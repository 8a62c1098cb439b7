"""Live incidents as a force's own systems send them: read row by row, so that one bad row never holds up the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.cases import Child, ChildReference
from bot.domain.errors import Refusal
from bot.domain.ids import Reference
from bot.domain.policy import Policy
from bot.domain.risk import Answer

KINDS = ("police", "council", "nhs")
MOST_CHILDREN, MOST_REFERENCES = 10, 10
MOST_NUMBER, MOST_ADDRESS, MOST_NARRATIVE = 40, 300, 2000
KEYS = frozenset(
    {"incident", "concern", "at", "grade", "asks_for", "address", "children", "narrative", "facts", "team"}
)


@dataclass(frozen=True, slots=True)
class Incident:
    """One live incident. `number` is the force's own number for it, by which a second delivery is known."""

    number: str
    concern: str
    at: datetime
    grade: str | None
    asks_for: str
    children: tuple[Child, ...] = field(repr=False)
    address: str = field(default="", repr=False)
    narrative: str = field(default="", repr=False)
    facts: Mapping[str, Answer] = field(default_factory=dict)
    team: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """One incident that is a case now; `already` when an earlier delivery had made it one."""

    row: int
    incident: str
    reference: Reference
    already: bool


@dataclass(frozen=True, slots=True)
class NotTaken:
    """One row that was given back, with its reason; nothing of it is kept."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a delivery, row by row."""

    taken: tuple[Taken, ...]
    returned: tuple[NotTaken, ...]


def read_incident(row: object, policy: Policy, now: datetime) -> Incident:
    """A row as an incident; Refusal with the key and the mend when it is none, never with what the row said."""
    if not isinstance(row, Mapping):
        raise Refusal("The row must be an object with the keys of an incident.")
    unknown = sum(key not in KEYS for key in row)
    if unknown:  # a key is never said back: a misplaced name may stand there
        raise Refusal(f"{unknown} of the row's keys are none of an incident's, which are: {', '.join(sorted(KEYS))}.")
    concern = _code(row, "concern", policy.concerns)
    offered = {grade.code for grade in policy.concern(concern).offered}
    return Incident(
        number=_text(row, "incident", MOST_NUMBER, required=True),
        concern=concern,
        at=_instant(row, now),
        grade=_code(row, "grade", offered) if row.get("grade") else None,
        asks_for=_code(row, "asks_for", policy.asks) if row.get("asks_for") else next(iter(policy.asks)),
        children=_children(row.get("children", [])),
        address=_text(row, "address", MOST_ADDRESS),
        narrative=_text(row, "narrative", MOST_NARRATIVE),
        facts=_facts(row.get("facts", {}), {fact.code for fact in policy.concern(concern).facts}),
        team=_text(row, "team", MOST_NUMBER),
    )


def _text(row: Mapping[object, object], key: str, most: int, *, required: bool = False) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise Refusal(f"{key} must be text.")
    text = value.strip()
    if required and not text:
        raise Refusal(f"{key} is missing: give the force's own number for the incident.")
    if len(text) > most:
        raise Refusal(f"{key} must be {most:,} characters or fewer.")
    return text


def _code(row: Mapping[object, object], key: str, known: object) -> str:
    value = row.get(key)
    codes = list(known) if isinstance(known, (Mapping, set, frozenset)) else []
    if not isinstance(value, str) or value not in codes:
        raise Refusal(f"{key} must be one of: {', '.join(sorted(map(str, codes)))}.")
    return value


def _instant(row: Mapping[object, object], now: datetime) -> datetime:
    value = row.get("at")
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise Refusal("at must be a date and time such as 2026-11-27T18:05:00+00:00.") from None
    if at.tzinfo is None:
        raise Refusal("at must name its offset, such as +00:00.")
    if at > now:
        raise Refusal("at must be in the past.")
    return at.astimezone(now.tzinfo)


def _children(value: object) -> tuple[Child, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST_CHILDREN:
        raise Refusal(f"children must be a list of at most {MOST_CHILDREN} lists of record numbers.")
    return tuple(Child(number, _references(given, number)) for number, given in enumerate(value, 1))


def _references(value: object, number: int) -> tuple[ChildReference, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not 0 < len(value) <= MOST_REFERENCES:
        raise Refusal(f"child {number} must be a list of 1 to {MOST_REFERENCES} record numbers.")
    return tuple(_reference(given, number) for given in value)


def _reference(value: object, number: int) -> ChildReference:
    kind, _, rest = value.strip().partition(" ") if isinstance(value, str) else ("", "", "")
    if kind.lower() not in KINDS or not any(char.isdigit() for char in rest) or len(rest) > MOST_NUMBER:
        raise Refusal(
            f"child {number}: a record number is its kind and the number, such as “police 44-0001”, never a name."
        )
    return ChildReference(kind.lower(), rest.strip())


def _facts(value: object, known: set[str]) -> dict[str, Answer]:
    if not isinstance(value, Mapping):
        raise Refusal("facts must be an object of fact codes with yes, no or unknown.")
    found = {}
    for code, answer in value.items():
        if code not in known or answer not in {one.value for one in Answer}:
            raise Refusal(f"facts must be of: {', '.join(sorted(known))}; each yes, no or unknown.")
        found[str(code)] = Answer(answer)
    return found
