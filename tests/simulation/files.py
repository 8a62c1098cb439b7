"""A migrated SQLite file for each example of a machine, in memory where there is such a folder: SQL is tried, not syncs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.database import open_database
from storage.encryption import Keyring, new_generation
from storage.schema import migrate
from storage.unit_of_work import SqlStore

IN_MEMORY = Path("/dev/shm")
KEYRING = Keyring((new_generation(),))


class FileStore:
    """A store on a file that is gone when it is closed."""

    def __init__(self) -> None:
        self._folder = _folder()
        path = Path(self._folder.name) / "vigil.db"
        path.write_bytes(_empty())
        self._database = open_database(f"sqlite:///{path}")
        self.store = SqlStore(self._database, KEYRING)

    def close(self) -> None:
        """Close the file and delete it."""
        self._database.close()
        self._folder.cleanup()


def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None)


@cache
def _empty() -> bytes:
    with _folder() as folder:
        path = Path(folder) / "vigil.db"
        database = open_database(f"sqlite:///{path}")
        migrate(database)
        database.close()
        return path.read_bytes()
