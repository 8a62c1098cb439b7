"""One engine a database; everything else may be typed while it runs."""

import os
import socket
from pathlib import Path

import pytest

from bot.practice.sample import SAMPLE_DIRECTORY, sample_cast
from bot.practice.server import PracticeServer
from tests.cli.conftest import Operator
from tests.scenarios.world import world


def test_a_second_run_on_the_same_file_ends_in_3_and_says_who_holds_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with world(tmp_path) as here:
        second = Operator(tmp_path, here.environment, capsys)
        answer = second.types("run")
        assert answer.status == 3
        (line,) = answer.err.splitlines()
        assert f"process {os.getpid()} on {socket.gethostname()}, since 2026-11-23T10:00:0" in line
        assert "Stop that one first" in line

        reference = here.refer()
        assert reference in second.types("cases").out
        assert second.types("audit", "verify").status == 0
        assert here.errors() == []


def test_a_directory_without_a_team_that_open_cases_rest_on_ends_in_2_and_names_it(auditor: Operator) -> None:
    own = auditor.place / "directory.toml"
    own.write_text(SAMPLE_DIRECTORY.read_text("utf-8").replace('"front-door"', '"new-door"'), "utf-8")
    tokens = {"SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_APP_TOKEN": "xapp-made-up", "VIGIL_LISTEN": "127.0.0.1:0"}
    answer = auditor.types("run", VIGIL_DIRECTORY=str(own), **tokens)
    assert answer.status == 2
    (line,) = [line for line in answer.err.splitlines() if line.startswith(str(own))]
    assert "team.front-door: the team is gone, and 2 open cases rest on it. Put it back until they are closed" in line


def test_an_address_that_another_program_listens_on_ends_in_3_and_names_the_setting(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        answer = operator.types("run", VIGIL_LISTEN=address)
    assert answer.status == 3
    assert answer.err.splitlines() == [
        f"VIGIL_LISTEN: another program listens on {address}. Stop that one, or set another port (0: a free one)."
    ]


@pytest.mark.parametrize(
    ("setting", "value"), [("SLACK_BOT_TOKEN", "xoxb-another"), ("SLACK_APP_TOKEN", "xapp-another")]
)
def test_a_token_that_slack_refuses_ends_in_2_and_names_the_setting(
    operator: Operator, setting: str, value: str
) -> None:
    with PracticeServer(sample_cast(), port=0) as server:
        answer = operator.starts("run", **{**server.bot_environment, setting: value})
    assert answer.status == 2
    said = answer.err.splitlines()[-1]
    assert said.startswith(f"Slack refuses {setting} (invalid_auth): set it to the ")
    assert value not in answer.err
    assert "Traceback" not in answer.err


def test_practice_on_a_port_in_use_ends_in_3_and_says_how_to_choose_another(newcomer: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = newcomer.types("practice", "--port", str(port))
    assert answer.status == 3
    assert answer.err.splitlines() == [
        f"Port {port} is in use: choose another with --port, or --port 0 for a free one."
    ]
