"""Snooze and chase hold one person's own repeats and pre-warnings: never the next step, never anybody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.commands import OnCase
from bot.domain.errors import Refusal
from bot.domain.holds import snooze_refusal
from bot.domain.ids import CaseId, PersonId
from bot.domain.policy import Band, Basis
from bot.services import holds
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    GRADES,
    OTHER_WORKER,
    TEACHER,
    WORKER,
    a_deadline,
    actor,
    referral,
)
from tests.services.office import Office

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def refer(office: Office, band: Band) -> CaseId:
    case_id = office.refer(referral(*GRADES[band]))
    office.only(case_id, "acknowledgement", agency=CARE)
    return case_id


def snooze(office: Office, case_id: CaseId, code: str, by: PersonId = WORKER) -> str:
    return holds.snooze(OnCase(case_id), code, actor(by), next(office.keys), tools=office.tools).text


def chase(office: Office, case_id: CaseId, by: PersonId = WORKER) -> str:
    return holds.chase(OnCase(case_id), actor(by), next(office.keys), tools=office.tools).text


def names(office: Office, person: PersonId) -> list[str]:
    return [name for _, name in office.steps_to(person)]


def test_a_snooze_holds_ones_own_pre_warning_and_not_the_step_at_the_due_instant() -> None:
    office = Office()
    case_id = refer(office, Band.P2)  # owed in an hour
    said = snooze(office, case_id, "on_the_way")
    assert "Your reminders about SG-26-00001 wait until" in said
    assert "every step after it stay" in said
    office.run_for(59 * MINUTE)
    assert names(office, WORKER) == ["new referral"]
    assert names(office, OTHER_WORKER) == ["new referral", "reminder"]
    office.run_for(2 * MINUTE)
    assert names(office, WORKER) == ["new referral", "due"]


def test_a_snooze_past_what_is_due_is_refused_with_the_instant_and_its_basis() -> None:
    office = Office()
    case_id = refer(office, Band.P2)
    with pytest.raises(Refusal, match=r"It is due Monday 23 November 2026 at 11:00am \(force default\), and reminders"):
        snooze(office, case_id, "visit")
    office.run_for(2 * HOUR)
    with pytest.raises(Refusal, match="It was due Monday 23 November 2026 at 11:00am"):
        snooze(office, case_id, "call_back")
    case_id = refer(office, Band.P4)
    statutory = office.deadline(case_id)
    office.run_to(statutory.due_at - HOUR)
    with pytest.raises(Refusal, match="statutory guidance"):
        snooze(office, case_id, "visit")
    assert office.store.state.holds == []


def test_chasing_holds_ones_own_repeats_for_the_policys_time_and_everybody_else_goes_on_hearing() -> None:
    office = Office()
    case_id = refer(office, Band.P1)
    top = office.deadline(case_id).plan.last.at
    office.run_to(top + 30 * MINUTE)
    executive = office.steps_to("philippa-moorhen")[-1:]
    assert executive
    person = PersonId("philippa-moorhen")
    said = chase(office, case_id, person)
    assert "the next step does not, and nothing is met by it" in said
    before, others = len(names(office, person)), len(names(office, PersonId("marguerite-stormvale")))
    office.run_to(top + 2 * HOUR + 10 * MINUTE)
    assert len(names(office, person)) == before
    assert len(names(office, PersonId("marguerite-stormvale"))) == others + 2
    office.run_to(top + 4 * HOUR)
    assert len(names(office, person)) > before


def test_neither_is_an_act_and_both_stand_on_the_card_for_others_to_see() -> None:
    office = Office()
    case_id = office.refer(referral(*GRADES[Band.P3]))
    acted_at = office.case(case_id).last_act_at
    office.run_for(10 * MINUTE)
    owed = [(each.id, each.due_at) for each in office.deadlines(case_id) if each.is_open]
    snooze(office, case_id, "call_back")
    chase(office, case_id, CARE_LEADER)
    office.settle()
    notes = office.cards_in(CARE_CHANNEL)[-1].case.notes
    assert any(
        "Nadia Elderflower put their own reminders off until Monday 23 November 2026 at 10:40am" in n for n in notes
    )
    assert any(note.startswith("Harriet Willowmarsh is chasing it, since Monday") for note in notes)
    assert office.case(case_id).last_act_at == acted_at
    assert [(each.id, each.due_at) for each in office.deadlines(case_id) if each.is_open] == owed


def test_strangers_to_the_case_and_unknown_reasons_are_refused() -> None:
    office = Office()
    case_id = refer(office, Band.P3)
    with pytest.raises(Refusal, match="Only people of the agencies"):
        chase(office, case_id, TEACHER)
    with pytest.raises(Refusal, match="Select one of the reasons"):
        snooze(office, case_id, "for_ever")


def test_chasing_does_not_hold_the_last_step_when_it_comes_late_with_its_first_repeats() -> None:
    office = Office()
    case_id = refer(office, Band.P1)
    executive = PersonId("philippa-moorhen")
    top = office.deadline(case_id).plan.last.at
    office.run_to(top - 10 * MINUTE)
    chase(office, case_id, executive)
    office.down_until(top + HOUR + 5 * MINUTE)
    assert len(names(office, executive)) == 1, "she has never heard of this step"


@pytest.mark.parametrize("binding_first", [True, False])
def test_of_two_things_due_at_once_a_refused_snooze_names_the_one_that_the_law_binds(binding_first: bool) -> None:  # noqa: FBT001 - a case of the table
    ours, law = a_deadline(Band.P4), a_deadline(Band.P4)
    ours = replace(ours, kind="first_action", basis=Basis.OUR_DEFAULT)
    assert law.basis.binding
    owed = [law, ours] if binding_first else [ours, law]
    said = snooze_refusal(owed, CARE, law.due_at + HOUR, law.due_at - HOUR)
    assert said is not None
    assert "(statutory guidance)" in said


def test_nothing_is_put_off_for_an_agency_that_owes_nothing() -> None:
    said = snooze_refusal([], CARE, a_deadline().due_at, a_deadline().due_at - HOUR)
    assert said == "Your agency owes nothing here that it is reminded of."
