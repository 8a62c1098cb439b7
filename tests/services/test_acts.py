"""What people record: a protective act meets the first action, an attempt meets nothing, silence is an alarm of its own."""

from datetime import timedelta

import pytest

from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import AgencyId
from bot.domain.notices import NoticeKind
from bot.domain.redaction import Tag
from bot.domain.risk import Answer
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    MONDAY,
    OFFICER,
    OTHER_OFFICER,
    POLICE,
    SERGEANT,
    WORKER,
    referral,
)
from tests.services.office import Office

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
P1 = referral("physical", "immediate_danger")
P2 = referral("domestic_abuse", "high")

# ---- the first action


def test_a_protective_act_meets_the_first_action_deadline_and_names_its_author() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.clock.move(HOUR)
    said = office.act(case_id, "officers_sent", OTHER_OFFICER)
    assert said == "Recorded on SG-26-00001: Officers sent to the child. Done with it: first protective action."
    ending = office.deadline(case_id, "first_action").ending
    assert ending is not None
    assert (ending.by, ending.at, ending.record) == (OTHER_OFFICER, MONDAY + HOUR, "officers_sent")


@pytest.mark.parametrize("code", ["visited_no_answer", "message_sent"])
def test_an_attempt_is_kept_and_meets_nothing(code: str) -> None:
    office = Office()
    case_id = office.refer(P1)
    said = office.act(case_id, code, WORKER)
    assert said.endswith("It is kept, and does not count as a protective action.")
    assert office.deadline(case_id, "first_action").is_open
    assert office.audit("attempt_recorded") == [code]
    assert [(act.code, act.protective) for act in office.store.state.acts] == [(code, False)]


def test_a_record_that_protects_nobody_does_not_meet_the_first_action() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.act(case_id, "social_care_decision", WORKER)
    assert office.deadline(case_id, "first_action").is_open
    assert not office.deadline(case_id, "social_care_decision").is_open


def test_an_act_records_what_it_implies() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.act(case_id, "joint_visit", WORKER)
    kinds = {d.kind for d in office.deadlines(case_id) if not d.is_open}
    assert kinds >= {"first_action", "child_seen"}


def test_the_first_action_runs_from_the_referral_however_late_the_acknowledgement() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.run_for(110 * MINUTE)
    office.acknowledge(case_id, WORKER)
    office.acknowledge(case_id, SERGEANT)
    office.run_to(MONDAY + 2 * HOUR)
    assert office.deadline(case_id, "first_action").done == 1


def test_real_work_recorded_in_time_ends_the_nagging_about_it() -> None:
    office = Office()
    case_id = office.refer(P2)
    office.acknowledge(case_id, WORKER)
    office.acknowledge(case_id, OTHER_OFFICER)
    office.act(case_id, "child_seen_safe", WORKER)
    office.grade(case_id, "high", WORKER)
    office.only(case_id, "acknowledgement", "first_action", "graded")
    before = len(office.messenger.sent)
    office.run_for(2 * DAY)
    assert office.reached(before) <= set(office.case(case_id).channels)


def test_an_act_that_is_not_on_the_list_of_the_concern_is_refused() -> None:
    office = Office()
    case_id = office.refer(P1)
    for code in ("recorded_missing", "nothing", "endorsed"):
        with pytest.raises(Refusal, match="Select one of the actions in the list"):
            office.act(case_id, code)
    assert not office.store.state.acts


def test_a_double_press_records_one_act() -> None:
    office = Office()
    case_id = office.refer(P1)
    first = office.act(case_id, "officers_sent", key="press")
    assert office.act(case_id, "officers_sent", key="press") == first
    assert len(office.store.state.acts) == 1


def test_what_one_agency_did_does_not_acknowledge_for_it_or_another() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.act(case_id, "officers_sent", OTHER_OFFICER)
    assert office.deadline(case_id, agency=POLICE).is_open
    assert office.deadline(case_id, agency=CARE).is_open


# ---- the stall alarm


def test_silence_is_an_alarm_two_hours_after_the_last_human_act_in_the_highest_band() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    office.only(case_id, "stall")
    office.run_to(MONDAY + 2 * HOUR - timedelta(seconds=1))
    assert office.deadline(case_id, "stall").done == 0
    office.run_to(MONDAY + 2 * HOUR)
    assert office.deadline(case_id, "stall").done == 1
    assert (MONDAY + 2 * HOUR, "due") in office.steps_to(CARE_LEADER)


@pytest.mark.parametrize("act", ["acknowledge", "grade", "act", "attempt", "phone", "answer"])
def test_each_human_act_starts_the_stall_alarm_again(act: str) -> None:

    office = Office()
    case_id = office.refer(referral("physical", "red"))
    office.clock.move(HOUR)
    match act:
        case "acknowledge":
            office.acknowledge(case_id, WORKER)
        case "grade":
            office.grade(case_id, "immediate_danger", WORKER)
        case "act":
            office.act(case_id, "officers_sent")
        case "attempt":
            office.act(case_id, "message_sent")
        case "phone":
            office.phone(case_id)
        case "answer":
            office.answer(case_id, "open_plan", Answer.NO)
    stalls = [d for d in office.deadlines(case_id) if d.kind == "stall"]
    assert [stall.is_open for stall in stalls] == [False, True]
    assert stalls[-1].trigger_at == MONDAY + HOUR
    assert office.case(case_id).last_act_at == MONDAY + HOUR


def test_nothing_that_the_bot_does_itself_starts_the_stall_alarm_again() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.run_for(6 * HOUR)
    stalls = [d for d in office.deadlines(case_id) if d.kind == "stall"]
    assert [(stall.trigger_at, stall.done) for stall in stalls] == [(MONDAY, 5)]
    assert office.case(case_id).last_act_at == MONDAY


def test_a_refused_act_and_a_second_acknowledgement_do_not_break_the_silence() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    office.clock.move(HOUR)
    office.acknowledge(case_id, CARE_LEADER)
    with pytest.raises(Refusal):
        office.act(case_id, "nothing")
    assert office.case(case_id).last_act_at == MONDAY


# ---- told by phone


def test_told_by_phone_reads_as_that_and_leaves_their_own_confirmation_outstanding() -> None:
    office = Office()
    case_id = office.refer(P1)
    said = office.phone(case_id)
    assert said == (
        "Recorded on SG-26-00001: Northmere Children's Social Care told by phone. Their own confirmation is outstanding; "
        "the next reminder to them waits until today at 2:00pm."
    )
    office.settle()
    drawn = next(each for each in office.cards_in(CARE_CHANNEL)[-1].case.agencies if each.agency == CARE)
    assert (drawn.tag, drawn.by) == (Tag.TOLD_BY_PHONE, "Priya Fernsby")
    assert office.deadline(case_id).is_open
    (line,) = office.lines_to(CARE_CHANNEL)
    assert line == (
        "SG-26-00001: Northmere Children's Social Care told by phone (recorded by Priya Fernsby today at 10:00am), "
        "own confirmation outstanding. Reminders to them go on today at 2:00pm."
    )


def test_told_by_phone_holds_that_agencys_next_step_four_hours_and_then_the_ladder_goes_on() -> None:
    office = Office()
    case_id = office.refer(P2)
    office.only(case_id, "acknowledgement")
    office.clock.move(MINUTE)
    office.phone(case_id)
    office.run_to(MONDAY + 4 * HOUR)
    assert office.deadline(case_id).done == -1
    assert office.deadline(case_id, agency=POLICE).done == 3
    office.run_to(MONDAY + 4 * HOUR + MINUTE)
    care = office.deadline(case_id)
    assert care.done == 3
    assert care.due_at == MONDAY + HOUR
    assert care.next_at == MONDAY + 7 * HOUR


def test_telling_by_phone_again_while_the_hold_stands_does_not_make_it_longer() -> None:
    office = Office()
    case_id = office.refer(P2)
    office.phone(case_id)
    office.clock.move(3 * HOUR)
    office.phone(case_id, by=OTHER_OFFICER)
    assert office.deadline(case_id).next_at == MONDAY + 4 * HOUR
    assert [act.by for act in office.store.state.acts] == [OFFICER, OTHER_OFFICER]


def test_no_number_of_calls_keeps_the_ladder_from_its_top() -> None:
    office = Office()
    case_id = office.refer(P2)
    office.only(case_id, "acknowledgement", agency=CARE)
    for _ in range(40):
        office.phone(case_id)
        office.run_for(HOUR)
    assert office.deadline(case_id).done == 5


def test_told_by_phone_is_counted_apart_from_acknowledgements() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.phone(case_id)
    with office.store.read() as uow:
        week = uow.reports.week(team=None, from_at=MONDAY - DAY, until_at=MONDAY + DAY)
    assert (week.told_by_phone, week.acknowledged) == (1, 0)


def test_an_agency_that_has_acknowledged_needs_no_call() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    assert office.phone(case_id).endswith("has acknowledged SG-26-00001 already. Nothing more is needed.")
    assert not office.notices(NoticeKind.PHONE_TOLD)


def test_a_phone_line_that_waited_says_who_acknowledged_meanwhile() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.settle()
    office.phone(case_id)
    office.acknowledge(case_id, WORKER)
    office.settle()
    assert not [line for line in office.lines_to(CARE_CHANNEL) if "outstanding" in line]


@pytest.mark.parametrize(("agency", "told", "field"), [(CARE, "  ", "told"), ("education", "the desk", "agency")])
def test_a_call_names_an_agency_that_owes_and_who_was_told(agency: str, told: str, field: str) -> None:

    office = Office()
    case_id = office.refer(P1)
    with pytest.raises(FormRefusal) as refused:
        office.phone(case_id, AgencyId(agency), told=told)
    assert set(refused.value.fields) == {field}
