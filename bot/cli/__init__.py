"""The `vigil` command: what an operator types. Heavy imports stay inside the commands, so that the running bot stays small."""

import sys
from collections.abc import Sequence

import typer

from bot.cli import (
    case,
    checking,
    intake,
    leaders,
    leading,
    people,
    permissions,
    policy,
    practice,
    reading,
    report,
    running,
    setup,
)
from bot.cli.console import exit_status

app = typer.Typer(
    name="vigil",
    help="Makes sure that no child's referral goes quiet.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
running.register(app)
setup.register(app)
checking.register(app)
practice.register(app)
reading.register(app)
case.register(app)
people.register(app)
permissions.register(app)
intake.register(app)
report.register(app)
leaders.register(app)
leading.register(app)
policy.register(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command of these arguments (by default this process's own) and exit with its status.

    What an operator can cause ends in one sentence, never a traceback.
    """
    try:
        app(arguments)
    except Exception as error:  # the outermost boundary of the console: unknown faults are raised again
        code = exit_status(error)
        if code is None:
            raise
        sys.exit(code)
