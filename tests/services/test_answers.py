"""What people answer on a case beside acknowledging it: directions, how the request is read, feedback, sharing."""

from datetime import timedelta

import pytest

from bot.domain.commands import Direct, OnCase, RecordNumber, Share
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import AgencyId, CaseId, PersonId
from bot.domain.letters import LineLetter
from bot.services import directions, feedback, receiving, records, sharing
from tests.builders import (
    CARE_CHANNEL,
    CARE_LEAD,
    CARE_LEADER,
    EDUCATION,
    HEALTH,
    INSPECTOR,
    OFFICER,
    OTHER_OFFICER,
    OTHER_WORKER,
    SERGEANT,
    TEACHER,
    WORKER,
    actor,
    referral,
)
from tests.services.office import Office

HOUR = timedelta(hours=1)
CANARY = "Ring the CANARYAUNT."


def direct(office: Office, case_id: CaseId, by: PersonId = SERGEANT, to: PersonId = OFFICER, **given: str) -> str:
    until_at = office.clock.now() + 2 * HOUR
    command = Direct(case_id, to, until_at, given.get("what", CANARY), given.get("listed", ""))
    return directions.direct(command, actor(by), next(office.keys), tools=office.tools).text


def asked(office: Office, person: PersonId) -> list[LineLetter]:
    letters = [sent.outgoing.letter for sent in office.said_to(person)]
    return [letter for letter in letters if isinstance(letter, LineLetter) and letter.choices]


# ---- directions


def test_a_leaders_direction_is_a_deadline_that_climbs_and_its_words_are_in_no_message() -> None:
    office = Office()
    case_id = office.refer()
    direct(office, case_id)
    office.settle()
    (letter,) = asked(office, OFFICER)
    assert letter.text.startswith("SG-26-00001: Callum Thistlewood directs you. What is to be done stands in the case")
    assert [choice.label for choice in letter.choices] == ["Done"]
    owed = office.deadline(case_id, "direction", AgencyId("police"))
    assert owed.owner == OFFICER
    assert owed.due_at == office.clock.now() + 2 * HOUR
    assert any("Direction: Priya Fernsby" in line.title for line in office.cards_in(CARE_CHANNEL)[-1].case.owed)
    office.only(case_id, "direction")
    office.run_for(3 * 24 * HOUR)
    assert "due" in [name for _, name in office.steps_to(OFFICER)]
    assert len(office.steps_to(INSPECTOR)) > 0, "it climbs"
    assert "CANARYAUNT" not in str(office.messenger.sent)
    assert CANARY in [act.note for act in office.store.state.acts if act.case_id == case_id]


def test_a_direction_from_the_list_is_said_and_is_done_by_whoever_was_directed_alone() -> None:
    office = Office()
    case_id = office.refer()
    for to in (OFFICER, OTHER_OFFICER):
        direct(office, case_id, to=to, what="", listed="ring")
    office.settle()
    assert "directs you: Ring the other agency and record their answer. Due Monday" in asked(office, OFFICER)[-1].text
    first, second = (each for each in office.deadlines(case_id) if each.kind == "direction")
    with pytest.raises(Refusal, match=r"Priya Fernsby was directed\. Only they or a leader"):
        directions.direction_done(case_id, first.id, actor(OTHER_OFFICER), "1", tools=office.tools)
    directions.direction_done(case_id, first.id, actor(OFFICER), "2", tools=office.tools)
    still = {each.id: each.is_open for each in office.deadlines(case_id) if each.kind == "direction"}
    assert still == {first.id: False, second.id: True}


def test_only_leaders_direct_and_only_people_of_their_own_agency() -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(Refusal, match="Only a team leader, a lead or a chief officer can direct"):
        direct(office, case_id, by=OFFICER, to=OTHER_OFFICER)
    with pytest.raises(FormRefusal) as caught:
        direct(office, case_id, to=WORKER)
    assert caught.value.fields == {"to": "Select somebody of your own agency who works cases"}
    with pytest.raises(FormRefusal) as caught:
        direct(office, case_id, what="")
    assert set(caught.value.fields) == {"what"}


# ---- what is asked


def read_as(office: Office, case_id: CaseId, code: str, by: PersonId = WORKER) -> str:
    return receiving.read_as(OnCase(case_id), code, actor(by), next(office.keys), tools=office.tools).text


def test_a_request_read_as_it_was_meant_is_confirmed_and_tells_nobody() -> None:
    office = Office()
    case_id = office.refer()
    assert read_as(office, case_id, "act_now") == "SG-26-00001: confirmed as act now to protect the child."
    office.settle()
    assert office.lines_to(INSPECTOR) == office.lines_to(CARE_LEAD) == []
    assert "reads the request as “Act now" in str(office.cards_in(CARE_CHANNEL)[-1].case.notes)


def test_a_request_read_otherwise_than_it_was_meant_tells_both_leads_at_once() -> None:
    office = Office()
    read_as(office, office.refer(), "information_only")
    office.settle()
    for person in (INSPECTOR, CARE_LEAD):
        (line,) = office.lines_to(person)
        assert "asked for “Act now to protect the child”, and Northmere Children's Social Care reads it as" in line
    assert "which is not what was asked" in str(office.cards_in(CARE_CHANNEL)[-1].case.notes)


def test_the_agency_that_asked_does_not_say_how_it_is_read() -> None:
    office = Office()
    with pytest.raises(Refusal, match="Your agency asked for it"):
        read_as(office, office.refer(), "assess", OFFICER)


def test_whoever_cannot_help_says_why_and_their_leader_names_somebody_else_while_every_clock_runs_on() -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, WORKER)
    due = [(each.id, each.due_at) for each in office.deadlines(case_id)]
    acted_at = office.case(case_id).last_act_at
    office.run_for(HOUR)
    said = receiving.cannot_help(OnCase(case_id), "conflict", actor(WORKER), "1", tools=office.tools).text
    assert said.startswith("Harriet Willowmarsh is told that you cannot help")
    office.settle()
    assert "Nadia Elderflower cannot help: I know somebody in this case." in office.lines_to(CARE_LEADER)[-1]
    assert [(each.id, each.due_at) for each in office.deadlines(case_id)] == due
    assert office.case(case_id).last_act_at == acted_at


def test_an_agencys_own_number_is_on_the_card_and_must_hold_a_digit() -> None:
    office = Office()
    case_id = office.refer()
    receiving.give_number(RecordNumber(case_id, " LA  9001 "), actor(WORKER), "1", tools=office.tools)
    office.settle()
    lines = office.cards_in(CARE_CHANNEL)[-1].case.agencies
    assert [line.record_number for line in lines] == ["", "LA 9001"]
    with pytest.raises(FormRefusal):
        receiving.give_number(RecordNumber(case_id, "the aunt"), actor(WORKER), "2", tools=office.tools)


# ---- the referrer


def test_the_referrer_is_told_the_outcome_and_asked_and_what_was_owed_to_them_is_done() -> None:
    office = Office()
    case_id = office.refer()
    said = feedback.tell_referrer(OnCase(case_id), "enquiry", actor(WORKER), "1", tools=office.tools).text
    assert "Told of the outcome of SG-26-00001: Priya Fernsby." in said
    assert "answer to the referrer" in said
    office.settle()
    (letter,) = asked(office, OFFICER)
    assert "which you referred: An enquiry or assessment has been started. Told by Nadia Elderflower." in letter.text
    assert [choice.code for choice in letter.choices] == ["heard", "differ:outcome"]
    with pytest.raises(Refusal, match="Only whoever referred it"):
        feedback.heard(OnCase(case_id), actor(WORKER), "2", tools=office.tools)
    feedback.heard(OnCase(case_id), actor(OFFICER), "3", tools=office.tools)
    assert "referrer_heard" in office.audit("action_recorded")


# ---- sharing


def share(
    office: Office, case_id: CaseId, agency: AgencyId, *, shares: bool = True, reason: str = "", listed: str = ""
) -> str:
    command = Share(case_id, agency, shares, reason or ("" if listed else "They teach the child."), listed)
    return sharing.share(command, actor(OFFICER), next(office.keys), tools=office.tools).text


def test_a_further_agency_is_told_and_owes_its_own_acknowledgement_from_now() -> None:
    office = Office()
    case_id = office.refer(referral())
    before = {each.id for each in office.deadlines(case_id)}
    office.run_for(HOUR)
    assert share(office, case_id, EDUCATION).startswith("Shared SG-26-00001 with")
    fresh = [each for each in office.deadlines(case_id) if each.id not in before and each.kind == "acknowledgement"]
    assert [(each.agency, each.trigger_at) for each in fresh] == [(EDUCATION, office.clock.now())]
    office.settle()
    assert [name for _, name in office.steps_to(TEACHER)] == ["new referral"]
    with pytest.raises(FormRefusal) as caught:
        share(office, case_id, EDUCATION)
    assert set(caught.value.fields) == {"agency"}


def test_a_decision_not_to_share_is_kept_with_its_reason_and_tells_that_agency_nothing() -> None:
    office = Office()
    case_id = office.refer()
    said = share(office, case_id, HEALTH, shares=False, listed="harm")
    assert said.endswith("with the reason.")
    assert office.case(case_id).party(HEALTH) is None
    assert "Sharing now would put the child" in office.store.state.acts[-1].note
    with pytest.raises(FormRefusal) as caught:
        share(office, case_id, HEALTH, shares=False, reason="No.")
    assert caught.value.fields == {"reason": "Reason must be 20 characters or more"}
    assert OTHER_WORKER not in {act.by for act in office.store.state.acts}


# ---- what the opened case says


def test_the_opened_case_says_which_grades_it_was_given_by_whom_and_when() -> None:
    office = Office()
    case_id = office.refer(referral(grade=None))
    office.run_for(HOUR)
    office.grade(case_id, "medium", WORKER)
    office.run_for(HOUR)
    office.grade(case_id, "high", SERGEANT)
    opened = records.open_case(case_id, actor(OFFICER), tools=office.tools)
    assert [(each.by, each.label) for each in opened.grades] == [
        (OFFICER, "Not graded yet"),
        (WORKER, "Medium"),
        (SERGEANT, "High"),
    ]
    assert opened.grades[-1].at == office.clock.now()
    assert opened.staff[SERGEANT] == "Callum Thistlewood"
