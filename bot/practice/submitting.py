"""Filling in and sending a form, the way Slack does it: required fields first, then the bot's answer."""

from bot.practice import payloads
from bot.practice.blocks import view_breaches
from bot.practice.cast import Seat
from bot.practice.fields import Control, controls, option_text, shown_value
from bot.practice.filling import slack_error
from bot.practice.interactions import new_state, open_view, put, untouched
from bot.practice.records import Act, View
from bot.practice.stage import Stage
from bot.practice.view_methods import push_view, redraw
from bot.practice.wire import ApiError, ControlError, Json
from bot.practice.workspace import Workspace

TROUBLE = "Slack would now say that it had trouble with this app, and keep the form open"


def labelled(view: View, label: str) -> Control | None:
    """The control of that label, any case: exactly, else the only one that starts so, else by action_id.

    `block_id/action_id` names one for certain: the page does so.
    """
    wanted = label.strip().casefold()
    found = [control for control in controls(view.blocks) if control.type != "button"]
    exact = [control for control in found if control.label.casefold() == wanted]
    starting = [control for control in found if control.label.casefold().startswith(wanted)]
    named = [control for control in found if control.action_id == label]
    placed = [control for control in found if f"{control.block_id}/{control.action_id}" == label]
    for hits in (placed, exact, starting, named):
        if len(hits) == 1:
            return hits[0]
        if len(hits) > 1:
            raise ControlError("ambiguous_field", f"{len(hits)} fields are called {label!r}.", status=409)
    return None


async def fill(stage: Stage, act: Act, seat: Seat, view: View, values: Json) -> None:
    """Put every value in: first those the bot must hear of at once, then the rest into what it made of the form."""
    left = dict(values)
    while (entry := _next_dispatching(view, left)) is not None:
        label, control = entry
        value = left.pop(label)
        if await _differs(stage, seat, view, control, value):
            before = stage.workspace.traffic.calls
            await put(stage, act, seat, view, control, value)
            await stage.settle(before)
    for label, value in left.items():
        field = labelled(view, label)
        if field is None:
            known = ", ".join(repr(one.label) for one in controls(view.blocks) if one.type != "button") or "none"
            raise ControlError("unknown_field", f"The form has no field {label!r}. It has: {known}.", status=404)
        view.values[field.block_id][field.action_id] = await new_or_empty(stage, seat, view, field, value)


def _next_dispatching(view: View, left: Json) -> tuple[str, Control] | None:
    for label in left:
        control = labelled(view, label)
        if control is not None and control.dispatches:
            return label, control
    return None


async def new_or_empty(stage: Stage, seat: Seat, view: View, control: Control, value: object) -> Json:
    """The state of a field, an empty one too."""
    return await new_state(stage, seat, control, [] if value is None else value, view)


async def _differs(stage: Stage, seat: Seat, view: View, control: Control, value: object) -> bool:
    if "external" in control.type:
        return shown_value(control, untouched(control, view.values)) != (value or None)
    return await new_or_empty(stage, seat, view, control, value) != untouched(control, view.values)


async def submit(stage: Stage, act: Act, seat: Seat, body: Json) -> Json:
    """Send the topmost form; `{errors}` by label, `{view}` when one is shown next, `{closed: true}` when it went."""
    view = open_view(stage, seat, body.get("view_id"))
    if view.body.get("type") != "modal" or not view.body.get("submit"):
        raise ControlError("nothing_to_submit", "This view has no button that sends it.", status=409)
    values = body.get("values") or {}
    if not isinstance(values, dict):
        raise ControlError("bad_values", "values is an object of label to value.")
    await fill(stage, act, seat, view, values)
    errors = {}
    for control in controls(view.blocks):
        problem = None if control.place != "input" else slack_error(control, untouched(control, view.values))
        if problem:
            errors[control.label] = problem
    if errors:
        return {"errors": errors}
    payload = payloads.view_submission(stage.workspace, seat, view, stage.workspace.trigger(act))
    name = f"submit {view.body.get('callback_id') or view.id}"
    ack = await stage.delivery.send("interactive", payload, name, accepts=True)
    answer = _respond(stage.workspace, view, ack.payload if isinstance(ack.payload, dict) else {})
    return answer | {"acked_ms": ack.ms}


def _respond(workspace: Workspace, view: View, response: Json) -> Json:
    """Do what the ack asks for."""
    stack = workspace.stack(view.seat)
    match response.get("response_action"):
        case "errors":
            return {"errors": _by_label(workspace, view, response.get("errors"))}
        case "update":
            redraw(workspace, view, _checked(workspace, response.get("view")))
            return {"view": {}}
        case "push":
            body = _checked(workspace, response.get("view"))
            try:
                push_view(workspace, view.seat, body)
            except ApiError as refusal:
                raise ControlError(refusal.code, f"{TROUBLE}: {refusal.code}.", status=409) from refusal
            return {"view": {}}
        case "clear":
            stack.clear()
        case _:
            if view in stack:
                stack.remove(view)
    workspace.journal.ring()
    return {"closed": True}


def _by_label(workspace: Workspace, view: View, errors: object) -> dict[str, str]:
    """The bot's errors under the labels of their fields; one for no field there is, is an error of the bot."""
    if not isinstance(errors, dict) or not errors:
        raise _broken(workspace, "the ack's errors name no field")
    labels = {control.block_id: control.label for control in controls(view.blocks) if control.place == "input"}
    strangers = [block_id for block_id in errors if block_id not in labels]
    if strangers:
        raise _broken(workspace, f"the ack's errors name no input block: {', '.join(strangers)}")
    return {labels[block_id]: str(text) for block_id, text in errors.items()}


def _checked(workspace: Workspace, view: object) -> Json:
    breaches = view_breaches(view, kind="modal")
    if breaches or not isinstance(view, dict):
        raise _broken(workspace, "; ".join(breaches))
    return view


def _broken(workspace: Workspace, why: str) -> ControlError:
    workspace.journal.write("delivery", "ack of a submission", ok=False, error="invalid_arguments", detail=why)
    return ControlError("invalid_ack", f"{TROUBLE}: {why}.", status=409)


async def close(stage: Stage, seat: Seat, view_id: object) -> None:
    """Put the topmost form away; the bot hears of it when the view asked for that."""
    view = open_view(stage, seat, view_id)
    stack = stage.workspace.stack(seat.id)
    if view not in stack:
        raise ControlError("view_not_found", "Only a form can be closed.", status=409)
    gone = list(reversed(stack)) if view.body.get("clear_on_close") else [view]
    for one in gone:
        stack.remove(one)
    stage.workspace.journal.ring()
    if view.body.get("notify_on_close"):
        await stage.delivery.send(
            "interactive", payloads.view_closed(stage.workspace, seat, view, cleared=len(gone) > 1), "view_closed"
        )


def rendered(view: View) -> Json:
    """A view as a person reads it: title, fields with their options and what is in them, buttons, texts."""
    found = controls(view.blocks)
    inputs = [
        _field(control, untouched(control, view.values))
        for control in found
        if control.type not in ("button", "overflow")
    ]
    return {
        "id": view.id,
        "type": view.body.get("type"),
        "callback_id": view.body.get("callback_id", ""),
        "private_metadata": view.body.get("private_metadata", ""),
        "title": _plain(view.body.get("title")),
        "submit": _plain(view.body.get("submit")),
        "close": _plain(view.body.get("close")),
        "texts": texts(view.blocks),
        "inputs": inputs,
        "buttons": [control.as_button() for control in found if control.place != "input"],
        "blocks": view.blocks,
        "values": view.values,
    }


def _plain(text: object) -> str | None:
    return str(text.get("text")) if isinstance(text, dict) else None


def _field(control: Control, state: Json) -> Json:
    return {
        "label": control.label,
        "block_id": control.block_id,
        "action_id": control.action_id,
        "type": control.type,
        "optional": not control.required,
        "dispatches": control.dispatches,
        "hint": _plain(control.block.get("hint")),
        "options": [option_text(option) for option in control.options()],
        "value": shown_value(control, state),
    }


def texts(blocks: list[Json]) -> list[str]:
    """Every text of header, section, context and rich text blocks, in reading order."""
    found: list[str] = []
    for block in blocks:
        parts = [block.get("text"), *(block.get("fields") or [])]
        if block.get("type") == "context":
            parts += block["elements"]
        found += [str(part["text"]) for part in parts if isinstance(part, dict) and part.get("text")]
        if block.get("type") == "rich_text":
            found.append(_spoken(block))
    return found


def _spoken(element: Json) -> str:
    if "elements" in element:
        return "".join(_spoken(part) for part in element["elements"])
    return str(element.get("text") or element.get("url") or element.get("user_id") or "")
