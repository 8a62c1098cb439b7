"""The Web API over HTTP: who calls, which method, faults, rate limits, the answer, and a row in the log for each."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.practice import chat_methods as chat
from bot.practice import people_methods as people
from bot.practice import view_methods as views
from bot.practice.faults import Fault
from bot.practice.posting import RateLimited
from bot.practice.wire import ApiError, Json
from bot.practice.workspace import Workspace

Method = Callable[[Workspace, Json], Json]

METHODS: dict[str, Method] = {
    "api.test": people.api_test,
    "apps.connections.open": people.connections_open,
    "auth.test": people.auth_test,
    "bots.info": people.bots_info,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.history": chat.history,
    "conversations.info": people.conversations_info,
    "conversations.list": people.conversations_list,
    "conversations.members": people.conversations_members,
    "conversations.open": people.conversations_open,
    "conversations.replies": chat.replies,
    "pins.add": chat.pins_add,
    "pins.list": chat.pins_list,
    "pins.remove": chat.pins_remove,
    "reactions.add": chat.reactions_add,
    "team.info": people.team_info,
    "users.info": people.users_info,
    "users.list": people.users_list,
    "users.lookupByEmail": people.lookup_by_email,
    "views.open": views.views_open,
    "views.publish": views.views_publish,
    "views.push": views.views_push,
    "views.update": views.views_update,
}
OPTIONAL: dict[str, Method] = {
    "bookmarks.add": people.bookmarks_add,
    "bookmarks.list": people.bookmarks_list,
    "usergroups.list": people.usergroups_list,
    "usergroups.users.list": people.usergroups_users_list,
}
HOLD_AT_MOST = 60.0
PEEK = 0.2
GONE_AFTER_HEADERS = {"content-length": "1"}


async def call(workspace: Workspace, request: Request) -> Response:
    """Answer one Web API call."""
    method = str(request.path_params["method"])
    workspace.traffic.in_flight += 1
    workspace.traffic.calls += 1
    try:
        args, token = await _arguments(request)
        return await _answer(workspace, request, method, args, token)
    finally:
        workspace.traffic.in_flight -= 1
        workspace.traffic.last_at = time.monotonic()


async def _arguments(request: Request) -> tuple[Json, str]:
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    args: Json = dict(request.query_params)
    if kind == "application/json":
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            body = None
        args |= body if isinstance(body, dict) else {}
    else:
        args |= dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
    token = str(args.pop("token", ""))
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return args, bearer.strip() if scheme.lower() == "bearer" else token


async def _answer(workspace: Workspace, request: Request, method: str, args: Json, token: str) -> Response:
    channel = args.get("channel")
    fault: Fault | None = None
    try:
        function = _method(workspace, method)
        _authorise(workspace, method, token)
        fault = workspace.faults.for_call(method, str(channel) if channel else None, workspace.clock.now())
        if fault and fault.kind == "revoked":
            raise ApiError("token_revoked")
        if fault and fault.kind == "error":
            raise ApiError(fault.code)
        if fault and fault.kind == "429" and fault.until:
            raise RateLimited(max(1, round((fault.until - workspace.clock.now()).total_seconds())))
        body = {"ok": True} | function(workspace, args)
    except ApiError as refusal:
        _log(workspace, method, args, error=refusal.code, detail="; ".join(refusal.messages) or None, fault=fault)
        return JSONResponse(refusal.answer())
    except RateLimited as limit:
        _log(workspace, method, args, error="ratelimited", detail=f"Retry-After {limit.retry_after}", fault=fault)
        headers = {"Retry-After": str(limit.retry_after)}
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)
    _log(workspace, method, args, warning=body.get("warning"), fault=fault)
    if fault and fault.kind == "accepted_then_500":
        return Response("upstream error", status_code=500)
    if fault and fault.kind == "timeout_after_post":
        await _hold(request, HOLD_AT_MOST if fault.hold is None else fault.hold)
        return StreamingResponse(_nothing(), headers=GONE_AFTER_HEADERS)
    return JSONResponse(body, headers={"X-OAuth-Scopes": ",".join(workspace.cast.scopes)})


def _method(workspace: Workspace, method: str) -> Method:
    function = METHODS.get(method)
    if function is None and workspace.options.optional_methods:
        function = OPTIONAL.get(method)
    if function is None:
        raise ApiError("unknown_method", f"[ERROR] the practice workspace has no {method}")
    return function


def _authorise(workspace: Workspace, method: str, token: str) -> None:
    bot = workspace.cast.bot
    if not token:
        raise ApiError("not_authed")
    if method == "apps.connections.open":
        if token != bot.app_token:
            raise ApiError("not_allowed_token_type" if token == bot.bot_token else "invalid_auth")
    elif token != bot.bot_token:
        raise ApiError("not_allowed_token_type" if token == bot.app_token else "invalid_auth")


async def _hold(request: Request, seconds: float) -> None:
    """Say nothing until the caller gives up."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not await request.is_disconnected():  # noqa: ASYNC110 - leaving rings no bell
        await asyncio.sleep(PEEK)


async def _nothing() -> AsyncIterator[bytes]:
    """A body that never comes: the connection is cut short of its content length."""
    nothing: tuple[bytes, ...] = ()
    for part in nothing:
        yield part


def _log(workspace: Workspace, method: str, args: Json, *, fault: Fault | None, **facts: object) -> None:
    workspace.journal.write(
        "api",
        method,
        ok="error" not in facts,
        channel=args.get("channel") or args.get("user_id") or args.get("user"),
        fault=fault.kind if fault else None,
        **facts,
    )
