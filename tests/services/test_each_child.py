"""What is recorded of each child: owed, and in the way of closing, until it stands for every one of them."""

import pytest

from bot.domain.authorisation import Grave
from bot.domain.commands import Propose, RecordAct
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId
from bot.services import decisions, recording
from tests.builders import OFFICER, POLICE, RESPONSE_CHANNEL, actor, children, referral
from tests.services.office import Office

THREE = referral(kids=children("44-0001", "44-0002", "44-0003"))


def record(office: Office, case_id: CaseId, code: str, child: int | None = None, note: str = "") -> str:
    command = RecordAct(case_id, code, note, child=child)
    return recording.record(command, actor(OFFICER), next(office.keys), tools=office.tools).text


def owed(office: Office, case_id: CaseId, kind: str = "children_seen") -> bool:
    return office.deadline(case_id, kind, POLICE).is_open


def test_children_are_seen_once_each_of_them_is_seen_or_the_reason_why_not_is_recorded() -> None:
    office = Office()
    case_id = office.refer(THREE)
    said = record(office, case_id, "child_seen", 1)
    assert "Child seen and heard: child 1 of 3." in said
    assert "Each child seen and heard: still owed for child 2, 3." in said
    record(office, case_id, "child_seen_safe", 3)
    assert owed(office, case_id)
    reason = "She is with her father until the weekend."
    assert "each child seen and heard" in record(office, case_id, "child_not_seen", 2, reason)
    assert not owed(office, case_id)


def test_one_child_seen_is_a_protective_act_although_the_others_are_still_to_be_seen() -> None:
    office = Office()
    case_id = office.refer(THREE)
    record(office, case_id, "child_seen_safe", 1)
    assert not office.deadline(case_id, "first_action").is_open
    assert owed(office, case_id)


def test_an_act_that_names_no_child_is_of_all_of_them() -> None:
    office = Office()
    case_id = office.refer(THREE)
    assert "Child seen and heard: all 3 children." in record(office, case_id, "child_seen")
    assert not owed(office, case_id)
    alone = office.refer()
    assert "Child seen and heard. Done with it: each child seen and heard." in record(office, alone, "child_seen")


def test_the_case_does_not_close_before_each_child_is_heard_and_each_school_told() -> None:
    office = Office()
    case_id = office.refer(THREE)
    for code in ("referrer_told", "record_system_ref"):
        record(office, case_id, code)
    for child in (1, 2):
        record(office, case_id, "child_seen", child)
        record(office, case_id, "school_told", child)
    close = Propose(case_id, Grave.CLOSE, "The children were seen today and are safe.")
    with pytest.raises(Refusal) as refused:
        decisions.propose(close, actor(OFFICER), "1", tools=office.tools)
    for missing in ("each child is seen", "the school of every child", "each child's voice"):
        assert missing in str(refused.value)
    record(office, case_id, "child_seen", 3)
    record(office, case_id, "not_of_school_age", 3)
    decisions.propose(close, actor(OFFICER), "2", tools=office.tools)


@pytest.mark.parametrize(("code", "child"), [("child_seen", 4), ("child_seen", 0), ("referrer_told", 1)])
def test_a_child_whom_the_case_does_not_have_cannot_be_recorded(code: str, child: int) -> None:
    office = Office()
    case_id = office.refer(THREE)
    with pytest.raises(Refusal, match="Select one of the actions in the list"):
        record(office, case_id, code, child)


def test_the_card_offers_each_child_by_number_and_for_a_single_child_no_number() -> None:
    office = Office()
    office.refer(THREE)
    office.settle()
    card = office.cards_in(RESPONSE_CHANNEL)[-1].case
    labels = [choice.label for group in card.act_groups for choice in group.choices]
    assert "Child seen and heard: child 2 of 3" in labels
    office.refer()
    office.settle()
    card = office.cards_in(RESPONSE_CHANNEL)[-1].case
    assert not any("child 1 of" in choice.label for group in card.act_groups for choice in group.choices)
