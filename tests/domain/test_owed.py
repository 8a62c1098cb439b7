"""What a case owes, who owes it, what meets it, and that nothing is owed twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.cases import Case, Party
from bot.domain.deadlines import Deadline, Ending, EndingKind, end
from bot.domain.ids import ChannelId, DeadlineId, TeamId
from bot.domain.owed import met_by, opened, owed_until
from bot.domain.policy import Band
from bot.domain.risk import Answer
from tests.builders import CARE, DIRECTORY, EDUCATION, MONDAY, OFFICER, POLICE, POLICY, a_case, counted_ids

HOUR = timedelta(hours=1)
CORE = {"acknowledgement", "graded", "first_action", "stall", "social_care_decision", "referrer_told"}


def owed(
    case: Case,
    *triggers: str,
    existing: Sequence[Deadline] = (),
    named: tuple[str, ...] = (),
) -> list[Deadline]:
    ids = counted_ids("d")
    return opened(
        case,
        triggers=triggers or ("referral", "human_act"),
        at=MONDAY,
        existing=existing,
        policy=POLICY,
        directory=DIRECTORY,
        new_id=lambda: next(ids),
        named=named,
    )


def met(deadline: Deadline) -> Deadline:
    return end(deadline, Ending(EndingKind.MET, MONDAY + HOUR, OFFICER))


@pytest.mark.parametrize("band", Band)
def test_every_case_owes_the_core_and_police_and_social_care_an_acknowledgement_each(band: Band) -> None:
    found = owed(a_case(band))
    assert {deadline.kind for deadline in found} >= CORE
    assert {d.agency for d in found if d.kind == "acknowledgement"} == {POLICE, CARE}
    assert {d.agency for d in found if d.kind == "first_action"} == {CARE}
    assert all(d.trigger_at == MONDAY and d.policy_version == POLICY.version for d in found)


def test_an_agency_that_is_not_asked_owes_no_acknowledgement() -> None:
    case = a_case()
    raised = replace(case, parties=(case.parties[0], replace(case.parties[1], owes_acknowledgement=False)))
    assert {d.agency for d in owed(raised) if d.kind == "acknowledgement"} == {POLICE}


def test_when_social_care_is_left_out_what_it_would_owe_falls_to_the_police() -> None:
    case = replace(a_case(), parties=a_case().parties[:1])
    assert {deadline.agency for deadline in owed(case)} == {POLICE}
    assert "social_care_decision" in {deadline.kind for deadline in owed(case)}


def test_an_agency_told_beside_social_care_owes_only_its_own_acknowledgement() -> None:
    case = a_case()
    school = Party(EDUCATION, TeamId("education-safeguarding"), ChannelId("C0SCHOOLS1"), MONDAY)
    found = owed(replace(case, parties=(*case.parties, school)))
    assert [d.kind for d in found if d.agency == EDUCATION] == ["acknowledgement"]


def test_what_is_owed_already_is_not_opened_again() -> None:
    first = owed(a_case())
    assert owed(a_case(), existing=first) == []


def test_a_referral_happens_once_so_what_it_started_and_was_met_is_never_opened_again() -> None:
    existing = [met(deadline) for deadline in owed(a_case(), "referral")]
    assert owed(a_case(), "referral", existing=existing) == []


def test_a_human_act_starts_the_stall_alarm_anew_each_time() -> None:
    existing = [met(deadline) for deadline in owed(a_case(), "human_act")]
    assert [deadline.kind for deadline in owed(a_case(), "human_act", existing=existing)] == ["stall"]


@pytest.mark.parametrize(("answer", "owes"), [(Answer.YES, True), (Answer.UNKNOWN, True), (Answer.NO, False)])
def test_a_fact_answered_yes_or_do_not_know_makes_due_what_hangs_on_it(answer: Answer, owes: bool) -> None:  # noqa: FBT001 - a column of the table
    case = replace(a_case(), concern="indecent_images_adult_suspect", facts={"suspect_works_with_children": answer})
    assert ("designated_officer_told" in {deadline.kind for deadline in owed(case)}) is owes


def test_a_floor_makes_due_the_milestones_it_names() -> None:
    case = replace(a_case(), concern="indecent_images_adult_suspect", grade="low", effective_grade="very_high")
    found = owed(case, "floor", named=("release_address_check",))
    assert [deadline.kind for deadline in found] == ["release_address_check"]


@pytest.mark.parametrize("concern", POLICY.concerns)
def test_a_leaders_endorsement_and_a_recommendation_are_never_owed_or_offered_on_a_case(concern: str) -> None:
    case = replace(a_case(), concern=concern)
    triggers = [milestone.trigger for milestone in POLICY.milestones.values()]
    kinds = {deadline.kind for deadline in owed(case, *triggers)}
    assert kinds
    assert not kinds & {"endorsement", "recommendation"}
    offered = {act.code for act in POLICY.acts_for(concern, POLICY.flags)}
    assert offered
    assert not offered & {"endorsed", "recommendation_reported", "recommendation_opened", "endorsement_asked"}


@pytest.mark.parametrize(
    ("event", "kinds"),
    [
        ("acknowledged", {"acknowledgement"}),
        ("graded", {"graded"}),
        ("protective_act", {"first_action"}),
        ("human_act", {"stall"}),
        ("social_care_decision", {"social_care_decision"}),
        ("referrer_told", {"referrer_told", "referrer_asked"}),
        ("strategy_not_needed", {"strategy_discussion"}),
        ("phoned_no_reply", set()),
    ],
)
def test_each_event_meets_its_own_deadlines_and_no_other(event: str, kinds: set[str]) -> None:
    found = owed(a_case())
    assert {deadline.kind for deadline in met_by([event], found, POLICY)} == kinds


def test_what_has_ended_is_not_met_again() -> None:
    found = [met(deadline) for deadline in owed(a_case())]
    assert met_by(["acknowledged", "protective_act"], found, POLICY) == []


def test_an_attempt_meets_nothing_whatever_the_concern() -> None:
    attempts = [act.code for act in POLICY.acts.values() if act.kind.value == "attempt"]
    assert attempts
    for concern in POLICY.concerns:
        found = owed(replace(a_case(), concern=concern))
        assert met_by(attempts, found, POLICY) == []


def test_what_somebody_is_to_do_by_an_instant_is_refused_where_the_policy_sets_no_limit() -> None:
    row = replace(POLICY.milestones["direction"], clocks={})
    policy = replace(POLICY, milestones={**POLICY.milestones, "direction": row})
    case = a_case()
    with pytest.raises(ValueError, match="no limit for direction"):
        owed_until(policy, "direction", case, case.parties[0], deadline_id=DeadlineId("d"), now=MONDAY, until_at=None)
