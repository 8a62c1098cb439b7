"""The clock is set back an hour: what was being sent is not held up until the old time comes round again."""

from datetime import timedelta

import pytest

from bot.domain.notices import FailureKind, NoticeState, SendFailed
from tests.builders import WORKER, referral
from tests.services.office import Office

P1 = referral("physical", "immediate_danger")


@pytest.mark.parametrize(
    "failure",
    [SendFailed(FailureKind.UNKNOWN, "TimeoutError"), SendFailed(FailureKind.REFUSED, "ratelimited")],
    ids=["in doubt", "refused"],
)
def test_t4_a_message_that_was_being_tried_goes_out_within_minutes_of_a_clock_set_back(failure: SendFailed) -> None:
    office = Office()
    office.messenger.fail(WORKER, failure)
    office.refer(P1)
    office.settle()
    back_at = office.clock.move(-timedelta(hours=1))
    office.settle()
    office.run_to(back_at + timedelta(minutes=5))
    assert [sent.at < back_at + timedelta(minutes=5) for sent in office.said_to(WORKER)] == [True]


def test_t4_what_a_dead_credential_held_is_tried_again_though_the_clock_was_set_back() -> None:
    office = Office()
    office.messenger.fail("*", SendFailed(FailureKind.CREDENTIAL_DEAD, "token_revoked"))
    office.refer(P1)
    office.deliver()
    assert office.notices(state=NoticeState.HELD)
    office.clock.move(-timedelta(hours=1))
    office.tick()
    assert not office.notices(state=NoticeState.HELD)


def test_t4_what_was_decided_just_before_the_clock_was_set_back_is_said_at_once() -> None:
    office = Office()
    office.refer(P1)
    office.tick()
    back_at = office.clock.move(-timedelta(hours=1))
    office.settle()
    assert {sent.at for sent in office.said_to(WORKER)} == {back_at}
