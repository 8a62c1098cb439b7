"""Who may do what, cell by cell and both ways."""

from dataclasses import replace

import pytest

from bot.domain.cases import Acknowledgement, Case, CaseStatus
from bot.domain.commands import Actor
from bot.domain.ids import AgencyId, PersonId, TeamId
from bot.domain.permissions import Verb, may, may_count
from tests.builders import (
    CARE,
    CARE_EXECUTIVE,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    DIRECTORY,
    GOVERNANCE,
    INSPECTOR,
    MONDAY,
    NURSE,
    OFFICER,
    OTHER_OFFICER,
    POLICE,
    SERGEANT,
    SUPERINTENDENT,
    TEACHER,
    WORKER,
    a_case,
    actor,
    outsider,
)

WORKING = (Verb.ACT, Verb.GRADE, Verb.ESCALATE, Verb.PROPOSE)
ON_CASE = (Verb.ACKNOWLEDGE, *WORKING, Verb.VIEW_DETAIL)
PHONE = "999 in an emergency"


def asked(person: PersonId | Actor, verb: Verb, case: Case | None) -> str | None:
    who = person if isinstance(person, Actor) else actor(person)
    return may(who, verb, case, DIRECTORY, phone=PHONE)


@pytest.mark.parametrize(
    "person", [OFFICER, WORKER, TEACHER, NURSE, CHIEF, GOVERNANCE, outsider(), outsider(CARE)], ids=str
)
def test_anybody_may_refer(person: PersonId | Actor) -> None:
    assert asked(person, Verb.REFER, None) is None


@pytest.mark.parametrize("verb", ON_CASE)
@pytest.mark.parametrize(
    "person",
    [OTHER_OFFICER, SERGEANT, INSPECTOR, SUPERINTENDENT, CHIEF, WORKER, CARE_LEADER, CARE_LEAD, CARE_EXECUTIVE],
)
def test_a_member_of_an_agency_on_the_case_may_do_everything_for_their_own_agency(person: PersonId, verb: Verb) -> None:
    assert asked(person, verb, a_case()) is None


@pytest.mark.parametrize("verb", ON_CASE)
@pytest.mark.parametrize("person", [TEACHER, NURSE])
def test_a_member_of_an_agency_that_was_not_told_may_do_nothing(person: PersonId, verb: Verb) -> None:
    said = asked(person, verb, a_case())
    assert said == (
        "Only people of the agencies on SG-26-00001 can do this: Northmere Police, Northmere Children's Social Care."
    )


@pytest.mark.parametrize("verb", ON_CASE)
@pytest.mark.parametrize("agency", [None, CARE])
def test_a_stranger_may_refer_and_nothing_else_even_in_a_teams_channel(verb: Verb, agency: AgencyId | None) -> None:
    said = asked(outsider(agency), verb, a_case())
    assert said is not None
    assert said.startswith("Only people named in the directory can do this.")
    assert PHONE in said


@pytest.mark.parametrize("verb", [Verb.ACKNOWLEDGE, *WORKING])
def test_information_governance_works_no_case(verb: Verb) -> None:
    assert asked(GOVERNANCE, verb, a_case()) == "Information governance may read and export, not work a case."


def test_information_governance_may_read() -> None:
    assert asked(GOVERNANCE, Verb.VIEW_DETAIL, a_case()) is None


@pytest.mark.parametrize("status", [CaseStatus.CLOSED, CaseStatus.MERGED])
def test_a_closed_case_may_be_read_and_not_worked(status: CaseStatus) -> None:
    closed = replace(a_case(), status=status)
    for verb in (Verb.ACKNOWLEDGE, *WORKING):
        said = asked(WORKER, verb, closed)
        assert said is not None
        assert said.startswith("SG-26-00001 is closed.")
    assert asked(WORKER, Verb.VIEW_DETAIL, closed) is None


def test_the_referrer_cannot_acknowledge_their_own_referral() -> None:
    said = asked(OFFICER, Verb.ACKNOWLEDGE, a_case())
    assert said == "You referred SG-26-00001, so somebody else in your agency has to acknowledge it."


@pytest.mark.parametrize("verb", [*WORKING, Verb.VIEW_DETAIL])
def test_the_referrer_may_do_everything_else(verb: Verb) -> None:
    assert asked(OFFICER, verb, a_case()) is None


def test_a_colleague_of_the_referrer_may_acknowledge_for_the_police() -> None:
    assert asked(OTHER_OFFICER, Verb.ACKNOWLEDGE, a_case()) is None


def raised_by_social_care() -> Case:
    case = a_case()
    own = replace(case.parties[1], owes_acknowledgement=False)
    return replace(case, referrer=WORKER, referring_agency=CARE, parties=(case.parties[0], own))


def test_the_agency_that_raised_a_case_is_not_asked_to_acknowledge_it_and_hears_who_is() -> None:
    said = asked(CARE_LEADER, Verb.ACKNOWLEDGE, raised_by_social_care())
    assert said == (
        "Your agency raised SG-26-00001 and is not asked to acknowledge it. Still to answer: Northmere Police."
    )
    assert asked(SERGEANT, Verb.ACKNOWLEDGE, raised_by_social_care()) is None


def test_when_everybody_has_answered_the_agency_that_raised_it_hears_nobody_is_left() -> None:
    case = raised_by_social_care()
    case = case.with_party(replace(case.parties[0], acknowledged=Acknowledgement(SERGEANT, MONDAY)))
    said = asked(CARE_LEADER, Verb.ACKNOWLEDGE, case)
    assert said is not None
    assert said.endswith("Still to answer: nobody.")


def test_the_agency_that_raised_a_case_may_work_it() -> None:
    for verb in (*WORKING, Verb.VIEW_DETAIL):
        assert asked(CARE_LEADER, verb, raised_by_social_care()) is None


def test_no_case_and_no_such_case_read_the_same() -> None:
    assert asked(WORKER, Verb.ACT, None) == "There is no such case, or it is not one of yours."


@pytest.mark.parametrize("verb", ON_CASE)
def test_an_agency_that_left_the_directory_may_do_nothing(verb: Verb) -> None:
    departed = replace(actor(WORKER), agency=AgencyId("no-longer-there"))
    assert asked(departed, verb, a_case()) is not None


def test_police_are_always_among_those_who_may_read_what_a_partner_raised() -> None:
    assert raised_by_social_care().party(POLICE) is not None
    assert asked(SERGEANT, Verb.VIEW_DETAIL, raised_by_social_care()) is None


OF_CHILDREN = [status for status in CaseStatus if status.concerns_a_child]
LEADERS = (SERGEANT, INSPECTOR, SUPERINTENDENT, CHIEF, CARE_LEADER, CARE_LEAD, CARE_EXECUTIVE)


@pytest.mark.parametrize("status", OF_CHILDREN)
@pytest.mark.parametrize("person", LEADERS)
def test_a_leader_of_an_agency_on_the_case_may_be_the_second_person(person: PersonId, status: CaseStatus) -> None:
    assert asked(person, Verb.DECIDE, replace(a_case(), status=status)) is None


@pytest.mark.parametrize("person", [OFFICER, OTHER_OFFICER, WORKER])
def test_whoever_leads_nobody_cannot_be_the_second_person(person: PersonId) -> None:
    assert asked(person, Verb.DECIDE, a_case()) == (
        "Only a team leader, a lead or a chief officer of an agency on SG-26-00001 can be the second person."
    )


@pytest.mark.parametrize("verb", [Verb.DECIDE, Verb.REOPEN, Verb.PROPOSE])
@pytest.mark.parametrize("person", [TEACHER, GOVERNANCE, outsider(), outsider(CARE)], ids=str)
def test_nobody_from_outside_the_case_puts_forward_or_decides(person: PersonId | Actor, verb: Verb) -> None:
    assert asked(person, verb, a_case()) is not None


@pytest.mark.parametrize("status", OF_CHILDREN)
@pytest.mark.parametrize("person", [OTHER_OFFICER, WORKER])
def test_anybody_on_a_closed_case_may_ask_for_it_to_be_opened_again(person: PersonId, status: CaseStatus) -> None:
    assert asked(person, Verb.REOPEN, replace(a_case(), status=status)) is None


@pytest.mark.parametrize("verb", ON_CASE)
@pytest.mark.parametrize("person", [SERGEANT, OTHER_OFFICER, CARE_LEAD, GOVERNANCE, CHIEF], ids=str)
def test_on_a_leaders_own_matter_only_leads_of_the_force_put_forward_and_decide(person: PersonId, verb: Verb) -> None:
    owed = a_case()
    own = replace(owed, status=CaseStatus.MATTER, parties=tuple(p for p in owed.parties if p.agency == POLICE))
    no = asked(person, verb, own)
    assert (no is None) is (person == CHIEF and verb in {Verb.PROPOSE, Verb.DECIDE})


def test_nobody_does_anything_to_the_bots_own_case() -> None:
    own = replace(a_case(), status=CaseStatus.SYNTHETIC, parties=())
    assert all(asked(CHIEF, verb, own) is not None for verb in ON_CASE)


def test_a_count_is_given_for_a_unit_of_the_force_alone() -> None:
    assert may_count(actor(CHIEF), TeamId("front-door"), DIRECTORY, phone="101") == "Select a unit of Northmere Police."
    assert may_count(actor(CHIEF), TeamId("response"), DIRECTORY, phone="101") is None
