"""HTTP mode: Slack's signed requests, given to the same app that Socket Mode feeds."""

from collections.abc import Callable

from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/slack/events"
TIMESTAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"
MOST_BYTES = 1_000_000
"""Slack's largest payload is far below; nobody may fill the memory before a signature was looked at."""
MOST_DIGITS = 12
REFUSED, TOO_LARGE, NOT_READ = 401, 413, 400
GARBLED = (ValueError, TypeError, AttributeError, RecursionError)
"""What Bolt stumbles over when a body is none of Slack's: it reads the body before it looks at the signature."""


class Listening:
    """The `Ear` of HTTP mode: Slack calls when it has something to say, so that silence means nothing."""

    def __init__(self, serving: Callable[[], bool]) -> None:
        self._serving = serving

    def connected(self) -> bool:
        """Whether requests are taken."""
        return self._serving()

    def silent_for(self) -> float:
        """Never."""
        return 0.0


def route(app: App) -> Route:
    """Slack's requests in the app's own threads. Bolt refuses a wrong signature and a time more than five minutes off.

    What Bolt would stumble over is answered in front of it: nobody without the secret may fill the log with its failures.
    """

    async def events(request: Request) -> Response:
        if not _instant(request.headers.get(TIMESTAMP, "")) or not request.headers.get(SIGNATURE, "").isascii():
            return Response(status_code=REFUSED)
        try:
            body = await _body(request)
            asked = to_bolt_request(request, body)
        except _TooLarge:
            return Response(status_code=TOO_LARGE)
        except (ClientDisconnect, *GARBLED):
            return Response(status_code=NOT_READ)
        return to_starlette_response(await run_in_threadpool(app.dispatch, asked))

    return Route(PATH, events, methods=["POST"])


def _instant(said: str) -> bool:
    """Whether it is a number of seconds: Bolt stumbles over anything else."""
    return said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS


class _TooLarge(Exception):
    """More than Slack ever sends."""


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise _TooLarge
        parts.append(part)
    return b"".join(parts)
