"""A concern raised from the pinned card: who is told, who owes an answer, and that it is raised once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answers import Said
from bot.domain.commands import Actor, RaiseConcern
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import AgencyId, SlackUser, Workspace, stranger
from bot.services import raising
from tests.builders import CARE, CARE_CHANNEL, EDUCATION, OFFICER, POLICE, TEACHER, WORKER, actor, outsider
from tests.services.office import Office

CONCERN = RaiseConcern("neglect", "act_now", "LA 9001", CARE_CHANNEL)
COUNCIL = Workspace("T0COUNCIL1")


def external(agency: AgencyId | None) -> Actor:
    """Somebody in another Slack organisation whom the directory does not name."""
    user = SlackUser("U0STRANGER")
    return Actor(stranger(COUNCIL, user), known=False, agency=agency, workspace=COUNCIL, user=user, external=True)


def send(office: Office, by: Actor, command: RaiseConcern = CONCERN) -> Said:
    return raising.raise_concern(command, by, next(office.keys), tools=office.tools)


def owing(office: Office) -> set[str]:
    (case,) = office.store.state.cases.values()
    return {party.agency for party in case.parties if party.owes_acknowledgement}


def test_the_police_owe_the_acknowledgement_and_the_agency_that_raised_it_is_not_asked() -> None:
    office = Office()
    said = send(office, actor(WORKER))
    assert owing(office) == {POLICE}
    (case,) = office.store.state.cases.values()
    assert case.referring_agency == CARE
    assert case.referrer == WORKER
    assert case.grade is None
    party = case.party(CARE)
    assert party is not None
    assert (party.record_number, party.channel) == ("LA 9001", CARE_CHANNEL)
    assert said.text.startswith(f"{case.reference} has been sent. To acknowledge it: Northmere Police by ")


def test_childrens_social_care_is_told_of_what_another_agency_raises() -> None:
    office = Office()
    send(office, actor(TEACHER))
    assert owing(office) == {POLICE, CARE}
    (case,) = office.store.state.cases.values()
    assert case.party(EDUCATION) is not None


def test_a_stranger_of_the_partners_workspace_is_recorded_as_given_and_excuses_nobody_from_answering() -> None:
    office = Office()
    send(office, external(CARE))
    (case,) = office.store.state.cases.values()
    assert case.referrer == "slack:T0COUNCIL1:U0STRANGER"
    assert owing(office) == {POLICE, CARE}


def test_the_number_of_somebody_of_no_known_agency_is_kept_in_the_sealed_record() -> None:
    office = Office()
    send(office, external(None))
    (case,) = office.store.state.cases.values()
    assert office.store.state.particulars[case.id].narrative.endswith("Their record number: LA 9001")


@pytest.mark.parametrize("by", [actor(OFFICER), outsider()])
def test_people_of_the_force_are_pointed_to_their_own_form(by: Actor) -> None:
    office = Office()
    with pytest.raises(Refusal, match="Type /refer"):
        send(office, by)
    assert not office.store.state.cases


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (replace(CONCERN, concern=""), {"concern"}),
        (replace(CONCERN, asks_for="everything"), {"asks_for"}),
        (replace(CONCERN, number=""), {"record_number"}),
        (replace(CONCERN, number="the boy next door"), {"record_number"}),
        (replace(CONCERN, number="9" * 41), {"record_number"}),
        (RaiseConcern("", "", ""), {"concern", "asks_for", "record_number"}),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_opened(command: RaiseConcern, fields: set[str]) -> None:
    office = Office()
    with pytest.raises(FormRefusal) as refused:
        send(office, actor(WORKER), command)
    assert set(refused.value.fields) == fields
    assert not office.store.state.cases


def test_the_same_answers_pressed_twice_are_one_case_and_another_ask_or_a_later_day_is_another() -> None:
    office = Office()
    send(office, actor(WORKER))
    assert "Nothing was sent twice" in send(office, actor(WORKER)).text
    assert len(office.store.state.cases) == 1
    send(office, actor(WORKER), replace(CONCERN, asks_for="information_only"))
    office.clock.move(timedelta(minutes=11))
    send(office, actor(WORKER))
    assert len(office.store.state.cases) == 3


def test_the_same_press_delivered_twice_gives_the_first_answer() -> None:
    office = Office()
    first = raising.raise_concern(CONCERN, actor(WORKER), "press", tools=office.tools)
    assert raising.raise_concern(CONCERN, actor(WORKER), "press", tools=office.tools) == first
    assert len(office.store.state.cases) == 1
