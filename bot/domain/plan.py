"""The action plan: recommendations with owner, time and evidence, and measures with the date each began; read row by row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from bot.domain.directory import Directory
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId, PersonId, Reference
from bot.domain.incidents import NotTaken
from bot.domain.matters import CHIEF_POST, Matter, Measure, post_of
from bot.domain.policy import Policy

MOST_CODE, MOST_WORDING, MOST_TITLE = 40, 2000, 200
KEYS = frozenset({"code", "wording", "owner", "due"})
MEASURE_KEYS = frozenset({"code", "title", "began_on"})


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation as a plan names it. `post` is empty when a person is named."""

    code: str
    wording: str = field(repr=False)
    post: str
    owner: PersonId
    term: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PlanTaken:
    """One recommendation that somebody owes now; `already` when an earlier plan had it, and then nothing of it changed."""

    row: int
    code: str
    reference: Reference
    owner: PersonId
    due_at: datetime
    already: bool


@dataclass(frozen=True, slots=True)
class PlanImport:
    """What became of a plan, row by row; `dry` when nothing was kept."""

    taken: tuple[PlanTaken, ...]
    returned: tuple[NotTaken, ...]
    measures: int
    dry: bool


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One recommendation as it stands: evidence counted, and whether a second person is asked to sign it off."""

    matter: Matter
    evidence: int
    last_at: datetime | None
    asked: bool


@dataclass(frozen=True, slots=True)
class EvidenceRead:
    """One piece of evidence, opened for a leader."""

    at: datetime
    by: str
    what: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MatterRead:
    """One matter opened for a leader: its words, and whether the reader is who owes it, or may give evidence for it."""

    id: CaseId
    version: int
    reference: Reference
    kind: str
    code: str
    owner: str
    words: str = field(repr=False)
    state: str
    due_at: datetime
    late: bool
    own: bool
    least: int
    reason: str = field(default="", repr=False)
    evidence: tuple[EvidenceRead, ...] = ()
    asked: bool = False
    may_report: bool = False


def read_recommendation(row: object, policy: Policy, directory: Directory, now: datetime) -> Recommendation:
    """A row as a recommendation; Refusal with the key and the mend when it is none."""
    if not isinstance(row, Mapping):
        raise Refusal("The row must be a table with code, wording, owner and due.")
    unknown = sorted(str(key) for key in row if key not in KEYS)
    if unknown:
        raise Refusal(f"There is no key {unknown[0]!r}; a recommendation has: {', '.join(sorted(KEYS))}.")
    post, owner = _owner(_text(row, "owner", MOST_CODE), directory)
    term, due_at = _due(row.get("due"), policy, now)
    return Recommendation(_text(row, "code", MOST_CODE), _text(row, "wording", MOST_WORDING), post, owner, term, due_at)


def read_measure(row: object) -> Measure:
    """A row as one of the force's own measures; Refusal when it is none."""
    if not isinstance(row, Mapping) or not set(row) <= MEASURE_KEYS:
        raise Refusal(f"A measure is a table of: {', '.join(sorted(MEASURE_KEYS))}.")
    began_on = _day(row.get("began_on"))
    if began_on is None:
        raise Refusal("began_on must be a date such as 2026-09-01.")
    return Measure(_text(row, "code", MOST_CODE), _text(row, "title", MOST_TITLE), began_on)


def _text(row: Mapping[object, object], key: str, most: int) -> str:
    value = row.get(key)
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text:
        raise Refusal(f"{key} is missing.")
    if len(text) > most:
        raise Refusal(f"{key} must be {most:,} characters or fewer.")
    return text


def _owner(code: str, directory: Directory) -> tuple[str, PersonId]:
    """The post and whoever holds it, or the person named."""
    post = post_of(code, directory)
    if post is not None:
        if not post.holders:
            raise Refusal(f"owner: nobody holds the post {code} in the directory.")
        return post.code, post.holders[0]
    known = directory.people.get(PersonId(code))
    if known is None or not known.active or known.agency != directory.police.id or known.governance:
        raise Refusal(
            f"owner must be {CHIEF_POST}, the id of a department of the force, or the id of one of its people at work."
        )
    return "", known.id


def _due(value: object, policy: Policy, now: datetime) -> tuple[str, datetime]:
    terms = policy.leadership.plan_due
    if isinstance(value, str) and value in terms:
        return value, policy.calendar.due_at(terms[value], now)
    day = _day(value)
    if day is None:
        raise Refusal(f"due must be one of {', '.join(terms)}, or a date such as 2027-03-31.")
    return "", policy.calendar.local(day, time(17))


def _day(value: object) -> date | None:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def plan_rows(
    recommendations: Iterable[Matter], evidence: Mapping[CaseId, Sequence[datetime]], asked: frozenset[CaseId]
) -> tuple[PlanRow, ...]:
    """The plan as it stands: what is late or due soonest first, then what is signed off."""
    ordered = sorted(recommendations, key=lambda matter: (not matter.is_open, matter.due_at, matter.code))
    return tuple(
        PlanRow(
            matter,
            len(evidence.get(matter.id, ())),
            max(evidence.get(matter.id, ()), default=None),
            asked=matter.id in asked,
        )
        for matter in ordered
    )
