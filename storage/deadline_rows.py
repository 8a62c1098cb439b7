"""Row and deadline, both ways; its span and its plan are JSON, the plan with every instant of its ladder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, time, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any

from bot.domain.calendar import Clock, Span
from bot.domain.deadlines import Deadline, Ending, EndingKind, Plan, PlannedStep
from bot.domain.ids import AgencyId, CaseId, DeadlineId, PersonId, TeamId
from bot.domain.policy import Band, Basis, Repeat, Role
from storage.columns import instant_of, instant_or_none
from storage.mapping import Values, instant_text, json_text

NO_STEPS = '{"steps":[],'
"""How the stored plan of a deadline begins that is only shown and pings nobody."""
MOVES = (
    "done",
    "repeats",
    "next_at",
    "held_until",
    "ending_kind",
    "ending_at",
    "ending_by",
    "ending_record",
    "version",
)
"""What changes of a deadline while its ladder climbs and when it ends."""
_PLACES = 14
_MOVING = {"done", "repeats", "next_at", "held_until", "ending", "version"}
_STANDING = attrgetter(*(each.name for each in fields(Deadline) if each.name not in _MOVING))


def moved_values(deadline: Deadline) -> Values:
    """Return the columns that `MOVES` names."""
    ending = deadline.ending
    return {
        "done": deadline.done,
        "repeats": deadline.repeats,
        "next_at": deadline.next_at,
        "held_until": deadline.held_until,
        "ending_kind": ending.kind.value if ending else None,
        "ending_at": ending.at if ending else None,
        "ending_by": ending.by if ending else None,
        "ending_record": ending.record if ending else None,
        "version": deadline.version,
    }


def deadline_values(deadline: Deadline) -> Values:
    """Return the columns of a deadline."""
    return {
        "id": deadline.id,
        "case_id": deadline.case_id,
        "kind": deadline.kind,
        "agency": deadline.agency,
        "team": deadline.team,
        "owner": deadline.owner,
        "basis": deadline.basis.value,
        "source": deadline.source,
        "span": json_text(_span_body(deadline.span)),
        "band": deadline.band.value,
        "trigger_at": deadline.trigger_at,
        "due_at": deadline.due_at,
        "plan": json_text(_plan_body(deadline.plan)),
        "policy_version": deadline.policy_version,
        **moved_values(deadline),
    }


def only_moved(before: Deadline, after: Deadline) -> bool:
    """Whether nothing but `MOVES` tells two states of one deadline apart."""
    return bool(_STANDING(before) == _STANDING(after))


def deadline_of(row: Sequence[Any]) -> Deadline:
    """Return the deadline of a row, its columns in the order of the table."""
    # By place and not by name: a case has a dozen of these, and a burst has a thousand cases.
    standing, moving = row[:_PLACES], row[_PLACES:]
    (id_, case_id, kind, agency, team, owner, basis, source, span, band, trigger_at, due_at, plan, policy) = standing
    done, repeats, next_at, held_until, ending_kind, ending_at, ending_by, ending_record, version = moving
    ending = None
    if ending_kind is not None:
        ending = Ending(EndingKind(ending_kind), instant_of(ending_at), PersonId(ending_by), ending_record)
    return Deadline(
        id=DeadlineId(id_),
        case_id=CaseId(case_id),
        kind=kind,
        agency=AgencyId(agency),
        team=TeamId(team),
        owner=PersonId(owner) if owner is not None else None,
        basis=Basis(basis),
        source=source,
        span=_span(span),
        band=Band(band),
        trigger_at=instant_of(trigger_at),
        due_at=instant_of(due_at),
        plan=_plan(plan),
        policy_version=policy,
        done=done,
        repeats=repeats,
        next_at=instant_or_none(next_at),
        held_until=instant_or_none(held_until),
        ending=ending,
        version=version,
    )


def _span_body(span: Span) -> Values:
    amount = span.amount
    return {
        "clock": span.clock.value,
        "amount": amount.total_seconds() if isinstance(amount, timedelta) else amount,
        "latest": span.latest.isoformat() if span.latest else None,
    }


@lru_cache(maxsize=256)
def _span(stored: str) -> Span:
    body = json.loads(stored)
    clock, amount = Clock(body["clock"]), body["amount"]
    latest = time.fromisoformat(body["latest"]) if body["latest"] else None
    return Span(clock, timedelta(seconds=amount) if clock.counts_time else amount, latest)


def _plan_body(plan: Plan) -> Values:
    steps = [
        {"number": step.number, "at": instant_text(step.at), "to": [role.value for role in step.to], "name": step.name}
        for step in plan.steps
    ]
    every = plan.repeat.every
    return {
        "steps": steps,
        "repeat_seconds": every.total_seconds() if every is not None else None,
        "each_hub_morning": plan.repeat.each_hub_morning,
    }


# A case is read again and again while its plans stand still; values are frozen, so they can be shared.
@lru_cache(maxsize=4096)
def _plan(stored: str) -> Plan:
    body = json.loads(stored)
    steps = tuple(
        PlannedStep(
            step["number"], datetime.fromisoformat(step["at"]), tuple(Role(role) for role in step["to"]), step["name"]
        )
        for step in body["steps"]
    )
    seconds = body["repeat_seconds"]
    every = timedelta(seconds=seconds) if seconds is not None else None
    return Plan(steps, Repeat(every, each_hub_morning=body["each_hub_morning"]))
