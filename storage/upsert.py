"""INSERT that says what happens when the row is there already, made once for each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

Inserting: TypeAlias = sqlite.Insert | postgresql.Insert
ByDialect: TypeAlias = Mapping[str, Any]


def by_dialect(table: Table, made: Callable[[Inserting], Executable]) -> ByDialect:
    """Return the statement by the name of its dialect; making one costs more than running it."""
    return {"sqlite": made(sqlite.insert(table)), "postgresql": made(postgresql.insert(table))}


def once(table: Table, key: str) -> ByDialect:
    """Return an INSERT that leaves a row as it is when its key is there, and answers with the keys that were new."""
    return by_dialect(table, lambda row: row.on_conflict_do_nothing(index_elements=[key]).returning(table.c[key]))


def replacing(table: Table, keys: list[str], columns: list[str]) -> ByDialect:
    """Return an INSERT that replaces these columns when the row is there already."""
    return by_dialect(
        table,
        lambda row: row.on_conflict_do_update(
            index_elements=keys, set_={column: row.excluded[column] for column in columns}
        ),
    )
