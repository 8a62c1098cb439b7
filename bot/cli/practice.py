"""`vigil practice`: the whole bot in a workspace on this machine, with invented people and a clock that can be moved."""

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.console import HELD, USAGE, say

if TYPE_CHECKING:
    from bot.practice.server import PracticeServer

HERE = Path(__file__).resolve().parent.parent / "practice"


def register(app: typer.Typer) -> None:
    """Put the command on the root."""
    app.command()(practice)


def practice(
    port: Annotated[int, typer.Option(help="Where to serve; 0 takes a free port.", min=0, max=65535)] = 8765,
    bot: Annotated[str, typer.Option(help="internal: start a bot too; external: serve only.")] = "internal",
    demo_week: Annotated[bool, typer.Option("--demo-week", help="Play 60 invented referrals of one week.")] = False,
    pace: Annotated[float, typer.Option(help="Seconds to wait between the acts of the demo week.", min=0)] = 0.5,
    policy: Annotated[
        Path | None, typer.Option(help="A force's policy file instead of the default.", exists=True)
    ] = None,
    directory: Annotated[Path | None, typer.Option(help="A directory file instead of the sample.", exists=True)] = None,
) -> None:
    """Serve the practice workspace and run the bot in it. Everything in it is invented and gone when it ends."""
    from bot.practice.launch import run_practice
    from bot.practice.sample import sample_cast
    from bot.practice.server import PortInUse

    if bot not in {"internal", "external"}:
        say("--bot is internal (start a bot too) or external (serve only).")
        raise typer.Exit(USAGE)
    chosen = (directory or HERE / "directory.toml").resolve()
    rules = policy or (HERE / "demo_policy.toml" if demo_week else None)
    with tempfile.TemporaryDirectory(prefix="vigil-practice-") as place:
        try:
            status = run_practice(
                cast=sample_cast(chosen, manifest=slack_manifest()),
                port=port,
                bot="external" if bot == "external" else "internal",
                environment=(
                    _files(chosen, rules)
                    if bot == "external"
                    else bot_environment(Path(place), directory=chosen, policy=rules)
                ),
                bot_command=[sys.executable, "-m", "bot.practice.leash", "bot", "run"],
                on_ready=_demo(pace) if demo_week else None,
                start=_demo_start() if demo_week else None,
            )
        except PortInUse as taken:
            say(str(taken))
            raise typer.Exit(HELD) from None
    raise typer.Exit(status)


def slack_manifest() -> dict[str, Any]:
    """What the Slack app registers; the practice workspace holds the bot to it."""
    from handlers.manifest import manifest

    return manifest()


def bot_environment(place: Path, *, directory: Path, policy: Path | None) -> dict[str, str]:
    """The settings of a practice bot beside those of the workspace: a database and keys of its own in `place`."""
    from storage.encryption import create_keyring

    keys = place / "practice.keys"
    create_keyring(keys)
    environment = {
        "PATH": os.defpath,
        "DATABASE_URL": f"sqlite:///{place / 'practice.db'}",
        "VIGIL_MASTER_KEY_FILE": str(keys),
        "VIGIL_LISTEN": "127.0.0.1:0",
        "VIGIL_LOG": "console",
    }
    return environment | _files(directory, policy)


def _files(directory: Path, policy: Path | None) -> dict[str, str]:
    """The settings that name the directory of this workspace, and the policy when there is one."""
    files = {"VIGIL_DIRECTORY": str(directory)}
    return files | ({"VIGIL_POLICY": str(policy.resolve())} if policy is not None else {})


def _demo_start() -> datetime:
    from bot.practice.demo_week import load_week

    return load_week().starts_at


def _demo(pace: float) -> "Callable[[PracticeServer], None]":
    """What plays the demo week once the bot is connected."""
    from bot.practice.demo_player import DemoTrouble, play
    from bot.practice.demo_week import load_week
    from bot.practice.wire import ControlError

    def run(server: "PracticeServer") -> None:
        try:
            play(server.url, load_week(), pace=pace, say=say)
        except (ControlError, DemoTrouble) as trouble:
            say(f"The demo week ends early. {trouble}")
            return
        say("The demo week is over; the workspace stays open.")

    return run
