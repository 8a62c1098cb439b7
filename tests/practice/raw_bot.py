"""A bot without a library: it takes envelopes off the socket, answers as it is told, and keeps what it got."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from bot.practice.server import PracticeServer

Answer = Callable[[dict[str, Any]], dict[str, Any] | None]


class RawBot:
    """`answer` is called with each payload and gives the ack's payload; `payloads` is what has come so far."""

    def __init__(self, server: PracticeServer) -> None:
        self.server = server
        self.payloads: list[dict[str, Any]] = []
        self.answer: Answer = lambda payload: None
        self.after_ack: Callable[[], None] = lambda: None

    def api(self, method: str, **args: object) -> dict[str, Any]:
        bot = self.server.cast.bot
        token = bot.app_token if method == "apps.connections.open" else bot.bot_token
        headers = {"Authorization": f"Bearer {token}"}
        body: dict[str, Any] = httpx.post(self.server.api_url + method, json=args, headers=headers).json()
        return body

    def respond(self, url: str, **body: object) -> httpx.Response:
        return httpx.post(url, json=body)

    def run(self, socket: ClientConnection) -> None:
        try:
            for frame in socket:
                envelope = json.loads(frame)
                self.payloads.append(envelope["payload"])
                ack = {"envelope_id": envelope["envelope_id"], "payload": self.answer(envelope["payload"])}
                socket.send(json.dumps(ack))
                self.after_ack()
        except ConnectionClosed:
            return


@contextmanager
def raw_bot(server: PracticeServer) -> Iterator[RawBot]:
    """A connected bot of this kind."""
    bot = RawBot(server)
    with connect(bot.api("apps.connections.open")["url"]) as socket:
        assert json.loads(socket.recv(5))["type"] == "hello"
        thread = threading.Thread(target=bot.run, args=(socket,), daemon=True)
        thread.start()
        yield bot
    thread.join(5)
