"""The engine's lock: one process ticks and delivers on one database; the operating system frees it on any death."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text

from bot.ports import StorageDown
from storage.chain import instant
from storage.database import Database
from storage.errors import EngineHeld

# "VIGIL" in bytes: the number of our advisory lock within one PostgreSQL database.
_ADVISORY = 0x564947494C
_NAME_LIMIT = 63
_MOST_READ = 4096
_NAMELESS = "The engine already runs on this database, in a process that has not yet written who it is."


_ADVISORY_HALVES = {"low": _ADVISORY & 0xFFFFFFFF, "high": _ADVISORY >> 32}
_HELD = (
    "FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid) "
    "WHERE held.locktype = 'advisory' AND held.granted AND held.objid = :low AND held.classid = :high "
    "AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_WHOSE = text(f"SELECT activity.application_name {_HELD}")
_OURS = text(f"SELECT count(*) {_HELD} AND held.pid = pg_backend_pid()")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who runs the engine: process number, host and since when (UTC, ISO 8601), and the name it holds leases under."""

    pid: int
    host: str
    since: str
    leases: str = ""

    @property
    def sentence(self) -> str:
        """What a second process is told."""
        return (
            f"The engine already runs on this database: process {self.pid} on {self.host}, since {self.since}. "
            "Stop that one first; every other command may be used while it runs."
        )


class EngineLock(Protocol):
    """The right to run the engine; keep it until the process ends.

    `left_by` is the name for leases of whoever had it before and was killed; "" where that is not known.
    """

    left_by: str

    def still_held(self) -> bool:
        """Whether the right is still ours; when not, the engine must stop at once."""
        ...

    def release(self) -> None:
        """Give the right back."""
        ...


def hold_engine(database: Database, now: datetime, *, leases: str = "") -> EngineLock:
    """Take the engine's lock, or raise EngineHeld with who has it; `leases` is the name that we hold leases under."""
    me = Holder(os.getpid(), socket.gethostname(), instant(now)[:19] + "Z", leases)
    if database.path is not None:
        return _FileLock(database.path.with_name(database.path.name + ".engine"), me)
    return _AdvisoryLock(database, me)


class _FileLock:
    def __init__(self, path: Path, me: Holder) -> None:
        self._path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held_by = os.read(self._handle, _MOST_READ)
            os.close(self._handle)
            raise EngineHeld(_sentence(held_by)) from None
        # Who gave it back left nothing: a name that is still there is of a process that was killed while it held the lock.
        before = _holder(os.read(self._handle, _MOST_READ))
        self.left_by = before.leases if before is not None else ""
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, json.dumps(asdict(me)).encode(), 0)

    def still_held(self) -> bool:
        # Deleting the file would let a second process lock a new one of the same name.
        try:
            return os.fstat(self._handle).st_ino == self._path.stat().st_ino
        except OSError:
            return False

    def release(self) -> None:
        if self._handle >= 0:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = -1


class _AdvisoryLock:
    def __init__(self, database: Database, me: Holder) -> None:
        connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY}):
            holder = _advisory_holder(connection)
            connection.close()
            raise EngineHeld(holder)
        name = f"vigil engine {me.pid} {me.since} {me.host}"[:_NAME_LIMIT]
        connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
        self._connection = connection
        # The server frees the lock of a connection that broke, too: its process may still live.
        self.left_by = ""

    def still_held(self) -> bool:
        # A connection that the server dropped has lost its lock with it.
        if self._connection.invalidated:
            return False
        try:
            return bool(self._connection.scalar(_OURS, _ADVISORY_HALVES))
        except StorageDown:
            return False

    def release(self) -> None:
        if self._connection.closed:
            return
        if not self._connection.invalidated:
            with suppress(StorageDown):
                self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY})
            # It carries the engine's name, so it does not go back to the pool.
            self._connection.invalidate()
        self._connection.close()


def _sentence(body: bytes) -> str:
    holder = _holder(body)
    return holder.sentence if holder is not None else _NAMELESS


def _holder(body: bytes) -> Holder | None:
    try:
        read = json.loads(body)
    except ValueError:
        return None
    match read:
        case {"pid": int(pid), "host": str(host), "since": str(since), **more}:
            return Holder(pid, host, since, str(more.get("leases", "")))
        case _:
            return None


def _advisory_holder(connection: Connection) -> str:
    name = connection.scalar(_WHOSE, _ADVISORY_HALVES)
    match str(name or "").split(" "):
        case ["vigil", "engine", pid, since, host] if pid.isdigit():
            return Holder(int(pid), host, since).sentence
        case _:
            return _NAMELESS
