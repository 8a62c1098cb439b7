"""A hand-over is owned only once it is accepted; until then the old owner stays, and no clock moves either way."""

from datetime import timedelta

import pytest

from bot.domain.commands import HandOver
from bot.domain.errors import Refusal, Stale
from bot.domain.handovers import Handover
from bot.domain.ids import CaseId, HandoverId, PersonId
from bot.domain.letters import LineLetter
from bot.services import handovers
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    GOVERNANCE,
    LEAVER,
    OFFICER,
    OTHER_OFFICER,
    OTHER_WORKER,
    POLICE,
    RESPONSE_CHANNEL,
    SERGEANT,
    TEACHER,
    WORKER,
    actor,
    away,
)
from tests.services.office import Office

HOUR = timedelta(hours=1)


def offer(office: Office, case_id: CaseId, by: PersonId, to: PersonId | None = None) -> str:
    return handovers.offer(HandOver(case_id, to), actor(by), next(office.keys), tools=office.tools).text


def waiting(office: Office) -> Handover:
    (found,) = [each for each in office.store.state.handovers.values() if each.waits]
    return found


def accept(office: Office, by: PersonId, handover: HandoverId | None = None) -> str:
    which = handover or waiting(office).id
    return handovers.accept(which, actor(by), next(office.keys), tools=office.tools).text


def owner(office: Office, case_id: CaseId, agency: str = CARE) -> PersonId | None:
    party = office.case(case_id).party(agency)  # type: ignore[arg-type]
    return party.owner if party else None


def owned(office: Office) -> CaseId:
    """A case whose part of social care Nadia Elderflower owns."""
    case_id = office.refer()
    office.acknowledge(case_id, WORKER)
    return case_id


def asked(office: Office, person: PersonId) -> list[str]:
    letters = [sent.outgoing.letter for sent in office.said_to(person)]
    return [letter.text for letter in letters if isinstance(letter, LineLetter) and letter.choices]


def test_until_it_is_accepted_the_old_owner_stays_and_every_instant_stays_where_it_was() -> None:
    office = Office()
    case_id = owned(office)
    before = {each.id: (each.due_at, each.plan, each.next_at) for each in office.deadlines(case_id)}
    said = offer(office, case_id, WORKER, OTHER_WORKER)
    assert said == (
        "Offered SG-26-00001 to Owen Saltmarsh. Nadia Elderflower stays its owner until somebody accepts, "
        "and what is owed runs on."
    )
    assert owner(office, case_id) == WORKER
    assert accept(office, OTHER_WORKER).startswith("You own SG-26-00001 for Northmere Children's Social Care")
    assert owner(office, case_id) == OTHER_WORKER
    assert {each.id: (each.due_at, each.plan, each.next_at) for each in office.deadlines(case_id)} == before


def test_nobody_washes_the_alarm_for_silence_by_handing_it_round() -> None:
    office = Office()
    case_id = owned(office)
    stall = office.deadline(case_id, "stall")
    acted_at = office.case(case_id).last_act_at
    office.run_for(HOUR)
    offer(office, case_id, WORKER, OTHER_WORKER)
    handovers.decline(waiting(office).id, actor(OTHER_WORKER), "no", tools=office.tools)
    offer(office, case_id, WORKER, OTHER_WORKER)
    accept(office, OTHER_WORKER)
    assert office.deadline(case_id, "stall").due_at == stall.due_at
    assert office.case(case_id).last_act_at == acted_at


def test_the_person_asked_gets_buttons_and_the_card_says_who_owns_it_meanwhile() -> None:
    office = Office()
    case_id = owned(office)
    offer(office, case_id, WORKER, OTHER_WORKER)
    office.settle()
    (text,) = asked(office, OTHER_WORKER)
    assert "Nadia Elderflower asks you to take this over for Northmere Children's Social Care." in text
    assert "Nadia Elderflower stays its owner until you accept, and what is owed runs on. Owed next: " in text
    card = office.cards_in(CARE_CHANNEL)[-1].case
    assert any(
        "Offered to Owen Saltmarsh" in note and "Nadia Elderflower stays the owner" in note for note in card.notes
    )
    accept(office, OTHER_WORKER)
    office.settle()
    line = "SG-26-00001: Owen Saltmarsh has taken this over and owns it for Northmere Children's Social Care."
    for reader in (CARE_CHANNEL, RESPONSE_CHANNEL, WORKER):
        assert line in office.lines_to(reader)
    assert office.cards_in(CARE_CHANNEL)[-1].case.owners == ("Owen Saltmarsh",)


def test_whoever_is_on_duty_is_asked_when_nobody_is_named_and_the_first_to_accept_owns_it() -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, CARE_LEADER)
    offer(office, case_id, CARE_LEADER)
    office.settle()
    found = waiting(office)
    assert set(found.to) == {WORKER, OTHER_WORKER}
    assert asked(office, WORKER)
    assert asked(office, OTHER_WORKER)
    accept(office, WORKER, found.id)
    with pytest.raises(Stale, match="this offer was accepted by Nadia Elderflower"):
        accept(office, OTHER_WORKER, found.id)


def test_whoever_is_on_duty_and_offers_it_is_not_asked_themselves_and_reads_their_own_agencys_next_deadline() -> None:
    office = Office()
    case_id = office.refer()
    offer(office, case_id, WORKER)
    office.settle()
    assert waiting(office).to == (OTHER_WORKER,)
    (said,) = [line for line in office.lines_to(OTHER_WORKER) if "asks you to take this over" in line]
    assert "Owed next: Acknowledgement, Northmere Children's Social Care" in said


def test_declined_by_the_last_who_was_asked_it_has_ended_and_whoever_offered_it_is_told() -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, CARE_LEADER)
    offer(office, case_id, CARE_LEADER)
    found = waiting(office)
    handovers.decline(found.id, actor(WORKER), "1", tools=office.tools)
    assert waiting(office).to == (OTHER_WORKER,)
    handovers.decline(found.id, actor(OTHER_WORKER), "2", tools=office.tools)
    office.settle()
    assert not [each for each in office.store.state.handovers.values() if each.waits]
    told = "SG-26-00001: Owen Saltmarsh did not take this over. Its owner stays as before."
    assert told in office.lines_to(CARE_LEADER)
    assert owner(office, case_id) == CARE_LEADER


def test_a_second_offer_takes_the_place_of_the_first_and_one_can_be_withdrawn() -> None:
    office = Office()
    case_id = owned(office)
    offer(office, case_id, WORKER, OTHER_WORKER)
    first = waiting(office).id
    offer(office, case_id, WORKER, CARE_LEADER)
    with pytest.raises(Stale, match="withdrawn by Nadia Elderflower"):
        accept(office, OTHER_WORKER, first)
    handovers.withdraw(waiting(office).id, actor(WORKER), "back", tools=office.tools)
    assert office.audit("handover_withdrawn")
    office.settle()
    assert asked(office, OTHER_WORKER) == asked(office, CARE_LEADER) == []


@pytest.mark.parametrize(
    ("by", "to", "why"),
    [
        (WORKER, OFFICER, "Select somebody of your own agency who works cases"),
        (WORKER, WORKER, "Nadia Elderflower owns SG-26-00001 already"),
        (TEACHER, None, "Only people of the agencies on SG-26-00001"),
        (OFFICER, LEAVER, "Select somebody of your own agency"),
        (OFFICER, GOVERNANCE, "Select somebody of your own agency"),
    ],
)
def test_it_is_handed_to_people_of_ones_own_agency_who_work_cases(by: PersonId, to: PersonId | None, why: str) -> None:
    office = Office()
    with pytest.raises(Refusal, match=why):
        offer(office, owned(office), by, to)


def test_only_those_who_were_asked_or_who_cover_them_can_accept() -> None:
    office = Office()
    case_id = owned(office)
    offer(office, case_id, WORKER, OTHER_WORKER)
    with pytest.raises(Refusal, match=r"This was offered to Owen Saltmarsh\. Only they can answer it"):
        accept(office, CARE_LEADER)
    office.rules.directory = away(office.rules.directory, OTHER_OFFICER)
    with pytest.raises(Refusal, match="Dafydd Larkmoor is away and nobody covers"):
        offer(office, case_id, OFFICER, OTHER_OFFICER)


def test_a_member_who_neither_owns_it_nor_is_on_duty_cannot_give_it_away_and_a_leader_can() -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, OTHER_OFFICER)
    desk = PersonId("tomasz-greywater")
    with pytest.raises(Refusal, match=r"Dafydd Larkmoor owns SG-26-00001\. Only they"):
        offer(office, case_id, desk, SERGEANT)
    offer(office, case_id, SERGEANT, OFFICER)
    accept(office, OFFICER)
    assert owner(office, case_id, POLICE) == OFFICER
