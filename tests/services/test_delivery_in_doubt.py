"""Delivery where a reply is lost, the clock is wrong, or a card has gone: at most one copy, and nothing waits for an hour."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.directory import Person
from bot.domain.letters import CardLetter
from bot.domain.notices import Destination, FailureKind, NoticeKind, NoticeState, Posted, SendFailed
from bot.services.pace import Pace
from tests.builders import CARE_CHANNEL, MONDAY, OTHER_OFFICER, WORKER, referral
from tests.services.office import Office

P1 = referral("physical", "immediate_danger")
LOST = SendFailed(FailureKind.UNKNOWN, "TimeoutError")


def test_a_deleted_card_whose_new_copy_lost_its_reply_is_looked_for_and_not_posted_twice() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.settle()
    messenger = office.messenger
    messenger.gone.add(office.store.state.cards[case_id, CARE_CHANNEL].ts)
    office.act(case_id, "message_sent", OTHER_OFFICER)
    messenger.landing.add(CARE_CHANNEL)
    redraw_is_refused = SendFailed(FailureKind.GONE, "message_not_found")
    messenger.fail(CARE_CHANNEL, redraw_is_refused, LOST)
    before = len(messenger.sent)
    office.run_for(timedelta(minutes=3))
    cards = [
        sent
        for sent in messenger.sent[before:]
        if sent.to == CARE_CHANNEL and isinstance(sent.outgoing.letter, CardLetter) and not sent.redrawn
    ]
    assert len(cards) == 1


def test_a_copy_that_slack_dates_an_hour_before_this_machine_is_found() -> None:
    office = Office()
    office.messenger.landing.add(WORKER)
    office.messenger.fail(WORKER, LOST)
    office.refer(P1)
    office.deliver()
    landed = office.said_to(WORKER)
    assert len(landed) == 1
    hour_ago = landed[0].at - timedelta(hours=1)
    place = office.messenger.sent.index(landed[0])
    office.messenger.sent[place] = type(landed[0])(hour_ago, landed[0].to, landed[0].outgoing, landed[0].posted)
    office.run_for(timedelta(minutes=2))
    assert len(office.said_to(WORKER)) == 1


def test_a_clock_that_is_set_back_an_hour_holds_no_channel_up() -> None:
    pace, channel = Pace(), Destination.channel(CARE_CHANNEL)
    for _ in range(10):
        pace.spend(channel, MONDAY)
    pace.block(channel, MONDAY + timedelta(seconds=30))
    assert channel in pace.waiting(MONDAY)
    back_at = MONDAY - timedelta(hours=1)
    assert pace.waiting(back_at)[channel] == back_at + timedelta(seconds=30)


def test_a_card_in_doubt_is_looked_for_though_the_line_that_needed_it_is_done_with() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.settle()
    messenger, stored = office.messenger, office.store.state
    deleted = stored.cards.pop((case_id, CARE_CHANNEL))
    messenger.sent = [sent for sent in messenger.sent if sent.posted != deleted]
    office.clock.to(office.deadline(case_id).due_at)
    office.tick()
    stored = office.store.state
    for card in office.notices(NoticeKind.CARD, state=NoticeState.PENDING):
        stored.notices[card.id] = replace(card, state=NoticeState.SUPERSEDED)
    before = len(messenger.sent)
    messenger.landing.add(CARE_CHANNEL)
    messenger.fail(CARE_CHANNEL, LOST)
    office.deliver()
    messenger.landing.clear()
    office.acknowledge(case_id, WORKER)
    office.run_for(timedelta(minutes=3))
    cards = [sent for sent in messenger.sent[before:] if isinstance(sent.outgoing.letter, CardLetter)]
    assert len({sent.posted.ts for sent in cards if sent.to == CARE_CHANNEL and not sent.redrawn}) == 1


def test_a_post_that_could_land_after_the_lease_is_put_off() -> None:
    office = Office()
    office.messenger.fail(WORKER, LOST)
    office.refer(P1)
    office.deliver()
    look = office.messenger.find

    def slow_look(key: str, *, destination: Destination, person: Person | None, since: datetime) -> Posted | None:
        found = look(key, destination=destination, person=person, since=since)
        if destination == Destination.person(WORKER) and office.messenger.looked.count(key) == 1:
            office.clock.move(timedelta(seconds=30))
        return found

    office.messenger.find = slow_look  # type: ignore[method-assign]  # a slower Slack
    at = office.clock.move(timedelta(seconds=46))
    office.deliver()
    assert [sent.at for sent in office.said_to(WORKER)] == []
    office.run_for(timedelta(minutes=2))
    assert [sent.at > at + timedelta(seconds=30) for sent in office.said_to(WORKER)] == [True]
