"""The outbox's contract, in memory, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.ids import CaseId, ChannelId, NoticeId
from bot.domain.notices import HOLDS_BACK_FOR, Destination, Notice, NoticeKind, NoticeState, Posted
from bot.domain.policy import Band
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import HOUR, NOW, OFFICER, PARTICULARS, WORKER, notice

CASE = CaseId("c1")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LEASE = timedelta(seconds=45)
HUB = Destination.channel(ChannelId("C1"))
CARE = Destination.channel(ChannelId("C2"))
DESK = Destination.person(OFFICER)
POSTED = Posted(ChannelId("C1"), "1.1")


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


def claim(store: Store, now: datetime = NOW, passing_over: frozenset[Destination] = frozenset()) -> str | None:
    claimed = claim_whole(store, now, passing_over)
    return claimed.id if claimed else None


def claim_whole(store: Store, now: datetime = NOW, passing_over: frozenset[Destination] = frozenset()) -> Notice | None:
    with store.write() as uow:
        found = uow.outbox.claim(now, lease_until=now + LEASE, holder="h", passing_over=passing_over)
        uow.commit()
    return found


def listed(store: Store) -> dict[str, Notice]:
    with store.read() as uow:
        return {each.id: each for each in uow.outbox.listed(unsent_only=False)}


def sent(store: Store, notice_id: str) -> None:
    with store.write() as uow:
        uow.outbox.mark_sent(NoticeId(notice_id), posted=POSTED, at=NOW)
        uow.commit()


def next_at(store: Store, now: datetime = NOW) -> datetime | None:
    with store.read() as uow:
        return uow.outbox.next_at(now)


def test_a_notice_comes_back_as_it_went_in(stocked: Store) -> None:
    plain = notice(1)
    rich = notice(
        2,
        kind=NoticeKind.DIGEST,
        destination=HUB,
        case_id=None,
        band=None,
        payload={},
        state=NoticeState.SENT,
        tries=3,
        first_tried_at=NOW,
        posted=POSTED,
        sent_at=NOW + HOUR,
        last_error="ratelimited",
        in_doubt=True,
    )
    add(stocked, plain, rich)
    assert listed(stocked) == {"n1": plain, "n2": rich}
    with stocked.read() as uow:
        assert uow.outbox.listed() == [plain]
        assert uow.outbox.listed(unsent_only=False, limit=1) == [plain]


def test_a_notice_is_decided_once_whatever_is_added_later_under_its_key(stocked: Store) -> None:
    first = notice(1)
    add(stocked, first)
    add(stocked, replace(notice(2), key=first.key), notice(3), replace(notice(4), key=notice(3).key))
    assert list(listed(stocked)) == ["n1", "n3"]


def test_the_most_urgent_band_goes_first_then_the_oldest_and_no_band_last(stocked: Store) -> None:
    destinations = [Destination.channel(ChannelId(f"C{number}")) for number in range(5)]
    bands = [None, Band.P4, Band.P2, Band.P1, Band.P2]
    add(
        stocked,
        *(
            notice(number, band=band, destination=to)
            for number, (band, to) in enumerate(zip(bands, destinations, strict=True))
        ),
    )
    assert [claim(stocked) for _ in range(6)] == ["n3", "n2", "n4", "n1", "n0", None]


def test_a_claimed_notice_is_in_flight_and_counts_its_try(stocked: Store) -> None:
    add(stocked, notice(1))
    claimed = claim_whole(stocked)
    assert claimed == replace(
        notice(1), state=NoticeState.SENDING, tries=1, first_tried_at=NOW, lease_until=NOW + LEASE
    )
    assert listed(stocked) == {"n1": claimed}


def test_nothing_goes_before_its_instant(stocked: Store) -> None:
    add(stocked, notice(1, not_before=NOW + SECOND))
    assert claim(stocked) is None
    assert next_at(stocked) == NOW + SECOND
    assert claim(stocked, NOW + SECOND) == "n1"


def test_one_destination_has_one_notice_in_flight_and_others_go_on(stocked: Store) -> None:
    add(
        stocked,
        notice(1, destination=HUB),
        notice(2, destination=HUB, case_id=CaseId("c2")),
        notice(3, destination=CARE),
        notice(4, destination=DESK),
    )
    assert [claim(stocked) for _ in range(4)] == ["n1", "n3", "n4", None]
    with stocked.write() as uow:
        uow.outbox.mark_sent(NoticeId("n1"), posted=POSTED, at=NOW)
        uow.commit()
    assert claim(stocked) == "n2"


def test_a_destination_passed_over_waits_while_others_go(stocked: Store) -> None:
    add(stocked, notice(1, destination=HUB), notice(2, destination=CARE))
    assert claim(stocked, passing_over=frozenset({HUB, DESK})) == "n2"
    assert claim(stocked, passing_over=frozenset({HUB, CARE})) is None
    assert claim(stocked) == "n1"


def test_within_a_case_and_destination_the_order_of_decision_is_kept(stocked: Store) -> None:
    add(
        stocked,
        notice(1, band=Band.P3),
        notice(2, band=Band.P1),
        notice(3, band=Band.P2, case_id=CaseId("c2")),
    )
    assert claim(stocked) == "n3"
    assert claim(stocked) is None
    with stocked.write() as uow:
        uow.outbox.mark_sent(NoticeId("n3"), posted=POSTED, at=NOW)
        uow.commit()
    assert claim(stocked) == "n1"
    with stocked.write() as uow:
        uow.outbox.put_back(NoticeId("n1"), not_before=NOW + 30 * MINUTE, error="refused")
        uow.commit()
    assert claim(stocked) is None
    assert next_at(stocked) == NOW + 30 * MINUTE
    assert claim(stocked, NOW + 30 * MINUTE) == "n1"


def test_a_reminder_put_off_until_morning_does_not_silence_the_page_that_comes_at_night(stocked: Store) -> None:
    add(stocked, notice(1, band=Band.P3, not_before=NOW + HOUR), notice(2, band=Band.P1))
    assert next_at(stocked) == NOW
    assert claim(stocked) == "n2"


def test_notices_without_a_case_do_not_wait_for_one_another(stocked: Store) -> None:
    add(
        stocked,
        notice(1, case_id=None, band=None, not_before=NOW + HOUR),
        notice(2, case_id=None, band=None),
    )
    assert claim(stocked) == "n2"


def test_an_undeliverable_notice_holds_nothing_back(stocked: Store) -> None:
    add(stocked, notice(1), notice(2))
    assert claim(stocked) == "n1"
    with stocked.write() as uow:
        uow.outbox.mark_undeliverable(NoticeId("n1"), error="user_disabled", at=NOW)
        uow.commit()
    assert claim(stocked) == "n2"
    stored = listed(stocked)["n1"]
    assert (stored.state, stored.last_error, stored.lease_until) == (NoticeState.UNDELIVERABLE, "user_disabled", None)
    with stocked.read() as uow:
        assert uow.outbox.depth() == {"undeliverable": 1, "sending": 1}


def test_a_lease_that_ran_out_is_claimed_again_and_stays_in_doubt_for_good(stocked: Store) -> None:
    add(stocked, notice(1))
    claim(stocked)
    assert next_at(stocked) == NOW + LEASE
    assert claim(stocked, NOW + LEASE - SECOND) is None
    again = claim_whole(stocked, NOW + LEASE)
    assert again is not None
    assert (again.tries, again.first_tried_at, again.in_doubt) == (2, NOW, True)
    with stocked.write() as uow:
        uow.outbox.put_back(again.id, not_before=NOW + HOUR, error="ratelimited")
        uow.commit()
    third = claim_whole(stocked, NOW + HOUR)
    assert third is not None
    assert (third.tries, third.in_doubt, third.last_error) == (3, True, "ratelimited")


def test_a_notice_put_back_waits_for_its_new_instant_and_is_not_in_doubt(stocked: Store) -> None:
    add(stocked, notice(1))
    claim(stocked)
    with stocked.write() as uow:
        uow.outbox.put_back(NoticeId("n1"), not_before=NOW + 30 * SECOND, error="ratelimited")
        uow.commit()
    assert next_at(stocked) == NOW + 30 * SECOND
    again = claim_whole(stocked, NOW + 30 * SECOND)
    assert again is not None
    assert (again.tries, again.in_doubt) == (2, False)


def test_a_notice_kept_in_doubt_stays_in_flight_until_its_instant(stocked: Store) -> None:
    add(stocked, notice(1))
    claim(stocked)
    with stocked.write() as uow:
        uow.outbox.keep_in_doubt(NoticeId("n1"), until=NOW + HOUR, error="timeout")
        uow.commit()
    assert claim(stocked, NOW + LEASE) is None
    again = claim_whole(stocked, NOW + HOUR)
    assert again is not None
    assert (again.in_doubt, again.last_error) == (True, "timeout")


def test_what_was_left_in_doubt_holds_back_its_own_case_and_no_other(stocked: Store) -> None:
    add(stocked, notice(1), notice(2, band=Band.P1), notice(3, case_id=CaseId("c2")), notice(4, case_id=None))
    claim(stocked)
    assert claim(stocked) is None, "one at a time to one destination"
    with stocked.write() as uow:
        uow.outbox.keep_in_doubt(NoticeId("n1"), until=NOW + LEASE, error="timeout")
        uow.commit()
    assert next_at(stocked) == NOW
    assert claim(stocked) == "n3"
    sent(stocked, "n3")
    assert claim(stocked) == "n4"
    assert claim(stocked, NOW + LEASE - SECOND) is None, "n2 comes after n1"
    sent(stocked, "n4")
    assert claim(stocked, NOW + LEASE) == "n1"
    assert claim(stocked, NOW + LEASE) is None, "who looks for it is at work on its destination again"


def test_nothing_overtakes_an_earlier_notice_of_its_case_until_that_was_tried_in_vain_for_an_hour(
    stocked: Store,
) -> None:
    add(stocked, notice(1))
    claim(stocked, NOW)
    add(stocked, notice(2, band=Band.P1))
    for minutes in range(0, 60, 10):
        at = NOW + minutes * MINUTE
        with stocked.write() as uow:
            uow.outbox.keep_in_doubt(NoticeId("n1"), until=at + 10 * MINUTE, error="timeout")
            uow.commit()
        assert claim(stocked, at) is None
        assert claim(stocked, at + 10 * MINUTE - SECOND) is None
        if minutes < 50:
            assert claim(stocked, at + 10 * MINUTE) == "n1"
    assert claim(stocked, NOW + HOLDS_BACK_FOR) == "n2"
    sent(stocked, "n2")
    assert claim(stocked, NOW + HOLDS_BACK_FOR) == "n1", "and it is still tried"


def test_a_reminder_never_tried_keeps_its_place_however_long_the_bot_was_away(stocked: Store) -> None:
    add(stocked, notice(1, band=Band.P3), notice(2, band=Band.P1))
    assert claim(stocked, NOW + 3 * HOUR) == "n1"


def test_a_reminder_inside_a_message_holds_back_its_case_for_an_hour_at_most(stocked: Store) -> None:
    add(stocked, notice(1))
    with stocked.write() as uow:
        uow.gathering.take_in([NoticeId("n1")])
        uow.commit()
    add(stocked, notice(2))
    assert claim(stocked, NOW + HOLDS_BACK_FOR - SECOND) is None
    assert next_at(stocked, NOW + HOLDS_BACK_FOR) == NOW
    assert claim(stocked, NOW + HOLDS_BACK_FOR) == "n2"


def test_what_has_arrived_stays_arrived_whatever_a_slower_sender_says(stocked: Store) -> None:
    add(stocked, notice(1))
    claim(stocked)
    with stocked.write() as uow:
        uow.outbox.mark_sent(NoticeId("n1"), posted=POSTED, at=NOW)
        uow.outbox.put_back(NoticeId("n1"), not_before=NOW, error="late")
        uow.outbox.keep_in_doubt(NoticeId("n1"), until=NOW, error="late")
        uow.outbox.mark_undeliverable(NoticeId("n1"), error="late", at=NOW)
        uow.outbox.mark_superseded(NoticeId("n1"), at=NOW)
        uow.commit()
    stored = listed(stocked)["n1"]
    assert (stored.state, stored.posted, stored.sent_at, stored.lease_until) == (NoticeState.SENT, POSTED, NOW, None)
    assert claim(stocked, NOW + HOUR) is None
    assert next_at(stocked) is None


def test_overtaken_notices_of_a_case_are_never_said(stocked: Store) -> None:
    add(
        stocked,
        notice(1),
        notice(2, kind=NoticeKind.CARD, destination=HUB),
        notice(3, destination=DESK),
        notice(4, case_id=CaseId("c2"), destination=CARE),
    )
    with stocked.write() as uow:
        uow.outbox.supersede(CASE, [NoticeKind.STEP, NoticeKind.THREAD_STEP], destination=DESK)
        uow.commit()
    assert [each.id for each in listed(stocked).values() if each.state is NoticeState.SUPERSEDED] == ["n3"]
    with stocked.write() as uow:
        uow.outbox.supersede(CASE, [NoticeKind.STEP])
        uow.commit()
    assert sorted(filter(None, (claim(stocked) for _ in range(4)))) == ["n2", "n4"]


def test_a_notice_in_flight_is_not_overtaken(stocked: Store) -> None:
    add(stocked, notice(1))
    claim(stocked)
    with stocked.write() as uow:
        uow.outbox.supersede(CASE, [NoticeKind.STEP])
        uow.commit()
    assert listed(stocked)["n1"].state is NoticeState.SENDING


def test_with_a_dead_credential_everything_is_held_and_later_released(stocked: Store) -> None:
    add(stocked, notice(1, destination=HUB), notice(2, destination=CARE), notice(3, destination=DESK))
    assert claim(stocked) == "n1"
    with stocked.write() as uow:
        assert uow.outbox.hold_all(error="token_revoked") == 2
        uow.commit()
    assert claim(stocked) is None
    assert next_at(stocked) == NOW + LEASE
    with stocked.read() as uow:
        assert uow.outbox.depth() == {"sending": 1, "held": 2}
    with stocked.write() as uow:
        assert uow.outbox.release_held() == 2
        assert uow.outbox.release_held() == 0
        uow.commit()
    assert [claim(stocked), claim(stocked), claim(stocked)] == ["n2", "n3", None]


def test_after_the_clock_was_set_back_what_was_due_or_tried_goes_and_leases_are_short(stocked: Store) -> None:
    was_at = NOW + HOUR
    add(
        stocked,
        notice(1, destination=HUB),
        notice(2, destination=CARE),
        notice(3, destination=DESK, not_before=was_at + SECOND),
        notice(4, destination=Destination.person(WORKER), not_before=was_at),
    )
    assert [claim(stocked, was_at - SECOND), claim(stocked, was_at - SECOND)] == ["n1", "n2"]
    with stocked.write() as uow:
        uow.outbox.put_back(NoticeId("n2"), not_before=was_at + HOUR, error="refused")
        assert uow.outbox.set_back(NOW, was_at=was_at, lease_until=NOW + LEASE) == 3
        assert uow.outbox.set_back(NOW, was_at=was_at, lease_until=NOW + LEASE) == 0
        uow.commit()
    found = listed(stocked)
    assert (found["n1"].lease_until, found["n2"].not_before, found["n4"].not_before) == (NOW + LEASE, NOW, NOW)
    assert found["n3"].not_before == was_at + SECOND, "what waits by design goes on waiting"


def test_what_a_dead_holder_was_sending_is_claimed_at_once_in_doubt_and_says_until_when_it_may_land(
    stocked: Store,
) -> None:
    add(stocked, notice(1, destination=HUB), notice(2, destination=CARE), notice(3, destination=DESK))
    assert [claim(stocked), claim(stocked)] == ["n1", "n2"]
    lands = NOW + 25 * SECOND
    with stocked.write() as uow:
        assert list(uow.outbox.holders()) == ["h"]
        assert uow.outbox.take_over(["another"], NOW + SECOND, lands_until=lands) == 0
        uow.outbox.keep_in_doubt(NoticeId("n2"), until=NOW + 10 * SECOND, error="unknown")
        assert uow.outbox.take_over(["another", "h"], NOW + SECOND, lands_until=lands) == 2
        uow.commit()
    first, second = claim_whole(stocked, NOW + SECOND), claim_whole(stocked, NOW + SECOND)
    assert first is not None
    assert second is not None
    assert [(each.id, each.in_doubt, each.not_before) for each in (first, second)] == [
        ("n1", True, lands),
        ("n2", True, NOW + 10 * SECOND),
    ]
    assert listed(stocked)["n3"].not_before == NOW


def test_a_lease_that_had_run_out_is_nobodys_to_take_over(stocked: Store) -> None:
    add(stocked, notice(1))
    claim(stocked)
    with stocked.write() as uow:
        assert uow.outbox.take_over(["h"], NOW + LEASE, lands_until=NOW + 2 * LEASE) == 0
        uow.commit()
    assert listed(stocked)["n1"].not_before == NOW


def test_a_clock_set_back_shortens_the_wait_for_a_landing_too(stocked: Store) -> None:
    add(stocked, notice(1))
    claim(stocked, NOW + HOUR)
    with stocked.write() as uow:
        uow.outbox.take_over(["h"], NOW + HOUR, lands_until=NOW + HOUR + SECOND)
        assert uow.outbox.set_back(NOW, was_at=NOW + HOUR, lease_until=NOW + LEASE) == 1
        uow.commit()
    found = listed(stocked)["n1"]
    assert (found.lease_until, found.not_before) == (NOW + LEASE, NOW + LEASE)


def test_the_newest_step_to_a_person_about_a_case_is_found(stocked: Store) -> None:
    add(
        stocked,
        notice(1, created_at=NOW - HOUR),
        notice(2, created_at=NOW),
        notice(3, created_at=NOW + SECOND, state=NoticeState.SUPERSEDED),
        notice(4, created_at=NOW + SECOND, kind=NoticeKind.THREAD_STEP),
        notice(5, created_at=NOW + SECOND, case_id=CaseId("c2")),
        notice(6, created_at=NOW + SECOND, destination=DESK),
    )
    with stocked.read() as uow:
        found = uow.outbox.last_step_to(Destination.person(WORKER), CASE, since=NOW - 2 * HOUR)
        assert found is not None
        assert found.id == "n2"
        assert uow.outbox.last_step_to(Destination.person(WORKER), CASE, since=NOW + SECOND) is None
