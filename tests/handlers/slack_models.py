"""Slack's own models as a second opinion on what we draw: their validators, and whether they know every part of it."""

from collections.abc import Iterable, Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

Json = dict[str, Any]
LABELLED = frozenset({"button", "workflow_button"})


def objections(blocks: Iterable[Json]) -> list[str]:
    """What slack_sdk says against blocks: a validator's sentence, or a part that its models do not know."""
    found = []
    for block in blocks:
        try:
            parsed = Block.parse(block)
            back = parsed.to_dict() if parsed is not None else None
        except SlackObjectFormationError as error:
            found.append(f"{block['type']}: {error}")
        else:
            found += [f"{block['type']}: {lost}" for lost in _lost(block, back)]
    return found


def view_objections(view: Json) -> list[str]:
    """The same of a modal or Home."""
    try:
        View(**view).validate_json()
    except SlackObjectFormationError as error:
        return [f"{view['type']}: {error}"]
    return objections(view["blocks"])


def _lost(ours: object, theirs: object, where: str = "") -> Iterator[str]:
    """What was in our block and is not in theirs: they leave out what they do not know."""
    if isinstance(ours, dict):
        known = theirs if isinstance(theirs, dict) else {}
        for key, value in ours.items():
            yield from _lost(value, known.get(key), f"{where}/{key}")
    elif isinstance(ours, list):
        known_list = theirs if isinstance(theirs, list) else []
        for number, value in enumerate(ours):
            yield from _lost(value, known_list[number] if number < len(known_list) else None, f"{where}/{number}")
    elif ours != theirs:
        yield f"{where} is unknown"


def unlabelled(blocks: Iterable[Json]) -> list[str]:
    """Buttons without words for a screen reader, and pictures without a text in their place."""
    found = []
    for element in elements(list(blocks)):
        if element.get("type") in LABELLED and not element.get("accessibility_label"):
            found.append(f"button {element.get('action_id')}")
        if element.get("type") == "image" and not element.get("alt_text"):
            found.append("image")
    return found


def unnamed(blocks: Iterable[Json]) -> list[str]:
    """Blocks with something to press or fill in that leave the naming to Slack, which names them anew each time."""
    return [
        block["type"]
        for block in blocks
        if (block["type"] in {"actions", "input"} or "accessory" in block) and not block.get("block_id")
    ]


def elements(part: object) -> Iterator[Json]:
    """Everything with a type, top to bottom."""
    if isinstance(part, dict):
        if "type" in part:
            yield part
        for value in part.values():
            yield from elements(value)
    elif isinstance(part, list):
        for value in part:
            yield from elements(value)
