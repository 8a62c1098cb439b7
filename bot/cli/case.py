"""One case at the console: `vigil case show` and the decisions beside `vigil why`. Codes and instants; nothing that is sealed."""

import json
import sys
from typing import Annotated

import typer

from bot.cli.acting import By, Reason, actor_of, answer, instant, new_key, reason_of
from bot.cli.console import Row, plain, show
from bot.cli.desks import reading_desk
from bot.domain.cases import Case
from bot.domain.commands import HandOver, Listing, OnCase, RecordAct, Restrict
from bot.domain.deadlines import Deadline
from bot.domain.decisions import Decision
from bot.domain.handovers import Handover
from bot.domain.holds import Hold
from bot.domain.ids import PersonId, Reference
from bot.services.desk import Desk

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
To = Annotated[str, typer.Option("--to", help="The id of a person; without it, whoever is on duty is asked.")]

At = Annotated[str, typer.Option("--at", help="When it was done, in London time; now without it.")]
Who = Annotated[str, typer.Option("--who", help="The id of whom it names, such as the designated officer.")]
Link = Annotated[str, typer.Option("--link", help="One address, where the act asks for a link.")]
Note = Annotated[str, typer.Option("--note", help="A note; - reads it from standard input. It is sealed.")]
About = Annotated[
    str, typer.Option("--about", help="The id of whom it is about, if they work here: they are left out.")
]
Person = Annotated[str, typer.Option("--person", help="The id of a person.")]
Off = Annotated[bool, typer.Option("--off", help="Take them off the list.")]

case = typer.Typer(help="One case.", no_args_is_help=True)

_STEPS = ("kind", "agency", "step", "at", "to", "state")
_DECISIONS = ("act", "subject", "by", "at", "outcome", "decided_by", "decided_at")


def register(app: typer.Typer) -> None:
    """Put these commands on the root."""
    app.command()(why)
    app.add_typer(case, name="case")


def why(reference: str, as_json: AsJson = False) -> None:
    """One case's ladder: what is owed, which steps were taken and when, what comes next, and what two people decided."""
    with reading_desk() as desk:
        rows = [row for deadline in desk.ladder(Reference(reference)) for row in _steps(deadline)]
        decided = _decisions(desk, reference)
    if as_json:
        _one_object({"items": rows, "decisions": decided})
        return
    show(rows, as_json=False, title=f"Ladder of {reference}", empty="Nothing was ever owed on it.", table=_STEPS)
    if decided:
        show(decided, as_json=False, title=f"Decisions on {reference}", empty="", table=_DECISIONS)


@case.command("show")
def case_show(reference: str, as_json: AsJson = False) -> None:
    """What a case is in codes: grade and floors, facts, flags, agencies, what is owed, decisions. Nothing sealed is opened."""
    with reading_desk() as desk:
        found = desk.find(Reference(reference))
        owed = [_deadline(deadline) for deadline in desk.ladder(found.reference)]
        decided = _decisions(desk, found.reference)
        beside = desk.case.beside(found.reference)
    agencies = _agencies(found)
    offered, held = [_handover(each) for each in beside.handovers], [_hold(each) for each in beside.holds]
    if as_json:
        parts = {"agencies": agencies, "deadlines": owed, "decisions": decided, "handovers": offered, "holds": held}
        _one_object({"case": _case(found), **parts})
        return
    facts: list[Row] = [{"what": name, "is": value} for name, value in _case(found).items()]
    show(facts, as_json=False, title=f"Case {found.reference}", empty="")
    show(agencies, as_json=False, title="Agencies", empty="Nobody was told.")
    show(owed, as_json=False, title="What is and was owed", empty="Nothing was ever owed on it.")
    show(decided, as_json=False, title="Decisions", empty="Nothing was put forward on it.", table=_DECISIONS)
    if offered:
        show(offered, as_json=False, title="Hand-overs", empty="")
    if held:
        show(held, as_json=False, title="Reminders put off", empty="")


@case.command("handover")
def case_handover(reference: str, to: To = "", by: By = "") -> None:
    """Offer a case to somebody of the agency of whoever offers it; they own it only once they accept it in Slack."""
    with reading_desk() as desk:
        wanted = HandOver(desk.find(Reference(reference)).id, PersonId(to) if to else None)
        answer(desk.case.hand_over(wanted, actor_of(desk, by), new_key()))


@case.command("record")
def case_record(
    reference: str, act: str, at: At = "", who: Who = "", link: Link = "", note: Note = "", by: By = ""
) -> None:
    """Record something done, with what the act asks; ACT is a code of the policy. A note is sealed."""
    with reading_desk() as desk:
        command = RecordAct(
            desk.find(Reference(reference)).id,
            act,
            reason_of(note),
            instant(at, "--at") if at else None,
            PersonId(who) if who else None,
            link,
        )
        answer(desk.case.record(command, actor_of(desk, by), new_key()))


@case.command("replan")
def case_replan(reference: str, by: By = "", reason: Reason = "-") -> None:
    """Let a case go by the policy in force, nothing of it later; the reason is read from standard input and sealed."""
    with reading_desk() as desk:
        on = OnCase(desk.find(Reference(reference)).id)
        answer(desk.replan(on, reason_of(reason), actor_of(desk, by), new_key()))


@case.command("restrict")
def case_restrict(reference: str, about: About = "", by: By = "", reason: Reason = "-") -> None:
    """Restrict a case to a named list; the reason is read from standard input and sealed."""
    with reading_desk() as desk:
        command = Restrict(desk.find(Reference(reference)).id, reason_of(reason), PersonId(about) if about else None)
        answer(desk.case.restrict(command, actor_of(desk, by), new_key()))


@case.command("name")
def case_name(reference: str, person: Person, off: Off = False, by: By = "", reason: Reason = "-") -> None:
    """Put somebody on the list of a restricted case, or take them off it; the reason is sealed."""
    with reading_desk() as desk:
        command = Listing(desk.find(Reference(reference)).id, PersonId(person), reason_of(reason))
        act = desk.case.take_off if off else desk.case.name
        answer(act(command, actor_of(desk, by), new_key()))


@case.command("lift")
def case_lift(reference: str, by: By = "", reason: Reason = "-") -> None:
    """Open a restricted case to the agencies on it again; the reason is sealed."""
    with reading_desk() as desk:
        on = OnCase(desk.find(Reference(reference)).id)
        answer(desk.case.lift(on, reason_of(reason), actor_of(desk, by), new_key()))


def _one_object(body: Row) -> None:
    sys.stdout.write(json.dumps(plain(body), ensure_ascii=False) + "\n")


def _case(found: Case) -> Row:
    return {
        "reference": found.reference,
        "version": found.version,
        "status": found.status,
        "concern": found.concern,
        "grade": found.grade,
        "effective_grade": found.effective_grade,
        "band": found.band,
        "floors": list(found.floors),
        "overridden": sorted(found.fired_at.keys() - set(found.floors)),
        "flags": sorted(found.flags),
        "facts": [f"{code} {answer.value}" for code, answer in found.facts.items()],
        "asks_for": found.asks_for,
        "first_aware_at": found.first_aware_at,
        "opened_at": found.opened_at,
        "last_act_at": found.last_act_at,
        "closed_at": found.closed_at,
        "no_further_action": found.no_further_action,
        "merged_into": found.merged_into,
        "referral_number": found.referral_number,
        "referrers": list(found.referrers),
        "restricted_to": list(found.restricted_to) if found.restricted_to is not None else None,
        "policy_version": found.policy_version,
    }


def _agencies(found: Case) -> list[Row]:
    return [
        {
            "agency": party.agency,
            "team": party.team,
            "told_at": party.told_at,
            "owes_acknowledgement": party.owes_acknowledgement,
            "acknowledged_by": party.acknowledged.by if party.acknowledged else None,
            "acknowledged_at": party.acknowledged.at if party.acknowledged else None,
            "owner": party.owner,
        }
        for party in found.parties
    ]


def _deadline(deadline: Deadline) -> Row:
    ending = deadline.ending
    return {
        "id": deadline.id,
        "kind": deadline.kind,
        "agency": deadline.agency,
        "basis": deadline.basis,
        "due_at": deadline.due_at,
        "next_at": deadline.next_at,
        "ended": ending.kind if ending else None,
        "ended_at": ending.at if ending else None,
        "ended_by": ending.by if ending else None,
    }


def _handover(offered: Handover) -> Row:
    return {
        "agency": offered.agency,
        "to": list(offered.to),
        "by": offered.by,
        "at": offered.at,
        "state": offered.state,
        "ended_by": offered.ended_by,
        "ended_at": offered.ended_at,
    }


def _hold(hold: Hold) -> Row:
    return {"person": hold.person, "kind": hold.kind, "code": hold.code, "at": hold.at, "until_at": hold.until_at}


def _steps(deadline: Deadline) -> list[Row]:
    ended = "ended" if deadline.ending else "to come"
    return [
        {
            "kind": deadline.kind,
            "agency": deadline.agency,
            "due_at": deadline.due_at,
            "step": step.number,
            "name": step.name,
            "at": step.at,
            "to": list(step.to),
            "state": "taken" if step.number <= deadline.done else ended,
        }
        for step in deadline.plan.steps
    ]


def _decisions(desk: Desk, reference: str) -> list[Row]:
    return [_decision(decision) for decision in desk.decisions(Reference(reference))]


def _decision(decision: Decision) -> Row:
    return {
        "id": decision.id,
        "act": decision.act,
        "subject": decision.subject,
        "until_at": decision.until_at,
        "by": decision.by,
        "at": decision.at,
        "version": decision.version,
        "outcome": decision.outcome,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
    }
