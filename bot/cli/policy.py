"""`vigil policy show | check | try | due`: what the policy says, whether a file may be used, and what would happen."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import FAILED, Row, plain, say, show
from bot.domain.policy import Policy

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Concern = Annotated[str | None, typer.Option("--concern", help="Only this concern's rows, by its code.")]

policy = typer.Typer(help="The policy: what is owed, by when, and who is told.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put the group on the root."""
    app.add_typer(policy, name="policy")


def in_force() -> Policy:
    """The policy of this deployment's settings."""
    from bot.policy_file import load_policy
    from bot.settings import load

    return load_policy(load().vigil_policy)


@policy.command("show")
def policy_show(concern: Concern = None, as_json: AsJson = False) -> None:
    """Every milestone, floor and gate with its basis and source."""
    from bot.policy_report import rows

    loaded = in_force()
    if concern is not None and concern not in loaded.concerns:
        raise typer.BadParameter(f"there is no concern {concern}; there are: {', '.join(loaded.concerns)}.")
    table: list[Row] = [
        asdict(row) | {"limits": row.limits if as_json else [f"{band} {words}" for band, words in row.limits.items()]}
        for row in rows(loaded, concern)
    ]
    show(table, as_json=as_json, title=f"Policy {loaded.name} ({loaded.version})", empty="The policy has no rows.")


@policy.command("check")
def policy_check(
    file: Annotated[Path, typer.Argument(help="A force's policy file.", exists=True, dir_okay=False)],
) -> None:
    """Explain every fault of a policy file at once; nothing is put into force."""
    from bot.policy_file import PolicyProblems, load_policy

    try:
        loaded = load_policy(file)
    except PolicyProblems as problems:
        say(str(problems))
        raise typer.Exit(FAILED) from None
    say(f"{file} may be used: policy {loaded.name}, version {loaded.version}.")


@policy.command("try")
def policy_try(
    concern: Annotated[str, typer.Option("--concern", help="The concern's code.")],
    grade: Annotated[str | None, typer.Option("--grade", help="The grade's code; left out: not graded yet.")] = None,
    facts: Annotated[str, typer.Option("--facts", help="key=yes|no|unknown, with commas between.")] = "",
    flags: Annotated[str, typer.Option("--flags", help="Flags in force, with commas between.")] = "",
    at: Annotated[str | None, typer.Option("--at", help="When it is referred, ISO 8601; left out: now.")] = None,
    as_json: AsJson = False,
) -> None:
    """What a case would come to: its floors, band, deadlines and who would be told when. Nothing is stored."""
    from bot.clock import SystemClock
    from bot.policy_report import Unanswerable, facts_of, tried

    loaded = in_force()
    raised = frozenset(flag for flag in flags.split(",") if flag)
    try:
        referred_at = datetime.fromisoformat(at) if at else SystemClock().now()
        answer = tried(loaded, concern, grade, facts_of(facts), raised, referred_at)
    except (Unanswerable, ValueError) as wrong:
        say(str(wrong))
        raise typer.Exit(FAILED) from None
    if as_json:
        sys.stdout.write(json.dumps({"items": [plain(asdict(answer))]}) + "\n")
        return
    say(
        f"{answer.concern}: band {answer.band}, grade {answer.grade or 'not graded yet'}, at least {answer.least_grade}."
    )
    for sentence in answer.floors:
        say(sentence)
    table: list[Row] = [
        {
            "what": deadline.title,
            "owed_by": deadline.owed_by,
            "limit": deadline.limit,
            "due_at": deadline.due_at,
            "basis": deadline.basis,
            "told": [f"{step.at:%d %b %H:%M} {' + '.join(step.to)}" for step in deadline.steps] or "shown, not pinged",
        }
        for deadline in answer.deadlines
    ]
    show(table, as_json=False, title="Owed", empty="Nothing would be owed.")


@policy.command("due")
def policy_due(
    clock: Annotated[str | None, typer.Option("--clock", help="elapsed, hub_hours, working_day, ...")] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="3, or 4h.")] = None,
    from_at: Annotated[str | None, typer.Option("--from", help="The instant it is counted from, ISO 8601.")] = None,
    as_json: AsJson = False,
) -> None:
    """When a limit ends and how it was counted; without --clock, one question in JSON a line on standard input."""
    from bot.policy_report import Unanswerable, due, due_lines

    calendar = in_force().calendar
    if clock is None:
        for answer in due_lines(calendar, sys.stdin):
            sys.stdout.write(json.dumps(plain(answer)) + "\n")
        return
    question: Mapping[str, object] = {"clock": clock, "amount": amount, "from": from_at}
    try:
        found = due(calendar, question)
    except Unanswerable as wrong:
        say(str(wrong))
        raise typer.Exit(FAILED) from None
    if as_json:
        sys.stdout.write(json.dumps(plain(found)) + "\n")
        return
    for name, value in found.items():
        lines = value if isinstance(value, (list, tuple)) else [value]
        sys.stdout.write(f"{name}: {lines[0]}\n" + "".join(f"  {line}\n" for line in lines[1:]))
