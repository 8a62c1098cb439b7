"""Waking the engine from another process: a call over PostgreSQL's LISTEN and NOTIFY.

On a SQLite file nobody calls: there the engine sees what others wrote when it next looks, within two seconds.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from select import select

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from bot.ports import StorageDown
from storage.database import Database

_CHANNEL = "vigil_engine"
_CALL = text(f"SELECT pg_notify('{_CHANNEL}', '')")
_LOOK_SECONDS = 30.0
_WAITS = (0.5, 1.0, 2.0, 5.0, 15.0)

log = structlog.get_logger()


class Caller:
    """The Alarm of a process that runs no engine: wakes the one that does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ring(self) -> None:
        """Call; when that fails nothing is lost, since the engine looks by itself within two seconds."""
        if self._database.is_sqlite:
            return
        try:
            with self._database.writing() as connection:
                connection.execute(_CALL)
        except (StorageDown, SQLAlchemyError) as error:
            log.warning("engine_not_called", error=type(error).__name__)


class Listener:
    """Hears calls in a thread of its own while it is open; a lost connection is told of once and made again."""

    def __init__(self, database: Database, heard: Callable[[], None]) -> None:
        self._database = database
        self._heard = heard
        self._stopping = threading.Event()
        self._stop_end, self._our_end = socket.socketpair()
        self._thread = threading.Thread(target=self._keep_listening, name="engine-calls", daemon=True)
        self._well = True

    def start(self) -> Callable[[], None]:
        """Begin, where there is something to hear; answers how to stop."""
        if not self._database.is_sqlite:
            self._thread.start()
        return self.stop

    def stop(self) -> None:
        """Stop and wait until it has."""
        self._stopping.set()
        self._stop_end.close()
        if self._thread.is_alive():
            self._thread.join()
        self._our_end.close()

    def _keep_listening(self) -> None:
        tries = 0
        while not self._stopping.is_set():
            try:
                self._listen()
            except (StorageDown, SQLAlchemyError) as error:
                if self._well:
                    log.warning("engine_calls_unheard", error=type(error).__name__)
                    tries = 0
                self._well = False
                self._stopping.wait(_WAITS[min(tries, len(_WAITS) - 1)])
                tries += 1

    def _listen(self) -> None:
        with self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                self._hear(connection)
            finally:
                connection.invalidate()  # it listens, so it does not go back to the pool

    def _hear(self, connection: Connection) -> None:
        raw = connection.connection.driver_connection
        if raw is None:
            return
        raw.add_notify_handler(lambda _call: self._heard())
        connection.execute(text(f"LISTEN {_CHANNEL}"))
        if not self._well:
            log.info("engine_calls_heard")
            self._well = True
            self._heard()  # whoever called meanwhile was not heard
        while not self._stopping.is_set():
            select([raw.fileno(), self._our_end], [], [], _LOOK_SECONDS)
            if not self._stopping.is_set():
                connection.execute(text("SELECT 1"))  # takes in what has come, and shows whether the server is there
