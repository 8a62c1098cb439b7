"""Milestones by the one mechanism: flags open them, acts trigger and meet them, gates flag what came first, dates are doubted."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.commands import OnCase, RecordAct
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import CaseId, PersonId
from bot.domain.policy import Band
from bot.services import flags, recording
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    MONDAY,
    OFFICER,
    OTHER_OFFICER,
    POLICE,
    POLICY,
    RESPONSE_CHANNEL,
    SERGEANT,
    TEACHER,
    WORKER,
    actor,
    referral,
)
from tests.services.office import Office

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PROTECTION = {
    "protection_officer": HOUR,
    "protection_council_told": 2 * HOUR,
    "protection_parents_told": 4 * HOUR,
    "protection_decision": 60 * HOUR,
    "protection_expiry": 72 * HOUR,
}
IMAGES = referral("indecent_images_adult_suspect", "low")


def put_up(office: Office, case_id: CaseId, flag: str, by: PersonId = OFFICER) -> str:
    return flags.raise_flag(OnCase(case_id), flag, actor(by), next(office.keys), tools=office.tools).text


def held(office: Office, case_id: CaseId, code: str, day: date, by: PersonId = WORKER) -> str:
    """Recorded as done at nine in the morning of a day."""
    command = RecordAct(case_id, code, done_at=POLICY.calendar.local(day, time(9)))
    return recording.record(command, actor(by), next(office.keys), tools=office.tools).text


def owed(office: Office, case_id: CaseId) -> set[str]:
    return {d.kind for d in office.deadlines(case_id) if d.is_open}


# ---- flags


@pytest.mark.parametrize("by_act", [False, True])
def test_police_protection_opens_its_milestones_in_elapsed_hours_and_the_highest_band(*, by_act: bool) -> None:
    office = Office()
    case_id = office.refer(referral("neglect", "green"))
    office.clock.move(5 * HOUR)
    raised_at = office.clock.now()
    if by_act:
        office.act(case_id, "police_protection_used")
    else:
        assert put_up(office, case_id, "police_protection") == (
            "Police protection (section 46) is in force on SG-26-00001."
        )
    case = office.case(case_id)
    assert case.band is Band.P1
    assert case.flags == {"police_protection"}
    assert {kind: office.deadline(case_id, kind, POLICE).due_at - raised_at for kind in PROTECTION} == PROTECTION
    assert put_up(office, case_id, "police_protection").endswith("already.")
    office.act(case_id, "police_protection_used")
    assert len([d for d in office.deadlines(case_id) if d.kind == "protection_expiry"]) == 1
    office.settle()
    assert "In force: Police protection (section 46)" in office.cards_in(CARE_CHANNEL)[-1].case.notes


def test_the_owner_is_reminded_of_the_end_of_police_protection_before_the_power_expires() -> None:
    office = Office()
    case_id = office.refer(referral("neglect", "green"))
    put_up(office, case_id, "police_protection")
    office.only(case_id, "protection_expiry")
    office.run_to(MONDAY + 71 * HOUR + 59 * MINUTE)
    reminded = [at - MONDAY for at, step in office.steps_to(OTHER_OFFICER) if step == "reminder"]
    assert reminded == [timedelta(hours=n) for n in (1, 2, 24, 48, 60, 68, 71)]
    assert not [at for at, _ in office.steps_to(SERGEANT)]
    office.run_to(MONDAY + 72 * HOUR)
    assert office.steps_to(SERGEANT) == [(MONDAY + 72 * HOUR, "due")]
    assert {step.number for step in office.deadline(case_id, "protection_expiry", POLICE).plan.steps} >= {-8, -2, 1, 5}


def test_after_an_outage_the_missed_reminders_are_one_message() -> None:
    office = Office()
    case_id = office.refer(referral("neglect", "green"))
    put_up(office, case_id, "police_protection")
    office.only(case_id, "protection_expiry")
    office.down_until(MONDAY + 61 * HOUR)
    assert [step for _, step in office.steps_to(OTHER_OFFICER) if step == "reminder"] == ["reminder"]


def test_the_end_of_police_protection_is_recorded_at_once_flagged_and_what_is_missing_is_due_now() -> None:
    office = Office()
    case_id = office.refer(referral("neglect", "green"))
    put_up(office, case_id, "police_protection")
    office.clock.move(HOUR)
    said = office.act(case_id, "protection_ended")
    assert said.endswith(
        "It came before child-safety steps, which are due now: the child is handed over to a named social worker, "
        "or the designated officer authorised the return."
    )
    assert not office.case(case_id).flags
    assert not office.deadline(case_id, "protection_expiry", POLICE).is_open
    assert office.deadline(case_id, "safety_steps").due_at == MONDAY + HOUR + MINUTE
    office.settle()
    line = "SG-26-00001: recorded before child-safety steps: police protection ended. The missing steps are due now."
    assert line in office.lines_to(RESPONSE_CHANNEL)
    office.act(case_id, "child_seen")
    assert office.deadline(case_id, "safety_steps").is_open
    office.act(case_id, "protection_handed_over")
    assert not office.deadline(case_id, "safety_steps").is_open


def test_bail_refused_puts_a_child_in_custody_and_release_takes_it_out_of_force() -> None:
    office = Office()
    case_id = office.refer(referral("other", "green"))
    put_up(office, case_id, "child_in_custody")
    assert office.case(case_id).band is Band.P2
    assert owed(office, case_id) >= {"appropriate_adult", "custody_review"}
    assert office.deadline(case_id, "custody_review", POLICE).due_at == MONDAY + 6 * HOUR
    office.act(case_id, "bail_refused")
    assert owed(office, case_id) >= {"council_bed", "custody_certificate"}
    office.act(case_id, "custody_reviewed")
    assert office.deadline(case_id, "custody_review_next", POLICE).due_at == MONDAY + 9 * HOUR
    office.act(case_id, "custody_ended")
    office.act(case_id, "custody_ended")
    assert not owed(office, case_id) & {"council_bed", "custody_certificate", "custody_review_next"}
    assert not office.case(case_id).flags
    assert office.case(case_id).band is Band.P4


def test_a_flag_that_is_not_in_the_policy_or_a_person_who_is_not_on_the_case_is_refused() -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(Refusal, match="Select one of the flags in the list"):
        put_up(office, case_id, "weather")
    with pytest.raises(Refusal, match="Only people of the agencies on SG-26-00001"):
        put_up(office, case_id, "police_protection", TEACHER)


# ---- gates on acts


def test_what_may_wait_is_refused_until_children_come_first() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    office.act(case_id, "device_seized")
    with pytest.raises(Refusal) as caught:
        office.act(case_id, "device_submitted")
    assert str(caught.value).startswith(
        "SG-26-00001 cannot be recorded as “Devices submitted to forensics” yet. Still missing: "
        "the suspect's access to children is checked; a protective act is recorded"
    )
    for code in ("no_child_identified", "social_care_not_told"):
        office.act(case_id, code)
    said = office.act(case_id, "device_submitted")
    assert said.startswith("Recorded on SG-26-00001: Devices submitted to forensics.")


def test_an_arrest_is_never_refused_and_meets_nothing_that_makes_a_child_safer() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    office.acknowledge(case_id, WORKER)
    said = office.act(case_id, "suspect_arrested")
    assert "Done with it: enforcement against the suspect." in said
    assert said.endswith(
        "which are due now: the suspect's access to children is checked; "
        "a protective act is recorded, or no child is identified and the checks are listed."
    )
    assert office.deadline(case_id, "first_action").is_open
    assert office.deadline(case_id, "safety_steps").due_at == MONDAY + MINUTE
    office.act(case_id, "child_access_checked")
    assert office.deadline(case_id, "safety_steps").is_open
    office.act(case_id, "child_moved")
    assert not office.deadline(case_id, "safety_steps").is_open


def test_a_step_with_everything_on_record_is_not_flagged() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    for code in ("no_child_identified", "social_care_not_told"):
        office.act(case_id, code)
    office.act(case_id, "suspect_home_checked")
    office.act(case_id, "family_told")
    assert "came before" not in office.act(case_id, "suspect_released")
    assert not [d for d in office.deadlines(case_id) if d.kind == "safety_steps"]


# ---- dates


def test_a_second_strategy_discussion_does_not_restart_the_conference_clock() -> None:
    office = Office()
    case_id = office.refer()
    office.act(case_id, "s47_started", WORKER)
    due_at = office.deadline(case_id, "conference").due_at
    office.clock.move(3 * DAY)
    office.act(case_id, "s47_started", WORKER)
    conferences = [d for d in office.deadlines(case_id) if d.kind == "conference"]
    assert [d.due_at for d in conferences] == [due_at]
    office.act(case_id, "conference_held", WORKER)
    office.act(case_id, "s47_started", WORKER)
    assert not [d for d in office.deadlines(case_id) if d.kind == "conference" and d.is_open]


def test_what_was_done_at_an_earlier_time_starts_its_clocks_from_there() -> None:
    office = Office()
    case_id = office.refer()
    said = held(office, case_id, "s47_started", date(2026, 11, 20))
    assert "weekend" not in said
    here = office.deadline(case_id, "conference")
    assert here.trigger_at.date() == date(2026, 11, 20)
    assert here.due_at == POLICY.calendar.due_at(here.span, here.trigger_at)
    assert "s47_started on 2026-11-20T09:00:00+00:00" in office.audit("action_recorded")


def test_a_conference_dated_on_a_weekend_is_recorded_and_asked_about() -> None:
    office = Office()
    case_id = office.refer()
    said = held(office, case_id, "conference_held", date(2026, 11, 22))
    assert "Sunday 22 November 2026 is a weekend. Check the date of: " in said
    assert "conference_held" in [act.code for act in office.store.state.acts]


def test_a_conference_recorded_on_a_weekend_without_a_date_is_asked_about_too() -> None:
    office = Office()
    case_id = office.refer()
    office.clock.to(MONDAY + 5 * DAY)
    assert "Saturday 28 November 2026 is a weekend" in office.act(case_id, "conference_held", WORKER)
    assert "weekend" not in office.act(case_id, "child_seen", WORKER)


def test_nothing_is_recorded_for_a_time_that_has_not_come() -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(FormRefusal, match="must be in the past"):
        held(office, case_id, "conference_held", date(2026, 11, 24))
    held(office, case_id, "conference_held", date(2026, 11, 23))


def test_a_missing_childs_reviews_go_on_until_the_child_is_back_and_the_return_starts_the_interview() -> None:
    office = Office()
    case_id = office.refer(referral("missing", "high"))
    assert office.deadline(case_id, "supervisor_review", POLICE).due_at == MONDAY + 2 * HOUR
    office.clock.move(HOUR)
    office.act(case_id, "supervisor_review", SERGEANT)
    assert office.deadline(case_id, "supervisor_review_next", POLICE).due_at == MONDAY + 5 * HOUR
    office.act(case_id, "child_found")
    assert not owed(office, case_id) & {"supervisor_review", "supervisor_review_next"}
    assert office.deadline(case_id, "return_interview", CARE).due_at == MONDAY + 73 * HOUR


def test_an_act_of_an_older_policy_on_record_troubles_no_later_act() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    office.act(case_id, "suspect_arrested")
    kept = {code: act for code, act in POLICY.acts.items() if code != "suspect_arrested"}
    office.rules.policy = replace(POLICY, acts=kept)
    assert office.act(case_id, "child_seen").startswith("Recorded")


# ---- the chain of conferences


def open_now(office: Office, case_id: CaseId) -> dict[str, datetime]:
    chain = {"conference", "core_group", "core_group_next", "review_conference", "review_conference_next"}
    return {each.kind: each.due_at for each in office.deadlines(case_id) if each.is_open and each.kind in chain}


def test_each_conference_starts_the_next_one_when_it_is_held_until_the_plan_ends() -> None:
    office = Office()
    case_id = office.refer()
    office.act(case_id, "s47_started", WORKER)
    assert open_now(office, case_id) == {"conference": datetime(2026, 12, 14, 17, tzinfo=UTC)}
    office.clock.to(datetime(2026, 12, 10, 11, tzinfo=UTC))
    office.act(case_id, "conference_held", WORKER)
    assert open_now(office, case_id) == {
        "core_group": datetime(2026, 12, 24, 17, tzinfo=UTC),
        "review_conference": datetime(2027, 3, 10, 17, tzinfo=UTC),
    }
    office.clock.to(datetime(2026, 12, 21, 11, tzinfo=UTC))
    office.act(case_id, "core_group_held", WORKER)
    assert open_now(office, case_id)["core_group_next"] == datetime(2027, 2, 1, 11, tzinfo=UTC)
    office.clock.to(datetime(2027, 3, 8, 11, tzinfo=UTC))
    office.act(case_id, "review_conference_held", WORKER)
    assert open_now(office, case_id)["review_conference_next"] == datetime(2027, 9, 8, 16, tzinfo=UTC)
    office.act(case_id, "plan_ended", WORKER)
    assert open_now(office, case_id) == {}


def test_a_conference_that_makes_no_plan_starts_neither_core_group_nor_review() -> None:
    office = Office()
    case_id = office.refer()
    office.act(case_id, "s47_started", WORKER)
    office.act(case_id, "conference_no_plan", WORKER)
    assert open_now(office, case_id) == {}


def test_a_conference_that_is_not_held_in_time_reminds_its_owner_and_the_team_leaders() -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, WORKER)
    office.act(case_id, "s47_started", WORKER)
    office.only(case_id, "conference")
    office.run_to(datetime(2026, 12, 17, 12, tzinfo=UTC))
    assert any(step == "due" for _, step in office.steps_to(WORKER))
    assert any(step == "team leaders" for _, step in office.steps_to(CARE_LEADER))
