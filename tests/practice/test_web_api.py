"""Slack's rules and limits, each refused the way Slack refuses it."""

from typing import Any

import httpx
import pytest

from bot.practice.cast import default_cast
from bot.practice.driver import Driver
from bot.practice.server import PortInUse, PracticeServer
from bot.practice.workspace import Options


@pytest.fixture
def api(server: PracticeServer) -> "Api":
    return Api(server)


class Api:
    """Calls methods with the bot's token, JSON or form."""

    def __init__(self, server: PracticeServer) -> None:
        self.url = server.api_url
        self.headers = {"Authorization": f"Bearer {server.cast.bot.bot_token}"}

    def __call__(self, method: str, **args: object) -> dict[str, Any]:
        body: dict[str, Any] = self.raw(method, **args).json()
        return body

    def raw(self, method: str, **args: object) -> httpx.Response:
        return httpx.post(self.url + method, json=args, headers=self.headers)

    def form(self, method: str, **args: str) -> dict[str, Any]:
        body: dict[str, Any] = httpx.post(self.url + method, data=args, headers=self.headers).json()
        return body


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(text: str = "Go", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a block
    return {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": text}} | more


def modal(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a view
    return {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [section("x")]} | more


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0CANTEEN", "text": "x"}, "not_in_channel"),
        ({"channel": "C0SAFEGUARD"}, "no_text"),
        ({"channel": "C0SAFEGUARD", "text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": "C0SAFEGUARD", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
    ],
)
def test_a_post_that_slack_would_refuse_is_refused_by_the_same_code(api: Api, args: dict[str, Any], error: str) -> None:
    assert api("chat.postMessage", **args)["error"] == error


@pytest.mark.parametrize(
    ("block", "pointer"),
    [
        (section("x" * 3001), "/blocks/0/text/text"),
        ({"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}, "/blocks/0/fields"),
        ({"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}, "/blocks/0/fields/0/text"),
        ({"type": "section"}, "/blocks/0"),
        ({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}, "/blocks/0/text/text"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "/blocks/0/text/type"),
        ({"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}, "/blocks/0/elements"),
        ({"type": "actions", "elements": [button()] * 26}, "/blocks/0/elements"),
        ({"type": "actions", "elements": [button(), button()]}, "/blocks/0/elements/1/action_id"),
        ({"type": "actions", "elements": [button("x" * 76)]}, "/blocks/0/elements/0/text/text"),
        ({"type": "actions", "elements": [button(value="x" * 2001)]}, "/blocks/0/elements/0/value"),
        ({"type": "actions", "elements": [button(action_id="x" * 256)]}, "/blocks/0/elements/0/action_id"),
        ({"type": "actions", "elements": [button(style="loud")]}, "/blocks/0/elements/0/style"),
        ({"type": "actions", "elements": [button(confirm={"title": "no"})]}, "/blocks/0/elements/0/confirm/title"),
        ({"type": "actions", "elements": [{"type": "plain_text_input"}]}, "/blocks/0/elements/0/type"),
        ({"type": "divider", "block_id": "x" * 256}, "/blocks/0/block_id"),
        ({"type": "carousel"}, "/blocks/0/type"),
    ],
)
def test_a_block_over_a_limit_is_refused_and_the_place_named(api: Api, block: dict[str, Any], pointer: str) -> None:
    answer = api("chat.postMessage", channel="C0SAFEGUARD", text="x", blocks=[block])
    assert answer["error"] == "invalid_blocks"
    assert any(f"[json-pointer:{pointer}" in line for line in answer["response_metadata"]["messages"])


def choice(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a block
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
    select = {"type": "static_select", "action_id": "s", "options": [option]} | more
    return {"type": "actions", "elements": [select]}


@pytest.mark.parametrize(
    "block",
    [
        choice(options=[{"text": {"type": "plain_text", "text": str(n)}, "value": str(n)} for n in range(101)]),
        choice(options=[{"text": {"type": "plain_text", "text": "x" * 76}, "value": "1"}]),
        choice(options=[{"text": {"type": "plain_text", "text": "x"}, "value": "1" * 151}]),
        choice(options=[]),
        choice(initial_option={"text": {"type": "plain_text", "text": "Two"}, "value": "2"}),
        choice(placeholder={"type": "plain_text", "text": "x" * 151}),
        choice(type="overflow", options=[{"text": {"type": "plain_text", "text": "x"}, "value": "1"}] * 6),
    ],
)
def test_a_select_over_a_limit_is_refused(api: Api, block: dict[str, Any]) -> None:
    assert api("chat.postMessage", channel="C0SAFEGUARD", text="x", blocks=[block])["error"] == "invalid_blocks"


def test_fifty_blocks_are_taken_and_fifty_one_are_not(api: Api) -> None:
    assert api("chat.postMessage", channel="C0SAFEGUARD", text="x", blocks=[section("x")] * 50)["ok"]
    answer = api("chat.postMessage", channel="C0SAFEGUARD", text="x", blocks=[section("x")] * 51)
    assert answer["error"] == "invalid_blocks"


def test_native_charts_are_refused_where_the_workspace_has_none() -> None:
    chart = {"type": "data_visualization", "title": "x"}
    for offered, error in ((True, None), (False, "invalid_blocks")):
        with PracticeServer(default_cast(), port=0, options=Options(native_charts=offered)) as server:
            answer = Api(server)("chat.postMessage", channel="C0SAFEGUARD", text="x", blocks=[chart])
            assert answer.get("error") == error


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        (modal(title={"type": "plain_text", "text": "x" * 25}), "/view/title/text"),
        (modal(private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(callback_id="x" * 256), "/view/callback_id"),
        (modal(blocks=[section("x")] * 101), "/view/blocks"),
        (modal(type="home"), "/view/type"),
        (
            modal(
                blocks=[
                    {
                        "type": "input",
                        "label": {"type": "plain_text", "text": "x"},
                        "element": {"type": "plain_text_input", "action_id": "a"},
                    }
                ]
            ),
            "/view/submit",
        ),
    ],
)
def test_a_view_over_a_limit_is_refused_and_the_place_named(api: Api, view: dict[str, Any], pointer: str) -> None:
    answer = api("views.open", trigger_id="1.x", view=view)
    assert answer["error"] == "invalid_arguments"
    assert any(pointer in line for line in answer["response_metadata"]["messages"])


def test_eight_messages_at_once_pass_and_a_burst_then_waits_a_second_of_practice_time(api: Api, driver: Driver) -> None:
    # Practice time runs on between the calls, so that on a slow machine one or two more than eight may pass.
    answers = [api.raw("chat.postMessage", channel="C0SAFEGUARD", text="x") for _ in range(24)]
    assert all(answer.json()["ok"] for answer in answers[:8])
    refused = next(answer for answer in answers if not answer.json()["ok"])
    assert (refused.status_code, refused.headers["Retry-After"], refused.json()["error"]) == (429, "1", "ratelimited")
    assert api("chat.postMessage", channel="C0FRONTDOOR", text="x")["ok"]
    driver.post("clock", wait=False, advance="1s")
    assert api("chat.postMessage", channel="C0SAFEGUARD", text="x")["ok"]


def test_an_update_changes_own_messages_only_and_keeps_blocks_that_are_left_out(api: Api, driver: Driver) -> None:
    ts = api("chat.postMessage", channel="C0SAFEGUARD", text="x", blocks=[section("x")])["ts"]
    assert api("chat.update", channel="C0SAFEGUARD", ts=ts, text="y")["ok"]
    row = driver.messages("safeguarding")[-1]
    assert (row["text"], len(row["blocks"])) == ("y", 1)
    assert api("chat.update", channel="C0SAFEGUARD", ts="1.0", text="y")["error"] == "message_not_found"
    said = driver.post("say", wait=False, seat="Officer One", channel="safeguarding", text="mine")["ts"]
    assert api("chat.update", channel="C0SAFEGUARD", ts=said, text="y")["error"] == "cant_update_message"
    driver.post("membership", channel="safeguarding", archived=True)
    assert api("chat.update", channel="C0SAFEGUARD", ts=ts, text="z")["error"] == "is_archived"


def test_history_holds_metadata_and_threads_and_is_bounded(api: Api) -> None:
    found = {"event_type": "vigil_notice", "event_payload": {"notice": "n1"}}
    first = api("chat.postMessage", channel="C0SAFEGUARD", text="one", metadata=found)["ts"]
    api("chat.postMessage", channel="C0SAFEGUARD", text="reply", thread_ts=first)
    second = api("chat.postMessage", channel="C0SAFEGUARD", text="two")["ts"]
    newest = api.form("conversations.history", channel="C0SAFEGUARD", limit="1")
    assert [row["text"] for row in newest["messages"]] == ["two"]
    assert newest["has_more"]
    older = api.form("conversations.history", channel="C0SAFEGUARD", latest=second, include_all_metadata="true")
    assert [(row["text"], row["metadata"], row["reply_count"]) for row in older["messages"]] == [("one", found, 1)]
    after = api.form("conversations.history", channel="C0SAFEGUARD", oldest=first, inclusive="true")
    assert [row["text"] for row in after["messages"]] == ["two", "one"]
    assert "metadata" not in after["messages"][-1]
    thread = api("conversations.replies", channel="C0SAFEGUARD", ts=first)
    assert [row["text"] for row in thread["messages"]] == ["one", "reply"]


def test_a_user_id_means_the_direct_message_until_the_account_is_deactivated(api: Api, driver: Driver) -> None:
    posted = api("chat.postMessage", channel="U0SOCIAL", text="x")
    assert posted["channel"] == "D0SOCIAL"
    assert api("conversations.open", users="U0SOCIAL")["channel"]["id"] == "D0SOCIAL"
    assert [row["text"] for row in driver.messages("@Social Worker Five")] == ["x"]
    driver.post("membership", seat="Social Worker Five", deactivated=True)
    assert api("chat.postMessage", channel="U0SOCIAL", text="x")["error"] == "user_disabled"
    assert api("users.info", user="U0SOCIAL")["user"]["deleted"] is True


def test_an_ephemeral_needs_its_reader_in_the_channel_and_nobody_else_sees_it(api: Api, driver: Driver) -> None:
    refused = api("chat.postEphemeral", channel="C0SAFEGUARD", user="U0SOCIAL", text="x")
    assert refused["error"] == "user_not_in_channel"
    assert api("chat.postEphemeral", channel="C0SAFEGUARD", user="U0OFFICER", text="x")["ok"]
    assert driver.messages("safeguarding", seat="Sergeant Two") == []
    assert driver.messages("safeguarding", seat="Officer One")[0]["ephemeral_to"] == "U0OFFICER"
    assert api("conversations.history", channel="C0SAFEGUARD")["messages"] == []


def test_people_come_in_pages_and_strangers_are_marked(api: Api) -> None:
    page = api.form("users.list", limit="3")
    assert len(page["members"]) == 3
    rest = api.form("users.list", limit="3", cursor=page["response_metadata"]["next_cursor"])
    assert [user["id"] for user in rest["members"]] == ["U0CHIEF", "U0VIGIL"]
    assert rest["response_metadata"]["next_cursor"] == ""
    assert api("users.info", user="U0SOCIAL")["user"]["is_stranger"] is True
    assert api("users.lookupByEmail", email="officer.one@force.example")["user"]["id"] == "U0OFFICER"
    assert api("users.lookupByEmail", email="worker.five@council.example")["error"] == "users_not_found"


def test_channels_show_whether_they_are_shared_and_whether_the_bot_is_in(api: Api) -> None:
    rows = {row["name"]: row for row in api("conversations.list", types="public_channel,private_channel")["channels"]}
    assert set(rows) == {"front-door", "safeguarding", "command", "canteen"}
    assert (rows["front-door"]["is_ext_shared"], rows["canteen"]["is_member"]) == (True, False)
    assert "U0SOCIAL" in api("conversations.members", channel="C0FRONTDOOR")["members"]


def test_an_unknown_method_is_loud(api: Api, driver: Driver) -> None:
    assert api("files.upload")["error"] == "unknown_method"
    row = driver.get("log")["log"][-1]
    assert (row["ok"], row["name"], row["error"]) == (False, "files.upload", "unknown_method")


def test_optional_methods_can_be_missing() -> None:
    with PracticeServer(default_cast(), port=0, options=Options(optional_methods=False)) as server:
        assert Api(server)("usergroups.list")["error"] == "unknown_method"


def test_a_user_group_has_the_members_that_it_was_given_until_it_is_taken_away(api: Api, driver: Driver) -> None:
    assert api("usergroups.users.list", usergroup="S0DUTY")["error"] == "no_such_subteam"
    driver.post("group", group="S0DUTY", members=["Officer One", "U0LEAD"])
    assert api("usergroups.list")["usergroups"] == [{"id": "S0DUTY", "handle": "s0duty"}]
    assert api("usergroups.users.list", usergroup="S0DUTY")["users"] == ["U0OFFICER", "U0LEAD"]
    driver.post("group", group="S0DUTY", members=None)
    assert api("usergroups.list")["usergroups"] == []


def test_a_wrong_token_is_refused(server: PracticeServer) -> None:
    for token, error in (
        ("", "not_authed"),
        ("xoxb-other", "invalid_auth"),
        ("xapp-practice", "not_allowed_token_type"),
    ):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        assert httpx.post(f"{server.api_url}auth.test", headers=headers).json()["error"] == error


def test_other_origins_and_hosts_are_turned_away_and_a_policy_is_sent(server: PracticeServer) -> None:
    page = httpx.get(server.url)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert httpx.get(server.url, headers={"Host": "evil.example"}).status_code == 403
    assert httpx.post(f"{server.url}/control/reset", headers={"Origin": "http://evil.example"}).status_code == 403


def test_a_port_in_use_is_named_with_the_way_out(server: PracticeServer) -> None:
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(PortInUse, match=f"Port {port} is in use.*--port"), PracticeServer(default_cast(), port=port):
        pass


def test_pins_reactions_permalinks_and_deletion_work_once(api: Api) -> None:
    ts = api("chat.postMessage", channel="C0SAFEGUARD", text="x")["ts"]
    assert api("pins.add", channel="C0SAFEGUARD", timestamp=ts)["ok"]
    assert api("pins.add", channel="C0SAFEGUARD", timestamp=ts)["error"] == "already_pinned"
    assert api("pins.list", channel="C0SAFEGUARD")["items"][0]["message"]["ts"] == ts
    assert api("reactions.add", channel="C0SAFEGUARD", timestamp=ts, name="eyes")["ok"]
    assert api("reactions.add", channel="C0SAFEGUARD", timestamp=ts, name="eyes")["error"] == "already_reacted"
    assert ts.replace(".", "") in api("chat.getPermalink", channel="C0SAFEGUARD", message_ts=ts)["permalink"]
    assert api("chat.delete", channel="C0SAFEGUARD", ts=ts)["ok"]
    assert api("chat.delete", channel="C0SAFEGUARD", ts=ts)["error"] == "message_not_found"
