"""A step's roles become named people at the moment it is due, and a step with nobody is never a silence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.deadlines import Due, Ending, EndingKind, due_step, end
from bot.domain.directory import Cover, Directory, Shift
from bot.domain.escalation import Told, case_seats, counterpart, next_told, take
from bot.domain.ids import AgencyId, PersonId
from bot.domain.policy import Band, Role
from tests.builders import (
    CARE,
    CARE_EXECUTIVE,
    CARE_HEAD,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    DIRECTORY,
    EDUCATION,
    FRONT_DOOR,
    INSPECTOR,
    MONDAY,
    NIGHT_WORKER,
    OFFICER,
    OTHER_OFFICER,
    OTHER_WORKER,
    POLICE,
    POLICY,
    RESPONSE,
    SERGEANT,
    SUPERINTENDENT,
    WORKER,
    a_case,
    a_deadline,
    away,
)

CALENDAR = POLICY.calendar
DAY = timedelta(days=1)


def told_at(step: int, agency: AgencyId = CARE, directory: Directory = DIRECTORY, band: Band = Band.P1) -> Told:
    """What a step of an acknowledgement comes to at its instant."""
    deadline = a_deadline(band, agency=agency)
    due = Due(deadline.plan.steps[step], (), 0)
    return take(a_case(band), deadline, due, directory, CALENDAR, due.step.at)


def people(told: Told) -> set[PersonId]:
    return {recipient.person for recipient in told.recipients}


@pytest.mark.parametrize(
    ("step", "agency", "reached"),
    [
        (0, CARE, {WORKER, OTHER_WORKER}),
        (1, CARE, {WORKER, OTHER_WORKER, CARE_LEADER, OFFICER}),
        (2, CARE, {CARE_LEADER, SERGEANT}),
        (3, CARE, {INSPECTOR, CARE_LEAD}),
        (4, CARE, {SUPERINTENDENT, CARE_HEAD}),
        (5, CARE, {CHIEF, CARE_EXECUTIVE}),
        (0, POLICE, {OFFICER, OTHER_OFFICER}),
        (1, POLICE, {OFFICER, OTHER_OFFICER, SERGEANT}),
        (2, POLICE, {CARE_LEADER, SERGEANT}),
        (3, POLICE, {INSPECTOR, CARE_LEAD}),
        (4, POLICE, {SUPERINTENDENT, CARE_HEAD}),
        (5, POLICE, {CHIEF, CARE_EXECUTIVE}),
    ],
)
def test_each_step_reaches_the_named_people_of_both_agencies(
    step: int, agency: AgencyId, reached: set[PersonId]
) -> None:
    told = told_at(step, agency)
    assert people(told) == reached
    assert not told.fell_through
    assert not told.nobody


def test_somebody_in_two_roles_is_one_recipient_with_both() -> None:
    told = told_at(1, POLICE)
    both = [recipient.roles for recipient in told.recipients if recipient.person == OFFICER]
    assert both == [(Role.OWNER, Role.REFERRER)]


def test_the_owner_and_whoever_is_on_duty_now_are_both_told() -> None:
    case = a_case(Band.P1)
    party = case.party(CARE)
    assert party is not None
    case = case.with_party(replace(party, owner=CARE_LEADER))
    deadline = a_deadline(Band.P1)
    told = take(case, deadline, Due(deadline.plan.steps[0], (), 0), DIRECTORY, CALENDAR, MONDAY)
    assert people(told) == {CARE_LEADER, WORKER, OTHER_WORKER}


def test_people_are_resolved_when_the_step_is_sent_not_when_the_case_was_opened() -> None:
    deadline = a_deadline(Band.P1)
    shift = Shift(FRONT_DOOR, NIGHT_WORKER, MONDAY + timedelta(minutes=5), MONDAY + DAY)
    directory = replace(DIRECTORY, shifts=(shift,), covers=())
    due = due_step(deadline, deadline.plan.steps[0].at, CALENDAR)
    assert due is not None
    assert people(take(a_case(Band.P1), deadline, due, directory, CALENDAR, due.step.at)) == {NIGHT_WORKER}


def test_somebody_away_is_replaced_by_whoever_covers_them() -> None:
    cover = Cover(SUPERINTENDENT, PersonId("obinna-larchfield"), MONDAY - DAY, MONDAY + DAY)
    told = told_at(4, directory=replace(DIRECTORY, covers=(cover,)))
    assert people(told) == {PersonId("obinna-larchfield"), CARE_HEAD}


def test_covers_that_go_round_in_a_circle_count_as_nobody_and_the_step_falls_through() -> None:
    covers = (
        Cover(WORKER, OTHER_WORKER, MONDAY - DAY, MONDAY + DAY),
        Cover(OTHER_WORKER, WORKER, MONDAY - DAY, MONDAY + DAY),
    )
    told = told_at(0, directory=replace(DIRECTORY, covers=covers, shifts=()))
    assert told.fell_through == (0,)
    assert told.due.step.number == 1


def test_a_step_with_nobody_falls_through_to_the_next_in_the_same_tick() -> None:
    directory = away(DIRECTORY, INSPECTOR, CARE_LEAD)
    told = told_at(3, directory=directory)
    assert told.fell_through == (3,)
    assert told.due.step.number == 4
    assert told.due.missed == (3,)
    assert people(told) == {SUPERINTENDENT, CARE_HEAD}
    assert told.deadline.done == 4
    assert told.deadline.next_at == MONDAY + timedelta(hours=2, minutes=15)
    assert not told.nobody


def test_several_steps_with_nobody_fall_through_to_the_first_that_has_somebody() -> None:
    directory = away(DIRECTORY, SERGEANT, CARE_LEADER, INSPECTOR, CARE_LEAD)
    told = told_at(2, directory=directory)
    assert told.fell_through == (2, 3)
    assert people(told) == {SUPERINTENDENT, CARE_HEAD}


def test_the_referrer_alone_does_not_make_a_step_told() -> None:
    directory = away(DIRECTORY, WORKER, OTHER_WORKER, CARE_LEADER)
    told = told_at(1, directory=replace(directory, shifts=()))
    assert told.fell_through == (1,)
    assert people(told) == {SERGEANT}


def test_nobody_at_the_partners_top_still_reaches_the_chief_officer() -> None:
    told = told_at(5, directory=away(DIRECTORY, CARE_EXECUTIVE))
    assert people(told) == {CHIEF}
    assert not told.fell_through


def test_nobody_at_any_step_and_no_chief_leaves_the_control_channel() -> None:
    everybody = [person for person in DIRECTORY.people if person != OFFICER]
    told = told_at(0, directory=replace(away(DIRECTORY, *everybody), shifts=()))
    assert told.nobody
    assert told.recipients == ()
    assert told.fell_through == (0, 1, 2, 3, 4, 5)
    assert told.deadline.next_at is not None


def test_when_a_ladder_that_stops_below_the_top_has_nobody_the_chief_officer_is_told() -> None:
    nobody = away(DIRECTORY, WORKER, OTHER_WORKER, CARE_LEADER, SERGEANT)
    deadline = a_deadline(Band.P1, kind="graded")
    due = Due(deadline.plan.steps[0], (), 0)
    told = take(a_case(Band.P1), deadline, due, replace(nobody, shifts=()), CALENDAR, MONDAY)
    assert people(told) == {CHIEF}
    assert told.fell_through == (0, 1, 2)
    assert not told.nobody


def test_a_leaver_is_nobody() -> None:
    gone = replace(DIRECTORY.people[SUPERINTENDENT], active=False)
    directory = replace(DIRECTORY, people={**DIRECTORY.people, SUPERINTENDENT: gone})
    assert people(told_at(4, directory=directory)) == {CARE_HEAD}


def test_the_other_agency_of_the_police_is_social_care_and_of_a_partner_the_police() -> None:
    case = a_case()
    assert counterpart(case, CARE, DIRECTORY) == POLICE
    assert counterpart(case, POLICE, DIRECTORY) == CARE
    school = replace(case.parties[1], agency=EDUCATION)
    with_school = replace(case, parties=(case.parties[0], school, case.parties[1]))
    assert counterpart(with_school, POLICE, DIRECTORY) == CARE
    assert counterpart(replace(case, parties=(case.parties[0], school)), POLICE, DIRECTORY) == EDUCATION
    assert counterpart(replace(case, parties=case.parties[:1]), POLICE, DIRECTORY) is None


def test_with_only_the_police_told_the_ladder_climbs_inside_the_force() -> None:
    case = replace(a_case(Band.P1), parties=a_case().parties[:1])
    deadline = a_deadline(Band.P1, agency=POLICE)
    reached = [
        people(take(case, deadline, Due(step, (), 0), DIRECTORY, CALENDAR, step.at)) for step in deadline.plan.steps[2:]
    ]
    assert reached == [{SERGEANT}, {INSPECTOR}, {SUPERINTENDENT}, {CHIEF}]
    assert deadline.team == RESPONSE


def test_the_card_names_the_next_step_and_whom_it_would_reach() -> None:
    told = next_told(a_case(Band.P1), a_deadline(Band.P1), DIRECTORY, MONDAY)
    assert told is not None
    step, reached = told
    assert step.number == 0
    assert set(reached) == {WORKER, OTHER_WORKER}


def test_at_the_top_the_card_names_the_last_step() -> None:
    deadline = replace(a_deadline(Band.P1), done=5)
    told = next_told(a_case(Band.P1), deadline, DIRECTORY, datetime(2026, 11, 23, 20, tzinfo=UTC))
    assert told is not None
    assert (told[0].number, set(told[1])) == (5, {CHIEF, CARE_EXECUTIVE})


def test_what_has_ended_or_is_only_shown_has_no_next_step() -> None:
    quiet = a_deadline(Band.P3, kind="share_decision", agency=POLICE)
    assert next_told(a_case(), quiet, DIRECTORY, MONDAY) is None
    met = end(a_deadline(Band.P1), Ending(EndingKind.MET, MONDAY, OFFICER))
    assert next_told(a_case(Band.P1), met, DIRECTORY, MONDAY) is None


def test_what_concerns_a_whole_case_is_told_from_the_seats_of_police_and_partner() -> None:
    seats = case_seats(a_case(), DIRECTORY)
    assert (seats.police_team, seats.partner_team, seats.owner) == (RESPONSE, FRONT_DOOR, None)
    alone = case_seats(replace(a_case(), parties=a_case().parties[:1]), DIRECTORY)
    assert (alone.team, alone.partner_team) == (RESPONSE, None)
