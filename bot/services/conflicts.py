"""Conflicts of interest: a person is left out of a case, and nothing of it reaches them from then on."""

from dataclasses import replace

from bot.domain.answers import Said
from bot.domain.commands import Actor, OnCase
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.ids import PersonId
from bot.domain.permissions import Verb
from bot.ports import UnitOfWork
from bot.services.acts import begin, once
from bot.services.tools import Tools


def leave_out(on: OnCase, person: PersonId, reason: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Leave a person out of a case: they have a conflict of interest in it, or it is about them. The reason is sealed.

    No reminder and no step reaches them, they cannot open it, and what they own on it has no owner. They are not told.
    """

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT if person == actor.person else Verb.LEAVE_OUT)
        directory, least = tools.rules.directory, tools.rules.policy.reasons.least_characters
        if person not in directory.people:
            raise FormRefusal({"person": "Select somebody of the directory"})
        if len(reason.strip()) < least:
            raise FormRefusal({"reason": f"Reason must be {least} characters or more"})
        name, case = directory.name_of(person), change.case
        if person in case.left_out:
            return f"{name} is left out of {case.reference} already."
        owned = person in case.owners
        change.leave_out(person, reason.strip())
        saved = change.save()
        orphaned = " Nobody owns it for their agency now: whoever is on duty is told." if owned else ""
        return f"{name} is left out of {saved.reference} from now.{orphaned}"

    return once(act, key, tools=tools)


def let_back_in(on: OnCase, person: PersonId, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Let a person back in who was left out of a case."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.LEAVE_OUT)
        name, case = tools.rules.directory.name_of(person), change.case
        if person not in case.left_out:
            raise Refusal(f"{name} is not left out of {case.reference}.")
        change.case = replace(case, left_out=tuple(other for other in case.left_out if other != person))
        change.audit(Action.CONFLICT_ENDED, person)
        return f"{name} takes part in {change.save().reference} again."

    return once(act, key, tools=tools)
