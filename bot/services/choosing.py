"""What the forms of a case offer to one person: people of their agency, agencies not told, questions, and things to record."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.domain.answers import CaseChoices
from bot.domain.commands import Actor, OnCase
from bot.domain.directions import DIRECTION
from bot.domain.disagreements import KIND, agencies_to_differ_with
from bot.domain.ids import PersonId, Reference
from bot.domain.offers import Choice, act_groups
from bot.domain.pending import Pending
from bot.domain.permissions import Verb
from bot.domain.requests import BASIS, WHAT
from bot.services.acts import begin
from bot.services.records import pending_on
from bot.services.reviewing import questions
from bot.services.tools import Tools


def choices(on: OnCase, actor: Actor, *, tools: Tools) -> CaseChoices:
    """Everything that a form on this case lets this person choose from; Refusal when they may not act on it."""
    with tools.store.read() as uow:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT)
        case, policy, directory = change.case, change.policy, tools.rules.directory
        told = {party.agency for party in case.parties}
        return CaseChoices(
            reference=case.reference,
            people=tuple(choice for choice in _people(actor, tools) if case.admits(PersonId(choice.code))),
            agencies=tuple(Choice(each.id, each.name) for each in directory.agencies.values() if each.id not in told),
            questions=questions(case, policy),
            acts=act_groups(case, change.deadlines, policy, uow.cases.children(case.id)),
            directions=_listed(policy.listed.get(DIRECTION, {})),
            not_shared=_listed(policy.listed.get("not_shared", {})),
            partners=tuple(
                Choice(party.agency, directory.agencies[party.agency].name)
                for party in case.parties
                if party.agency != actor.agency
            ),
            requests=_listed(policy.listed.get(WHAT, {})),
            bases=_listed(policy.listed.get(BASIS, {})),
            children=_children(uow.cases.children(case.id)),
            differences=_listed(policy.listed.get(KIND, {})),
            differs_with=tuple(
                Choice(each, directory.agencies[each].name)
                for each in agencies_to_differ_with(case, actor.agency, directory)
            ),
        )


def beside(reference: Reference, *, tools: Tools) -> Pending:
    """What stands beside a case, reasons of proposals left out; NotFound when there is no such case."""
    with tools.store.read() as uow:
        found = pending_on(uow, uow.cases.find(reference).id)
    return replace(found, decisions=tuple(replace(each, reason="") for each in found.decisions))


def _people(actor: Actor, tools: Tools) -> Iterator[Choice]:
    """Everybody of the actor's agency who works cases, by name, the actor left out."""
    people = tools.rules.directory.people.values()
    for person in sorted(people, key=lambda each: each.name):
        works = person.active and not person.governance and person.agency == actor.agency
        if works and person.id != actor.person:
            yield Choice(person.id, person.name)


def _listed(words: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label) for code, label in words.items())


def _children(children: int) -> tuple[Choice, ...]:
    if children <= 1:
        return ()
    each = (Choice(f"{number}", f"Child {number} of {children}") for number in range(1, children + 1))
    return (Choice("all", f"All {children} children"), *each)
