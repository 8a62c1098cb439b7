"""The bot's HTTP server: an address taken at the start, and Uvicorn in a thread with a loop of its own."""

import asyncio
import socket
import threading
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

ENDS_WITHIN = 5.0


class WebServer:
    """Bound when it is made, so that a taken address is found before anything else starts; serves from `start` on."""

    def __init__(self, listen: str) -> None:
        """Take `host:port`; port 0 takes a free one. OSError when the address cannot be taken."""
        host, _, port = listen.rpartition(":")
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, int(port)))
            self._socket.listen(socket.SOMAXCONN)
        except OSError:
            self._socket.close()
            raise
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens, without a slash at its end."""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def start(self, routes: Sequence[Route]) -> None:
        """Serve; requests that came since the address was taken are answered too."""
        config = uvicorn.Config(
            Starlette(routes=list(routes)),
            http="h11",
            loop="asyncio",
            ws="none",
            lifespan="off",
            access_log=False,  # an address may be logged elsewhere; a body never
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        self._server = server = uvicorn.Server(config)
        listener = self._socket
        self._thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), name="web", daemon=True)
        self._thread.start()

    def serving(self) -> bool:
        """Whether requests are answered."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Finish what is being answered, and let the address go."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(ENDS_WITHIN)
        self._socket.close()
