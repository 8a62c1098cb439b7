"""`vigil practice`: the server, and the bot as a child process of it, in the foreground until it is told to end."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Literal

from bot.practice.cast import Cast
from bot.practice.server import DEFAULT_PORT, PracticeServer

CONNECTS_WITHIN = 30.0
ENDS_WITHIN = 10.0
PEEK = 0.05
FAILED = 1


def run_practice(
    *,
    cast: Cast,
    port: int = DEFAULT_PORT,
    bot: Literal["internal", "external"] = "internal",
    environment: Mapping[str, str] | None = None,
    bot_command: Sequence[str] = (),
    on_ready: Callable[[PracticeServer], None] | None = None,
    start: datetime | None = None,
    request_url: str | None = None,
) -> int:
    """Serve the practice workspace until SIGTERM or Ctrl-C; the exit status.

    With `bot` internal, `bot_command` runs as a child with `environment` (all of it: nothing is inherited) and the
    settings of this workspace, and with a standard input that ends when this process does; `on_ready` is called once
    the bot is connected, in a thread of its own, for the demo week or a browser. With `bot` external the settings to
    start a bot with are printed instead, `environment` after those of the workspace. PortInUse when the port is taken.
    `start` is the practice time to begin at, the present when it is None; with `request_url` the bot is sent signed
    requests there instead of Socket Mode envelopes.
    """
    ending = threading.Event()
    with PracticeServer(cast, port, start=start, request_url=request_url) as server, _signals(ending):
        if bot == "external":
            _say(f"Practice workspace: {server.url}")
            _say("Start the bot with these settings; `vigil keys init` makes its key file, once:")
            for name, value in (server.bot_environment | dict(environment or {})).items():
                _say(f"  {name}={value}")
            _ready(server, on_ready)
            ending.wait()
            return 0
        return _with_child(server, [*bot_command], dict(environment or {}), ending, on_ready)


def _say(line: str) -> None:
    """Print a line at once, so that whoever reads a pipe sees it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _signals(ending: threading.Event) -> Iterator[None]:
    """SIGTERM and Ctrl-C ask for the end; outside the main thread (a test) nothing is installed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ready(server: PracticeServer, on_ready: Callable[[PracticeServer], None] | None) -> None:
    if on_ready is not None:
        threading.Thread(target=on_ready, args=(server,), name="practice-ready", daemon=True).start()


def _with_child(
    server: PracticeServer,
    command: list[str],
    environment: dict[str, str],
    ending: threading.Event,
    on_ready: Callable[[PracticeServer], None] | None,
) -> int:
    child = subprocess.Popen(  # noqa: S603 - our own command, from our own caller
        command, stdin=subprocess.PIPE, env=environment | server.bot_environment, start_new_session=True
    )
    try:
        if not _connected(server, child, ending):
            if child.poll() is None and not ending.is_set():
                _say(f"The bot has not connected within {CONNECTS_WITHIN:.0f} seconds; its own output says why.")
                return FAILED
        else:
            _say(f"Practice workspace: {server.url}")
            _ready(server, on_ready)
        while not ending.is_set() and child.poll() is None:
            ending.wait(PEEK)
        if not ending.is_set():
            _say(f"The bot has ended with exit status {child.returncode}; the practice workspace ends with it.")
            return child.returncode if child.returncode > 0 else FAILED
        return 0
    finally:
        _end(child)


def _connected(server: PracticeServer, child: subprocess.Popen[bytes], ending: threading.Event) -> bool:
    """Whether the bot has connected in time; False as soon as it has ended, or the end is asked for."""
    for _ in range(int(CONNECTS_WITHIN / PEEK)):
        if server.stage.delivery.connected:
            return True
        if child.poll() is not None or ending.wait(PEEK):
            return False
    return False


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let the child end cleanly; kill it when it does not."""
    if child.stdin is not None:
        child.stdin.close()
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
