"""Recording an act with what it asks: when it was done, whom it names, a link; and who may record it."""

from datetime import datetime, timedelta

import pytest

from bot.domain.commands import OnCase, RecordAct
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import CaseId, PersonId
from bot.services import recording
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    CHIEF,
    INSPECTOR,
    MONDAY,
    OFFICER,
    OTHER_OFFICER,
    POLICE,
    SERGEANT,
    SUPERINTENDENT,
    TEACHER,
    WORKER,
    actor,
    referral,
)
from tests.services.office import Office

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = MONDAY + 10 * HOUR


def opened(concern: str = "missing", grade: str = "medium") -> tuple[Office, CaseId]:
    office = Office()
    return office, office.refer(referral(concern, grade))


def record(
    office: Office,
    case_id: CaseId,
    code: str,
    by: PersonId = OFFICER,
    *,
    at: datetime | None = None,
    who: PersonId | None = None,
    link: str = "",
) -> str:
    command = RecordAct(case_id, code, done_at=at, named=who, link=link)
    return recording.record(command, actor(by), next(office.keys), tools=office.tools).text


def test_the_return_home_interview_is_due_72_hours_after_the_return_and_not_after_its_recording() -> None:
    office, case_id = opened()
    office.clock.to(LATER)
    said = record(office, case_id, "child_found", at=MONDAY + 4 * HOUR)
    assert office.deadline(case_id, "return_interview").due_at == MONDAY + 76 * HOUR
    assert "Prevention interview: due Tuesday 24 November 2026 at 2:00pm." in said
    assert "independent of the child's care: due Thursday 26 November 2026 at 2:00pm." in said
    assert office.store.state.acts[-1].done_at == MONDAY + 4 * HOUR


def test_what_a_return_ends_undone_is_not_called_done() -> None:
    office, case_id = opened()
    said = record(office, case_id, "child_found")
    assert "Done with it: first action to find the child, first protective action." in said
    assert "No longer owed: supervisor's review, strategy discussion on a child still missing" in said
    endings = {d.kind: d.ending.kind for d in office.deadlines(case_id) if d.ending is not None}
    assert (endings["supervisor_review"], endings["missing_first_action"]) == ("superseded", "met")
    office.settle()
    owed = {line.title for line in office.cards_in(CARE_CHANNEL)[-1].case.owed}
    assert "First action to find the child" in owed
    assert "Supervisor's review" not in owed


@pytest.mark.parametrize(("at", "words"), [(MINUTE, "must be in the past"), (365 * 24 * HOUR, "must be in the past")])
def test_nothing_is_found_in_the_future(at: timedelta, words: str) -> None:
    office, case_id = opened()
    with pytest.raises(FormRefusal) as refused:
        record(office, case_id, "child_found", at=MONDAY + at)
    assert list(refused.value.fields) == ["when"]
    assert words in refused.value.fields["when"]
    assert not office.store.state.acts


def test_a_review_of_detention_is_after_the_detention_began() -> None:
    office, case_id = opened("other", "green")
    office.clock.to(LATER)
    record(office, case_id, "custody_began", at=MONDAY + HOUR)
    assert office.deadline(case_id, "custody_review", POLICE).due_at == MONDAY + 7 * HOUR
    with pytest.raises(FormRefusal, match="must be after Monday 23 November 2026 at 11:00am: child in custody"):
        record(office, case_id, "custody_reviewed", at=MONDAY)
    record(office, case_id, "custody_reviewed", at=MONDAY + 6 * HOUR)
    assert office.deadline(case_id, "custody_review_next", POLICE).due_at == MONDAY + 15 * HOUR
    with pytest.raises(FormRefusal, match="must be after"):
        record(office, case_id, "custody_reviewed", at=MONDAY + 5 * HOUR)


def test_police_protection_runs_from_when_it_began_and_its_officers_are_two_people() -> None:
    office, case_id = opened("neglect", "green")
    office.clock.to(LATER)
    said = record(office, case_id, "police_protection_used", at=MONDAY + 8 * HOUR, who=OTHER_OFFICER)
    expiry = office.deadline(case_id, "protection_expiry", POLICE)
    assert expiry.due_at == MONDAY + 80 * HOUR
    assert "the power expires: due Thursday 26 November 2026 at 6:00pm." in said
    for who in (OTHER_OFFICER, None):
        with pytest.raises(FormRefusal, match="is on record with “Police protection used, by the initiating officer”"):
            record(office, case_id, "designated_officer_named", OTHER_OFFICER, who=who)
    record(office, case_id, "designated_officer_named", OFFICER, who=INSPECTOR)
    assert office.deadline(case_id, "protection_expiry", POLICE).owner == INSPECTOR
    assert not office.deadline(case_id, "protection_officer", POLICE).is_open
    with pytest.raises(FormRefusal, match="so this must be somebody else"):
        record(office, case_id, "police_protection_used", who=INSPECTOR)


def test_when_the_power_expires_the_chief_officer_hears_at_that_instant() -> None:
    office, case_id = opened("neglect", "green")
    record(office, case_id, "police_protection_used")
    record(office, case_id, "designated_officer_named", who=INSPECTOR)
    office.only(case_id, "protection_expiry")
    office.run_to(MONDAY + 72 * HOUR)
    assert office.steps_to(CHIEF) == [(MONDAY + 72 * HOUR, "due")]
    assert [at - MONDAY for at, step in office.steps_to(INSPECTOR) if step == "reminder"][-1] == 71 * HOUR


def test_police_protection_used_again_has_no_hours_of_its_own() -> None:
    office, case_id = opened("neglect", "green")
    record(office, case_id, "police_protection_used")
    office.clock.move(10 * HOUR)
    record(office, case_id, "protection_ended")
    assert not office.deadline(case_id, "protection_expiry", POLICE).is_open
    office.clock.move(10 * HOUR)
    record(office, case_id, "police_protection_used")
    again = office.deadline(case_id, "protection_expiry", POLICE)
    assert (again.is_open, again.due_at) == (True, MONDAY + 72 * HOUR)


def test_the_named_council_worker_owns_the_return_home_interview_whichever_came_first() -> None:
    office, case_id = opened()
    record(office, case_id, "child_found")
    with pytest.raises(FormRefusal, match="Select somebody from the list"):
        record(office, case_id, "interview_offered", who=OTHER_OFFICER)
    record(office, case_id, "interview_offered", who=WORKER)
    assert office.deadline(case_id, "return_interview").owner == WORKER
    record(office, case_id, "interview_not_independent", CARE_LEADER)
    assert office.deadline(case_id, "return_interview").is_open
    record(office, case_id, "interview_done", CARE_LEADER)
    assert not office.deadline(case_id, "return_interview").is_open


@pytest.mark.parametrize(
    ("code", "able", "unable"),
    [
        ("supervisor_review", (SERGEANT, INSPECTOR, CHIEF), (OFFICER, CARE_LEADER)),
        ("superintendent_review", (SUPERINTENDENT, CHIEF), (SERGEANT, OFFICER)),
    ],
)
def test_a_review_is_recorded_by_those_whose_review_it_is(
    code: str, able: tuple[PersonId, ...], unable: tuple[PersonId, ...]
) -> None:
    office, case_id = opened()
    for person in unable:
        with pytest.raises(Refusal, match="can record this"):
            record(office, case_id, code, person)
        with pytest.raises(Refusal, match="can record this"):
            recording.act_form(OnCase(case_id), code, actor(person), tools=office.tools)
    assert office.deadline(case_id, code, POLICE).is_open
    for person in able:
        record(office, case_id, code, person)
    assert not office.deadline(case_id, code, POLICE).is_open


@pytest.mark.parametrize("code", ["philomena_received", "philomena_not_held", "philomena_refused"])
def test_the_philomena_form_is_held_not_held_or_refused_and_never_more_than_a_link(code: str) -> None:
    office, case_id = opened("missing_from_care")
    with pytest.raises(FormRefusal, match="one address that begins with https"):
        record(office, case_id, code, link="Height 1.60 m, last seen in a blue coat")
    record(office, case_id, code, link="https://forms.example.org/philomena/7")
    assert not office.deadline(case_id, "philomena", POLICE).is_open
    assert office.store.state.acts[-1].note == "https://forms.example.org/philomena/7"


def test_the_form_of_an_act_asks_what_it_needs_and_names_people_of_that_agency_alone() -> None:
    office, case_id = opened()
    form = recording.act_form(OnCase(case_id), "interview_offered", actor(OFFICER), tools=office.tools)
    assert form.asks == {"who"}
    agencies = {office.rules.directory.people[PersonId(each.code)].agency for each in form.people}
    assert agencies == {CARE, "southmere-care"}, "the council responsible for the child may be another one"
    with pytest.raises(Refusal, match="Only people of the agencies"):
        recording.act_form(OnCase(case_id), "interview_offered", actor(TEACHER), tools=office.tools)
