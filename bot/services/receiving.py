"""What the receiving agency answers beside its acknowledgement: how it reads the request, that it cannot help, its own number."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.answers import Said
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor, OnCase, RecordNumber
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.escalation import case_seats
from bot.domain.events import Action
from bot.domain.ids import PersonId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.permissions import Verb
from bot.domain.policy import Role
from bot.ports import UnitOfWork
from bot.services.acts import begin, once, own_party
from bot.services.changes import Change
from bot.services.tools import Tools

CANNOT_HELP = "cannot_help"
BOTH_LEADS = (Role.DEPARTMENT_LEAD, Role.PARTNER_LEAD)
MOST_NUMBER = 40


def tell_people(
    change: Change, kind: NoticeKind, people: Iterable[PersonId], payload: dict[str, object], *, about: str
) -> None:
    """One direct message to each of these people, the actor left out."""
    for person in dict.fromkeys(people):
        if person != change.actor:
            key = f"{kind.value}:{change.case.id}:{about}:{person}"
            change.notify(kind, key, Destination.person(person), payload)


def both_leads(change: Change, tools: Tools) -> list[PersonId]:
    """The department lead of the police and the lead of the partner agency, or whoever stands in for them."""
    directory, seats = tools.rules.directory, case_seats(change.case, tools.rules.directory)
    return [person for role in BOTH_LEADS for person in directory.resolve(role, seats, change.now)]


def read_as(on: OnCase, code: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Say how one's agency reads what is asked of it. Read otherwise than it was meant, the leads of both sides are told."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT)
        party, asks = own_party(change.case, actor), change.policy.asks
        if code not in asks:
            raise Refusal("Select one of the requests in the list.")
        if actor.agency == change.case.referring_agency:
            raise Refusal("Your agency asked for it. The agency that received it says how it reads it.")
        change.case = change.case.with_party(replace(party, reads_as=code))
        change.audit(Action.REQUEST_READ, f"{party.agency} {code}")
        change.acted()
        if code == change.case.asks_for:
            return f"{change.save().reference}: confirmed as {asks[code].label.lower()}."
        payload: dict[str, object] = {"agency": party.agency, "read": code}
        about = f"{party.agency}:v{change.case.version}"
        tell_people(change, NoticeKind.MISMATCH, both_leads(change, tools), payload, about=about)
        change.line(NoticeKind.MISMATCH, payload, about=about)
        case = change.save()
        return f"{case.reference} was sent as something else, so the leads of both agencies are told now."

    return once(act, key, tools=tools)


def cannot_help(on: OnCase, code: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Say that one cannot take it, with a reason of the policy's list: one's team leaders are told, and every clock runs on."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT)
        party, directory = own_party(change.case, actor), tools.rules.directory
        words = change.policy.cannot_help.get(code)
        if words is None:
            raise Refusal("Select one of the reasons in the list.")
        change.record(
            HumanAct(change.case.id, CANNOT_HELP, actor.person, party.agency, change.now, protective=False, note=words)
        )
        change.audit(Action.COULD_NOT_HELP, f"{party.agency} {code}")
        leaders = directory.standing_in(directory.teams[party.team].leaders, change.now)
        people = [person for person in leaders if person != actor.person] or both_leads(change, tools)
        about = f"{actor.person}:v{change.case.version}"
        tell_people(change, NoticeKind.CANNOT_HELP, people, {"by": actor.person, "code": code}, about=about)
        case = change.save()
        names = ", ".join(map(directory.name_of, people))
        return f"{names} is told that you cannot help with {case.reference}. What is owed runs on until somebody else does it."

    return once(act, key, tools=tools)


def give_number(command: RecordNumber, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Put one's own agency's record number on the card, so that it finds the case in its own system. FormRefusal: number."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.ACT)
        party, number = own_party(change.case, actor), " ".join(command.number.split())
        if not any(char.isdigit() for char in number):
            raise FormRefusal({"number": "Record number must have a digit in it, and no name"})
        if len(number) > MOST_NUMBER:
            raise FormRefusal({"number": f"Record number must be {MOST_NUMBER} characters or fewer"})
        change.case = change.case.with_party(replace(party, record_number=number))
        change.audit(Action.NUMBER_GIVEN, party.agency)
        return f"The card of {change.save().reference} shows your record number."

    return once(act, key, tools=tools)
