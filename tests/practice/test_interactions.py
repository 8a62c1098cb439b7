"""The payloads that acts send, and the rules of triggers, forms and response addresses."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.practice.cast import default_cast
from bot.practice.driver import Driver
from bot.practice.interactions import offer_breaches
from bot.practice.mrkdwn import Token, mentioned, notified, tokens
from bot.practice.server import PracticeServer
from bot.practice.wire import ControlError
from tests.practice.raw_bot import RawBot, raw_bot

OFFICER, SOCIAL = "Officer One", "Social Worker Five"


@pytest.fixture
def raw(server: PracticeServer) -> Iterator[RawBot]:
    with raw_bot(server) as running:
        yield running


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def field(label: str, element: dict[str, Any], **more: object) -> dict[str, Any]:
    action_id = label.split(maxsplit=1)[0].lower()
    return {
        "type": "input",
        "block_id": action_id,
        "label": plain(label),
        "element": {"action_id": action_id} | element,
        "optional": True,
    } | more


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text), "value": text.lower()}


def modal(*blocks: dict[str, Any], **more: object) -> dict[str, Any]:
    shown = list(blocks) or [{"type": "divider"}]
    return {"type": "modal", "callback_id": "c", "title": plain("T"), "submit": plain("Go"), "blocks": shown} | more


def opens(raw: RawBot, view: dict[str, Any]) -> None:
    """Have the bot open this view for whoever runs a command."""

    def answer(payload: dict[str, Any]) -> None:
        if "command" in payload:
            raw.api("views.open", trigger_id=payload["trigger_id"], view=view)

    raw.answer = answer


FIELDS = (
    field("Day first known", {"type": "datepicker"}),
    field("Time last seen", {"type": "timepicker"}),
    field("Moment of report", {"type": "datetimepicker"}),
    field("Who leads", {"type": "users_select"}),
    field("Kinds of harm", {"type": "multi_static_select", "options": [option("Neglect"), option("Emotional")]}),
    field("Seen by anyone", {"type": "radio_buttons", "options": [option("Yes"), option("Don't know")]}),
    field("Count of children", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}),
    field("Story", {"type": "rich_text_input"}),
    field("Place", {"type": "external_select", "min_query_length": 0}),
)


def test_every_kind_of_field_is_filled_by_its_label_and_sent_in_slacks_shape(driver: Driver, raw: RawBot) -> None:
    opens(raw, modal(*FIELDS))
    view_id = driver.command(OFFICER, "front-door", "/refer")["view_id"]

    def suggest(payload: dict[str, Any]) -> dict[str, Any] | None:
        return (
            {"options": [option("Northmere"), option("Elsewhere")]} if payload["type"] == "block_suggestion" else None
        )

    raw.answer = suggest
    values = {
        "day first known": "2026-03-06",
        "Time last": "16:30",
        "Moment of report": "2026-07-01T16:30",
        "Who leads": "Sergeant Two",
        "Kinds of harm": ["Emotional", "neg"],
        "Seen by anyone": "Don't know",
        "Count of children": 3,
        "Story": "first seen <here>",
        "Place": "Northmere",
    }
    assert driver.submit(OFFICER, view_id, values)["closed"]
    state = {block: next(iter(row.values())) for block, row in raw.payloads[-1]["view"]["state"]["values"].items()}
    assert state["day"] == {"type": "datepicker", "selected_date": "2026-03-06"}
    assert state["time"] == {"type": "timepicker", "selected_time": "16:30"}
    assert state["moment"] == {"type": "datetimepicker", "selected_date_time": 1782919800}
    assert state["who"] == {"type": "users_select", "selected_user": "U0SERGEANT"}
    assert [one["value"] for one in state["kinds"]["selected_options"]] == ["emotional", "neglect"]
    assert state["seen"]["selected_option"]["text"]["text"] == "Don't know"
    assert state["count"] == {"type": "number_input", "value": "3"}
    assert state["story"]["rich_text_value"]["elements"][0]["elements"][0]["text"] == "first seen <here>"
    assert state["place"]["selected_option"]["value"] == "northmere"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"Nowhere": "x"}, "unknown_field"),
        ({"Kinds of harm": ["Other"]}, "unknown_option"),
        ({"Day first known": "Friday"}, "bad_value"),
        ({"Moment of report": "Friday"}, "bad_value"),
        ({"Who leads": "Nobody"}, "unknown_seat"),
    ],
)
def test_a_value_that_cannot_be_put_in_is_refused(
    driver: Driver, raw: RawBot, values: dict[str, Any], code: str
) -> None:
    opens(raw, modal(*FIELDS))
    view_id = driver.command(OFFICER, "front-door", "/refer")["view_id"]
    with pytest.raises(ControlError) as refusal:
        driver.submit(OFFICER, view_id, values)
    assert refusal.value.code == code


def test_a_number_below_its_least_is_an_error_under_its_label(driver: Driver, raw: RawBot) -> None:
    opens(raw, modal(*FIELDS))
    view_id = driver.command(OFFICER, "front-door", "/refer")["view_id"]
    assert driver.submit(OFFICER, view_id, {"Count of children": "0"})["errors"] == {
        "Count of children": "Enter 1 or more."
    }


def test_a_trigger_opens_one_view_only(driver: Driver, raw: RawBot) -> None:
    opens(raw, modal())
    driver.command(OFFICER, "front-door", "/refer")
    again = raw.api("views.open", trigger_id=raw.payloads[0]["trigger_id"], view=modal())
    assert again["error"] == "exchanged_trigger_id"
    assert raw.api("views.open", trigger_id="1.2", view=modal())["error"] == "invalid_trigger_id"


def test_a_view_changed_in_between_is_a_hash_conflict_and_typed_values_stay(driver: Driver, raw: RawBot) -> None:
    opens(
        raw,
        modal(
            field("Note", {"type": "plain_text_input", "min_length": 5}), field("Other", {"type": "plain_text_input"})
        ),
    )
    view_id = driver.command(OFFICER, "front-door", "/refer")["view_id"]
    assert driver.submit(OFFICER, view_id, {"Note": "x", "Other": "y"})["errors"]
    changed = modal(field("Note", {"type": "plain_text_input", "min_length": 5}))
    updated = raw.api("views.update", view_id=view_id, view=changed)
    assert updated["view"]["state"]["values"]["note"]["note"]["value"] == "x"
    assert raw.api("views.update", view_id=view_id, hash="old", view=changed)["error"] == "hash_conflict"
    assert raw.api("views.update", view_id="V0", view=changed)["error"] == "not_found"


def test_a_fourth_form_on_the_stack_is_refused(driver: Driver, raw: RawBot) -> None:
    opens(raw, modal())
    view_id = driver.command(OFFICER, "front-door", "/refer")["view_id"]
    raw.answer = lambda payload: {"response_action": "push", "view": modal()}
    for _ in range(2):
        view_id = driver.submit(OFFICER, view_id)["view_id"]
    assert len(driver.views(OFFICER)) == 3
    with pytest.raises(ControlError) as refusal:
        driver.submit(OFFICER, view_id)
    assert refusal.value.code == "push_limit_reached"


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
    ],
)
def test_an_ack_that_slack_could_not_use_is_an_error_and_the_form_stays(
    driver: Driver, raw: RawBot, answer: dict[str, Any]
) -> None:
    opens(raw, modal(field("Note", {"type": "plain_text_input"})))
    view_id = driver.command(OFFICER, "front-door", "/refer")["view_id"]
    raw.answer = lambda payload: answer
    with pytest.raises(ControlError) as refusal:
        driver.submit(OFFICER, view_id, {"Note": "kept"})
    assert refusal.value.code == "invalid_ack"
    assert driver.views(OFFICER)[0]["inputs"][0]["value"] == "kept"


def test_a_response_address_takes_five_answers_within_thirty_minutes(driver: Driver, raw: RawBot) -> None:
    driver.command(OFFICER, "front-door", "/refer")
    driver.command(OFFICER, "front-door", "/refer")
    first, second = (payload["response_url"] for payload in raw.payloads)
    assert [raw.respond(first, text=str(n)).status_code for n in range(6)] == [200] * 5 + [404]
    driver.post("clock", wait=False, advance="31m")
    assert raw.respond(second, text="late").json()["error"] == "expired_url"
    assert all(row["ephemeral_to"] == "U0OFFICER" for row in driver.messages("front-door"))


def test_an_answer_may_replace_or_delete_the_message_that_was_pressed(driver: Driver, raw: RawBot) -> None:
    button = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "7"}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    ts = raw.api("chat.postMessage", channel="C0FRONTDOOR", text="x", blocks=blocks)["ts"]
    driver.click(SOCIAL, "front-door", ts, "Go")
    payload = raw.payloads[-1]
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0FRONTDOOR",
        "is_ephemeral": False,
    }
    action = payload["actions"][0]
    assert (action["block_id"], action["value"], action["text"]["text"]) == ("b", "7", "Go")
    raw.respond(payload["response_url"], replace_original=True, text="done")
    assert [row["text"] for row in driver.messages("front-door")] == ["done"]
    raw.respond(payload["response_url"], delete_original=True)
    assert driver.messages("front-door") == []


def test_equal_buttons_are_told_apart_by_block_or_value(driver: Driver, raw: RawBot) -> None:
    rows = [
        {
            "type": "actions",
            "block_id": fact,
            "elements": [{"type": "button", "action_id": "answer", "text": plain("Yes"), "value": f"{fact}:yes"}],
        }
        for fact in ("care", "phone")
    ]
    ts = raw.api("chat.postMessage", channel="C0FRONTDOOR", text="x", blocks=rows)["ts"]
    with pytest.raises(ControlError) as refusal:
        driver.click(OFFICER, "front-door", ts, "Yes")
    assert refusal.value.code == "ambiguous_action"
    driver.post("click", seat=OFFICER, channel="front-door", ts=ts, action="Yes", block_id="phone")
    driver.click(OFFICER, "front-door", ts, "answer", "care:yes")
    assert [payload["actions"][0]["value"] for payload in raw.payloads] == ["phone:yes", "care:yes"]


def test_fields_of_a_message_are_filled_before_its_button_is_pressed(driver: Driver, raw: RawBot) -> None:
    blocks = [
        field("Your reference", {"type": "plain_text_input"}),
        {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}]},
    ]
    ts = raw.api("chat.postMessage", channel="C0FRONTDOOR", text="x", blocks=blocks)["ts"]
    values = {"Your reference": "council 9001"}
    driver.post("click", seat=SOCIAL, channel="front-door", ts=ts, action="Go", values=values)
    assert raw.payloads[-1]["state"]["values"]["your"]["your"]["value"] == "council 9001"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"thread_ts": "1.2"}, "command_in_thread"),
        ({"channel": "command"}, "user_not_in_channel"),
        ({"channel": "nowhere"}, "unknown_channel"),
        ({"seat": "Nobody"}, "unknown_seat"),
        ({"seat": SOCIAL}, "external_person"),
    ],
)
def test_a_command_is_refused_where_slack_offers_none(
    driver: Driver, raw: RawBot, body: dict[str, str], code: str
) -> None:
    args: dict[str, Any] = {"seat": OFFICER, "channel": "front-door", "command": "/refer"} | body
    with pytest.raises(ControlError) as refusal:
        driver.post("command", **args)
    assert refusal.value.code == code
    assert raw.payloads == []


@pytest.mark.parametrize("name", ["home", "shortcut"])
def test_home_and_shortcuts_are_offered_to_nobody_of_another_organisation(
    driver: Driver, raw: RawBot, name: str
) -> None:
    with pytest.raises(ControlError) as refusal:
        driver.post(name, seat=SOCIAL, callback_id="raise")
    assert refusal.value.code == "external_person"
    assert raw.payloads == []


def test_a_late_ack_is_a_second_error_in_the_log(driver: Driver, raw: RawBot) -> None:
    timed_out, acked = threading.Event(), threading.Event()
    raw.answer = lambda payload: None if timed_out.wait(10) else {}
    raw.after_ack = acked.set
    with pytest.raises(ControlError) as refusal:
        driver.command(OFFICER, "front-door", "/refer")
    assert refusal.value.code == "operation_timeout"
    timed_out.set()
    assert acked.wait(5)
    raw.api("auth.test")
    errors = [row["error"] for row in driver.get("log")["log"] if row["kind"] == "delivery" and not row["ok"]]
    assert errors == ["operation_timeout", "late_ack"]


def test_of_two_connections_each_payload_goes_to_one(server: PracticeServer, driver: Driver, raw: RawBot) -> None:
    with raw_bot(server) as other:
        for _ in range(4):
            driver.command(OFFICER, "front-door", "/refer")
        assert (len(raw.payloads), len(other.payloads)) == (2, 2)


def test_a_message_shortcut_carries_its_message(driver: Driver, raw: RawBot) -> None:
    said = driver.post("say", seat=SOCIAL, channel="front-door", text="what about this?", file="photo.jpg")
    driver.post("shortcut", seat=OFFICER, callback_id="raise", channel="front-door", ts=said["ts"])
    payload = raw.payloads[-1]
    assert (payload["type"], payload["callback_id"]) == ("message_action", "raise")
    assert payload["message"]["text"] == "what about this?"
    assert raw.payloads[0]["event"]["files"][0]["mimetype"] == "image/jpg"
    assert raw.payloads[0]["event"]["subtype"] == "file_share"


def test_only_registered_commands_and_subscribed_events_are_sent() -> None:
    cast = replace(default_cast(), commands=("/refer",), events=("message.channels",))
    with PracticeServer(cast, port=0) as server, raw_bot(server) as raw:
        driver = Driver(server.url)
        with pytest.raises(ControlError) as refusal:
            driver.command(OFFICER, "front-door", "/other")
        assert refusal.value.code == "unknown_command"
        driver.post("home", seat=OFFICER)
        driver.post("say", seat=OFFICER, channel="@Vigil", text="to the bot alone")
        driver.post("say", seat=OFFICER, channel="front-door", text="to all")
        assert [payload["event"]["text"] for payload in raw.payloads] == ["to all"]


def test_markup_is_found_before_unescaping() -> None:
    assert tokens("a &lt;!channel&gt; <@U1> &amp;amp; <https://x.example|x>") == [
        Token("text", "a <!channel> "),
        Token("user", "U1"),
        Token("text", " &amp; "),
        Token("link", "https://x.example", "x"),
    ]
    assert mentioned("&lt;!channel&gt; <!here> <@U1|one>") == ["here", "U1"]


def test_blocks_decide_who_is_notified_and_plain_text_notifies_nobody() -> None:
    quote = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U2"}]}],
    }
    blocks: list[dict[str, Any]] = [{"type": "section", "text": plain("<!channel>")}, quote]
    assert notified("<!channel>", blocks) == ["U2"]


@pytest.mark.parametrize(
    ("offered", "fault"),
    [
        ({"options": []}, ""),
        ({"options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}]}, ""),
        ({}, "/options"),
        ({"options": [{"text": {"type": "plain_text", "text": "x" * 76}, "value": "1"}]}, "/options/0/text"),
        ({"options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}] * 101}, "/options"),
        ({"option_groups": [{"label": {"type": "plain_text", "text": "Mine"}, "options": []}]}, "/option_groups/0"),
        ({"option_groups": []}, "/option_groups"),
    ],
)
def test_what_the_bot_offers_in_a_search_is_held_to_slacks_numbers(offered: dict[str, Any], fault: str) -> None:
    assert bool(offer_breaches(offered)) == bool(fault)
    assert fault in "".join(offer_breaches(offered))
