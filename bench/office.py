"""A practice workspace in this process and a bot in a process of its own, over the real transport."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.practice.sample import SAMPLE_DIRECTORY, sample_cast
from bot.practice.server import PracticeServer

ROOT = Path(__file__).parents[1]
RUN = (sys.executable, "-m", "bot", "run")
WITHIN = 60.0
PEEK = 0.002


@dataclass(frozen=True, slots=True)
class Child:
    """A bot that runs, and the seconds from its start until it was connected."""

    pid: int
    connected_in: float

    def megabytes(self) -> float:
        """The most memory that it has held."""
        rows = dict(row.split(":") for row in Path(f"/proc/{self.pid}/status").read_text("ascii").splitlines())
        return int(rows["VmHWM"].split()[0]) / 1024

    def busy(self) -> float:
        """The seconds of processor time that it has used."""
        parts = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def workspace(start: datetime) -> Iterator[PracticeServer]:
    """The practice workspace at an instant."""
    with PracticeServer(sample_cast(), port=0, start=start) as server:
        yield server


@contextmanager
def process(server: PracticeServer, place: Path, command: Sequence[str] = RUN) -> Iterator[Child]:
    """A bot as a child, its database and keys in `place`, once it is connected."""
    log = place / "bot.log"
    with log.open("wb") as out:
        began = time.monotonic()
        child = subprocess.Popen(  # noqa: S603 - our own command
            [*command], cwd=ROOT, env=environment(server, place), stdout=out, stderr=out
        )
        try:
            until(lambda: server.stage.delivery.connected or child.poll() is not None)
            if child.poll() is not None:
                raise RuntimeError(log.read_text("utf-8"))
            yield Child(child.pid, time.monotonic() - began)
        finally:
            child.terminate()
            child.wait()
    until(lambda: not server.stage.delivery.connected)


def environment(server: PracticeServer, place: Path) -> dict[str, str]:
    """Everything that the child is given."""
    return {
        "PATH": os.defpath,
        "DATABASE_URL": f"sqlite:///{place / 'vigil.db'}",
        "VIGIL_MASTER_KEY_FILE": str(place / "vigil.keys"),
        "VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY),
        "VIGIL_LISTEN": "127.0.0.1:0",
        **server.bot_environment,
    }


def until(happened: Callable[[], object]) -> None:
    """Wait for what another process does; looks often, so that the wait adds little to what is measured."""
    never, gives_up = threading.Event(), time.monotonic() + WITHIN
    while not happened():
        if time.monotonic() > gives_up:
            raise TimeoutError
        never.wait(PEEK)
