"""Steps come in order to each person and channel, and no message that is stuck silences what comes after it."""

from datetime import timedelta

import pytest

from bot.domain.grouping import cases_in
from bot.domain.ids import CaseId
from bot.domain.letters import GroupLetter, items_of
from bot.domain.notices import HOLDS_BACK_FOR, FailureKind, Notice, NoticeKind, NoticeState, SendFailed
from bot.services.routes import LEASE
from tests.builders import CARE_CHANNEL, WORKER, referral
from tests.services.office import Office

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
P1 = referral("physical", "immediate_danger")
NO_ANSWER = SendFailed(FailureKind.UNKNOWN, "timed_out")


@pytest.fixture
def office() -> Office:
    return Office()


def steps_said(office: Office, case_id: CaseId, to: str) -> list[int]:
    """The acknowledgement's steps that a destination was told of, in the order in which they arrived."""
    of = office.deadline(case_id).id
    by_key = {notice.key: notice for notice in office.notices()}
    said = [by_key[sent.outgoing.key] for sent in office.said_to(to) if sent.outgoing.key in by_key]
    return [int(str(item[1])) for notice in said for item in _items(notice) if item[0] == of]


def _items(notice: Notice) -> list[list[object]]:
    return [list(item) for case in cases_in(notice.payload) for item in case.items] or items_of(notice.payload)


def test_a_step_never_overtakes_the_grouped_message_in_doubt_that_tells_of_the_one_before(office: Office) -> None:
    first = [office.refer(P1) for _ in range(6)]
    office.messenger.fail(WORKER, NO_ANSWER, NO_ANSWER)
    office.settle()
    (doubted,) = office.notices(NoticeKind.GROUP, state=NoticeState.SENDING)
    again = [office.refer(P1) for _ in range(6)]
    office.escalate(first[0])
    office.tick()
    waiting = [n for n in office.notices(NoticeKind.GROUP) if n.destination.id == WORKER and n.id != doubted.id]
    assert waiting, "there is a second message that could have taken it in"
    assert not any(case.case_id == first[0] for notice in waiting for case in cases_in(notice.payload))
    office.run_for(5 * MINUTE)
    said = steps_said(office, first[0], WORKER)
    assert said == sorted(said)
    assert len(said) >= 2
    assert all(steps_said(office, case_id, WORKER) for case_id in again)


def test_a_message_left_in_doubt_holds_up_nothing_of_other_cases_in_its_channel(office: Office) -> None:
    office.refer(P1)
    office.messenger.fail(CARE_CHANNEL, NO_ANSWER)
    office.settle()
    other = office.refer(P1)
    office.settle()
    assert [card.case.reference for card in office.cards_in(CARE_CHANNEL)] == [office.case(other).reference]
    office.run_for(LEASE)
    assert len(office.cards_in(CARE_CHANNEL)) == 2


def test_a_message_that_slack_never_answers_silences_the_next_steps_of_its_case_for_an_hour_at_most(
    office: Office,
) -> None:
    case_id = office.refer(P1)
    office.settle()
    office.run_to(office.deadline(case_id).due_at - SECOND)
    of = office.deadline(case_id)
    office.messenger.unanswered.add(f"{of.id}:1:thread:{CARE_CHANNEL}")
    office.run_for(SECOND)
    stuck_since = office.clock.now()
    office.run_for(HOLDS_BACK_FOR - SECOND)
    before = steps_said(office, case_id, CARE_CHANNEL)
    assert not [number for number in before if number > 1], "in order while there is hope"
    office.run_for(10 * MINUTE)
    after = steps_said(office, case_id, CARE_CHANNEL)
    assert [number for number in after if number > 1], "silence is worse than disorder"
    office.messenger.unanswered.clear()
    office.run_for(10 * MINUTE)
    assert 1 in steps_said(office, case_id, CARE_CHANNEL), f"stuck since {stuck_since}, and never given up"


def test_a_grouped_message_that_slack_never_answers_silences_nobody_for_good(office: Office) -> None:
    cases = [office.refer(P1) for _ in range(6)]
    office.tick()
    groups = [n for n in office.notices(NoticeKind.GROUP) if n.destination.id == WORKER]
    office.messenger.unanswered.update(n.key for n in groups)
    office.settle()
    office.run_for(HOLDS_BACK_FOR + 70 * MINUTE)
    said = [sent for sent in office.said_to(WORKER) if not isinstance(sent.outgoing.letter, GroupLetter)]
    assert said
    assert {case_id for case_id in cases if steps_said(office, case_id, WORKER)} == set(cases)
