"""The audit chain finds the first bad entry: changed, deleted, swapped, cut off."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from bot.domain.errors import Conflict
from bot.domain.events import Action, Entry, Verdict
from bot.domain.ids import CaseId, PersonId
from storage import audit, chain
from storage.audit import AuditLog
from storage.behind import Behind
from storage.chain import Head
from storage.database import Database
from storage.encryption import Keyring, Sealer, new_generation
from storage.vault import SqlVault
from storage.work import Work

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CASE = CaseId("c1")


def test_a_whole_audit_verifies_and_is_counted(database: Database, keyring: Keyring) -> None:
    _write(database, keyring, CASE, 5)
    _write(database, keyring, None, 2)
    _anchor(database, keyring)
    assert _verify(database, keyring) == Verdict(entries=7, chains=2, anchors=1)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("UPDATE audit_entries SET actor = 'p9' WHERE chain = 'c1' AND n = 3", "entry 3 of .* was changed"),
        ("UPDATE audit_entries SET action = 'sent' WHERE chain = 'c1' AND n = 1", "entry 1 of .* was changed"),
        ("UPDATE audit_entries SET details_sealed = {blob} WHERE chain = 'c1' AND n = 4", "entry 4 of .* was changed"),
        ("UPDATE audit_entries SET details_sealed = NULL WHERE chain = 'c1' AND n = 4", "entry 4 .* lost its details"),
        ("DELETE FROM audit_entries WHERE chain = 'c1' AND n = 2", "entry 2 is missing"),
        ("DELETE FROM audit_entries WHERE chain = 'c1' AND n = 1", "entry 1 is missing"),
        (
            (
                "UPDATE audit_entries SET n = n + 100 WHERE chain = 'c1' AND n < 3;"
                "UPDATE audit_entries SET n = 103 - n WHERE chain = 'c1' AND n > 100"
            ),
            "entry 1 of .* was changed",
        ),
        ("UPDATE audit_entries SET key_id = 'gone' WHERE chain = 'c1' AND n = 3", "a key that this key file does not"),
        ("DELETE FROM audit_entries WHERE chain = 'c1' AND n > 3", "cut off after entry 3: .* had seen 5"),
        ("UPDATE audit_heads SET n = 4 WHERE chain = 'c1'", "its head does not point to its last entry, 5"),
        ("DELETE FROM audit_heads WHERE chain = 'c1'", "its head does not point to its last entry, 5"),
    ],
)
def test_the_first_bad_entry_is_named(database: Database, keyring: Keyring, act: str, said: str) -> None:
    _write(database, keyring, CASE, 5)
    _write(database, keyring, None, 2)
    _tamper(database, act)
    verdict = _verify(database, keyring)
    assert "audit chain c1" in verdict.first_bad
    _matches(said, verdict.first_bad)


def test_a_tail_cut_off_together_with_its_head_is_found_by_the_anchor(database: Database, keyring: Keyring) -> None:
    _write(database, keyring, CASE, 5)
    _anchor(database, keyring)
    _cut_after_three(database)
    _matches(
        r"audit chain c1 was cut off after entry 3: the anchor of 2026-03-02T09:00:00.000000Z had seen 5 entries",
        _verify(database, keyring).first_bad,
    )


def test_a_whole_chain_that_was_deleted_is_found_by_the_anchor(database: Database, keyring: Keyring) -> None:
    _write(database, keyring, CASE, 5)
    _anchor(database, keyring)
    _tamper(database, "DELETE FROM audit_entries;DELETE FROM audit_heads")
    _matches("audit chain c1 was cut off after entry 0", _verify(database, keyring).first_bad)


def test_a_chain_cut_back_and_continued_is_found_by_the_anchor(database: Database, keyring: Keyring) -> None:
    _write(database, keyring, CASE, 5)
    _anchor(database, keyring)
    _cut_after_three(database)
    _write(database, keyring, CASE, 4)
    _matches("entry 5 of .* is not the one that the anchor", _verify(database, keyring).first_bad)


def test_anchors_cut_off_with_their_entries_are_found_by_the_copy_kept_outside(
    database: Database, keyring: Keyring
) -> None:
    _write(database, keyring, CASE, 3)
    _anchor(database, keyring)
    _write(database, keyring, CASE, 2)
    kept = _anchor(database, keyring)
    assert kept is not None
    outside = Head(chain.ANCHOR_CHAIN, kept.n, kept.mac)
    assert _verify(database, keyring, outside).first_bad == ""
    _cut_after_three(database)
    _tamper(database, "DELETE FROM audit_anchors WHERE n = 2")
    assert _verify(database, keyring).first_bad == ""
    _matches("the copy kept outside had seen 2 entries", _verify(database, keyring, outside).first_bad)
    forged = Head(chain.ANCHOR_CHAIN, 1, bytes(32))
    _matches("anchor 1 is not the one of the copy", _verify(database, keyring, forged).first_bad)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("UPDATE audit_anchors SET heads = '[]' WHERE n = 1", "chain anchor, entry 1 .*changed"),
        ("DELETE FROM audit_anchors WHERE n = 1", "chain anchor, entry 1 is missing"),
        ("UPDATE audit_anchors SET key_id = 'gone' WHERE n = 2", "chain anchor, entry 2 .*key"),
    ],
)
def test_a_bad_anchor_is_named(database: Database, keyring: Keyring, act: str, said: str) -> None:
    for _ in range(2):
        _write(database, keyring, CASE, 1)
        _anchor(database, keyring)
    _tamper(database, act)
    _matches(said, _verify(database, keyring).first_bad)


def test_an_anchor_holds_the_heads_that_moved_and_no_others(database: Database, keyring: Keyring) -> None:
    _write(database, keyring, CASE, 2)
    _write(database, keyring, None, 1)
    first = _anchor(database, keyring)
    assert _anchor(database, keyring) is None
    _write(database, keyring, CASE, 1)
    second = _anchor(database, keyring)
    assert first is not None
    assert second is not None
    assert [(head.chain, head.n) for head in first.heads] == [("c1", 2), ("system", 1)]
    assert [(head.chain, head.n) for head in second.heads] == [("c1", 3)]


def test_with_the_data_key_destroyed_and_details_gone_the_chain_still_verifies(
    database: Database, keyring: Keyring
) -> None:
    _write(database, keyring, CASE, 3)
    with database.writing() as connection:
        connection.execute(text("UPDATE audit_entries SET details_sealed = NULL WHERE chain = 'c1'"))
        connection.execute(
            text("UPDATE data_keys SET wrapped = NULL, destroyed_at = '2026-03-02T09:00:00.000000Z' WHERE scope = 'c1'")
        )
    assert _verify(database, keyring) == Verdict(entries=3, chains=1, anchors=0)


def test_another_key_file_verifies_nothing(database: Database, keyring: Keyring) -> None:
    _write(database, keyring, CASE, 1)
    _matches("key that this key file does not hold", _verify(database, Keyring((new_generation(),))).first_bad)


def test_details_are_sealed_and_nothing_else_of_an_entry_is(database: Database, keyring: Keyring) -> None:
    _write(database, keyring, CASE, 1)
    with database.reading() as connection:
        row = connection.execute(text("SELECT * FROM audit_entries")).one()
        opened = Sealer(keyring, SqlVault(Behind(connection))).open(
            "audit_entries", "details_sealed", "c1", bytes(row.details_sealed)
        )
    assert json.loads(opened) == {"note": "canary 1"}
    assert b"canary" not in bytes(row.details_sealed)
    assert (row.actor, row.action, row.subject) == ("p1", "viewed", "d1")


def test_entries_chained_to_a_head_that_moved_meanwhile_are_refused(database: Database, keyring: Keyring) -> None:
    _write(database, keyring, CASE, 1)
    with database.writing() as connection:
        log = _log(database, connection, keyring)
        log.append([_entry(CASE, 2)])
        sealed = log.seal()
        read_before = log.lock_heads(sealed)
        connection.execute(text("UPDATE audit_heads SET n = 2 WHERE chain = 'c1'"))
        with pytest.raises(Conflict):
            log.write_after(sealed, read_before)


def test_the_published_format_is_enough_for_a_second_verifier(sqlite: Database, keyring: Keyring) -> None:
    _write(sqlite, keyring, CASE, 3)
    previous = bytes(32).hex()
    with sqlite.reading() as connection:
        for row in connection.execute(text("SELECT * FROM audit_entries ORDER BY n")):
            digest = hashlib.sha256(row.details_sealed or b"").hexdigest()
            spelled = json.dumps(
                [
                    "vigil-audit-1",
                    row.chain,
                    row.n,
                    row.at,
                    row.actor,
                    row.action,
                    row.subject,
                    digest,
                    row.key_id,
                    previous,
                ],
                separators=(",", ":"),
            )
            assert hmac.digest(keyring.current.audit_key, spelled.encode("ascii"), "sha256") == row.mac
            previous = row.mac.hex()


def _entry(case_id: CaseId | None, n: int) -> Entry:
    at = NOW - timedelta(minutes=30) + timedelta(seconds=n)
    return Entry(at, PersonId("p1"), Action.VIEWED, "d1", case_id, {"note": f"canary {n}"})


def _write(database: Database, keyring: Keyring, case_id: CaseId | None, count: int) -> None:
    with database.writing() as connection:
        log = _log(database, connection, keyring)
        log.append(_entry(case_id, n + 1) for n in range(count))
        log.flush()


def _log(database: Database, connection: Connection, keyring: Keyring) -> AuditLog:
    behind = Behind(connection)
    vault = SqlVault(behind)
    return AuditLog(Work(behind, Sealer(keyring, vault), vault, database.is_sqlite), keyring)


def _anchor(database: Database, keyring: Keyring) -> chain.Anchor | None:
    with database.writing() as connection:
        return audit.anchor(connection, keyring, NOW)


def _verify(database: Database, keyring: Keyring, outside: Head | None = None) -> Verdict:
    with database.reading() as connection:
        return audit.verify(connection, keyring, outside=outside)


def _cut_after_three(database: Database) -> None:
    mac = "(SELECT mac FROM audit_entries WHERE chain = 'c1' AND n = 3)"
    _tamper(
        database,
        "DELETE FROM audit_entries WHERE chain = 'c1' AND n > 3;"
        f"UPDATE audit_heads SET n = 3, anchored_n = 3, mac = {mac} WHERE chain = 'c1'",
    )


def _tamper(database: Database, acts: str) -> None:
    """Do what somebody with full rights on the database could do, guards and all."""
    blob = "x'00'" if database.is_sqlite else "'\\x00'"
    with database.writing() as connection:
        guards: list[str] = []
        if database.is_sqlite:
            guards += connection.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'"))
            connection.exec_driver_sql("DROP TRIGGER audit_entries_stand")
            connection.exec_driver_sql("DROP TRIGGER audit_entries_stay")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_entries DISABLE TRIGGER USER")
            guards.append("ALTER TABLE audit_entries ENABLE TRIGGER USER")
        for act in acts.format(blob=blob).split(";"):
            connection.exec_driver_sql(act)
        for guard in guards:
            connection.exec_driver_sql(guard)


def _matches(pattern: str, sentence: str) -> None:
    assert re.search(pattern, sentence), sentence
