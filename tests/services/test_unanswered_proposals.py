"""A proposal that nobody answers: put again to those asked, then to those above them, until somebody answers it."""

from datetime import timedelta

import pytest

from bot.domain.authorisation import Grave
from bot.domain.commands import Decide, Propose
from bot.domain.errors import FormRefusal
from bot.domain.ids import CaseId, DeadlineId, DecisionId, PersonId
from bot.domain.letters import LineLetter, StepLetter
from bot.services import decisions
from tests.builders import (
    CARE_EXECUTIVE,
    CARE_HEAD,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    INSPECTOR,
    OFFICER,
    SERGEANT,
    SUPERINTENDENT,
    WORKER,
    actor,
    referral,
)
from tests.services.office import Office

REASON = "Her CANARYAUNT keeps her until the hearing."
HOUR = timedelta(hours=1)


def lower(office: Office, case_id: CaseId, by: PersonId = OFFICER, listed: str = "") -> DecisionId:
    wanted = Propose(case_id, Grave.LOWER_GRADE, REASON, "standard", listed=listed)
    return decisions.propose(wanted, actor(by), next(office.keys), tools=office.tools).decision


def asked_again(office: Office, person: PersonId) -> list[StepLetter]:
    letters = [sent.outgoing.letter for sent in office.said_to(person)]
    return [each for each in letters if isinstance(each, StepLetter) and each.answers]


def test_who_was_asked_is_asked_again_then_their_leads_and_those_above_up_to_the_chief_officer() -> None:
    office = Office()
    case_id = office.refer()
    decision = lower(office, case_id)
    office.only(case_id, "second_person_answer")
    office.run_for(4 * HOUR + timedelta(minutes=1))
    (again,) = asked_again(office, SERGEANT)
    assert [choice.label for choice in again.answers] == ["Read the reason", "Agree", "Do not agree"]
    assert again.answers[1].code == f"agree:{decision}:1"
    for hours, person in ((24, INSPECTOR), (48, SUPERINTENDENT)):
        office.run_for(hours * HOUR)
        assert asked_again(office, person), person
    office.run_for(72 * HOUR)
    for person in (CHIEF, CARE_EXECUTIVE):
        assert any(isinstance(sent.outgoing.letter, StepLetter) for sent in office.said_to(person)), person
    assert not asked_again(office, CARE_LEAD)
    assert not any("CANARYAUNT" in str(sent) for sent in office.messenger.sent)


def test_a_partners_proposal_climbs_among_the_partners_own_people() -> None:
    office = Office()
    case_id = office.refer()
    lower(office, case_id, WORKER, "assessed")
    office.only(case_id, "second_person_answer")
    office.run_for(120 * HOUR)
    for person in (CARE_LEADER, CARE_LEAD, CARE_HEAD):
        assert asked_again(office, person), person
    assert not asked_again(office, SERGEANT)


@pytest.mark.parametrize("agree", [True, False])
def test_its_answer_stops_the_clock_and_the_card_shows_it_no_longer(agree: bool) -> None:  # noqa: FBT001 - a parameter
    office = Office()
    case_id = office.refer()
    decision = lower(office, case_id)
    (owed,) = [each for each in office.deadlines(case_id) if each.kind == "second_person_answer"]
    assert owed.id == DeadlineId(decision)
    decisions.decide(Decide(decision, 1, agree=agree), actor(SERGEANT), "d", tools=office.tools)
    (met,) = [each for each in office.deadlines(case_id) if each.kind == "second_person_answer"]
    assert not met.is_open
    office.run_for(50 * HOUR)
    assert not asked_again(office, SERGEANT)


def test_an_edit_does_not_put_the_answer_off() -> None:
    office = Office()
    case_id = office.refer()
    lower(office, case_id)
    first = office.deadline(case_id, "second_person_answer", office.rules.directory.police.id)
    office.clock.move(HOUR)
    lower(office, case_id)
    (owed,) = [each for each in office.deadlines(case_id) if each.kind == "second_person_answer"]
    assert owed.due_at == first.due_at


def test_an_urgent_proposal_is_repeated_within_the_hour() -> None:
    office = Office()
    case_id = office.refer(referral("physical", "red"))
    wanted = Propose(case_id, Grave.LOWER_GRADE, REASON, "amber")
    decisions.propose(wanted, actor(OFFICER), "p", tools=office.tools)
    office.only(case_id, "second_person_answer")
    office.run_for(timedelta(minutes=31))
    assert len(asked_again(office, SERGEANT)) == 1


def test_a_partner_reads_the_listed_reason_before_agreeing_and_what_was_typed_stays_sealed() -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(FormRefusal, match="Select a reason from the list"):
        lower(office, case_id, WORKER)
    lower(office, case_id, WORKER, "assessed")
    office.settle()
    letters = [sent.outgoing.letter for sent in office.said_to(CARE_LEADER)]
    (letter,) = [each for each in letters if isinstance(each, LineLetter) and each.choices]
    assert "Reason: Both agencies have assessed it, and the risk is lower. What was typed opens" in letter.text
    assert "CANARYAUNT" not in letter.text
