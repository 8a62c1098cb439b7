"""The blocks and elements that our messages and modals are made of, each inside Slack's limits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.views import limits
from handlers.views.limits import clip
from handlers.views.text import escape

Json = dict[str, Any]
"""One JSON object: a block, an element, a view, or what Slack sent."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message: one neutral full sentence for lock screens and screen readers, and its blocks."""

    text: str
    blocks: tuple[Json, ...] = field(default=())

    def plainly(self) -> "Drawn":
        """The same facts as text alone, for a workspace that refuses the blocks."""
        said = [self.text, *(line for block in self.blocks for line in _said(block))]
        return Drawn(clip("\n".join(dict.fromkeys(said)), limits.MESSAGE_TEXT))


def _said(block: Json) -> Iterable[str]:
    for part in (block.get("text"), *(block.get("elements", ()) if block["type"] == "context" else ())):
        if part:
            yield part["text"] if part["type"] == "mrkdwn" else escape(part["text"])


def plain(text: str, most: int = limits.SECTION_TEXT) -> Json:
    """A plain_text object: nothing in it is ever a mention, a link or markup."""
    return {"type": "plain_text", "text": clip(text, most) or " ", "emoji": False}


def mrkdwn(text: str) -> Json:
    """A mrkdwn object of our own words; whatever is not ours must have been escaped."""
    return {"type": "mrkdwn", "text": clip(text, limits.SECTION_TEXT), "verbatim": True}


def section(text: str, *, block_id: str | None = None) -> Json:
    """A paragraph of our own words."""
    return _named({"type": "section", "text": mrkdwn(text)}, block_id)


def typed(text: str) -> list[Json]:
    """What a person typed, as paragraphs of plain text, whole."""
    return [{"type": "section", "text": plain(piece)} for piece in limits.chunks(text, limits.SECTION_TEXT)]


def header(text: str) -> Json:
    """A heading."""
    return {"type": "header", "text": plain(text, limits.HEADER_TEXT)}


def context(*texts: str) -> Json:
    """Small print of our own words."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[: limits.CONTEXT_ELEMENTS]]}


def divider() -> Json:
    """A line across."""
    return {"type": "divider"}


def actions(elements: Sequence[Json], *, block_id: str) -> Json:
    """A row of buttons and selects."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements[: limits.ACTIONS_ELEMENTS])}


def button(
    text: str, *, action_id: str, value: str, label: str, style: str | None = None, confirm: Json | None = None
) -> Json:
    """A button; `label` is what a screen reader says."""
    element: Json = {
        "type": "button",
        "action_id": action_id,
        "text": plain(text, limits.BUTTON_TEXT),
        "value": clip(value, limits.BUTTON_VALUE),
        "accessibility_label": clip(label, limits.BUTTON_LABEL),
    }
    if style is not None:
        element["style"] = style
    if confirm is not None:
        element["confirm"] = confirm
    return element


def confirm(title: str, text: str, yes: str) -> Json:
    """The question before something that reaches many people."""
    return {
        "title": plain(title, limits.CONFIRM_TITLE),
        "text": plain(text, limits.CONFIRM_TEXT),
        "confirm": plain(yes, limits.CONFIRM_BUTTON),
        "deny": plain("Go back", limits.CONFIRM_BUTTON),
    }


def option(value: str, text: str, description: str = "") -> Json:
    """An option of a select, a set of boxes or an overflow menu."""
    chosen: Json = {"text": plain(text, limits.OPTION_TEXT), "value": value[: limits.OPTION_VALUE]}
    if description:
        chosen["description"] = plain(description, limits.OPTION_TEXT)
    return chosen


def select(action_id: str, options: Sequence[Json], placeholder: str) -> Json:
    """A select with nothing chosen."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "options": list(options[: limits.OPTIONS]),
    }


def grouped(action_id: str, groups: Sequence[tuple[str, Sequence[Json]]], placeholder: str) -> Json:
    """A select whose options stand under headings, with nothing chosen; as many options as Slack takes."""
    shown: list[Json] = []
    left = limits.OPTIONS
    for title, options in groups[: limits.OPTIONS]:
        kept = list(options[:left])
        left -= len(kept)
        if kept:
            shown.append({"label": plain(title, limits.OPTION_TEXT), "options": kept})
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "option_groups": shown,
    }


def text_input(action_id: str, *, multiline: bool = False) -> Json:
    """A field to type in. Our own limit is checked by us, so that the error is in the label's words."""
    return {"type": "plain_text_input", "action_id": action_id, "multiline": multiline}


def moment_input(action_id: str) -> Json:
    """A day and a time of day to choose."""
    return {"type": "datetimepicker", "action_id": action_id}


def day_input(action_id: str) -> Json:
    """A day to choose."""
    return {"type": "datepicker", "action_id": action_id}


def asked(label: str, element: Json, *, block_id: str, hint: str = "", optional: bool = False) -> Json:
    """An input: a label, what to fill in, and a hint."""
    block: Json = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint)
    return block


def modal(
    title: str,
    blocks: Sequence[Json],
    *,
    callback_id: str,
    metadata: str = "",
    submit: str | None = None,
    close: str = "Close",
    clear_on_close: bool = False,
) -> Json:
    """A modal view."""
    view: Json = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, limits.VIEW_TITLE),
        "close": plain(close, limits.VIEW_TITLE),
        "private_metadata": metadata,
        "clear_on_close": clear_on_close,
        "blocks": list(blocks[: limits.VIEW_BLOCKS]),
    }
    if submit is not None:
        view["submit"] = plain(submit, limits.VIEW_TITLE)
    return view


def _named(block: Json, block_id: str | None) -> Json:
    return block if block_id is None else block | {"block_id": block_id}
