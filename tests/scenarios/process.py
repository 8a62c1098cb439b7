"""The bot as a process of its own beside the practice workspace: started, killed without warning, and accounted for."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.bootstrap import RunningBot, open_desk
from bot.practice.driver import Driver
from bot.practice.sample import SAMPLE_DIRECTORY, sample_cast
from bot.practice.server import PracticeServer
from bot.practice.workspace import Options
from bot.settings import load
from storage.encryption import create_keyring
from tests.scenarios.accounts import LOUD, Wrong
from tests.scenarios.world import MONDAY, QUIET, World

ROOT = Path(__file__).parents[2]
WITHIN = 20.0


def until(happened: Callable[[], object]) -> None:
    """Wait for what another process does."""
    never = threading.Event()
    for _ in range(int(WITHIN / 0.01)):
        if happened():
            return
        never.wait(0.01)
    raise AssertionError("it did not happen in time")


@dataclass(slots=True)
class Child:
    """The bot as the operating system sees it."""

    server: PracticeServer
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is connected."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self.log.parent,
                env={**self.environment, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        until(lambda: self.server.stage.delivery.connected or self._ended())
        assert not self._ended(), self.log.read_text("utf-8")

    def end(self, number: signal.Signals) -> int:
        """Send it a signal and wait for its end; its exit status."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        process.send_signal(number)
        status = process.wait(WITHIN)
        until(lambda: not self.server.stage.delivery.connected)
        return status

    def complaints(self) -> list[Wrong]:
        """What it has logged at warning and above; a line that is no event of its log counts too."""
        lines = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        return [found for line in lines if (found := _complaint(line)) is not None]

    def _ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def _complaint(line: str) -> Wrong | None:
    try:
        event = json.loads(line)
    except ValueError:
        return Wrong((), f"the bot's output: {line}")
    loud = event.get("level") in LOUD
    return Wrong((str(event.get("event")),), f"the bot's log: {line}") if loud else None


@contextmanager
def office(
    place: Path, options: Options | None = None, *, template: Path | None = None
) -> Iterator[tuple[World, Child]]:
    """A practice workspace and a bot that is its own process; the world's desk reads the same record."""
    if template is not None:
        shutil.copy(template, place / "vigil.db")
    with PracticeServer(sample_cast(), port=0, start=MONDAY, options=options) as server, ExitStack() as ending:
        create_keyring(place / "vigil.keys")
        environment = {
            "PATH": os.defpath,
            "DATABASE_URL": f"sqlite:///{place / 'vigil.db'}",
            "VIGIL_MASTER_KEY_FILE": str(place / "vigil.keys"),
            "VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY),
            "VIGIL_POLICY": str(QUIET),
            "VIGIL_LISTEN": "127.0.0.1:0",
            **server.bot_environment,
        }
        child = Child(server, environment, place / "child.log")
        ending.callback(child.end, signal.SIGKILL)
        child.start()
        desk = ending.enter_context(open_desk(load(environment, dotenv=None)))
        bot = RunningBot(desk, stop=lambda: None)
        here = World(server, Driver(server.url), place, environment, bot)
        here.accounts.logs.append(child.complaints)
        yield here, child


@contextmanager
def strict_office(place: Path, *, template: Path) -> Iterator[tuple[World, Child]]:
    """The same, with every message and every failure accounted for, up to the bot's orderly end."""
    with office(place, template=template) as (here, child):
        yield here, child
        here.nothing_else()
        assert child.end(signal.SIGTERM) == 0
        here.accounts.check_errors()
