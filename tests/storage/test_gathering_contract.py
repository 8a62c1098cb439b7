"""What waits in numbers for one destination, the same from memory, SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.ids import CaseId, ChannelId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind, NoticeState, Posted
from bot.domain.policy import Band
from bot.ports import Store
from storage.database import Database
from storage.gathering import CROWDED, SINGLES
from tests.storage import samples
from tests.storage.samples import HOUR, NOW, OFFICER, PARTICULARS, WORKER, notice

HUB = Destination.channel(ChannelId("C1"))
DESK = Destination.person(OFFICER)
THERE = Destination.person(WORKER)
POSTED = Posted(ChannelId("D1"), "1.1")
BOTH = (CaseId("c1"), CaseId("c2"))


@pytest.fixture
def stocked(store: Store) -> Store:
    """A store with two cases for notices to be about."""
    with store.write() as uow:
        uow.cases.add(samples.case(1), PARTICULARS)
        uow.cases.add(samples.case(2), PARTICULARS)
        uow.commit()
    return store


def add(store: Store, *notices: Notice) -> None:
    with store.write() as uow:
        uow.outbox.add(notices)
        uow.commit()


def group(number: int, **how: object) -> Notice:
    return replace(notice(number), kind=NoticeKind.GROUP, case_id=None, **how)  # type: ignore[arg-type]  # a test's shorthand


def singles(store: Store) -> list[str]:
    with store.read() as uow:
        return [each.id for each in uow.gathering.singles()]


def take_in(store: Store, *wanted: str) -> set[str]:
    with store.write() as uow:
        taken = uow.gathering.take_in([NoticeId(each) for each in wanted])
        uow.commit()
    return set(taken)


def state_of(store: Store, wanted: str) -> NoticeState:
    with store.read() as uow:
        return next(each.state for each in uow.outbox.listed(unsent_only=False) if each.id == wanted)


def test_reminders_that_wait_are_singles_and_cards_lines_and_what_is_done_are_not(stocked: Store) -> None:
    add(
        stocked,
        notice(1),
        notice(2, kind=NoticeKind.THREAD_STEP, destination=HUB),
        notice(3, kind=NoticeKind.CARD, destination=HUB, case_id=CaseId("c2")),
        notice(4, state=NoticeState.SENT, destination=DESK),
        notice(5, kind=NoticeKind.ACKNOWLEDGED, destination=DESK),
        notice(6, not_before=NOW + HOUR, destination=DESK),
    )
    assert singles(stocked) == ["n1", "n2", "n6"]


def test_what_may_have_arrived_and_what_comes_after_it_stay_single(stocked: Store) -> None:
    add(
        stocked,
        notice(1, in_doubt=True),
        notice(2),
        notice(3, case_id=CaseId("c2")),
        notice(4, destination=DESK, state=NoticeState.HELD),
        notice(5, destination=DESK),
        notice(6, destination=HUB, kind=NoticeKind.CARD, state=NoticeState.SENDING, lease_until=NOW + HOUR),
        notice(7, destination=HUB, kind=NoticeKind.THREAD_STEP),
    )
    assert singles(stocked) == ["n3", "n7"]


def test_only_what_nobody_claimed_is_taken_in_and_it_waits_no_more_by_itself(stocked: Store) -> None:
    add(stocked, notice(1), notice(2, case_id=CaseId("c2")), notice(3, destination=DESK))
    with stocked.write() as uow:
        claimed = uow.outbox.claim(NOW, lease_until=NOW + HOUR, holder="h", passing_over=frozenset({DESK}))
        uow.commit()
    assert claimed is not None
    assert take_in(stocked, "n1", "n2") == {"n2"}
    assert singles(stocked) == ["n3"]
    with stocked.write() as uow:
        uow.outbox.mark_sent(claimed.id, posted=POSTED, at=NOW)
        again = uow.outbox.claim(NOW, lease_until=NOW + HOUR, holder="h", passing_over=frozenset({DESK}))
        uow.commit()
    assert again is None


def test_a_later_notice_of_a_case_waits_for_the_message_that_its_reminder_is_in(stocked: Store) -> None:
    add(stocked, notice(1))
    take_in(stocked, "n1")
    add(stocked, notice(2), notice(3, case_id=CaseId("c2"), band=Band.P4))
    with stocked.write() as uow:
        first = uow.outbox.claim(NOW, lease_until=NOW + HOUR, holder="h", passing_over=frozenset())
        uow.commit()
    assert first is not None
    assert first.id == "n3"


def test_how_the_message_ends_is_how_its_reminders_end_and_only_once(stocked: Store) -> None:
    add(stocked, notice(1), notice(2, case_id=CaseId("c2")), notice(3, destination=DESK), notice(4, destination=HUB))
    take_in(stocked, "n1", "n2", "n3")
    with stocked.write() as uow:
        for wanted, state in (
            ("n1", NoticeState.SENT),
            ("n2", NoticeState.SUPERSEDED),
            ("n3", NoticeState.UNDELIVERABLE),
            ("n4", NoticeState.SENT),
        ):
            posted = POSTED if state is NoticeState.SENT else None
            uow.gathering.end(NoticeId(wanted), state, at=NOW, posted=posted, error="")
        uow.gathering.end(NoticeId("n1"), NoticeState.SUPERSEDED, at=NOW, posted=None, error="late")
        uow.commit()
    with stocked.read() as uow:
        found: dict[str, Notice] = {each.id: each for each in uow.outbox.listed(unsent_only=False)}
    assert (found["n1"].state, found["n1"].posted, found["n1"].sent_at) == (NoticeState.SENT, POSTED, NOW)
    assert (found["n2"].state, found["n3"].state) == (NoticeState.SUPERSEDED, NoticeState.UNDELIVERABLE)
    assert found["n4"].state is NoticeState.PENDING, "what was never taken in is not ended with a message"


def test_the_last_message_of_each_destination_and_instant_is_found_unless_it_was_tried(stocked: Store) -> None:
    add(
        stocked,
        group(1),
        group(2),
        group(3, not_before=NOW + HOUR),
        group(4, destination=DESK, tries=1),
        group(5, destination=HUB),
    )
    with stocked.read() as uow:
        found = [each.id for each in uow.gathering.last_groups([THERE, DESK])]
    assert found == ["n2", "n3"]


def test_the_cases_inside_waiting_messages_are_known_and_of_which_something_is_owed(stocked: Store) -> None:
    add(stocked, notice(1, band=Band.P3), notice(2, case_id=CaseId("c2")), notice(3, not_before=NOW + HOUR))
    take_in(stocked, "n1", "n2", "n3")
    with stocked.write() as uow:
        uow.deadlines.add([samples.deadline(1, next_at=NOW)])
        uow.commit()
    with stocked.read() as uow:
        assert uow.gathering.taken_in([THERE, DESK], BOTH, NOW) == {(THERE, case_id) for case_id in BOTH}
        assert uow.gathering.taken_in([THERE], BOTH[1:], NOW) == {(THERE, BOTH[1])}
        assert uow.gathering.taken_in([DESK], BOTH, NOW) == frozenset()
        assert uow.gathering.taken_in([THERE], BOTH, NOW - HOUR) == frozenset(), (
            "what waits for the morning holds nothing back"
        )
        assert uow.gathering.still_owed(THERE, NOW) == [(CaseId("c1"), Band.P3)]
        assert uow.gathering.still_owed(DESK, NOW) == []


def test_a_destination_with_many_reminders_in_a_short_time_is_crowded(stocked: Store) -> None:
    add(
        stocked,
        *(notice(number, created_at=NOW) for number in range(3)),
        notice(3, created_at=NOW - HOUR),
        notice(4, created_at=NOW, kind=NoticeKind.CARD),
        notice(5, created_at=NOW, destination=DESK),
    )
    with stocked.read() as uow:
        assert uow.gathering.crowded(since=NOW, more_than=2) == {THERE}
        assert uow.gathering.crowded(since=NOW, more_than=3) == frozenset()
        assert uow.gathering.crowded(since=NOW - HOUR, more_than=3) == {THERE}


def test_where_a_message_lies_is_known_once_it_was_sent_and_only_for_its_own_destination(stocked: Store) -> None:
    add(stocked, group(1))
    with stocked.write() as uow:
        assert uow.gathering.posted(NoticeId("n1"), THERE) is None
        uow.outbox.mark_sent(NoticeId("n1"), posted=POSTED, at=NOW)
        uow.commit()
    with stocked.read() as uow:
        assert uow.gathering.posted(NoticeId("n1"), THERE) == POSTED
        assert uow.gathering.posted(NoticeId("n1"), DESK) is None


def test_the_questions_of_each_tick_read_indexes_alone(sqlite: Database) -> None:
    with sqlite.reading() as connection:
        for query, index in ((SINGLES, "ix_notices_waiting"), (CROWDED, "ix_notices_decided")):
            compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
            values = tuple("2026" if name == "since" else 5 for name in compiled.positiontup or ())
            plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]
            assert any(index in line for line in plan), plan
            assert not any(line.startswith("SCAN notices") and "INDEX" not in line for line in plan), plan
