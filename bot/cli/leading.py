"""`vigil counts`, `vigil import` and `vigil grades`: what units counted, what was open already, and grades read a second time."""

import csv
import io
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.acting import By, actor_of, answer, new_key
from bot.cli.console import FAILED, USAGE, Row, plain, say, show
from bot.cli.desks import reading_desk
from bot.domain.errors import Refusal
from bot.domain.grade_samples import Reading
from bot.domain.ids import TeamId
from bot.domain.incidents import NotTaken
from bot.domain.takeover import FIELDS, Columns
from bot.domain.wording import LONDON

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Dry = Annotated[
    bool, typer.Option("--dry-run", help="Say what would become of it; nothing is kept and nobody is told.")
]
File = Annotated[
    Path, typer.Argument(help="CSV with a line of headings, or JSON: a list of rows; - is standard input, JSON.")
]

counts = typer.Typer(help="Daily counts of units against the record.", no_args_is_help=True)
grades = typer.Typer(help="The monthly sample of grades, read by somebody who did not give them.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put these commands on the root."""
    app.add_typer(counts, name="counts")
    app.add_typer(grades, name="grades")
    app.command("import")(take_over)


# ---- counts


@counts.command("list")
def counts_list(
    days: Annotated[int, typer.Option(min=1, max=28, help="How many days back.")] = 7, as_json: AsJson = False
) -> None:
    """Every unit on each of the last days: counted or not reported, what the record holds, and whether they agree."""
    with reading_desk() as desk:
        rows: list[Row] = [
            {
                "unit": each.unit,
                "department": each.department,
                "day": each.day.isoformat(),
                "counted": each.counted,
                "held": each.held,
                "match": each.match.value,
            }
            for each in desk.leaders.unit_days(days)
        ]
    show(rows, as_json=as_json, title="Units' counts", empty="The force has no team.")


@counts.command("give")
def counts_give(
    unit: str,
    number: int,
    day: Annotated[str, typer.Option(help="The day, such as 2026-11-23; today when it is left out.")] = "",
    by: By = "",
) -> None:
    """Give a unit's count of a day: 0 is a count too."""
    with reading_desk() as desk:
        wanted = _day(day) if day else desk.now().astimezone(LONDON).date()
        answer(desk.leaders.count(TeamId(unit), wanted, number, actor_of(desk, by), new_key()))


@counts.command("import")
def counts_import(file: File, by: By = "", dry_run: Dry = False, as_json: AsJson = False) -> None:
    """Take counts in: columns unit, day, number. The same count again changes nothing; a bad row comes back."""
    rows = _rows(file)
    with reading_desk() as desk:
        found = desk.leaders.import_counts(rows, actor_of(desk, by), dry_run)
    taken: list[Row] = [
        {"row": one.row, "unit": one.unit, "day": one.day.isoformat(), "number": one.number, "already": one.already}
        for one in found.taken
    ]
    _told(taken, found.returned, as_json=as_json, dry=found.dry, what="counts")


# ---- what was open already


def take_over(
    file: File,
    by: By = "",
    columns: Annotated[
        Path | None, typer.Option(help="TOML: [columns] field = heading, [values.<field>] word = code.")
    ] = None,
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help="field=heading, as often as needed: number='Crime No'.")
    ] = None,
    dry_run: Dry = False,
    as_json: AsJson = False,
) -> None:
    """Take over investigations that are open already: each a case with clocks, those below the floors first, oldest first.

    A number that was taken before gives its case again. A bad row comes back with its reason, and the others are taken.
    """
    rows, wanted = _rows(file), _columns(columns, mapped or [])
    with reading_desk() as desk:
        found = desk.leaders.take_over(rows, wanted, actor_of(desk, by), dry_run)
    taken: list[Row] = [
        {
            "row": one.row,
            "number": one.number,
            "reference": one.reference,
            "known_since": one.known_since,
            "grade": one.grade,
            "floors_hold_it_at": one.least,
            "below": one.below,
            "floors": list(one.floors),
            "already": one.already,
        }
        for one in found.taken
    ]
    shown = taken if as_json else [row for row in taken if row["below"]]
    what = f"open investigations, {len(found.below)} graded below the floors, the oldest first"
    _told(shown, found.returned, as_json=as_json, dry=found.dry, what=what, count=len(taken))


def _columns(file: Path | None, mapped: Sequence[str]) -> Columns:
    document: Mapping[str, object] = {}
    if file is not None:
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            say(f"{file} is no TOML that can be read: [columns] field = heading, [values.<field>] word = code.")
            raise typer.Exit(USAGE) from None
    names, values = _table(document.get("columns")), document.get("values")
    names |= {field.strip(): heading.strip() for field, _, heading in (each.partition("=") for each in mapped)}
    unknown = sorted(set(names) - set(FIELDS))
    if unknown:
        say(f"There is no field {unknown[0]!r}. The fields are: {', '.join(FIELDS)}.")
        raise typer.Exit(USAGE)
    meant = {str(field): _table(words) for field, words in values.items()} if isinstance(values, dict) else {}
    return Columns(names, meant)


def _table(value: object) -> dict[str, str]:
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else {}


# ---- grades


@grades.command("list")
def grades_list(
    month: Annotated[str, typer.Option(help="The month, such as 2026-11; every month when it is left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Every drawn grade: out of how many, by which seed, to whom it was offered, and what they found."""
    with reading_desk() as desk:
        reads = desk.leaders.grade_reads(month or None)
        named = desk.leaders.references(reads)
    rows: list[Row] = [
        {
            "id": each.id,
            "month": each.month,
            "area": each.area,
            "reference": named.get(each.case_id),
            "grade": each.grade,
            "of": each.population,
            "seed": each.seed,
            "reader": each.reader,
            "reading": each.reading,
            "read_at": each.read_at,
        }
        for each in reads
    ]
    table = ("month", "area", "reference", "grade", "of", "reader", "reading", "read_at")
    show(rows, as_json=as_json, title="Grades drawn", empty="No grade was drawn yet.", table=table)


@grades.command("read")
def grades_read(
    reference: str,
    reading: Annotated[str, typer.Argument(help="right, too_low or too_high.")],
    by: By = "",
) -> None:
    """Say what the second reader finds of a drawn grade; too low challenges it."""
    if reading not in set(Reading):
        say("The reading is right, too_low or too_high.")
        raise typer.Exit(USAGE)
    with reading_desk() as desk:
        reads = desk.leaders.grade_reads(None)
        named = desk.leaders.references(reads)
        found = [each for each in reads if named.get(each.case_id) == reference]
        if not found:
            raise Refusal(f"No grade of {reference} was drawn. `vigil grades list` shows those that were.")
        answer(desk.leaders.read_grade(found[-1].id, Reading(reading), actor_of(desk, by), new_key()))


# ---- files


def _rows(file: Path) -> Sequence[object]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        say(f"The file {file} cannot be read as UTF-8 text.")
        raise typer.Exit(USAGE) from None
    if file.suffix.lower() == ".csv":
        return [dict(row) for row in csv.DictReader(io.StringIO(text))]
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list):
        say(f"{file} is no list of rows: write CSV with a line of headings, or JSON.")
        raise typer.Exit(USAGE)
    return found


def _told(
    rows: Sequence[Row],
    returned: Sequence[NotTaken],
    *,
    as_json: bool,
    dry: bool,
    what: str,
    count: int | None = None,
) -> None:
    """What became of a file, and the exit status: 1 when a row came back."""
    back = [{"row": row.row, "reason": row.reason} for row in returned]
    if as_json:
        told = {"items": plain(list(rows)), "returned": back, "dry_run": dry}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        title = f"{len(rows) if count is None else count} {what} {'would be' if dry else 'were'} taken"
        show(rows, as_json=False, title=title, empty=f"{title}.")
        for row in returned:
            say(f"Row {row.row} was not taken: {row.reason}")
    raise typer.Exit(FAILED if back else 0)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"--day: “{text}” is no date. Write one such as 2026-11-23.") from None
