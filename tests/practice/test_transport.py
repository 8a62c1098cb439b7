"""The whole way over the real transport, with a bot on Slack's own library."""

import pytest

from bot.practice.driver import Driver
from bot.practice.wire import ControlError
from tests.practice.small_bot import SmallBot

OFFICER, SOCIAL = "Officer One", "Social Worker Five"


def referred(driver: Driver) -> str:
    """Run a whole referral and give the card's ts."""
    view_id = driver.command(OFFICER, "front-door", "/refer")["view_id"]
    review = driver.submit(OFFICER, view_id, {"Concern": "Neglect", "Reference": "police 44-0001"})
    assert driver.submit(OFFICER, review["view_id"])["closed"]
    ts: str = driver.messages("front-door")[-1]["ts"]
    return ts


def test_command_form_error_review_card_button_and_update_work_as_in_slack(driver: Driver, bot: SmallBot) -> None:
    opened = driver.command(OFFICER, "front-door", "/refer", "a name that is not for us")
    assert opened["acked_ms"] < 3000
    view_id = opened["view_id"]
    short = driver.submit(
        OFFICER, view_id, {"Concern": "Missing child", "Reference": "4", "Missing from": ["From care"]}
    )
    assert short["errors"] == {"Reference": "Use 3 characters or more."}
    wrong = driver.submit(OFFICER, view_id, {"Reference": "police 45"})
    assert wrong["errors"] == {"Reference": "Reference must hold 44"}
    state = bot.seen[-1]["view"]["state"]["values"]
    assert state["from"]["from"]["selected_options"][0]["value"] == "from_care"
    assert state["kind"]["kind"]["selected_option"]["value"] == "missing_child"
    review = driver.submit(OFFICER, view_id, {"Reference": "police 44-0001"})
    assert review["view"]["title"] == "Check"
    assert review["view"]["texts"] == ["Reference police 44-0001"]
    assert driver.submit(OFFICER, review["view_id"])["closed"]
    assert driver.views(OFFICER) == []
    card = driver.messages("#front-door")[-1]
    assert card["notifies"] == ["U0SOCIAL"]
    assert [button["text"] for button in card["buttons"]][:2] == ["Acknowledge", "Record action"]
    pressed = driver.click(OFFICER, "front-door", card["ts"], "acknowledge")
    assert pressed["reply"] == "You acknowledged SG-1"
    updated = next(row for row in driver.messages("front-door") if row["ts"] == card["ts"])
    assert updated["text"] == "SG-1 acknowledged"
    assert updated["edited"]
    assert driver.messages(f"@{OFFICER}")[-1]["text"] == "SG-1 was sent"


def test_a_missing_required_field_is_named_by_its_label_and_nothing_is_sent(driver: Driver, bot: SmallBot) -> None:
    view_id = driver.command(OFFICER, "front-door", "/refer")["view_id"]
    errors = driver.submit(OFFICER, view_id, {"Concern": "Neglect"})["errors"]
    assert errors == {"Reference": "Please complete this required field."}
    assert bot.seen == []


def test_a_partner_may_press_buttons_but_run_no_commands_and_see_no_modals(driver: Driver, bot: SmallBot) -> None:
    ts = referred(driver)
    with pytest.raises(ControlError) as refusal:
        driver.command(SOCIAL, "front-door", "/refer")
    assert refusal.value.code == "external_person"
    assert driver.click(SOCIAL, "front-door", ts, "Acknowledge")["view_id"] is None
    assert bot.seen[-1]["user"]["team_id"] == "T0COUNCIL"
    assert bot.seen[-1]["team"]["id"] == "T0FORCE"
    assert bot.errors == ["restricted_action"]


def test_selects_overflows_and_external_selects_on_a_message_are_chosen_by_text(driver: Driver, bot: SmallBot) -> None:
    ts = referred(driver)
    assert driver.click(SOCIAL, "front-door", ts, "act", "Visit made")["reply"] == "Recorded Visit made"
    assert driver.click(SOCIAL, "front-door", ts, "Close case")["reply"] == "Recorded Close case"
    offered = driver.post("options", seat=SOCIAL, channel="front-door", ts=ts, action="pick", query="four")
    assert offered["options"] == ["four one", "Two"]
    assert driver.click(SOCIAL, "front-door", ts, "pick", "Two")["reply"] == "Recorded Two"
    assert bot.seen[-1]["state"]["values"]["acts"]["act"]["selected_option"]["value"] == "visit_made"
    with pytest.raises(ControlError, match="Strategy discussion"):
        driver.click(SOCIAL, "front-door", ts, "act", "Nothing")


def test_a_listener_of_over_three_seconds_is_a_timeout_and_too_late_for_a_form(driver: Driver, bot: SmallBot) -> None:
    with pytest.raises(ControlError) as refusal:
        driver.command(OFFICER, "front-door", "/late")
    assert refusal.value.code == "operation_timeout"
    assert bot.late_done.wait(5)
    errors = [row["error"] for row in driver.get("log")["log"] if not row["ok"] and row["kind"] != "control"]
    assert errors[0] == "operation_timeout"
    assert errors[1:] == ["expired_trigger_id"]
    assert bot.errors == ["expired_trigger_id"]


def test_without_a_bot_a_command_fails_and_says_so(driver: Driver) -> None:
    with pytest.raises(ControlError) as refusal:
        driver.command(OFFICER, "front-door", "/refer")
    assert refusal.value.code == "dispatch_failed"


def test_the_ack_of_a_command_may_carry_the_reply(driver: Driver, bot: SmallBot) -> None:
    assert driver.command(OFFICER, "front-door", "hello")["reply"] == "Hello."
    assert driver.messages("front-door")[-1]["ephemeral_to"] == "U0OFFICER"


def test_home_and_messages_reach_the_bot_as_events(driver: Driver, bot: SmallBot) -> None:
    assert driver.post("home", seat=OFFICER)["blocks"][0]["text"]["text"] == "Nothing waits for you"
    said = driver.post("say", seat=SOCIAL, channel="front-door", text="hello <b> @channel")
    assert said["delivered"]
    assert bot.seen[-1]["text"] == "hello &lt;b&gt; <!channel>"
    assert bot.seen[-1]["team"] == "T0COUNCIL"


def test_a_shortcut_opens_its_form(driver: Driver, bot: SmallBot) -> None:
    assert driver.post("shortcut", seat=OFFICER, callback_id="raise")["view_id"]


def test_closing_a_form_that_clears_on_close_puts_those_under_it_away_too(driver: Driver, bot: SmallBot) -> None:
    view_id = driver.command(OFFICER, "front-door", "/refer")["view_id"]
    review = driver.submit(OFFICER, view_id, {"Concern": "Neglect", "Reference": "police 44-0001"})
    assert len(driver.views(OFFICER)) == 2
    driver.post("close", seat=OFFICER, view_id=review["view_id"])
    assert driver.views(OFFICER) == []
