"""`vigil intake`: live incidents out of a file or a pipe, row by row."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import FAILED, USAGE, say, show
from bot.cli.desks import reading_desk


def register(app: typer.Typer) -> None:
    """Put the command on the root."""
    app.command()(intake)


def intake(
    file: Annotated[
        Path, typer.Argument(help="JSON: a list of incidents, or {“incidents”: […]}; - is standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Open a case for each live incident. A number that was taken before gives its case again; a bad row comes back."""
    from handlers.intake import answer, read_rows

    body = sys.stdin.buffer.read() if str(file) == "-" else _read(file)
    rows = read_rows(body)
    if rows is None:
        say('This is no JSON of incidents: write {"incidents": [...]}, or one incident (docs/intake.md).')
        raise typer.Exit(USAGE)
    with reading_desk() as desk:
        found = desk.take_in(rows)
    if as_json:
        sys.stdout.write(json.dumps({"items": answer(found)["taken"], "returned": answer(found)["returned"]}) + "\n")
    else:
        table = [
            {"row": t.row, "incident": t.incident, "reference": t.reference, "already": t.already} for t in found.taken
        ]
        show(table, as_json=False, title=f"{len(table)} taken", empty="Nothing was taken.")
        for row in found.returned:
            say(f"Row {row.row} was not taken: {row.reason}")
    raise typer.Exit(FAILED if found.returned else 0)


def _read(file: Path) -> bytes:
    if not file.is_file():
        say(f"There is no file {file}.")
        raise typer.Exit(USAGE)
    return file.read_bytes()
