"""`vigil permissions`: who may do what, asked of the rules themselves."""

from typing import Annotated

import typer

from bot.cli.console import Row, show
from bot.domain.matrix import ROLES, matrix

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, a cell each.")]


def register(app: typer.Typer) -> None:
    """Put these commands on the root."""
    app.command()(permissions)


def permissions(as_json: AsJson = False) -> None:
    """Who may do what: a row a verb, a column a role. `--json` says for each no why, and who may."""
    cells = matrix()
    if as_json:
        rows: list[Row] = [
            {"verb": cell.verb, "role": cell.role, "allowed": cell.allowed, "why_not": cell.why_not or None}
            for cell in cells
        ]
        show(rows, as_json=True, title="", empty="")
        return
    allowed = {(cell.verb, cell.role): cell.allowed for cell in cells}
    verbs = dict.fromkeys(cell.verb for cell in cells)
    show(
        [{"verb": verb, **{role: allowed[verb, role] for role in ROLES}} for verb in verbs],
        as_json=False,
        title="Who may do what",
        empty="",
    )
