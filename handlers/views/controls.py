"""The controls of a card: the few that everybody needs as buttons, everything else in selects that put what is owed first."""

from collections.abc import Iterator

from bot.domain.disagreement_offers import OPENS
from bot.domain.offers import Choice, Group
from bot.domain.redaction import ShareableCase, Tag
from handlers.views import limits
from handlers.views.blocks import Json, button, confirm, grouped, option, select

ACKNOWLEDGE = "acknowledge"
ESCALATE = "escalate"
OPEN_CASE = "open_case"
GRADE = "grade"
RECORD_ACT = "record_act"
TELL_BY_PHONE = "tell_by_phone"
MORE_ACTIONS = "more"
PUT_FORWARD = "put_forward"
VERB = "verb"
"""Action ids of what a message asks its reader: `verb:<name>`, `verb:<name>:<nth>`; the value is the verb with its object."""

UNCONFIRMED = frozenset({Tag.WAITING, Tag.OVERDUE, Tag.TOLD_BY_PHONE})
DRASTIC = frozenset({"agree", "turn_down", "break_glass"})
"""The verbs that ask once more before they are sent."""


def block_id(case: ShareableCase) -> str:
    """The id of the block of controls: the case and the version that it was drawn for, so that a press says "as of"."""
    return f"case:{case.id}:{case.version}"


def controls(case: ShareableCase) -> Iterator[Json]:
    """What can be done about the case from its card, as it stands."""
    unconfirmed = [line for line in case.agencies if line.tag in UNCONFIRMED]
    if case.tag is not Tag.CLOSED:
        yield from _open_case(case, acknowledges=bool(unconfirmed))
    else:
        yield open_button(case)
    if case.proposals:
        yield put_forward(case)
    if unconfirmed and case.tag is not Tag.CLOSED:
        ids = agency_ids([line.agency for line in unconfirmed])
        yield {"type": "overflow", "action_id": TELL_BY_PHONE, "options": [option(ids, "Told by phone")]}


def _open_case(case: ShareableCase, *, acknowledges: bool) -> Iterator[Json]:
    about = case.reference
    if acknowledges:
        yield acknowledge_button(case)
    yield button(
        "Escalate now",
        action_id=ESCALATE,
        value=f"{case.id}:{case.version}",
        label=f"Escalate {about} now",
        confirm=confirm("Escalate now?", f"The next people on the ladder of {about} are told at once.", "Escalate now"),
    )
    yield open_button(case)
    yield verb_button(OPENS, about)
    if case.grades:
        yield select(GRADE, [option(grade.code, grade.label) for grade in case.grades], "Grade")
    if case.act_groups:
        yield grouped(RECORD_ACT, _groups(case.act_groups), "Record action")
    if case.more:
        yield grouped(MORE_ACTIONS, _groups(case.more), "More")


def put_forward(case: ShareableCase) -> Json:
    """The grave acts, asked about once before anything is put to a second person."""
    asks = confirm(
        "Put this to a second person?",
        f"Nothing on {case.reference} changes before somebody senior who does not own it agrees.",
        "Go on",
    )
    return grouped(PUT_FORWARD, _groups(case.proposals), "Close, change or waive") | {"confirm": asks}


def _groups(groups: tuple[Group, ...]) -> list[tuple[str, list[Json]]]:
    return [(group.title, [option(choice.code, choice.label) for choice in group.choices]) for group in groups]


def acknowledge_button(case: ShareableCase) -> Json:
    """The button that says "we have it"."""
    return button(
        "Acknowledge",
        action_id=ACKNOWLEDGE,
        value=f"{case.id}:{case.version}",
        label=f"Acknowledge {case.reference}",
        style="primary",
    )


def open_button(case: ShareableCase) -> Json:
    """The button that opens the detail."""
    return button("Open", action_id=OPEN_CASE, value=f"{case.id}:{case.version}", label=f"Open {case.reference}")


def verb_button(choice: Choice, reference: str, nth: int = 0) -> Json:
    """A button for one thing that a message asks its reader; what cannot be taken back is asked once more.

    `nth` tells it from the buttons of the same verb beside it.
    """
    name = choice.code.partition(":")[0]
    again = confirm(f"{choice.label}?", f"{reference}: your answer is put on the record.", choice.label)
    return button(
        choice.label,
        action_id=f"{VERB}:{name}:{nth}" if nth else f"{VERB}:{name}",
        value=choice.code,
        label=said_of(choice.label, reference),
        confirm=again if name in DRASTIC else None,
    )


def said_of(what: str, reference: str) -> str:
    """What a screen reader says of a button: what it does, then the case; a long text gives way, the case never."""
    if not reference:
        return limits.clip(what, limits.BUTTON_LABEL)
    return f"{limits.clip(what, limits.BUTTON_LABEL - len(reference) - 2)}: {reference}"


def agency_ids(agencies: list[str]) -> str:
    """Agency ids as one option's value, whole ids only, as many as Slack takes."""
    kept = ""
    for agency in agencies:
        longer = f"{kept},{agency}" if kept else agency
        if len(longer) > limits.OPTION_VALUE:
            break
        kept = longer
    return kept
