"""`vigil report partners`: how each agency answered what it was asked, month by month."""

from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from bot.cli.console import USAGE, Row, say, show
from bot.cli.desks import reading_desk
from bot.domain.errors import Refusal
from bot.domain.grade_samples import readings
from bot.domain.ids import TeamId
from bot.domain.matters import Measure
from bot.services.desk import Desk

Measured = Annotated[
    str, typer.Option(help="One of the force's own measures, by its code: before it began, and since.")
]
BEFORE, SINCE = "before", "since"

report = typer.Typer(help="Reports over many cases: agencies and counts, never people.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put the group on the root."""
    app.add_typer(report, name="report")


@report.command("partners")
def partners(
    month: Annotated[str, typer.Option(help="The month, such as 2026-11; without it the one that runs.")] = "",
    measure: Measured = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Asked, answered, nothing held, refused, open and late of each agency; median, 90th percentile, the oldest open."""
    with reading_desk() as desk:
        wanted = _month(month) if month else desk.now().date()
        months = {"": wanted}
        if measure:
            began_on = _began_on(desk, measure)
            months = {BEFORE: began_on.replace(day=1) - timedelta(days=1), SINCE: wanted}
        rows = [(when, row) for when, day in months.items() for row in desk.partner_table(day)]
        names = {each.id: each.name for each in desk.rules.directory.agencies.values()}
    table: list[Row] = [
        {
            **({"when": when} if when else {}),
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
        for when, row in rows
    ]
    title = f"What agencies were asked in {wanted:%B %Y}"
    show(table, as_json=as_json, title=title, empty="Nobody was asked for anything in that month.")


@report.command("grades")
def grades(
    month: Annotated[str, typer.Option(help="The month, such as 2026-11; every month when it is left out.")] = "",
    measure: Measured = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """The monthly sample as inspectors report theirs: per area drawn, right, too low, too high, and not read yet."""
    with reading_desk() as desk:
        reads = desk.leaders.grade_reads(month or None)
        began = f"{_began_on(desk, measure):%Y-%m}" if measure else ""
        labels = {code: concern.label for code, concern in desk.rules.policy.concerns.items()}
    parts = {"": reads}
    if measure:
        parts = {when: [each for each in reads if (each.month >= began) is (when == SINCE)] for when in (BEFORE, SINCE)}
    rows: list[Row] = [
        {
            **({"when": when} if when else {}),
            "area": each.area if as_json else labels.get(each.area, each.area),
            "graded": each.graded,
            "drawn": each.drawn,
            "right": each.right,
            "too_low": each.too_low,
            "too_high": each.too_high,
            "not_read": each.unread,
        }
        for when, part in parts.items()
        for each in readings(part)
    ]
    title = f"Grades read a second time{f', {month}' if month else ''}"
    show(rows, as_json=as_json, title=title, empty="No grade was drawn yet.")


@report.command("below")
def below(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False) -> None:
    """Open cases that the floors hold above the grade somebody gave them, the longest known first, with what is due next."""
    with reading_desk() as desk:
        rows: list[Row] = [
            {
                "reference": each.reference,
                "concern": each.concern,
                "given": each.given,
                "held_at": each.held,
                "floors": list(each.floors),
                "known_since": each.known_since,
                "next_due_at": each.next_due_at,
            }
            for each in desk.leaders.below()
        ]
    show(rows, as_json=as_json, title="Graded below the floors", empty="No open case is graded below its floors.")


@report.command("measure")
def measure(
    code: str, as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False
) -> None:
    """Before and after one of the force's own measures: eight weeks at most, and as long before it."""
    with reading_desk() as desk:
        found = _measure(desk, code)
        rows: list[Row] = [
            {
                "figure": each.figure,
                "before": each.before,
                "before_of": each.before_of,
                "after": each.after,
                "after_of": each.after_of,
            }
            for each in desk.leaders.before_after(found)
        ]
    show(rows, as_json=as_json, title=f"{found.title}, since {found.began_on}", empty="It has not begun yet.")


@report.command("devices")
def devices(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Devices seized in cases of images, by band: what waits to be submitted, triaged and examined, the oldest since when."""
    with reading_desk() as desk:
        rows: list[Row] = [
            {
                "band": each.band.label,
                "seized": each.seized,
                "to_submit": each.to_submit,
                "to_triage": each.to_triage,
                "to_examine": each.to_examine,
                "oldest_since": each.oldest_at,
            }
            for each in desk.devices()
        ]
    show(rows, as_json=as_json, title="Devices", empty="No device is on record.")


@report.command("load")
def load(
    team: Annotated[str, typer.Option(help="The id of the team.")] = "online-investigation",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """A team's open cases against its people: for each of them, the oldest, and what came and went in each of eight weeks."""
    with reading_desk() as desk:
        found = desk.team_load(TeamId(team))
        name_of = desk.rules.directory.name_of
        persons: list[Row] = [
            {
                "person": name_of(each.person) if each.person else "nobody yet",
                "open": each.open_now,
                "oldest_since": each.oldest_at,
            }
            for each in found.persons
        ]
        weeks: list[Row] = [
            {"until": each.until_at, "arrived": each.arrived, "departed": each.departed, "open_then": each.open_then}
            for each in found.weeks
        ]
    if as_json:
        show([*persons, *weeks], as_json=True, title="", empty="")
        return
    say(found.headline)
    show(persons, as_json=False, title=f"Open cases of {team}", empty="Nothing is open.")
    show(weeks, as_json=False, title="Week by week", empty="")


def _measure(desk: Desk, code: str) -> Measure:
    found = next((each for each in desk.leaders.measures() if each.code == code), None)
    if found is None:
        raise Refusal(f"There is no measure {code!r} on record. `vigil plan measures` shows them.")
    return found


def _began_on(desk: Desk, code: str) -> date:
    return _measure(desk, code).began_on


def _month(text: str) -> date:
    try:
        return datetime.strptime(f"{text}-01 +0000", "%Y-%m-%d %z").date()
    except ValueError:
        say(f"{text!r} is no month: write it as 2026-11.")
        raise typer.Exit(USAGE) from None


def _hours(seconds: float | None) -> str:
    return "–" if seconds is None else str(timedelta(seconds=round(seconds)))
