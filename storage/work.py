"""What the repositories of one unit of work share: the connection, the seal, and how rows become values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, Table

from bot.domain.deadlines import Deadline
from bot.domain.errors import Poisoned
from storage.ahead import Ahead, Looked, StepsAhead
from storage.behind import Behind
from storage.encryption import Sealer
from storage.errors import KeyRefused
from storage.vault import SqlVault

MOST_AT_ONCE = 500
"""How many ids one question names: under every limit on bound values, and the same few statements again and again."""

DAMAGE = (AttributeError, KeyError, TypeError, ValueError, KeyRefused)
"""What a damaged row does to the code that reads it."""

T = TypeVar("T")


@dataclass(slots=True)
class Held:
    """Cases (their versions) and deadlines as they stand, of which nobody else can change anything before the end."""

    cases: dict[str, int] = field(default_factory=dict)
    deadlines: dict[str, Deadline] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget all, after a part of the transaction was undone."""
        self.cases.clear()
        self.deadlines.clear()


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction's connection with what protects it; `alone` says that nobody else can write until it ends."""

    behind: Behind
    sealer: Sealer
    vault: SqlVault
    is_sqlite: bool
    alone: bool = False
    ahead: Ahead = field(default_factory=Ahead)
    steps: StepsAhead = field(default_factory=StepsAhead)
    held: Held = field(default_factory=Held)
    looked: Looked = field(default_factory=Looked)

    @property
    def connection(self) -> Connection:
        """The connection, with everything written that waited; ask for it anew for each statement."""
        return self.behind.connection

    @property
    def aside(self) -> Connection:
        """The connection as it is, for reading what no waiting write can change."""
        return self.behind.aside

    def holds(self, case_id: str) -> bool:
        """Whether nobody else can change this case before the transaction ends."""
        return self.alone or case_id in self.ahead.batch

    def of_case(self, query: Select[Any], case_id: str, key: str = "case_id") -> Sequence[Row[Any]]:
        """Return a case's rows of a question about the cases `wanted`, asked once for all that are looked at."""
        rows = self.looked.of_case(self.aside, query, case_id, key)
        return self.connection.execute(query, {"wanted": [case_id]}).all() if rows is None else rows

    def forget_read(self) -> None:
        """Forget what was read or made, after a part of the transaction was undone."""
        for kept in (self.vault, self.sealer, self.steps, self.held):
            kept.forget()
        self.ahead.ask_anew()


def in_batches(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield ids, each once, a few hundred at a time."""
    each_once = list(dict.fromkeys(ids))
    for start in range(0, len(each_once), MOST_AT_ONCE):
        yield each_once[start : start + MOST_AT_ONCE]


@contextmanager
def reading_row(table: Table, key: object) -> Iterator[None]:
    """Turn whatever a damaged row does to the code that reads it into Poisoned, which names the row only.

    A data key that does not open is damage of one case too: the key file as a whole was checked at the start.
    """
    try:
        yield
    except DAMAGE as error:
        raise poisoned(table, key, error) from None


def poisoned(table: Table, key: object, error: Exception) -> Poisoned:
    """Return what tells of a damaged row: the row's name and the kind of damage only."""
    return Poisoned(f"{table.name} {key}: {type(error).__name__}")


def sealed(work: Work, table: Table, column: str, scope: str, words: str) -> bytes | None:
    """Return words sealed for their place; None for no words at all."""
    return work.sealer.seal(table.name, column, scope, words) if words else None


def opened(work: Work, table: Table, column: str, scope: str, value: bytes | None) -> str:
    """Return the words of a sealed column; none for an empty one."""
    return work.sealer.open(table.name, column, scope, bytes(value)) if value is not None else ""
