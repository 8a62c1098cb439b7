"""Filling a control in the way a person would: an option by its text, a person by name, a date as ISO."""

from datetime import datetime

from bot.practice.clock import LONDON
from bot.practice.elements import DATE, TIME
from bot.practice.fields import MANY, Control, option_text
from bot.practice.wire import ControlError, Json
from bot.practice.workspace import Workspace


def chosen(options: list[Json], wanted: object, label: str) -> Json:
    """The option of that text (any case), else of that value, else the only one that starts so."""
    text = str(wanted).strip()
    for option in options:
        if option_text(option).casefold() == text.casefold():
            return option
    for option in options:
        if option.get("value") == text:
            return option
    starting = [option for option in options if option_text(option).casefold().startswith(text.casefold())]
    if text and len(starting) == 1:
        return starting[0]
    offered = ", ".join(option_text(option) for option in options) or "none"
    raise ControlError("unknown_option", f"{label!r} has no option {text!r}. It offers: {offered}.", status=404)


def filled(workspace: Workspace, control: Control, value: object, options: list[Json] | None = None) -> Json:
    """The state of the control once a person has put `value` in; `options` of an external select come with it."""
    if value in (None, "", []):
        empty: object = [] if control.type in MANY else None
        return {"type": control.type, control.key: empty}
    known = control.options() if options is None else options
    if control.key == "selected_options":
        found = [chosen(known, one, control.label) for one in (value if isinstance(value, list) else [value])]
        return {"type": control.type, "selected_options": found}
    if control.key == "selected_option":
        return {"type": control.type, "selected_option": chosen(known, value, control.label)}
    return {"type": control.type, control.key: _plain(workspace, control, value)}


def _plain(workspace: Workspace, control: Control, value: object) -> object:
    many = value if isinstance(value, list) else [value]
    match control.type.removeprefix("multi_"):
        case "users_select":
            ids: list[str] = [workspace.seat(one).id for one in many]
        case "conversations_select" | "channels_select":
            ids = [workspace.room(one).id for one in many]
        case "datepicker":
            return _matching(DATE.fullmatch(str(value)) is not None, control, value, "2026-03-06")
        case "timepicker":
            return _matching(TIME.fullmatch(str(value)) is not None, control, value, "16:30")
        case "datetimepicker":
            return _seconds(control, value)
        case "rich_text_input":
            part = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(value)}]}
            return {"type": "rich_text", "elements": [part]}
        case _:
            return str(value)
    return ids if control.type in MANY else ids[0]


def _matching(fits: bool, control: Control, value: object, example: str) -> str:  # noqa: FBT001 - one caller's finding
    if not fits:
        raise ControlError("bad_value", f"{control.label!r} takes a value like {example}, not {value!r}.")
    return str(value)


def _seconds(control: Control, value: object) -> int:
    """An ISO instant (London time where it names no zone) or seconds, as Slack's whole seconds."""
    text = str(value)
    if text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _matching(False, control, value, "2026-03-06T16:30")  # noqa: FBT003 - the same sentence
        raise
    return int((moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).timestamp())


def slack_error(control: Control, state: Json) -> str | None:
    """What Slack itself says under a field before it sends a form: nothing entered, too short, too long, no number."""
    value = state.get(control.key)
    if value in (None, "", []):
        return "Please complete this required field." if control.required else None
    if control.type == "plain_text_input":
        return _length(control.element, str(value))
    if control.type == "number_input":
        return _number(control.element, str(value))
    most = control.element.get("max_selected_items")
    if most and isinstance(value, list) and len(value) > most:
        return f"You can choose {most} at most."
    return None


def _length(element: Json, text: str) -> str | None:
    least, most = element.get("min_length"), element.get("max_length") or 3000
    if least and len(text) < least:
        return f"Use {least} characters or more."
    if len(text) > most:
        return f"Use {most} characters or fewer ({len(text)} now)."
    return None


def _number(element: Json, text: str) -> str | None:
    try:
        number = float(text)
    except ValueError:
        return "Enter a number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and number < float(least):
        return f"Enter {least} or more."
    if most is not None and number > float(most):
        return f"Enter {most} or less."
    return None
