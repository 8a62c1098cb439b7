import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.practice import slack_manifest
from bot.practice.driver import Driver
from bot.practice.sample import SAMPLE_DIRECTORY, sample_cast
from bot.practice.server import PracticeServer
from tests.cli.conftest import Operator
from tests.scenarios.world import world

Rows = dict[str, dict[str, object]]


@pytest.fixture
def workspace() -> Iterator[PracticeServer]:
    with PracticeServer(sample_cast(SAMPLE_DIRECTORY, manifest=slack_manifest()), port=0) as server:
        yield server


def checked(operator: Operator, server: PracticeServer | None, *arguments: str, **settings: str) -> tuple[int, Rows]:
    """The status of `vigil check` and its rows by what was looked at."""
    slack = (
        {name: value for name, value in server.bot_environment.items() if name.startswith("SLACK")} if server else {}
    )
    answer = operator.types("check", "--json", *arguments, **{**slack, **settings})
    assert "Traceback" not in answer.err
    return answer.status, {row["what"]: row for row in json.loads(answer.out)["items"]}


def test_a_deployment_in_order_is_said_to_be_in_order_row_by_row(operator: Operator, workspace: PracticeServer) -> None:
    status, rows = checked(operator, workspace)
    assert status == 0, [row for row in rows.values() if not row["in_order"]]
    assert {"master key file", "database", "policy", "directory", "bot token", "workspace", "permissions"} <= set(rows)
    assert rows["app-level token"]["found"] == "Socket Mode opens"
    assert any(what.startswith("control channel") for what in rows)
    assert rows["Nadia Elderflower (nadia-elderflower)"]["found"] == "has an account"
    posts = [
        row
        for row in Driver(workspace.url).get("log")["log"]
        if row["name"] in {"chat.postMessage", "conversations.open"}
    ]
    assert posts == []


def test_the_user_group_that_duty_follows_is_read_and_one_that_is_no_help_has_its_mend(
    operator: Operator, workspace: PracticeServer, tmp_path: Path
) -> None:
    file = tmp_path / "directory.toml"
    text = SAMPLE_DIRECTORY.read_text("utf-8")
    file.write_text(text.replace("briefs = true", 'briefs = true\nduty_group = "S0DUTY"', 1), "utf-8")
    what, driver = "duty group S0DUTY of Response, north and south", Driver(workspace.url)
    status, rows = checked(operator, workspace, VIGIL_DIRECTORY=str(file))
    assert (status, rows[what]["found"]) == (1, "no_such_subteam")
    driver.post("group", group="S0DUTY", members=["Nadia Elderflower"])
    status, rows = checked(operator, workspace, VIGIL_DIRECTORY=str(file))
    assert (status, rows[what]["found"]) == (1, "nobody of the directory is in it")
    driver.post("group", group="S0DUTY", members=["Dafydd Larkmoor"])
    status, rows = checked(operator, workspace, VIGIL_DIRECTORY=str(file))
    assert (status, rows[what]["found"]) == (0, "on duty: Dafydd Larkmoor")


def test_each_thing_out_of_order_in_slack_is_named_with_its_mend(operator: Operator, workspace: PracticeServer) -> None:
    driver = Driver(workspace.url)
    driver.post("membership", channel="front-door", seat="bot", **{"in": False})
    driver.post("membership", channel="response-duty", archived=True)
    driver.post("membership", seat="Dafydd Larkmoor", deactivated=True)
    status, rows = checked(operator, workspace)
    wrong = {what: row for what, row in rows.items() if not row["in_order"]}
    assert status == 1
    assert sorted(str(row["found"]) for row in wrong.values()) == [
        "archived",
        "channel_not_found",
        "their Slack account is deactivated",
    ]
    assert all(row["mend"] for row in wrong.values())


def test_a_token_without_every_permission_says_what_each_missing_one_is_for(operator: Operator) -> None:
    cast = replace(
        sample_cast(SAMPLE_DIRECTORY, manifest=slack_manifest()), scopes=("commands", "chat:write", "files:read")
    )
    with PracticeServer(cast, port=0) as server:
        status, rows = checked(operator, server)
    assert status == 1
    assert "im:write to open the direct message in which a person is reminded" in str(rows["permissions"]["found"])
    assert "vigil init" in str(rows["permissions"]["mend"])


def test_wrong_tokens_are_told_apart(operator: Operator, workspace: PracticeServer) -> None:
    status, rows = checked(operator, workspace, SLACK_BOT_TOKEN="xoxb-of-another-app")
    assert status == 1
    assert rows["bot token"]["found"] == "invalid_auth"
    assert "SLACK_BOT_TOKEN" in str(rows["bot token"]["mend"])
    status, rows = checked(operator, workspace, SLACK_APP_TOKEN="xapp-of-another-app")
    assert status == 1
    assert "SLACK_APP_TOKEN" in str(rows["app-level token"]["mend"])


def test_a_slack_that_cannot_be_reached_is_not_called_a_wrong_token(operator: Operator) -> None:
    status, rows = checked(operator, None)
    assert status == 1
    assert "not reached" in str(rows["bot token"]["found"])
    assert "slack.com" in str(rows["bot token"]["mend"])


def test_offline_looks_at_this_machine_alone(operator: Operator) -> None:
    status, rows = checked(operator, None, "--offline")
    assert status == 0
    assert set(rows) == {"master key file", "database", "policy", "directory", "roads", "synthetic case"}


def test_a_newcomer_is_told_everything_that_is_missing_at_once(newcomer: Operator) -> None:
    status, rows = checked(newcomer, None)
    assert status == 1
    wrong = {what for what, row in rows.items() if not row["in_order"]}
    assert {"master key file", "database", "directory", "Slack"} <= wrong
    assert not (newcomer.place / "vigil.keys").exists()


def test_secrets_that_others_may_read_are_not_in_order(operator: Operator) -> None:
    dotenv = operator.place / ".env"
    dotenv.write_text("SLACK_BOT_TOKEN=xoxb-made-up\n")
    dotenv.chmod(0o644)
    status, rows = checked(operator, None, "--offline")
    assert status == 1
    assert rows[".env"]["mend"] == "chmod 600 .env"
    dotenv.chmod(0o600)
    assert checked(operator, None, "--offline")[0] == 0


def test_a_calendar_near_its_end_is_not_in_order(operator: Operator) -> None:
    policy = operator.place / "policy.toml"
    policy.write_text("[calendar]\nknown_until = 2026-12-31\n")
    status, rows = checked(operator, None, "--offline", VIGIL_POLICY=str(policy))
    assert status == 1
    assert "2026-12-31" in str(rows["policy"]["found"])


def test_people_read_a_table_and_a_count(operator: Operator, workspace: PracticeServer, tmp_path: Path) -> None:
    slack = {name: value for name, value in workspace.bot_environment.items() if name.startswith("SLACK")}
    answer = operator.types("check", **slack)
    assert answer.status == 0
    assert "0 to mend" in answer.out
    assert "xoxb" not in answer.out


def test_a_road_that_the_bot_found_dead_is_named_until_it_is_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with world(tmp_path) as here:
        here.driver.post("membership", channel="front-door", archived=True)
        here.refer()
        here.driver.advance("1s")
    operator = Operator(tmp_path, {"VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY)}, capsys)
    status, rows = checked(operator, None, "--offline")
    assert status == 1
    assert "channel C0FRONTDR1 since" in str(rows["roads"]["found"])
    assert "is_archived" in str(rows["roads"]["found"])
