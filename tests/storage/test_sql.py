"""What only the real stores can promise: indexes, seals, damaged rows, other processes, a database that fails."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite as sqlite_dialect

from bot.domain.cases import Child
from bot.domain.errors import Conflict, Poisoned
from bot.domain.events import Action, Entry
from bot.domain.ids import CaseId, ChannelId, DeadlineId, DraftId
from bot.domain.notices import Destination, Notice, NoticeState, Road
from bot.ports import StorageDown
from storage.claims import NEXT_NOTICE
from storage.database import Database, open_database
from storage.deadlines import DUE_CASES, NEXT_AT
from storage.encryption import KeyRefused, Keyring, new_generation
from storage.unit_of_work import SqlStore
from tests.storage import samples
from tests.storage.samples import HOUR, NOW, OFFICER, PARTICULARS, REFERRAL, answered, deadline, notice

CASE = CaseId("c1")
LEASE = timedelta(seconds=45)


@pytest.fixture
def real(database: Database, keyring: Keyring) -> SqlStore:
    """A store on each real database in turn, with one case that has everything sealed that can be."""
    store = SqlStore(database, keyring)
    with store.write() as uow:
        uow.cases.add(samples.case(parties=(samples.POLICE, answered())), PARTICULARS)
        uow.cases.record(samples.act())
        uow.deadlines.add([deadline(1), deadline(2)])
        uow.drafts.put(DraftId("f1"), person=OFFICER, referral=REFERRAL, at=NOW)
        uow.audit.append([Entry(NOW, OFFICER, Action.REFERRED, "c1", CASE, {"note": "canary detail"})])
        uow.commit()
    return store


def test_the_idle_tick_reads_the_partial_index_and_nothing_of_what_is_not_due(sqlite: Database) -> None:
    with sqlite.writing() as connection:
        for query in (DUE_CASES, NEXT_AT):
            compiled = query.compile(dialect=sqlite_dialect.dialect(), compile_kwargs={"render_postcompile": True})
            values = tuple("2026" if name == "now" else 50 for name in compiled.positiontup or ())
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
            steps = [row.detail for row in plan]
            assert "deadlines USING" in steps[0]
            assert "ix_deadlines_next_at" in steps[0]
            assert [step for step in steps if "cases" in step] == [
                "SCAN cases USING COVERING INDEX ix_cases_quarantined"
            ], "of the cases only those set aside"


@pytest.mark.parametrize("road", Road)
def test_the_next_notice_of_a_road_is_looked_for_among_those_that_wait(sqlite: Database, road: Road) -> None:
    compiled = str(NEXT_NOTICE[road].compile(dialect=sqlite_dialect.dialect())).replace(
        "(__[POSTCOMPILE_passing_over])", "('')"
    )
    with sqlite.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", ("2026",) * compiled.count("?")).all()
    steps = [row.detail for row in plan]
    assert steps[0] == "SCAN notices USING INDEX ix_notices_waiting"
    assert any("ix_notices_destination" in step for step in steps)
    assert any("ix_notices_in_flight" in step for step in steps)


def test_no_word_of_a_child_or_typed_by_a_person_is_plain_in_the_file(sqlite: Database, keyring: Keyring) -> None:
    assert sqlite.path is not None
    store = SqlStore(sqlite, keyring)
    with store.write() as uow:
        uow.cases.add(samples.case(parties=(samples.POLICE, answered())), PARTICULARS)
        uow.cases.record(samples.act())
        uow.drafts.put(DraftId("f1"), person=OFFICER, referral=REFERRAL, at=NOW)
        uow.audit.append([Entry(NOW, OFFICER, Action.REFERRED, "c1", CASE, {"note": "canary detail"})])
        uow.commit()
    written = b"".join(path.read_bytes() for path in Path(sqlite.path.parent).glob("vigil.db*"))
    assert b"SG-26-00001" in written
    for hidden in (b"canary", b"Canary", b"44-0001", b"440001", b"900 000", b"LA 77"):
        assert hidden not in written


def test_a_value_moved_to_another_case_does_not_open_and_names_its_row_only(real: SqlStore, database: Database) -> None:
    with real.write() as uow:
        uow.cases.add(samples.case(2), PARTICULARS)
        uow.commit()
    with database.writing() as connection:
        moved = "(SELECT narrative_sealed FROM cases WHERE id = 'c2')"
        connection.exec_driver_sql(f"UPDATE cases SET narrative_sealed = {moved} WHERE id = 'c1'")
    with real.read() as uow:
        with pytest.raises(Poisoned, match=r"^cases c1: SealBroken$"):
            uow.cases.particulars(CASE)
        assert uow.cases.particulars(CaseId("c2")) == PARTICULARS


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE deadlines SET plan = '{}' WHERE id = 'd2'", "deadlines d2: KeyError"),
        ("UPDATE deadlines SET band = 'p9' WHERE id = 'd2'", "deadlines d2: ValueError"),
        ("UPDATE deadlines SET span = 'x' WHERE id = 'd2'", "deadlines d2: JSONDecodeError"),
    ],
)
def test_a_damaged_deadline_is_poisoned_and_the_others_can_be_read(
    real: SqlStore, database: Database, damage: str, named: str
) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql(damage)
    with real.read() as uow:
        with pytest.raises(Poisoned, match=f"^{named}$"):
            uow.deadlines.of_case(CASE)
        assert uow.deadlines.get(DeadlineId("d1")) == deadline(1)


def test_a_damaged_notice_is_set_aside_and_the_next_one_goes(real: SqlStore, database: Database) -> None:
    with real.write() as uow:
        uow.outbox.add([notice(1), notice(2)])
        uow.commit()
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE notices SET payload = 'x' WHERE id = 'n1'")
    with real.write() as uow:
        claimed = uow.outbox.claim(NOW, lease_until=NOW + LEASE, holder="h", passing_over=frozenset())
        uow.commit()
    assert claimed is not None
    assert claimed.id == "n2"
    with real.read() as uow:
        assert uow.outbox.depth() == {"undeliverable": 1, "sending": 1}


def test_two_processes_on_postgresql_never_have_one_destination_in_flight_twice(
    postgres: Database, keyring: Keyring
) -> None:
    store = SqlStore(postgres, keyring)
    hub, care = (Destination.channel(ChannelId(name)) for name in ("C1", "C2"))
    with store.write() as uow:
        uow.outbox.add(
            notice(number, case_id=None, destination=to) for number, to in enumerate((hub, hub, hub, care), start=1)
        )
        uow.commit()
    with store.write() as first, store.write() as second:
        claims = [
            uow.outbox.claim(NOW, lease_until=NOW + LEASE, holder="h", passing_over=frozenset())
            for uow in (first, second, second)
        ]
        first.commit()
        second.commit()
    assert [claimed.id if claimed else None for claimed in claims] == ["n1", "n4", None]


def test_four_senders_claim_every_notice_once(postgres: Database, keyring: Keyring) -> None:
    store = SqlStore(postgres, keyring)
    with store.write() as uow:
        uow.outbox.add(
            notice(number, case_id=None, destination=Destination.channel(ChannelId(f"C{number % 7}")))
            for number in range(60)
        )
        uow.commit()
    claimed: list[Notice] = []

    def send() -> None:
        found = _claim_and_send(store)
        while found is not None:
            claimed.append(found)
            found = _claim_and_send(store)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send()
    assert sorted(each.id for each in claimed) == sorted(f"n{number}" for number in range(60))
    assert {each.tries for each in claimed} == {1}


def test_two_processes_that_audit_one_case_at_once_make_one_chain(database: Database, keyring: Keyring) -> None:
    store = SqlStore(database, keyring)

    def write() -> None:
        for _ in range(10):
            while not _audited(store):
                pass

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as uow:
        verdict = uow.audit.verify()
    assert (verdict.entries, verdict.chains, verdict.first_bad) == (30, 1, "")


def test_another_key_file_is_refused_at_start(real: SqlStore, database: Database) -> None:
    real.check_key()
    real.check_key()
    with pytest.raises(KeyRefused, match="VIGIL_MASTER_KEY_FILE"):
        SqlStore(database, Keyring((new_generation(),))).check_key()


def test_a_database_that_cannot_be_written_is_down_and_keeps_nothing(sqlite: Database, keyring: Keyring) -> None:
    store = SqlStore(sqlite, keyring)
    with store.write() as uow:
        uow.marks.add("before")
        uow.commit()
    for connection in (sqlite.engine.connect(), sqlite.engine.connect()):
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.close()
    with pytest.raises(StorageDown, match="readonly"), store.write() as uow:
        uow.marks.add("after")
    with store.read() as uow:
        assert (uow.marks.count("before"), uow.marks.count("after")) == (1, 0)


def test_a_file_that_another_program_keeps_locked_is_down_and_not_a_hang(sqlite: Database, keyring: Keyring) -> None:
    store = SqlStore(sqlite, keyring)
    other = open_database(f"sqlite:///{sqlite.path}")
    with other.writing() as locked:
        locked.exec_driver_sql("INSERT INTO marks (name, n) VALUES ('x', 1)")
        with sqlite.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 1")
        uow = store.write()
        with pytest.raises(StorageDown, match="locked"):
            uow.__enter__()
        uow.__exit__()
    other.close()
    with store.write() as after:
        after.marks.add("after")
        after.commit()


def test_what_was_committed_is_there_after_the_file_is_opened_again(sqlite: Database, keyring: Keyring) -> None:
    with SqlStore(sqlite, keyring).write() as uow:
        uow.cases.add(samples.case(), PARTICULARS)
        uow.outbox.add([notice(1)])
        uow.commit()
    again = open_database(f"sqlite:///{sqlite.path}")
    with SqlStore(again, keyring).read() as uow:
        assert uow.cases.get(CASE) == samples.case()
        assert uow.cases.particulars(CASE) == PARTICULARS
        assert [each.state for each in uow.outbox.listed()] == [NoticeState.PENDING]
    again.close()


def test_a_thousand_cases_are_read_with_one_question_for_their_deadlines(sqlite: Database, keyring: Keyring) -> None:
    store = SqlStore(sqlite, keyring)
    numbers = range(1, 1002)
    with store.write() as uow:
        for number in numbers:
            uow.cases.add(samples.case(number, parties=()), replace(PARTICULARS, children=()))
        uow.deadlines.add(deadline(number, f"c{number}", next_at=NOW + HOUR) for number in numbers)
        uow.commit()
    with store.read() as uow:
        cases = uow.cases.listed(limit=2000)
        owed = uow.deadlines.of_cases([case.id for case in cases])
    assert len(cases) == 1001
    assert all(len(found) == 1 for found in owed.values())


def _claim_and_send(store: SqlStore) -> Notice | None:
    with store.write() as uow:
        found = uow.outbox.claim(NOW, lease_until=NOW + LEASE, holder="h", passing_over=frozenset())
        uow.commit()
    if found is not None:
        with store.write() as uow:
            uow.outbox.mark_sent(found.id, posted=None, at=NOW)
            uow.commit()
    return found


def _audited(store: SqlStore) -> bool:
    try:
        with store.write() as uow:
            uow.audit.append([Entry(NOW, OFFICER, Action.VIEWED, "c1", CASE, {"note": "x"})])
            uow.commit()
    except Conflict:
        return False
    return True


def test_a_damaged_case_of_a_child_is_still_found_by_its_reference(real: SqlStore, database: Database) -> None:
    with real.write() as uow:
        uow.cases.add(samples.case(2), PARTICULARS)
        uow.commit()
    with database.writing() as connection:
        moved = "(SELECT narrative_sealed FROM cases WHERE id = 'c2')"
        connection.exec_driver_sql(f"UPDATE child_references SET value_sealed = {moved} WHERE case_id = 'c1'")
    with real.read() as uow:
        first = PARTICULARS.children[0]
        assert uow.cases.known_as("police", "44-0001") == [(CASE, Child(1, ())), (CaseId("c2"), first)]


def test_a_case_whose_data_key_is_damaged_is_poisoned_alone_and_holds_up_no_referral(
    real: SqlStore, database: Database
) -> None:
    with real.write() as uow:
        uow.cases.add(samples.case(2, parties=(samples.POLICE, answered())), PARTICULARS)
        uow.commit()
    with database.writing() as connection:
        other = "(SELECT value_index FROM child_references WHERE case_id = 'c1' AND child = 1 AND position = 0)"
        connection.exec_driver_sql(f"UPDATE data_keys SET wrapped = {other} WHERE scope = 'c2'")
    with real.read() as uow:
        with pytest.raises(Poisoned, match=r"^cases c2: KeyRefused$"):
            uow.cases.particulars(CaseId("c2"))
        with pytest.raises(Poisoned, match=r"KeyRefused$"):
            uow.cases.get(CaseId("c2"))
        assert uow.cases.known_as("police", "44-0001") == [
            (CASE, PARTICULARS.children[0]),
            (CaseId("c2"), Child(1, ())),
        ]
