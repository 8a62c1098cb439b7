"""Signed requests to the bot's own address, as Slack posts them: delivered, held back, posted again, posted late."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.practice.http_delivery import Endpoint, encoded
from bot.practice.wire import Json
from tests.scenarios.world import World, strict

FORM = "application/x-www-form-urlencoded"


def connect(world: World) -> str:
    """Have the workspace deliver to the bot's address; the address."""
    url = f"{world.bot.url}/slack/events"
    world.server.stage.delivery.endpoint = Endpoint(url, world.server.cast.bot.signing_secret)
    return url


def signed(
    world: World, body: bytes, *, age: timedelta = timedelta(), at: str = "", secret: str = ""
) -> dict[str, str]:
    """The headers of a request that was signed so long ago."""
    at = at or str(int((SystemClock().now() - age).timestamp()))
    key = (secret or world.server.cast.bot.signing_secret).encode()
    digest = hmac.new(key, b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Content_Type": FORM, "X_Slack_Request_Timestamp": at, "X_Slack_Signature": f"v0={digest}"}


class Held(Endpoint):
    """Keeps what it was to deliver, and delivers nothing."""

    def __init__(self, world: World) -> None:
        super().__init__(f"{world.bot.url}/slack/events", world.server.cast.bot.signing_secret)
        self.bodies: list[bytes] = []

    def deliver(self, kind: str, payload: Json, retry: int) -> tuple[Json | str | None, float]:
        self.bodies.append(encoded(kind, payload)[0])
        return None, 1.0


@contextmanager
def over_http(place: Path, *, template: Path) -> Iterator[World]:
    """A strict world whose bot takes signed requests and no socket."""
    with strict(place, template=template, VIGIL_MODE="http", SLACK_APP_TOKEN="") as w:
        connect(w)
        yield w
