"""The control API: everything a person or a test does to the workspace, over HTTP."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.practice import interactions, listing, submitting
from bot.practice.clock import duration, instant, iso, next_monday
from bot.practice.fields import controls, option_text
from bot.practice.faults import fault_from
from bot.practice.stage import Stage, reply_of
from bot.practice.wire import ApiError, ControlError, Json

Handler = Callable[[Stage, Json, bool], Awaitable[Json]]
OWN_CLOCK = "The bot does not follow the practice clock (VIGIL_CLOCK_URL): it uses its own."
LONGEST_WAIT = 60.0
HEARTBEAT = 10.0


async def rest(stage: Stage, wait: bool) -> None:  # noqa: FBT001 - `?wait=0` as it came
    """Wait until the bot is idle, unless the caller does not want to."""
    if wait:
        await stage.follower.settle()


async def command(stage: Stage, body: Json, wait: bool) -> Json:
    """`{seat, channel, command, text}` -> `{reply, view_id, acked_ms}`."""
    seat = interactions.active(stage, body.get("seat"))
    with stage.acting(seat.id) as act:
        ms = await interactions.command(stage, act, seat, body)
        await rest(stage, wait)
    return {"reply": reply_of(act), "view_id": act.views[-1].id if act.views else None, "acked_ms": ms}


async def shortcut(stage: Stage, body: Json, wait: bool) -> Json:
    """`{seat, callback_id, channel?, ts?}` -> `{view_id}`."""
    seat = interactions.active(stage, body.get("seat"))
    with stage.acting(seat.id) as act:
        ms = await interactions.shortcut(stage, act, seat, body)
        await rest(stage, wait)
    return {"reply": reply_of(act), "view_id": act.views[-1].id if act.views else None, "acked_ms": ms}


async def click(stage: Stage, body: Json, wait: bool) -> Json:
    """`{seat, channel, ts, action, value?}`, or `view_id` for channel and ts -> `{reply, view_id}`."""
    seat = interactions.active(stage, body.get("seat"))
    with stage.acting(seat.id) as act:
        act_on = interactions.click_view if body.get("view_id") else interactions.click_message
        ms = await act_on(stage, act, seat, body)
        await rest(stage, wait)
    return {"reply": reply_of(act), "view_id": act.views[-1].id if act.views else None, "acked_ms": ms}


async def submit(stage: Stage, body: Json, wait: bool) -> Json:
    """`{seat, view_id, values}` -> `{errors}`, `{view}` or `{closed: true}`."""
    seat = interactions.active(stage, body.get("seat"))
    with stage.acting(seat.id) as act:
        answer = await submitting.submit(stage, act, seat, body)
        await rest(stage, wait)
    top = (stage.workspace.stack(seat.id) or [None])[-1]
    if "view" in answer and top is not None:
        answer["view"] = submitting.rendered(top)
    return answer | {"reply": reply_of(act), "view_id": top.id if top else None}


async def close(stage: Stage, body: Json, wait: bool) -> Json:
    """`{seat, view_id}` -> `{closed: true}`."""
    seat = interactions.active(stage, body.get("seat"))
    await submitting.close(stage, seat, body.get("view_id"))
    await rest(stage, wait)
    return {"closed": True}


async def options(stage: Stage, body: Json, _wait: bool) -> Json:
    """`{seat, view_id or channel+ts, action, query}` -> `{options}`."""
    seat = interactions.active(stage, body.get("seat"))
    if body.get("view_id"):
        view = interactions.open_view(stage, seat, body["view_id"])
        control, _ = interactions.find(controls(view.blocks), body)
        found = await interactions.options(stage, seat, control, str(body.get("query") or ""), view)
    else:
        room, message = interactions.seen_message(stage, seat, body)
        control, _ = interactions.find(controls(message.blocks), body)
        found = await interactions.options(stage, seat, control, str(body.get("query") or ""), (room, message))
    return {"options": [option_text(option) for option in found]}


async def home(stage: Stage, body: Json, wait: bool) -> Json:
    """`{seat}` -> `{blocks}` of their Home tab, and its view_id."""
    seat = interactions.active(stage, body.get("seat"))
    await interactions.home(stage, seat)
    await rest(stage, wait)
    view = stage.workspace.homes.get(seat.id)
    if view is None:
        return {"blocks": [], "view_id": None, "view": None}
    return {"blocks": view.blocks, "view_id": view.id, "view": submitting.rendered(view)}


async def say(stage: Stage, body: Json, wait: bool) -> Json:
    """`{seat, channel, text, thread_ts?, file?}` -> `{ts, delivered}`."""
    seat = interactions.active(stage, body.get("seat"))
    with stage.acting(seat.id) as act:
        answer = await interactions.say(stage, seat, body)
        await rest(stage, wait)
    return answer | {"reply": reply_of(act)}


async def clock(stage: Stage, body: Json, wait: bool) -> Json:
    """`{advance: "4h"}`, `{to: ISO | "next deadline" | "monday"}` -> `{now}`, with a warning for a bot's own clock."""
    target = await _target(stage, body)
    stage.workspace.clock.move_to(target, allow_back=bool(body.get("allow_back")))
    stage.workspace.journal.write("control", "clock", detail=iso(target))
    following = stage.follower.following()
    stage.follower.bump()
    await rest(stage, wait)
    answer: Json = {"now": iso(stage.workspace.clock.now()), "version": stage.follower.version}
    return answer if following else answer | {"warning": OWN_CLOCK}


async def _target(stage: Stage, body: Json) -> datetime:
    now = stage.workspace.clock.now()
    if body.get("advance"):
        return now + duration(str(body["advance"]))
    wanted = str(body.get("to") or "")
    if wanted.casefold() == "monday":
        return next_monday(now)
    if wanted.casefold() != "next deadline":
        return instant(wanted)
    await stage.follower.settle()
    due = stage.follower.next_due
    if due is None:
        raise ControlError("no_deadline", "The bot waits for no deadline, or does not follow this clock.", status=409)
    return max(due, stage.workspace.clock.now())


async def fault(stage: Stage, body: Json, _wait: bool) -> Json:
    """Put a fault in force; `{kind, clear: true}` lifts it, `{clear: true}` all."""
    faults, kind = stage.workspace.faults, body.get("kind")
    if body.get("clear"):
        faults.clear(str(kind) if kind else None)
        return {"faults": [one.as_json() for one in faults.active]}
    channel = stage.workspace.room(body["channel"]).id if body.get("channel") else None
    asked = fault_from(body, channel)
    stage.workspace.journal.write("fault", asked.kind, detail=asked.method)
    match asked.kind:
        case "drop_socket":
            await stage.delivery.drop()
        case "deaf":
            stage.delivery.deafen()
        case _:
            faults.add(asked)
    return {"faults": [one.as_json() for one in faults.active]}


async def membership(stage: Stage, body: Json, _wait: bool) -> Json:
    """`{channel, seat or "bot", in}`, `{channel, archived}` or `{seat, deactivated}`."""
    workspace = stage.workspace
    if "archived" in body:
        workspace.room(body.get("channel")).archived = bool(body["archived"])
    elif "deactivated" in body:
        seat = workspace.seat(body.get("seat"))
        (workspace.deactivated.add if body["deactivated"] else workspace.deactivated.discard)(seat.id)
    elif "in" in body:
        room = workspace.room(body.get("channel"))
        member = workspace.bot_id if body.get("seat") == "bot" else workspace.seat(body.get("seat")).id
        (room.members.add if body["in"] else room.members.discard)(member)
    else:
        raise ControlError("bad_membership", "Name in, archived or deactivated.")
    workspace.journal.write("control", "membership", detail=json.dumps(body))
    return {}


async def reset(stage: Stage, _body: Json, _wait: bool) -> Json:
    """The state at start."""
    stage.workspace.reset()
    stage.follower.bump()
    return {"now": iso(stage.workspace.clock.now())}


POSTS: dict[str, Handler] = {
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
        answer = await handler(stage, body, request.query_params.get("wait") != "0")
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
                answer: Json = {"messages": rows}
            case "views":
                stack = workspace.stack(workspace.seat(query.get("seat")).id)
                answer = {"views": [submitting.rendered(view) for view in stack]}
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
    return JSONResponse({"ok": True} | answer)


async def _follow(stage: Stage, request: Request) -> Json:
    """The clock as it stands; with `seen`, a bot's long poll for the next move."""
    query = request.query_params
    if "seen" in query:
        await stage.follower.poll(
            seen=int(query["seen"] or 0),
            settled=int(query.get("settled") or 0),
            next_due=instant(query["next"]) if query.get("next") else None,
            wait=min(float(query.get("wait") or 0), LONGEST_WAIT),
            gone=request.is_disconnected,
        )
    return {"now": iso(stage.workspace.clock.now()), "version": stage.follower.version}


async def events(stage: Stage, _request: Request) -> Response:
    """Server-sent events: one line for every change, so that the page reads anew."""
    return StreamingResponse(_changes(stage), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _changes(stage: Stage) -> AsyncIterator[str]:
    seen = -1
    while True:
        seen = await stage.workspace.journal.changed_since(seen, HEARTBEAT)
        yield f"data: {seen}\n\n"
