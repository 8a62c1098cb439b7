"""Escalate now: the next step of every open ladder, once per card, later instants where they are."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refusal, Stale
from bot.domain.ids import CaseId
from bot.domain.letters import StepLetter
from tests.builders import (
    CARE,
    CARE_EXECUTIVE,
    CARE_LEADER,
    CHIEF,
    MONDAY,
    OFFICER,
    OTHER_OFFICER,
    POLICE,
    SERGEANT,
    TEACHER,
    WORKER,
    referral,
)
from tests.services.office import Office

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
P1 = referral("physical", "immediate_danger")


def opened() -> tuple[Office, CaseId]:
    office = Office()
    case_id = office.refer(P1)
    office.settle()
    return office, case_id


def test_it_runs_the_next_step_of_every_open_ladder_and_leaves_later_instants_where_they_are() -> None:
    office, case_id = opened()
    before = {d.id: (d.due_at, d.plan) for d in office.deadlines(case_id)}
    office.clock.move(MINUTE)
    office.escalate(case_id)
    for deadline in office.deadlines(case_id):
        if deadline.id in before:
            assert (deadline.due_at, deadline.plan) == before[deadline.id]
            if deadline.plan.steps and deadline.is_open:
                assert deadline.done == 1, deadline.kind
                assert deadline.next_at == deadline.plan.steps[2].at


def test_it_names_whom_it_told_and_the_reminder_names_who_asked() -> None:
    office, case_id = opened()
    office.clock.move(6 * MINUTE)
    said = office.escalate(case_id)
    assert said.startswith("Escalated SG-26-00001. Told now: ")
    assert "Harriet Willowmarsh" in said
    office.settle()
    letter = office.said_to(CARE_LEADER)[-1].outgoing.letter
    assert isinstance(letter, StepLetter)
    assert {item.by_hand for item in letter.items} == {"Priya Fernsby"}


def test_after_it_the_timer_goes_on_with_the_step_after_at_its_own_instant() -> None:
    office, case_id = opened()
    office.only(case_id, "acknowledgement", agency=CARE)
    office.clock.move(MINUTE)
    office.escalate(case_id)
    office.run_to(MONDAY + 30 * MINUTE - timedelta(seconds=1))
    assert office.deadline(case_id).done == 1
    office.run_to(MONDAY + 30 * MINUTE)
    assert office.deadline(case_id).done == 2


def test_twice_on_one_card_is_one_step_and_the_second_hears_who_was_first() -> None:
    office, case_id = opened()
    card = office.case(case_id).version
    office.clock.move(MINUTE)
    office.escalate(case_id, as_of=card)
    with pytest.raises(Stale, match="was escalated today at 10:01am by Priya Fernsby, after this card was drawn"):
        office.escalate(case_id, OTHER_OFFICER, as_of=card)
    assert office.deadline(case_id).done == 1


def test_after_the_timer_did_the_same_it_is_refused() -> None:
    office, case_id = opened()
    card = office.case(case_id).version
    office.run_to(MONDAY + 15 * MINUTE)
    with pytest.raises(Stale, match="by the timer"):
        office.escalate(case_id, as_of=card)
    assert office.deadline(case_id).done == 1


def test_after_the_timer_repeated_the_last_step_it_is_refused() -> None:
    office, case_id = opened()
    office.only(case_id, "acknowledgement", agency=CARE)
    office.run_to(MONDAY + 2 * HOUR + 15 * MINUTE)
    card = office.case(case_id).version
    office.run_for(HOUR)
    with pytest.raises(Stale, match="by the timer"):
        office.escalate(case_id, as_of=card)


def test_a_card_that_only_another_kind_of_act_has_overtaken_still_escalates() -> None:
    office, case_id = opened()
    office.run_to(MONDAY + 15 * MINUTE)
    card = office.case(case_id).version
    office.act(case_id, "message_sent", OTHER_OFFICER)
    office.escalate(case_id, as_of=card)
    assert office.deadline(case_id).done == 2


def test_many_acts_since_do_not_hide_that_it_was_escalated() -> None:
    office, case_id = opened()
    card = office.case(case_id).version
    office.escalate(case_id, as_of=card)
    for _ in range(15):
        office.act(case_id, "message_sent", OTHER_OFFICER)
    with pytest.raises(Stale):
        office.escalate(case_id, SERGEANT, as_of=card)


def test_a_double_click_is_one_step_with_one_answer() -> None:
    office, case_id = opened()
    first = office.escalate(case_id, as_of=1, key="click")
    assert office.escalate(case_id, as_of=1, key="click") == first
    assert office.deadline(case_id).done == 1


def test_a_new_card_may_escalate_further_up_to_the_top_and_the_top_again() -> None:
    office, case_id = opened()
    office.only(case_id, "acknowledgement", agency=CARE)
    for step in (1, 2, 3, 4, 5, 5):
        office.clock.move(timedelta(seconds=10))
        office.escalate(case_id, as_of=office.case(case_id).version)
        assert office.deadline(case_id).done == step
        office.settle()
    office.run_for(11 * MINUTE)
    assert len(office.steps_to(CHIEF)) == 2
    assert len(office.steps_to(CARE_EXECUTIVE)) == 2
    assert office.deadline(case_id).repeats == 0


def test_an_acknowledged_ladder_is_left_alone() -> None:
    office, case_id = opened()
    office.acknowledge(case_id, WORKER)
    office.escalate(case_id)
    assert office.deadline(case_id).done == -1
    assert office.deadline(case_id, agency=POLICE).done == 1


def test_when_nothing_is_owed_it_says_so_and_tells_nobody() -> None:
    office, case_id = opened()
    office.only(case_id, "share_decision")
    assert office.escalate(case_id).startswith("Nothing is waiting on SG-26-00001")


def test_somebody_of_an_agency_that_was_not_told_cannot_escalate() -> None:
    office, case_id = opened()
    with pytest.raises(Refusal):
        office.escalate(case_id, TEACHER)


def test_it_is_on_the_audit_with_its_author() -> None:
    office, case_id = opened()
    office.escalate(case_id)
    authors = {e.actor for e, _ in office.store.state.entries if e.action in {"escalated_by_hand", "step_taken"}}
    assert authors == {OFFICER}


def test_when_only_the_alarm_for_silence_runs_whoever_it_says_it_told_is_told() -> None:
    office, case_id = opened()
    office.only(case_id, "stall")
    office.clock.move(6 * MINUTE)
    before = len(office.messenger.sent)
    assert "Nadia Elderflower" in office.escalate(case_id)
    office.settle()
    assert WORKER in office.reached(before)
