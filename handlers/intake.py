"""Live incidents over HTTP: a signed POST of JSON, taken row by row and never twice."""

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.domain.incidents import Intake
from bot.ports import Clock, StorageDown

PATH = "/intake"
TIMESTAMP, SIGNATURE = "x-vigil-timestamp", "x-vigil-signature"
WINDOW = 300
"""Seconds by which a request's time may be off."""
MOST_BYTES = 8_000_000
MOST_DIGITS = 12

log = structlog.get_logger()


def signature(secret: str, at: str, body: bytes) -> str:
    """The signature of a body at an instant (Unix seconds as text): HMAC-SHA256 over "v0:", the instant, ":" and the body."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()


def route(take_in: Callable[[Sequence[object]], Intake], secret: str, clock: Clock) -> Route:
    """The endpoint: 401 unsigned, old or early; 400 no JSON; 413 too large; 503 when nothing could be stored."""

    async def post(request: Request) -> JSONResponse:
        try:
            body = await _body(request)
        except _TooLarge:
            return _no(413, f"Send {MOST_BYTES:,} bytes or fewer at once.")
        except ClientDisconnect:
            return _no(400, "The request broke off.")
        if not _signed(request, body, secret, clock.now()):
            return _no(401, "Sign the request with VIGIL_INTAKE_SECRET, and mind the clock: five minutes at most.")
        rows = read_rows(body)
        if rows is None:
            return _no(400, 'Send JSON: {"incidents": [...]}, or one incident.')
        try:
            return JSONResponse(answer(await run_in_threadpool(take_in, rows)))
        except StorageDown:
            log.error("intake_not_stored")  # noqa: TRY400 - where it failed is on the database's own log line
            return _no(503, "Nothing more was stored: send it again. What was taken before is known by its number.")

    return Route(PATH, post, methods=["POST"])


def read_rows(body: bytes) -> Sequence[object] | None:
    """The rows of a body: a list, an object with `incidents`, or one incident; None for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict):
        found = found.get("incidents", [found])
    return found if isinstance(found, list) else None


def answer(intake: Intake) -> dict[str, object]:
    """What became of each row, as JSON has it."""
    return {
        "taken": [
            {"row": one.row, "incident": one.incident, "reference": one.reference, "already": one.already}
            for one in intake.taken
        ],
        "returned": [{"row": one.row, "reason": one.reason} for one in intake.returned],
    }


def _signed(request: Request, body: bytes, secret: str, now: datetime) -> bool:
    at, given = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
    if not (at.isascii() and at.isdecimal() and len(at) <= MOST_DIGITS and given.isascii()):
        return False
    if abs(now.timestamp() - int(at)) > WINDOW:
        return False
    return hmac.compare_digest(signature(secret, at, body), given)


def _no(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status_code=status)


class _TooLarge(Exception):
    """More than is taken at once."""


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise _TooLarge
        parts.append(part)
    return b"".join(parts)
