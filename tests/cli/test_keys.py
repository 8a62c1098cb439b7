import json
import sqlite3

import pytest

from tests.cli.conftest import Operator


def test_keys_are_made_once_and_never_overwritten(newcomer: Operator) -> None:
    made = newcomer.types("keys", "init")
    assert made.status == 0
    keys = newcomer.place / "vigil.keys"
    before = keys.read_bytes()
    assert keys.stat().st_mode & 0o777 == 0o600
    again = newcomer.types("keys", "init")
    assert again.status == 4
    assert "is there already" in again.err
    assert keys.read_bytes() == before


def test_key_status_shows_fingerprints_and_nothing_of_the_keys(newcomer: Operator) -> None:
    newcomer.types("keys", "init")
    (generation,) = json.loads((newcomer.place / "vigil.keys").read_text("utf-8"))["generations"]
    answer = newcomer.types("keys", "status", "--json")
    assert answer.status == 0
    (item,) = json.loads(answer.out)["items"]
    assert item["key"] == generation["key_id"]
    assert len(item["fingerprint"]) == 8
    assert not any(generation[part] in answer.out + answer.err for part in ("kek", "audit_key", "index_key"))


@pytest.mark.parametrize("command", ["cases", "run"])
def test_a_missing_key_file_ends_in_4_and_says_how_to_make_one(operator: Operator, command: str) -> None:
    (operator.place / "vigil.keys").unlink()
    answer = operator.types(command)
    assert answer.status == 4
    assert answer.err.splitlines() == [
        "There is no key file vigil.keys; run `vigil keys init`, or set VIGIL_MASTER_KEY_FILE to yours."
    ]


def test_a_key_file_open_to_others_ends_in_4_with_the_mend(operator: Operator) -> None:
    (operator.place / "vigil.keys").chmod(0o644)
    answer = operator.types("cases")
    assert answer.status == 4
    assert answer.err.splitlines() == ["The key file vigil.keys is open to other users; run: chmod 600 vigil.keys"]


def test_a_file_that_holds_no_keys_ends_in_4(operator: Operator) -> None:
    (operator.place / "vigil.keys").write_text("{}", "utf-8")
    answer = operator.types("cases")
    assert answer.status == 4
    assert "is not a key file" in answer.err


def test_the_keys_of_another_database_end_in_4_with_one_sentence(auditor: Operator) -> None:
    (auditor.place / "vigil.keys").unlink()
    auditor.types("keys", "init")
    answer = auditor.types("cases")
    assert answer.status == 4
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1
    assert "VIGIL_MASTER_KEY_FILE" in answer.err


def test_migrate_makes_the_tables_and_says_so(newcomer: Operator) -> None:
    before = newcomer.types("migrate", "--check")
    assert before.status == 2
    assert "vigil migrate" in before.err
    assert newcomer.types("migrate").status == 0
    assert newcomer.types("migrate", "--check").status == 0
    assert newcomer.types("migrate").status == 0


@pytest.mark.parametrize("command", [("cases",), ("migrate",)])
def test_a_database_of_a_newer_program_ends_in_2(operator: Operator, command: tuple[str, ...]) -> None:
    with sqlite3.connect(operator.place / "vigil.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    answer = operator.types(*command)
    assert answer.status == 2
    assert "9999" in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_database_of_an_older_program_is_told_to_migrate(operator: Operator) -> None:
    with sqlite3.connect(operator.place / "vigil.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    database.close()
    answer = operator.types("cases")
    assert answer.status == 2
    assert "run `vigil migrate`" in answer.err


def test_a_file_that_is_no_database_ends_in_2(operator: Operator) -> None:
    (operator.place / "vigil.db").write_bytes(b"no database" * 1000)
    answer = operator.types("cases")
    assert answer.status == 2
    assert "does not open as a database" in answer.err


def test_a_postgresql_that_cannot_be_reached_ends_in_2_without_its_password(operator: Operator) -> None:
    answer = operator.types("cases", DATABASE_URL="postgresql://vigil:made-up-password@127.0.0.1:9/vigil")
    assert answer.status == 2
    assert "cannot be reached" in answer.err
    assert "DATABASE_URL" in answer.err
    assert "made-up-password" not in answer.err
    assert len(answer.err.splitlines()) == 1
