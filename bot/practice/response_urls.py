"""What a bot posts to a response_url: at most five times in 30 practice minutes."""

import json
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.practice import limits
from bot.practice.posting import content
from bot.practice.records import Message, ResponseUrl, Room
from bot.practice.stage import Stage
from bot.practice.wire import ApiError, Json

REFUSED = 404


async def answer(stage: Stage, request: Request) -> Response:
    """Take one answer; 404 `used_url` or `expired_url` when the address is spent."""
    workspace = stage.workspace
    workspace.traffic.calls += 1
    workspace.traffic.last_at = time.monotonic()
    address = workspace.response_urls.get(str(request.path_params["ticket"]))
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        body = None
    try:
        if not isinstance(body, dict):
            raise ApiError("invalid_payload")
        _apply(stage, _live(stage, address), body)
    except ApiError as refusal:
        detail = "; ".join(refusal.messages) or None
        workspace.journal.write("api", "response_url", ok=False, error=refusal.code, detail=detail)
        spent = refusal.code in ("used_url", "expired_url", "no_such_url")
        return JSONResponse(refusal.answer(), status_code=REFUSED if spent else 400)
    workspace.journal.write("api", "response_url", channel=address.channel if address else None)
    return JSONResponse({"ok": True})


def _live(stage: Stage, address: ResponseUrl | None) -> ResponseUrl:
    if address is None:
        raise ApiError("no_such_url")
    if address.uses >= limits.RESPONSE_URL_USES:
        raise ApiError("used_url")
    if stage.workspace.clock.now() > address.expires_at:
        raise ApiError("expired_url")
    address.uses += 1
    return address


def _apply(stage: Stage, address: ResponseUrl, body: Json) -> None:
    room = stage.workspace.rooms[address.channel]
    original = stage.workspace.message(room, address.message_ts) if address.message_ts else None
    if body.get("delete_original"):
        if original is not None:
            room.messages.remove(original)
            stage.workspace.journal.ring()
        return
    if body.get("replace_original") and original is not None:
        _replace(stage, address, original, body)
        return
    _add(stage, address, room, body)


def _replace(stage: Stage, address: ResponseUrl, original: Message, body: Json) -> None:
    text, blocks = content(stage.workspace, body)
    original.text, original.blocks = text, blocks
    original.edited = stage.workspace.new_ts()
    address.act.replies.append(original)
    stage.workspace.journal.ring()


def _add(stage: Stage, address: ResponseUrl, room: Room, body: Json) -> None:
    stage.answer_in(room, address.act, body, thread_ts=address.thread_ts)
