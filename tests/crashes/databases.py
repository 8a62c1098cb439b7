"""An empty, migrated database with a key file for each loop, and the loop run beside us as a process that may fork."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from storage.database import open_database
from storage.encryption import create_keyring
from storage.schema import migrate
from tests.crashes.loop import Figures

ROOT = Path(__file__).parents[2]


def sqlite_in(place: Path) -> str:
    """The address of a new SQLite file."""
    return _migrated(f"sqlite:///{place / 'vigil.db'}")


def postgres_on(server_url: str, name: str) -> str:
    """The address of a new PostgreSQL database on a server."""
    url = make_url(server_url)
    server = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    return _migrated(url.set(database=name).render_as_string(hide_password=False))


def killed(url: str, place: Path, *, kills: int, bug: str = "", seed: int = 0) -> Figures:
    """Run a loop on a database; its figures. The loop is a process of its own: one that forks may have no threads."""
    keys = place / "vigil.keys"
    create_keyring(keys)
    command = [sys.executable, "-m", "tests.crashes.loop", url, str(keys), str(kills), bug, str(seed)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return Figures(**json.loads(done.stdout))


def _migrated(url: str) -> str:
    database = open_database(url)
    migrate(database)
    database.close()
    return url
