"""What a person does outside a form: commands, shortcuts, presses, choices, Home, and plain messages."""

import html
from collections.abc import Callable

from bot.practice import limits, payloads
from bot.practice.cast import Seat
from bot.practice.elements import option_breaches
from bot.practice.fields import Control, Values, controls, initial_state, kept_values, option_text
from bot.practice.filling import filled
from bot.practice.findings import Findings
from bot.practice.posting import as_slack
from bot.practice.records import Act, Message, ResponseUrl, Room, View
from bot.practice.stage import Stage
from bot.practice.wire import ControlError, Json

EVENT_NAMES = {"im": "message.im", "group": "message.groups", "channel": "message.channels"}


def active(stage: Stage, name: object) -> Seat:
    """The seat that acts, its account active."""
    seat = stage.workspace.seat(name)
    if seat.id in stage.workspace.deactivated:
        raise ControlError("account_inactive", f"{seat.name}'s account is deactivated.", status=409)
    return seat


def own_room(stage: Stage, seat: Seat, name: object) -> Room:
    """The room that a seat acts in; they must be in it."""
    room = stage.workspace.room(name, seat)
    if seat.id not in room.members:
        raise ControlError("user_not_in_channel", f"{seat.name} is not in #{room.name}.", status=409)
    return room


def insider(stage: Stage, seat: Seat, what: str) -> None:
    """Commands, shortcuts and the app's Home are for people of the home organisation."""
    if stage.workspace.cast.is_external(seat):
        raise ControlError(
            "external_person",
            f"{seat.name} belongs to another Slack organisation, and {what} are not offered to them there.",
            status=403,
        )


def response_url(stage: Stage, act: Act, room: Room, message: Message | None = None) -> str:
    """A response_url for an act in a room."""
    workspace = stage.workspace
    return workspace.response_url(
        ResponseUrl(
            channel=room.id,
            seat=act.seat,
            act=act,
            expires_at=workspace.clock.now() + limits.RESPONSE_URL_WITHIN,
            message_ts=message.ts if message else None,
            thread_ts=message.thread_ts if message else None,
        )
    )


async def command(stage: Stage, act: Act, seat: Seat, body: Json) -> float:
    """Run a slash command; the milliseconds until its ack."""
    workspace = stage.workspace
    room = own_room(stage, seat, body.get("channel"))
    name = "/" + str(body.get("command") or "").strip().removeprefix("/")
    insider(stage, seat, "slash commands")
    if body.get("thread_ts"):
        raise ControlError("command_in_thread", "Slack runs no slash commands in threads.", status=409)
    if room.archived:
        raise ControlError("is_archived", f"#{room.name} is archived.", status=409)
    if workspace.cast.commands and name not in workspace.cast.commands:
        raise ControlError("unknown_command", f"The app has no command {name}.", status=404)
    payload = payloads.slash_command(
        workspace,
        seat,
        room,
        name,
        str(body.get("text") or ""),
        trigger_id=workspace.trigger(act),
        response_url=response_url(stage, act, room),
    )
    ack = await stage.delivery.send("slash_commands", payload, name, accepts=True)
    stage.answer_ack(room, act, ack.payload)
    return ack.ms


async def shortcut(stage: Stage, act: Act, seat: Seat, body: Json) -> float:
    """Run a global shortcut, or one on a message when channel and ts are given."""
    workspace = stage.workspace
    insider(stage, seat, "shortcuts")
    callback_id, trigger_id = str(body.get("callback_id") or ""), workspace.trigger(act)
    if body.get("ts"):
        room, message = seen_message(stage, seat, body)
        payload = payloads.message_action(
            workspace,
            seat,
            room,
            message,
            callback_id,
            trigger_id=trigger_id,
            response_url=response_url(stage, act, room, message),
        )
    else:
        payload = payloads.shortcut(workspace, seat, callback_id, trigger_id)
    return (await stage.delivery.send("interactive", payload, f"shortcut {callback_id}")).ms


def seen_message(stage: Stage, seat: Seat, body: Json) -> tuple[Room, Message]:
    """The message that channel and ts name, if this person can see it."""
    room = own_room(stage, seat, body.get("channel"))
    message = stage.workspace.message(room, body.get("ts"))
    if message is None or message.ephemeral_to not in (None, seat.id):
        raise ControlError("message_not_found", f"There is no message {body.get('ts')} in #{room.name}.", status=404)
    return room, message


def open_view(stage: Stage, seat: Seat, view_id: object) -> View:
    """The view of that id, if it is this person's Home or their topmost modal."""
    view = stage.workspace.view(view_id)
    if view is None or view.seat != seat.id:
        raise ControlError("view_not_found", f"{seat.name} has no view {view_id} open.", status=404)
    stack = stage.workspace.stack(seat.id)
    if view in stack and view is not stack[-1]:
        raise ControlError("view_covered", "Another form lies on top of this one.", status=409)
    return view


def find(found: list[Control], body: Json) -> tuple[Control, object]:
    """The control that `action` names by action_id or visible text, and the value put into it.

    `block_id`, or a button's `value`, tells equal ones apart; the text of an overflow's option finds its overflow.
    """
    wanted, value = str(body.get("action") or ""), body.get("value")
    if body.get("block_id"):
        found = [control for control in found if control.block_id == body["block_id"]]
    lowered = wanted.casefold()
    tests: tuple[Callable[[Control], bool], ...] = (
        lambda control: control.action_id == wanted,
        lambda control: control.label.casefold() == lowered,
        lambda control: control.label.casefold().startswith(lowered),
    )
    for test in tests:
        hits = [control for control in found if test(control)]
        if len(hits) > 1 and value is not None:
            hits = [one for one in hits if one.type != "button" or str(value) in (one.element.get("value"), one.label)]
        if len(hits) == 1 and wanted:
            return hits[0], value
        if len(hits) > 1 and wanted:
            raise ControlError(
                "ambiguous_action", f"{len(hits)} controls answer to {wanted!r}: name the action_id or block_id.", 409
            )
    for control in found:
        if control.type == "overflow" and lowered in [option_text(one).casefold() for one in control.options()]:
            return control, wanted
    offered = ", ".join(f"{control.label!r} ({control.action_id})" for control in found) or "none"
    raise ControlError("action_not_found", f"There is no control {wanted!r} here. There are: {offered}.", status=404)


async def options(
    stage: Stage, seat: Seat, control: Control, query: str, where: View | tuple[Room, Message]
) -> list[Json]:
    """What the bot offers in an external select for what was typed so far."""
    payload = payloads.block_suggestion(stage.workspace, seat, control, query, where)
    ack = await stage.delivery.send("interactive", payload, f"options {control.action_id}", accepts=True)
    offered = ack.payload if isinstance(ack.payload, dict) else {}
    breaches = offer_breaches(offered)
    if breaches:
        detail = "; ".join(breaches)
        stage.workspace.journal.write("delivery", "options", ok=False, error="invalid_options", detail=detail)
        return []
    groups = offered.get("option_groups") or []
    found = [*(offered.get("options") or []), *(option for group in groups for option in group["options"])]
    stage.workspace.offered[seat.id, control.block_id, control.action_id] = found
    return found


def offer_breaches(offered: Json) -> list[str]:
    """What Slack would refuse of an answer with options: no list, too many, texts or values too long, empty groups."""
    found = Findings()
    if "option_groups" in offered:
        for number, group in enumerate(found.array(offered["option_groups"], limits.OPTIONS, "/option_groups")):
            where = f"/option_groups/{number}"
            known = group if isinstance(group, dict) else {}
            found.text(known.get("label"), limits.OPTION_TEXT, f"{where}/label", plain=True)
            option_breaches(known.get("options"), f"{where}/options", found, limits.OPTIONS)
    elif offered.get("options") != []:
        option_breaches(offered.get("options"), "/options", found, limits.OPTIONS)
    return found.lines


async def new_state(
    stage: Stage, seat: Seat, control: Control, value: object, where: View | tuple[Room, Message]
) -> Json:
    """The state of a control after a person put `value` into it; the bot is asked for what it alone can offer."""
    if "external_select" in control.type and value:
        wanted = [str(one) for one in (value if isinstance(value, list) else [value])]
        known = stage.workspace.offered.get((seat.id, control.block_id, control.action_id), [])
        if not {*wanted} <= {
            option_text(option) for option in known
        }:  # chosen without having been shown: asked for now
            known = await options(stage, seat, control, wanted[0], where)
        return filled(stage.workspace, control, value, known)
    if control.type == "button":
        return {"type": "button"}
    if value is None:
        what = ", ".join(option_text(option) for option in control.options())
        raise ControlError("value_needed", f"{control.label!r} needs a value{f': {what}' if what else ''}.")
    return filled(stage.workspace, control, value)


async def click_message(stage: Stage, act: Act, seat: Seat, body: Json) -> float | None:
    """Press or choose on a message; the milliseconds until the ack, None where nothing is sent."""
    workspace = stage.workspace
    room, message = seen_message(stage, seat, body)
    found = controls(message.blocks)
    where = (room.id, message.ts, seat.id)
    values = workspace.message_values[where] = kept_values(found, workspace.message_values.get(where, {}))
    for label, typed in (body.get("values") or {}).items():
        other, _ = find(found, {"action": label})
        _store(values, other, await new_state(stage, seat, other, typed, (room, message)))
    control, value = find(found, body)
    state = await new_state(stage, seat, control, value, (room, message))
    _store(values, control, state)
    if not control.dispatches:
        return None
    payload = payloads.message_actions(
        workspace,
        seat,
        room,
        message,
        control,
        state,
        values=values,
        trigger_id=workspace.trigger(act),
        response_url=response_url(stage, act, room, message),
    )
    return (await stage.delivery.send("interactive", payload, f"click {control.action_id}")).ms


def _store(values: Values, control: Control, state: Json) -> None:
    if control.action_id in values.get(control.block_id, {}):
        values[control.block_id][control.action_id] = state


async def click_view(stage: Stage, act: Act, seat: Seat, body: Json) -> float | None:
    """Press or choose in the open modal or the Home."""
    view = open_view(stage, seat, body.get("view_id"))
    control, value = find(controls(view.blocks), body)
    return await put(stage, act, seat, view, control, value)


async def put(stage: Stage, act: Act, seat: Seat, view: View, control: Control, value: object) -> float | None:
    """Put a value into a control of a view, and tell the bot at once where the control says so."""
    state = await new_state(stage, seat, control, value, view)
    _store(view.values, control, state)
    if not control.dispatches:
        return None
    payload = payloads.view_actions(stage.workspace, seat, view, control, state, stage.workspace.trigger(act))
    return (await stage.delivery.send("interactive", payload, f"click {control.action_id}")).ms


def untouched(control: Control, values: Values) -> Json:
    """The state a control holds now."""
    return values.get(control.block_id, {}).get(control.action_id) or initial_state(control)


async def home(stage: Stage, seat: Seat, tab: str = "home") -> None:
    """Open the bot's own page at one of its tabs, `home` or `messages`."""
    if tab == "home":
        insider(stage, seat, "the app's own pages")
    room = stage.workspace.direct(seat.id)
    body = {
        "type": "app_home_opened",
        "user": seat.id,
        "channel": room.id,
        "tab": tab,
        "event_ts": stage.workspace.new_ts(),
    }
    await stage.event(body, "app_home_opened")


async def say(stage: Stage, seat: Seat, body: Json) -> Json:
    """Write a message as a person; the bot hears of it where it is a member."""
    workspace = stage.workspace
    room = own_room(stage, seat, body.get("channel"))
    if room.archived:
        raise ControlError("is_archived", f"#{room.name} is archived.", status=409)
    message = Message(
        channel=room.id,
        ts=workspace.new_ts(),
        seat=seat.id,
        text=typed(stage, str(body.get("text") or "")),
        thread_ts=str(body["thread_ts"]) if body.get("thread_ts") else None,
        files=[uploaded(stage, body["file"])] if body.get("file") else [],
    )
    if not message.text and not message.files:
        raise ControlError("no_text", "A message needs a text or a file.")
    workspace.add(message)
    if workspace.bot_id not in room.members:
        return {"ts": message.ts, "delivered": False}
    shown = as_slack(workspace, message)
    kind = "im" if room.peer else "group" if room.private else "channel"
    shown |= {"channel": room.id, "channel_type": kind, "event_ts": message.ts}
    ack = await stage.event(shown, EVENT_NAMES[kind], shared=bool(room.shared_with))
    if f"<@{workspace.bot_id}>" in message.text:
        await stage.event(shown | {"type": "app_mention"}, "app_mention", shared=bool(room.shared_with))
    return {"ts": message.ts, "delivered": ack is not None}


def typed(stage: Stage, text: str) -> str:
    """Typed text as Slack stores it: escaped, with @names of people and @channel, @here turned into mentions."""
    text = html.escape(text, quote=False)
    people = [*stage.workspace.seats.values(), stage.workspace.person(stage.workspace.bot_id)]
    for person in sorted((one for one in people if one), key=lambda one: -len(one.name)):
        text = text.replace(f"@{person.name}", f"<@{person.id}>")
    for word in ("channel", "here", "everyone"):
        text = text.replace(f"@{word}", f"<!{word}>")
    return text


def uploaded(stage: Stage, file: object) -> Json:
    """A file that a person attached: its name and type only, there are no contents here."""
    facts = file if isinstance(file, dict) else {"name": str(file)}
    name = str(facts.get("name") or "file")
    kind = name.rpartition(".")[2].lower()
    image = kind in ("png", "jpg", "jpeg", "gif", "heic", "webp")
    mime = f"image/{kind}" if image else "application/octet-stream"
    return {
        "id": stage.workspace.new_id("F"),
        "name": name,
        "filetype": kind,
        "mimetype": facts.get("mimetype") or mime,
    }
