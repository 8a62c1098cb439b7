"""The practice server: one Starlette app on the loopback, in the foreground or in a thread of a test."""

import asyncio
import errno
import socket
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request as Handshake

from bot.practice import control, response_urls, web_api
from bot.practice.cast import Cast
from bot.practice.delivery import Delivery
from bot.practice.http_delivery import Endpoint
from bot.practice.settling import Follower
from bot.practice.stage import Stage
from bot.practice.workspace import Options, Workspace

HOST = "127.0.0.1"
DEFAULT_PORT = 8765
PAGE = Path(__file__).parent / "page"
ENDS_WITHIN = 10.0
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class PortInUse(Exception):
    """Another program listens on the port; the sentence names it and the way to choose another."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is in use: choose another with --port, or --port 0 for a free one.")
        self.port = port


class SocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket that can be made deaf: it stops reading, and so stops answering pings."""

    def handle_connect(self, event: Handshake) -> None:
        """Hand the way to deafen this connection to the application, with its scope."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["state"]["deafen"] = self.deafen

    def deafen(self) -> None:
        """Read nothing more and send no ping."""
        self.read_paused = False
        self.stop_keepalive()
        self.transport.pause_reading()


class Guard:
    """Loopback callers of this origin only, and the security headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from here; 403 for the rest."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        origin = headers.get(b"origin", b"").decode("latin-1")
        if host.partition(":")[0] not in (HOST, "localhost") or origin not in ("", f"http://{host}"):
            detail = "The practice workspace answers its own page and programs on this machine only."
            refusal = JSONResponse({"ok": False, "error": "forbidden", "detail": detail}, status_code=403)
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)


def application(stage: Stage) -> Starlette:
    """All routes over one stage."""

    def on(handler: Callable[[Stage, Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await handler(stage, request)

        return endpoint

    async def api(request: Request) -> Response:
        return await web_api.call(stage.workspace, request)

    async def sockets(websocket: WebSocket) -> None:
        await stage.delivery.serve(websocket)

    async def index(_request: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-store"})

    async def permalink(request: Request) -> Response:
        where = request.path_params
        return RedirectResponse(f"/#{where['channel']}/{where['ts']}")

    routes = [
        Route("/", index),
        Route("/archives/{channel}/{ts}", permalink),
        Route("/api/{method}", api, methods=["GET", "POST"]),
        Route("/response/{ticket}", on(response_urls.answer), methods=["POST"]),
        Route("/control/events", on(control.events)),
        Route("/control/{name}", on(control.get), methods=["GET"]),
        Route("/control/{name}", on(control.post), methods=["POST"]),
        WebSocketRoute("/socket", sockets),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Guard)])
    app.mount("/page", StaticFiles(directory=PAGE))
    return app


class PracticeServer:
    """A practice workspace on the loopback; `with PracticeServer(cast, port=0) as server:` runs it in a thread.

    With `request_url`, a loopback address, the bot is sent signed requests there instead of Socket Mode envelopes.
    """

    def __init__(
        self,
        cast: Cast,
        port: int = DEFAULT_PORT,
        *,
        start: datetime | None = None,
        options: Options | None = None,
        request_url: str | None = None,
    ) -> None:
        self.cast = cast
        self._port = port
        workspace = Workspace(cast, start=start, options=options)
        endpoint = Endpoint(request_url, cast.bot.signing_secret) if request_url else None
        self.stage = Stage(workspace, Delivery(workspace, endpoint), Follower(workspace.traffic))
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None
        self._uvicorn: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        """The address of the page, without a slash at its end."""
        return self.stage.workspace.url

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` is to be."""
        return f"{self.url}/api/"

    @property
    def clock_url(self) -> str:
        """What `VIGIL_CLOCK_URL` is to be."""
        return f"{self.url}/control/clock"

    @property
    def bot_environment(self) -> dict[str, str]:
        """The settings with which a bot connects to this workspace."""
        bot = self.cast.bot
        return {
            "SLACK_API_URL": self.api_url,
            "SLACK_BOT_TOKEN": bot.bot_token,
            "SLACK_APP_TOKEN": bot.app_token,
            "SLACK_SIGNING_SECRET": bot.signing_secret,
            "VIGIL_CLOCK_URL": self.clock_url,
        }

    def bind(self) -> None:
        """Take the port; PortInUse when another program has it."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, self._port))
            listener.listen()
        except OSError as problem:
            listener.close()
            if problem.errno == errno.EADDRINUSE:
                raise PortInUse(self._port) from problem
            raise
        self._socket = listener
        self.stage.workspace.url = f"http://{HOST}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            application(self.stage),
            ws=SocketProtocol,
            ws_ping_interval=10.0,
            ws_ping_timeout=None,
            log_level="critical",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._uvicorn = uvicorn.Server(config)

    async def run(self) -> None:
        """Serve until `stop` is called, in the running event loop; `bind` comes first."""
        if self._uvicorn is None or self._socket is None:
            self.bind()
        if self._uvicorn is None or self._socket is None:  # pragma: no cover - bind has just set them
            return
        listener = self._socket
        try:
            await self._uvicorn.serve([listener])
        finally:
            for task in list(self.stage.background):
                task.cancel()
            listener.close()

    def stop(self) -> None:
        """Ask the server to end; safe from any thread and from a signal handler."""
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True

    def start(self) -> None:
        """Bind, and serve in a thread; calls made from now on are answered."""
        self.bind()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.run()), name="practice", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait for the thread to end."""
        self.stop()
        if self._thread is not None:
            self._thread.join(ENDS_WITHIN)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
