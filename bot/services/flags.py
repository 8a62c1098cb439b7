"""Flags in force on a case beside its concern, such as police protection: raised by an act or by name, ended by an act."""

from dataclasses import replace
from datetime import datetime

from bot.domain.answers import Said
from bot.domain.commands import Actor, OnCase
from bot.domain.deadlines import resume
from bot.domain.errors import Refusal
from bot.domain.events import Action
from bot.domain.permissions import Verb
from bot.ports import UnitOfWork
from bot.services.acts import begin, once
from bot.services.changes import Change
from bot.services.risks import reassess
from bot.services.tools import Tools


def raise_flag(on: OnCase, flag: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Put a flag in force on a case, such as police protection: its milestones open and its floors hold from now."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT)
        found = change.policy.flags.get(flag)
        if found is None:
            raise Refusal("Select one of the flags in the list.")
        if flag in change.case.flags:
            return f"{found.label} is in force on {change.case.reference} already."
        put_in_force(change, flag, tools)
        change.acted()
        return f"{found.label} is in force on {change.save().reference}."

    return once(act, key, tools=tools)


def put_in_force(change: Change, flag: str, tools: Tools, *, at: datetime | None = None) -> None:
    """Raise a flag inside a change: the band first, so that what opens is timed by it. It has been in force since `at`."""
    if flag in change.case.flags:
        return
    before = change.case
    change.case = replace(before, flags=before.flags | {flag}, ended_flags=before.ended_flags - {flag})
    change.audit(Action.FLAG_RAISED, flag)
    reassess(change, tools)
    change.happen([flag], at=at)
    _go_on(change, flag)


def _go_on(change: Change, flag: str) -> None:
    """Let what runs only once go on: used again, the power has no hours of its own, and its first instants hold."""
    for deadline in change.deadlines:
        row = change.policy.milestones.get(deadline.kind)
        if row is not None and row.once and row.trigger == flag and not deadline.is_open:
            change.put(resume(deadline, change.policy_of(deadline).calendar))
            change.audit(
                Action.DEADLINE_RESUMED, f"{deadline.kind} {deadline.agency} due {deadline.due_at.isoformat()}"
            )


def take_out_of_force(change: Change, flag: str, tools: Tools) -> None:
    """End a flag inside a change; what is still owed because of it stays owed."""
    if flag not in change.case.flags:
        return
    before = change.case
    change.case = replace(before, flags=before.flags - {flag}, ended_flags=before.ended_flags | {flag})
    change.audit(Action.FLAG_ENDED, flag)
    reassess(change, tools)
