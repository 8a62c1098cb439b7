"""Acts at the console: on whose authority, at which instants, and what they answer. The rules are those of every front end."""

import sys
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from bot.domain.answers import Said
from bot.domain.commands import Actor
from bot.domain.errors import Refusal
from bot.domain.ids import PersonId, SlackUser
from bot.domain.wording import LONDON
from bot.services.desk import Desk

By = Annotated[str, typer.Option("--by", help="The id of whoever answers for it; the act is recorded as theirs.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; - reads it from standard input. It is sealed.")]
WHEN = "such as 2026-11-27T18:00 (London time) or with an offset, 2026-11-27T18:00+00:00"


def actor_of(desk: Desk, person: str) -> Actor:
    """Somebody of the directory as who acts; Refusal when the directory has no such person at work."""
    known = desk.rules.directory.people.get(PersonId(person))
    if known is None or not known.active:
        raise Refusal(
            f"--by: the directory names nobody “{person}” who has not left. `vigil people list` shows the ids."
        )
    return Actor(
        known.id, known=True, agency=known.agency, workspace=known.workspace, user=known.slack or SlackUser("")
    )


def new_key() -> str:
    """A key of its own for one act typed at the console."""
    return f"console:{uuid4().hex}"


def instant(text: str, option: str) -> datetime:
    """The instant that somebody typed, UTC; London time without an offset. Refusal names the option."""
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{option}: “{text}” is no date and time. Write one {WHEN}.") from None
    if typed.tzinfo is not None:
        return typed.astimezone(UTC)
    early, late = (typed.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early != late:
        raise Refusal(f"{option}: the clocks change then in London. Write the offset, +00:00 or +01:00.")
    return early


def reason_of(text: str) -> str:
    """The reason that was given, read from standard input for a dash: a command line stays in the shell's history."""
    return sys.stdin.read() if text == "-" else text


def answer(said: Said) -> None:
    """What the act came to, on standard output."""
    sys.stdout.write(f"{said.text}\n")
