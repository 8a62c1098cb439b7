"""Block Kit checked the way Slack checks it: every breach with its JSON pointer, so that a bot learns where."""

from collections.abc import Callable
from typing import Any

from bot.practice import elements, limits
from bot.practice.findings import Findings
from bot.practice.wire import Json

Check = Callable[[Json, str, Findings], None]


def message_breaches(blocks: object, *, native_charts: bool = True) -> list[str]:
    """What Slack would refuse in the blocks of a message; empty when it would take them."""
    return _breaches(blocks, limits.BLOCKS_PER_MESSAGE, "/blocks", native_charts=native_charts)


def view_breaches(view: object, *, kind: str) -> list[str]:
    """What Slack would refuse in a view of `kind` modal or home; empty when it would take it."""
    found = Findings()
    if not isinstance(view, dict):
        return ["[ERROR] view must be an object [json-pointer:/view]"]
    if view.get("type") != kind:
        found.add("/view/type", f"must be {kind}")
    found.at_most(view.get("private_metadata"), limits.PRIVATE_METADATA, "/view/private_metadata")
    found.at_most(view.get("callback_id"), limits.IDENTIFIER, "/view/callback_id")
    found.at_most(view.get("external_id"), limits.IDENTIFIER, "/view/external_id")
    if kind == "modal":
        found.text(view.get("title"), limits.VIEW_TITLE, "/view/title", plain=True)
        for part in ("submit", "close"):
            if part in view and view[part] is not None:
                found.text(view[part], limits.VIEW_TITLE, f"/view/{part}", plain=True)
    found.lines += _breaches(view.get("blocks"), limits.BLOCKS_PER_VIEW, "/view/blocks", native_charts=False)
    blocks = view.get("blocks") if isinstance(view.get("blocks"), list) else []
    has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks or [])
    if kind == "modal" and has_input and not view.get("submit"):
        found.add("/view/submit", "must be defined when an input block is within the blocks array")
    return found.lines


def _breaches(blocks: object, at_most: int, where: str, *, native_charts: bool) -> list[str]:
    found = Findings()
    if not isinstance(blocks, list):
        found.add(where, "must be an array of blocks")
        return found.lines
    if len(blocks) > at_most:
        found.add(where, f"no more than {at_most} items allowed [input:{len(blocks)}]")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        pointer = f"{where}/{number}"
        if not isinstance(block, dict):
            found.add(pointer, "must be an object")
            continue
        _block(block, pointer, found, native_charts=native_charts)
        block_id = block.get("block_id")
        if block_id is not None and block_id in seen:
            found.add(f"{pointer}/block_id", f"`block_id` must be unique [input:{block_id}]")
        seen.add(str(block_id))
    return found.lines


def _block(block: Json, pointer: str, found: Findings, *, native_charts: bool) -> None:
    kind = str(block.get("type"))
    check = BLOCKS.get(kind)
    if kind in NATIVE and native_charts:
        check = _anything
    if check is None:
        found.add(f"{pointer}/type", f"unsupported type: {kind}")
        return
    found.at_most(block.get("block_id"), limits.IDENTIFIER, f"{pointer}/block_id")
    check(block, pointer, found)


def _section(block: Json, pointer: str, found: Findings) -> None:
    fields = block.get("fields")
    if "text" not in block and not fields:
        found.add(pointer, "missing required field: text or fields")
    if "text" in block:
        found.text(block["text"], limits.SECTION_TEXT, f"{pointer}/text")
    if fields is not None:
        for number, field in enumerate(found.array(fields, limits.SECTION_FIELDS, f"{pointer}/fields")):
            found.text(field, limits.SECTION_FIELD, f"{pointer}/fields/{number}")
    if "accessory" in block:
        elements.check(block["accessory"], f"{pointer}/accessory", found, elements.ACCESSORIES)


def _header(block: Json, pointer: str, found: Findings) -> None:
    found.text(block.get("text"), limits.HEADER_TEXT, f"{pointer}/text", plain=True)


def _context(block: Json, pointer: str, found: Findings) -> None:
    parts = found.array(block.get("elements"), limits.CONTEXT_ELEMENTS, f"{pointer}/elements")
    for number, part in enumerate(parts):
        where = f"{pointer}/elements/{number}"
        if isinstance(part, dict) and part.get("type") == "image":
            _image(part, where, found)
        else:
            found.text(part, limits.SECTION_TEXT, where)


def _actions(block: Json, pointer: str, found: Findings) -> None:
    seen: set[str] = set()
    parts = found.array(block.get("elements"), limits.ACTIONS_ELEMENTS, f"{pointer}/elements")
    for number, part in enumerate(parts):
        where = f"{pointer}/elements/{number}"
        elements.check(part, where, found, elements.ACTIONS)
        action_id = part.get("action_id") if isinstance(part, dict) else None
        if action_id is not None and action_id in seen:
            found.add(f"{where}/action_id", f"`action_id` must be unique in its block [input:{action_id}]")
        seen.add(str(action_id))


def _input(block: Json, pointer: str, found: Findings) -> None:
    found.text(block.get("label"), limits.INPUT_LABEL, f"{pointer}/label", plain=True)
    if block.get("hint") is not None:
        found.text(block["hint"], limits.INPUT_LABEL, f"{pointer}/hint", plain=True)
    elements.check(block.get("element"), f"{pointer}/element", found, elements.INPUTS)


def _image(block: Json, pointer: str, found: Findings) -> None:
    found.string(block.get("alt_text"), limits.IMAGE_ALT, f"{pointer}/alt_text")
    found.string(block.get("image_url"), limits.URL, f"{pointer}/image_url")


def _markdown(block: Json, pointer: str, found: Findings) -> None:
    found.string(block.get("text"), limits.MARKDOWN_TEXT, f"{pointer}/text")


def _rich_text(block: Json, pointer: str, found: Findings) -> None:
    allowed = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    parts = found.array(block.get("elements"), limits.RICH_TEXT_ELEMENTS, f"{pointer}/elements")
    for number, part in enumerate(parts):
        if not isinstance(part, dict) or part.get("type") not in allowed:
            found.add(f"{pointer}/elements/{number}/type", "unsupported rich text element")
        elif not isinstance(part.get("elements"), list):
            found.add(f"{pointer}/elements/{number}/elements", "must be an array")


def _table(block: Json, pointer: str, found: Findings) -> None:
    if not isinstance(block.get("rows"), list):
        found.add(f"{pointer}/rows", "missing required field: rows")


def _anything(_block: Json, _pointer: str, _found: Findings) -> None:
    """Blocks newer than this stand-in knows: taken as they are."""


BLOCKS: dict[str, Check] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "table": _table,
    "divider": _anything,
}
NATIVE: frozenset[str] = frozenset({"data_visualization", "data_table"})


def with_block_ids(blocks: list[Any], new_id: Callable[[str], str]) -> list[Json]:
    """The blocks with the ids that Slack makes up where the app gave none."""
    filled = []
    for block in blocks:
        known = {"block_id": new_id("b")} | block
        if known.get("type") == "actions":
            known["elements"] = [{"action_id": new_id("a")} | part for part in known["elements"]]
        for part in ("accessory", "element"):
            if isinstance(known.get(part), dict) and known[part].get("type") != "image":
                known[part] = {"action_id": new_id("a")} | known[part]
        filled.append(known)
    return filled
