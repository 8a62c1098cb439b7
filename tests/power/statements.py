"""What the real storage says to SQLite in an afternoon's work, word for word, transaction by transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from storage.database import Database, open_database
from storage.encryption import Keyring, new_generation
from storage.schema import migrate
from storage.unit_of_work import SqlStore
from tests.builders import OTHER_OFFICER, WORKER, referral
from tests.services.office import Office


@dataclass(frozen=True)
class Afternoon:
    """An empty database of our schema, and the transactions that were committed on it."""

    empty: bytes
    transactions: tuple[tuple[str, ...], ...]


def afternoon(place: Path, *, cases: int = 1) -> Afternoon:
    """Refer, tick, send and answer on a real file, and keep every statement."""
    path = place / "vigil.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    empty = path.read_bytes()
    database = open_database(f"sqlite:///{path}")
    said = _listen(database)
    try:
        _work(Office(kept_in=SqlStore(database, Keyring((new_generation(),)))), cases)
    finally:
        database.close()
    return Afternoon(empty, tuple(_committed(said)))


def _work(office: Office, cases: int) -> None:
    for number in range(cases):
        case_id = office.refer(referral(grade="high", narrative="Seen at the door. " * 20))
        office.settle()
        office.run_for(timedelta(minutes=61))
        office.acknowledge(case_id, WORKER if number % 2 else OTHER_OFFICER)
        office.act(case_id, "officers_sent", OTHER_OFFICER, note="On the way.")
        office.settle()


def _listen(database: Database) -> list[str]:
    said: list[str] = []

    def hear(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - a driver's
        connection.set_trace_callback(said.append)

    event.listen(database.engine, "checkout", hear)
    return said


def _committed(said: list[str]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    current: list[str] = []
    for statement in said:
        word = statement.split(maxsplit=1)[0].upper() if statement.strip() else "--"
        if word == "BEGIN":
            current = []
        elif word == "COMMIT":
            found.append(tuple(current))
        elif word == "ROLLBACK" and "TO" not in statement.upper().split():
            current = []
        elif not word.startswith("--"):
            current.append(statement)
    return found
