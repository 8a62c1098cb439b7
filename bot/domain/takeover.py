"""Investigations that were open before this program was: read from a force's own export, column by column; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.calendar import Calendar
from bot.domain.concerns import ConcernType
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId, Reference
from bot.domain.incidents import Incident, NotTaken, read_incident
from bot.domain.policy import Policy

FIELDS = (
    "number", "concern", "grade", "opened_on", "children", "facts", "address", "narrative", "team",
)  # fmt: skip
"""What a row can say; only the first four are needed."""
NEEDED = FIELDS[:4]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the export holds what, and what the export's own words mean: field -> word -> code."""

    names: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class TakenOver:
    """One investigation that is a case now, or would be. `below`: its grade is lower than the floors allow."""

    row: int
    number: str
    reference: Reference | None
    known_since: datetime
    grade: str
    least: str
    below: bool
    floors: tuple[str, ...]
    already: bool


@dataclass(frozen=True, slots=True)
class TakeOver:
    """What became of an export, row by row; those graded below the floors come first, the oldest first."""

    taken: tuple[TakenOver, ...]
    returned: tuple[NotTaken, ...]
    dry: bool

    @property
    def below(self) -> tuple[TakenOver, ...]:
        """Those graded lower than the floors allow, the oldest first."""
        return tuple(one for one in self.taken if one.below)


@dataclass(frozen=True, slots=True)
class Below:
    """One open case whose floors hold it above the grade that somebody gave it."""

    case_id: CaseId
    reference: Reference
    concern: str
    given: str
    held: str
    floors: tuple[str, ...]
    known_since: datetime
    next_due_at: datetime | None


def in_order(taken: Sequence[TakenOver]) -> tuple[TakenOver, ...]:
    """Those below the floors first, the oldest first in both halves."""
    return tuple(sorted(taken, key=lambda one: (not one.below, one.known_since, one.row)))


def read_investigation(row: object, columns: Columns, policy: Policy, now: datetime) -> Incident:
    """A row of the export; Refusal with the field and the mend when it is none, never with what the row said."""
    if not isinstance(row, Mapping):
        raise Refusal("The row must have a value for each column.")
    found = {field: _value(row, field, columns) for field in FIELDS}
    for field in NEEDED:
        if found[field] in {None, ""}:
            raise Refusal(f"{field} is missing (column {columns.names.get(field, field)!r}).")
    concern = _concern(found["concern"], policy)
    return read_incident(
        {
            "incident": str(found["number"]),
            "concern": concern.code,
            "grade": _grade(found["grade"], concern),
            "at": _opened_at(found["opened_on"], policy.calendar, now).isoformat(),
            "children": _children(found["children"]),
            "facts": _facts(found["facts"]),
            **{field: str(found[field]) for field in ("address", "narrative", "team") if found[field]},
        },
        policy,
        now,
    )


def _value(row: Mapping[object, object], field: str, columns: Columns) -> object:
    value = row.get(columns.names.get(field, field))
    value = value.strip() if isinstance(value, str) else value
    meant = columns.values.get(field, {})
    return meant.get(str(value), value) if value is not None else None


def _concern(value: object, policy: Policy) -> ConcernType:
    wanted = str(value).casefold()
    for concern in policy.concerns.values():
        if wanted in {concern.code, concern.label.casefold()}:
            return concern
    raise Refusal(f"concern must be one of: {', '.join(sorted(policy.concerns))}.")


def _grade(value: object, concern: ConcernType) -> str:
    wanted = str(value).casefold()
    for grade in concern.offered:
        if wanted in {grade.code, grade.label.casefold()}:
            return grade.code
    raise Refusal(f"grade must be one of: {', '.join(grade.code for grade in concern.offered)}.")


def _opened_at(value: object, calendar: Calendar, now: datetime) -> datetime:
    text = str(value)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("opened_on must be a date such as 2026-08-17, or a date and time.") from None
    day_alone = len(text) <= len("2026-08-17")
    at = calendar.local(date.fromisoformat(text), time(0)) if day_alone else found
    if at.tzinfo is None:
        at = calendar.local(at.date(), at.time())
    if at > now:
        raise Refusal("opened_on must be in the past.")
    return at


def _children(value: object) -> object:
    """A list as it is; text with a child between semicolons and a child's references between plus signs."""
    if not isinstance(value, str):
        return value if value is not None else []
    children = [child.strip() for child in value.split(";") if child.strip()]
    return [[each.strip() for each in child.split("+") if each.strip()] for child in children]


def _facts(value: object) -> object:
    if not isinstance(value, str):
        return value if value is not None else {}
    pairs = [part.partition("=") for part in value.replace(",", ";").split(";") if part.strip()]
    return {name.strip(): answer.strip().lower() for name, _, answer in pairs}
