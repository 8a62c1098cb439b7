from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.cases import ChildReference
from bot.domain.commands import OnCase, Send
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import AgencyId, CaseId, ChannelId, DraftId, PersonId, SlackUser, Workspace
from bot.domain.risk import Answer
from handlers import parsing
from handlers.parsing import Identity
from handlers.views.phone import phone_told
from handlers.views.referral import form
from tests.handlers.desks import rules

CHOICES = {"concern": "neglect", "grade": "ungraded", "asks_for": "assess"}
TYPED = {"children": "44-0001", "narrative": "Synthetic words.", "address": ""}


def select(value: str | None) -> dict[str, Any]:
    option = {"text": {"type": "plain_text", "text": str(value).title()}, "value": value} if value else None
    return {"type": "static_select", "selected_option": option}


def text(value: str | None) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def submitted(**changes: str | None) -> dict[str, Any]:
    """The form as Slack sends it, filled in well but for the changes."""
    choices = {name: select(changes.get(name, value)) for name, value in CHOICES.items()}
    typed = {name: text(changes.get(name, value)) for name, value in TYPED.items()}
    values = {
        f"grade:{CHOICES['concern']}" if name == "grade" else name: {name: state}
        for name, state in (choices | typed).items()
    }
    return form(rules().policy, place="C0FRONTDR1:d1", concern=CHOICES["concern"]) | {"state": {"values": values}}


def wrong(**changes: str | None) -> dict[str, str]:
    with pytest.raises(FormRefusal) as refusal:
        parsing.refer(submitted(**changes))
    return refusal.value.fields


def references(typed: str) -> list[list[tuple[str, str]]]:
    children = parsing.refer(submitted(children=typed)).children
    return [[(reference.kind, reference.value) for reference in child.references] for child in children]


def test_a_form_filled_in_well_is_a_referral() -> None:
    referral = parsing.refer(submitted(address=" Synthetic\u200b place "))
    assert (referral.concern, referral.grade, referral.asks_for) == ("neglect", None, "assess")
    assert referral.children[0].references == (ChildReference("police", "44-0001"),)
    assert referral.narrative == "Synthetic words."
    assert referral.address == "Synthetic place"
    assert referral.channel == "C0FRONTDR1"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"concern": None}, "concern", "Select the concern type"),
        ({"grade": None}, "grade", "Select how serious the risk is"),
        ({"asks_for": None}, "asks_for", "Select what you are asking for"),
        ({"narrative": "x" * 2001}, "narrative", "What has happened must be 2,000 characters or fewer"),
        ({"address": "x" * 301}, "address", "Address or place must be 300 characters or fewer"),
        (
            {"narrative": "", "children": ""},
            "narrative",
            "Enter what has happened, or give a police record number above",
        ),
        (
            {"narrative": None, "children": "council 9001"},
            "narrative",
            "Enter what has happened, or give a police record number above",
        ),
        (
            {"children": "no number here"},
            "children",
            "Child or children: line 1 must be a record number with a digit in it, not a name",
        ),
        (
            {"children": "44-0001\npolice"},
            "children",
            "Child or children: line 2 must be a record number with a digit in it, not a name",
        ),
        (
            {"children": "44-0001, no number here"},
            "children",
            "Child or children: line 1 must be a record number with a digit in it, not a name",
        ),
        (
            {"children": "\n".join(f"44-000{n}" for n in range(11))},
            "children",
            "Child or children must be 10 lines or fewer, one child a line",
        ),
        (
            {"children": "4" * 41},
            "children",
            "Child or children: a record number in line 1 must be 40 characters or fewer",
        ),
        (
            {"children": ",".join(f"44-{n}" for n in range(11))},
            "children",
            "Child or children: line 1 must have 10 record numbers or fewer",
        ),
    ],
)
def test_a_wrong_field_is_named_in_the_words_of_its_label(
    changes: dict[str, str | None], field: str, sentence: str
) -> None:
    assert wrong(**changes) == {field: sentence}


def test_all_wrong_fields_are_named_at_once() -> None:
    assert list(wrong(concern=None, grade=None, children="nobody", address="x" * 301)) == [
        "concern",
        "grade",
        "children",
        "address",
    ]


def test_exactly_2000_characters_and_exactly_ten_children_are_taken() -> None:
    ten = "\n".join(f"44-000{n}" for n in range(10))
    referral = parsing.refer(submitted(narrative="x" * 2000, children=ten))
    assert len(referral.narrative) == 2000
    assert [child.number for child in referral.children] == list(range(1, 11))


def test_what_happened_may_stay_empty_with_a_police_number_and_the_number_with_what_happened() -> None:
    assert parsing.refer(submitted(narrative=None)).narrative == ""
    assert parsing.refer(submitted(children=None)).children == ()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("44-0001", [[("police", "44-0001")]]),
        ("Police 44-0001", [[("police", "44-0001")]]),
        ("council: 9001", [[("council", "9001")]]),
        ("NHS number 999 000  0001", [[("nhs", "999 000 0001")]]),
        ("nhs no. 9990000001", [[("nhs", "9990000001")]]),
        ("police 44-0001, NHS 999 000 0001", [[("police", "44-0001"), ("nhs", "999 000 0001")]]),
        ("44-0001, 44-0001,", [[("police", "44-0001")]]),
        ("\n44-0001\n\n , \nCOUNCIL 9001\r\n", [[("police", "44-0001")], [("council", "9001")]]),
        ("policeman 7", [[("police", "policeman 7")]]),
        ("", []),
    ],
)
def test_children_are_lines_and_their_references_are_told_apart_by_prefix(
    typed: str, found: list[list[tuple[str, str]]]
) -> None:
    assert references(typed) == found


def test_an_error_goes_to_the_block_that_holds_its_field_even_when_the_blocks_id_varies() -> None:
    view = submitted()
    assert parsing.block_of(view, "grade") == "grade:neglect"
    assert parsing.block_of(view, "children") == "children"
    assert parsing.block_of(view, "agencies") is None


def test_everything_typed_comes_back_under_its_label() -> None:
    given_back = parsing.given_back(submitted(address="Synthetic place"))
    assert "Child or children: record numbers, not names: 44-0001" in given_back
    assert "What has happened and when first known: Synthetic words." in given_back
    assert "Address or place: Synthetic place" in given_back
    assert "Concern type: Neglect" in given_back


def test_the_review_is_the_draft_the_ticked_agencies_the_reason_and_the_instant() -> None:
    values = {
        "agencies": {"agencies": {"selected_options": [{"value": "health"}]}},
        "left_out_reason": {"left_out_reason": text("Their lead asked for it.")},
        "first_aware_at": {"first_aware_at": {"selected_date_time": 1772812800}},
    }
    view = {"private_metadata": "d1", "state": {"values": values}}
    at = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
    assert parsing.send(view) == Send(DraftId("d1"), (AgencyId("health"),), "Their lead asked for it.", at)
    assert parsing.send({"private_metadata": "d1", "state": {"values": {}}}) == Send(DraftId("d1"), ())


def test_a_reason_has_a_limit_in_its_labels_words() -> None:
    values = {"left_out_reason": {"left_out_reason": text("x" * 1001)}}
    with pytest.raises(FormRefusal) as refusal:
        parsing.send({"private_metadata": "d1", "state": {"values": values}})
    sentence = "Reason for leaving out children's social care must be 1,000 characters or fewer"
    assert refusal.value.fields == {"left_out_reason": sentence}


def test_a_call_needs_an_agency_and_somebody_who_was_told() -> None:
    view = phone_told("c1", [("health", "Health")]) | {"state": {"values": {}}}
    with pytest.raises(FormRefusal) as refusal:
        parsing.phone_told(view)
    assert refusal.value.fields == {"agency": "Select the agency that was told", "told": "Enter who was told"}


def press(block_id: str = "case:c1:3", **more: object) -> dict[str, Any]:
    action = {"action_id": "acknowledge", "block_id": block_id, "value": "c1:3", "action_ts": "5.5"} | more
    container = {"type": "message", "message_ts": "1.1", "channel_id": "C1"}
    return {"type": "block_actions", "container": container, "actions": [action]}


def test_a_press_names_the_case_and_the_version_it_was_drawn_for() -> None:
    assert parsing.on_case(press()) == OnCase(CaseId("c1"), 3)
    assert parsing.case_of(press()) == "c1"


@pytest.mark.parametrize("block_id", ["", "case:c1", "case::3", "case:c1:three", "other:c1:3", "case:c1:3:4"])
def test_a_control_of_another_shape_is_refused_as_one_of_an_older_message(block_id: str) -> None:
    with pytest.raises(Refusal, match="older message"):
        parsing.on_case(press(block_id))


@pytest.mark.parametrize(
    ("block_id", "value"), [("fact:c1", "yes"), ("fact:c1:seen", "perhaps"), ("fact::seen", "yes")]
)
def test_an_answer_of_another_shape_is_refused_as_one_of_an_older_message(block_id: str, value: str) -> None:
    with pytest.raises(Refusal, match="older message"):
        parsing.fact_answer(press(block_id, value=value))


def test_dont_know_is_an_answer() -> None:
    assert parsing.fact_answer(press("fact:c1:seen", value="unknown")).answer is Answer.UNKNOWN


def test_the_key_of_a_press_tells_person_version_and_choice_apart_and_nothing_else() -> None:
    key = parsing.press_key(press(), PersonId("a"))
    assert parsing.press_key(press(action_ts="6.6"), PersonId("a")) == key
    others = {
        parsing.press_key(press(), PersonId("b")),
        parsing.press_key(press("case:c1:4"), PersonId("a")),
        parsing.press_key(press(value=None, selected_option={"value": "visit"}), PersonId("a")),
        parsing.press_key(press() | {"container": {"message_ts": "1.2", "channel_id": "C1"}}, PersonId("a")),
    }
    assert len(others | {key}) == 5


def test_an_answer_changed_and_changed_back_is_three_acts_and_a_second_delivery_is_none() -> None:
    def answered(at: str, value: str) -> str:
        body = press("fact:c1:seen", value=value, action_ts=at) | {"view": {"id": "V1"}}
        return parsing.press_key(body, PersonId("a"))

    assert len({answered("1", "yes"), answered("2", "no"), answered("3", "yes")}) == 3
    assert answered("1", "yes") == answered("1", "yes")


def test_who_asked_is_the_person_with_their_own_workspace_not_the_channels() -> None:
    pressed = press() | {
        "user": {"id": "U1", "team_id": "T0COUNCIL1"},
        "team": {"id": "T0FORCE001"},
        "channel": {"id": "C1"},
    }
    assert parsing.identity(pressed) == Identity(SlackUser("U1"), Workspace("T0COUNCIL1"), ChannelId("C1"))
    typed = {"command": "/refer", "user_id": "U1", "team_id": "T0FORCE001", "channel_id": "C1"}
    assert parsing.identity(typed) == Identity(SlackUser("U1"), Workspace("T0FORCE001"), ChannelId("C1"))


def test_a_direct_message_is_no_place_for_a_card() -> None:
    assert parsing.channel_for_card({"channel_id": "D0123"}) is None
    assert parsing.channel_for_card({"channel_id": "C0123"}) == "C0123"
