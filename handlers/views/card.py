"""The card of a case: what is owed, by whom and when, and what can be done about it without leaving the channel."""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from bot.domain.redaction import AgencyLine, NextStep, OwedLine, ShareableCase, Tag
from handlers.views import limits
from handlers.views.blocks import Drawn, Json, actions, context, section
from handlers.views.controls import UNCONFIRMED, block_id, controls
from handlers.views.text import bold, escape, full_moment, listed

INSIDE = "Details open only inside the force's own workspace."
MORE = "… and {n} more: Open shows everything."


def card(case: ShareableCase, now: datetime) -> Drawn:
    """The whole card, as the record stands at `now`."""
    blocks = [*summary(case, short=True), actions(list(controls(case)), block_id=block_id(case))]
    return Drawn(sentence(case, now), tuple(blocks))


def whole(case: ShareableCase) -> Drawn:
    """Everything that all agencies on the case may know of it, for a person in whose Slack no detail opens."""
    return Drawn(f"{case.reference}: what every agency on it may know. {INSIDE}", (*summary(case), context(INSIDE)))


def summary(case: ShareableCase, *, short: bool = False) -> list[Json]:
    """What the case is and what is owed on it, without controls: the card's body, and the head of the detail.

    `short` leaves out what pings nobody and is not late, and says how much that is.
    """
    blocks = [
        section(headline(case)),
        section(
            limits.fitted([agency_line(line) for line in case.agencies], limits.SECTION_TEXT, MORE) or "Nobody told."
        ),
    ]
    owed = [owed_line(line) for line in case.owed if line.main or not short]
    further = len(case.owed) - len(owed)
    if further:
        late = sum(line.late for line in case.owed if not line.main)
        past = f", {late} past its time" if late == 1 else f", {late} past their time" if late else ""
        owed.append(f"• {further} further milestone{'' if further == 1 else 's'} under Open{past}")
    if owed:
        blocks.append(section(limits.fitted(["*Owed*", *owed], limits.SECTION_TEXT, MORE)))
    said = (*case.floors, *case.notes)
    if said:
        blocks.append(section(limits.fitted([f"• {escape(words)}" for words in said], limits.SECTION_TEXT, MORE)))
    return [*blocks, context(limits.fitted(list(_small_print(case)), limits.SECTION_TEXT, MORE))]


def headline(case: ShareableCase) -> str:
    """The first lines: the word first, then reference, concern, grade and what is asked for."""
    return (
        f"*{case.tag.value}* · {bold(case.reference)} · {escape(case.concern)} · {bold(case.grade)}\n"
        f"Asked for: {escape(case.asks_for)}"
    )


def sentence(case: ShareableCase, now: datetime) -> str:
    """One neutral sentence: reference and state, no concern and no grade."""
    waiting = [line for line in case.agencies if line.tag in UNCONFIRMED]
    names = listed(escape(line.name) for line in waiting)
    match case.tag:
        case Tag.CLOSED:
            return f"{case.reference} is closed."
        case Tag.OVERDUE if not waiting:
            late = next((line for line in case.owed if line.late), None)
            what = f": {escape(late.title)}, {escape(late.agency_name)}" if late else ""
            return f"{case.reference} is overdue{what}."
        case Tag.OVERDUE:
            return f"{case.reference} is overdue: {names} {_has(waiting)} not acknowledged it."
        case Tag.WAITING | Tag.TOLD_BY_PHONE:
            due = min((line.due_at for line in waiting if line.due_at), default=None)
            until = f" by {full_moment(due)}" if due and due > now else ""
            return f"{case.reference} waits for {names} to acknowledge it{until}."
        case Tag.ACKNOWLEDGED:
            return f"{case.reference} has been acknowledged by every agency that was told."
        case _:
            assert_never(case.tag)


def _has(lines: list[AgencyLine]) -> str:
    return "has" if len(lines) == 1 else "have"


def agency_line(line: AgencyLine) -> str:
    """What one agency has said, in one line that starts with its name."""
    number = f" · their record {escape(line.record_number)}" if line.record_number else ""
    return f"• {bold(line.name)}: {_said(line)}{number}"


def _said(line: AgencyLine) -> str:
    by = escape(line.by) or "a member"
    at = f" on {full_moment(line.at)}" if line.at else ""
    until = f" until {full_moment(line.due_at)}" if line.due_at else ""
    match line.tag:
        case Tag.WAITING:
            return f"Waiting{until}" if until else "Not acknowledged"
        case Tag.OVERDUE:
            return f"*Overdue* since {full_moment(line.due_at)}" if line.due_at else "*Overdue*"
        case Tag.TOLD_BY_PHONE:
            due = f", due {full_moment(line.due_at)}" if line.due_at else ""
            return f"Told by phone (recorded by {by}{at}), own confirmation outstanding{due}"
        case Tag.ACKNOWLEDGED if line.raised_it:
            return "Raised this case, owes no acknowledgement"
        case Tag.ACKNOWLEDGED | Tag.CLOSED:
            return f"Acknowledged by {by}{at}"
        case _:
            assert_never(line.tag)


def owed_line(line: OwedLine) -> str:
    """One thing owed or done: what, by whom, when, and what the limit rests on."""
    what = f"• {escape(line.title)} ({escape(line.agency_name)})"
    if line.met:
        by = f" by {escape(line.met_by)}" if line.met_by else ""
        at = f" on {full_moment(line.met_at)}" if line.met_at else ""
        return f"{what}: Done{by}{at}"
    return f"{what}: {_when(line)} · {escape(line.basis)}"


def _when(line: OwedLine) -> str:
    """When it is due; what pings nobody is never called overdue, or lists of what is late would deny it."""
    at = full_moment(line.due_at)
    if not line.late:
        return f"due {at}"
    return f"*Overdue* since {at}" if line.main else f"its time passed on {at}; it is shown only, nobody is reminded"


def next_words(step: NextStep) -> str:
    """What happens next if nobody acts: when, which step of the ladder, and whom it reaches."""
    people = listed(map(escape, step.people))
    return f"Next, if nobody acts: on {full_moment(step.at)} the ladder's step “{escape(step.name)}” tells {people}."


def _small_print(case: ShareableCase) -> Iterator[str]:
    if case.next_step is not None and case.tag is not Tag.CLOSED:
        yield next_words(case.next_step)
    if case.owners:
        yield f"Owned by {listed(map(escape, case.owners))}."
    referred = full_moment(case.opened_at)
    if case.first_aware_at == case.opened_at:
        yield f"Referred on {referred}."
    else:
        yield f"First known on {full_moment(case.first_aware_at)}, referred on {referred}."
    if case.incomplete:
        yield "Incomplete: no record number of a child yet."
    elif case.children > 1:
        yield f"{case.children} children."
