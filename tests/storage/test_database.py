"""Every connection has the settings that keep a returned commit, and what cannot be trusted is refused in words."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.ports import StorageDown
from storage import sqlite as sqlite_settings
from storage.database import Database, open_database
from storage.errors import DatabaseRefused, KeyRefused
from storage.sqlite import ROLLBACK, WAL, Journal, Library, check_sqlite


@pytest.mark.parametrize(
    ("version", "journal"),
    [
        ((3, 37, 0), ROLLBACK),
        ((3, 40, 1), ROLLBACK),
        ((3, 44, 5), ROLLBACK),
        ((3, 44, 6), WAL),
        ((3, 44, 7), WAL),
        ((3, 45, 0), ROLLBACK),
        ((3, 50, 6), ROLLBACK),
        ((3, 50, 7), WAL),
        ((3, 51, 2), ROLLBACK),
        ((3, 51, 3), WAL),
        ((3, 52, 0), ROLLBACK),
        ((3, 53, 0), WAL),
        ((4, 0, 0), WAL),
    ],
)
def test_write_ahead_log_is_used_only_where_its_reset_bug_is_mended(
    version: tuple[int, int, int], journal: Journal
) -> None:
    assert check_sqlite(version) == journal


def test_a_sqlite_without_strict_tables_is_refused() -> None:
    with pytest.raises(DatabaseRefused, match=r"SQLite 3\.36\.0 is too old"):
        check_sqlite((3, 36, 0))


def test_every_connection_reads_back_the_settings_that_keep_a_commit(sqlite: Database) -> None:
    wanted = {"foreign_keys": 1, "busy_timeout": 5000, "mmap_size": 0, "secure_delete": 1, "trusted_schema": 0}
    journal = sqlite_settings.library().journal
    with sqlite.reading() as first, sqlite.reading() as second:
        for connection in (first, second):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert {name: value or 0 for name, value in found.items()} == wanted
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == journal.mode
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == journal.synchronous


def test_a_library_with_the_bug_gets_the_rollback_journal_and_extra_syncs(tmp_path: Path) -> None:
    found = sqlite_settings.library()
    old = Library(found.module, (3, 40, 1), ciphers=found.ciphers)
    connection = sqlite_settings.connector(tmp_path / "old.db", old, None, 5000)()
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode")
    assert cursor.fetchone() == ("delete",)
    cursor.execute("PRAGMA synchronous")
    assert cursor.fetchone() == (3,)
    connection.close()


def test_postgresql_connections_carry_their_limits(postgres: Database) -> None:
    with postgres.reading() as connection:
        shown = [
            connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("synchronous_commit", "statement_timeout", "lock_timeout", "timezone")
        ]
    assert shown == ["on", "5s", "2s", "UTC"]


def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "vigil.db"
    path.touch(0o644)
    open_database(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_relative_address_is_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = open_database("sqlite:///here.db")
    assert database.path == tmp_path / "here.db"
    database.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:////nowhere/at/all/vigil.db", "folder /nowhere/at/all for the database does not exist"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("mysql://localhost/vigil", "Vigil speaks sqlite and postgresql"),
        ("not an address", "DATABASE_URL is not an address"),
        ("postgresql://vigil:secret@127.0.0.1:1/vigil", r"at 127\.0\.0\.1/vigil cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_in_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(DatabaseRefused, match=sentence) as refused:
        open_database(url)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_a_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear colleague, " * 1000)
    with pytest.raises(DatabaseRefused, match="does not open as a database"):
        open_database(f"sqlite:///{path}")


@pytest.mark.skipif(not sqlite_settings.library().ciphers, reason="sqlcipher3 is not installed")
def test_with_a_database_key_nothing_in_the_file_is_plain_and_another_key_is_refused(tmp_path: Path) -> None:
    path, key = tmp_path / "vigil.db", _key_file(tmp_path / "db.key", "ab" * 32)
    database = open_database(f"sqlite:///{path}", key_file=key)
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE words (word TEXT) STRICT")
        connection.exec_driver_sql("INSERT INTO words VALUES ('findable')")
    database.close()
    assert b"SQLite format" not in path.read_bytes()
    assert b"findable" not in path.read_bytes()
    for other in (None, _key_file(tmp_path / "other.key", "cd" * 32)):
        with pytest.raises(DatabaseRefused, match="VIGIL_DB_KEY_FILE"):
            open_database(f"sqlite:///{path}", key_file=other)


def test_a_database_key_without_sqlcipher_is_refused_with_the_mend(tmp_path: Path) -> None:
    plain = Library(sqlite_settings.library().module, (3, 53, 4), ciphers=False)
    with pytest.raises(DatabaseRefused, match="sqlcipher3 package is not installed"):
        sqlite_settings.connector(tmp_path / "vigil.db", plain, "ab" * 32, 5000)


def test_a_database_key_open_to_others_or_of_another_length_is_refused(tmp_path: Path) -> None:
    shared = _key_file(tmp_path / "shared.key", "ab" * 32)
    shared.chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod 600"):
        sqlite_settings.raw_key(shared)
    with pytest.raises(KeyRefused, match="64 hex digits"):
        sqlite_settings.raw_key(_key_file(tmp_path / "short.key", "ab"))
    with pytest.raises(KeyRefused, match="cannot be read"):
        sqlite_settings.raw_key(tmp_path / "missing.key")


def test_a_write_that_fails_half_way_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.execute(text("INSERT INTO marks (name, n) VALUES ('half', 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM marks")) == 0


def test_four_writers_who_read_first_all_succeed(sqlite: Database) -> None:
    def count_up() -> None:
        for _ in range(25):
            with sqlite.writing() as connection:
                n = connection.scalar(text("SELECT n FROM marks WHERE name = 'count'"))
                connection.execute(text("UPDATE marks SET n = :n WHERE name = 'count'"), {"n": n + 1})

    with sqlite.writing() as connection:
        connection.execute(text("INSERT INTO marks (name, n) VALUES ('count', 0)"))
    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite.reading() as connection:
        assert connection.scalar(text("SELECT n FROM marks WHERE name = 'count'")) == 100


def test_a_read_that_stays_open_keeps_no_writer_out(sqlite: Database) -> None:
    if sqlite_settings.library().journal is not WAL:
        pytest.skip("only the write-ahead log lets readers and a writer work side by side")
    with sqlite.reading() as reader:
        reader.execute(text("SELECT * FROM marks"))
        with sqlite.writing() as writer:
            writer.execute(text("INSERT INTO marks (name, n) VALUES ('beside', 1)"))
        assert reader.scalar(text("SELECT count(*) FROM marks")) == 0


def test_a_database_that_fails_while_the_bot_runs_says_so_without_the_values(sqlite: Database) -> None:
    with sqlite.writing() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(StorageDown) as down:
            connection.execute(text("INSERT INTO marks (name, n) VALUES (:name, 1)"), {"name": "canary"})
        connection.exec_driver_sql("PRAGMA query_only = OFF")
    assert "readonly" in str(down.value)
    assert "canary" not in repr(down.value.__cause__)


def _key_file(path: Path, content: str) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(content)
    return path
