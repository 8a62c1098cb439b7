"""The forms of a case beside grave acts: who is named, what is directed, a number, a fact, an earlier day, sharing."""

from collections.abc import Sequence

from bot.domain.acts import Inputs
from bot.domain.answers import ActForm, CaseChoices
from bot.domain.concerns import ActInput
from bot.domain.offers import ELLIPSIS, Choice
from handlers.views import limits
from handlers.views.blocks import (
    Json,
    asked,
    confirm,
    grouped,
    moment_input,
    option,
    section,
    select,
    text_input,
)
from handlers.views.forms import REASON, UNTIL, FormView, chosen_from
from handlers.views.text import escape

TO, WHAT, LISTED, NUMBER, FACT, ANSWER, ACT, NOTE, AGENCY, SHARES = (
    "to", "what", "listed", "number", "fact", "answer", "act", "note", "agency", "shares",
)  # fmt: skip
COUNT = "count"
WHEN, WHO, LINK = (each.value for each in (ActInput.WHEN, ActInput.WHO, ActInput.LINK))
BASIS, AT_ONCE, SCHOOL, CHILD = "basis", "at_once", "school", "child"
SEALED = "It is kept sealed, and no message carries it."
ANSWERS = (Choice("yes", "Yes"), Choice("no", "No"), Choice("unknown", "Don't know"))
RISK = (
    Choice("no", "No: the practitioners talk first"),
    Choice("yes", "Yes: the last stage in both agencies is told now"),
)
SHARE = (Choice("yes", "Share with them now"), Choice("no", "Do not share, for the reason below"))


def nobody(title: str, choices: CaseChoices) -> FormView:
    """What is shown in place of a form that has nobody to name."""
    return FormView(title, (section(f"{choices.reference}: nobody else of your agency is in the directory."),), None)


def _listed(label: str, listed: Sequence[Choice]) -> list[Json]:
    """A choice that may be left out; nothing at all where the policy lists nothing."""
    return [chosen_from(label, LISTED, listed, optional=True)] if listed else []


def hand_over(choices: CaseChoices) -> FormView:
    """Whom to hand one's agency's part to."""
    if not choices.people:
        return nobody("Hand over", choices)
    words = "They own it only once they accept. Until then its owner stays, and what is owed runs on."
    return FormView(
        "Hand over",
        (section(f"{choices.reference}: {words}"), chosen_from("Hand over to", TO, choices.people)),
        "Offer it to them",
    )


def direct(choices: CaseChoices) -> FormView:
    """Whom a leader directs to do what by when."""
    if not choices.people:
        return nobody("Direct somebody", choices)
    return FormView(
        "Direct somebody",
        (
            section(
                f"{choices.reference}: a deadline with its ladder. The person is told now, their leaders when it is late."
            ),
            chosen_from("Who", TO, choices.people),
            *_listed("What is to be done", choices.directions),
            asked("In your own words", text_input(WHAT, multiline=True), block_id=WHAT, hint=SEALED, optional=True),
            asked("By when", moment_input(UNTIL), block_id=UNTIL),
        ),
        "Direct",
    )


def number(choices: CaseChoices) -> FormView:
    """One's own agency's number for the case."""
    hint = "Your own system's number, no name. The card shows it, so that your colleagues find the case."
    block = asked("Our record number", text_input(NUMBER), block_id=NUMBER, hint=hint)
    return FormView(
        "Our record number",
        (section(f"{choices.reference}: your agency's own number for this case."), block),
        "Put it on the card",
    )


def fact(choices: CaseChoices) -> FormView:
    """A question answered, or an answer corrected."""
    questions = tuple(
        Choice(each.code, f"{each.words} ({each.answer.value if each.answer else 'not answered'})")
        for each in choices.questions
    )
    if not questions:
        return FormView("Questions", (section(f"{choices.reference} has no questions."),), None)
    return FormView(
        "Answer a question",
        (
            section(
                f"{choices.reference}: an answer may shorten limits, never lengthen them. Don't know counts as yes."
            ),
            chosen_from("Question", FACT, questions),
            chosen_from("Answer", ANSWER, ANSWERS),
        ),
        "Record the answer",
    )


def held(choices: CaseChoices) -> FormView:
    """Something that was done at an earlier time."""
    groups = [
        (group.title, [option(each.code, each.label.removesuffix(ELLIPSIS)) for each in group.choices])
        for group in choices.acts
    ]
    return FormView(
        "Done at an earlier time",
        (
            section(f"{choices.reference}: what it starts is counted from then."),
            asked("What was done", grouped(ACT, groups, "Select"), block_id=ACT),
            asked("When it was done", moment_input(WHEN), block_id=WHEN),
            _note(),
        ),
        "Record it",
    )


def record(form: ActForm) -> FormView:
    """One act with what it asks: when, who, a link; all of it may be left for the obvious."""
    inputs = form.inputs
    blocks: list[Json] = [section(f"{form.reference}: {escape(form.label)}. {escape(inputs.says)}".strip())]
    if inputs.choose:
        blocks.append(_boxes(form) if inputs.several else chosen_from(inputs.choose, LISTED, form.choices))
    if inputs.count:
        blocks.append(asked(inputs.count, text_input(COUNT), block_id=COUNT, hint="A whole number, such as 3."))
    if ActInput.WHO in form.asks and form.people:
        options = [option(each.code, each.label) for each in form.people]
        hint = "Leave it empty when it is you."
        blocks.append(asked("Who", select(WHO, options, "Select"), block_id=WHO, hint=hint, optional=True))
    if ActInput.WHEN in form.asks or inputs != Inputs():
        hint = "Leave it empty when it was just now. What it starts is counted from then."
        blocks.append(asked("When it was done", moment_input(WHEN), block_id=WHEN, hint=hint, optional=True))
    if ActInput.LINK in form.asks:
        hint = "A link to where it is kept, never the form itself. It is kept sealed."
        blocks.append(asked("Link", text_input(LINK), block_id=LINK, hint=hint, optional=True))
    return FormView("Record", (*blocks, _note(inputs.reason, form.least)), "Record it", form.reference)


def _boxes(form: ActForm) -> Json:
    options = [option(choice.code, choice.label) for choice in form.choices[: limits.BOX_OPTIONS]]
    boxes: Json = {"type": "checkboxes", "action_id": LISTED, "options": options}
    return asked(form.inputs.choose, boxes, block_id=LISTED)


def _note(reason: str = "", least: int = 0) -> Json:
    """A note, or the reason that is asked for in its place."""
    hint = f"At least {least} characters. {SEALED}" if reason else SEALED
    return asked(reason or "Note", text_input(NOTE, multiline=True), block_id=NOTE, hint=hint, optional=not reason)


def share(choices: CaseChoices) -> FormView:
    """A further agency told, or not, with the reason."""
    if not choices.agencies:
        return FormView("Share", (section(f"{choices.reference}: every agency has been told."),), None)
    return FormView(
        "Share with an agency",
        (
            section(f"{choices.reference}: an agency that is told must acknowledge it, and its clocks run from now."),
            chosen_from("Agency", AGENCY, choices.agencies),
            asked("Decision", _decision(), block_id=SHARES),
            *_listed("Listed reason for not sharing", choices.not_shared),
            asked("Reason", text_input(REASON, multiline=True), block_id=REASON, hint=SEALED, optional=True),
        ),
        "Record the decision",
    )


def _decision() -> Json:
    """Yes or no to sharing, asked about once more: what an agency was told cannot be untold."""
    told = "An agency that is told cannot be untold. Either way the decision goes on the record under your name."
    options = [option(choice.code, choice.label) for choice in SHARE]
    return select(SHARES, options, "Select") | {"confirm": confirm("Share, or not?", told, "Go on")}


def ask(choices: CaseChoices) -> FormView:
    """What another agency is asked, on what basis and by when."""
    if not choices.partners:
        words = "no other agency is on it yet. Share it first."
        return FormView("Ask an agency", (section(f"{choices.reference}: {words}"),), None)
    return FormView(
        "Ask an agency",
        (
            section(f"{choices.reference}: the agency's clock runs from now, and its leaders hear when it is late."),
            chosen_from("Agency", AGENCY, choices.partners),
            chosen_from("What is asked", WHAT, choices.requests),
            chosen_from("Lawful basis", BASIS, choices.bases),
            asked("Why", text_input(REASON, multiline=True), block_id=REASON, hint=SEALED, optional=True),
            asked("By when", moment_input(UNTIL), block_id=UNTIL, hint="Empty: the policy's limit.", optional=True),
        ),
        "Ask",
    )


def differ(choices: CaseChoices) -> FormView:
    """What one's agency sees differently, from whom, and whether a child is at immediate risk."""
    if not choices.differs_with:
        words = "no other agency is on it yet. Share it first."
        return FormView("We see this differently", (section(f"{choices.reference}: {words}"),), None)
    said = (
        "the other agency is told at once. If it is not settled in time it goes to the next level in both, "
        "and the case does not close before."
    )
    return FormView(
        "We see this differently",
        (
            section(f"{choices.reference}: {said}"),
            chosen_from("What we see differently", WHAT, choices.differences),
            chosen_from("From whom", AGENCY, choices.differs_with),
            chosen_from("Is a child at immediate risk now?", AT_ONCE, RISK),
            asked("In your own words", text_input(REASON, multiline=True), block_id=REASON, hint=SEALED, optional=True),
        ),
        "Put it on the record",
    )


def school(choices: CaseChoices) -> FormView:
    """Which school is told of which child before the next school day."""
    said = "its safeguarding lead gets this reference and your number to ring, nothing of the child. It counts once confirmed."
    several = [chosen_from("Child", CHILD, choices.children)] if choices.children else []
    return FormView(
        "Tell a school",
        (
            section(f"{choices.reference}: {said}"),
            *several,
            asked("School", text_input(SCHOOL), block_id=SCHOOL, hint="Its name, as the directory has it."),
        ),
        "Send the notice",
    )
