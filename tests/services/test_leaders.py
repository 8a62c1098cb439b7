"""What leaders owe when posts change hands, words change, time passes and people are away; and what counts as a unit's own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.commands import Endorse, Evidence
from bot.domain.directory import Cover, Directory
from bot.domain.errors import Refusal
from bot.domain.ids import DepartmentId, PersonId, TeamId
from bot.domain.letters import StepLetter
from bot.domain.matters import EndorsementRow, Matter, MatterState, Stand
from bot.domain.notices import NoticeKind
from bot.services import counting, endorsements, leading, plan
from tests import builders as b
from tests.services.office import Office

NEW_LEAD = b.SERGEANT
RESPONSE = DepartmentId("response")
DONE = "Each open case was looked at again this month."


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def begun(office: Office) -> Office:
    """Leaders asked to endorse, the chief officer having done so."""
    endorsements.begin(b.actor(b.INSPECTOR), "begin", tools=office.tools)
    give(office, b.CHIEF)
    return office


def rows(office: Office) -> dict[str, EndorsementRow]:
    return {row.post: row for row in endorsements.endorsements(tools=office.tools)}


def give(office: Office, person: PersonId) -> str:
    matter = next(m for m in office.store.state.matters.values() if m.owner == person and m.is_open)
    return endorsements.endorse(
        Endorse(matter.id, agrees=True), b.actor(person), next(office.keys), tools=office.tools
    ).text


def look(office: Office) -> None:
    """The hourly look."""
    with office.store.write() as uow:
        leading.follow_leaders(uow, office.tools, office.clock.now())
        uow.commit()


def with_lead(office: Office, person: PersonId) -> None:
    """Another lead of response from now."""
    directory = office.rules.directory
    departments = dict(directory.departments)
    departments[RESPONSE] = replace(departments[RESPONSE], leads=(person,))
    office.rules.directory = replace(directory, departments=departments)


def test_nobody_is_asked_before_a_lead_begins_and_beginning_twice_asks_once(office: Office) -> None:
    office.run_for(timedelta(days=3))
    assert not office.notices(NoticeKind.MATTER)
    endorsements.begin(b.actor(b.INSPECTOR), "one", tools=office.tools)
    said = endorsements.begin(b.actor(b.INSPECTOR), "two", tools=office.tools).text
    assert said.startswith("Leaders are asked already")
    assert len(office.notices(NoticeKind.MATTER)) == 1


def test_a_post_that_changes_hands_is_asked_anew_and_the_old_clock_ends(begun: Office) -> None:
    old = rows(begun)["response"].matter
    assert old is not None
    with_lead(begun, NEW_LEAD)
    look(begun)
    assert begun.store.state.matters[old.id].state is MatterState.SUPERSEDED
    assert not any(d.is_open for d in begun.deadlines(old.id))
    now = rows(begun)["response"]
    assert (now.person, now.stand) == (NEW_LEAD, Stand.ASKED)
    look(begun)
    assert rows(begun)["response"].matter == now.matter


def test_a_new_version_of_the_statement_asks_everybody_anew_the_chief_officer_first(begun: Office) -> None:
    policy = begun.rules.policy
    begun.rules.policy = replace(policy, leadership=replace(policy.leadership, statement_version="2"), version="v2")
    look(begun)
    found = rows(begun)
    assert found["chief_officer"].stand is Stand.ASKED
    assert found["response"].stand is Stand.WAITS
    assert [m.state for m in begun.store.state.matters.values() if m.code == "1" and m.is_open] == []


def test_an_endorsement_is_asked_again_after_a_year_to_the_day(begun: Office) -> None:
    holds_until = rows(begun)["chief_officer"].holds_until
    assert holds_until is not None
    assert holds_until.date() == date(b.MONDAY.year + 1, b.MONDAY.month, b.MONDAY.day)
    begun.clock.to(holds_until - timedelta(hours=1))
    look(begun)
    assert rows(begun)["chief_officer"].stand is Stand.ENDORSED
    begun.clock.to(holds_until)
    look(begun)
    assert rows(begun)["chief_officer"].stand is Stand.ASKED


def test_only_the_leader_who_was_asked_can_answer_and_only_once(begun: Office) -> None:
    matter = rows(begun)["response"].matter
    assert matter is not None
    with pytest.raises(Refusal, match="Nobody else can answer for them"):
        endorsements.endorse(Endorse(matter.id, agrees=True), b.actor(b.CHIEF), "chief", tools=begun.tools)
    give(begun, b.INSPECTOR)
    again = endorsements.endorse(Endorse(matter.id, agrees=False), b.actor(b.INSPECTOR), "again", tools=begun.tools)
    assert "was answered already" in again.text
    assert rows(begun)["response"].stand is Stand.ENDORSED


def test_whoever_covers_for_a_leader_hears_and_no_duty_list_does(begun: Office) -> None:
    directory: Directory = begun.rules.directory
    until = begun.clock.now() + timedelta(days=30)
    away = Cover(b.INSPECTOR, b.SERGEANT, begun.clock.now(), until)
    begun.rules.directory = replace(directory, covers=(*directory.covers, away))
    begun.run_for(timedelta(days=8))
    steps = list(steps_of(begun, "response"))
    assert steps[0] == b.SERGEANT
    assert b.OFFICER not in steps
    assert b.OTHER_OFFICER not in steps


def steps_of(office: Office, post: str) -> Iterator[PersonId]:
    """Who was told of a late endorsement of a post, in order."""
    matter = rows(office)[post].matter
    for sent in office.messenger.sent:
        letter = sent.outgoing.letter
        if isinstance(letter, StepLetter) and matter is not None and letter.case.id == matter.id:
            yield PersonId(sent.to)


def test_a_late_chief_officer_is_told_to_the_control_channel_because_nobody_stands_above(office: Office) -> None:
    endorsements.begin(b.actor(b.INSPECTOR), "begin", tools=office.tools)
    office.run_for(timedelta(days=12))
    lines = office.lines_to(office.rules.directory.control_channel)
    assert any("nobody was there to be told at step 2 of leader's endorsement" in line for line in lines)
    assert rows(office)["response"].stand in {Stand.ASKED, Stand.LATE}


def test_a_matter_is_in_no_list_of_cases_and_in_no_count(begun: Office) -> None:
    with begun.store.read() as uow:
        assert list(uow.cases.listed()) == []
        week = uow.reports.week(team=None, from_at=b.MONDAY, until_at=b.MONDAY + timedelta(days=30))
        assert (week.open_now, week.late_now, week.unassigned) == (0, 0, 0)
        begun.clock.move(timedelta(days=30))
        picture = uow.overview.force(now=begun.clock.now())
        assert (picture.unowned, picture.oldest_silent) == (0, None)
        assert all(tally.late == 0 for tally in picture.by_agency.values())


# ---- the action plan


def planned(office: Office, owner: str = "response", due: str = "six_months") -> Matter:
    row = {"code": "R1", "wording": "Synthetic words.", "owner": owner, "due": due}
    plan.import_plan({"recommendation": [row]}, b.actor(b.CHIEF), dry=False, tools=office.tools)
    return next(iter(office.store.state.matters.values()))


def test_a_month_without_evidence_is_late_long_before_the_recommendation_is(office: Office) -> None:
    matter = planned(office)
    owed = {d.kind: d for d in office.deadlines(matter.id)}
    assert set(owed) == {"recommendation", "recommendation_met"}
    assert owed["recommendation"].due_at < matter.due_at == owed["recommendation_met"].due_at
    command = Evidence(matter.id, DONE)
    said = plan.evidence(command, b.actor(b.INSPECTOR), "k", tools=office.tools).text
    assert "The next word on it is due" in said
    assert len([d for d in office.deadlines(matter.id) if d.is_open]) == 2


def test_a_recommendation_goes_with_the_post_and_no_instant_of_it_moves(office: Office) -> None:
    matter = planned(office)
    before = {d.kind: d.due_at for d in office.deadlines(matter.id)}
    with_lead(office, NEW_LEAD)
    look(office)
    assert office.store.state.matters[matter.id].owner == NEW_LEAD
    assert {d.owner for d in office.deadlines(matter.id)} == {NEW_LEAD}
    assert {d.kind: d.due_at for d in office.deadlines(matter.id)} == before
    assert office.case(matter.id).owners == {NEW_LEAD}


def test_a_recommendation_of_somebody_who_left_goes_to_the_chief_officer(office: Office) -> None:
    matter = planned(office, owner=b.SERGEANT)
    directory = office.rules.directory
    people = {**directory.people, b.SERGEANT: replace(directory.people[b.SERGEANT], active=False)}
    office.rules.directory = replace(directory, people=people)
    look(office)
    assert office.store.state.matters[matter.id].owner == b.CHIEF


def test_a_plan_whose_day_has_passed_is_late_at_once_and_is_taken_all_the_same(office: Office) -> None:
    matter = planned(office, due="2020-03-31")
    assert matter.late_at(office.clock.now())
    office.run_for(timedelta(days=3))
    assert b.CHIEF in [sent.to for sent in office.messenger.sent if isinstance(sent.outgoing.letter, StepLetter)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "owner is missing"),
        ({"code": "R1", "wording": "W", "owner": "front-door", "due": "immediately"}, "owner must be chief_officer"),
        ({"code": "R1", "wording": "W", "owner": "response", "due": "soon"}, "due must be one of immediately"),
        ({"code": "R1", "wording": "", "owner": "response", "due": "immediately"}, "wording is missing"),
        (
            {"code": "R1", "wording": "W", "owner": "response", "due": "immediately", "who": "x"},
            "There is no key 'who'",
        ),
        ("R1", "The row must be a table"),
    ],
)
def test_a_row_that_is_no_recommendation_comes_back_with_what_is_wrong(
    office: Office, row: object, reason: str
) -> None:
    found = plan.import_plan({"recommendation": [row]}, b.actor(b.CHIEF), dry=False, tools=office.tools)
    assert found.taken == ()
    assert found.returned[0].reason.startswith(reason)


# ---- counts


def test_a_referral_counts_for_the_unit_of_whoever_made_it_wherever_it_was_sent(office: Office) -> None:
    office.refer()
    office.clock.move(timedelta(days=1))
    (found,) = [each for each in counting.table(1, tools=office.tools) if each.held]
    assert found.unit == b.RESPONSE


def test_a_count_of_a_day_long_ago_asks_nobody_else_for_theirs_and_its_own_difference_is_told(office: Office) -> None:
    lead, long_ago = b.actor(b.INSPECTOR), office.clock.now().date() - timedelta(days=9)
    counting.give(TeamId("custody"), long_ago, 2, lead, "k", tools=office.tools)
    look(office)
    assert [matter.post for matter in office.store.state.matters.values()] == ["custody"]


def test_before_anybody_counted_nothing_is_asked_for(office: Office) -> None:
    office.refer()
    office.clock.move(timedelta(days=10))
    look(office)
    assert not office.store.state.matters


def test_a_department_without_a_referral_is_named_and_none_differs_from_silence(office: Office) -> None:
    office.refer()
    day = office.clock.now().date()
    for number in range(7):
        custody = day - timedelta(days=number)
        counting.give(TeamId("custody"), custody, 0, b.actor(b.INSPECTOR), next(office.keys), tools=office.tools)
    office.clock.move(timedelta(days=1))
    with office.store.read() as uow:
        lines = dict(leading.leaders_lines(uow, office.tools, office.clock.now()))
    silent = lines["Departments without a referral in seven days"]
    assert silent.startswith("counted, none: Custody; not reported: Criminal investigation, ")
    assert "Response" not in silent
