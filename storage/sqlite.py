"""SQLite as the bot trusts it: which library, which settings, read back on every connection."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from storage.errors import DatabaseRefused, KeyRefused

_RAW_KEY_HEX = 64

# The WAL-reset bug (two connections write and checkpoint at one instant, a later checkpoint skips committed pages):
# in 3.7.0, where WAL began, to 3.51.2; mended in 3.51.3 and, for two older lines, in these releases. 3.52.0 was
# withdrawn.
_WAL_BEGAN = (3, 7, 0)
_WAL_MENDED = (3, 51, 3)
_WAL_MENDED_LINES = {(3, 44): 6, (3, 50): 7}
_WITHDRAWN = frozenset({(3, 52, 0)})
# STRICT tables.
_OLDEST = (3, 37, 0)


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal mode and the number that `PRAGMA synchronous` answers."""

    mode: str
    synchronous: int

    @property
    def sentence(self) -> str:
        """What an operator reads of it."""
        if self.mode == "wal":
            return "write-ahead log, synchronous FULL"
        return "rollback journal, synchronous EXTRA (this SQLite's write-ahead log can lose commits)"


WAL = Journal("wal", 2)
ROLLBACK = Journal("delete", 3)


def check_sqlite(version: tuple[int, int, int]) -> Journal:
    """Return the journal that this SQLite can be trusted with: WAL, or the rollback journal where WAL has its bug.

    Raises DatabaseRefused for a SQLite without STRICT tables (before 3.37).
    """
    if version < _OLDEST:
        dotted = ".".join(map(str, version))
        message = f"SQLite {dotted} is too old; Vigil needs 3.37 or newer: install the sqlcipher3 package."
        raise DatabaseRefused(message)
    if version in _WITHDRAWN:
        return ROLLBACK
    mended_patch = _WAL_MENDED_LINES.get(version[:2])
    if version >= _WAL_MENDED or (mended_patch is not None and version[2] >= mended_patch):
        return WAL
    return ROLLBACK if version >= _WAL_BEGAN else WAL


class _Cursor(Protocol):
    def execute(self, sql: str) -> object: ...
    def fetchone(self) -> Sequence[object] | None: ...
    def close(self) -> None: ...


class DriverConnection(Protocol):
    """The few methods of a DBAPI connection used here, of sqlite3 and sqlcipher3 alike."""

    isolation_level: str | None

    def cursor(self) -> _Cursor:
        """Return a new cursor."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


@dataclass(frozen=True, slots=True)
class Library:
    """The DBAPI module in use, its SQLite version and the journal that it can be trusted with."""

    module: Any
    version: tuple[int, int, int]
    ciphers: bool

    @property
    def journal(self) -> Journal:
        """The journal for this version (raises DatabaseRefused when it is too old)."""
        return check_sqlite(self.version)

    @property
    def sentence(self) -> str:
        """What an operator reads of it."""
        dotted = ".".join(map(str, self.version))
        return f"SQLite {dotted} from {'sqlcipher3' if self.ciphers else 'the standard library'}"


def library() -> Library:
    """Return sqlcipher3's SQLite where it can be imported (its WAL is mended), else the standard library's."""
    try:
        module: Any = import_module("sqlcipher3.dbapi2")
    except ImportError:
        return Library(sqlite3, sqlite3.sqlite_version_info[:3], ciphers=False)
    return Library(module, tuple(module.sqlite_version_info[:3]), ciphers=True)


def raw_key(path: Path) -> str:
    """Return the 64 hex digits of the whole-file key in `path`; raises KeyRefused with the mend."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The database key file {path} cannot be read ({_reason(error)}); check VIGIL_DB_KEY_FILE."
        raise KeyRefused(message) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"The database key file {path} is open to other users; run: chmod 600 {path}"
        raise KeyRefused(message)
    if len(text) != _RAW_KEY_HEX or not all(digit in "0123456789abcdefABCDEF" for digit in text):
        message = f"The database key file {path} must hold 64 hex digits, such as `openssl rand -hex 32` prints."
        raise KeyRefused(message)
    return text


def connector(path: Path, source: Library, key: str | None, busy_ms: int) -> Callable[[], DriverConnection]:
    """Return a function that opens `path` with every setting made and read back; `busy_ms` is waited for another's lock."""
    if key is not None and not source.ciphers:
        message = (
            "VIGIL_DB_KEY_FILE is set but the sqlcipher3 package is not installed; "
            "install it, or unset VIGIL_DB_KEY_FILE for a database that is not encrypted as a whole."
        )
        raise DatabaseRefused(message)
    _prepare_file(path)

    def connect() -> DriverConnection:
        connection: DriverConnection = source.module.connect(
            str(path), check_same_thread=False, timeout=busy_ms / 1000, isolation_level=None
        )
        try:
            configure(connection, source, key, path, busy_ms)
        except source.module.Error as error:
            connection.close()
            raise DatabaseRefused(_refusal(path, key, str(error))) from None
        except DatabaseRefused:
            connection.close()
            raise
        return connection

    return connect


def _prepare_file(path: Path) -> None:
    if not path.parent.is_dir():
        message = f"The folder {path.parent} for the database does not exist; create it or change DATABASE_URL."
        raise DatabaseRefused(message)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as error:
        message = f"The database file {path} cannot be written ({_reason(error)}); check its owner or DATABASE_URL."
        raise DatabaseRefused(message) from None


def configure(connection: DriverConnection, source: Library, key: str | None, path: Path, busy_ms: int) -> None:
    """Make every setting on an open connection and read it back; DatabaseRefused when one was not taken."""
    journal = source.journal
    cursor = connection.cursor()
    try:
        if key is not None:
            cursor.execute(f"PRAGMA key = \"x'{key}'\"")
        cursor.execute(f"PRAGMA busy_timeout = {busy_ms}")
        cursor.execute(f"PRAGMA journal_mode = {journal.mode}")
        settings = {
            "synchronous": journal.synchronous,
            "foreign_keys": 1,
            "mmap_size": 0,
            "secure_delete": 1,
            "trusted_schema": 0,
        }
        for name, value in settings.items():
            cursor.execute(f"PRAGMA {name} = {value}")
        wanted: dict[str, int | str] = {"busy_timeout": busy_ms, "journal_mode": journal.mode, **settings}
        for name, expected in wanted.items():
            _read_back(cursor, name, expected, path)
    finally:
        cursor.close()


def _read_back(cursor: _Cursor, name: str, wanted: int | str, path: Path) -> None:
    cursor.execute(f"PRAGMA {name}")
    row = cursor.fetchone()
    # A build without memory mapping answers `PRAGMA mmap_size` with no row at all, which is as good as 0.
    got = row[0] if row is not None else 0
    if got != wanted:
        message = (
            f"SQLite did not take the setting {name}={wanted} for {path} (it says {got}); "
            "check that the file is on a local disk and that no other program holds it."
        )
        raise DatabaseRefused(message)


def _refusal(path: Path, key: str | None, reason: str) -> str:
    if "not a database" in reason:
        mend = (
            "check that VIGIL_DB_KEY_FILE holds the key it was made with"
            if key is not None
            else "it may be encrypted: set VIGIL_DB_KEY_FILE, or point DATABASE_URL to another file"
        )
        return f"The file {path} does not open as a database; {mend}."
    return f"The database {path} cannot be opened ({reason})."


def _reason(error: Exception) -> str:
    return (error.strerror or "unknown").lower() if isinstance(error, OSError) else "not plain text"
