"""Column types that mean the same on SQLite (STRICT tables) and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, Label, Table, Text, type_coerce
from sqlalchemy.schema import Column
from sqlalchemy.types import TypeDecorator, TypeEngine

NEVER = datetime(1, 1, 1, tzinfo=UTC)
"""What stands for an instant that cannot be read; nothing was ever written then."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: `timestamptz` on PostgreSQL, text of one fixed width (so that it sorts) on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column's type for the database."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | datetime | None:
        """Return what the driver stores; a naive datetime is a bug and raises ValueError."""
        return _as_text(value) if dialect.name == "sqlite" else _as_instant(value)

    def process_result_value(self, value: str | datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        del dialect
        return instant_or_none(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | datetime | None]:
        """Return the same in one call: there are a dozen instants in a row, and thousands of rows in a burst."""
        return _as_text if dialect.name == "sqlite" else _as_instant


class StoredInstant(Instant):
    """An instant left as it is stored: whoever reads the row reads it with `instant_of`, and only that row is damaged."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Leave every value as it is."""
        del dialect, coltype


class DoubtfulInstant(Instant):
    """An instant that somebody may have overwritten with anything: what cannot be read is `NEVER`."""

    cache_ok = True

    def process_result_value(self, value: str | datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC, or NEVER."""
        try:
            at = super().process_result_value(value, dialect)
            return at.astimezone(UTC) if at is not None else None
        except (ValueError, OverflowError):
            return NEVER


def stored(table: Table) -> list[Column[Any] | Label[Any]]:
    """Return a table's columns, its instants as they are stored."""
    return [
        type_coerce(column, StoredInstant).label(column.name) if type(column.type) is Instant else column
        for column in table.columns
    ]


def instant_of(stored: str | datetime) -> datetime:
    """Return a stored instant in UTC; ValueError or TypeError for what is none."""
    if isinstance(stored, str):
        at = datetime.fromisoformat(stored)
        return at if at.tzinfo is UTC else _aware(at).astimezone(UTC)
    return stored.astimezone(UTC)


def instant_or_none(stored: str | datetime | None) -> datetime | None:
    """Return a stored instant in UTC, None for none."""
    return instant_of(stored) if stored is not None else None


@lru_cache(maxsize=1024)  # a batch writes a few instants in thousands of places
def _as_text(at: datetime | None) -> str | None:
    if at is None:
        return None
    utc = at if at.tzinfo is UTC else _aware(at).astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:-6] + "Z"


def _as_instant(at: datetime | None) -> datetime | None:
    return _aware(at).astimezone(UTC) if at is not None else None


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be stored")
    return at
