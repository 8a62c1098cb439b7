"""`vigil people`: who is there, who is on duty, who is away and covered by whom, and where nobody is."""

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.acting import By, Reason, actor_of, answer, instant, new_key, reason_of
from bot.cli.console import Row, show
from bot.cli.desks import reading_desk
from bot.domain.commands import OnCase
from bot.domain.errors import Refusal
from bot.domain.ids import PersonId, Reference, TeamId
from bot.domain.roster import RosterRead, SetAway, SetDuty
from bot.services.desk import Desk

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
From = Annotated[str, typer.Option("--from", help="From when; now when it is left out.")]
Until = Annotated[str, typer.Option("--until", help="Until when: the first instant at which it does not hold.")]

people = typer.Typer(help="The roster: duty, absence, cover.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put these commands on the root."""
    app.add_typer(people, name="people")


@people.command("list")
def people_list(as_json: AsJson = False) -> None:
    """Everybody of the directory, with who is on duty and who is away now."""
    with reading_desk() as desk:
        read, directory = desk.roster(), desk.rules.directory
        on_duty = {person for team in read.teams for person in team.people}
        rows: list[Row] = [
            {
                "id": person.id,
                "name": person.name,
                "agency": person.agency,
                "team": person.team,
                "standing": directory.standing(person.id),
                "active": person.active,
                "on_duty": person.id in on_duty,
                "away_until": cover.until_at if (cover := directory.cover_at(person.id, read.now)) else None,
                "covered_by": cover.by if cover else None,
            }
            for person in directory.people.values()
        ]
    show(rows, as_json=as_json, title="People", empty="The directory names nobody.")


@people.command("duty")
def people_duty(
    team: Annotated[str | None, typer.Argument(help="The team; every team is shown when it is left out.")] = None,
    who: Annotated[list[str] | None, typer.Argument(help="Whoever is to be on duty; none: only show.")] = None,
    from_at: From = "",
    until_at: Until = "",
    by: By = "",
    end: Annotated[
        bool, typer.Option("--end", help="End the change that holds now; the directory file counts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Who is on duty now; with names, put them on duty for some hours in place of the roster."""
    with reading_desk() as desk:
        if team is not None and end:
            answer(desk.end_duty(TeamId(team), actor_of(desk, by), new_key()))
            return
        if team is not None and who:
            wanted = SetDuty(TeamId(team), tuple(map(PersonId, who)), _from(desk, from_at), _until(until_at))
            answer(desk.set_duty(wanted, actor_of(desk, by), new_key()))
            return
        rows: list[Row] = [
            {"team": each.team, "name": each.name, "on_duty": list(each.people), "set_by_hand": each.by_hand}
            for each in desk.roster().teams
            if team in {None, each.team}
        ]
    show(rows, as_json=as_json, title="On duty now", empty="The directory has no such team.")


@people.command("away")
def people_away(
    person: Annotated[
        str | None, typer.Argument(help="Whoever is away; every absence is shown when it is left out.")
    ] = None,
    from_at: From = "",
    until_at: Until = "",
    cover: Annotated[str, typer.Option("--cover", help="Whoever takes their pings; nobody when it is left out.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Who is away now or later; with a name, say that they are away. Whoever it is may say it themselves (--by)."""
    with reading_desk() as desk:
        if person is None:
            _show_absences(desk.roster(), as_json=as_json, title="Away")
            return
        wanted = SetAway(PersonId(person), PersonId(cover) if cover else None, _from(desk, from_at), _until(until_at))
        answer(desk.set_away(wanted, actor_of(desk, by or person), new_key()))


@people.command("cover")
def people_cover(
    person: Annotated[
        str | None, typer.Argument(help="Whoever is away; every cover is shown when it is left out.")
    ] = None,
    cover: Annotated[str | None, typer.Argument(help="Whoever takes their pings.")] = None,
    from_at: From = "",
    until_at: Until = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Who covers whom; with two names, let one cover the other."""
    with reading_desk() as desk:
        if person is None:
            read = desk.roster()
            _show_absences(read, as_json=as_json, title="Covers", covered=True)
            return
        if cover is None:
            raise Refusal("Name whoever covers as well: vigil people cover AWAY COVER --until …")
        wanted = SetAway(PersonId(person), PersonId(cover), _from(desk, from_at), _until(until_at))
        answer(desk.set_away(wanted, actor_of(desk, by or person), new_key()))


@people.command("back")
def people_back(person: str, by: By = "") -> None:
    """End somebody's absence early, wherever it was set."""
    with reading_desk() as desk:
        answer(desk.come_back(PersonId(person), actor_of(desk, by or person), new_key()))


@people.command("gaps")
def people_gaps(as_json: AsJson = False) -> None:
    """The hours of the next seven days in which nobody is on duty for a team."""
    with reading_desk() as desk:
        rows: list[Row] = [
            {"team": gap.team, "from_at": gap.from_at, "until_at": gap.until_at} for gap in desk.roster().gaps
        ]
    show(rows, as_json=as_json, title="Nobody on duty", empty="Somebody is on duty for every team, for seven days.")


@people.command("conflict")
def people_conflict(
    reference: str,
    person: str,
    by: By = "",
    reason: Reason = "-",
    end: Annotated[bool, typer.Option("--end", help="Let them back in.")] = False,
) -> None:
    """Leave somebody with a conflict of interest out of a case; the reason is read from standard input and sealed."""
    with reading_desk() as desk:
        on, actor = OnCase(desk.find(Reference(reference)).id), actor_of(desk, by or person)
        if end:
            answer(desk.let_back_in(on, PersonId(person), actor, new_key()))
            return
        answer(desk.leave_out(on, PersonId(person), reason_of(reason), actor, new_key()))


def _from(desk: Desk, text: str) -> datetime:
    return instant(text, "--from") if text else desk.roster().now


def _until(text: str) -> datetime:
    if not text:
        raise Refusal(
            "--until is missing: every change of the roster ends; what is to last belongs in the directory file."
        )
    return instant(text, "--until")


def _show_absences(read: RosterRead, *, as_json: bool, title: str, covered: bool = False) -> None:
    rows: list[Row] = [
        {
            "person": absence.person,
            "covered_by": absence.by,
            "from_at": absence.from_at,
            "until_at": absence.until_at,
            "set_by_hand": absence.by_hand,
        }
        for absence in read.absences
        if absence.by is not None or not covered
    ]
    show(rows, as_json=as_json, title=title, empty="Nobody is away, and no absence is to come.")
