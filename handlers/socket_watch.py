"""Socket Mode watched from outside: a socket that has gone deaf is replaced, and when that does not help the bot ends."""

import time
from collections.abc import Callable
from threading import Thread
from typing import Protocol

import structlog

from handlers.vitals import SILENT_AFTER, Ear

TRY_EVERY = 20.0
"""Seconds between two tries to replace a silent socket."""
GIVE_UP_AFTER = 120.0
"""Seconds of further silence after which only a new process can help."""

log = structlog.get_logger()


class Reconnects(Ear, Protocol):
    """An ear that can be replaced."""

    def reconnect(self) -> None:
        """Open a new connection in place of the old one; blocks while it tries, and never fails."""
        ...


class SocketWatch:
    """Call `look` each second. `dead` is called once, when silence has outlasted every new connection.

    Slack's own client finds a deaf socket by the wall clock, in a thread that may itself be stuck; this one counts
    monotonic seconds and tries in a thread that it does not wait for.
    """

    def __init__(
        self, ear: Reconnects, *, dead: Callable[[], None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._ear = ear
        self._dead = dead
        self._monotonic = monotonic
        self._tried_at: float | None = None
        self._given_up = False

    def look(self) -> None:
        """Do what the present silence asks for."""
        silent = self._ear.silent_for()
        if silent <= SILENT_AFTER:
            self._tried_at, self._given_up = None, False
            return
        if silent > SILENT_AFTER + GIVE_UP_AFTER:
            if not self._given_up:
                self._given_up = True
                log.critical("socket_given_up", silent_seconds=round(silent))
                self._dead()
            return
        now = self._monotonic()
        if self._tried_at is None or now - self._tried_at >= TRY_EVERY:
            self._tried_at = now
            log.error("socket_silent", silent_seconds=round(silent), connected=self._ear.connected())
            Thread(target=self._ear.reconnect, name="socket-again", daemon=True).start()
