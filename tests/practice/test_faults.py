"""Every fault on demand: what the bot's side sees of it, and that it ends."""

import http.client
import json
import threading
import urllib.error
import urllib.request
from http.client import IncompleteRead
from typing import Any

import pytest

from bot.practice.driver import Driver
from bot.practice.server import PracticeServer
from bot.practice.wire import ControlError
from tests.practice.small_bot import SmallBot

OFFICER, SOCIAL = "Officer One", "Social Worker Five"


def post(server: PracticeServer, channel: str = "C0SAFEGUARD") -> tuple[int, dict[str, Any], dict[str, str]]:
    """chat.postMessage as the bot: status, body, headers."""
    request = urllib.request.Request(
        f"{server.api_url}chat.postMessage",
        data=json.dumps({"channel": channel, "text": "x"}).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {server.cast.bot.bot_token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status, json.load(response), dict(response.headers)
    except urllib.error.HTTPError as refusal:
        with refusal:
            text = refusal.read()
            body = json.loads(text) if text.startswith(b"{") else {}
            return refusal.code, body, dict(refusal.headers)


def count(driver: Driver) -> int:
    return len(driver.messages("safeguarding"))


def test_an_error_hits_so_many_calls_of_one_method_and_channel(server: PracticeServer, driver: Driver) -> None:
    driver.post(
        "fault",
        kind="error",
        error="channel_is_limited_access",
        method="chat.postMessage",
        channel="safeguarding",
        count=2,
    )
    assert post(server, "C0FRONTDOOR")[1]["ok"]
    answers = [post(server)[1] for _ in range(3)]
    assert [answer.get("error") for answer in answers] == ["channel_is_limited_access"] * 2 + [None]
    assert driver.get("state")["faults"] == []


def test_a_429_holds_until_its_retry_after_has_passed_in_practice_time(server: PracticeServer, driver: Driver) -> None:
    driver.post("fault", kind="429", retry_after=60)
    for _ in range(2):
        status, body, headers = post(server)
        assert (status, body["error"]) == (429, "ratelimited")
        assert 58 <= int(headers["retry-after"]) <= 60
    driver.post("clock", wait=False, advance="61s")
    assert post(server)[0] == 200


def test_a_message_may_be_posted_though_the_answer_never_comes(server: PracticeServer, driver: Driver) -> None:
    driver.post("fault", kind="timeout_after_post", hold=0)
    with pytest.raises((IncompleteRead, http.client.RemoteDisconnected, json.JSONDecodeError)):
        post(server)
    assert count(driver) == 1


def test_a_message_may_be_posted_though_the_answer_is_500(server: PracticeServer, driver: Driver) -> None:
    driver.post("fault", kind="accepted_then_500")
    assert post(server)[0] == 500
    assert count(driver) == 1


def test_a_revoked_token_is_refused_until_the_fault_is_lifted(server: PracticeServer, driver: Driver) -> None:
    driver.post("fault", kind="revoked")
    assert [post(server)[1]["error"] for _ in range(2)] == ["token_revoked"] * 2
    driver.post("fault", kind="revoked", clear=True)
    assert post(server)[1]["ok"]


def test_a_dropped_socket_is_connected_anew_by_the_bot(driver: Driver, bot: SmallBot) -> None:
    bot.ready.clear()
    driver.post("fault", kind="drop_socket")
    assert bot.ready.wait(10)
    assert driver.command(OFFICER, "front-door", "/hello")["reply"] == "Hello."


def test_a_deaf_socket_swallows_what_is_sent_to_it(driver: Driver, bot: SmallBot) -> None:
    driver.post("fault", kind="deaf")
    with pytest.raises(ControlError) as refusal:
        driver.command(OFFICER, "front-door", "/hello")
    assert refusal.value.code == "operation_timeout"


def test_a_duplicate_arrives_twice_with_the_same_contents(driver: Driver, bot: SmallBot) -> None:
    driver.post("fault", kind="duplicate")
    driver.post("say", seat=SOCIAL, channel="front-door", text="once")
    assert [event["text"] for event in bot.seen] == ["once", "once"]
    assert bot.seen[0]["ts"] == bot.seen[1]["ts"]
    driver.post("say", seat=SOCIAL, channel="front-door", text="again")
    assert len(bot.seen) == 3


def test_an_event_nobody_took_is_sent_again_after_a_minute_of_practice_time(
    server: PracticeServer, driver: Driver
) -> None:
    assert not driver.post("say", seat=SOCIAL, channel="front-door", text="hello")["delivered"]
    heard = threading.Event()
    with SmallBot(server) as bot:
        bot.on_heard = heard.set
        driver.post("clock", wait=False, advance="61s")
        assert heard.wait(5)
    assert [event["text"] for event in bot.seen] == ["hello"]


def test_an_unknown_fault_names_the_ones_there_are(driver: Driver) -> None:
    with pytest.raises(ControlError, match="drop_socket"):
        driver.post("fault", kind="earthquake")


def test_reset_gives_back_the_state_at_start(server: PracticeServer, driver: Driver) -> None:
    post(server)
    driver.post("membership", channel="safeguarding", archived=True)
    driver.post("fault", kind="revoked")
    driver.post("clock", wait=False, advance="4h")
    driver.post("reset")
    state = driver.get("state")
    assert (count(driver), state["faults"]) == (0, [])
    assert not any(channel["archived"] for channel in state["channels"])
    assert post(server)[1]["ok"]


def test_a_bot_taken_out_of_a_channel_may_not_post_there(server: PracticeServer, driver: Driver) -> None:
    driver.post("membership", channel="safeguarding", seat="bot", **{"in": False})
    assert post(server)[1]["error"] == "not_in_channel"
    driver.post("membership", channel="safeguarding", seat="bot", **{"in": True})
    assert post(server)[1]["ok"]
