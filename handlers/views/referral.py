"""The referral form: six inputs, nothing chosen beforehand, the concern's own grades with the highest first."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.commands import Referral
from bot.domain.concerns import ConcernType, Detail
from bot.domain.details import FIELD
from bot.domain.policy import Policy
from handlers.views import limits
from handlers.views.blocks import Json, asked, modal, moment_input, option, section, select, text_input

FORM = "referral_form"
CONCERN, GRADE, ASKS_FOR = "concern", "grade", "asks_for"
CHILDREN, NARRATIVE, ADDRESS = "children", "narrative", "address"
UNGRADED = "ungraded"
TEXTS = (CHILDREN, NARRATIVE, ADDRESS)
CUT_BLOCK = "cut"
CUT = "The message was longer than this form takes: its beginning is here. Give a record number where the rest can be read."

WARNING = "*If a child is in immediate danger call {emergency}.* This bot does not send officers."
LABELS = {
    CONCERN: "Concern type",
    GRADE: "Risk grade",
    ASKS_FOR: "What are you asking for?",
    CHILDREN: "Child or children: record numbers, not names",
    NARRATIVE: "What has happened and when first known",
    ADDRESS: "Address or place",
}
HINTS = {
    GRADE: "Select the concern type first: each has grades of its own. Not graded yet runs on the shortest limits.",
    CHILDREN: (
        "One child a line. Several numbers of one child with commas between them: "
        "police 44-0001, council 9001, NHS 999 000 0001"
    ),
    NARRATIVE: "2,000 characters or fewer. May stay empty when you give a police record number.",
    ADDRESS: "300 characters or fewer. Kept sealed, never shown in a channel.",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a form is opened with: texts by field, details with their time in seconds, a grade and an ask.

    `cut` says that a message was too long for it.
    """

    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    at: int | None = None
    grade: str = ""
    asks_for: str = ""
    cut: bool = False


def form(policy: Policy, *, place: str = "", concern: str | None = None, kept: Kept | None = None) -> Json:
    """The form; with a concern chosen, its grades. `place` is where it was asked for and its draft: ids, kept in the view."""
    chosen = policy.concerns.get(concern) if concern else None
    kept = kept or Kept()
    grade = asked(LABELS[GRADE], _grades(chosen, kept.grade), block_id=grade_block(concern), hint=HINTS[GRADE])
    blocks = [
        section(WARNING.format(emergency=policy.phones.emergency)),
        *([section(CUT, block_id=CUT_BLOCK)] if kept.cut else []),
        _concern(policy, chosen),
        grade,
        *(_detail(each, kept) for each in (chosen.details if chosen else ())),
        _asks(policy, kept.asks_for),
        _text(CHILDREN, kept, multiline=True),
        _text(NARRATIVE, kept, multiline=True),
        _text(ADDRESS, kept),
    ]
    return modal(
        "Refer a child", blocks, callback_id=FORM, metadata=place, submit="Check before sending", close="Cancel"
    )


def place_of(channel: str, draft: str) -> str:
    """What the view keeps: the channel that it was asked for in (may be empty) and the draft that it is kept in."""
    return f"{channel}:{draft}"


def kept_from(begun: Referral, *, cut: bool = False) -> Kept:
    """What a draft holds, to open the form with."""
    said = {NARRATIVE: begun.narrative, ADDRESS: begun.address}
    children = "\n".join(", ".join(f"{ref.kind} {ref.value}" for ref in child.references) for child in begun.children)
    grade = begun.grade or (UNGRADED if begun.concern else "")
    at = int(begun.happened_at.timestamp()) if begun.happened_at else None
    return Kept({CHILDREN: children, **said}, begun.details, at, grade=grade, asks_for=begun.asks_for, cut=cut)


def kept_of(view: Json) -> Kept:
    """What the form was opened with, to be drawn again; what was typed since stays by itself, because its ids do."""
    inputs = {str(block["block_id"]): block["element"] for block in view["blocks"] if block["type"] == "input"}
    texts = {
        field: inputs[field]["initial_value"]
        for field in TEXTS
        if inputs.get(field, {}).get("initial_value") is not None
    }
    asks_for = inputs.get(ASKS_FOR, {}).get("initial_option", {}).get("value", "")
    asked_for = {name.removeprefix(FIELD): element for name, element in inputs.items() if name.startswith(FIELD)}
    details = {code: found for code, element in asked_for.items() if (found := _initial(element))}
    at = next((each["initial_date_time"] for each in asked_for.values() if "initial_date_time" in each), None)
    return Kept(
        texts, details, at, asks_for=asks_for, cut=any(block.get("block_id") == CUT_BLOCK for block in view["blocks"])
    )


def _initial(element: Json) -> tuple[str, ...]:
    """The choices that an element is drawn with."""
    one = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    return tuple(str(option["value"]) for option in one)


def _detail(detail: Detail, kept: Kept) -> Json:
    """What the concern's form asks beside: a list, boxes or a time; all of it may be left out, and is asked later."""
    block_id, wanted = f"{FIELD}{detail.code}", kept.details.get(detail.code, ())
    options = [option(choice.code, choice.label) for choice in detail.choices]
    element: Json
    if detail.is_time:
        element = moment_input(block_id) | ({"initial_date_time": kept.at} if kept.at else {})
    elif detail.several:
        ticked = [each for each in options if each["value"] in wanted]
        element = {"type": "checkboxes", "action_id": block_id, "options": options[: limits.BOX_OPTIONS]}
        element |= {"initial_options": ticked} if ticked else {}
    else:
        element = _chosen(select(block_id, options, "Select"), next(iter(wanted), ""))
    return asked(detail.label, element, block_id=block_id, hint=detail.hint, optional=True)


def _text(field: str, kept: Kept, *, multiline: bool = False) -> Json:
    element = text_input(field, multiline=multiline)
    if kept.texts.get(field):
        element["initial_value"] = limits.clip(kept.texts[field], limits.PLAIN_INPUT)
    return asked(LABELS[field], element, block_id=field, hint=HINTS[field], optional=True)


def grade_block(concern: str | None) -> str:
    """The id of the grade's block: another for each concern, so that a grade never stays over from another concern."""
    return f"{GRADE}:{concern or ''}"


def _concern(policy: Policy, chosen: ConcernType | None) -> Json:
    options = [option(concern.code, concern.label) for concern in policy.concerns.values()]
    element = _chosen(select(CONCERN, options, "Select the concern type"), chosen.code if chosen else "")
    return asked(LABELS[CONCERN], element, block_id=CONCERN) | {"dispatch_action": True}


def _grades(concern: ConcernType | None, kept: str) -> Json:
    own = [option(grade.code, grade.label) for grade in concern.offered] if concern else []
    options = [*own, option(UNGRADED, "Not graded yet")]
    return _chosen(select(GRADE, options, "Select how serious the risk is"), kept)


def _asks(policy: Policy, kept: str) -> Json:
    options = [option(ask.code, ask.label) for ask in policy.asks.values()]
    element = _chosen(select(ASKS_FOR, options, "Select what you are asking for"), kept)
    return asked(LABELS[ASKS_FOR], element, block_id=ASKS_FOR)


def _chosen(element: Json, value: str) -> Json:
    """The select with one of its options chosen; as it was when none of them has that value."""
    found = next((offered for offered in element["options"] if value and offered["value"] == value), None)
    return element | {"initial_option": found} if found else element
