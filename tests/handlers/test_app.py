import io
import json
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

import handlers
from handlers.app import ACTIONS, SHORTCUTS, build
from handlers.manifest import SCOPES, manifest, missing_scopes
from handlers.messenger import web_client
from handlers.quiet import quieten
from handlers.registry import COMMANDS
from handlers.transport import SocketTransport, TokenRefused
from handlers.views import card
from tests.handlers.conftest import Office
from tests.handlers.desks import NOW, Front, StillClock, a_case

MANIFEST = json.loads(Path(str(handlers.__file__)).with_name("manifest.json").read_text("utf-8"))


def test_the_manifest_names_the_commands_that_are_listened_to_and_no_others() -> None:
    named = [
        (command["command"], command["description"], command.get("usage_hint", ""))
        for command in MANIFEST["features"]["slash_commands"]
    ]
    assert named == [(command.name, command.says, command.hint) for command in COMMANDS]


def test_the_manifest_names_the_shortcuts_that_are_listened_to_and_no_others() -> None:
    named = MANIFEST["features"]["shortcuts"]
    assert [row["callback_id"] for row in named] == list(SHORTCUTS)
    assert {row["type"] for row in named} == {"global", "message"}
    assert {row["name"] for row in named} == {"Safeguarding referral"}


def test_the_manifest_keeps_to_the_lengths_that_slack_takes() -> None:
    shown, features = MANIFEST["display_information"], MANIFEST["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 139
    assert len(features["bot_user"]["display_name"]) <= 80
    assert all(len(row["name"]) <= 24 and len(row["description"]) <= 150 for row in features["shortcuts"])
    assert all(len(row["description"]) <= 2000 and len(row["command"]) <= 32 for row in features["slash_commands"])


def test_the_manifest_turns_home_on_and_subscribes_to_nothing_else() -> None:
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"]
    assert MANIFEST["settings"]["event_subscriptions"] == {"bot_events": ["app_home_opened"]}


def test_the_manifest_asks_for_no_files_no_user_token_and_no_more_than_is_used() -> None:
    assert set(MANIFEST["oauth_config"]["scopes"]) == {"bot"}
    assert MANIFEST["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert not [scope for scope in SCOPES if scope.startswith("files") or scope.endswith(("public", "customize"))]
    assert MANIFEST["settings"]["socket_mode_enabled"]


def test_every_permission_has_a_reason_that_a_person_who_installs_the_app_can_read() -> None:
    assert all(reason.startswith(("to ", "so that ", "the same ")) for reason in SCOPES.values())


def test_a_manifest_for_http_mode_names_the_address_wherever_slack_is_to_send() -> None:
    found = manifest(request_url="https://vigil.example/slack/events")
    assert not found["settings"]["socket_mode_enabled"]
    assert {command["url"] for command in found["features"]["slash_commands"]} == {"https://vigil.example/slack/events"}
    assert found["settings"]["interactivity"]["request_url"] == "https://vigil.example/slack/events"
    assert found["settings"]["interactivity"]["message_menu_options_url"] == "https://vigil.example/slack/events"
    assert found["settings"]["event_subscriptions"]["request_url"] == "https://vigil.example/slack/events"


def test_a_token_that_lacks_a_permission_is_told_from_one_that_has_them_all() -> None:
    assert missing_scopes(",".join(SCOPES)) == []
    assert missing_scopes("commands, chat:write") == [s for s in SCOPES if s not in {"commands", "chat:write"}]


def test_every_control_of_a_card_has_a_listener() -> None:
    elements = card.card(a_case(), NOW).blocks[-1]["elements"]
    taken = [each for each in ACTIONS if each != re.compile("")]  # the last one takes whatever nobody else has
    for action_id in (element["action_id"] for element in elements):
        assert any(each == action_id if isinstance(each, str) else each.search(action_id) for each in taken), action_id


def test_a_control_of_an_older_bot_is_answered_and_not_left_hanging(office: Office) -> None:
    client = web_client(office.environment["SLACK_BOT_TOKEN"], office.environment["SLACK_API_URL"])
    button = {"type": "button", "action_id": "long_gone", "text": {"type": "plain_text", "text": "Old"}, "value": "1"}
    row = {"type": "actions", "block_id": "old", "elements": [button]}
    posted = client.chat_postMessage(channel="C0FRONTDR1", text="old", blocks=[row])
    said = office.driver.click("Nadia Elderflower", "front-door", posted["ts"], "Old")["reply"]
    assert said == "This button is from an older message. Use the newest card of the case."


def test_slacks_libraries_say_what_went_wrong_and_never_what_was_typed() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = quieten()
    logger.addHandler(handler)
    try:
        logger.info("a request: Canary Childname")
        logger.warning("Unhandled request ({'type': 'x', 'text': 'Canary Childname'})\n--- Canary Childname")
        logger.error("Failed to send: %s", {"text": "Canary Childname"})
        try:
            raise ValueError("Canary Childname")
        except ValueError:
            logger.exception("Failed to run a request listener")
    finally:
        logger.removeHandler(handler)
    said = stream.getvalue()
    assert "Canary" not in said
    assert said.splitlines() == ["Unhandled request", "Failed to send:", "Failed to run a request listener ValueError"]


def test_a_wrong_app_token_is_one_sentence_that_names_the_setting(office: Office) -> None:
    client = web_client(office.environment["SLACK_BOT_TOKEN"], office.environment["SLACK_API_URL"])
    transport = SocketTransport(build(client, Front().desk(), StillClock()), "xapp-wrong")
    with pytest.raises(TokenRefused, match="SLACK_APP_TOKEN"):
        transport.start()
    assert not transport.connected()


def test_a_bot_that_starts_while_slack_is_away_connects_once_it_is_back(office: Office) -> None:
    client = web_client(office.environment["SLACK_BOT_TOKEN"], office.environment["SLACK_API_URL"])
    app = build(client, Front().desk(), StillClock())
    transport = SocketTransport(app, office.environment["SLACK_APP_TOKEN"], try_again_after=0.02)
    office.driver.post("fault", kind="error", method="apps.connections.open", error="internal_error", count=2)
    transport.start()
    try:
        assert wait_until(transport.connected)
    finally:
        transport.stop()
    assert not transport.connected()


def wait_until(holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within 20 seconds."""
    pause, ends = Event(), monotonic() + 20
    while not holds():
        if monotonic() > ends:
            return False
        pause.wait(0.02)
    return True


def test_a_dropped_socket_is_taken_up_again(office: Office) -> None:
    office.driver.post("fault", kind="drop_socket", wait=False)
    assert not office.driver.get("state")["bot"]["connected"]
    assert wait_until(lambda: bool(office.driver.get("state")["bot"]["connected"]))
    assert office.driver.command("Imani Oakhollow", "front-door", "/refer")["view_id"]


def test_twenty_presses_at_once_are_all_answered_in_time(office: Office) -> None:
    client = web_client(office.environment["SLACK_BOT_TOKEN"], office.environment["SLACK_API_URL"])
    blocks = list(card.card(a_case(), NOW).blocks)
    ts = str(client.chat_postMessage(channel="C0FRONTDR1", text="card", blocks=blocks)["ts"])

    def press(_: int) -> float:
        answer = office.driver.post(
            "click", wait=False, seat="Nadia Elderflower", channel="front-door", ts=ts, action="acknowledge"
        )
        return float(answer["acked_ms"])

    with ThreadPoolExecutor(20) as pool:
        assert max(pool.map(press, range(40))) < 3000
    assert len(office.front.of("acknowledge")) == 40
