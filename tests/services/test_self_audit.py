"""After each tick the bot asks its own record whether anything overdue was told to nobody."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.commands import Referral
from bot.domain.notices import FailureKind, NoticeKind, Road, SendFailed
from bot.services import routes, selfaudit
from bot.services.selfaudit import Known
from bot.watch import Doubt, Finding, Lapse, Unwatched
from tests.builders import CARE_CHANNEL, CONTROL, MONDAY, OFFICER, WORKER, referral
from tests.services.office import Office

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
P1 = referral("physical", "immediate_danger")


def audit(office: Office, known: Known) -> list[Finding]:
    """Two audits running, as two ticks two seconds apart make them."""
    selfaudit.audit_self(office.clock.now(), tools=office.tools, known=known)
    return list(selfaudit.audit_self(office.clock.now(), tools=office.tools, known=known))


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def known() -> Known:
    return Known(running_since=MONDAY)


def test_a_case_on_time_a_case_in_step_and_an_old_case_all_pass(office: Office, known: Known) -> None:
    office.refer(P1)
    assert audit(office, known) == []
    office.run_for(timedelta(days=3))
    assert audit(office, known) == []
    assert office.lines_to(CONTROL) == []


def test_a_step_half_a_minute_past_its_instant_and_untaken_is_found_whatever_its_age(
    office: Office, known: Known
) -> None:
    case_id = office.refer(P1)
    office.settle()
    soonest = office.next_at()
    assert soonest
    office.clock.to(soonest + 30 * SECOND)
    assert audit(office, known) == []
    office.clock.to(soonest + timedelta(days=400))
    found = audit(office, known)
    assert found
    assert {(each.lapse, each.reference) for each in found} == {(Lapse.STEP, office.case(case_id).reference)}
    assert found[0].since_at == soonest


def test_a_step_that_the_next_audit_no_longer_finds_is_not_told(office: Office, known: Known) -> None:
    office.refer(P1)
    office.settle()
    office.clock.move(timedelta(days=1))
    assert list(selfaudit.audit_self(office.clock.now(), tools=office.tools, known=known)) == []
    office.tick()
    assert list(selfaudit.audit_self(office.clock.now(), tools=office.tools, known=known)) == []


def test_control_channel_is_told_once_of_each_lapse_with_reference_and_age(office: Office, known: Known) -> None:
    reference = office.case(office.refer(P1)).reference
    office.settle()
    office.clock.move(timedelta(days=1))
    audit(office, known)
    audit(office, known)
    office.deliver()
    (line,) = [line for line in office.lines_to(CONTROL) if "audit of itself" in line]
    assert reference in line
    assert "are not known to have reached anybody in Slack, the oldest since Monday 23 November 2026" in line
    restarted = Known(running_since=MONDAY)
    audit(office, restarted)
    assert len(office.notices(NoticeKind.CONTROL)) == 1


def test_a_case_in_quarantine_is_found_because_its_clock_stands_still(office: Office, known: Known) -> None:
    case_id = office.refer(P1)
    office.settle()
    office.store.state.quarantined.add(case_id)
    office.run_for(timedelta(hours=5))
    assert audit(office, known)


@pytest.mark.parametrize(
    ("given", "within"),
    [(P1, 2 * MINUTE), (referral("domestic_abuse", "high"), 5 * MINUTE), (referral(), 30 * MINUTE)],
)
def test_a_reminder_not_confirmed_within_the_limit_of_its_band_is_found(
    office: Office, known: Known, given: Referral, within: timedelta
) -> None:
    office.refer(given)
    office.clock.move(within)
    assert audit(office, known) == []
    office.clock.move(SECOND)
    assert {each.lapse for each in audit(office, known)} == {Lapse.NOTICE}


def test_a_reminder_that_slack_keeps_refusing_is_found_although_each_try_puts_it_off(
    office: Office, known: Known
) -> None:
    office.refer(P1)
    office.messenger.fail("*", *[SendFailed(FailureKind.REFUSED, "ratelimited")] * 500)
    office.run_for(3 * MINUTE)
    assert {each.lapse for each in audit(office, known)} == {Lapse.NOTICE}


def test_what_waited_while_the_bot_was_down_is_given_the_same_time_again(office: Office) -> None:
    office.refer(P1)
    office.clock.move(4 * MINUTE)
    known = Known(running_since=office.clock.now())
    assert audit(office, known) == []
    office.clock.move(2 * MINUTE + SECOND)
    assert audit(office, known)


class Heard(Unwatched):
    """A watch that keeps what it was told."""

    def __init__(self) -> None:
        self.late: list[timedelta] = []
        self.kinds: list[FailureKind] = []
        self.doubts: list[Doubt] = []

    def posted(self, *, late: timedelta) -> None:
        self.late.append(late)

    def failed(self, kind: FailureKind, *, road: Road = Road.SLACK) -> None:
        self.kinds.append(kind)

    def doubted(self, doubt: Doubt) -> None:
        self.doubts.append(doubt)


@pytest.fixture
def heard(office: Office) -> Heard:
    watch = Heard()
    office.tools = replace(office.tools, watch=watch)
    return watch


def test_lateness_is_counted_from_the_instant_that_a_step_was_due_not_from_the_tick(
    office: Office, heard: Heard
) -> None:
    office.refer(P1)
    office.settle()
    heard.late.clear()
    soonest = office.next_at()
    assert soonest
    office.clock.to(soonest + 7 * SECOND)
    office.settle()
    assert set(heard.late) == {7 * SECOND}


def test_failures_are_counted_by_class_and_doubts_by_how_they_ended(office: Office, heard: Heard) -> None:
    office.messenger.landing.add(WORKER)
    office.messenger.fail(WORKER, SendFailed(FailureKind.UNKNOWN, "timed_out"))
    office.messenger.fail(CARE_CHANNEL, SendFailed(FailureKind.REFUSED, "ratelimited"))
    office.refer(P1, by=OFFICER)
    office.run_for(2 * MINUTE)
    assert set(heard.kinds) == {FailureKind.UNKNOWN, FailureKind.REFUSED}
    assert heard.doubts == [Doubt.FOUND]
    assert routes.LEASE < 2 * MINUTE


def test_figures_are_of_this_moment(office: Office) -> None:
    office.refer(P1)
    figures = selfaudit.figures(tools=office.tools)
    assert sum(figures.open_deadlines.values()) > 2
    assert figures.oldest_overdue_at is None
    assert figures.oldest_waiting_at == office.clock.now()
    office.run_for(timedelta(hours=5))
    figures = selfaudit.figures(tools=office.tools)
    assert isinstance(figures.oldest_overdue_at, datetime)
    assert figures.outbox == {}
    assert figures.audit_entries == len(office.audit())
