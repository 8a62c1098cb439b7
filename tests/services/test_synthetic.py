"""Each hour a case of the bot's own goes the whole road; it is about nobody, counts in nothing, and its absence is told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.cases import CaseStatus
from bot.domain.ids import ChannelId
from bot.domain.notices import FailureKind, NoticeKind, SendFailed
from bot.services import escalations, selfaudit, synthetic
from bot.services.synthetic import Looked
from bot.watch import Unwatched
from tests.builders import CONTROL, MONDAY, referral
from tests.services.office import Office

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
CHANNEL = ChannelId("C0VIGILSYN")


class Heard(Unwatched):
    """A watch that keeps what it was told of the road."""

    def __init__(self) -> None:
        self.proofs: list[tuple[timedelta, timedelta]] = []
        self.since: datetime | None = None

    def proved(self, *, posted: timedelta, whole: timedelta) -> None:
        self.proofs.append((posted, whole))

    def unproved(self, since_at: datetime | None) -> None:
        self.since = since_at


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def office(heard: Heard) -> Office:
    office = Office()
    office.tools = replace(office.tools, watch=heard)
    turn(office, HOUR)
    return office


def turn(office: Office, every: timedelta | None) -> None:
    notices = replace(office.rules.policy.notices, synthetic_every=every)
    office.rules.policy = replace(office.rules.policy, notices=notices)


def prove(office: Office) -> bool:
    return synthetic.prove(tools=office.tools, messenger=office.messenger, looked=Looked())


def ours(office: Office) -> list[str]:
    return [case.id for case in office.store.state.cases.values() if case.status is CaseStatus.SYNTHETIC]


def test_one_tick_opens_it_and_takes_its_step_and_its_message_says_that_it_is_about_nobody(office: Office) -> None:
    office.settle()
    (line,) = office.lines_to(CHANNEL)
    assert line.startswith("Synthetic case: no child, no referral")
    assert len(ours(office)) == 1


def test_bot_reads_it_back_acknowledges_it_itself_and_says_how_long_each_part_took(
    office: Office, heard: Heard
) -> None:
    office.tick()
    office.clock.move(2 * SECOND)
    office.deliver()
    office.clock.move(SECOND)
    assert prove(office)
    assert heard.proofs == [(2 * SECOND, 3 * SECOND)]
    (deadline,) = office.store.state.deadlines.values()
    assert not deadline.is_open
    assert not prove(office), "once"


def test_the_next_comes_an_hour_later_and_the_last_leaves_nothing_but_its_audit(office: Office) -> None:
    office.settle()
    prove(office)
    first = ours(office)
    office.clock.move(HOUR - SECOND)
    office.settle()
    assert ours(office) == first
    office.clock.move(SECOND)
    office.settle()
    assert prove(office)
    state = office.store.state
    assert len(ours(office)) == 1
    assert ours(office) != first
    assert {len(state.deadlines), len(office.notices(NoticeKind.SYNTHETIC))} == {1}
    assert [each.action for each, _ in state.entries if each.chain == first[0]] == [
        "synthetic_opened",
        "step_taken",
        "sent",
        "synthetic_proved",
    ]


def test_missed_hours_are_not_caught_up(office: Office) -> None:
    office.settle()
    prove(office)
    office.clock.move(timedelta(days=3))
    office.settle()
    office.settle()
    assert len(ours(office)) == 1
    assert len(office.lines_to(CHANNEL)) == 2


def test_it_takes_no_reference_number_and_is_in_no_list_figure_or_audit_of_reminders(office: Office) -> None:
    office.messenger.fail(CHANNEL, *[SendFailed(FailureKind.REFUSED, "ratelimited")] * 500)
    office.run_for(4 * MINUTE)
    case_id = office.refer(referral("physical", "immediate_danger"))
    assert office.case(case_id).reference == "SG-26-00001"
    with office.store.read() as uow:
        assert [case.id for case in uow.cases.listed()] == [case_id]
        assert {deadline.case_id for deadline in uow.deadlines.listed()} == {case_id}
    figures = selfaudit.figures(tools=office.tools)
    assert sum(figures.open_deadlines.values()) == sum(d.next_at is not None for d in office.deadlines(case_id))
    assert figures.oldest_overdue_at is None
    known = selfaudit.Known(running_since=MONDAY)
    for _ in range(2):
        assert list(selfaudit.audit_self(office.clock.now(), tools=office.tools, known=known)) == []


def test_one_that_does_not_come_back_in_five_minutes_is_told_once_and_until_the_next_that_does(
    office: Office, heard: Heard
) -> None:
    office.messenger.fail(CHANNEL, *[SendFailed(FailureKind.REFUSED, "ratelimited")] * 40)
    office.settle()
    office.run_for(5 * MINUTE)
    assert heard.since is None
    office.run_for(2 * SECOND)
    assert heard.since == MONDAY
    office.run_for(10 * MINUTE)
    (line,) = [line for line in office.lines_to(CONTROL) if "own case" in line]
    assert "has not come back from Slack" in line
    office.messenger.failing.clear()
    office.run_for(HOUR)
    assert prove(office)
    office.tick()
    assert heard.since is None


def test_one_that_arrived_and_cannot_be_read_back_is_no_proof(office: Office, heard: Heard) -> None:
    office.settle()
    office.messenger.blind = SendFailed(FailureKind.UNKNOWN, "timed_out")
    assert not prove(office)
    office.clock.move(5 * MINUTE + SECOND)
    office.tick()
    assert heard.since == MONDAY
    office.messenger.blind = None
    assert prove(office)
    assert heard.since is None


def test_a_stop_of_the_bot_is_no_fault_of_the_road(office: Office, heard: Heard) -> None:
    office.tick()
    office.down_until(MONDAY + 20 * MINUTE)
    assert heard.since is None
    assert len(ours(office)) == 1
    assert prove(office)


def test_without_a_channel_or_with_the_key_off_there_is_none(office: Office) -> None:
    turn(office, None)
    office.settle()
    assert ours(office) == []
    turn(office, HOUR)
    office.rules.directory = replace(office.rules.directory, synthetic_channel=None)
    office.settle()
    assert ours(office) == []
    assert not prove(office)


def test_its_message_is_in_no_count_of_lateness(office: Office) -> None:
    office.settle()
    (notice,) = office.notices(NoticeKind.SYNTHETIC)
    assert "due_at" not in notice.payload
    assert escalations.next_at(tools=office.tools) is not None
