"""Signed requests over HTTP instead of Socket Mode."""

import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from bot.practice.cast import Bot, default_cast
from bot.practice.driver import Driver
from bot.practice.server import PracticeServer
from bot.practice.wire import ControlError

OFFICER = "Officer One"


class Listener:
    """A Bolt app behind a small HTTP server on a free port."""

    def __init__(self, signing_secret: str) -> None:
        listener = self
        self.bodies: list[dict[str, Any]] = []
        self.app: App | None = None
        self.signing_secret = signing_secret

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/slack/events"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def connect(self, practice: PracticeServer) -> None:
        client = WebClient(token=practice.cast.bot.bot_token, base_url=practice.api_url)
        self.app = App(client=client, signing_secret=self.signing_secret)
        self.app.command("/hello")(lambda ack, command: ack(f"Hello {command['user_id']}."))
        self.app.event("message")(self.heard)

    def heard(self, event: dict[str, Any]) -> None:
        self.bodies.append(event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        assert self.app is not None
        headers: dict[str, str | Sequence[str]] = dict(handler.headers.items())
        response = self.app.dispatch(BoltRequest(body=body, headers=headers))
        handler.send_response(response.status)
        for name, value in response.first_headers_without_set_cookie().items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(response.body.encode())


@pytest.fixture
def listener(request: pytest.FixtureRequest) -> Iterator[Listener]:
    found = Listener(getattr(request, "param", Bot().signing_secret))
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def driver(listener: Listener) -> Iterator[Driver]:
    with PracticeServer(default_cast(), port=0, request_url=listener.url) as practice:
        listener.connect(practice)
        yield Driver(practice.url)


def test_a_command_and_an_event_arrive_as_signed_requests(driver: Driver, listener: Listener) -> None:
    assert driver.command(OFFICER, "front-door", "/hello")["reply"] == "Hello U0OFFICER."
    assert driver.post("say", seat=OFFICER, channel="front-door", text="one")["delivered"]
    assert [body["text"] for body in listener.bodies] == ["one"]


@pytest.mark.parametrize("listener", ["another secret"], indirect=True)
def test_a_bot_with_another_signing_secret_turns_the_request_away(driver: Driver) -> None:
    with pytest.raises(ControlError) as refusal:
        driver.command(OFFICER, "front-door", "/hello")
    assert refusal.value.code == "http_service_error"


def test_an_address_where_nobody_listens_and_one_elsewhere_are_told_apart() -> None:
    with PracticeServer(default_cast(), port=0, request_url="http://127.0.0.1:9/slack/events") as practice:
        with pytest.raises(ControlError) as refusal:
            Driver(practice.url).command(OFFICER, "front-door", "/hello")
        assert refusal.value.code == "dispatch_failed"
    with pytest.raises(ControlError, match="on this machine"):
        PracticeServer(default_cast(), port=0, request_url="http://bot.example/slack/events")
