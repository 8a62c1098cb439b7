"""The policy file: TOML -> Policy. A force's file states only what it changes; every fault is told at once with its mend."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from bot.domain.calendar import Calendar
from bot.domain.concerns import Band
from bot.domain.policy import Jurisdiction, Policy
from bot.policy_acts import read_act, read_detail, read_listed
from bot.policy_checks import faults, idle_questions
from bot.policy_faults import Fault
from bot.policy_format import Problem, Problems, Raw, Table
from bot.policy_law import loosened
from bot.policy_rows import (
    read_asks,
    read_concern,
    read_fact,
    read_flag,
    read_floor,
    read_gate,
    read_ladder,
    read_leadership,
    read_milestone,
    read_notices,
    read_phones,
    read_phrases,
    read_reasons,
    read_snooze,
    read_stages,
)

DEFAULT_POLICY = Path(__file__).with_name("policy.toml")
FIRST_YEAR = 2015
VERSION_LENGTH = 12
LONGEST_CLOSURE = timedelta(days=120)
SPAN_KEYS = frozenset({"clock", "amount", "latest"})


class PolicyProblems(Exception):
    """Every fault of a policy file; `str()` gives one line for each."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def load_policy(path: Path | None = None) -> Policy:
    """The policy of a force's file laid over the default, or the default alone; PolicyProblems names everything that is wrong."""
    default = _default()
    own: Raw = {} if path is None else _spread(_read(path))
    problems = Problems(DEFAULT_POLICY.name, None if path is None else str(path), own)
    policy = _policy(_merged(default, own), problems)
    for fault in _misfits(policy, problems, against_default=path is not None):
        problems.note(*fault)
    if problems.found:
        raise PolicyProblems(tuple(problems.found))
    return policy


@cache
def _default() -> Raw:
    """The default as read; it is part of the program and does not change while it runs."""
    return _spread(_read(DEFAULT_POLICY))


@cache
def _default_policy() -> Policy:
    return _policy(_default(), Problems(DEFAULT_POLICY.name))


def _misfits(policy: Policy, problems: Problems, *, against_default: bool) -> tuple[Fault, ...]:
    """What does not fit between the rows that could be read; against the default, also what a force's file loosens."""
    found = list(faults(policy))
    keys = [*(fault.key for fault in found), *(problem.key for problem in problems.found)]
    if not any(key.startswith(("floors", "milestones", "gates")) for key in keys):
        found += idle_questions(policy)
    if against_default:
        found += loosened(_default_policy(), policy)
    misread = {_row_of(problem.key) for problem in problems.found}
    return tuple(fault for fault in found if _row_of(fault.key) not in misread)


def _row_of(key: str) -> tuple[str, ...]:
    """The row that a key stands in: a row that could not be read is not judged on top."""
    return tuple(key.split(".")[:2])


def _read(path: Path) -> Raw:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        wrong, mend = "there is no such file.", "Set VIGIL_POLICY to a policy file, or leave it empty for the default."
    except OSError as error:
        wrong, mend = f"the file cannot be read ({error.strerror}).", "Allow the account that runs the bot to read it."
    except UnicodeDecodeError:
        wrong, mend = "the file is not text in UTF-8.", "Save it again as UTF-8."
    except tomllib.TOMLDecodeError as error:
        wrong, mend = f"this is not TOML: {error}.", "Mend that line; nothing after it was read."
    raise PolicyProblems((Problem(str(path), "file", wrong, mend),))


def _spread(document: Raw) -> Raw:
    """The document with each limit given once for all bands written out band by band, so that files merge key by key."""
    milestones = document.get("milestones")
    if not isinstance(milestones, dict):
        return document
    return {**document, "milestones": {code: _spread_row(row) for code, row in milestones.items()}}


def _spread_row(row: object) -> object:
    if not isinstance(row, dict) or "due" not in row:
        return row
    due = row["due"]
    if isinstance(due, dict) and not SPAN_KEYS & due.keys():
        return row
    return {**row, "due": {band.label: due for band in Band}}


def _merged(default: Raw, own: Raw) -> Raw:
    """Two tables as one, key by key; a limit (clock and amount) and a list are replaced whole."""
    both: dict[str, object] = dict(default)
    for key, value in own.items():
        before = both.get(key)
        if isinstance(before, dict) and isinstance(value, dict) and not SPAN_KEYS & (before.keys() | value.keys()):
            both[key] = _merged(before, value)
        else:
            both[key] = value
    return both


def _version(document: Raw) -> str:
    """A digest of the content, so that the same rules have the same version whatever file they stand in."""
    text = json.dumps(document, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:VERSION_LENGTH]


def policy_of_text(text: str) -> Policy:
    """The policy that a text of `Policy.text` holds; PolicyProblems when this program cannot read that version any more."""
    file = "a policy kept in the record"
    problems = Problems(file)
    try:
        document = json.loads(text, object_hook=_as_it_was)
    except ValueError as error:
        raise PolicyProblems((Problem(file, "text", f"it is not JSON: {error}.", "Restore a backup."),)) from None
    policy = _policy(document, problems)
    if problems.found:
        raise PolicyProblems(tuple(problems.found))
    return policy


def _text(document: Raw) -> str:
    """The document as JSON, days and times as objects of one key, so that it is read back as it was."""
    return json.dumps(document, default=_as_object, ensure_ascii=False)


def _as_object(value: object) -> Mapping[str, str]:
    if isinstance(value, (date, time)):
        return {f"${type(value).__name__}": value.isoformat()}
    raise TypeError(f"a policy holds no {type(value).__name__}")


def _as_it_was(found: dict[str, object]) -> object:
    for kind in (date, time):
        words = found.get(f"${kind.__name__}")
        if isinstance(words, str):
            return kind.fromisoformat(words)
    return found


def _policy(document: Raw, problems: Problems) -> Policy:
    top = Table(document, "", problems)
    facts = {code: read_fact(code, row) for code, row in top.rows("facts")}
    details = {code: read_detail(code, row) for code, row in top.rows("details")}
    ladders, staged = top.table("ladders"), top.table("stages")
    stages = {name: read_stages(staged.list(name)) for name in staged.raw}
    policy = Policy(
        version=_version(document),
        name=top.text("name"),
        jurisdiction=top.choice("jurisdiction", Jurisdiction),
        reference_prefix=top.text("reference_prefix"),
        calendar=_calendar(top.table("calendar")),
        concerns={code: read_concern(code, row, facts, details) for code, row in top.rows("concerns")},
        facts=facts,
        flags={code: read_flag(code, row) for code, row in top.rows("flags")},
        ladders={band: read_ladder(ladders.table(band.label)) for band in Band},
        leaders_ladder=read_ladder(ladders.table("leaders")),
        leadership=read_leadership(top.table("leadership")),
        milestones={code: read_milestone(code, row, stages) for code, row in top.rows("milestones")},
        floors={code: read_floor(code, row) for code, row in top.rows("floors")},
        gates={code: read_gate(code, row) for code, row in top.rows("gates")},
        acts={code: read_act(code, row) for code, row in top.rows("acts")},
        asks=read_asks(top.words("asks")),
        phrases=read_phrases(top.list("phrases")),
        phones=read_phones(top.table("phones")),
        notices=read_notices(top.table("notices")),
        reasons=read_reasons(top.table("reasons")),
        stages=stages,
        cannot_help=top.words("cannot_help"),
        listed=read_listed(top.table("listed")),
        snoozes={code: read_snooze(code, row) for code, row in top.rows("snoozes")},
        text=_text(document),
    )
    ladders.done()
    top.done()
    return policy


def _calendar(row: Table) -> Calendar:
    known_until, extra, removed = (
        row.day("known_until"),
        row.named_days("bank_holidays_extra"),
        row.days("bank_holidays_removed"),
    )
    days = _bank_holidays(known_until)
    for day in (*extra, *removed):
        if day > known_until:
            row.problems.note(
                row.path("known_until"), f"it ends before {day}, a day that this file names.", f"Write {day} or later."
            )
    for day in set(removed) - days.keys():
        row.problems.note(row.path("bank_holidays_removed"), f"{day} is not a bank holiday.", "Leave it out.")
    calendar = Calendar(
        timezone=_zone(row),
        opens=row.moment("hub_opens"),
        closes=row.moment("hub_closes"),
        day_ends=row.moment("working_day_ends"),
        school_starts=row.moment("school_starts"),
        bank_holidays={**{day: name for day, name in days.items() if day not in removed}, **extra},
        known_until=known_until,
        school_closures={code: _closed(council) for code, council in row.rows("school_closures")},
    )
    row.done()
    if calendar.opens >= calendar.closes:
        mend = 'Write a time after hub_opens, such as "17:00".'
        row.problems.note(row.path("hub_closes"), "the hub closes before it opens.", mend)
        return replace(calendar, opens=time.min, closes=time.max)
    return calendar


def _bank_holidays(known_until: date) -> Mapping[date, str]:
    """Bank holidays of England and Wales as far as the policy vouches for them."""
    found = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR, known_until.year + 1))
    return dict(sorted(found.items()))


def _zone(row: Table) -> ZoneInfo:
    name = row.text("timezone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        row.problems.note(row.path("timezone"), f"there is no time zone {name!r}.", "Write Europe/London.")
        return ZoneInfo("UTC")


def _closed(row: Table) -> frozenset[date]:
    """The days on which a council's schools are closed, from its list of first and last days."""
    days: set[date] = set()
    for period in row.list("periods"):
        first, last = period.day("from"), period.day("to")
        period.done()
        if not timedelta(0) <= last - first <= LONGEST_CLOSURE:
            period.problems.note(
                period.key, f"schools are closed from {first} to {last}.", "Write the first day, then the last."
            )
            continue
        days |= {first + timedelta(days=ahead) for ahead in range((last - first).days + 1)}
    row.done()
    return frozenset(days)
