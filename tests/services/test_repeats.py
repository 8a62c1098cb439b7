"""Cumulative risk: a child's earlier referrals, joined by any of their references, raise the floor and tell the lead."""

from datetime import timedelta

import pytest

from bot.domain.authorisation import Grave
from bot.domain.cases import Child, ChildReference
from bot.domain.directory import AgencyKind
from bot.domain.ids import CaseId, PersonId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.policy import Band
from bot.domain.risk import Answer
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CHIEF,
    CONTROL,
    EDUCATION,
    INSPECTOR,
    MONDAY,
    OFFICER,
    POLICE,
    SUPERINTENDENT,
    TEACHER,
    WORKER,
    away,
    children,
    outsider,
    referral,
)
from tests.services.office import Office
from tests.services.test_decisions import do

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
GREEN = referral("neglect", "green")


def known(*references: tuple[str, str]) -> tuple[Child, ...]:
    return (Child(1, tuple(ChildReference(kind, value) for kind, value in references)),)


def told_of(office: Office, floor: str) -> list[str]:
    return [notice.destination.id for notice in office.notices(NoticeKind.FLOOR) if notice.payload["floor"] == floor]


def after(
    office: Office, *gaps: timedelta, by: PersonId = OFFICER, concern: str = "neglect", grade: str = "green"
) -> CaseId:
    """A referral, and then one more after each gap; the last of them."""
    case_id = office.refer(referral(concern, grade), by=by)
    for gap in gaps:
        office.clock.move(gap)
        case_id = office.refer(referral(concern, grade), by=by)
    return case_id


# ---- the third referral


def test_the_third_referral_in_twelve_months_is_at_least_p3_and_tells_the_department_lead_once() -> None:
    office = Office()
    case_id = after(office, 40 * DAY, 40 * DAY)
    case = office.case(case_id)
    assert (case.floors, case.band, case.referral_number) == (("third_referral",), Band.P3, 3)
    assert told_of(office, "third_referral") == [INSPECTOR]
    office.settle()
    said = f"{case.reference}: Floor: third referral in 12 months. You are told as department lead."
    assert [line for line in office.lines_to(INSPECTOR) if "third" in line] == [said]
    office.answer(case_id, "open_plan", Answer.NO)
    office.grade(case_id, "red", WORKER)
    assert told_of(office, "third_referral") == [INSPECTOR]


@pytest.mark.parametrize(("late", "number"), [(timedelta(0), 3), (SECOND, 2)])
def test_the_edge_of_the_twelve_months_is_the_whole_first_day(late: timedelta, number: int) -> None:
    office = Office()
    office.clock.to(MONDAY.replace(hour=23, minute=59, second=59))
    office.refer(GREEN)
    office.clock.to(MONDAY.replace(month=12, day=1))
    office.refer(GREEN)
    office.clock.to(MONDAY.replace(year=2027, hour=23, minute=59, second=59) + late)
    case_id = office.refer(GREEN)
    assert office.case(case_id).referral_number == number
    assert (office.case(case_id).band is Band.P3) is (number == 3)


def test_the_card_says_which_referral_it_is_and_names_nobody() -> None:
    office = Office()
    after(office, DAY)
    office.settle()
    notes = [card.case.notes for card in office.cards_in(CARE_CHANNEL)]
    assert notes == [(), ("2nd referral about the same child in 12 months",)]
    assert "44-0001" not in str(office.messenger.sent)


def test_a_draft_tells_nobody_what_is_known_of_a_child() -> None:
    office = Office()
    after(office, DAY, DAY)
    office.clock.move(DAY)
    assert office.draft(GREEN).notes == ()
    stranger = office.referred(GREEN, by=outsider(POLICE))
    assert stranger.floors == ()
    assert any("third referral" in words for words in office.referred(GREEN).floors)


def test_a_confirmation_tells_a_stranger_what_the_review_did_and_nothing_of_the_childs_history() -> None:
    office = Office()
    after(office, DAY, DAY)
    office.clock.move(DAY)
    review = office.draft(GREEN, outsider())
    answer = office.referred(GREEN, by=outsider(), agencies=(CARE,))
    assert answer.grade == review.grade
    promised = {choice.name: choice.acknowledge_by for choice in (*review.agencies, *review.always_told)}
    assert answer.told
    assert all(promised[name] == due_at for name, due_at in answer.told)
    assert answer.first_action_by == review.first_action_by
    assert office.case(answer.case_id).band is Band.P3


# ---- joining


def test_any_of_several_references_joins_the_referrals_of_two_agencies() -> None:
    office = Office()
    for each in ([("police", "44-7001")], [("council", "LA 7001"), ("police", "44 7001")], [("council", "la-7001")]):
        case_id = office.refer(referral("neglect", "green", kids=known(*each)))
        office.clock.move(40 * DAY)
    assert office.case(case_id).referral_number == 3


def test_a_brother_or_sister_on_an_earlier_case_is_not_the_same_child() -> None:
    office = Office()
    office.refer(referral("neglect", "green", kids=children("44-0001", "44-0002")))
    office.refer(referral("neglect", "green", kids=children("44-0002", "44-0003")))
    case_id = office.refer(referral("neglect", "green", kids=children("44-0001")))
    assert office.case(case_id).referral_number == 2


def test_a_child_without_a_reference_joins_nothing() -> None:
    office = Office()
    office.refer(referral(kids=()))
    assert office.case(office.refer(referral(kids=()))).referral_number == 1


# ---- missing episodes, agencies, no further action


@pytest.mark.parametrize(("late", "fires"), [(timedelta(0), True), (SECOND, False)])
def test_three_missing_episodes_in_thirty_days_raise_a_level_and_open_the_meeting(
    late: timedelta, *, fires: bool
) -> None:
    office = Office()
    case_id = after(office, 15 * DAY, 15 * DAY + late, concern="missing", grade="medium")
    case = office.case(case_id)
    assert ("missing_three_times" in case.floors) is fires
    assert case.effective_grade == ("high" if fires else "medium")
    assert [d.kind for d in office.deadlines(case_id) if d.kind == "repeat_missing_meeting"] == (
        ["repeat_missing_meeting"] if fires else []
    )
    assert (INSPECTOR in told_of(office, "missing_three_times")) is fires


@pytest.mark.parametrize(("late", "fires"), [(timedelta(0), True), (SECOND, False)])
def test_two_agencies_within_seven_days_raise_the_floor(late: timedelta, *, fires: bool) -> None:
    office = Office()
    office.refer(GREEN)
    office.clock.move(7 * DAY + late)
    case_id = office.refer(GREEN, by=WORKER)
    assert ("two_agencies" in office.case(case_id).floors) is fires
    assert (office.case(case_id).band is Band.P3) is fires


@pytest.mark.parametrize(("late", "fires"), [(timedelta(0), True), (SECOND, False)])
def test_no_further_action_within_thirty_days_raises_the_floor_of_a_new_concern(
    late: timedelta, *, fires: bool
) -> None:
    office = Office()
    first = office.refer(GREEN)
    for code in ("referrer_told", "child_seen", "record_system_ref"):
        office.act(first, code)
    office.clock.move(10 * DAY)
    do(office, first, Grave.NO_FURTHER_ACTION)
    office.clock.move(30 * DAY + late)
    case_id = office.refer(referral("emotional", "green"))
    assert ("recent_no_further_action" in office.case(case_id).floors) is fires


# ---- nobody there, schools


@pytest.mark.parametrize(
    ("gone", "instead"),
    [
        ((INSPECTOR,), SUPERINTENDENT),
        ((INSPECTOR, SUPERINTENDENT), CHIEF),
        ((INSPECTOR, SUPERINTENDENT, CHIEF), CONTROL),
    ],
)
def test_with_no_department_lead_there_whoever_is_above_is_told(gone: tuple[PersonId, ...], instead: str) -> None:
    office = Office()
    office.rules.directory = away(office.rules.directory, *gone)
    after(office, DAY, DAY)
    assert told_of(office, "third_referral") == [instead]
    place = Destination.channel(CONTROL) if instead == CONTROL else Destination.person(PersonId(instead))
    assert office.notices(NoticeKind.FLOOR)[0].destination == place


def test_a_school_that_refers_is_answered_the_same_school_day() -> None:
    office = Office()
    assert office.rules.directory.agencies[EDUCATION].kind is AgencyKind.EDUCATION
    case_id = office.refer(GREEN, by=TEACHER)
    assert office.case(case_id).flags == {"school_referral"}
    assert office.deadline(case_id, "school_referrer_told", CARE).due_at == MONDAY.replace(hour=15, minute=30)
    assert not office.case(office.refer(GREEN)).flags
