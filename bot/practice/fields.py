"""The controls in a set of blocks: finding them, their state, filling them in from plain values, reading them out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.practice.wire import Json

Values = dict[str, dict[str, Json]]
STATELESS = frozenset({"button", "overflow", "image"})
STATE_KEYS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
}
"""The key under which an element's state holds what was chosen; typed ones hold it under `value`."""
MANY = frozenset(kind for kind in STATE_KEYS if kind.startswith("multi_") or kind == "checkboxes")
OPTION_KEYS = frozenset({"selected_option", "selected_options"})


@dataclass(frozen=True, slots=True)
class Control:
    """One interactive element where it stands; `place` is input, accessory or action."""

    block: Json
    element: Json
    place: str

    @property
    def block_id(self) -> str:
        """The id of the block it stands in."""
        return str(self.block.get("block_id", ""))

    @property
    def action_id(self) -> str:
        """The element's own id."""
        return str(self.element.get("action_id", ""))

    @property
    def type(self) -> str:
        """The element's type."""
        return str(self.element["type"])

    @property
    def label(self) -> str:
        """What a person reads beside it: an input's label, a section's text, a button's text, a placeholder."""
        if self.place == "input":
            return _text(self.block.get("label"))
        if self.type == "button":
            return _text(self.element.get("text"))
        if self.place == "accessory":
            return _text(self.block.get("text"))
        return _text(self.element.get("placeholder")) or self.action_id

    @property
    def required(self) -> bool:
        """Whether Slack insists on an answer."""
        return self.place == "input" and not self.block.get("optional", False)

    @property
    def dispatches(self) -> bool:
        """Whether a change is sent to the app at once."""
        return self.place != "input" or bool(self.block.get("dispatch_action", False))

    @property
    def key(self) -> str:
        """The key of its state that holds what was typed or chosen."""
        return STATE_KEYS.get(self.type, "value")

    def options(self) -> list[Json]:
        """The options to choose from, those of groups included."""
        found: list[Json] = list(self.element.get("options") or [])
        for group in self.element.get("option_groups") or []:
            found += group.get("options") or []
        return found

    def as_button(self) -> Json:
        """How control answers list it: action_id, text, type, and the texts of its options."""
        shown: Json = {"action_id": self.action_id, "text": self.label, "type": self.type, "block_id": self.block_id}
        if self.options():
            shown["options"] = [option_text(option) for option in self.options()]
        return shown


def _text(value: object) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def option_text(option: Json) -> str:
    """What a person reads on an option."""
    return _text(option.get("text"))


def controls(blocks: Iterable[Json]) -> list[Control]:
    """Every interactive element of the blocks, top to bottom."""
    return list(_walk(blocks))


def _walk(blocks: Iterable[Json]) -> Iterator[Control]:
    for block in blocks:
        kind = block.get("type")
        if kind == "input":
            yield Control(block, block["element"], "input")
        elif kind == "section" and block.get("accessory", {}).get("type") not in (None, "image"):
            yield Control(block, block["accessory"], "accessory")
        elif kind == "actions":
            for element in block["elements"]:
                yield Control(block, element, "action")


def initial_state(control: Control) -> Json:
    """The state of an element nobody has touched."""
    element, key = control.element, control.key
    initial = f"initial_{'value' if key in ('value', 'rich_text_value') else key.removeprefix('selected_')}"
    empty: object = [] if control.type in MANY else None
    return {"type": control.type, key: element.get(initial, empty)}


def initial_values(found: Iterable[Control]) -> Values:
    """The `state.values` of blocks nobody has touched."""
    values: Values = {}
    for control in found:
        if control.type not in STATELESS:
            values.setdefault(control.block_id, {})[control.action_id] = initial_state(control)
    return values


def kept_values(found: Iterable[Control], before: Values) -> Values:
    """The state after the blocks changed: an element that kept its ids and type keeps what it held."""
    values = initial_values(found)
    for block_id, actions in values.items():
        for action_id, state in actions.items():
            old = before.get(block_id, {}).get(action_id)
            if old and old["type"] == state["type"]:
                actions[action_id] = old
    return values


def action(control: Control, state: Json, action_ts: str) -> Json:
    """The entry of `actions` that Slack sends for this element."""
    shown: Json = {
        "type": control.type,
        "action_id": control.action_id,
        "block_id": control.block_id,
        "action_ts": action_ts,
    }
    for part in ("text", "value", "style", "url") if control.type == "button" else ("placeholder", "confirm"):
        if part in control.element:
            shown[part] = control.element[part]
    if control.type != "button":
        shown |= {key: value for key, value in state.items() if key != "type"}
    return shown


def shown_value(control: Control, state: Json | None) -> object:
    """What a person reads in the element now: option texts, typed text, dates."""
    value = (state or {}).get(control.key)
    if control.key == "selected_option":
        return option_text(value) if isinstance(value, dict) else None
    if control.key == "selected_options" and isinstance(value, list):
        return [option_text(option) for option in value]
    return value
