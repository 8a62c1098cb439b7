"""A PostgreSQL server of the crash loops' own."""

from tests.storage.conftest import postgres_url

__all__ = ["postgres_url"]
