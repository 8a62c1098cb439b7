"""One process runs the engine; a second is told who; a killed one frees it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database, open_database
from storage.engine_lock import EngineLock, hold_engine
from storage.errors import EngineHeld

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

HOLD = """
import sys
from datetime import UTC, datetime
from storage.database import open_database
from storage.engine_lock import hold_engine

lock = hold_engine(open_database(sys.argv[1]), datetime(2026, 3, 2, 8, 30, tzinfo=UTC), leases="killed-holder")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_engine_is_told_who_holds_the_first_until_that_one_is_released(database: Database) -> None:
    lock = hold_engine(database, NOW)
    with pytest.raises(EngineHeld, match=rf"process {os.getpid()} on \S+, since 2026-03-02T09:00:00Z"):
        hold_engine(database, NOW)
    assert lock.still_held()
    lock.release()
    lock.release()
    again = hold_engine(database, NOW)
    assert again.still_held()
    again.release()


def test_a_killed_engine_frees_its_lock_at_once(tmp_path: Path, postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path / 'vigil.db'}", postgres_url):
        database = open_database(url)
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        with holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(EngineHeld, match=f"process {holder.pid} on .*since 2026-03-02T08:30:00Z"):
                hold_engine(database, NOW)
            holder.send_signal(signal.SIGKILL)
        _hold_soon(database).release()
        database.close()


def test_who_was_killed_while_holding_the_engine_is_known_to_the_next_on_a_file_alone(
    tmp_path: Path, postgres_url: str
) -> None:
    left = []
    for url in (f"sqlite:///{tmp_path / 'vigil.db'}", postgres_url):
        database = open_database(url)
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        with holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            holder.send_signal(signal.SIGKILL)
        lock = _hold_soon(database)
        left.append(lock.left_by)
        lock.release()
        after_a_release = hold_engine(database, NOW)
        left.append(after_a_release.left_by)
        after_a_release.release()
        database.close()
    assert left == ["killed-holder", "", "", ""]


def test_other_commands_read_and_write_while_the_engine_runs(sqlite: Database) -> None:
    lock = hold_engine(sqlite, NOW)
    other = open_database(f"sqlite:///{sqlite.path}")
    with other.writing() as connection:
        connection.execute(text("INSERT INTO marks (name, n) VALUES ('beside', 1)"))
    other.close()
    lock.release()


def test_an_engine_whose_lock_file_was_deleted_knows_that_it_lost_the_lock(sqlite: Database) -> None:
    lock = hold_engine(sqlite, NOW)
    assert sqlite.path is not None
    sqlite.path.with_name("vigil.db.engine").unlink()
    assert not lock.still_held()
    lock.release()


def test_an_engine_whose_postgresql_session_ended_knows_that_it_lost_the_lock(postgres: Database) -> None:
    lock = hold_engine(postgres, NOW)
    with postgres.writing() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE 'vigil engine%' AND pid <> pg_backend_pid()"
            )
        )
    assert not lock.still_held()
    assert not lock.still_held()
    lock.release()


def _hold_soon(database: Database) -> EngineLock:
    # The server notices a dead client's closed socket a moment after the kill.
    for _ in range(200):
        try:
            return hold_engine(database, NOW)
        except EngineHeld:
            continue
    pytest.fail("the killed engine's lock was never freed")
