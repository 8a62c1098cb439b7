"""After a kill: what the dead process was sending is looked for at once, and posted anew once it can no longer land."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.notices import FailureKind, NoticeState, SendFailed
from bot.services import leases
from bot.services.leases import LANDING
from tests.builders import WORKER, referral
from tests.services.office import Office

P1 = referral("physical", "immediate_danger")
SECOND = timedelta(seconds=1)
LEASE = 45 * SECOND


class Killed(BaseException):
    """The process is no more."""


def killed_while_posting(*, arrived: bool) -> Office:
    """An office whose sender died on the call to the worker, and which was started again a second later."""
    office = Office()
    office.refer(P1)
    if arrived:
        office.messenger.landing.add(WORKER)
    office.messenger.fail(WORKER, Killed())  # type: ignore[arg-type]  # what no code may catch
    with pytest.raises(Killed):
        office.deliver()
    office.messenger.landing.clear()
    office.clock.move(SECOND)
    return office


def take_over(office: Office, gone: Callable[[str], bool] = lambda holder: holder == "office") -> int:
    return leases.take_over(tools=office.tools, gone=gone)


def test_what_had_arrived_is_found_at_once_and_not_said_again() -> None:
    office = killed_while_posting(arrived=True)
    assert take_over(office) == 1
    office.deliver()
    assert len(office.said_to(WORKER)) == 1
    assert office.notices(state=NoticeState.SENDING) == []


def test_what_is_not_there_is_posted_once_it_can_no_longer_land_long_before_its_lease_ends() -> None:
    office = killed_while_posting(arrived=False)
    began_at = office.clock.now()
    assert take_over(office) == 1
    office.deliver()
    assert office.said_to(WORKER) == []
    office.run_to(began_at + LANDING - SECOND)
    assert office.said_to(WORKER) == [], "it may still land"
    office.run_to(began_at + LANDING)
    assert [sent.outgoing.repeat for sent in office.said_to(WORKER)] == [True]
    assert began_at + LANDING < began_at - SECOND + LEASE


def test_what_lands_after_the_restart_is_found_and_not_said_again() -> None:
    office = killed_while_posting(arrived=False)
    take_over(office)
    office.deliver()
    elsewhere = killed_while_posting(arrived=True)
    office.clock.move(10 * SECOND)
    office.messenger.sent += elsewhere.said_to(WORKER)
    office.run_for(timedelta(minutes=2))
    assert len(office.said_to(WORKER)) == 1


def test_no_copy_is_posted_blindly_while_the_first_may_still_land() -> None:
    office = Office()
    office.messenger.fail(WORKER, *[SendFailed(FailureKind.REFUSED, "http_503")] * 8)
    office.refer(P1)
    office.run_for(timedelta(minutes=3))
    office.messenger.failing[WORKER] = [Killed()]  # type: ignore[list-item]  # as above
    with pytest.raises(Killed):
        office.run_for(timedelta(minutes=3))
    office.messenger.blind = SendFailed(FailureKind.UNKNOWN, "TimeoutError")
    began_at = office.clock.move(SECOND)
    take_over(office)
    office.run_to(began_at + LANDING - SECOND)
    assert office.said_to(WORKER) == []
    office.run_for(timedelta(minutes=1))
    assert len(office.said_to(WORKER)) == 1


def test_the_leases_of_a_sender_that_may_live_are_left_alone() -> None:
    office = killed_while_posting(arrived=True)
    assert take_over(office, gone=lambda _: False) == 0
    office.deliver()
    assert len(office.notices(state=NoticeState.SENDING)) == 1
