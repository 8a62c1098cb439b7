"""Need to know: a case restricted to a named list, who is on it, and the glass broken by somebody senior who is not."""

from bot.domain.answers import RestrictionForm, Said
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor, Listing, OnCase, Restrict
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.ids import PersonId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.offers import Choice
from bot.domain.permissions import Verb
from bot.domain.restriction import first_list, last_resort, leads_on
from bot.ports import UnitOfWork
from bot.services.acts import begin, once
from bot.services.changes import BROKEN, Change
from bot.services.tools import Tools

BY_HAND = "by a lead"
GLASS = "broke_glass"


def restrict(command: Restrict, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Restrict a case to its owners, its referrers, the leads of its agencies and the lead who does it.

    `about` is left out of it at once, when the case is about somebody of the directory. FormRefusal fields: reason, about.
    """

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.RESTRICT)
        directory, reason = tools.rules.directory, _reason(command.reason, tools)
        if change.case.restricted:
            return f"{change.case.reference} is restricted already. Open it to see who is on its list."
        if command.about == actor.person:
            raise FormRefusal({"about": "Whoever a case is about cannot restrict it. Tell another lead"})
        if command.about is not None:
            if command.about not in directory.people:
                raise FormRefusal({"about": "Select somebody of the directory"})
            change.leave_out(command.about, reason)
        change.close_to(tuple(dict.fromkeys((*first_list(change.case, directory), actor.person))), BY_HAND)
        change.audit(Action.NAMED_ON_LIST, actor.person, {"reason": reason})
        saved = change.save()
        names = ", ".join(map(directory.name_of, saved.restricted_to or ()))
        return f"{saved.reference} is restricted from now. It exists for these people alone: {names}."

    return once(act, key, tools=tools)


def name(command: Listing, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Put somebody on the list of a restricted case; they get its card. FormRefusal fields: person, reason."""

    def act(uow: UnitOfWork) -> str:
        change = _restricted(uow, command, actor, tools)
        directory, reason, person = tools.rules.directory, _reason(command.reason, tools), _person(command, tools)
        who = directory.name_of(person)
        if person in change.case.left_out:
            raise FormRefusal({"person": f"{who} is left out of {change.case.reference}. Let them back in first"})
        listed = change.case.restricted_to or ()
        if person in listed:
            return f"{who} is on the list of {change.case.reference} already."
        change.list_of((*listed, person))
        change.audit(Action.NAMED_ON_LIST, person, {"reason": reason})
        change.tell_listed([person])
        return f"{who} is on the list of {change.save().reference} from now and has its card."

    return once(act, key, tools=tools)


def take_off(command: Listing, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Take somebody off the list; what they own of the case has no owner from then on. The last one stays."""

    def act(uow: UnitOfWork) -> str:
        change = _restricted(uow, command, actor, tools)
        reason, person = _reason(command.reason, tools), _person(command, tools)
        left = tuple(other for other in change.case.restricted_to or () if other != person)
        who = tools.rules.directory.name_of(person)
        if len(left) == len(change.case.restricted_to or ()):
            raise FormRefusal({"person": f"{who} is not on the list of {change.case.reference}"})
        if not any(change.case.admits(other) for other in left):
            raise FormRefusal({"person": f"{who} is the last on the list. Name somebody else first"})
        change.disown(person)
        change.list_of(left)
        change.audit(Action.TAKEN_OFF_LIST, person, {"reason": reason})
        return f"{who} is off the list of {change.save().reference} from now."

    return once(act, key, tools=tools)


def lift(on: OnCase, reason: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Open a restricted case to the agencies on it again; whoever is left out stays left out."""

    def act(uow: UnitOfWork) -> str:
        change = _restricted(uow, on, actor, tools)
        words = _reason(reason, tools)
        change.list_of(None)
        change.audit(Action.RESTRICTION_LIFTED, change.case.reference, {"reason": words})
        return f"{change.save().reference} is not restricted any more: everybody of the agencies on it sees it again."

    return once(act, key, tools=tools)


def break_glass(on: OnCase, reason: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Come onto the list of a restricted case for a reason; its leads hear at once. FormRefusal field: reason."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.BREAK_GLASS)
        words, directory = _reason(reason, tools), tools.rules.directory
        told = leads_on(change.case, directory) or last_resort(change.case, directory, change.now)
        change.list_of((*(change.case.restricted_to or ()), actor.person))
        change.record(
            HumanAct(change.case.id, GLASS, actor.person, actor.agency, change.now, protective=False, note=words)
        )
        change.audit(Action.GLASS_BROKEN, actor.person, {"reason": words})
        for person in told:
            if person != actor.person:
                to = f"glass:{change.case.id}:{change.case.version}:{person}"
                payload = {"what": BROKEN, "by": actor.person}
                change.notify(NoticeKind.RESTRICTED, to, Destination.person(person), payload)
        change.tell_listed([actor.person])
        names = ", ".join(directory.name_of(person) for person in told if person != actor.person) or "nobody was there"
        return f"{change.save().reference} is open to you from now, and you have its card. Told of it: {names}."

    return once(act, key, tools=tools)


def restriction(on: OnCase, verb: Verb, actor: Actor, *, tools: Tools) -> RestrictionForm:
    """What a form about who may know of the case offers; Refusal when this person may not take the act."""
    with tools.store.read() as uow:
        case = begin(uow, tools, on.case_id, actor, verb).case
    directory = tools.rules.directory
    told = {party.agency for party in case.parties}
    teams = {party.team for party in case.parties}
    people = sorted(directory.people.values(), key=lambda person: (person.team not in teams, person.name))
    named = [person.id for person in people if person.active and not person.governance and person.agency in told]
    return RestrictionForm(
        reference=case.reference,
        people=tuple(Choice(person, directory.name_of(person)) for person in named),
        listed=tuple(Choice(person, directory.name_of(person)) for person in case.restricted_to or ()),
        least=tools.rules.policy.reasons.least_characters,
    )


def _restricted(uow: UnitOfWork, on: OnCase | Listing, actor: Actor, tools: Tools) -> Change:
    """The restricted case opened for a lead who is on its list; Refusal when it is not restricted."""
    change = begin(uow, tools, on.case_id, actor, Verb.RESTRICT)
    if not change.case.restricted:
        raise Refusal(f"{change.case.reference} is not restricted.")
    return change


def _reason(typed: str, tools: Tools) -> str:
    reason, least = " ".join(typed.split()), tools.rules.policy.reasons.least_characters
    if len(reason) < least:
        raise FormRefusal({"reason": f"Reason must be {least} characters or more"})
    return reason


def _person(command: Listing, tools: Tools) -> PersonId:
    known = tools.rules.directory.people.get(command.person)
    if known is None or not known.active:
        raise FormRefusal({"person": "Select somebody of the directory who has not left"})
    return known.id
