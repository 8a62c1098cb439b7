"""The read side: `vigil cases`, `due`, `outbox`, `audit`. Codes and instants only; nothing of a child is printed."""

from typing import Annotated

import typer

from bot.cli.console import KEYS, Row, say, show
from bot.cli.desks import reading_desk
from bot.domain.deadlines import Deadline
from bot.domain.ids import Reference

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Limit = Annotated[int, typer.Option("--limit", help="At most so many rows.", min=1)]
Everything = Annotated[bool, typer.Option("--all", help="What is done with, too.")]

audit = typer.Typer(help="The tamper-evident record.", invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Put these commands on the root."""
    app.command()(cases)
    app.command()(due)
    app.command()(outbox)
    app.add_typer(audit, name="audit")


def cases(as_json: AsJson = False, limit: Limit = 100) -> None:
    """Cases, the most urgent first."""
    with reading_desk() as desk:
        rows: list[Row] = [
            {
                "reference": case.reference,
                "concern": case.concern,
                "grade": case.effective_grade,
                "band": case.band,
                "status": case.status,
                "opened_at": case.opened_at,
                "last_act_at": case.last_act_at,
                "waiting_for": [
                    party.agency for party in case.parties if party.owes_acknowledgement and party.acknowledged is None
                ],
                "owners": [party.owner for party in case.parties if party.owner],
            }
            for case in desk.cases(limit)
        ]
    shown = ("reference", "concern", "grade", "band", "opened_at", "last_act_at", "waiting_for", "owners")
    show(rows, as_json=as_json, title="Cases", empty="There is no case.", table=shown)


def due(as_json: AsJson = False, everything: Everything = False, limit: Limit = 1000) -> None:
    """Deadlines, in the order of the engine's next look at each."""
    with reading_desk() as desk:
        rows = [_deadline(reference, deadline) for reference, deadline in desk.due(not everything, limit)]
    shown = ("reference", "kind", "agency", "band", "due_at", "step", "next_at", *(["ended"] if everything else []))
    show(rows, as_json=as_json, title="Deadlines", empty="Nothing is owed.", table=shown)


def _deadline(reference: Reference, deadline: Deadline) -> Row:
    ending = deadline.ending
    return {
        "reference": reference,
        "kind": deadline.kind,
        "agency": deadline.agency,
        "band": deadline.band,
        "basis": deadline.basis,
        "due_at": deadline.due_at,
        "next_at": deadline.next_at,
        "step": deadline.done if deadline.done >= 0 else None,
        "repeats": deadline.repeats,
        "steps": [step.at for step in deadline.plan.steps],
        "ended": ending.kind if ending else None,
        "ended_at": ending.at if ending else None,
        "ended_by": ending.by if ending else None,
    }


def outbox(
    as_json: AsJson = False,
    everything: Everything = False,
    limit: Limit = 200,
    undeliverable: Annotated[
        bool, typer.Option("--undeliverable", help="Whom to ring now, with their numbers: a list to be printed.")
    ] = False,
) -> None:
    """Notices that wait to be sent, and those that could not be."""
    if undeliverable:
        _call_sheet(as_json=as_json)
        return
    with reading_desk() as desk:
        rows: list[Row] = [
            {
                "key": notice.key,
                "kind": notice.kind,
                "to": notice.destination.id,
                "band": notice.band,
                "state": notice.state,
                "decided_at": notice.created_at,
                "not_before": notice.not_before,
                "tries": notice.tries,
                "sent_at": notice.sent_at,
                "last_error": notice.last_error,
            }
            for notice in desk.outbox(not everything, limit)
        ]
    shown = ("kind", "to", "band", "state", "not_before", "tries", "sent_at", "last_error")
    show(rows, as_json=as_json, title="Notices", empty="Nothing waits to be sent.", table=shown)


def _call_sheet(*, as_json: bool) -> None:
    with reading_desk() as desk:
        rows: list[Row] = [
            {
                "reference": one.reference,
                "band": one.band,
                "ring": one.phone,
                "name": one.name,
                "about": one.says,
                "due_at": one.due_at,
                "not_reached_since": one.since_at,
                "why": one.why,
            }
            for one in desk.call_sheet()
        ]
    show(rows, as_json=as_json, title="Ring these people", empty="Everybody has been reached.")


@audit.callback()
def audit_root(context: typer.Context, as_json: AsJson = False, limit: Limit = 50) -> None:
    """The newest entries, unless a command is given."""
    if context.invoked_subcommand is None:
        audit_list(reference=None, as_json=as_json, limit=limit)


@audit.command("list")
def audit_list(
    reference: Annotated[str | None, typer.Argument(help="Only this case's entries.")] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Entries, newest first. Reading them is itself put on the audit."""
    with reading_desk() as desk:
        rows: list[Row] = [
            {
                "chain": entry.chain,
                "n": entry.n,
                "at": entry.at,
                "actor": entry.actor,
                "action": entry.action,
                "subject": entry.subject,
            }
            for entry in desk.audit(Reference(reference) if reference else None, limit)
        ]
    show(rows, as_json=as_json, title="Audit", empty="The audit is empty.")


@audit.command("verify")
def audit_verify(as_json: AsJson = False) -> None:
    """Check every chain and anchor; the first bad entry is named, and the exit status is 4."""
    with reading_desk() as desk:
        verdict = desk.verify()
    row: Row = {
        "entries": verdict.entries,
        "chains": verdict.chains,
        "anchors": verdict.anchors,
        "first_bad": verdict.first_bad or None,
    }
    show([row], as_json=as_json, title="Audit verified", empty="")
    if verdict.first_bad:
        say(verdict.first_bad)
        raise typer.Exit(KEYS)
