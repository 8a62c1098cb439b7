"""Forms of acts on a case: the same blocks as a modal or, where no modal opens, as a message to one person with a button."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.answers import ProposalForm, ProposalRead
from bot.domain.commands import OnCase
from bot.domain.offers import Choice
from bot.domain.redaction import OwedLine
from handlers.views import limits
from handlers.views.blocks import (
    Drawn,
    Json,
    actions,
    asked,
    button,
    modal,
    moment_input,
    option,
    section,
    select,
    text_input,
    typed,
)
from handlers.views.card import owed_line
from handlers.views.controls import said_of, verb_button
from handlers.views.text import escape, full_moment

FORM = "case_form"
SEND_FORM = "send_form"
READING = "proposal_read"
SUBJECT, REASON, UNTIL, LISTED = "subject", "reason", "until_at", "listed"
TITLES = {
    "close": "Close the case",
    "reopen": "Open the case again",
    "lower_grade": "Lower the grade",
    "extend": "Extend a deadline",
    "waive": "Waive a deadline",
    "override_floor": "Set a floor aside",
    "merge": "Merge two cases",
    "child_as_suspect": "Child as a suspect",
}
SECOND = "Nothing changes before a second person agrees: somebody senior who neither put it forward nor owns the case."
MORE = "… and {n} more."


@dataclass(frozen=True, slots=True)
class FormView:
    """A form before it is put anywhere. `submit` is None when there is nothing to send, only to read.

    `reference` is the case's, for those who hear the form read aloud; a modal says it in its first lines.
    """

    title: str
    blocks: tuple[Json, ...]
    submit: str | None
    reference: str = ""


def as_modal(form: FormView, on: OnCase, name: str, about: str) -> Json:
    """The form as a modal; what it is of stands in its metadata, ids and codes alone."""
    metadata = f"{on.case_id}:{on.as_of or 0}:{name}:{about}"
    return modal(
        form.title,
        form.blocks,
        callback_id=FORM,
        metadata=metadata,
        submit=form.submit,
        close="Cancel" if form.submit else "Close",
    )


def as_message(form: FormView, on: OnCase, name: str, about: str) -> Drawn:
    """The form as a message with a button under it, for people of other organisations."""
    blocks = list(form.blocks)
    if form.submit:
        label = said_of(form.submit, form.reference)
        send = button(form.submit, action_id=SEND_FORM, value=f"{name}:{about}", label=label, style="primary")
        blocks.append(actions([send], block_id=f"case:{on.case_id}:{on.as_of or 0}"))
    whose = f"{form.reference}: {form.title}" if form.reference else form.title
    return Drawn(f"{whose}, a form for you alone.", tuple(blocks))


def chosen_from(label: str, block_id: str, choices: Sequence[Choice], *, optional: bool = False) -> Json:
    """A required choice from a list."""
    options = [option(choice.code, choice.label) for choice in choices]
    return asked(label, select(block_id, options, "Select"), block_id=block_id, optional=optional)


def owed_section(owed: Sequence[OwedLine]) -> Json:
    """What is still owed, with its basis; or that nothing is."""
    if not owed:
        return section("Nothing is owed on it.")
    return section(limits.fitted(["*Still owed*", *map(owed_line, owed)], limits.SECTION_TEXT, MORE))


def proposal(form: ProposalForm) -> FormView:
    """The form of a grave act: what stands in its way, what it is about and why; before closing also what is still owed."""
    blocks = [section(f"{escape(form.reference)}: {escape(form.words)}. {SECOND}")]
    if form.missing:
        lines = ["*Not yet possible*", *map(escape, form.missing)]
        blocks.append(section(limits.fitted(lines, limits.SECTION_TEXT, MORE)))
    possible = bool(form.subjects) or not form.subject_label
    if possible:
        blocks += _inputs(form)
    if form.act == "close":
        blocks.append(owed_section(form.owed))
    return FormView(
        TITLES.get(form.act, form.words.capitalize()),
        tuple(blocks),
        "Put forward" if possible else None,
        form.reference,
    )


def _inputs(form: ProposalForm) -> Iterator[Json]:
    if form.subjects:
        yield chosen_from(form.subject_label, SUBJECT, form.subjects)
    if form.act == "extend":
        yield asked("New time", moment_input(UNTIL), block_id=UNTIL)
    if form.listed:
        yield chosen_from("Reason that a partner may read", LISTED, form.listed, optional=True)
    hint = f"At least {form.least} characters. It is kept sealed; the second person reads it, in the force's own Slack alone."
    yield asked("Reason", text_input(REASON, multiline=True), block_id=REASON, hint=hint, optional=bool(form.listed))


def proposal_read(read: ProposalRead) -> Json:
    """A proposal with its reason, and the buttons that answer it as it was read."""
    about = f" {read.subject}" if read.subject else ""
    word = f"{read.decision}:{read.version}"
    buttons = [
        verb_button(Choice(f"agree:{word}", "Agree"), read.reference),
        verb_button(Choice(f"turn_down:{word}", "Do not agree"), read.reference),
    ]
    blocks = [
        section(
            f"{escape(read.reference)}: {escape(read.by)} put forward on {full_moment(read.at)}: "
            f"{escape(read.words)}{escape(about)}."
        ),
        section("*Reason*"),
        *typed(read.reason),
        owed_section(read.owed),
        actions(buttons, block_id=f"case:{read.case_id}:{read.as_of}"),
    ]
    return modal("Put to you", blocks, callback_id=READING, metadata=read.case_id)
