"""The tables' version: forward migrations, and the refusal to run on tables older or newer than the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from storage.errors import SchemaRefused

if TYPE_CHECKING:
    from alembic.config import Config

    from storage.database import Database

HEAD = "0001"
"""The newest revision in storage/migrations/versions; a test holds the two together."""


def migrate(database: Database) -> None:
    """Bring the tables forward to this program's version; raises SchemaRefused when they are newer."""
    with database.writing() as connection:
        found = _revision(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise SchemaRefused(_newer(found))
        if not database.is_sqlite:
            # A migration may rightly take longer than any statement of the running bot.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        from alembic import command  # noqa: PLC0415 - not loaded by a start that finds its tables in order

        settings = configuration()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def check_schema(database: Database) -> None:
    """Raise SchemaRefused unless the tables are of exactly this program's version."""
    with database.reading() as connection:
        found = _revision(connection)
    if found is None:
        raise SchemaRefused("The database has no tables of Vigil yet; run `vigil migrate` first.")
    if found > HEAD:
        raise SchemaRefused(_newer(found))
    if found < HEAD:
        raise SchemaRefused(
            f"The database is of schema {found} and this program needs {HEAD}; take a backup and run `vigil migrate`."
        )


def configuration() -> Config:
    """Return Alembic's configuration for the packaged migrations, without any file."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    settings = Config()
    settings.set_main_option("script_location", "storage:migrations")
    settings.set_main_option("path_separator", "os")
    return settings


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT max(version_num) FROM alembic_version"))
    return found


def _newer(found: str) -> str:
    return (
        f"The database is of schema {found}, newer than this program ({HEAD}); "
        "install the release that wrote it, or restore a backup of before."
    )


def is_empty(database: Database) -> bool:
    """Whether the database has no tables of Vigil yet."""
    with database.reading() as connection:
        return _revision(connection) is None
