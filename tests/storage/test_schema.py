"""Migrations and tables are the same thing, and tables of another version are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import schema
from storage.database import Database, open_database
from storage.errors import SchemaRefused
from storage.tables import CASES


def test_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, CASES.metadata) == []


def test_every_sqlite_table_is_strict_like_its_metadata(sqlite: Database) -> None:
    with sqlite.reading() as connection:
        rows = connection.execute(text("SELECT name, strict FROM pragma_table_list WHERE type = 'table'"))
        strict = {name: bool(flag) for name, flag in rows if not name.startswith(("sqlite_", "alembic_"))}
    assert strict == dict.fromkeys(CASES.metadata.tables, True)


def test_partial_indexes_cover_the_same_rows_as_their_metadata(sqlite: Database) -> None:
    wanted = {
        str(index.name): str(index.dialect_options["sqlite"]["where"])
        for table in CASES.metadata.sorted_tables
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    with sqlite.reading() as connection:
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'")
        )
        found = {name: sql.split(" WHERE ", 1)[1] for name, sql in rows}
    assert found == wanted
    assert len(wanted) >= 6


def test_the_version_in_the_code_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(schema.configuration()).get_current_head() == schema.HEAD


def test_migrating_twice_changes_nothing(database: Database) -> None:
    schema.migrate(database)
    schema.check_schema(database)


def test_a_database_newer_than_the_program_is_refused_and_left_alone(database: Database) -> None:
    _stamp(database, "9999")
    try:
        with pytest.raises(SchemaRefused, match="schema 9999, newer than this program"):
            schema.check_schema(database)
        with pytest.raises(SchemaRefused, match="newer"):
            schema.migrate(database)
    finally:
        _stamp(database, schema.HEAD)


def test_a_database_older_than_the_program_is_refused_until_it_is_migrated(sqlite: Database) -> None:
    _stamp(sqlite, "0000")
    with pytest.raises(SchemaRefused, match="run `vigil migrate`"):
        schema.check_schema(sqlite)


def test_a_database_without_tables_is_refused_with_the_mend(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(SchemaRefused, match="no tables of Vigil yet; run `vigil migrate`"):
        schema.check_schema(database)
    database.close()


@pytest.mark.parametrize("act", ["UPDATE audit_entries SET actor = 'b'", "DELETE FROM audit_entries"])
def test_the_database_itself_refuses_to_change_or_delete_an_audit_entry(database: Database, act: str) -> None:
    at = "2026-03-02T09:00:00.000000Z"
    blob = "x'00'" if database.is_sqlite else "'\\x00'"
    with database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit_entries (chain, n, at, actor, action, subject, digest, key_id, previous, mac) "
            f"VALUES ('c', 1, '{at}', 'a', 'viewed', '', {blob}, 'k', {blob}, {blob})"
        )
    with pytest.raises(Exception, match="stand as they were written") as refused, database.writing() as connection:
        connection.exec_driver_sql(act)
    assert not isinstance(refused.value, AssertionError)
    if database.is_sqlite:
        assert isinstance(refused.value, IntegrityError)


def _stamp(database: Database, revision: str) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def test_the_data_page_names_every_table_and_every_sealed_or_indexed_column() -> None:
    page = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    for table in CASES.metadata.sorted_tables:
        row = next((line for line in page.splitlines() if line.startswith(f"| `{table.name}`")), "")
        guarded = [column.name for column in table.columns if column.name.endswith(("_sealed", "_index"))]
        assert row, table.name
        assert [name for name in guarded if f"`{name}`" not in row] == []
