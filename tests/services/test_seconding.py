"""Who is asked to be the second person, what they are sent, and what a form offers before anything is put forward."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answers import ProposalForm, Proposed
from bot.domain.authorisation import Grave
from bot.domain.commands import Decide, Propose
from bot.domain.errors import Refusal, Stale
from bot.domain.ids import CaseId, PersonId
from bot.domain.letters import LineLetter
from bot.services import decisions, proposing
from tests.builders import CARE_LEADER, INSPECTOR, OFFICER, SERGEANT, TEACHER, WORKER, actor, away
from tests.services.office import Office

REASON = "Her CANARYAUNT keeps her until the hearing."


def put_forward(
    office: Office, case_id: CaseId, act: Grave, subject: str = "", *, by: PersonId = OFFICER, reason: str = REASON
) -> Proposed:
    until_at = office.clock.now() + timedelta(days=1) if act is Grave.EXTEND else None
    wanted = Propose(case_id, act, reason, subject, until_at, listed="family" if act is Grave.EXTEND else "")
    return decisions.propose(wanted, actor(by), next(office.keys), tools=office.tools)


def form(office: Office, case_id: CaseId, act: Grave, by: PersonId = OFFICER) -> ProposalForm:
    return proposing.proposal_form(case_id, act, actor(by), tools=office.tools)


def asked(office: Office, person: PersonId) -> list[LineLetter]:
    letters = [sent.outgoing.letter for sent in office.said_to(person)]
    return [letter for letter in letters if isinstance(letter, LineLetter) and letter.choices]


def own_milestone(office: Office, case_id: CaseId) -> str:
    """Something owed by social care that is no law."""
    found = [d for d in office.deadlines(case_id) if d.agency == "childrens-services" and not d.basis.binding]
    return next(d.id for d in found if d.kind != "stall")


def test_the_authors_own_team_leader_is_asked_and_sent_buttons_that_carry_the_version_as_read() -> None:
    office = Office()
    case_id = office.refer()
    proposed = put_forward(office, case_id, Grave.LOWER_GRADE, "standard")
    office.settle()
    (letter,) = asked(office, SERGEANT)
    assert letter.text.startswith(
        "SG-26-00001: Priya Fernsby asks you to agree as the second person: lower the grade to"
    )
    assert "CANARYAUNT" not in letter.text
    assert [choice.label for choice in letter.choices] == ["Read the reason", "Agree", "Do not agree"]
    assert letter.choices[1].code == f"agree:{proposed.decision}:1"
    assert asked(office, CARE_LEADER) == []


def test_an_extension_is_put_to_the_agency_that_owes_it() -> None:
    office = Office()
    case_id = office.refer()
    proposed = put_forward(office, case_id, Grave.EXTEND, own_milestone(office, case_id))
    office.settle()
    assert proposed.text.endswith("Asked: Harriet Willowmarsh.")
    assert len(asked(office, CARE_LEADER)) == 1
    assert asked(office, SERGEANT) == []


def test_a_leader_who_is_author_owner_or_away_is_passed_over_for_somebody_more_senior() -> None:
    office = Office()
    case_id = office.refer()
    assert put_forward(office, case_id, Grave.LOWER_GRADE, "standard", by=SERGEANT).text.endswith("Imani Oakhollow.")
    office = Office()
    office.rules.directory = away(office.rules.directory, SERGEANT)
    put_forward(office, office.refer(), Grave.LOWER_GRADE, "standard")
    office.settle()
    assert len(asked(office, INSPECTOR)) == 1


def test_an_edited_proposal_is_sent_again_and_the_earlier_message_is_not_sent_after_all() -> None:
    office = Office()
    case_id = office.refer()
    put_forward(office, case_id, Grave.LOWER_GRADE, "standard")
    put_forward(office, case_id, Grave.LOWER_GRADE, "standard", reason="Another reason that is long enough.")
    office.settle()
    (letter,) = asked(office, SERGEANT)
    assert letter.choices[1].code.endswith(":2")


def test_the_author_is_told_what_became_of_it() -> None:
    office = Office()
    proposed = put_forward(office, office.refer(), Grave.LOWER_GRADE, "standard")
    decisions.decide(Decide(proposed.decision, 1, agree=False), actor(SERGEANT), "no", tools=office.tools)
    office.settle()
    assert "SG-26-00001: Callum Thistlewood turned down: lower the grade. Nothing changes." in office.lines_to(OFFICER)


def test_the_reason_opens_for_a_second_person_alone_and_the_opening_is_on_the_audit() -> None:
    office = Office()
    proposed = put_forward(office, office.refer(), Grave.LOWER_GRADE, "standard")
    read = proposing.read_proposal(proposed.decision, actor(SERGEANT), tools=office.tools)
    assert read.reason == REASON
    assert f"reason of {proposed.decision}" in office.audit("viewed")
    for stranger in (OFFICER, TEACHER):
        with pytest.raises(Refusal):
            proposing.read_proposal(proposed.decision, actor(stranger), tools=office.tools)
    decisions.decide(Decide(proposed.decision, 1, agree=True), actor(SERGEANT), "yes", tools=office.tools)
    with pytest.raises(Stale):
        proposing.read_proposal(proposed.decision, actor(SERGEANT), tools=office.tools)


def test_forms_offer_only_what_could_be_agreed_to() -> None:
    office = Office()
    case_id = office.refer()
    offered = {deadline.id: deadline for deadline in office.deadlines(case_id)}
    extend = [offered[choice.code] for choice in form(office, case_id, Grave.EXTEND).subjects]  # type: ignore[index]
    assert extend
    assert not any(deadline.basis.binding or deadline.kind == "stall" for deadline in extend)
    assert [choice.code for choice in form(office, case_id, Grave.LOWER_GRADE).subjects] == ["standard"]
    closing = form(office, case_id, Grave.CLOSE)
    assert closing.subjects == ()
    assert "the referrer is told the outcome" in closing.missing[0]
    with pytest.raises(Refusal, match="no other open case of the same child"):
        form(office, case_id, Grave.MERGE)
    with pytest.raises(Refusal, match="No floor holds here"):
        form(office, case_id, Grave.OVERRIDE_FLOOR)
    with pytest.raises(Refusal, match="Only people of the agencies"):
        form(office, case_id, Grave.CLOSE, TEACHER)


def test_the_form_of_a_merge_shows_the_childs_other_open_case_to_those_who_may_see_it() -> None:
    office = Office()
    first, second = office.refer(), office.refer()
    reference = office.case(first).reference
    (choice,) = form(office, second, Grave.MERGE).subjects
    assert choice.code == reference
    assert choice.label == f"{reference}, Medium, referred Monday 23 November 2026 at 10:00am"
    case = office.case(first)
    hidden = replace(case, parties=tuple(party for party in case.parties if party.agency != "childrens-services"))
    office.store.state.cases[first] = hidden
    with pytest.raises(Refusal, match="that you may see"):
        form(office, second, Grave.MERGE, WORKER)
