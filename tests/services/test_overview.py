"""What waits for a person, their teams and the force; and which cases a person may look for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.directory import Shift
from bot.domain.errors import NotFound, Refusal
from bot.domain.ids import Reference, TeamId
from bot.domain.overview import OverviewPage, OwnCases
from bot.services import lookups
from bot.services.overview import overview, own_teams
from bot.services.week import week_so_far
from tests.builders import (
    CARE,
    CARE_LEAD,
    CHIEF,
    DIRECTORY,
    FRONT_DOOR,
    INSPECTOR,
    MONDAY,
    NIGHT_WORKER,
    NURSE,
    OFFICER,
    OTHER_OFFICER,
    OTHER_WORKER,
    POLICE,
    RESPONSE,
    SERGEANT,
    TEACHER,
    WORKER,
    actor,
    children,
    outsider,
    referral,
)
from tests.services.office import Office

HOUR = timedelta(hours=1)


def page(office: Office, person: object = WORKER) -> OverviewPage:
    return overview(actor(person), tools=office.tools)  # type: ignore[arg-type]  # a person's id


def references(rows: object) -> list[str]:
    return [row.reference for row in rows]  # type: ignore[attr-defined]  # rows of a page


def test_a_new_referral_waits_for_whoever_is_on_duty_and_is_late_after_its_time() -> None:
    office = Office()
    case_id = office.refer()
    found = page(office)
    assert references(found.waiting) == ["SG-26-00001"]
    assert (found.late, found.waiting[0].late) == ((), False)
    assert found.waiting[0].grade == "Medium"
    assert references(page(office, OTHER_WORKER).waiting) == ["SG-26-00001"]
    office.clock.to(office.deadline(case_id).due_at)
    assert references(page(office).late) == ["SG-26-00001"]
    assert page(office).waiting == ()


def test_once_somebody_has_it_it_waits_for_them_and_their_colleague_sees_it_with_the_team() -> None:
    office = Office()
    office.acknowledge(office.refer(), WORKER)
    mine, theirs = page(office), page(office, OTHER_WORKER)
    assert references(mine.waiting) == ["SG-26-00001"]
    assert theirs.waiting == ()
    assert theirs.team is not None
    assert (theirs.team.names, theirs.team.cases, references(theirs.team.rows)) == (("Front door",), 1, ["SG-26-00001"])
    assert mine.team is not None
    assert mine.team.rows == ()


def test_nobodys_own_referral_waits_for_them_to_acknowledge_it() -> None:
    office = Office()
    office.refer()
    (theirs,) = page(office, OFFICER).waiting
    (others,) = page(office, OTHER_OFFICER).waiting
    assert (theirs.owes, others.owes) == ("School told (Operation Encompass)", "Acknowledgement")
    assert references(page(office, OTHER_OFFICER).waiting) == ["SG-26-00001"]


def test_a_list_has_one_line_a_case_with_what_is_due_soonest() -> None:
    office = Office()
    case_id = office.refer()
    owed = [d for d in office.deadlines(case_id) if d.agency == CARE and d.is_open and d.pings]
    (row,) = page(office).waiting
    assert len(owed) > 1
    assert row.due_at == min(d.due_at for d in owed)


def test_somebody_who_is_not_on_duty_sees_nothing_of_another_agency() -> None:
    office = Office()
    office.refer()
    assert page(office, TEACHER).waiting == ()
    teacher = page(office, TEACHER).team
    assert teacher is not None
    assert (teacher.cases, teacher.rows) == (0, ())


def test_a_stranger_sees_their_drafts_and_nothing_else() -> None:
    office = Office()
    office.refer()
    who = outsider(CARE)
    office.draft(by=who)
    found = overview(who, tools=office.tools)
    assert (found.known, found.waiting, found.team, found.force) == (False, (), None, None)
    assert len(found.drafts) == 1


def test_only_the_forces_leads_and_chief_officers_are_shown_the_force() -> None:
    office = Office()
    case_id = office.refer()
    office.clock.to(office.deadline(case_id).due_at)
    for person in (INSPECTOR, CHIEF):
        force = page(office, person).force
        assert force is not None
        assert (force.open_cases, force.unowned, force.oldest_silent) == (1, 1, "SG-26-00001")
        assert sum(count for _, count in force.by_band) == 1
        assert {(agency.name, agency.late) for agency in force.agencies} >= {("Northmere Children's Social Care", 1)}
    for person in (OFFICER, SERGEANT, WORKER, CARE_LEAD):
        assert page(office, person).force is None


def test_whose_work_a_person_sees_follows_the_directory_and_todays_duty() -> None:
    assert own_teams(OFFICER, POLICE, DIRECTORY, MONDAY) == (RESPONSE,)
    assert own_teams(SERGEANT, POLICE, DIRECTORY, MONDAY) == (RESPONSE,)
    assert own_teams(INSPECTOR, POLICE, DIRECTORY, MONDAY) == (RESPONSE,)
    assert len(own_teams(CHIEF, POLICE, DIRECTORY, MONDAY)) == 8
    assert own_teams(CARE_LEAD, CARE, DIRECTORY, MONDAY) == (FRONT_DOOR, TeamId("emergency-duty"))
    night = Shift(FRONT_DOOR, NIGHT_WORKER, MONDAY, MONDAY + HOUR)
    lent = replace(DIRECTORY, shifts=(*DIRECTORY.shifts, night))
    assert own_teams(NIGHT_WORKER, CARE, lent, MONDAY) == (FRONT_DOOR, TeamId("emergency-duty"))


def test_a_persons_last_and_open_cases_are_offered_each_once() -> None:
    office = Office()
    cases = []
    for number in range(7):
        office.clock.move(HOUR / 60)
        cases.append(office.refer(referral(kids=children(f"44-000{number}"))))
    offered = lookups.choices(actor(OFFICER), tools=office.tools)
    assert [choice.id for choice in offered.last] == cases[:1:-1]
    assert [choice.id for choice in offered.held] == cases[:2]
    assert lookups.choices(actor(TEACHER), tools=office.tools) == OwnCases((), ())


@pytest.mark.parametrize(
    "typed", ["SG-26-00001", "sg-26-00001", "1", "00001", "SG-26-0000", "SG", "44-0001", "44 0001"]
)
def test_a_case_is_found_by_reference_or_own_record_number(typed: str) -> None:
    office = Office()
    office.refer()
    assert references(lookups.search(typed, actor(OFFICER), tools=office.tools)) == ["SG-26-00001"]


@pytest.mark.parametrize(
    "typed", ["", " ", "Canary", "%", "_", "SG-26-00002", "2", "44-000", "<!channel>", "1" * 40_000]
)
def test_nothing_else_finds_anything(typed: str) -> None:
    office = Office()
    office.refer(referral(narrative="Canary", kids=children("44-0001")))
    assert references(lookups.search(typed, actor(OFFICER), tools=office.tools)) == []


def test_a_search_finds_only_what_the_person_may_open() -> None:
    office = Office()
    office.refer()
    assert references(lookups.search("1", actor(WORKER), tools=office.tools)) == ["SG-26-00001"]
    for who in (actor(TEACHER), actor(NURSE), outsider(CARE)):
        assert references(lookups.search("1", who, tools=office.tools)) == []
    assert references(lookups.search("44-0001", actor(WORKER), tools=office.tools)) == []


def test_a_reference_that_is_not_there_and_one_that_is_not_theirs_are_answered_alike() -> None:
    office = Office()
    case_id = office.refer()
    assert lookups.own_case(Reference("SG-26-00001"), actor(WORKER), tools=office.tools) == case_id
    said = set()
    for reference, who in (
        ("SG-26-00001", actor(TEACHER)),
        ("SG-26-00009", actor(TEACHER)),
        ("SG-26-00009", actor(WORKER)),
    ):
        with pytest.raises(NotFound) as refused:
            lookups.own_case(Reference(reference), who, tools=office.tools)
        said.add(refused.value.sentence)
    assert said == {"There is no such case, or it is not one of yours."}


def test_the_week_so_far_is_the_teams_own_and_the_forces_for_its_leaders() -> None:
    office = Office()
    office.refer()
    office.clock.move(HOUR)
    theirs = week_so_far(actor(WORKER), tools=office.tools)
    assert theirs.title.endswith(": Front door")
    assert ("Open now", "1") in theirs.rows
    assert week_so_far(actor(TEACHER), tools=office.tools).rows[0] == ("Open now", "0")
    assert week_so_far(actor(CHIEF), tools=office.tools).title.endswith(": the whole force")
    with pytest.raises(Refusal, match="Only people named in the directory"):
        week_so_far(outsider(CARE), tools=office.tools)


def test_none_of_these_looks_writes_anything_or_wakes_the_engine() -> None:
    office = Office()
    office.refer()
    before, rung = office.store.state, office.bell.rung
    overview(actor(CHIEF), tools=office.tools)
    lookups.choices(actor(OFFICER), tools=office.tools)
    lookups.search("1", actor(OTHER_OFFICER), tools=office.tools)
    week_so_far(actor(OFFICER), tools=office.tools)
    assert (office.store.state, office.bell.rung) == (before, rung)
