"""What leaders see of their own: the statement to endorse, a recommendation with its evidence, and lists of both."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bot.domain.counts import UnitDay
from bot.domain.directory import Directory
from bot.domain.ids import DepartmentId, PersonId
from bot.domain.matters import EndorsementRow, MatterKind, Stand
from bot.domain.offers import Choice
from bot.domain.plan import MatterRead, PlanRow
from handlers.views import limits
from handlers.views.blocks import (
    Drawn,
    Json,
    actions,
    asked,
    button,
    confirm,
    context,
    day_input,
    header,
    modal,
    section,
    text_input,
    typed,
)
from handlers.views.case_forms import SEALED
from handlers.views.controls import verb_button
from handlers.views.forms import REASON, FormView, chosen_from
from handlers.views.text import bold, escape, full_moment, lateness, moment

ANSWER, WHAT, NEXT = "answer", "what", "next"
COUNT = "unit_count"
UNIT, DAY, NUMBER = "unit", "day", "number"
AGREES, DECLINES = "agrees", "declines"
ANSWERS = (Choice(AGREES, "I endorse it"), Choice(DECLINES, "I do not, for the reason below"))
EVIDENCE, SIGN_OFF = "evidence", "sign_off"
NEXTS = (
    Choice(EVIDENCE, "Record the evidence"),
    Choice(SIGN_OFF, "Record it, and ask a second person to sign it off"),
)
NOT_BEGUN = "Leaders have not been asked to endorse yet. A lead or a chief officer of the force begins it."
NO_PLAN = "There is no action plan yet. A lead of the force takes one in at the console, with vigil plan import."
BEGIN = "leaders_begin"
ASK_ONCE = confirm(
    "Ask leaders to endorse?",
    "The chief officer is asked now, the department leads after them, and everybody again each year.",
    "Ask them",
)
MORE = "… and {n} more."
MOST_ROWS = 20


def endorse(read: MatterRead) -> FormView:
    """The statement, and the answer of whoever was asked; to anybody else only how it stands."""
    blocks = [
        section(f"{escape(read.reference)}: the statement, version {escape(read.code)}. {_due(read)}"),
        *typed(read.words),
    ]
    if not read.own or read.state != "open":
        return FormView("Endorsement", (*blocks, section(_state(read))), None, read.reference)
    hint = f"Needed when you do not endorse it, {read.least} characters or more. {SEALED}"
    return FormView(
        "Endorse the statement",
        (
            *blocks,
            chosen_from("Your answer", ANSWER, ANSWERS),
            asked("Reason", text_input(REASON, multiline=True), block_id=REASON, hint=hint, optional=True),
        ),
        "Put it on record",
        read.reference,
    )


def progress(read: MatterRead) -> FormView:
    """A recommendation: its words, what was done so far, and room for what was done now."""
    blocks = [
        section(f"{bold(read.code)}, owned by {escape(read.owner)}. {_due(read)}"),
        *typed(read.words),
        section(f"*Evidence so far*{'' if read.evidence else ': none'}"),
    ]
    for each in read.evidence[-5:]:
        blocks += [context(f"{escape(each.by)}, {full_moment(each.at)}"), *typed(each.what)]
    if read.asked:
        blocks.append(section("A second person is asked to sign it off."))
    if read.state != "open" or not read.may_report:
        return FormView("Recommendation", (*blocks, section(_state(read))), None, read.reference)
    hint = f"{read.least} characters or more. {SEALED}"
    return FormView(
        "Recommendation",
        (
            *blocks,
            asked("What was done", text_input(WHAT, multiline=True), block_id=WHAT, hint=hint),
            chosen_from("And then", NEXT, NEXTS),
        ),
        "Record it",
        read.reference,
    )


def _due(read: MatterRead) -> str:
    return f"{'It was due' if read.late else 'Due'} {full_moment(read.due_at)}."


def _state(read: MatterRead) -> str:
    words = {
        "open": f"{escape(read.owner)} was asked in person and has not answered yet.",
        "done": f"{escape(read.owner)} has endorsed it." if read.kind == MatterKind.ENDORSEMENT else "It is done.",
        "declined": f"{escape(read.owner)} does not endorse it, with a reason.",
        "superseded": "It was asked anew of somebody else, or in other words.",
    }
    reason = f" Reason: {escape(read.reason)}" if read.reason else ""
    return f"{words[read.state]}{reason}"


def counts(read: MatterRead, days: Sequence[UnitDay], directory: Directory) -> FormView:
    """What is missing or differs in a department's counts, and the lead's word of what was found."""
    lines = [f"• {day_words(each, directory)}" for each in days]
    blocks = [
        section(f"{escape(read.reference)}: counts of {bold(_department(read, directory))}. {_due(read)}"),
        section(
            limits.fitted(
                ["*Missing, or not as on the record*", *(lines or ["none any more"])], limits.SECTION_TEXT, MORE
            )
        ),
    ]
    if not read.own or read.state != "open":
        return FormView("Counts", tuple(blocks), None, read.reference)
    said = (
        "Have the units give their counts with `/safeguarding count`, or refer whoever is missing: it ends by itself. "
        "If a difference stays, say what you found."
    )
    hint = f"{read.least} characters or more. {SEALED}"
    blocks += [section(said), asked("What you found", text_input(REASON, multiline=True), block_id=REASON, hint=hint)]
    return FormView("Counts of your units", tuple(blocks), "Record what I found", read.reference)


def _department(read: MatterRead, directory: Directory) -> str:
    found = directory.departments.get(DepartmentId(read.code))
    return found.name if found else read.code


def day_words(each: UnitDay, directory: Directory) -> str:
    """One unit's day in one line."""
    counted = "not reported" if each.counted is None else f"{each.counted} counted"
    day = f"{each.day:%A} {each.day.day} {each.day:%B}"
    return f"{escape(directory.teams[each.unit].name)}, {day}: {counted}, {each.held} on the record"


def count(units: Sequence[Choice], today: date) -> Json:
    """A unit's count of a day."""
    blocks = [
        section(
            "How many children's concerns your unit came upon in the day, whether referred or not. None is a count too."
        ),
        chosen_from("Unit", UNIT, units),
        asked("Day", day_input(DAY) | {"initial_date": today.isoformat()}, block_id=DAY),
        asked("How many", text_input(NUMBER), block_id=NUMBER, hint="A number; 0 when there was none. No names."),
    ]
    return modal("Count of a unit", blocks, callback_id=COUNT, submit="Give the count", close="Cancel")


# ---- lists


def endorsements(
    rows: Sequence[EndorsementRow], directory: Directory, reader: PersonId, now: datetime, *, may_begin: bool
) -> Drawn:
    """How every leader's endorsement stands; the reader's own first, with its button."""
    if all(row.stand in {Stand.NOT_BEGUN, Stand.NOBODY} for row in rows):
        ask = button("Ask leaders to endorse", action_id=BEGIN, value="begin", label="Ask leaders to endorse")
        if not may_begin:
            return Drawn(NOT_BEGUN, (section(NOT_BEGUN),))
        return Drawn(NOT_BEGUN, (section(NOT_BEGUN), actions([ask | {"confirm": ASK_ONCE}], block_id="leaders")))
    own = [row for row in rows if row.person == reader and row.matter is not None and row.matter.is_open]
    blocks = [block for row in own for block in _own(row, now)]
    lines = [f"• {row_words(row, directory, now)}" for row in rows]
    blocks.append(section(limits.fitted(["*Leaders' endorsements*", *lines], limits.SECTION_TEXT, MORE)))
    return Drawn(endorsement_words(rows), tuple(blocks))


def _own(row: EndorsementRow, now: datetime) -> Iterator[Json]:
    if row.matter is None:
        return
    late = f" *{lateness(row.matter.due_at, now)}*." if row.is_late else ""
    press = verb_button(Choice("form:endorse", "Read and answer"), row.matter.reference)
    said = f"You are asked to endorse the statement by {full_moment(row.matter.due_at)}.{late}"
    yield section(said, block_id=f"case:{row.matter.id}:1") | {"accessory": press}


def endorsement_words(rows: Sequence[EndorsementRow]) -> str:
    """How many have endorsed, and how many are late, in one sentence."""
    given, late = sum(row.stand is Stand.ENDORSED for row in rows), sum(row.is_late for row in rows)
    return f"Leaders' endorsements: {given} of {len(rows)} given, {late} late."


def row_words(row: EndorsementRow, directory: Directory, now: datetime) -> str:
    """One leader's endorsement in one line."""
    who = escape(directory.name_of(row.person)) if row.person else "nobody"
    head = f"{bold(row.name)}, {who}: "
    matter = row.matter
    if matter is None:
        return head + row.stand.value
    if matter.is_open:
        late = f"*{lateness(matter.due_at, now)}*" if row.is_late else f"asked, due {moment(matter.due_at, now)}"
        return f"{head}{late}"
    until = f", holds until {full_moment(row.holds_until)}" if row.holds_until else ""
    said = f"{row.stand.value} version {escape(matter.code)} on {full_moment(matter.ended_at or matter.opened_at)}"
    return f"{head}{said}{until}"


def plan(rows: Sequence[PlanRow], directory: Directory, now: datetime) -> Drawn:
    """The action plan, what is late or due soonest first, each with its button."""
    if not rows:
        return Drawn(NO_PLAN, (section(NO_PLAN),))
    blocks: list[Json] = [header("Action plan")]
    for row in rows[:MOST_ROWS]:
        press = verb_button(Choice("form:progress", "Open"), row.matter.reference)
        blocks.append(
            section(plan_line(row, directory, now), block_id=f"case:{row.matter.id}:1") | {"accessory": press}
        )
    if len(rows) > MOST_ROWS:
        blocks.append(context(MORE.format(n=len(rows) - MOST_ROWS)))
    return Drawn(plan_words(rows, now), tuple(blocks))


def plan_words(rows: Sequence[PlanRow], now: datetime) -> str:
    """How many recommendations are met and how many are late, in one sentence."""
    met, late = sum(not row.matter.is_open for row in rows), sum(row.matter.late_at(now) for row in rows)
    return f"Action plan: {met} of {len(rows)} recommendations signed off, {late} late."


def plan_line(row: PlanRow, directory: Directory, now: datetime) -> str:
    """One recommendation in two lines."""
    matter = row.matter
    owner = escape(directory.name_of(matter.owner))
    if not matter.is_open:
        return f"{bold(matter.code)} · {owner} · signed off {moment(matter.ended_at or matter.opened_at, now)}"
    when = f"*Overdue*, {lateness(matter.due_at, now)}" if matter.late_at(now) else f"due {moment(matter.due_at, now)}"
    last = f", the last {moment(row.last_at, now)}" if row.last_at else ""
    asked_now = ". A second person is asked to sign it off" if row.asked else ""
    count = f"{row.evidence} piece{'' if row.evidence == 1 else 's'} of evidence" if row.evidence else "No evidence yet"
    return f"{bold(matter.code)} · {owner} · {when}\n{count}{last}{asked_now}."
