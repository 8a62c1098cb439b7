"""What those who watch the bot read of the record, the same from every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.deadlines import Plan
from bot.domain.events import Action, Entry
from bot.domain.notices import NoticeKind, NoticeState
from bot.domain.policy import Band, Repeat
from bot.ports import Store
from bot.watch import Lapse
from storage.database import Database
from storage.encryption import Keyring
from storage.unit_of_work import SqlStore
from storage.watching import UNTAKEN
from tests.storage import samples
from tests.storage.samples import HOUR, NOW, OFFICER, PARTICULARS, deadline, met, notice

MINUTE = timedelta(minutes=1)
BEFORE = {Band.P1: NOW, Band.P2: NOW}


def fill(store: Store) -> None:
    """Two cases, one in quarantine; one step an hour overdue in each, one to come, one only shown, one met."""
    shown = replace(deadline(4), plan=Plan((), Repeat(HOUR)), next_at=None)
    with store.write() as uow:
        uow.cases.add(samples.case(1), PARTICULARS)
        uow.cases.add(samples.case(2), PARTICULARS)
        uow.deadlines.add(
            [
                deadline(1, next_at=NOW - HOUR, due_at=NOW - 2 * HOUR),
                deadline(2, "c2", next_at=NOW - 2 * HOUR, due_at=NOW - HOUR, band=Band.P1),
                deadline(3),
                shown,
                met(deadline(5)),
            ]
        )
        uow.deadlines.quarantine(samples.case(2).id)
        uow.audit.append([Entry(NOW, OFFICER, Action.REFERRED, "c1", samples.case(1).id)])
        uow.audit.append([Entry(NOW, OFFICER, Action.STARTED, "policy")])
        uow.audit.anchor(NOW)
        uow.commit()


def test_overdue_steps_are_found_longest_first_in_quarantine_too(store: Store) -> None:
    fill(store)
    with store.read() as uow:
        found = uow.reports.untold(steps_before=NOW, notices_before={}, limit=9)
        assert [(each.lapse, each.id, each.since_at) for each in found] == [
            (Lapse.STEP, "d2", NOW - 2 * HOUR),
            (Lapse.STEP, "d1", NOW - HOUR),
        ]
        assert found[1].reference == samples.case(1).reference
        assert [each.id for each in uow.reports.untold(steps_before=NOW, notices_before={}, limit=1)] == ["d2"]
        assert [each.id for each in uow.reports.untold(steps_before=NOW - HOUR, notices_before={}, limit=9)] == ["d2"]


def test_reminders_are_late_by_their_first_try_or_by_when_they_were_to_go(store: Store) -> None:
    fill(store)
    early = NOW - HOUR
    with store.write() as uow:
        uow.outbox.add(
            [
                notice(1, created_at=early, not_before=early),
                notice(2, created_at=early, not_before=NOW),
                notice(3, created_at=early, not_before=early, kind=NoticeKind.CARD),
                notice(4, created_at=early, not_before=early, band=Band.P3),
                notice(5, created_at=early, not_before=early, state=NoticeState.SENT),
                notice(6, created_at=early, not_before=NOW + HOUR, first_tried_at=early + MINUTE),
                notice(
                    7, created_at=early, not_before=early, state=NoticeState.HELD, first_tried_at=early + 2 * MINUTE
                ),
            ]
        )
        uow.commit()
    with store.read() as uow:
        found = uow.reports.untold(steps_before=NOW - 9 * HOUR, notices_before=BEFORE, limit=9)
    assert [(each.lapse, each.id) for each in found] == [
        (Lapse.NOTICE, "n1"),
        (Lapse.NOTICE, "n6"),
        (Lapse.NOTICE, "n7"),
    ]
    assert found[1].since_at == early + MINUTE


def test_figures_count_what_is_owed_and_what_waits(store: Store) -> None:
    fill(store)
    with store.write() as uow:
        uow.outbox.add([notice(1, not_before=NOW - MINUTE, created_at=NOW - HOUR), notice(2, not_before=NOW + HOUR)])
        uow.commit()
    with store.read() as uow:
        figures = uow.reports.figures(NOW)
        assert uow.reports.figures(NOW - 3 * HOUR).oldest_overdue_at is None
    assert figures.open_deadlines == {Band.P1: 1, Band.P2: 2}
    assert figures.oldest_overdue_at == NOW - 2 * HOUR
    assert figures.outbox == {"pending": 2}
    assert figures.oldest_waiting_at == NOW - MINUTE
    assert figures.audit_entries == 2
    assert figures.audit_head.startswith("1:")


def test_figures_of_an_empty_record_are_nothing(store: Store) -> None:
    with store.read() as uow:
        figures = uow.reports.figures(NOW)
    assert (figures.open_deadlines, figures.outbox, figures.audit_entries, figures.audit_head) == ({}, {}, 0, "")


def test_a_damaged_row_is_found_all_the_same(database: Database, keyring: Keyring) -> None:
    store = SqlStore(database, keyring)
    fill(store)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE deadlines SET plan = '{}' WHERE id = 'd1'")
    with store.read() as uow:
        assert len(uow.reports.untold(steps_before=NOW, notices_before={}, limit=9)) == 2


def test_the_self_audit_reads_the_index_of_what_is_due(sqlite: Database) -> None:
    with sqlite.reading() as connection:
        compiled = UNTAKEN.compile(dialect=connection.dialect)
        values = tuple("2026" if name == "before" else 50 for name in compiled.positiontup or ())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
    assert "deadlines USING INDEX ix_deadlines_next_at" in plan[0].detail
