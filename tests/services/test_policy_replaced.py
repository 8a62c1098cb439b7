"""A policy that is replaced holds for new cases; a running case keeps its own until it is planned anew, and none gets later."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.calendar import Clock, Span
from bot.domain.commands import OnCase
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.ids import CaseId, PersonId
from bot.domain.policy import Band, Ladder, Policy, Repeat
from bot.services import replans
from tests.builders import CARE, CARE_LEADER, MONDAY, POLICY, SERGEANT, WORKER, actor
from tests.services.office import Office

HOUR = timedelta(hours=1)
WHY = "A canary reason: the force adopted shorter limits."


def with_limit(hours: float, *, version: str, name: str = "acknowledgement", base: Policy = POLICY) -> Policy:
    """The policy with another limit for one milestone, the same elapsed hours in every band."""
    row = base.milestones[name]
    clocks = dict.fromkeys(row.clocks, Span(Clock.ELAPSED, hours * HOUR))
    return replace(
        base, version=version, milestones={**base.milestones, name: replace(row, clocks=clocks, ceiling=None)}
    )


def replan(office: Office, case_id: CaseId, by: PersonId = CARE_LEADER, reason: str = WHY) -> str:
    return replans.replan(OnCase(case_id), reason, actor(by), next(office.keys), tools=office.tools).text


def instants(office: Office, case_id: CaseId, kind: str = "acknowledgement") -> list[object]:
    deadline = office.deadline(case_id, kind)
    return [deadline.due_at, deadline.next_at, *(step.at for step in deadline.plan.steps)]


def test_a_new_case_goes_by_the_new_policy_and_a_running_one_by_its_own() -> None:
    office = Office()
    old = office.refer()
    before = instants(office, old)
    office.rules.policy = with_limit(0.25, version="newer")
    new = office.refer()
    assert instants(office, old) == before
    assert office.deadline(new).due_at == MONDAY + HOUR / 4
    assert (office.case(old).policy_version, office.case(new).policy_version) == (POLICY.version, "newer")


def test_a_raised_grade_retimes_by_the_policy_that_the_deadline_opened_under() -> None:
    office, other = Office(), Office()
    cases = [office.refer(), other.refer()]
    office.rules.policy = with_limit(0.1, version="newer")
    for each, case_id in zip((office, other), cases, strict=True):
        each.grade(case_id, "high")
    assert instants(office, cases[0]) == instants(other, cases[1])
    assert office.deadline(cases[0]).policy_version == POLICY.version


def test_what_opens_later_on_a_running_case_goes_by_the_policy_of_the_case() -> None:
    office = Office()
    case_id = office.refer()
    office.rules.policy = with_limit(0.1, version="newer", name="stall")
    office.acknowledge(case_id, WORKER)
    assert {deadline.policy_version for deadline in office.deadlines(case_id)} == {POLICY.version}


def test_a_repeat_goes_by_the_calendar_that_the_deadline_opened_under() -> None:
    office, other = Office(), Office()
    cases = [office.refer(), other.refer()]
    calendar = replace(POLICY.calendar, bank_holidays={})
    office.rules.policy = replace(POLICY, version="newer", calendar=calendar)
    for each, case_id in zip((office, other), cases, strict=True):
        each.only(case_id, "acknowledgement")
        each.run_to(MONDAY + timedelta(days=35))  # Christmas lies between
    assert instants(office, cases[0]) == instants(other, cases[1])
    assert office.deadline(cases[0]).repeats > 10


def test_work_goes_on_in_a_case_whose_concern_the_new_policy_has_no_more() -> None:
    office = Office()
    case_id = office.refer()
    kept = {code: concern for code, concern in POLICY.concerns.items() if code != "domestic_abuse"}
    office.rules.policy = replace(POLICY, version="newer", concerns=kept)
    office.acknowledge(case_id, WORKER)
    assert "graded High" in office.grade(case_id, "high")
    office.run_for(4 * HOUR)
    assert office.messenger.sent
    assert office.audit(Action.QUARANTINED) == []


def test_planning_anew_takes_the_earlier_of_old_and_new_and_says_what_moved() -> None:
    office = Office()
    case_id = office.refer()
    office.rules.policy = with_limit(0.25, version="newer")
    said = replan(office, case_id)
    assert said.startswith("SG-26-00001 goes by the policy in force from now. Planned anew: ")
    assert said.endswith("2 due earlier than before. Nothing is due later.")  # the police and social care
    deadline = office.deadline(case_id)
    assert (deadline.due_at, deadline.policy_version) == (MONDAY + HOUR / 4, "newer")
    assert office.case(case_id).policy_version == "newer"
    assert office.audit(Action.REPLANNED) == [f"{POLICY.version} to newer"]
    office.settle()
    assert any("brought forward" in line for line in office.lines_to("C0FRONTDR1"))
    assert "canary" not in f"{said}{office.audit()}{office.notices()}"


@pytest.mark.parametrize("after", [0.0, 1.5, 5.0, 30.0, 100.0])
@pytest.mark.parametrize("grade", [None, "standard", "medium", "high"])
def test_planning_anew_makes_no_instant_later_and_drops_no_step(after: float, grade: str | None) -> None:
    office = Office()
    case_id = office.refer()
    if grade is not None:
        office.grade(case_id, "high" if grade == "high" else "medium")
    office.run_for(after * HOUR)
    slow = {band: Ladder(ladder.steps[:3], Repeat(timedelta(days=9))) for band, ladder in POLICY.ladders.items()}
    office.rules.policy = replace(with_limit(500, version="slower"), ladders=slow)
    before = {d.id: d for d in office.deadlines(case_id)}
    replan(office, case_id)
    for deadline in office.deadlines(case_id):
        old = before[deadline.id]
        assert deadline.due_at <= old.due_at
        assert deadline.done == old.done
        if old.next_at is not None:
            assert deadline.next_at is not None
            assert deadline.next_at <= old.next_at
        now = {step.number: step.at for step in deadline.plan.steps}
        assert all(now[step.number] <= step.at for step in old.plan.steps)
    office.run_for(48 * HOUR)
    assert all(d.next_at is None or d.next_at > office.clock.now() for d in office.deadlines(case_id) if d.is_open)


def test_planning_anew_under_the_policy_in_force_changes_nothing() -> None:
    office = Office()
    case_id = office.refer()
    before = office.deadlines(case_id)
    assert replan(office, case_id) == "SG-26-00001 goes by the policy in force already."
    assert office.deadlines(case_id) == before


def test_only_a_leader_plans_a_case_anew_and_says_why() -> None:
    office = Office()
    case_id = office.refer()
    office.rules.policy = with_limit(0.25, version="newer")
    with pytest.raises(Refusal, match="can plan it anew"):
        replan(office, case_id, by=WORKER)
    with pytest.raises(FormRefusal, match="characters or more"):
        replan(office, case_id, by=SERGEANT, reason="why")
    assert office.case(case_id).policy_version == POLICY.version


def test_a_case_whose_grade_the_new_policy_has_no_more_goes_on_by_its_own() -> None:
    office = Office()
    case_id = office.refer()
    concern = POLICY.concerns["domestic_abuse"]
    fewer = replace(concern, grades=tuple(grade for grade in concern.grades if grade.code != "medium"))
    office.rules.policy = replace(POLICY, version="newer", concerns={**POLICY.concerns, "domestic_abuse": fewer})
    with pytest.raises(Refusal, match="no such grade"):
        replan(office, case_id)


def test_a_restarted_bot_goes_on_with_the_old_policy_out_of_the_record() -> None:
    office = Office()
    case_id = office.refer()
    assert CARE
    assert office.store.state.policies[POLICY.version] == POLICY.text
    assert {Band(d.band) for d in office.deadlines(case_id)} == {Band.P3}
