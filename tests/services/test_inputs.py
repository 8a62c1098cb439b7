"""Acts that ask for more than a press: what is asked is required, kept sealed, and counted; their answers fire floors at once."""

from datetime import timedelta

import pytest

from bot.domain.acts import Inputs
from bot.domain.cases import HumanAct
from bot.domain.commands import OnCase, RecordAct
from bot.domain.errors import FormRefusal
from bot.domain.events import Action
from bot.domain.ids import CaseId
from bot.domain.policy import Band
from bot.domain.risk import Answer
from bot.services import recording
from tests.builders import MONDAY, OFFICER, POLICE, POLICY, actor, referral
from tests.services.office import REASON, Office

IMAGES = referral("indecent_images_adult_suspect", "medium")
CHECKS = ("household", "police_records")


def record(office: Office, case_id: CaseId, code: str, **given: object) -> str:
    command = RecordAct(case_id, code, **given)  # type: ignore[arg-type]  # what the test gives it
    return recording.record(command, actor(OFFICER), next(office.keys), tools=office.tools).text


def acts(office: Office, case_id: CaseId) -> list[HumanAct]:
    with office.store.read() as uow:
        return list(uow.cases.acts(case_id))


def wrong(office: Office, case_id: CaseId, code: str, **given: object) -> dict[str, str]:
    with pytest.raises(FormRefusal) as caught:
        record(office, case_id, code, **given)
    assert not acts(office, case_id), "a refused act is not on the record"
    return caught.value.fields


def test_none_found_needs_the_checks_and_stands_with_them_on_the_record() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    for nothing in ((), ("made_up",), ("household", "made_up")):
        assert wrong(office, case_id, "no_child_identified", listed=nothing) == {
            "listed": "Select from the list: Checks made"
        }
    record(office, case_id, "no_child_identified", listed=CHECKS, note="Asked the landlord too.")
    (act,) = acts(office, case_id)
    words = [POLICY.listed["child_checks"][code] for code in CHECKS]
    assert act.note == f"{words[0]}; {words[1]}\nAsked the landlord too."
    assert "no_child_identified household,police_records" in office.audit(Action.ATTEMPT_RECORDED)
    assert office.case(case_id).facts["child_in_household"] is Answer.NO


def test_children_found_in_the_household_raise_the_grade_with_the_same_press() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    assert office.case(case_id).band is Band.P3
    said = record(office, case_id, "child_access_checked", count=3)
    assert "Done with it: check of the suspect's access to children" in said
    case = office.case(case_id)
    assert (case.effective_grade, case.band, case.floors) == ("high", Band.P2, ("suspect_household",))
    assert "child_access_checked of 3" in office.audit(Action.ATTEMPT_RECORDED)


def test_not_known_yet_is_recorded_counts_as_yes_and_meets_nothing() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    said = record(office, case_id, "child_access_unknown")
    assert said.endswith("It is kept, and does not count as a protective action.")
    assert office.case(case_id).floors == ("suspect_household",)
    assert office.deadline(case_id, "child_access_check", agency=POLICE).is_open


def test_a_release_opens_the_check_of_its_address_and_only_a_clear_one_ends_it() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    record(office, case_id, "suspect_released")
    assert office.case(case_id).band is Band.P1
    assert office.deadline(case_id, "release_address_check", agency=POLICE).due_at == MONDAY + timedelta(hours=1)
    record(office, case_id, "suspect_home_child")
    assert office.deadline(case_id, "release_address_check", agency=POLICE).is_open
    assert office.case(case_id).facts["released_to_child"] is Answer.YES
    record(office, case_id, "suspect_home_checked")
    assert not office.deadline(case_id, "release_address_check", agency=POLICE).is_open
    assert "suspect_released_to_child" not in office.case(case_id).floors


def test_devices_are_done_only_when_as_many_are_done_as_were_seized() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    record(office, case_id, "device_seized", count=3)
    record(office, case_id, "device_triaged", count=2)
    assert office.deadline(case_id, "device_triage", agency=POLICE).is_open
    with pytest.raises(FormRefusal) as caught:
        record(office, case_id, "device_triaged", count=2)
    assert caught.value.fields == {
        "count": "This is more than are on the record and still to be done. Record the others first"
    }
    said = record(office, case_id, "device_triaged", count=1)
    assert "Done with it: devices triaged." in said
    assert not office.deadline(case_id, "device_triage", agency=POLICE).is_open


@pytest.mark.parametrize("count", [None, 0, 100])
def test_a_count_is_a_whole_number_that_can_be(count: int | None) -> None:
    office = Office()
    fields = wrong(office, office.refer(IMAGES), "device_seized", count=count)
    assert fields == {"count": "How many devices must be a whole number from 1 to 99"}


def test_a_reason_that_is_asked_for_has_to_be_one() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    assert wrong(office, case_id, "social_care_not_told", note="   because   ") == {
        "note": "Why social care is not told must be 20 characters or more"
    }
    record(office, case_id, "social_care_not_told", note=REASON)


def test_a_time_to_come_and_a_missing_reason_are_said_together() -> None:
    office = Office()
    fields = wrong(office, office.refer(IMAGES), "social_care_not_told", done_at=MONDAY + timedelta(days=1))
    assert set(fields) == {"when", "note"}


def test_an_act_asks_what_the_policy_says_and_any_act_may_carry_a_note() -> None:
    office = Office()
    case_id = office.refer(IMAGES)
    form = recording.act_form(OnCase(case_id), "no_child_identified", actor(OFFICER), tools=office.tools)
    assert (form.inputs.choose, len(form.choices), form.least) == ("Checks made", 7, 20)
    plain = recording.act_form(OnCase(case_id), "kirat_done", actor(OFFICER), tools=office.tools)
    assert plain.inputs == Inputs()
