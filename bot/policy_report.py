"""What the policy says, as plain values for a table or JSON: its rows, a case tried on it, and limits counted out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.domain.calendar import Calendar, Clock, Span
from bot.domain.concerns import Band, Floor
from bot.domain.deadlines import due_instant, plan_for
from bot.domain.gates import Gate
from bot.domain.policy import Milestone, Policy
from bot.domain.risk import Answer, assess, counting
from bot.policy_format import TIME, length_of

MOST_DAYS = 10_000
CENTURY = range(2000, 2100)


class Unanswerable(Exception):
    """A question about the policy that cannot be answered as it stands; the sentence says what to write instead."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the policy: `limits` per band in words; `note` says how far it climbs, what it asks or what it needs."""

    kind: str
    code: str
    words: str
    concerns: tuple[str, ...]
    limits: Mapping[str, str]
    owed_by: str
    note: str
    basis: str
    source: str


def rows(policy: Policy, concern: str | None = None) -> tuple[Row, ...]:
    """The milestones, floors and gates of the policy (of one concern, when named) with basis and source."""
    if concern is not None:
        _known("concern", concern, policy.concerns)
    milestones = (row for row in policy.milestones.values() if policy.jurisdiction in row.jurisdictions)
    return (
        *(_milestone_row(row) for row in milestones if _about(row.concerns, concern)),
        *(_floor_row(row, policy) for row in policy.floors.values() if _about(row.concerns, concern)),
        *(_gate_row(row) for row in policy.gates.values() if _about(row.concerns, concern)),
    )


def _about(concerns: frozenset[str] | None, concern: str | None) -> bool:
    return concern is None or concerns is None or concern in concerns


def _listed(concerns: frozenset[str] | None) -> tuple[str, ...]:
    return tuple(sorted(concerns or ()))


def _milestone_row(row: Milestone) -> Row:
    limits = {band.label: span.words for band, span in row.clocks.items()}
    source = f"{row.source}. At most {row.ceiling.words}: {row.ceiling_source}" if row.ceiling else row.source
    pinged = f"climbs to step {row.climbs_to}" if row.adopted else "shown, not pinged"
    return Row(
        "milestone", row.code, row.title, _listed(row.concerns), limits, row.owed_by, pinged, row.basis.words, source
    )


def _floor_row(row: Floor, policy: Policy) -> Row:
    questions = [policy.facts[code].question for code in (*sorted(row.all_of), *sorted(row.any_of))]
    raised = {"at least": _level(row)} if _level(row) else {}
    words = row.words
    return Row(
        "floor", row.code, words, _listed(row.concerns), raised, "", " ".join(questions), row.basis.words, row.source
    )


def _level(row: Floor) -> str:
    if row.raise_by:
        return f"+{row.raise_by} level" if row.raise_by == 1 else f"+{row.raise_by} levels"
    return row.band.label if row.band else row.grade or ""


def _gate_row(row: Gate) -> Row:
    steps = {
        "refuses": ", ".join(step.value for step in sorted(row.refuses)),
        "flags only": ", ".join(step.value for step in sorted(row.flagged)),
    }
    needs = "; ".join(need.sentence for need in row.needs)
    limits = {name: listed for name, listed in steps.items() if listed}
    return Row("gate", row.code, row.title, _listed(row.concerns), limits, "", needs, "force default", row.source)


# --- a case tried on the policy


@dataclass(frozen=True, slots=True)
class TriedStep:
    """One step of a ladder: when it would be taken and whom it would tell."""

    number: int
    name: str
    at: datetime
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriedDeadline:
    """One thing that the case would owe; without steps it is shown and pings nobody."""

    code: str
    title: str
    owed_by: str
    limit: str
    due_at: datetime
    basis: str
    source: str
    steps: tuple[TriedStep, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What the policy makes of a case: its grade, its band, the floors that hold, and what it owes, soonest first."""

    concern: str
    grade: str | None
    least_grade: str
    band: str
    restricted: bool
    floors: tuple[str, ...]
    deadlines: tuple[TriedDeadline, ...]


def tried(
    policy: Policy, concern: str, grade: str | None, facts: Mapping[str, Answer], flags: frozenset[str], at: datetime
) -> Tried:
    """The case as it would stand when it is referred at that instant; Unanswerable for a code that the policy has not."""
    if at.tzinfo is None:
        raise Unanswerable(
            f"{at.isoformat()} is not an instant. Write one with its offset, such as 2027-12-20T20:35:00+00:00."
        )
    _known("concern", concern, policy.concerns)
    if grade is not None:
        _known("grade", grade, [found.code for found in policy.concern(concern).grades])
    for code in sorted(flags):
        _known("flag", code, policy.flags)
    asked = [fact.code for fact in policy.concern(concern).facts]
    for code in facts:
        _known("question of this concern", code, asked)
    found = assess(policy, concern, grade, facts, flags)
    started = ("referral", "human_act", *sorted(flags))
    owed = policy.milestones_for(concern, flags, counting(facts), started)
    every = (*owed, *policy.opened_by_floors(found.opens, concern))
    deadlines = (_tried(policy, row, found.band, at) for row in dict.fromkeys(row.code for row in every))
    return Tried(
        concern=concern,
        grade=found.grade,
        least_grade=found.least_grade,
        band=found.band.label,
        restricted=found.restricted,
        floors=tuple(floor.sentence for floor in found.floors),
        deadlines=tuple(sorted((one for one in deadlines if one is not None), key=lambda one: one.due_at)),
    )


def _tried(policy: Policy, code: str, band: Band, at: datetime) -> TriedDeadline | None:
    row = policy.milestones[code]
    timed = due_instant(row, band, policy.calendar, at)
    if timed is None:
        return None
    span, due_at = timed
    plan = plan_for(row, policy.ladder_for(row, band), policy.calendar, span=span, trigger_at=at, due_at=due_at)
    steps = tuple(
        TriedStep(step.number, step.name, step.at, tuple(role.value for role in step.to)) for step in plan.steps
    )
    basis, source = row.rests_on(span)
    return TriedDeadline(row.code, row.title, row.owed_by.value, span.words, due_at, basis.words, source, steps)


def facts_of(text: str) -> Mapping[str, Answer]:
    """The answers in a text such as "under_13=yes,looked_after=unknown"."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return {name.strip(): _answer(name.strip(), value.strip()) for name, _, value in pairs}


def _answer(name: str, value: str) -> Answer:
    if value not in set(Answer):
        raise Unanswerable(f"{name} is answered {value!r}. Write {name}=yes, {name}=no or {name}=unknown.")
    return Answer(value)


def _known(kind: str, code: str, codes: Iterable[str]) -> None:
    listed = list(codes)
    if code not in listed:
        raise Unanswerable(f"There is no {kind} {code!r}. Write one of {', '.join(listed)}.")


# --- limits counted out


def due(calendar: Calendar, question: Mapping[str, object]) -> Mapping[str, object]:
    """`due_at` (UTC, ISO 8601) and `counted` (how, line by line) for a clock, an amount and an instant.

    Keys: clock, amount (3 or "4h"), from (ISO 8601 with its offset), and where wanted latest ("12:00") and council.
    """
    unknown = sorted(question.keys() - {"clock", "amount", "from", "latest", "council"})
    if unknown:
        raise Unanswerable(f"There is no key {unknown[0]!r}. Keep to clock, amount, from, latest and council.")
    span, from_at, council = _span(question), _instant(question.get("from")), str(question.get("council", ""))
    return {
        "due_at": calendar.due_at(span, from_at, council).isoformat(),
        "counted": list(calendar.counted(span, from_at, council)),
    }


def due_lines(calendar: Calendar, lines: Iterable[str]) -> Iterator[Mapping[str, object]]:
    """An answer for each line that holds a question as JSON, in order; what cannot be answered says why under `error`."""
    for line in lines:
        if line.strip():
            yield _due_line(calendar, line)


def _due_line(calendar: Calendar, line: str) -> Mapping[str, object]:
    try:
        question = json.loads(line)
    except json.JSONDecodeError as error:
        return {"error": f"This line is not JSON ({error.msg}). Write one object on it."}
    if not isinstance(question, dict):
        return {"error": 'This line is not an object. Write {"clock": "working_day", "amount": 3, "from": "…"}.'}
    try:
        return due(calendar, question)
    except Unanswerable as error:
        return {"error": str(error)}


def _span(question: Mapping[str, object]) -> Span:
    given = question.get("clock")
    if given not in set(Clock):
        raise Unanswerable(f"There is no clock {given!r}. Write one of {', '.join(Clock)}.")
    clock = Clock(str(given))
    amount = _length(question.get("amount")) if clock.counts_time else _number(question.get("amount"))
    try:
        return Span(clock, amount, _latest(question.get("latest")))
    except ValueError as error:
        raise Unanswerable(f"{error} Leave it out.") from error


def _length(amount: object) -> timedelta:
    length = length_of(amount)
    if length is None:
        raise Unanswerable(
            f'The amount {amount!r} is not a length of time. Write one such as "20s", "15m", "4h" or "3d".'
        )
    return length


def _number(amount: object) -> int:
    text = str(amount) if isinstance(amount, (int, str)) and not isinstance(amount, bool) else ""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= MOST_DAYS:
        raise Unanswerable(
            f"The amount {amount!r} is not a number of days or months. Write a whole number from 1, such as 3."
        )
    return number


def _latest(value: object) -> time | None:
    if value is None:
        return None
    match = TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Unanswerable(f'The latest time {value!r} is not a time of day. Write one such as "12:00".')
    return time(int(match[1]), int(match[2]))


def _instant(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.year not in CENTURY:
        raise Unanswerable(
            f"{value!r} is not an instant. Write one with its offset, such as 2027-12-20T20:35:00+00:00."
        )
    return at.astimezone(UTC)
