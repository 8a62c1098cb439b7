"""Column types that mean the same on SQLite (STRICT tables) and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
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
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        at = value.astimezone(UTC)
        return at.isoformat(timespec="microseconds")[:-6] + "Z" if dialect.name == "sqlite" else at

    def process_result_value(self, value: str | datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        del dialect
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


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
