"""One act of one person: who may take it, and its one transaction with one answer; the same key gets the first answer again."""

from collections.abc import Callable

from bot.domain.answers import Said
from bot.domain.cases import Case, Party
from bot.domain.commands import Actor
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId, PersonId
from bot.domain.permissions import Verb, may
from bot.ports import UnitOfWork
from bot.services.changes import Change
from bot.services.reviewing import phone_words
from bot.services.tools import Tools


def once(act: Callable[[UnitOfWork], str], key: str, *, tools: Tools) -> Said:
    """Do an act in a transaction of its own and remember its answer by key: the same key gets the first answer again."""
    with tools.store.write() as uow:
        before = uow.inbox.answer_to(key)
        if before is not None:
            return Said(before)
        answer = act(uow)
        uow.inbox.remember(key, answer, tools.clock.now())
        uow.commit()
    tools.alarm.ring()
    return Said(answer)


def own_party(case: Case, actor: Actor) -> Party:
    """The part of the actor's own agency; Refusal when it was not told."""
    party = case.party(actor.agency) if actor.agency else None
    if party is None:
        raise Refusal(f"Your agency has not been told of {case.reference}.")
    return party


def check_listed(case: Case, person: PersonId, name: str) -> None:
    """Refusal when nothing of the case may reach somebody: they are left out of it, or not on its list."""
    if not case.admits(person):
        raise Refusal(f"{name} may not be told of {case.reference}. A lead has to name them on its list first.")


def begin(uow: UnitOfWork, tools: Tools, case_id: CaseId, actor: Actor, verb: Verb) -> Change:
    """The case opened for an act that this person may do; Refusal when they may not."""
    change = Change.on(uow, tools, case_id, actor=actor.person, now=tools.clock.now())
    policy = tools.rules.policy
    no = may(actor, verb, change.case, tools.rules.directory, phone=phone_words(policy))
    if no is not None:
        raise Refusal(no)
    return change
