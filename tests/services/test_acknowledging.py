"""Each agency acknowledges for itself: the first wins, the second is told, nobody answers for another or for themselves."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refusal
from bot.domain.letters import StepLetter
from bot.domain.notices import NoticeKind, NoticeState
from bot.domain.redaction import Tag
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    MONDAY,
    OFFICER,
    OTHER_OFFICER,
    OTHER_WORKER,
    POLICE,
    RESPONSE_CHANNEL,
    SERGEANT,
    TEACHER,
    WORKER,
    referral,
)
from tests.services.office import Office

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
P1 = referral("physical", "immediate_danger")


def test_an_acknowledgement_says_what_is_still_owed() -> None:
    office = Office()
    case_id = office.refer(P1)
    assert office.acknowledge(case_id, WORKER) == (
        "Acknowledged SG-26-00001 for Northmere Children's Social Care. "
        "The first protective action is due today at 12:00pm."
    )


def test_whoever_acknowledges_first_owns_it_for_their_agency() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    party = office.case(case_id).party(CARE)
    assert party is not None
    assert party.acknowledged is not None
    assert (party.owner, party.acknowledged.by, party.acknowledged.at) == (WORKER, WORKER, MONDAY)


def test_an_acknowledgement_stops_its_own_agencys_ladder_and_no_other() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement")
    office.clock.move(MINUTE)
    office.acknowledge(case_id, OTHER_OFFICER)
    office.run_for(3 * HOUR)
    police, care = office.deadline(case_id, agency=POLICE), office.deadline(case_id, agency=CARE)
    assert (police.is_open, police.done) == (False, -1)
    assert (care.is_open, care.done) == (True, 5)
    taken = [subject for subject in office.audit("step_taken") if subject.startswith("acknowledgement police")]
    assert taken == []


def test_committed_one_millisecond_before_the_step_nobody_is_paged() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.run_to(MONDAY + 15 * MINUTE - timedelta(milliseconds=1))
    before = len(office.messenger.sent)
    office.acknowledge(case_id, WORKER)
    office.run_for(40 * MINUTE)
    assert office.reached(before) == {CARE_CHANNEL, RESPONSE_CHANNEL}
    assert not [s for s in office.messenger.sent[before:] if isinstance(s.outgoing.letter, StepLetter)]


def test_when_the_step_was_first_its_thread_hears_at_once_who_acknowledged() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.run_for(16 * MINUTE)
    office.acknowledge(case_id, WORKER)
    office.settle()
    lines = [sent for sent in office.said_to(CARE_CHANNEL) if sent.thread]
    assert office.lines_to(CARE_CHANNEL) == [
        "SG-26-00001: now acknowledged for Northmere Children's Social Care by Nadia Elderflower today at 10:16am."
    ]
    assert lines[-1].at == MONDAY + 16 * MINUTE


def test_before_any_step_an_acknowledgement_adds_no_line_to_the_thread() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    office.settle()
    assert office.lines_to(CARE_CHANNEL) == []


def test_a_reminder_that_waited_is_not_sent_once_its_matter_is_done() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.clock.to(MONDAY + 15 * MINUTE)
    office.tick()
    office.acknowledge(case_id, WORKER)
    office.deliver()
    assert not office.steps_to(CARE_LEADER)
    superseded = office.notices(NoticeKind.STEP, state=NoticeState.SUPERSEDED)
    assert {notice.destination.id for notice in superseded} >= {CARE_LEADER, WORKER}


def test_the_second_colleague_is_told_by_whom_and_when_and_is_on_the_audit() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    office.clock.move(5 * MINUTE)
    said = office.acknowledge(case_id, OTHER_WORKER)
    assert said == (
        "Nadia Elderflower acknowledged this for Northmere Children's Social Care today at 10:00am. "
        "Nothing more is needed from you."
    )
    assert office.audit("acknowledged") == [CARE, f"{CARE} again"]
    party = office.case(case_id).party(CARE)
    assert party is not None
    assert party.owner == WORKER


def test_the_same_person_again_with_a_new_press_is_told_that_they_did() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    assert office.acknowledge(case_id, WORKER).startswith("You acknowledged SG-26-00001")
    assert office.audit("acknowledged") == [CARE]


def test_a_double_click_is_one_record_with_one_answer() -> None:
    office = Office()
    case_id = office.refer(P1)
    first = office.acknowledge(case_id, WORKER, key="click")
    entries = len(office.store.state.entries)
    assert office.acknowledge(case_id, WORKER, key="click") == first
    assert len(office.store.state.entries) == entries


def test_a_press_delivered_again_within_24_hours_gets_its_first_answer() -> None:
    office = Office()
    case_id = office.refer(P1)
    first = office.acknowledge(case_id, WORKER, key="click")
    for _ in range(23):
        office.clock.move(HOUR)
        office.tick()
    assert office.acknowledge(case_id, WORKER, key="click") == first


def test_the_referrer_cannot_acknowledge_their_own_referral_and_nothing_changes() -> None:
    office = Office()
    case_id = office.refer(P1)
    with pytest.raises(Refusal, match="You referred SG-26-00001"):
        office.acknowledge(case_id, OFFICER)
    assert office.deadline(case_id, agency=POLICE).is_open
    assert office.case(case_id).version == 1


def test_an_agency_that_raised_the_case_is_not_asked_and_the_police_are() -> None:
    office = Office()
    case_id = office.refer(referral(channel=CARE_CHANNEL), by=WORKER, agencies=())
    with pytest.raises(Refusal, match="Your agency raised"):
        office.acknowledge(case_id, CARE_LEADER)
    assert office.acknowledge(case_id, SERGEANT).startswith("Acknowledged SG-26-00001 for Northmere Police.")


def test_an_agency_that_was_not_told_acknowledges_nothing() -> None:
    office = Office()
    case_id = office.refer(P1)
    with pytest.raises(Refusal, match="Only people of the agencies"):
        office.acknowledge(case_id, TEACHER)


def test_social_cares_acknowledgement_of_a_missing_child_is_social_care_told() -> None:
    office = Office()
    case_id = office.refer(referral("missing", "high"))
    told = "missing_social_care_told"
    assert office.deadline(case_id, told, POLICE).is_open
    office.acknowledge(case_id, SERGEANT)
    assert office.deadline(case_id, told, POLICE).is_open
    office.acknowledge(case_id, WORKER)
    ended = office.deadline(case_id, told, POLICE).ending
    assert ended is not None
    assert ended.by == WORKER


def test_an_acknowledgement_is_not_an_action() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.clock.move(14 * MINUTE)
    office.acknowledge(case_id, OTHER_OFFICER)
    office.acknowledge(case_id, WORKER)
    action = office.deadline(case_id, "first_action")
    assert action.is_open
    assert action.due_at == MONDAY + 2 * HOUR


def test_acknowledged_and_then_nothing_the_owner_and_whoever_is_on_duty_are_told_when_the_action_is_due() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, OTHER_OFFICER)
    office.acknowledge(case_id, CARE_LEADER)
    office.only(case_id, "first_action")
    office.run_to(MONDAY + 2 * HOUR)
    for person in (CARE_LEADER, WORKER, OTHER_WORKER):
        assert (MONDAY + 2 * HOUR, "due") in office.steps_to(person)


def test_an_acknowledgement_redraws_every_card_and_the_card_says_who_and_when() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.settle()
    office.clock.move(MINUTE)
    office.acknowledge(case_id, WORKER)
    office.settle()
    card = office.cards_in(CARE_CHANNEL)[-1].case
    line = next(line for line in card.agencies if line.agency == CARE)
    assert (line.tag, line.by, line.at) == (Tag.ACKNOWLEDGED, "Nadia Elderflower", MONDAY + MINUTE)
    assert office.cards_in(RESPONSE_CHANNEL)[-1].case == card
