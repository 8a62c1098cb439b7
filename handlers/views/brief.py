"""A brief: what is held about an address or a child, for somebody on their way; in a modal only."""

from collections.abc import Iterator

from bot.domain.briefs import REASONS, Brief, HeldCase
from handlers.views.blocks import (
    Json,
    asked,
    context,
    divider,
    header,
    modal,
    option,
    section,
    select,
    text_input,
    typed,
)
from handlers.views.detail import child_line
from handlers.views.text import bold, escape, full_moment

FORM, SHOWN = "brief_form", "brief_shown"
BY, VALUE, REASON = "by", "value", "reason"
KINDS = {
    "address": "Address",
    "police": "Child: police record number",
    "council": "Child: council number",
    "nhs": "Child: NHS number",
}
NEVER_NAMES = "Never a name. A house number with its postcode finds the door, however the street is written."
MOST_LINES = 12
"""Lines of one case that are shown; the case itself has the rest."""


def form() -> Json:
    """What to look up, and why."""
    kinds = [option(code, label) for code, label in KINDS.items()]
    reasons = [option(code, label) for code, label in REASONS.items()]
    blocks = [
        asked("Look up by", select(BY, kinds, "Select"), block_id=BY),
        asked("Address or number", text_input(VALUE), block_id=VALUE, hint=NEVER_NAMES),
        asked("Why you ask", select(REASON, reasons, "Select"), block_id=REASON),
        context("What you look up and why is on the record. What is found is shown to you alone."),
    ]
    return modal("Brief", blocks, callback_id=FORM, submit="Look up", close="Cancel")


def shown(brief: Brief, *, reader: str) -> Json:
    """What is held, the newest case first; who to ring comes first of all."""
    blocks: list[Json] = [section(f"*{escape(brief.nothing)}*")] if brief.nothing else []
    blocks += [section(f"*{escape(line)}*") for line in brief.restricted]
    blocks += [header("Who to ring"), *typed("\n".join(brief.ring))]
    for case in brief.held:
        blocks += [divider(), *_case(case)]
    if brief.more:
        blocks.append(section(f"{brief.more} older cases are not shown here: open them with /case."))
    blocks.append(context(f"Read by {escape(reader)} on {full_moment(brief.asked_at)}. This reading is on the record."))
    return modal("Brief", blocks, callback_id=SHOWN, close="Close")


def _case(case: HeldCase) -> Iterator[Json]:
    head = f"{bold(case.tag.value)} · {bold(case.reference)} · {escape(case.concern)} · {bold(case.grade)}"
    yield section(f"{head}\nReferred on {full_moment(case.opened_at)}. Asked for: {escape(case.asked_for)}")
    lines = [*map(child_line, case.children), *case.markers, *case.warnings]
    lines += [f"Late: {title}" for title in case.owed]
    if case.working_it:
        lines.append(f"Works it: {', '.join(case.working_it)}")
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"and {len(lines) - MOST_LINES} more: open the case"]
    yield from typed("\n".join(lines) or "No record number and no marker yet.")[:1]
