"""Delivery where a reply is lost, the clock is wrong, or a card has gone: at most one copy, and nothing waits for an hour."""

from datetime import timedelta

from bot.domain.letters import CardLetter
from bot.domain.notices import Destination, FailureKind, SendFailed
from bot.services.delivery import Pace
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
