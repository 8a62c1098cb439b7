"""`vigil endorsements` and `vigil plan`: what leaders owe in person, and the action plan with its evidence."""

import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.acting import By, actor_of, answer, new_key, reason_of
from bot.cli.console import FAILED, USAGE, Row, plain, say, show
from bot.cli.desks import reading_desk
from bot.domain.authorisation import Grave
from bot.domain.commands import Decide, Endorse, Evidence, Propose
from bot.domain.errors import Refusal
from bot.domain.matters import EndorsementRow
from bot.domain.plan import PlanRow

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Words = Annotated[str, typer.Option("--reason", help="In words; - reads them from standard input. They are sealed.")]
SAMPLE = Path(__file__).parents[1] / "action_plan.toml"

endorsements = typer.Typer(help="Leaders' endorsements, the chief officer's first.", invoke_without_command=True)
plan = typer.Typer(help="The action plan: recommendations, evidence, sign-off, measures.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put these commands on the root."""
    app.add_typer(endorsements, name="endorsements")
    app.add_typer(plan, name="plan")


@endorsements.callback()
def listed(context: typer.Context, as_json: AsJson = False) -> None:
    """Who has endorsed which version and when, who is asked, and who is late."""
    if context.invoked_subcommand is not None:
        return
    with reading_desk() as desk:
        rows = [_endorsement(row) for row in desk.leaders.endorsements()]
    show(rows, as_json=as_json, title="Leaders' endorsements", empty="The directory names no leader of the force.")


def _endorsement(row: EndorsementRow) -> Row:
    matter = row.matter
    return {
        "post": row.post,
        "person": row.person,
        "stand": row.stand.value,
        "late": row.is_late,
        "version": matter.code if matter else None,
        "reference": matter.reference if matter else None,
        "asked_at": matter.opened_at if matter else None,
        "due_at": matter.due_at if matter else None,
        "answered_at": matter.ended_at if matter else None,
        "holds_until": row.holds_until,
    }


@endorsements.command("ask")
def ask(by: By = "") -> None:
    """Begin: the chief officer is asked now, department leads after them, everybody again each year and at a change of post."""
    with reading_desk() as desk:
        answer(desk.leaders.begin(actor_of(desk, by), new_key()))


@endorsements.command("give")
def give(
    by: By = "",
    refuse: Annotated[bool, typer.Option("--refuse", help="Do not endorse it, with a --reason.")] = False,
    reason: Words = "",
) -> None:
    """Endorse the statement as the leader who was asked (--by), or do not and say why."""
    with reading_desk() as desk:
        actor = actor_of(desk, by)
        found = [row.matter for row in desk.leaders.endorsements() if row.person == actor.person and row.matter]
        waiting = [matter for matter in found if matter.is_open]
        if not waiting:
            raise Refusal(f"{desk.rules.directory.name_of(actor.person)} is not asked to endorse anything now.")
        if not refuse:
            sys.stdout.write(f"{desk.leaders.read(waiting[0].id, actor).words}\n\n")
        words = reason_of(reason) if reason else ""
        answer(desk.leaders.endorse(Endorse(waiting[0].id, not refuse, words), actor, new_key()))


# ---- the action plan


@plan.command("list")
def plan_list(as_json: AsJson = False) -> None:
    """Every recommendation: owner, due, evidence, late or signed off; what is due soonest first."""
    with reading_desk() as desk:
        now = desk.now()
        rows = [_recommendation(row, late=row.matter.late_at(now)) for row in desk.leaders.plan()]
    show(rows, as_json=as_json, title="Action plan", empty="There is no action plan yet: vigil plan import.")


def _recommendation(row: PlanRow, *, late: bool) -> Row:
    matter = row.matter
    return {
        "code": matter.code,
        "reference": matter.reference,
        "owner": matter.owner,
        "post": matter.post or None,
        "term": matter.term or None,
        "due_at": matter.due_at,
        "late": late,
        "status": "signed off" if not matter.is_open else "sign-off asked" if row.asked else "open",
        "evidence": row.evidence,
        "last_evidence_at": row.last_at,
        "signed_off_at": matter.ended_at,
        "signed_off_by": matter.ended_by,
    }


@plan.command("import")
def plan_import(
    file: Annotated[
        Path, typer.Argument(help="TOML or JSON; left out: the sample that comes with the program.")
    ] = SAMPLE,
    by: By = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be taken; nothing is kept.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a plan in: each recommendation is owed by its owner from now. Run again, nothing of it changes."""
    document = _document(file)
    with reading_desk() as desk:
        found = desk.leaders.import_plan(document, actor_of(desk, by), dry_run)
    rows: list[Row] = [
        {
            "row": one.row,
            "code": one.code,
            "reference": None if found.dry and not one.already else one.reference,
            "owner": one.owner,
            "due_at": one.due_at,
            "already": one.already,
        }
        for one in found.taken
    ]
    returned = [{"row": row.row, "reason": row.reason} for row in found.returned]
    if as_json:
        told = {"items": rows, "returned": returned, "measures": found.measures, "dry_run": found.dry}
        sys.stdout.write(json.dumps(plain(told), ensure_ascii=False) + "\n")
    else:
        title = f"{len(rows)} {'would be' if found.dry else ''} taken, {found.measures} measures".replace("  ", " ")
        show(rows, as_json=False, title=title, empty="Nothing was taken.")
        for row in found.returned:
            say(f"Row {row.row} was not taken: {row.reason}")
    raise typer.Exit(FAILED if returned else 0)


def _document(file: Path) -> Mapping[str, object]:
    try:
        text = file.read_text(encoding="utf-8")
        found = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError):
        say(f"The file {file} cannot be read.")
        raise typer.Exit(USAGE) from None
    except ValueError as error:
        say(f"{file.name} is no plan: {error}")
        raise typer.Exit(USAGE) from None
    if not isinstance(found, dict):
        say(f"{file.name} is no plan: write [[recommendation]] tables (docs/leaders.md).")
        raise typer.Exit(USAGE)
    return found


@plan.command("show")
def plan_show(code: str, by: By = "", as_json: AsJson = False) -> None:
    """One recommendation with its wording and its evidence; the reading is on the audit."""
    with reading_desk() as desk:
        read = desk.leaders.read(desk.leaders.recommendation(code).id, actor_of(desk, by))
    rows: list[Row] = [
        {"at": None, "by": read.owner, "what": read.words},
        *({"at": each.at, "by": each.by, "what": each.what} for each in read.evidence),
    ]
    show(rows, as_json=as_json, title=f"{read.code}, due {read.due_at:%Y-%m-%d}: {read.state}", empty="")


@plan.command("evidence")
def plan_evidence(code: str, by: By = "", reason: Words = "-") -> None:
    """Record what was done about a recommendation; it is sealed."""
    with reading_desk() as desk:
        matter, actor = desk.leaders.recommendation(code), actor_of(desk, by)
        answer(desk.leaders.evidence(Evidence(matter.id, reason_of(reason)), actor, new_key()))


@plan.command("sign-off")
def plan_sign_off(code: str, by: By = "", reason: Words = "") -> None:
    """Ask for a sign-off, with a --reason; or agree to the one that somebody else has asked for."""
    with reading_desk() as desk:
        matter, actor = desk.leaders.recommendation(code), actor_of(desk, by)
        if reason:
            said = desk.propose(Propose(matter.id, Grave.SIGN_OFF, reason_of(reason)), actor, new_key())
            sys.stdout.write(f"{said.text}\n")
            return
        waiting = [each for each in desk.decisions(matter.reference) if each.waits and each.act is Grave.SIGN_OFF]
        if not waiting:
            raise Refusal(f"Nobody has asked to sign {matter.code} off. Ask with --reason, in words.")
        answer(desk.decide(Decide(waiting[0].id, waiting[0].version, agree=True), actor, new_key()))


@plan.command("measures")
def plan_measures(as_json: AsJson = False) -> None:
    """What the force began by itself, and when: reports show before and after it with --measure."""
    with reading_desk() as desk:
        rows: list[Row] = [
            {"code": each.code, "title": each.title, "began_on": each.began_on.isoformat()}
            for each in desk.leaders.measures()
        ]
    show(
        rows, as_json=as_json, title="The force's own measures", empty="None is on record: [[measure]] in a plan file."
    )
