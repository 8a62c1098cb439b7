"""Noise is a fault: one message per person, case and tick, none within five minutes of another, no sleep broken for nothing."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.ids import PersonId
from bot.domain.letters import StepLetter
from bot.domain.notices import NoticeKind, NoticeState
from bot.services.steps import quiet_until
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    DIRECTORY,
    MONDAY,
    NIGHT_WORKER,
    OFFICER,
    OTHER_OFFICER,
    POLICE,
    POLICY,
    RESPONSE_CHANNEL,
    SERGEANT,
    WORKER,
    away,
    referral,
)
from tests.services.office import Office

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
P1 = referral("physical", "immediate_danger")
NIGHT_LEADER = PersonId("zainab-nightingale-fox")
"""The supervisor of whoever is on duty for social care at night."""


def instants_to(office: Office, person: PersonId) -> list[datetime]:
    return [sent.at for sent in office.said_to(person) if isinstance(sent.outgoing.letter, StepLetter)]


def test_everything_that_is_due_to_one_person_on_one_case_in_one_tick_is_one_message() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.run_to(MONDAY + 10 * MINUTE)
    before = len(office.said_to(SERGEANT))
    office.down_until(MONDAY + 31 * MINUTE)
    (message,) = office.said_to(SERGEANT)[before:]
    letter = message.outgoing.letter
    assert isinstance(letter, StepLetter)
    assert {(item.title, item.agency_name) for item in letter.items} == {
        ("Acknowledgement", "Northmere Police"),
        ("Acknowledgement", "Northmere Children's Social Care"),
    }
    assert {item.missed for item in letter.items} == {("due",)}
    assert office.deadline(case_id).done == 2


def test_somebody_in_two_roles_gets_one_message_saying_both() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=POLICE)
    office.run_to(MONDAY + 15 * MINUTE)
    (message,) = [s for s in office.said_to(OFFICER) if s.at == MONDAY + 15 * MINUTE]
    letter = message.outgoing.letter
    assert isinstance(letter, StepLetter)
    assert set(letter.roles) == {"person on duty or owner", "referrer"}


def test_a_message_lists_whatever_else_the_readers_agency_is_late_with_on_the_case() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", "first_action")
    office.run_to(MONDAY + 2 * HOUR)
    letter = office.said_to(CARE_LEADER)[-1].outgoing.letter
    assert isinstance(letter, StepLetter)
    assert {item.title for item in letter.items} == {"First protective action", "Acknowledgement"}
    assert all(item.agency_name == "Northmere Children's Social Care" for item in letter.items)


def test_no_person_is_told_twice_about_one_case_within_five_minutes() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.run_for(6 * HOUR)
    for person in DIRECTORY.people:
        found = instants_to(office, person)
        assert all(later - earlier >= 5 * MINUTE for earlier, later in pairwise(found)), person
    assert office.deadline(case_id).done == 5


def test_a_second_reminder_within_five_minutes_waits_and_takes_the_first_ones_place_if_that_waits_too() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.settle()
    for minutes in (1, 2, 3):
        office.clock.to(MONDAY + minutes * MINUTE)
        office.escalate(case_id, OTHER_OFFICER)
        office.settle()
    office.run_to(MONDAY + 5 * MINUTE - timedelta(seconds=1))
    assert instants_to(office, WORKER) == [MONDAY]
    office.run_to(MONDAY + 5 * MINUTE)
    assert instants_to(office, WORKER) == [MONDAY, MONDAY + 5 * MINUTE]


def test_a_higher_band_does_not_wait_five_minutes() -> None:
    office = Office()
    case_id = office.refer(referral("physical", "amber"))
    office.only(case_id, "acknowledgement", agency=CARE)
    office.run_to(MONDAY + 3 * HOUR)
    office.clock.move(2 * MINUTE)
    office.grade(case_id, "immediate_danger", OTHER_OFFICER)
    office.settle()
    assert instants_to(office, PersonId("marguerite-stormvale")) == [MONDAY + 3 * HOUR + 2 * MINUTE]


def test_two_cases_are_two_messages() -> None:
    office = Office()
    office.refer(P1)
    office.refer(P1)
    office.settle()
    assert instants_to(office, WORKER) == [MONDAY, MONDAY]


def test_a_thread_gets_one_message_for_a_tick_and_names_everybody_told() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.run_to(MONDAY + 15 * MINUTE)
    (line,) = [s for s in office.said_to(CARE_CHANNEL) if s.thread]
    letter = line.outgoing.letter
    assert isinstance(letter, StepLetter)
    assert set(letter.told) == {"Nadia Elderflower", "Owen Saltmarsh", "Harriet Willowmarsh", "Priya Fernsby"}
    assert not [s for s in office.said_to(RESPONSE_CHANNEL) if s.thread]


# ---- quiet hours


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-23T19:59", None),
        ("2026-11-23T20:00", "2026-11-24T07:00"),
        ("2026-11-24T00:00", "2026-11-24T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-11-24T07:00", None),
        # In summer London is an hour ahead of UTC.
        ("2026-07-01T18:59", None),
        ("2026-07-01T19:00", "2026-07-02T06:00"),
        # The night on which the clocks go back is an hour longer.
        ("2026-10-24T19:00", "2026-10-25T07:00"),
    ],
)
def test_quiet_hours_are_eight_in_the_evening_to_seven_in_london(at: str, until: str | None) -> None:
    instant = datetime.fromisoformat(at + "+00:00")
    expected = datetime.fromisoformat(until + "+00:00") if until else instant
    assert quiet_until(instant, POLICY.notices.quiet_from, POLICY.notices.quiet_until) == expected


@pytest.mark.parametrize(("concern", "grade"), [("physical", "immediate_danger"), ("domestic_abuse", "high")])
def test_quiet_hours_never_hold_the_two_highest_bands(concern: str, grade: str) -> None:
    office = Office()
    office.clock.to(MONDAY + 12 * HOUR)
    case_id = office.refer(referral(concern, grade))
    office.only(case_id, "acknowledgement", agency=CARE)
    office.run_for(2 * HOUR)
    due = office.deadline(case_id).due_at
    assert due in instants_to(office, NIGHT_LEADER)
    assert due in instants_to(office, NIGHT_WORKER)


def test_at_night_a_reminder_of_the_lower_bands_waits_until_seven_and_its_due_instant_stays() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"))
    office.only(case_id, "acknowledgement", agency=CARE)
    office.down_until(MONDAY + 11 * HOUR)
    assert office.deadline(case_id).done == 1
    assert not instants_to(office, NIGHT_LEADER)
    office.run_to(MONDAY + 22 * HOUR)
    assert instants_to(office, NIGHT_LEADER) == [MONDAY + 21 * HOUR]
    assert office.deadline(case_id).due_at == MONDAY + 4 * HOUR


def test_a_deadline_that_runs_on_the_fastest_clock_is_not_silenced_by_a_lower_first_grade() -> None:
    office = Office()
    office.clock.to(MONDAY + 12 * HOUR)
    case_id = office.refer(referral(grade=None))
    office.grade(case_id, "medium", OTHER_OFFICER)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.run_for(30 * MINUTE)
    assert MONDAY + 12 * HOUR + 15 * MINUTE in instants_to(office, NIGHT_LEADER)


def test_after_a_night_of_waiting_a_person_gets_one_message_about_a_case_and_not_a_burst() -> None:
    office = Office()
    office.clock.to(MONDAY + 9 * HOUR)
    case_id = office.refer(referral("domestic_abuse", "medium"))
    office.clock.to(MONDAY + 11 * HOUR)
    for _ in range(4):
        office.escalate(case_id, OTHER_OFFICER)
        office.clock.move(30 * MINUTE)
        office.settle()
    office.run_to(MONDAY + 21 * HOUR + 30 * MINUTE)
    for person in (SERGEANT, CARE_LEADER):
        assert instants_to(office, person) == [MONDAY + 21 * HOUR], person
    letter = office.said_to(CARE_LEADER)[-1].outgoing.letter
    assert isinstance(letter, StepLetter)
    titles = [(item.title, item.agency_name) for item in letter.items]
    assert len(titles) == len(set(titles))


def test_a_reminder_whose_people_are_all_away_reaches_nobody_twice() -> None:
    office = Office()
    office.rules.directory = away(DIRECTORY, CARE_LEADER, SERGEANT)
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.run_to(MONDAY + 31 * MINUTE)
    assert office.deadline(case_id).done == 3
    office.run_to(MONDAY + 50 * MINUTE)
    assert len(instants_to(office, PersonId("chidi-lavenham"))) == 1
    assert not office.notices(NoticeKind.STEP, state=NoticeState.PENDING)
