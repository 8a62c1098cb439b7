"""The control API: everything a person or a test does to the workspace, over HTTP."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.practice import interactions, listing, submitting
from bot.practice.cast import Seat
from bot.practice.clock import duration, instant, iso, next_monday
from bot.practice.faults import fault_from
from bot.practice.fields import controls, option_text
from bot.practice.stage import Stage, reply_of
from bot.practice.wire import ApiError, ControlError, Json

OWN_CLOCK = "The bot does not follow the practice clock (VIGIL_CLOCK_URL): it uses its own."
LONGEST_WAIT = 60.0
HEARTBEAT = 10.0


@dataclass(frozen=True, slots=True)
class Call:
    """One POST: its body, and whether the caller waits for the bot to be idle."""

    stage: Stage
    body: Json
    wait: bool
    calls_before: int

    def seat(self) -> Seat:
        """The seat that acts."""
        return interactions.active(self.stage, self.body.get("seat"))

    async def rest(self) -> None:
        """Wait until the bot is idle, unless the caller does not want to."""
        if self.wait:
            await self.stage.settle(self.calls_before)


async def command(call: Call) -> Json:
    """`{seat, channel, command, text}` -> `{reply, view_id, acked_ms}`."""
    seat = call.seat()
    with call.stage.acting(seat.id) as act:
        ms = await interactions.command(call.stage, act, seat, call.body)
        await call.rest()
    return {"reply": reply_of(act), "view_id": act.views[-1].id if act.views else None, "acked_ms": ms}


async def shortcut(call: Call) -> Json:
    """`{seat, callback_id, channel?, ts?}` -> `{view_id}`."""
    seat = call.seat()
    with call.stage.acting(seat.id) as act:
        ms = await interactions.shortcut(call.stage, act, seat, call.body)
        await call.rest()
    return {"reply": reply_of(act), "view_id": act.views[-1].id if act.views else None, "acked_ms": ms}


async def click(call: Call) -> Json:
    """`{seat, channel, ts, action, value?}`, or `view_id` for channel and ts -> `{reply, view_id}`."""
    seat = call.seat()
    with call.stage.acting(seat.id) as act:
        act_on = interactions.click_view if call.body.get("view_id") else interactions.click_message
        ms = await act_on(call.stage, act, seat, call.body)
        await call.rest()
    return {"reply": reply_of(act), "view_id": act.views[-1].id if act.views else None, "acked_ms": ms}


async def submit(call: Call) -> Json:
    """`{seat, view_id, values}` -> `{errors}`, `{view}` or `{closed: true}`."""
    seat = call.seat()
    with call.stage.acting(seat.id) as act:
        answer = await submitting.submit(call.stage, act, seat, call.body)
        await call.rest()
    shown = call.stage.workspace.stack(seat.id)[-1:]
    if "view" in answer:
        answer["view"] = submitting.rendered(shown[0]) if shown else None
    return answer | {"reply": reply_of(act), "view_id": shown[0].id if shown else None}


async def close(call: Call) -> Json:
    """`{seat, view_id}` -> `{closed: true}`."""
    seat = call.seat()
    await submitting.close(call.stage, seat, call.body.get("view_id"))
    await call.rest()
    return {"closed": True}


async def options(call: Call) -> Json:
    """`{seat, view_id or channel+ts, action, query}` -> `{options}`."""
    seat = call.seat()
    if call.body.get("view_id"):
        view = interactions.open_view(call.stage, seat, call.body["view_id"])
        control, _ = interactions.find(controls(view.blocks), call.body)
        found = await interactions.options(call.stage, seat, control, str(call.body.get("query") or ""), view)
    else:
        room, message = interactions.seen_message(call.stage, seat, call.body)
        control, _ = interactions.find(controls(message.blocks), call.body)
        found = await interactions.options(
            call.stage, seat, control, str(call.body.get("query") or ""), (room, message)
        )
    return {"options": [option_text(option) for option in found]}


async def home(call: Call) -> Json:
    """`{seat, tab?}` -> `{blocks}` of their Home tab, and its view_id."""
    seat = call.seat()
    await interactions.home(call.stage, seat, str(call.body.get("tab") or "home"))
    await call.rest()
    return _home(call.stage, seat)


def _home(stage: Stage, seat: Seat) -> Json:
    view = stage.workspace.homes.get(seat.id)
    if view is None:
        return {"blocks": [], "view_id": None, "view": None}
    return {"blocks": view.blocks, "view_id": view.id, "view": submitting.rendered(view)}


async def say(call: Call) -> Json:
    """`{seat, channel, text, thread_ts?, file?}` -> `{ts, delivered}`."""
    seat = call.seat()
    with call.stage.acting(seat.id) as act:
        answer = await interactions.say(call.stage, seat, call.body)
        await call.rest()
    return answer | {"reply": reply_of(act)}


async def clock(call: Call) -> Json:
    """`{advance: "4h"}`, `{to: ISO | "next deadline" | "monday"}` -> `{now}`, with a warning for a bot's own clock.

    With `at_once` the answer waits for what the bot can do now and not for what its own pace holds back: in a storm that
    goes on for many minutes.
    """
    target = await _target(call)
    call.stage.workspace.clock.move_to(target, allow_back=bool(call.body.get("allow_back")))
    call.stage.workspace.journal.write("control", "clock", detail=iso(target))
    following = call.stage.follower.following()
    call.stage.follower.bump()
    if call.wait and call.body.get("at_once"):
        await call.stage.follower.settle()
    elif call.wait:
        await call.stage.settle()
    answer: Json = {"now": iso(call.stage.workspace.clock.now()), "version": call.stage.follower.version}
    return answer if following else answer | {"warning": OWN_CLOCK}


async def _target(call: Call) -> datetime:
    now = call.stage.workspace.clock.now()
    if call.body.get("advance"):
        return now + duration(str(call.body["advance"]))
    wanted = str(call.body.get("to") or "")
    if wanted.casefold() == "monday":
        return next_monday(now)
    if wanted.casefold() != "next deadline":
        return instant(wanted)
    await call.stage.settle()
    due = call.stage.follower.next_due
    if due is None:
        raise ControlError("no_deadline", "The bot waits for no deadline, or does not follow this clock.", status=409)
    return max(due, call.stage.workspace.clock.now())


async def fault(call: Call) -> Json:
    """Put a fault in force; `{kind, clear: true}` lifts it, `{clear: true}` all."""
    faults, kind = call.stage.workspace.faults, call.body.get("kind")
    if call.body.get("clear"):
        faults.clear(str(kind) if kind else None)
        return {"faults": [one.as_json() for one in faults.active]}
    channel = call.stage.workspace.room(call.body["channel"]).id if call.body.get("channel") else None
    asked = fault_from(call.body, channel)
    call.stage.workspace.journal.write("fault", asked.kind, detail=asked.method)
    match asked.kind:
        case "drop_socket":
            await call.stage.delivery.drop()
        case "deaf":
            call.stage.delivery.deafen()
        case _:
            faults.add(asked)
    return {"faults": [one.as_json() for one in faults.active]}


async def membership(call: Call) -> Json:
    """`{channel, seat or "bot", in}`, `{channel, archived}` or `{seat, deactivated}`."""
    workspace = call.stage.workspace
    if "archived" in call.body:
        workspace.room(call.body.get("channel")).archived = bool(call.body["archived"])
    elif "deactivated" in call.body:
        seat = workspace.seat(call.body.get("seat"))
        (workspace.deactivated.add if call.body["deactivated"] else workspace.deactivated.discard)(seat.id)
    elif "in" in call.body:
        room = workspace.room(call.body.get("channel"))
        member = workspace.bot_id if call.body.get("seat") == "bot" else workspace.seat(call.body.get("seat")).id
        (room.members.add if call.body["in"] else room.members.discard)(member)
    else:
        raise ControlError("bad_membership", "Name in, archived or deactivated.")
    workspace.journal.write("control", "membership", detail=json.dumps(call.body))
    return {}


async def group(call: Call) -> Json:
    """`{group, members}`: a user group of the bot's own organisation with these seats; `members` null takes it away."""
    name, members = str(call.body.get("group") or ""), call.body.get("members")
    if not name or not (members is None or isinstance(members, list)):
        raise ControlError("bad_group", "Name group (its id) and members (a list of seats, or null).")
    workspace = call.stage.workspace
    if members is None:
        workspace.groups.pop(name, None)
    else:
        workspace.groups[name] = tuple(workspace.seat(member).id for member in members)
    workspace.journal.write("control", "group", detail=json.dumps(call.body))
    return {}


async def reset(call: Call) -> Json:
    """The state at start."""
    call.stage.workspace.reset()
    call.stage.follower.bump()
    return {"now": iso(call.stage.workspace.clock.now())}


POSTS: dict[str, Callable[[Call], Awaitable[Json]]] = {
    "command": command,
    "shortcut": shortcut,
    "click": click,
    "submit": submit,
    "close": close,
    "options": options,
    "home": home,
    "say": say,
    "clock": clock,
    "fault": fault,
    "membership": membership,
    "group": group,
    "reset": reset,
}


async def post(stage: Stage, request: Request) -> Response:
    """Answer one POST under /control/."""
    name = str(request.path_params["name"])
    try:
        handler = POSTS.get(name)
        if handler is None:
            raise ControlError("unknown_call", f"There is no POST /control/{name}.", status=404)
        body = await _body(request)
        wait = request.query_params.get("wait") != "0"
        answer = await handler(Call(stage, body, wait, stage.workspace.traffic.calls))
    except ControlError as refusal:
        stage.workspace.journal.write("control", name, ok=False, error=refusal.code, detail=refusal.detail)
        return JSONResponse(refusal.answer(), status_code=refusal.status)
    except ApiError as refusal:
        detail = f"Slack would refuse this: {refusal.code}. {'; '.join(refusal.messages)}".strip()
        return JSONResponse(ControlError(refusal.code, detail).answer(), status_code=400)
    return JSONResponse({"ok": True} | answer)


async def _body(request: Request) -> Json:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ControlError("bad_json", "The body of a control call is one JSON object.")
    return body


async def get(stage: Stage, request: Request) -> Response:
    """Answer one GET under /control/."""
    name, query = str(request.path_params["name"]), request.query_params
    workspace = stage.workspace
    try:
        reader = workspace.seat(query["seat"]).id if query.get("seat") else None
        match name:
            case "messages":
                seat = workspace.seats[reader] if reader else None
                rooms = [workspace.room(query["channel"], seat)] if query.get("channel") else workspace.rooms.values()
                rows = [row for room in list(rooms) for row in listing.messages(workspace, room, reader)]
                answer: Json = {"messages": rows[-int(query.get("limit") or len(rows) or 1) :]}
            case "views":
                stack = workspace.stack(workspace.seat(query.get("seat")).id)
                answer = {"views": [submitting.rendered(view) for view in stack]}
            case "home":
                answer = _home(stage, workspace.seat(query.get("seat")))
            case "state":
                answer = listing.state(stage)
            case "log":
                after = int(query.get("after") or 0)
                answer = {"log": [row for row in workspace.journal.rows if row["n"] > after]}
            case "clock":
                answer = await _follow(stage, request)
            case _:
                raise ControlError("unknown_call", f"There is no GET /control/{name}.", status=404)
    except ControlError as refusal:
        return JSONResponse(refusal.answer(), status_code=refusal.status)
    except ValueError as problem:
        detail = f"A number was expected in the query: {problem}."
        return JSONResponse(ControlError("bad_query", detail).answer(), status_code=400)
    return JSONResponse({"ok": True} | answer)


async def _follow(stage: Stage, request: Request) -> Json:
    """The clock as it stands, with the bot's next step; with `seen`, a bot's long poll for the next move."""
    query = request.query_params
    if "seen" in query:
        await stage.follower.poll(
            seen=int(query["seen"] or 0),
            settled=int(query.get("settled") or 0),
            next_due=instant(query["next"]) if query.get("next") else None,
            next_sending=instant(query["sending"]) if query.get("sending") else None,
            wait=min(float(query.get("wait") or 0), LONGEST_WAIT),
            gone=request.is_disconnected,
        )
    due = stage.follower.next_due
    now = {"now": iso(stage.workspace.clock.now()), "version": stage.follower.version}
    return now | {"next_due": iso(due) if due else None}


async def events(stage: Stage, _request: Request) -> Response:
    """Server-sent events: one line for every change, so that the page reads anew."""
    return StreamingResponse(_changes(stage), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _changes(stage: Stage) -> AsyncIterator[str]:
    seen = -1
    while True:
        seen = await stage.workspace.journal.changed_since(seen, HEARTBEAT)
        yield f"data: {seen}\n\n"
