"""Whoever has a conflict of interest in a case, or is its subject, is left out: no step reaches them, and they cannot open it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.authorisation import Grave
from bot.domain.commands import OnCase, Propose
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.ids import CaseId, PersonId
from bot.domain.letters import StepLetter
from bot.domain.roster import SetAway
from bot.services import conflicts, decisions, people, records
from tests.builders import (
    CARE,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    CONTROL,
    DIRECTORY,
    INSPECTOR,
    NIGHT_WORKER,
    NURSE,
    OTHER_OFFICER,
    OTHER_WORKER,
    SERGEANT,
    WORKER,
    HandRules,
    actor,
)
from tests.services.office import Office

WHY = "A canary reason: they are related to the family."


def leave_out(office: Office, case_id: CaseId, person: PersonId, *, by: PersonId, reason: str = WHY) -> str:
    return conflicts.leave_out(OnCase(case_id), person, reason, actor(by), next(office.keys), tools=office.tools).text


def later(office: Office, case_id: CaseId) -> set[str]:
    """Everybody who is told until the ladder has repeated."""
    first = len(office.messenger.sent)
    office.run_to(office.deadline(case_id).plan.last.at)
    return office.reached(first)


def test_a_person_left_out_is_told_nothing_more_and_everybody_else_is() -> None:
    office = Office()
    case_id = office.refer()
    office.settle()
    assert (
        leave_out(office, case_id, CARE_LEADER, by=CARE_LEAD)
        == "Harriet Willowmarsh is left out of SG-26-00001 from now."
    )
    told = later(office, case_id)
    assert CARE_LEADER not in told
    assert {WORKER, CARE_LEAD, INSPECTOR} <= told


def test_a_step_whose_only_people_are_left_out_falls_through_in_the_same_tick() -> None:
    office = Office()
    case_id = office.refer()
    office.only(case_id, "acknowledgement", agency=CARE)
    for person in (WORKER, OTHER_WORKER):
        leave_out(office, case_id, person, by=CARE_LEADER)
    office.run_to(office.deadline(case_id).plan.steps[0].at)
    assert any("nobody was there to be told at step" in line for line in office.lines_to(CONTROL))
    assert office.deadline(case_id).done > 0


def test_a_lead_who_is_the_subject_is_passed_over_at_the_top_too() -> None:
    office = Office()
    case_id = office.refer()
    office.settle()
    leave_out(office, case_id, CHIEF, by=INSPECTOR)
    assert CHIEF not in later(office, case_id)


def test_whoever_is_left_out_does_not_stand_in_for_somebody_else() -> None:
    office = Office(rules=HandRules(directory=replace(DIRECTORY, shifts=(), covers=())))
    case_id = office.refer()
    office.settle()
    leave_out(office, case_id, NIGHT_WORKER, by=CARE_LEADER)
    wanted = SetAway(WORKER, NIGHT_WORKER, office.clock.now(), office.clock.now() + timedelta(days=2))
    people.set_away(wanted, actor(WORKER), "away", tools=office.tools)
    told = later(office, case_id)
    assert OTHER_WORKER in told
    assert not any(isinstance(sent.outgoing.letter, StepLetter) for sent in office.said_to(NIGHT_WORKER))


def test_an_owner_who_is_left_out_owns_it_no_more() -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, WORKER)
    assert leave_out(office, case_id, WORKER, by=WORKER).endswith(
        "Nobody owns it for their agency now: whoever is on duty is told."
    )
    party = office.case(case_id).party(CARE)
    assert party is not None
    assert party.owner is None
    assert party.acknowledged is not None


def test_the_case_is_not_there_for_whoever_is_left_out_of_it() -> None:
    office = Office()
    case_id = office.refer()
    leave_out(office, case_id, WORKER, by=CARE_LEADER)
    with pytest.raises(Refusal, match="There is no such case, or it is not one of yours"):
        records.open_case(case_id, actor(WORKER), tools=office.tools)
    with pytest.raises(Refusal, match="There is no such case"):
        office.acknowledge(case_id, WORKER)


@pytest.mark.parametrize("by", [WORKER, NURSE])
def test_only_leaders_leave_somebody_else_out(by: PersonId) -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(Refusal, match=r"can leave others out of it|Only people of the agencies"):
        leave_out(office, case_id, SERGEANT, by=by)


def test_the_reason_is_sealed_and_in_no_subject_notice_or_answer() -> None:
    office = Office()
    case_id = office.refer()
    said = leave_out(office, case_id, WORKER, by=CARE_LEADER)
    assert office.audit(Action.CONFLICT_DECLARED) == [WORKER]
    details = [entry.details for _, entry in office.store.state.entries if entry.action is Action.CONFLICT_DECLARED]
    assert details == [{"reason": WHY}]
    assert "canary" not in f"{said}{office.notices()}{office.audit()}"


def test_a_reason_must_say_something() -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(FormRefusal, match="characters or more"):
        leave_out(office, case_id, WORKER, by=CARE_LEADER, reason="related")


def test_whoever_is_left_out_is_not_asked_to_be_the_second_person() -> None:
    office = Office()
    case_id = office.refer()
    office.settle()
    leave_out(office, case_id, SERGEANT, by=SERGEANT)
    wanted = Propose(case_id, Grave.LOWER_GRADE, "A reason that says enough for two.", subject="standard")
    said = decisions.propose(wanted, actor(OTHER_OFFICER), "lower", tools=office.tools)
    assert "Callum Thistlewood" not in said.text
    assert "Imani Oakhollow" in said.text


def test_a_person_is_let_back_in_by_a_leader_alone() -> None:
    office = Office()
    case_id = office.refer()
    leave_out(office, case_id, WORKER, by=CARE_LEADER)
    said = conflicts.let_back_in(OnCase(case_id), WORKER, actor(CARE_LEADER), "back", tools=office.tools).text
    assert said == "Nadia Elderflower takes part in SG-26-00001 again."
    office.acknowledge(case_id, WORKER)
    with pytest.raises(Refusal, match="is not left out"):
        conflicts.let_back_in(OnCase(case_id), WORKER, actor(CARE_LEADER), "again", tools=office.tools)
