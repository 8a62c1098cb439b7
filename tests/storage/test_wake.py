"""A commit of one process wakes the engine of another at once on PostgreSQL; a lost connection is made again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.ports import StorageDown
from storage.database import Database, open_database
from storage.wake import Caller, Listener

WITHIN = 5.0


@pytest.fixture
def elsewhere(postgres_url: str) -> Iterator[Database]:
    """The same PostgreSQL database as another process opens it."""
    database = open_database(postgres_url)
    yield database
    database.close()


@contextmanager
def listening(database: Database) -> Iterator[threading.Event]:
    heard = threading.Event()
    stop = Listener(database, heard.set).start()
    try:
        yield heard
    finally:
        stop()


def listeners(database: Database) -> list[int]:
    with database.reading() as connection:
        found = text(
            "SELECT pid FROM pg_stat_activity WHERE query IN ('LISTEN vigil_engine', 'SELECT 1') AND state = 'idle'"
        )
        return list(connection.scalars(found))


def until_one_listens(database: Database, *, besides: int = 0) -> int:
    never = threading.Event()
    for _ in range(int(WITHIN / 0.02)):
        found = [pid for pid in listeners(database) if pid != besides]
        if found:
            return found[0]
        never.wait(0.02)
    raise AssertionError("nobody listens")


def test_a_call_from_another_process_is_heard_at_once(postgres: Database, elsewhere: Database) -> None:
    with listening(postgres) as heard:
        until_one_listens(elsewhere)
        called_at = time.monotonic()
        Caller(elsewhere).ring()
        assert heard.wait(WITHIN)
        took = time.monotonic() - called_at
        assert took < 1.0, "sooner than the look each two seconds"


def test_a_listener_whose_connection_was_cut_says_so_once_and_hears_again(
    postgres: Database, elsewhere: Database
) -> None:
    with capture_logs() as logs, listening(postgres) as heard:
        first = until_one_listens(elsewhere)
        with elsewhere.writing() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
        until_one_listens(elsewhere, besides=first)
        assert heard.wait(WITHIN), "who called meanwhile was not heard, so it looks"
        heard.clear()
        Caller(elsewhere).ring()
        assert heard.wait(WITHIN)
    assert [line["event"] for line in logs if line["event"].startswith("engine_calls")] == [
        "engine_calls_unheard",
        "engine_calls_heard",
    ]


def test_a_listener_stops_at_once(postgres: Database) -> None:
    began_at = time.monotonic()
    with listening(postgres):
        pass
    assert time.monotonic() - began_at < WITHIN


def test_on_a_file_nobody_calls_and_nobody_listens(sqlite: Database) -> None:
    with listening(sqlite) as heard:
        Caller(sqlite).ring()
        assert not heard.is_set()


def test_a_call_that_cannot_be_made_is_one_line_and_no_fault() -> None:
    class Down:
        is_sqlite = False

        def writing(self) -> object:
            raise StorageDown("away")

    with capture_logs() as logs:
        Caller(Down()).ring()  # type: ignore[arg-type]  # a database that is away
    assert [line["event"] for line in logs] == ["engine_not_called"]
