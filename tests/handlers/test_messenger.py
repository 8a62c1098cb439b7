import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.ids import ChannelId
from bot.domain.letters import CardLetter, ControlLetter, LineLetter, Outgoing
from bot.domain.notices import Destination, FailureKind, Posted, SendFailed
from bot.practice.wire import Json
from handlers.messenger import SlackMessenger, check_token, web_client
from tests.handlers.answering import Answer, Answering
from tests.handlers.conftest import Office
from tests.handlers.desks import NOW, a_case, a_reminder, rules

FRONT_DOOR = ChannelId("C0FRONTDR1")
PEOPLE = rules().directory.people


OFFICER = next(known for known in PEOPLE.values() if known.id == "imani-oakhollow")


def outgoing(key: str = "key-1", **changes: bool) -> Outgoing:
    return Outgoing(CardLetter(a_case()), key, NOW, **changes)


def practice_now(office: Office) -> datetime:
    return datetime.fromisoformat(office.driver.get("clock")["now"])


def row(office: Office, posted: Posted) -> Json:
    return next(row for row in office.driver.messages("front-door") if row["ts"] == posted.ts)


def test_a_post_carries_text_blocks_and_its_key(office: Office) -> None:
    shown = row(office, office.messenger.post(outgoing(), channel=FRONT_DOOR, thread=None))
    assert shown["text"].startswith("SG-26-00042 waits for")
    assert shown["blocks"][-1]["block_id"].startswith("case:")
    assert shown["metadata"] == {"event_type": "vigil_notice", "event_payload": {"key": "key-1"}}


def test_a_reminder_goes_under_the_card(office: Office) -> None:
    card = office.messenger.post(outgoing(), channel=FRONT_DOOR, thread=None)
    line = Outgoing(LineLetter(a_case(), "SG-26-00042: acknowledged."), "key-2", NOW)
    posted = office.messenger.post(line, channel=FRONT_DOOR, thread=card.ts)
    assert row(office, posted)["thread_ts"] == card.ts


def test_a_direct_message_goes_to_the_person(office: Office) -> None:
    posted = office.messenger.post_to(Outgoing(a_reminder(), "key-3", NOW), person=OFFICER)
    assert posted.channel.startswith("D")
    assert "20 minutes late" in office.driver.messages(f"@{OFFICER.name}")[-1]["text"]


def test_somebody_without_slack_is_a_dead_route() -> None:
    messenger = SlackMessenger(web_client("xoxb-made-up", "http://127.0.0.1:9/api/"))
    with pytest.raises(SendFailed) as failed:
        messenger.post_to(outgoing(), person=replace(OFFICER, slack=None))
    assert failed.value.kind is FailureKind.ROUTE_DEAD


def test_a_card_is_redrawn_in_place_and_gone_when_it_was_deleted(office: Office) -> None:
    posted = office.messenger.post(outgoing(), channel=FRONT_DOOR, thread=None)
    later = replace(a_case(), version=4)
    office.messenger.redraw(Outgoing(CardLetter(later), "key-1", NOW), posted=posted)
    assert row(office, posted)["blocks"][-1]["block_id"].endswith(":4")
    assert row(office, posted)["metadata"]["event_payload"] == {"key": "key-1"}
    with pytest.raises(SendFailed) as failed:
        office.messenger.redraw(outgoing(), posted=Posted(FRONT_DOOR, "1.000001"))
    assert failed.value.kind is FailureKind.GONE


def test_redrawn_plainly_a_card_loses_its_blocks(office: Office) -> None:
    posted = office.messenger.post(outgoing(), channel=FRONT_DOOR, thread=None)
    office.messenger.redraw(outgoing(plain=True), posted=posted)
    assert row(office, posted)["blocks"] == []
    assert "Northmere Children's Social Care" in row(office, posted)["text"]


def test_an_earlier_copy_is_found_by_its_key_in_the_channel_and_in_a_thread(office: Office) -> None:
    since = practice_now(office) - timedelta(seconds=5)
    card = office.messenger.post(outgoing("card"), channel=FRONT_DOOR, thread=None)
    step = office.messenger.post(outgoing("step"), channel=FRONT_DOOR, thread=card.ts)
    where = Destination.channel(FRONT_DOOR)
    assert office.messenger.find("card", destination=where, person=None, since=since) == card
    assert office.messenger.find("step", destination=where, person=None, since=since) == step
    assert office.messenger.find("other", destination=where, person=None, since=since) is None
    after = practice_now(office) + timedelta(hours=1)
    assert office.messenger.find("card", destination=where, person=None, since=after) is None


def test_an_earlier_direct_message_is_found_by_its_key(office: Office) -> None:
    since = practice_now(office) - timedelta(seconds=5)
    posted = office.messenger.post_to(outgoing("to-officer"), person=OFFICER)
    where = Destination.person(OFFICER.id)
    assert office.messenger.find("to-officer", destination=where, person=OFFICER, since=since) == posted


def test_a_new_copy_under_an_old_card_is_found_too(office: Office) -> None:
    card = office.messenger.post(outgoing("card"), channel=FRONT_DOOR, thread=None)
    office.driver.advance("4h")
    since = practice_now(office)
    step = office.messenger.post(outgoing("step"), channel=FRONT_DOOR, thread=card.ts)
    where = Destination.channel(FRONT_DOOR)
    assert office.messenger.find("step", destination=where, person=None, since=since) == step


def test_what_slack_took_before_the_line_broke_is_in_doubt_and_then_found(office: Office) -> None:
    since = practice_now(office) - timedelta(seconds=5)
    office.driver.post("fault", kind="timeout_after_post", method="chat.postMessage", hold=0)
    with pytest.raises(SendFailed) as failed:
        office.messenger.post(outgoing("doubt"), channel=FRONT_DOOR, thread=None)
    assert failed.value.kind is FailureKind.UNKNOWN
    found = office.messenger.find("doubt", destination=Destination.channel(FRONT_DOOR), person=None, since=since)
    assert found is not None


def test_too_many_messages_are_refused_with_the_time_to_wait(office: Office) -> None:
    office.driver.post("fault", kind="429", method="chat.postMessage", retry_after=7)
    with pytest.raises(SendFailed) as failed:
        office.messenger.post(outgoing(), channel=FRONT_DOOR, thread=None)
    assert (failed.value.kind, failed.value.retry_after) == (FailureKind.REFUSED, timedelta(seconds=7))


def error(code: str, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps({"ok": False, "error": code}), headers)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (error("channel_not_found"), FailureKind.ROUTE_DEAD, "channel_not_found"),
        (error("is_archived"), FailureKind.ROUTE_DEAD, "is_archived"),
        (error("not_in_channel"), FailureKind.ROUTE_DEAD, "not_in_channel"),
        (error("user_disabled"), FailureKind.ROUTE_DEAD, "user_disabled"),
        (error("invalid_auth"), FailureKind.CREDENTIAL_DEAD, "invalid_auth"),
        (error("token_revoked"), FailureKind.CREDENTIAL_DEAD, "token_revoked"),
        (error("invalid_blocks"), FailureKind.CONTENT_BAD, "invalid_blocks"),
        (error("msg_too_long"), FailureKind.CONTENT_BAD, "msg_too_long"),
        (error("message_not_found"), FailureKind.GONE, "message_not_found"),
        (error("thread_not_found"), FailureKind.GONE, "thread_not_found"),
        (error("internal_error"), FailureKind.UNKNOWN, "internal_error"),
        (error("fatal_error"), FailureKind.UNKNOWN, "fatal_error"),
        (error("ratelimited"), FailureKind.REFUSED, "ratelimited"),
        (error("a_code_of_tomorrow"), FailureKind.REFUSED, "a_code_of_tomorrow"),
        (error("ratelimited", 429, **{"Retry-After": "30"}), FailureKind.REFUSED, "ratelimited"),
        (Answer(429, "slow down", {"retry-after": "soon"}), FailureKind.REFUSED, "ratelimited"),
        (error("internal_error", 500), FailureKind.UNKNOWN, "http_500"),
        (Answer(503, "<html>away</html>"), FailureKind.UNKNOWN, "http_503"),
        (Answer(200, "<html>a proxy's page</html>"), FailureKind.UNKNOWN, "unreadable_answer"),
        (Answer(cut=True), FailureKind.UNKNOWN, "RemoteDisconnected"),
        (Answer(silent=True), FailureKind.UNKNOWN, "TimeoutError"),
    ],
)
def test_every_answer_of_slack_has_its_class(answer: Answer, kind: FailureKind, code: str) -> None:
    with Answering(answer) as server:
        client = web_client("xoxb-made-up", server.url)
        client.timeout = 1
        with pytest.raises(SendFailed) as failed:
            SlackMessenger(client).post(outgoing(), channel=FRONT_DOOR, thread=None)
    assert (failed.value.kind, failed.value.code) == (kind, code)
    assert "made-up" not in str(failed.value)


def test_a_connection_that_never_came_about_is_certainly_not_accepted() -> None:
    with Answering(Answer()) as closed:
        address = closed.url
    with pytest.raises(SendFailed) as failed:
        SlackMessenger(web_client("xoxb-made-up", address)).post(outgoing(), channel=FRONT_DOOR, thread=None)
    assert failed.value.kind is FailureKind.REFUSED


def test_a_wrong_bot_token_is_told_apart_from_slack_being_away(office: Office) -> None:
    check_token(web_client(office.environment["SLACK_BOT_TOKEN"], office.environment["SLACK_API_URL"]))
    with pytest.raises(SendFailed) as failed:
        check_token(web_client("xoxb-wrong", office.environment["SLACK_API_URL"]))
    assert failed.value.kind is FailureKind.CREDENTIAL_DEAD


CALLS: list[Callable[[SlackMessenger], object]] = [
    lambda messenger: messenger.post(Outgoing(ControlLetter("line"), "k", NOW), channel=FRONT_DOOR, thread=None),
    lambda messenger: messenger.redraw(outgoing(), posted=Posted(FRONT_DOOR, "1.1")),
    lambda messenger: messenger.find("k", destination=Destination.channel(FRONT_DOOR), person=None, since=NOW),
    lambda messenger: messenger.find("k", destination=Destination.person(OFFICER.id), person=OFFICER, since=NOW),
]


@pytest.mark.parametrize("call", CALLS)
def test_no_call_lets_another_exception_through(call: Callable[[SlackMessenger], object]) -> None:
    for answer in (error("invalid_auth"), Answer(500, ""), Answer(cut=True)):
        with Answering(answer) as server, pytest.raises(SendFailed):
            call(SlackMessenger(web_client("xoxb-made-up", server.url)))
