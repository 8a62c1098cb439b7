"""Socket Mode: one connection that Slack's own client keeps alive, and a first connect that does not give up."""

import time
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR
from threading import Event, Lock, Thread

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.errors import SlackApiError

from handlers.failures import NETWORK, code_of
from handlers.slack_errors import CREDENTIAL_DEAD

CONCURRENCY = 20
PING_EVERY = 3
"""Seconds; a socket that answers no ping for four of them is replaced."""
READ_AT_ONCE = 65_536
"""Bytes. Slack's client hands nothing on before a reading ends where a message does, and goes one call deeper for each part:
in parts of its usual 1,024 a crowd's presses, each with a whole card, would wait for the last of them."""
TRY_AGAIN_AFTER = 2.0
"""Seconds between tries while Slack cannot be reached."""

log = structlog.get_logger()


class TokenRefused(Exception):
    """Slack refuses the app-level token; the message is one sentence for the operator."""


class SocketTransport:
    """The bot's ear. Start it once; it reconnects by itself until it is stopped."""

    def __init__(
        self,
        app: App,
        app_token: str,
        *,
        try_again_after: float = TRY_AGAIN_AFTER,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._monotonic = monotonic
        self._heard_at = monotonic()
        self._answered: float | None = None
        self._connecting = Lock()
        self._try_again_after = try_again_after
        self._app_token = app_token
        self._handler: SocketModeHandler | None = None
        self._stopped = Event()
        self._retrying: Thread | None = None

    def start(self) -> None:
        """Connect; TokenRefused when the token is wrong. While Slack cannot be reached it goes on trying behind."""
        self._handler = SocketModeHandler(
            self._app,
            self._app_token,
            concurrency=CONCURRENCY,
            ping_interval=PING_EVERY,
            receive_buffer_size=READ_AT_ONCE,
            trace_enabled=False,
        )
        self._handler.client.on_message_listeners.append(self._hear)
        if not self._connect(self._handler):
            self._retrying = Thread(target=self._keep_trying, args=(self._handler,), name="socket-start", daemon=True)
            self._retrying.start()

    def stop(self) -> None:
        """Close the connection; what was received before is still answered."""
        self._stopped.set()
        if self._retrying is not None:
            self._retrying.join(timeout=self._try_again_after)
        if self._handler is not None:
            _hang_up(self._handler)
            _let_go(self._handler)
            self._handler.client.close()

    def connected(self) -> bool:
        """Whether Slack can reach us now; a socket that went deaf counts until it is found out and replaced."""
        return self._handler is not None and bool(self._handler.client.is_connected())

    def silent_for(self) -> float:
        """Seconds since Slack sent anything: a hello, a message, or its answer to one of our pings."""
        session = self._handler.client.current_session if self._handler is not None else None
        answered = session.last_ping_pong_time if session is not None else None
        if answered not in {None, self._answered}:
            self._answered = answered
            self._heard_at = self._monotonic()
        return self._monotonic() - self._heard_at

    def reconnect(self) -> None:
        """Put a new connection in the place of the old one; a try that is still under way is left to it."""
        if self._handler is None or self._stopped.is_set() or not self._connecting.acquire(blocking=False):
            return
        try:
            _let_go(self._handler)
            self._handler.client.connect_to_new_endpoint(force=True)
        except SlackApiError as error:
            log.warning("socket_not_connected", code=code_of(error))
        except NETWORK as error:
            log.warning("socket_not_connected", code=type(error).__name__)
        finally:
            self._connecting.release()

    def _hear(self, _message: str) -> None:
        self._heard_at = self._monotonic()

    def _connect(self, handler: SocketModeHandler) -> bool:
        try:
            handler.client.connect()
        except SlackApiError as error:
            code = code_of(error)
            if code in CREDENTIAL_DEAD:
                handler.client.close()
                said = f"Slack refuses SLACK_APP_TOKEN ({code}): set it to the app-level token of this app (xapp-…)."
                raise TokenRefused(said) from None
            log.warning("socket_not_connected", code=code)
            return False
        except NETWORK as error:
            log.warning("socket_not_connected", code=type(error).__name__)
            return False
        return True

    def _keep_trying(self, handler: SocketModeHandler) -> None:
        while not self._stopped.wait(self._try_again_after):
            try:
                if self.connected() or self._connect(handler):
                    return
            except TokenRefused as refused:
                log.error("socket_token_refused", said=str(refused))  # noqa: TRY400 - the sentence is all there is to say
                return


def _let_go(handler: SocketModeHandler) -> None:
    """Close the socket in use, before the client does: it would fail half-way when the reader lets go at the same instant."""
    session = handler.client.current_session
    if session is not None:
        with suppress(AttributeError):  # the reader was first, and nothing is left to close
            session.disconnect()


def _hang_up(handler: SocketModeHandler) -> None:
    """Wake the reader of the socket, which otherwise sits out its own time-out of three seconds before it lets go."""
    handler.client.auto_reconnect_enabled = False
    session = handler.client.current_session
    if session is not None and session.sock is not None:
        with suppress(OSError):
            session.sock.shutdown(SHUT_RDWR)
