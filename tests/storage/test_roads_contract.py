"""Two roads out of one outbox, and the places that are known to be dead: one contract over memory, SQLite and PostgreSQL."""

from datetime import datetime, timedelta

import pytest

from bot.domain.ids import CaseId, NoticeId, PersonId
from bot.domain.notices import OPERATORS, Destination, Notice, NoticeKind, NoticeState, Road
from bot.domain.policy import Band
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import NOW, PARTICULARS, notice

LEASE = timedelta(seconds=45)
MINUTE = timedelta(minutes=1)
WORKER = PersonId("worker")
MAILBOX = Destination.email(WORKER)
DESK = Destination.person(WORKER)


@pytest.fixture
def stocked(store: Store) -> Store:
    with store.write() as uow:
        uow.cases.add(samples.case(1), PARTICULARS)
        uow.commit()
    return store


def add(store: Store, *notices: Notice) -> None:
    with store.write() as uow:
        uow.outbox.add(notices)
        uow.commit()


def claim(store: Store, road: Road, now: datetime = NOW) -> Notice | None:
    with store.write() as uow:
        found = uow.outbox.claim(now, lease_until=now + LEASE, holder="h", passing_over=frozenset(), road=road)
        uow.commit()
    return found


def unconfirmed(store: Store, before: datetime, band: Band = Band.P1) -> list[str]:
    with store.read() as uow:
        return [each.id for each in uow.outbox.unconfirmed({band: before}, limit=10)]


def test_each_road_has_its_own_claims_and_its_own_next_instant(stocked: Store) -> None:
    add(stocked, notice(1, destination=DESK), notice(2, destination=MAILBOX, not_before=NOW + MINUTE))
    by_mail, in_slack = claim(stocked, Road.MAIL), claim(stocked, Road.SLACK)
    assert by_mail is None
    assert in_slack is not None
    assert in_slack.id == "n1"
    with stocked.read() as uow:
        assert uow.outbox.next_at(NOW, road=Road.MAIL) == NOW + MINUTE
        assert uow.outbox.next_at(NOW, road=Road.SLACK) == NOW + LEASE
    later = claim(stocked, Road.MAIL, NOW + MINUTE)
    assert later is not None
    assert later.destination == MAILBOX


def test_a_mailbox_keeps_its_road_when_it_is_stored(stocked: Store) -> None:
    add(stocked, notice(1, destination=Destination.email(OPERATORS), case_id=None))
    found = claim(stocked, Road.MAIL)
    assert found is not None
    assert found.destination.kind.road is Road.MAIL


@pytest.mark.parametrize("road", Road)
def test_a_dead_credential_holds_its_own_road_alone(stocked: Store, road: Road) -> None:
    add(stocked, notice(1, destination=DESK), notice(2, destination=MAILBOX))
    other = Road.MAIL if road is Road.SLACK else Road.SLACK
    with stocked.write() as uow:
        assert uow.outbox.hold_all(road=road, error="refused") == 1
        uow.commit()
    assert claim(stocked, road) is None
    assert claim(stocked, other) is not None
    with stocked.write() as uow:
        assert uow.outbox.release_held() == 1
        uow.commit()
    assert claim(stocked, road) is not None


def test_a_reminder_is_unconfirmed_from_the_end_of_its_bands_time_until_it_took_the_second_road(stocked: Store) -> None:
    add(stocked, notice(1, destination=DESK, band=Band.P1, created_at=NOW, not_before=NOW))
    assert unconfirmed(stocked, NOW - timedelta(seconds=1)) == []
    assert unconfirmed(stocked, NOW) == ["n1"]
    assert unconfirmed(stocked, NOW, Band.P2) == []
    with stocked.write() as uow:
        uow.outbox.mark_unconfirmed(NoticeId("n1"), at=NOW)
        uow.commit()
    assert unconfirmed(stocked, NOW) == []
    assert claim(stocked, Road.SLACK) is not None  # Slack is tried all the same


def test_it_is_counted_from_when_it_could_first_go_however_often_it_was_put_back(stocked: Store) -> None:
    add(stocked, notice(1, destination=DESK, band=Band.P1, created_at=NOW, not_before=NOW + MINUTE))
    assert unconfirmed(stocked, NOW) == []
    assert claim(stocked, Road.SLACK, NOW + MINUTE) is not None
    with stocked.write() as uow:
        uow.outbox.put_back(NoticeId("n1"), not_before=NOW + 9 * MINUTE, error="ratelimited")
        uow.commit()
    assert unconfirmed(stocked, NOW + MINUTE) == ["n1"]


@pytest.mark.parametrize(
    "left_out",
    [
        notice(1, destination=MAILBOX, band=Band.P1),
        notice(1, destination=DESK, band=Band.P1, kind=NoticeKind.ACKNOWLEDGED),
        notice(1, destination=DESK, band=Band.P1, state=NoticeState.SENT),
        notice(1, destination=DESK, band=Band.P1, state=NoticeState.SUPERSEDED),
    ],
    ids=["goes by e-mail", "only news", "arrived", "overtaken"],
)
def test_what_needs_no_second_road_is_left_out(stocked: Store, left_out: Notice) -> None:
    add(stocked, left_out)
    assert unconfirmed(stocked, NOW + 60 * MINUTE) == []


def test_a_dead_route_is_news_once_until_it_works_again(store: Store) -> None:
    with store.write() as uow:
        assert uow.routes.mark(DESK, code="cannot_dm_user", at=NOW)
        assert not uow.routes.mark(DESK, code="user_disabled", at=NOW + MINUTE)
        assert uow.routes.mark(MAILBOX, code="recipient_550", at=NOW + MINUTE)
        uow.commit()
    with store.read() as uow:
        first, second = uow.routes.dead()
    assert (first.destination, first.code, first.since_at, first.tried_at) == (DESK, "user_disabled", NOW, NOW + MINUTE)
    assert second.destination == MAILBOX
    with store.write() as uow:
        assert uow.routes.mend(DESK)
        assert not uow.routes.mend(DESK)
        uow.commit()
    with store.read() as uow:
        assert [each.destination for each in uow.routes.dead()] == [MAILBOX]


def test_the_newest_step_by_e_mail_is_found_for_whoever_is_told_by_e_mail(stocked: Store) -> None:
    add(stocked, notice(1, destination=MAILBOX, created_at=NOW))
    with stocked.read() as uow:
        found = uow.outbox.last_step_to(MAILBOX, CaseId("c1"), since=NOW - MINUTE)
        assert found is not None
        assert uow.outbox.last_step_to(DESK, CaseId("c1"), since=NOW - MINUTE) is None
