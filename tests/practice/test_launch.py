"""The practice workspace in the foreground, with the bot as its child or apart from it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.practice.cast import default_cast
from bot.practice.driver import Driver
from bot.practice.launch import run_practice
from bot.practice.server import PracticeServer

BOT = """
import os, threading
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
web = WebClient(base_url=os.environ["SLACK_API_URL"])
print("bot", os.getpid(), os.environ["VIGIL_CLOCK_URL"], flush=True)
SocketModeClient(app_token=os.environ["SLACK_APP_TOKEN"], web_client=web).connect()
threading.Event().wait()
"""
LAUNCH = f"""
import sys
import pytest
from bot.practice.cast import default_cast
from bot.practice.launch import run_practice
sys.exit(run_practice(cast=default_cast(), port=0, bot=sys.argv[1], bot_command=[sys.executable, "-c", {BOT!r}],
    environment={{"VIGIL_DIRECTORY": "directory.toml"}}))
"""

LEASHED = (
    BOT.replace("threading.Event().wait()", "")
    + """
import signal
signal.signal(signal.SIGTERM, lambda *_: (os.write(1, b"the bot has ended"), os._exit(0)))
print("Practice begins", flush=True)
threading.Event().wait()
"""
)
ON_A_LEASH = """
import sys
from bot.practice.cast import default_cast
from bot.practice.launch import run_practice
command = [sys.executable, "-m", "bot.practice.leash", "leashed_bot"]
run_practice(cast=default_cast(), port=0, environment={"PYTHONPATH": sys.argv[1]}, bot_command=command)
"""


@contextmanager
def launched(bot: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The launcher as a process, and its lines up to the one that names the address and what follows it."""
    process = subprocess.Popen([sys.executable, "-c", LAUNCH, bot], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith("Practice workspace") and bot == "internal":
            break
        if "VIGIL_DIRECTORY" in line and bot == "external":
            break
    try:
        yield process, lines
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def test_the_bot_is_connected_when_the_address_is_printed_and_both_end_on_sigterm() -> None:
    with launched("internal") as (process, lines):
        url = lines[-1].removeprefix("Practice workspace: ")
        assert Driver(url).get("state")["bot"]["connected"]
        child = int(lines[0].split()[1])
        assert lines[0].endswith(f"{url}/control/clock")
        process.terminate()
        assert process.wait(10) == 0
    alive = subprocess.run(["kill", "-0", str(child)], check=False, capture_output=True)
    assert alive.returncode != 0


def test_a_workspace_that_is_killed_takes_its_bot_with_it(tmp_path: Path) -> None:
    (tmp_path / "leashed_bot.py").write_text(LEASHED)
    command = [sys.executable, "-c", ON_A_LEASH, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line.startswith("Practice begins") for line in process.stdout)
        process.kill()
        assert "the bot has ended" in process.stdout.read()


def test_for_a_bot_apart_the_settings_are_printed_and_nothing_is_started() -> None:
    with launched("external") as (process, lines):
        url = lines[0].removeprefix("Practice workspace: ")
        assert f"SLACK_API_URL={url}/api/" in lines
        assert "VIGIL_DIRECTORY=directory.toml" in lines
        assert not Driver(url).get("state")["bot"]["connected"]
        process.terminate()
        assert process.wait(10) == 0


def test_a_bot_that_ends_ends_the_workspace_and_its_exit_status_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    status = run_practice(cast=default_cast(), port=0, bot_command=[sys.executable, "-c", "raise SystemExit(2)"])
    assert status == 2
    assert "The bot has ended with exit status 2" in capsys.readouterr().out


def test_what_is_to_happen_when_all_is_ready_happens_then() -> None:
    ready = threading.Event()
    connected: list[bool] = []

    def on_ready(server: PracticeServer) -> None:
        connected.append(server.stage.delivery.connected)
        ready.set()

    command = [sys.executable, "-c", BOT.replace("threading.Event().wait()", "threading.Event().wait(2); os._exit(0)")]
    run_practice(cast=default_cast(), port=0, bot_command=command, on_ready=on_ready)
    assert ready.is_set()
    assert connected == [True]
