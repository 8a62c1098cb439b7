"""The database: one engine, short reads, and writes that queue in the order they came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bot.domain.errors import Conflict
from bot.ports import StorageDown
from storage import postgresql, sqlite
from storage.errors import DatabaseRefused
from storage.turnstile import Turnstile

# psycopg's names for two transactions that met.
_TRY_AGAIN = frozenset({"DeadlockDetected", "LockNotAvailable", "SerializationFailure"})
_POOL: dict[str, Any] = {
    "poolclass": QueuePool,
    "pool_size": 24,
    "max_overflow": 8,
    "pool_timeout": 10,
    "hide_parameters": True,
}

PATIENT = timedelta(seconds=5)
"""For somebody at a console, who can wait."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database; make one with `open_database`. Safe to share between threads.

    `path` is the SQLite file, None on PostgreSQL; `sentence` says for the operator what it is and how it is set.
    """

    engine: Engine
    path: Path | None
    sentence: str
    turnstile: Turnstile = field(default_factory=Turnstile)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a SQLite file."""
        return self.path is not None

    @contextmanager
    def transaction(self, *, writes: bool, gives_way: bool = False) -> Iterator[Connection]:
        """Yield a connection in one transaction, rolled back unless `commit` was called on it.

        One that writes begins IMMEDIATE on SQLite, once this writer's turn has come (DatabaseBusy when it does not); one
        that gives way lets people go first.
        """
        turn = self.turnstile.turn(gives_way=gives_way) if writes and self.is_sqlite else nullcontext()
        with turn, self.engine.connect() as connection:
            connection.begin()
            try:
                if self.is_sqlite:
                    # The driver's own BEGIN is deferred: a reader that turns writer then fails at once, however long it may
                    # wait. Not as a listener of the engine's: every statement would look for listeners then.
                    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
                yield connection
            finally:
                if connection.in_transaction():
                    connection.rollback()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection in one read transaction; keep it short. Nothing done on it is kept."""
        with self.transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in one write transaction, kept when the block ends well, else rolled back."""
        with self.transaction(writes=True) as connection:
            yield connection
            connection.commit()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def open_database(url: str, *, key_file: Path | None = None, waits: timedelta = PATIENT) -> Database:
    """Open `sqlite:///file.db` (relative to the working directory) or `postgresql://…`, with its settings checked.

    `key_file` (VIGIL_DB_KEY_FILE) encrypts a SQLite file as a whole. On SQLite a person's write waits for its turn behind
    other writers for `waits` at most, and for another program's lock as long again. Raises DatabaseRefused or
    KeyRefused with one sentence for the operator. The tables are not touched: see `storage.schema`.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        message = "DATABASE_URL is not an address; write sqlite:///vigil.db or postgresql://user@host/name."
        raise DatabaseRefused(message) from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _open_sqlite(parsed, key_file, waits)
    if kind == "postgresql":
        return _open_postgresql(parsed, key_file)
    message = f"DATABASE_URL names {kind}; Vigil speaks sqlite and postgresql."
    raise DatabaseRefused(message)


def _open_sqlite(url: URL, key_file: Path | None, waits: timedelta) -> Database:
    if not url.database or url.database == ":memory:":
        message = "DATABASE_URL names no file; write sqlite:///vigil.db (a database in memory would lose referrals)."
        raise DatabaseRefused(message)
    source = sqlite.library()
    path = Path(url.database).absolute()
    key = sqlite.raw_key(key_file) if key_file is not None else None
    connect = sqlite.connector(path, source, key, round(waits / timedelta(milliseconds=1)))
    engine = create_engine("sqlite://", module=source.module, creator=connect, **_POOL)
    sealed = ", encrypted as a whole" if key is not None else ""
    database = Database(engine, path, f"{source.sentence}, {source.journal.sentence}{sealed}", Turnstile(waits))
    _reach(database, str(path))
    event.listen(engine, "handle_error", _translate)
    return database


def _open_postgresql(url: URL, key_file: Path | None) -> Database:
    if key_file is not None:
        message = "VIGIL_DB_KEY_FILE encrypts a SQLite file; unset it for PostgreSQL and encrypt the server's disk."
        raise DatabaseRefused(message)
    target = url.set(drivername="postgresql+psycopg")
    engine = create_engine(target, connect_args=postgresql.connect_args(), pool_pre_ping=True, **_POOL)
    database = Database(engine, None, "PostgreSQL, synchronous commit")
    _reach(database, f"{target.host or 'localhost'}/{target.database or ''}")
    event.listen(engine, "handle_error", _translate)
    return database


def _reach(database: Database, where: str) -> None:
    try:
        with database.reading() as connection:
            if not database.is_sqlite:
                postgresql.check_settings(connection)
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as error:
        database.close()
        message = f"The database at {where} cannot be reached ({_driver_reason(error)}); check DATABASE_URL."
        raise DatabaseRefused(message) from None
    except DatabaseRefused:
        database.close()
        raise


def _translate(context: ExceptionContext) -> None:
    # What a use case may meet: somebody was faster (try again), or the database is down (tell the person).
    error = context.sqlalchemy_exception
    if not isinstance(error, DBAPIError) or isinstance(error, (IntegrityError, ProgrammingError)):
        return
    if type(error.orig).__name__ in _TRY_AGAIN:
        raise Conflict(_driver_reason(error))
    raise StorageDown(_driver_reason(error))


def _driver_reason(error: SQLAlchemyError) -> str:
    lines = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
