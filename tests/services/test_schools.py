"""A school told before the next school day: a notice with nothing of the child, and a receipt from the school's own lead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.commands import OnCase, RecordAct, TellSchool
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import CaseId, PersonId
from bot.domain.letters import LineLetter
from bot.services import recording, schools
from tests.builders import (
    INSPECTOR,
    MONDAY,
    OFFICER,
    POLICE,
    RESPONSE_CHANNEL,
    SERGEANT,
    TEACHER,
    actor,
    away,
    children,
    referral,
)
from tests.services.office import Office

HEAD, BY_MAIL = PersonId("bronwen-applegarth"), PersonId("edmund-quarrybank")
FRIDAY_NIGHT = MONDAY + timedelta(days=4, hours=12, minutes=40)
"""Ten to eleven on a Friday night."""


def tell(office: Office, case_id: CaseId, school: str = "fernhill primary SCHOOL", child: int | None = None) -> str:
    command = TellSchool(case_id, school, child)
    return schools.tell_school(command, actor(OFFICER), next(office.keys), tools=office.tools).text


def confirm(office: Office, case_id: CaseId, by: PersonId = HEAD, child: int = 0) -> str:
    return schools.confirm(OnCase(case_id), child, actor(by), next(office.keys), tools=office.tools).text


def owed(office: Office, case_id: CaseId) -> bool:
    return office.deadline(case_id, "school_notice", POLICE).is_open


def letters_to(office: Office, person: PersonId) -> list[LineLetter]:
    return [each for sent in office.said_to(person) if isinstance(each := sent.outgoing.letter, LineLetter)]


def test_the_notice_holds_a_reference_and_a_number_and_counts_only_once_the_school_confirms_it() -> None:
    office = Office()
    case_id = office.refer()
    assert "It counts once they confirm it" in tell(office, case_id)
    office.settle()
    (letter,) = letters_to(office, HEAD)
    assert letter.text.startswith("SG-26-00001: Operation Encompass.")
    assert "Ring Northmere Police on 01632 960100" in letter.text
    assert "Fernhill" not in letter.text
    assert [choice.label for choice in letter.choices] == ["We have been told"]
    assert owed(office, case_id)
    assert "your school has been told" in confirm(office, case_id)
    assert not owed(office, case_id)
    assert "has confirmed this already" in confirm(office, case_id)
    office.settle()
    assert any("a school has confirmed" in line for line in office.lines_to(OFFICER))
    assert not any("Fernhill" in line for line in office.lines_to(RESPONSE_CHANNEL))


def test_a_school_without_slack_is_told_by_e_mail_and_a_call_is_recorded_instead_of_a_press() -> None:
    office = Office()
    case_id = office.refer()
    tell(office, case_id, "Millrace Academy")
    office.settle()
    (mail,) = [outgoing for _, to, outgoing in office.mailer.sent if "edmund" in str(to)]
    assert "Operation Encompass" in str(mail.letter)
    assert owed(office, case_id)
    office.act(case_id, "school_told")
    assert not owed(office, case_id)


def test_each_child_has_a_school_to_be_told_and_one_schools_receipt_is_not_anothers() -> None:
    office = Office()
    case_id = office.refer(referral(kids=children("44-0001", "44-0002", "44-0003")))
    tell(office, case_id, child=1)
    tell(office, case_id, "millrace", child=2)
    confirm(office, case_id, child=1)
    assert owed(office, case_id)
    with pytest.raises(Refusal, match="Only the leads of the school that was sent this notice"):
        confirm(office, case_id, child=2)
    confirm(office, case_id, BY_MAIL, child=2)
    assert owed(office, case_id)
    recording.record(RecordAct(case_id, "not_of_school_age", child=3), actor(OFFICER), "3", tools=office.tools)
    assert not owed(office, case_id)


@pytest.mark.parametrize("person", [TEACHER, OFFICER, BY_MAIL])
def test_nobody_confirms_for_a_school(person: PersonId) -> None:
    office = Office()
    case_id = office.refer()
    tell(office, case_id)
    with pytest.raises(Refusal, match="Only the leads of the school"):
        confirm(office, case_id, person)
    assert owed(office, case_id)


def test_an_unknown_school_is_one_sentence_that_says_how_to_go_on_and_says_nothing_back() -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(FormRefusal) as refused:
        tell(office, case_id, "CANARY Infants")
    assert list(refused.value.fields) == ["school"]
    assert "ring the school and record" in refused.value.fields["school"]
    assert "CANARY" not in refused.value.fields["school"]
    office.rules.directory = away(office.rules.directory, HEAD)
    with pytest.raises(FormRefusal, match="Ring it on 01632 960610"):
        tell(office, case_id)
    with pytest.raises(FormRefusal, match="Select the child"):
        tell(office, case_id, "millrace", child=9)


def test_of_a_restricted_case_no_notice_goes_out() -> None:
    office = Office()
    case_id = office.refer()
    cases = office.store.state.cases
    cases[case_id] = replace(cases[case_id], restricted_to=(OFFICER,))
    with pytest.raises(Refusal, match="no notice leaves it"):
        tell(office, case_id)


def test_friday_nights_school_is_to_be_told_by_monday_half_past_eight_and_without_a_receipt_it_climbs() -> None:
    office = Office()
    office.clock.to(FRIDAY_NIGHT)
    case_id = office.refer()
    monday = MONDAY + timedelta(days=7) - timedelta(hours=1, minutes=30)
    assert office.deadline(case_id, "school_notice", POLICE).due_at == monday
    tell(office, case_id)
    office.only(case_id, "school_notice")
    office.run_to(monday + timedelta(days=1, hours=10))
    assert [at for at, step in office.steps_to(SERGEANT) if step == "due"] == [monday]
    assert any(step == "department and partner leads" for _, step in office.steps_to(INSPECTOR))
