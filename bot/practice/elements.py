"""Block elements checked the way Slack checks them."""

import re
from collections.abc import Callable
from typing import Any

from bot.practice import limits
from bot.practice.findings import Findings
from bot.practice.wire import Json

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

SELECTS = frozenset(
    f"{many}{source}_select"
    for many in ("", "multi_")
    for source in ("static", "external", "users", "conversations", "channels")
)
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
BOXES = frozenset({"checkboxes", "radio_buttons"})
TYPED = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"})
ACCESSORIES = SELECTS | PICKERS | BOXES | {"button", "overflow", "image"}
ACTIONS = {kind for kind in SELECTS if not kind.startswith("multi_")} | PICKERS | BOXES | {"button", "overflow"}
INPUTS = SELECTS | PICKERS | BOXES | TYPED


def check(element: object, pointer: str, found: Findings, allowed: frozenset[str] | set[str]) -> None:
    """Add every breach in an element; `allowed` are the types its place takes."""
    if not isinstance(element, dict):
        found.add(pointer, "missing required element")
        return
    kind = str(element.get("type"))
    if kind not in allowed:
        found.add(f"{pointer}/type", f"unsupported type: {kind}")
        return
    found.at_most(element.get("action_id"), limits.IDENTIFIER, f"{pointer}/action_id")
    if "confirm" in element:
        _confirm(element["confirm"], f"{pointer}/confirm", found)
    if "placeholder" in element:
        found.text(element["placeholder"], limits.PLACEHOLDER, f"{pointer}/placeholder", plain=True)
    particular = CHECKS.get(kind.removeprefix("multi_"))
    if particular is not None:
        particular(element, pointer, found)


def _confirm(confirm: Any, pointer: str, found: Findings) -> None:  # noqa: ANN401 - whatever the app sent
    if not isinstance(confirm, dict):
        found.add(pointer, "must be a confirm object")
        return
    found.text(confirm.get("title"), limits.CONFIRM_TITLE, f"{pointer}/title", plain=True)
    found.text(confirm.get("text"), limits.CONFIRM_TEXT, f"{pointer}/text")
    for part in ("confirm", "deny"):
        if part in confirm:
            found.text(confirm[part], limits.CONFIRM_BUTTON, f"{pointer}/{part}", plain=True)


def option_breaches(options: object, pointer: str, found: Findings, most: int, *, plain: bool = True) -> list[Json]:
    """Check a list of options; the well-formed ones are given back."""
    known = []
    for number, option in enumerate(found.array(options, most, pointer)):
        where = f"{pointer}/{number}"
        if not isinstance(option, dict):
            found.add(where, "must be an option object")
            continue
        found.text(option.get("text"), limits.OPTION_TEXT, f"{where}/text", plain=plain)
        found.at_most(option.get("value"), limits.OPTION_VALUE, f"{where}/value")
        if option.get("value") is None and "url" not in option:
            found.add(f"{where}/value", "missing required field")
        if option.get("description") is not None:
            found.text(option["description"], limits.OPTION_DESCRIPTION, f"{where}/description", plain=plain)
        known.append(option)
    return known


def _button(element: Json, pointer: str, found: Findings) -> None:
    found.text(element.get("text"), limits.BUTTON_TEXT, f"{pointer}/text", plain=True)
    found.at_most(element.get("value"), limits.BUTTON_VALUE, f"{pointer}/value")
    found.at_most(element.get("url"), limits.URL, f"{pointer}/url")
    found.at_most(element.get("accessibility_label"), limits.BUTTON_LABEL, f"{pointer}/accessibility_label")
    if element.get("style") not in (None, "primary", "danger"):
        found.add(f"{pointer}/style", "must be primary or danger")


def _static_select(element: Json, pointer: str, found: Findings) -> None:
    known: list[Json] = []
    if "option_groups" in element:
        groups = found.array(element["option_groups"], limits.OPTIONS, f"{pointer}/option_groups")
        for number, group in enumerate(groups):
            where = f"{pointer}/option_groups/{number}"
            if not isinstance(group, dict):
                found.add(where, "must be an option group")
                continue
            found.text(group.get("label"), limits.OPTION_TEXT, f"{where}/label", plain=True)
            known += option_breaches(group.get("options"), f"{where}/options", found, limits.OPTIONS)
    else:
        known = option_breaches(element.get("options"), f"{pointer}/options", found, limits.OPTIONS)
    _initial(element, known, pointer, found)


def _boxes(element: Json, pointer: str, found: Findings) -> None:
    known = option_breaches(element.get("options"), f"{pointer}/options", found, limits.BOX_OPTIONS, plain=False)
    _initial(element, known, pointer, found)


def _overflow(element: Json, pointer: str, found: Findings) -> None:
    option_breaches(element.get("options"), f"{pointer}/options", found, limits.OVERFLOW_OPTIONS)


def _initial(element: Json, known: list[Json], pointer: str, found: Findings) -> None:
    chosen = list(element.get("initial_options") or [])
    if "initial_options" in element and not chosen:
        found.add(f"{pointer}/initial_options", "no fewer than 1 items allowed [input:0]")
    if element.get("initial_option") is not None:
        chosen.append(element["initial_option"])
    if any(option not in known for option in chosen):
        found.add(f"{pointer}/initial_option", "must exactly match one of the options")


def _typed(element: Json, pointer: str, found: Findings) -> None:
    least, most = element.get("min_length"), element.get("max_length")
    for name, bound, lowest in (("min_length", least, 0), ("max_length", most, 1)):
        if bound is not None and not (isinstance(bound, int) and lowest <= bound <= limits.INPUT_TEXT):
            found.add(f"{pointer}/{name}", f"must be a number from {lowest} to {limits.INPUT_TEXT}")
    found.at_most(element.get("initial_value"), most or limits.INPUT_TEXT, f"{pointer}/initial_value")


def _number(element: Json, pointer: str, found: Findings) -> None:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        found.add(f"{pointer}/is_decimal_allowed", "missing required field")


def _datepicker(element: Json, pointer: str, found: Findings) -> None:
    _shaped(element.get("initial_date"), DATE, f"{pointer}/initial_date", found)


def _timepicker(element: Json, pointer: str, found: Findings) -> None:
    _shaped(element.get("initial_time"), TIME, f"{pointer}/initial_time", found)


def _datetimepicker(element: Json, pointer: str, found: Findings) -> None:
    initial = element.get("initial_date_time")
    if initial is not None and not isinstance(initial, int):
        found.add(f"{pointer}/initial_date_time", "must be a number of seconds")


def _shaped(value: object, shape: re.Pattern[str], pointer: str, found: Findings) -> None:
    if value is not None and not (isinstance(value, str) and shape.fullmatch(value)):
        found.add(pointer, "has another format than this picker takes")


CHECKS: dict[str, Callable[[Json, str, Findings], None]] = {
    "button": _button,
    "static_select": _static_select,
    "checkboxes": _boxes,
    "radio_buttons": _boxes,
    "overflow": _overflow,
    "plain_text_input": _typed,
    "number_input": _number,
    "datepicker": _datepicker,
    "timepicker": _timepicker,
    "datetimepicker": _datetimepicker,
}
