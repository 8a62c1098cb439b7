"""Socket Mode: connections, envelopes, acks within 3 s, retries of events, duplicates on demand."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot.practice import limits
from bot.practice.http_delivery import Endpoint
from bot.practice.wire import ControlError, Json
from bot.practice.workspace import Workspace

NOBODY = "No bot is connected: start it, or wait until it has connected."


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement: its payload and the milliseconds of real time it took."""

    payload: Json | str | None
    ms: float


@dataclass(slots=True, eq=False)
class Connection:
    """One open socket; a deaf one swallows what is sent to it and answers nothing."""

    websocket: WebSocket
    deafen: Callable[[], None]
    deaf: bool = False


@dataclass(slots=True)
class Pending:
    """An envelope that waits for its ack."""

    name: str
    sent: float
    done: asyncio.Future[Ack]
    late: bool = False


@dataclass(slots=True)
class Delivery:
    """The bot's connections, or its endpoint over HTTP, and the way to send it something and hear back."""

    workspace: Workspace
    endpoint: Endpoint | None = None
    connections: list[Connection] = field(default_factory=list)
    pending: dict[str, Pending] = field(default_factory=dict)
    _turn: int = 0

    @property
    def connected(self) -> bool:
        """Whether any bot is listening; with an endpoint only the first delivery can tell."""
        return bool(self.connections) or self.endpoint is not None

    async def serve(self, websocket: WebSocket) -> None:
        """One Socket Mode connection from its hello to its end."""
        ticket = websocket.query_params.get("ticket", "")
        if ticket not in self.workspace.socket_tickets or len(self.connections) >= limits.MAX_CONNECTIONS:
            await websocket.close(code=1008)
            return
        self.workspace.socket_tickets.discard(ticket)
        await websocket.accept()
        connection = Connection(websocket, websocket.scope.get("state", {}).get("deafen", lambda: None))
        self.connections.append(connection)
        self.workspace.journal.write("socket", "connected", connections=len(self.connections))
        try:
            await websocket.send_text(json.dumps(self._hello()))
            async for text in websocket.iter_text():
                self._take(text)
        finally:
            self._forget(connection)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self.workspace.cast.bot.app_id},
            "debug_info": {"host": "practice", "build_number": 1, "approximate_connection_time": 18060},
        }

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
            self.workspace.journal.write("socket", "disconnected", connections=len(self.connections))

    def _take(self, text: str) -> None:
        """An ack, in time or late; anything else is written down as an error."""
        frame = _object(text)
        if "envelope_id" not in frame:
            self.workspace.journal.write("socket", "unreadable frame", ok=False, error="bad_frame")
            return
        waiting = self.pending.pop(frame["envelope_id"], None)
        if waiting is None:
            self.workspace.journal.write("socket", "unknown ack", ok=False, error="unknown_envelope")
            return
        ms = round((time.monotonic() - waiting.sent) * 1000, 1)
        if waiting.late:
            self.workspace.journal.write("delivery", waiting.name, ok=False, error="late_ack", ms=ms)
        elif not waiting.done.done():
            waiting.done.set_result(Ack(frame.get("payload"), ms))

    async def send(self, kind: str, payload: Json, name: str, *, accepts: bool = False) -> Ack:
        """Deliver one payload; ControlError `dispatch_failed` without a bot, `operation_timeout` without an ack."""
        again = self.workspace.faults.take("duplicate")
        ack = self._sent(kind, payload, name, accepts=accepts)
        copy = self._sent(kind, payload, f"{name} (duplicate)", accepts=accepts, retry=1) if again else None
        try:
            return await ack
        finally:
            if copy is not None:
                await asyncio.gather(copy, return_exceptions=True)

    async def retry(self, kind: str, payload: Json, name: str, number: int) -> Ack:
        """Deliver again what was not acknowledged, marked as the retry of that number."""
        return await self._deliver(kind, payload, f"{name} (retry {number})", accepts=False, retry=number)

    def _sent(self, kind: str, payload: Json, name: str, *, accepts: bool = False, retry: int = 0) -> asyncio.Task[Ack]:
        return asyncio.create_task(self._deliver(kind, payload, name, accepts=accepts, retry=retry))

    async def _deliver(self, kind: str, payload: Json, name: str, *, accepts: bool, retry: int) -> Ack:
        over = self._over_http if self.endpoint is not None else self._over_socket
        try:
            ack = await over(kind, payload, name, accepts=accepts, retry=retry)
        except ControlError as failure:
            self.workspace.journal.write("delivery", name, ok=False, error=failure.code, retry=retry or None)
            raise
        self.workspace.journal.write("delivery", name, ms=ack.ms, retry=retry or None)
        return ack

    async def _over_http(self, kind: str, payload: Json, _name: str, *, accepts: bool, retry: int) -> Ack:
        del accepts
        if self.endpoint is None:
            raise ControlError("dispatch_failed", NOBODY, status=409)
        body, ms = await asyncio.to_thread(self.endpoint.deliver, kind, payload, retry)
        return Ack(body, ms)

    async def _over_socket(self, kind: str, payload: Json, name: str, *, accepts: bool, retry: int) -> Ack:
        envelope: Json = {
            "envelope_id": str(uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": accepts,
        }
        if kind == "events_api" or retry:
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        waiting = Pending(name, time.monotonic(), asyncio.get_running_loop().create_future())
        self.pending[envelope["envelope_id"]] = waiting
        await self._put(envelope)
        try:
            return await asyncio.wait_for(waiting.done, limits.ACK_WITHIN)
        except TimeoutError:
            waiting.late = True
            raise ControlError("operation_timeout", limits.LATE, status=408) from None

    async def _put(self, envelope: Json) -> None:
        """Hand an envelope to any one connection, in turn; one that has just gone is passed over."""
        text = json.dumps(envelope)
        while self.connections:
            self._turn += 1
            connection = self.connections[self._turn % len(self.connections)]
            if connection.deaf:
                return
            if await _reached(connection.websocket, text):
                return
            self._forget(connection)
        raise ControlError("dispatch_failed", NOBODY, status=409)

    async def drop(self) -> None:
        """Close every connection from this side."""
        for connection in list(self.connections):
            self._forget(connection)
            await connection.websocket.close(code=1001)

    def deafen(self) -> None:
        """From now on the open connections swallow everything and answer no ping; new ones are well."""
        for connection in self.connections:
            connection.deaf = True
            connection.deafen()


def _object(text: str) -> Json:
    """The JSON object in a frame; an empty one when there is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _reached(websocket: WebSocket, text: str) -> bool:
    """Send a frame; False when the other side has gone."""
    if websocket.application_state is not WebSocketState.CONNECTED:
        return False
    try:
        await websocket.send_text(text)
    except WebSocketDisconnect:
        return False
    return True
