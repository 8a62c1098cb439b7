"""What the repositories of one unit of work share: the connection, the seal, and how rows become values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection, Table

from bot.domain.errors import Poisoned
from storage.ahead import Ahead
from storage.encryption import Sealer
from storage.errors import KeyRefused
from storage.vault import SqlVault

MOST_AT_ONCE = 500
"""How many ids one question names: under every limit on bound values, and the same few statements again and again."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction's connection with what protects it."""

    connection: Connection
    sealer: Sealer
    vault: SqlVault
    is_sqlite: bool
    ahead: Ahead = field(default_factory=Ahead)


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
    except (AttributeError, KeyError, TypeError, ValueError, KeyRefused) as error:
        raise Poisoned(f"{table.name} {key}: {type(error).__name__}") from None


def sealed(work: Work, table: Table, column: str, scope: str, words: str) -> bytes | None:
    """Return words sealed for their place; None for no words at all."""
    return work.sealer.seal(table.name, column, scope, words) if words else None


def opened(work: Work, table: Table, column: str, scope: str, value: bytes | None) -> str:
    """Return the words of a sealed column; none for an empty one."""
    return work.sealer.open(table.name, column, scope, bytes(value)) if value is not None else ""
