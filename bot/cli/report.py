"""`vigil report partners`: how each agency answered what it was asked, month by month."""

from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from bot.cli.console import USAGE, Row, say, show
from bot.cli.desks import reading_desk

report = typer.Typer(help="Reports over many cases: agencies and counts, never people.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put the group on the root."""
    app.add_typer(report, name="report")


@report.command("partners")
def partners(
    month: Annotated[str, typer.Option(help="The month, such as 2026-11; without it the one that runs.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Asked, answered, nothing held, refused, open and late of each agency; median, 90th percentile, the oldest open."""
    with reading_desk() as desk:
        wanted = _month(month) if month else desk.now().date()
        rows = desk.partner_table(wanted)
        names = {each.id: each.name for each in desk.rules.directory.agencies.values()}
    table: list[Row] = [
        {
            "agency": names.get(row.agency, row.agency) if not as_json else row.agency,
            "asked": row.asked,
            "answered": row.answered,
            "nothing_held": row.nothing_held,
            "refused": row.refused,
            "open": row.open_now,
            "late": row.late_now,
            "median": row.median_seconds if as_json else _hours(row.median_seconds),
            "ninetieth": row.ninetieth_seconds if as_json else _hours(row.ninetieth_seconds),
            "oldest_open": row.oldest_open_at,
        }
        for row in rows
    ]
    title = f"What agencies were asked in {wanted:%B %Y}"
    show(table, as_json=as_json, title=title, empty="Nobody was asked for anything in that month.")


def _month(text: str) -> date:
    try:
        return datetime.strptime(f"{text}-01 +0000", "%Y-%m-%d %z").date()
    except ValueError:
        say(f"{text!r} is no month: write it as 2026-11.")
        raise typer.Exit(USAGE) from None


def _hours(seconds: float | None) -> str:
    return "–" if seconds is None else str(timedelta(seconds=round(seconds)))
