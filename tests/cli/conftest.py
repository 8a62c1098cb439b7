"""The `vigil` command with files of its own: in this process where it ends at once, as a process where it would stay."""

import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli import main
from bot.practice.sample import SAMPLE_DIRECTORY
from bot.settings import NAMES
from tests.scenarios.world import CARE_DUTY, world

ROOT = Path(__file__).parents[2]
NARRATIVE = "Zanzibar lighthouse keeper"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


@contextmanager
def process_kept() -> Iterator[None]:
    """Whatever `vigil run` sets up for a process of its own is taken back: log handlers and signal handlers."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
        for number, handler in signals.items():
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody at a shell: a working directory and an environment."""

    place: Path
    environment: dict[str, str]
    capture: pytest.CaptureFixture[str]

    def types(self, *arguments: str, **settings: str) -> Answer:
        """Run `vigil` to its end in this process."""
        with pytest.MonkeyPatch.context() as shell, process_kept():
            shell.chdir(self.place)
            for name in NAMES:
                shell.delenv(name, raising=False)
            for name, value in {"COLUMNS": "160", **self.environment, **settings}.items():
                shell.setenv(name, value)
            self.capture.readouterr()
            with pytest.raises(SystemExit) as ended:
                main(arguments)
        said = self.capture.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)

    def starts(self, *arguments: str, **settings: str) -> Answer:
        """Run `vigil` as a process of its own, to its end."""
        environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), **self.environment, **settings}
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.place,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Answer(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def newcomer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    """An operator with an empty directory and no settings."""
    return Operator(tmp_path, {}, capsys)


@pytest.fixture
def operator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    """An operator with everything in its place, and a workspace that does not answer."""
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-made-up",
        "SLACK_APP_TOKEN": "xapp-made-up",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY),
        "VIGIL_LISTEN": "127.0.0.1:0",
    }
    here = Operator(tmp_path, settings, capsys)
    assert here.types("keys", "init").status == 0
    assert here.types("migrate").status == 0
    return here


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the record of two referrals, four hours on, one acknowledged by children's social care."""
    place = tmp_path_factory.mktemp("worked")
    with world(place) as here:
        first = here.refer(happened=NARRATIVE)
        here.refer(grade="High")
        here.driver.advance("4h")
        here.press(CARE_DUTY, first, "acknowledge")
    return place


@pytest.fixture
def auditor(worked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    """An operator with a copy of that record."""
    for name in ("vigil.db", "vigil.keys"):
        shutil.copy(worked / name, tmp_path / name)
    return Operator(tmp_path, {"VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY)}, capsys)
