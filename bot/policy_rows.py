"""Rows of the policy file -> domain values; each function reads one kind of row and notes what is wrong with it."""

from collections.abc import Mapping
from datetime import time, timedelta

from bot.domain.calendar import Clock, Span
from bot.domain.concerns import (
    Ask,
    Band,
    Basis,
    ConcernType,
    Count,
    Detail,
    FactQuestion,
    Flag,
    Floor,
    Grade,
    Phones,
    Phrase,
    Repeats,
    Role,
    Snooze,
)
from bot.domain.gates import Gate, Need, Transition
from bot.domain.policy import (
    URGENT,
    Jurisdiction,
    Ladder,
    Leadership,
    Milestone,
    Notices,
    Owed,
    Reasons,
    Repeat,
    Stage,
    Step,
)
from bot.policy_format import Table, length_of

HUB_MORNING = "hub_morning"
OFF = "off"
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_concern(
    code: str, row: Table, questions: Mapping[str, FactQuestion], details: Mapping[str, Detail]
) -> ConcernType:
    """A concern type with its grades, most urgent first, its questions, and what its form asks beside."""
    grades = [_grade(grade, table) for grade, table in row.rows("grades")]
    if not grades:
        row.problems.note(
            row.path("grades"),
            "a concern needs at least one grade.",
            'Add grades.high = { label = "High", band = "P2" }.',
        )
    facts, asked = row.codes("facts"), row.codes("details")
    for name, codes, known in (("fact", facts, questions), ("detail", asked, details)):
        for missing in (code for code in codes if code not in known):
            sentence = f"there is no {name} {missing!r}."
            row.problems.note(row.path(f"{name}s"), sentence, f"Add it under [{name}s], or leave it out.")
    found = ConcernType(
        code=code,
        label=row.text("label"),
        grades=tuple(sorted(grades, key=lambda grade: grade.band.rank)),
        facts=tuple(questions[fact] for fact in facts if fact in questions),
        specialist=row.text("specialist", ""),
        details=tuple(details[each] for each in asked if each in details),
        opens_with=row.text("opens_with", ""),
    )
    row.done()
    return found


def _grade(code: str, row: Table) -> Grade:
    grade = Grade(code, row.text("label"), row.choice("band", Band), row.flag("offered", default=True))
    row.done()
    return grade


def read_fact(code: str, row: Table) -> FactQuestion:
    """A question that is answered yes, no or don't know."""
    fact = FactQuestion(code, row.text("question"))
    row.done()
    return fact


def read_flag(code: str, row: Table) -> Flag:
    """Something in force on a case beside its concern."""
    flag = Flag(code, row.text("label"))
    row.done()
    return flag


def read_ladder(row: Table) -> Ladder:
    """The steps for one band and how the last of them repeats."""
    repeat_hub = row.raw.get("repeat") == HUB_MORNING
    repeat = Repeat(None, each_hub_morning=True) if repeat_hub else Repeat(row.length("repeat"))
    if repeat_hub:
        row.text("repeat")
    steps = tuple(_step(step) for step in row.list("steps"))
    row.done()
    return Ladder(steps, repeat)


def _step(row: Table) -> Step:
    step = Step(
        number=row.whole("number", most=20),
        name=row.text("name"),
        to=row.choices("to", Role),
        after=(row.span("after"),) if row.has("after") else (),
        share=row.share("at_share") if row.has("at_share") else None,
    )
    if row.has("after") and row.has("at_share"):
        row.problems.note(row.key, "a step has at_share or after, not both.", "Keep at_share for the pre-warning only.")
    row.done()
    return step


def read_milestone(code: str, row: Table, stages: Mapping[str, tuple[Stage, ...]]) -> Milestone:
    """One thing that is owed; its limit is that of the first of its stages where it names some."""
    named = row.text("stages", "")
    milestone = Milestone(
        code=code,
        title=row.text("title"),
        trigger=row.text("trigger"),
        met_by=frozenset(row.codes("met_by")),
        owed_by=row.choice("owed_by", Owed),
        owner_role=row.text("owner", "owner"),
        basis=row.choice("basis", Basis),
        source=row.text("source"),
        clocks=_first_of(stages.get(named, ())) if named else _clocks(row),
        ceiling=row.span("ceiling") if row.has("ceiling") else None,
        ceiling_for=row.choice("ceiling_for", Owed) if row.has("ceiling_for") else None,
        ceiling_basis=row.choice("ceiling_basis", Basis) if row.has("ceiling") else None,
        ceiling_source=row.text("ceiling_source") if row.has("ceiling") else "",
        climbs_to=row.whole("climbs_to", 2, least=1, most=20),
        adopted=row.flag("adopted", default=True),
        once=row.flag("once", default=False),
        each=row.flag("each", default=False),
        concerns=row.some_codes("concerns"),
        flags=frozenset(row.codes("flags")),
        facts=frozenset(row.codes("facts")),
        jurisdictions=frozenset(row.choices("jurisdictions", Jurisdiction, tuple(Jurisdiction))),
        reminders=_reminders(row),
        weekend_warning=row.flag("weekend_warning", default=False),
        also_told=row.choices("also_told", Role),
        moot_by=frozenset(row.codes("moot_by")),
        stages=named,
    )
    row.done()
    return milestone


def _first_of(stages: tuple[Stage, ...]) -> Mapping[Band, Span]:
    """How long the first stage lasts in each band."""
    return {band: stages[0].lasts(urgent=band in URGENT) for band in Band} if stages else {}


def _clocks(row: Table) -> Mapping[Band, Span]:
    """The limit in each band; one that is the same in all of them is read once, so that a fault in it is told once."""
    due = row.table("due")
    given = list(due.raw.values())
    if len(given) == len(Band) and all(limit == given[0] for limit in given):
        span = Table({"due": given[0]}, row.key, row.problems).span("due")
        return dict.fromkeys(Band, span)
    bands = {band: due.span(band.label) for band in Band if due.has(band.label)}
    if not bands:
        due.problems.note(
            due.key, "a milestone needs a limit.", 'Add due = "4h" or due.P1 = "4h" for the bands that owe it.'
        )
    due.done()
    return bands


def _reminders(row: Table) -> tuple[timedelta, ...]:
    lengths = [(text, length_of(text)) for text in row.codes("reminders")]
    for text, length in lengths:
        if length is None:
            row.problems.note(
                row.path("reminders"), f"{text!r} is not a length of time.", 'Write a list such as ["24h", "48h"].'
            )
    return tuple(length for _, length in lengths if length is not None)


def read_floor(code: str, row: Table) -> Floor:
    """A rule that raises risk."""
    floor = Floor(
        code=code,
        sentence=row.text("sentence"),
        basis=row.choice("basis", Basis),
        source=row.text("source"),
        concerns=row.some_codes("concerns"),
        all_of=frozenset(row.codes("all_of")),
        any_of=frozenset(row.codes("any_of")),
        flags=frozenset(row.codes("flags")),
        history=_history(row.table("history")) if row.has("history") else None,
        at_grade=row.text("at_grade") if row.has("at_grade") else None,
        grade=row.text("grade") if row.has("grade") else None,
        band=row.choice("band", Band) if row.has("band") else None,
        raise_by=row.whole("raise_by", 0, most=3),
        opens=row.codes("opens"),
        tells=row.choices("tells", Role),
        restricts=row.flag("restricts", default=False),
    )
    row.done()
    return floor


def _history(row: Table) -> Repeats:
    repeats = Repeats(row.choice("what", Count), row.whole("at_least", least=1, most=100), row.span("within"))
    if repeats.within.clock not in (Clock.ELAPSED, Clock.MONTHS):
        row.problems.note(
            row.path("within"),
            "a window of history is elapsed time or months.",
            'Write "30d" or { clock = "months", amount = 12 }.',
        )
    row.done()
    return repeats


def read_gate(code: str, row: Table) -> Gate:
    """What stands before some steps of some cases."""
    gate = Gate(
        code=code,
        title=row.text("title"),
        source=row.text("source"),
        refuses=frozenset(row.choices("refuses", Transition)),
        flagged=frozenset(row.choices("flags_only", Transition)),
        needs=tuple(_need(need, table) for need, table in row.rows("needs")),
        concerns=row.some_codes("concerns"),
        flags=frozenset(row.codes("flags")),
        facts=frozenset(row.codes("facts")),
        below=row.text("below") if row.has("below") else None,
        only_grade=row.text("only_grade") if row.has("only_grade") else None,
        never_with=frozenset(row.codes("never_with")),
    )
    row.done()
    return gate


def _need(code: str, row: Table) -> Need:
    alternatives = row.codes("any_of")
    need = Need(
        code, row.text("sentence"), tuple(frozenset(part.strip() for part in one.split("+")) for one in alternatives)
    )
    if not alternatives:
        row.problems.note(
            row.path("any_of"), "a need says what meets it.", 'Write any_of = ["one_record", "another + with_this"].'
        )
    row.done()
    return need


def read_asks(words: Mapping[str, str]) -> Mapping[str, Ask]:
    """What a referrer can ask for."""
    return {code: Ask(code, label) for code, label in words.items()}


def read_snooze(code: str, row: Table) -> Snooze:
    """A reason to put one's own reminders off, and for how long."""
    snooze = Snooze(code, row.text("label"), row.length("within"))
    row.done()
    return snooze


def read_phrases(rows: tuple[Table, ...]) -> tuple[Phrase, ...]:
    """Words that blame a child, with neutral words instead."""
    phrases = tuple(Phrase(row.text("words"), row.text("instead")) for row in rows)
    for row in rows:
        row.done()
    return phrases


def read_phones(row: Table) -> Phones:
    """Whom to ring when it cannot wait."""
    phones = Phones(row.text("emergency"), row.text("police"), row.text("out_of_hours"), row.words("others"))
    row.done()
    return phones


def read_notices(row: Table) -> Notices:
    """How people are told."""
    road = row.table("second_road")
    notices = Notices(
        same_person_within=row.length("same_person_within"),
        quiet_from=row.moment("quiet_from"),
        quiet_until=row.moment("quiet_until"),
        group_over=row.whole("group_over", least=1),
        phone_hold=row.length("phone_hold"),
        chase_hold=row.length("chase_hold"),
        second_road={band: road.length(band.label) for band in Band},
        digest_weekday=_weekday(row, "digest_day"),
        digest_at=row.moment("digest_at"),
        storm_over=row.whole("storm_over", least=1),
        storm_within=row.length("storm_within"),
        synthetic_every=_every(row, "synthetic_every"),
        synthetic_within=row.length("synthetic_within"),
        probe_at=_of_every_night(row, "probe_at"),
    )
    road.done()
    row.done()
    return notices


def _every(row: Table, name: str) -> timedelta | None:
    """How often something is done; None for "off"."""
    return None if row.has(name) and row.raw[name] == OFF else row.length(name)


def _of_every_night(row: Table, name: str) -> time:
    """A time of day that is there once each night: between one and two the clocks change."""
    at = row.moment(name)
    if at.hour == 1:
        wrong = f"{at:%H:%M} comes twice in one night of the year and not at all in another."
        row.problems.note(row.path(name), wrong, 'Write a time before 01:00 or from 02:00 on, such as "04:00".')
    return at


def _weekday(row: Table, name: str) -> int:
    day = row.text(name)
    if day in WEEK:
        return WEEK.index(day)
    row.problems.note(row.path(name), f"{day!r} is not a day of the week.", f"Write one of {', '.join(WEEK)}.")
    return 0


def read_stages(rows: tuple[Table, ...]) -> tuple[Stage, ...]:
    """Stages in order: who settles it, and for how long, before the next are told."""
    stages = tuple(
        Stage(place, row.text("who"), row.choices("to", Role), row.span("within"), row.span("urgent"))
        for place, row in enumerate(rows, start=1)
    )
    for row in rows:
        row.done()
    return stages


def read_leadership(row: Table) -> Leadership:
    """What leaders owe in person."""
    terms = row.table("plan_due")
    leadership = Leadership(
        statement=row.text("statement"),
        statement_version=row.text("statement_version"),
        renewed_after=row.span("renewed_after"),
        plan_due={code: terms.span(code) for code in terms.raw},
        counts_at=row.moment("counts_at"),
        sample_per_area=row.whole("sample_per_area", most=100),
    )
    row.done()
    return leadership


def read_reasons(row: Table) -> Reasons:
    """What grave acts ask of a person."""
    reasons = Reasons(
        least_characters=row.whole("least_characters", least=1),
        floor_holds=row.length("floor_holds"),
    )
    row.done()
    return reasons
