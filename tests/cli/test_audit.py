"""`vigil audit verify` on a record that somebody with the file in their hands has changed."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.cli.conftest import Operator

REFERRED = "SELECT chain FROM audit_entries WHERE action = 'referred' ORDER BY at LIMIT 1"


def tamper(operator: Operator, *statements: str) -> str:
    """Change the file behind the program's back; the chain of the first referral."""
    with closing(sqlite3.connect(operator.place / "vigil.db")) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        (chain,) = database.execute(REFERRED).fetchone()
        for statement in statements:
            database.execute(statement, {"chain": chain})
        database.commit()
    return str(chain)


def found_bad(operator: Operator) -> str:
    """The one sentence that names the first bad entry."""
    answer = operator.types("audit", "verify", "--json")
    assert answer.status == 4
    (sentence,) = answer.err.splitlines()
    (item,) = json.loads(answer.out)["items"]
    assert item["first_bad"] == sentence
    return sentence


def test_a_whole_audit_verifies(auditor: Operator) -> None:
    answer = auditor.types("audit", "verify", "--json")
    assert answer.status == 0
    assert answer.err == ""
    (item,) = json.loads(answer.out)["items"]
    assert item["chains"] == 3
    assert item["entries"] > 50
    assert item["anchors"] >= 1
    assert item["first_bad"] is None


@pytest.mark.parametrize(
    ("what", "statement", "entry", "words"),
    [
        ("actor", "UPDATE audit_entries SET actor = 'nobody' WHERE chain = :chain AND n = 3", 3, "changed"),
        ("instant", "UPDATE audit_entries SET at = '2030-01-01' WHERE chain = :chain AND n = 2", 2, "changed"),
        ("instant", "UPDATE audit_entries SET at = 'no instant' WHERE chain = :chain AND n = 2", 2, "changed"),
        ("number", "UPDATE audit_entries SET digest = x'00', mac = x'' WHERE chain = :chain AND n = 2", 2, "changed"),
        ("deleted", "DELETE FROM audit_entries WHERE chain = :chain AND n = 2", 2, "missing"),
    ],
)  # fmt: skip
def test_a_changed_or_deleted_entry_is_named(
    auditor: Operator, what: str, statement: str, entry: int, words: str
) -> None:
    chain = tamper(auditor, statement)
    sentence = found_bad(auditor)
    assert f"audit chain {chain}, entry {entry}" in sentence
    assert words in sentence


def test_two_entries_that_changed_places_are_found_at_the_first(auditor: Operator) -> None:
    chain = tamper(
        auditor,
        "UPDATE audit_entries SET n = 9999 WHERE chain = :chain AND n = 2",
        "UPDATE audit_entries SET n = 2 WHERE chain = :chain AND n = 3",
        "UPDATE audit_entries SET n = 3 WHERE chain = :chain AND n = 9999",
    )
    assert f"audit chain {chain}, entry 2" in found_bad(auditor)


def test_a_tail_cut_off_with_its_head_moved_back_is_found_by_the_anchor(auditor: Operator) -> None:
    cut = "(SELECT anchored_n FROM audit_heads WHERE chain = :chain) - 1"
    chain = tamper(
        auditor,
        f"DELETE FROM audit_entries WHERE chain = :chain AND n > {cut}",
        "UPDATE audit_heads SET n = (SELECT max(n) FROM audit_entries WHERE chain = :chain), "
        "mac = (SELECT mac FROM audit_entries WHERE chain = :chain ORDER BY n DESC LIMIT 1) WHERE chain = :chain",
    )
    sentence = found_bad(auditor)
    assert f"audit chain {chain} was cut off" in sentence
    assert "anchor" in sentence


def test_a_tail_cut_off_alone_is_found_by_its_head(auditor: Operator) -> None:
    chain = tamper(
        auditor,
        "DELETE FROM audit_entries WHERE chain = :chain "
        "AND n = (SELECT max(n) FROM audit_entries WHERE chain = :chain)",
    )
    sentence = found_bad(auditor)
    assert f"audit chain {chain} was cut off" in sentence


def test_an_anchor_that_was_overwritten_is_named(auditor: Operator) -> None:
    tamper(auditor, "UPDATE audit_anchors SET heads = 'no heads' WHERE n = 1")
    assert "audit chain anchor, entry 1" in found_bad(auditor)


def test_the_file_refuses_to_have_an_entry_changed_or_deleted_by_accident(auditor: Operator) -> None:
    with closing(sqlite3.connect(auditor.place / "vigil.db")) as database:
        for statement in ("UPDATE audit_entries SET actor = 'nobody'", "DELETE FROM audit_entries"):
            with pytest.raises(sqlite3.DatabaseError):
                database.execute(statement)
