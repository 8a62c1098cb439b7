"""Writes that wait for the commit are never overlooked, never lost and never reordered where order matters."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.domain.deadlines import Ending, EndingKind, end
from bot.domain.errors import Conflict, Poisoned
from bot.domain.holds import Hold, HoldKind
from bot.domain.ids import CaseId, ChannelId
from bot.domain.notices import Destination, NoticeKind
from bot.services.records import pending_on
from storage.database import Database
from storage.deadlines import DUE_CASES
from storage.encryption import Keyring
from storage.unit_of_work import SqlStore
from tests.builders import WORKER
from tests.services.office import Office
from tests.storage import samples
from tests.storage.samples import HOUR, NOW, PARTICULARS, deadline, notice

STORAGE = Path(__file__).parents[2] / "storage"
CASE = CaseId("c1")
BATCH = 20


class PartFailed(Exception):
    """What makes a part of a transaction fail."""


@pytest.fixture
def real(database: Database, keyring: Keyring) -> SqlStore:
    """A store on each real database in turn, with some cases of which each owes one thing."""
    store = SqlStore(database, keyring)
    with store.write() as uow:
        for number in range(1, BATCH + 1):
            uow.cases.add(samples.case(number), replace(PARTICULARS, children=()))
            uow.deadlines.add([deadline(number, f"c{number}", next_at=NOW)])
        uow.commit()
    return store


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that were run inside the block."""
    run: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        run.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield run
    event.remove(database.engine, "before_cursor_execute", note)


def moved(store: SqlStore, limit: int) -> None:
    """Do to as many cases what the tick does: read, save, decide a notice, each in a part of its own."""
    with store.write() as uow:
        for case_id in uow.deadlines.due_cases(NOW, limit=limit):
            with uow.savepoint():
                case = uow.cases.get(case_id)
                (owed,) = uow.deadlines.due_of_case(case_id, NOW)
                uow.cases.save(case)
                uow.deadlines.save([replace(owed, done=1, next_at=NOW + HOUR)])
                uow.outbox.supersede(case_id, [NoticeKind.CARD])
                uow.outbox.add([notice(int(case_id[1:]), case_id=case_id)])
        uow.commit()


def test_a_batch_of_cases_costs_no_more_statements_than_one_case(real: SqlStore, database: Database) -> None:
    with counted(database) as one:
        moved(real, 1)
    with counted(database) as many:
        moved(real, BATCH - 1)
    assert len(many) <= len(one)
    with real.read() as uow:
        assert {uow.cases.get(CaseId(f"c{n}")).version for n in range(1, BATCH + 1)} == {2}
        assert {each.done for each in uow.deadlines.listed()} == {1}
        assert len(uow.outbox.listed()) == BATCH


def test_whoever_reads_inside_the_transaction_sees_what_waits(real: SqlStore) -> None:
    with real.write() as uow:
        (owed,) = uow.deadlines.of_case(CASE)
        uow.deadlines.save([end(owed, Ending(EndingKind.MET, NOW, samples.OFFICER))])
        uow.outbox.add([notice(1), notice(2)])
        assert [each.id for each in uow.outbox.listed()] == ["n1", "n2"]
        assert CASE not in uow.deadlines.due_cases(NOW, limit=BATCH)


def test_what_is_decided_after_an_overtaking_is_not_overtaken_by_it(real: SqlStore) -> None:
    with real.write() as uow:
        for number in (1, 2, 3):
            uow.outbox.supersede(CASE, [notice(0).kind])
            uow.outbox.add([notice(number)])
        uow.commit()
    with real.read() as uow:
        assert [each.id for each in uow.outbox.listed()] == ["n3"]


@pytest.mark.parametrize("looks", [False, True], ids=["before anything was written", "after a look at what waits"])
def test_a_part_that_fails_leaves_what_came_before_and_after_it(real: SqlStore, *, looks: bool) -> None:
    def fail() -> None:
        with uow.savepoint():
            uow.cases.save(replace(uow.cases.get(CASE), concern="other"))
            uow.outbox.add([notice(2)])
            if looks:
                uow.outbox.listed()
            raise PartFailed

    with real.write() as uow:
        uow.cases.save(uow.cases.get(CASE))
        uow.outbox.add([notice(1)])
        with pytest.raises(PartFailed):
            fail()
        uow.cases.save(uow.cases.get(CASE))
        uow.outbox.add([notice(3)])
        uow.commit()
    with real.read() as uow:
        assert [each.id for each in uow.outbox.listed()] == ["n1", "n3"]
        case = uow.cases.get(CASE)
        assert (case.version, case.concern) == (3, samples.case().concern)


def test_a_part_inside_a_part_fails_alone(real: SqlStore) -> None:
    def fail() -> None:
        with uow.savepoint():
            uow.outbox.add([notice(2)])
            raise PartFailed

    with real.write() as uow:
        with uow.savepoint():
            uow.outbox.add([notice(1)])
            with pytest.raises(PartFailed):
                fail()
            uow.outbox.add([notice(3)])
        uow.commit()
    with real.read() as uow:
        assert [each.id for each in uow.outbox.listed()] == ["n1", "n3"]


def test_a_second_save_of_the_version_that_was_read_is_a_conflict_at_once(real: SqlStore) -> None:
    with real.write() as uow:
        case, (owed,) = uow.cases.get(CASE), uow.deadlines.of_case(CASE)
        uow.cases.save(case)
        uow.deadlines.save([owed])
        with pytest.raises(Conflict):
            uow.cases.save(case)
        with pytest.raises(Conflict):
            uow.deadlines.save([owed])


def test_a_deadline_that_changes_more_than_its_step_is_stored_whole(real: SqlStore) -> None:
    with real.write() as uow:
        (owed,) = uow.deadlines.of_case(CASE)
        changed = replace(owed, due_at=owed.due_at - HOUR, team=samples.deadline(1).team, done=3)
        uow.deadlines.save([changed])
        uow.commit()
    with real.read() as uow:
        assert uow.deadlines.of_case(CASE) == [replace(changed, version=2)]


def test_the_newest_step_is_known_anew_after_each_decision_in_a_batch(real: SqlStore) -> None:
    person = Destination.person(samples.OFFICER)
    step = replace(notice(1), kind=NoticeKind.STEP, destination=person)
    with real.write() as uow:
        uow.outbox.add([step])
        uow.commit()
    with real.write() as uow:
        uow.deadlines.due_cases(NOW, limit=BATCH)

        def newest() -> str | None:
            found = uow.outbox.last_step_to(person, CASE, since=NOW - HOUR)
            return found.id if found is not None else None

        assert newest() == "n1"
        uow.outbox.add([replace(step, id=notice(2).id, key="k2", created_at=NOW + HOUR)])
        assert newest() == "n2"
        uow.outbox.mark_superseded(notice(2).id, at=NOW)
        assert newest() == "n1"
        uow.outbox.supersede(CASE, [NoticeKind.STEP])
        assert newest() is None
        assert uow.outbox.last_step_to(person, CaseId("c2"), since=NOW - HOUR) is None


def test_a_damaged_instant_poisons_its_own_case_and_the_batch_is_read(sqlite: Database, keyring: Keyring) -> None:
    store = SqlStore(sqlite, keyring)
    with store.write() as uow:
        for number in (1, 2):
            uow.cases.add(samples.case(number), replace(PARTICULARS, children=()))
            uow.deadlines.add([deadline(number, f"c{number}", next_at=NOW)])
        uow.commit()
    with sqlite.writing() as connection:
        connection.exec_driver_sql("UPDATE deadlines SET trigger_at = 'noon' WHERE id = 'd1'")
    with store.write() as uow:
        assert uow.deadlines.due_cases(NOW, limit=9) == ["c1", "c2"]
        with pytest.raises(Poisoned, match=r"^deadlines d1: ValueError$"):
            uow.deadlines.due_of_case(CASE, NOW)
        assert [each.id for each in uow.deadlines.due_of_case(CaseId("c2"), NOW)] == ["d2"]


def test_no_repository_keeps_the_connection_that_it_found_at_the_start() -> None:
    # Only whoever asks the unit of work anew, each time, gets it with everything written that waited.
    keeping = [
        path.name for path in STORAGE.glob("*.py") if re.search(r"= work\.connection\b", path.read_text("utf-8"))
    ]
    assert keeping == []


def test_two_channels_of_one_case_keep_their_own_cards(real: SqlStore) -> None:
    channels = [Destination.channel(ChannelId(name)) for name in ("C1", "C2")]
    with real.write() as uow:
        uow.outbox.add(notice(n, destination=channel) for n, channel in enumerate(channels, start=1))
        uow.outbox.supersede(CASE, [notice(0).kind], destination=channels[0])
        uow.commit()
    with real.read() as uow:
        assert [each.id for each in uow.outbox.listed()] == ["n2"]


def test_a_tick_over_many_cases_asks_no_question_for_each_of_them(sqlite: Database, keyring: Keyring) -> None:
    # Whatever is asked or written case by case inside the tick makes a burst slow: read it ahead for the batch.
    counts, office = [], Office(kept_in=SqlStore(sqlite, keyring))
    for cases in (9, 40):
        for _ in range(cases):
            office.refer()
        office.clock.move(timedelta(days=1))
        with counted(sqlite) as run:
            assert office.tick() >= cases
        counts.append(len(run))
    assert counts[1] - counts[0] < 40


def test_cases_that_are_looked_at_together_cost_no_more_questions_than_one(real: SqlStore, database: Database) -> None:
    counts = []
    for cases in (1, BATCH):
        wanted = [CaseId(f"c{number}") for number in range(1, cases + 1)]
        with real.read() as uow, counted(database) as run:
            uow.look_at(wanted)
            found = [(uow.cases.get(each), uow.deadlines.of_case(each), pending_on(uow, each)) for each in wanted]
            assert [uow.cases.children(each) for each in wanted] == [0] * cases
        assert [(case.id, [owed.id for owed in owing]) for case, owing, _ in found] == [
            (each, [f"d{each[1:]}"]) for each in wanted
        ]
        counts.append(len(run))
    assert counts[1] == counts[0]


def test_in_a_transaction_that_changes_something_nothing_is_kept_for_later(real: SqlStore) -> None:
    with real.write() as uow:
        uow.look_at([CASE])
        (owed,) = uow.deadlines.of_case(CASE)
        uow.deadlines.save([replace(owed, done=2)])
        assert uow.deadlines.of_case(CASE)[0].done == 2


def test_of_cases_read_together_a_damaged_row_spoils_its_own_alone(real: SqlStore, database: Database) -> None:
    with real.write() as uow:
        uow.holds.add(Hold(CaseId("c2"), samples.OFFICER, HoldKind.CHASE, NOW, NOW + HOUR))
        uow.commit()
    if database.is_sqlite:  # PostgreSQL takes nothing for an instant that is none
        with database.writing() as connection:
            connection.exec_driver_sql("UPDATE holds SET at = 'noon'")
    with real.read() as uow:
        uow.look_at([CASE, CaseId("c2")])
        assert uow.holds.of_case(CASE) == []
        assert uow.deadlines.of_case(CASE)[0].id == "d1"
        if database.is_sqlite:
            with pytest.raises((Poisoned, ValueError)):
                uow.holds.of_case(CaseId("c2"))


def test_a_person_waits_for_a_few_cases_of_the_tick_and_not_for_all_that_are_due(
    sqlite: Database, keyring: Keyring
) -> None:
    office, waiting = Office(kept_in=SqlStore(sqlite, keyring, gives_way=True)), threading.Event()
    for _ in range(BATCH):
        office.refer()
    office.clock.move(timedelta(days=1))
    left: list[int] = []

    def act() -> None:
        with sqlite.writing() as connection:
            due = connection.execute(DUE_CASES, {"now": office.clock.now(), "most": 2 * BATCH}).all()
            left.append(len(due))

    person = threading.Thread(target=act)

    def come(*_: object) -> None:
        if not waiting.is_set():
            waiting.set()
            person.start()
            while not sqlite.turnstile.is_awaited:
                waiting.wait()

    event.listen(sqlite.engine, "before_cursor_execute", come)
    try:
        assert office.tick() >= BATCH
    finally:
        event.remove(sqlite.engine, "before_cursor_execute", come)
        person.join()
    assert 0 < left[0] < BATCH
    assert office.tick() == 0


def test_an_acknowledgement_takes_no_more_than_fourteen_statements(sqlite: Database, keyring: Keyring) -> None:
    office = Office(kept_in=SqlStore(sqlite, keyring))
    case_id = office.refer()
    with counted(sqlite) as run:
        office.acknowledge(case_id, WORKER)
    assert len(run) <= 14, "twenty who press at once wait for one another: each statement counts twenty times"
