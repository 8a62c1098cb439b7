"""Handing a case over: offered to somebody, owned by them only once they accept; until then nothing moves."""

from collections.abc import Iterable

from bot.domain.answers import Said
from bot.domain.cases import Party
from bot.domain.commands import Actor, HandOver
from bot.domain.errors import Refusal, Stale
from bot.domain.events import Action
from bot.domain.handovers import Handover, HandoverState
from bot.domain.ids import HandoverId, PersonId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.permissions import SENIOR, Verb
from bot.domain.wording import moment
from bot.ports import UnitOfWork
from bot.services.acts import begin, check_listed, once, own_party
from bot.services.changes import Change
from bot.services.tools import Tools

ENDED = {
    HandoverState.ACCEPTED: "accepted",
    HandoverState.DECLINED: "declined",
    HandoverState.WITHDRAWN: "withdrawn",
}


def offer(command: HandOver, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Offer the actor's agency's part to one person, or to whoever is on duty; an earlier offer that waits is withdrawn."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.ACT)
        party = own_party(change.case, actor)
        _may_hand_over(party, actor, change, tools)
        to = _named(command.to, party, actor, change, tools) if command.to else _on_duty(party, actor, change, tools)
        for before in _waiting(change, party):
            _end(change, before, HandoverState.WITHDRAWN)
        fresh = Handover(HandoverId(tools.new_id()), change.case.id, party.agency, to, actor.person, change.now)
        uow.handovers.add(fresh)
        change.audit(Action.HANDOVER_OFFERED, f"{fresh.id} {party.agency} to {' '.join(to)}")
        for person in to:
            key_of = f"handover:{fresh.id}:{person}"
            change.notify(NoticeKind.HANDOVER, key_of, Destination.person(person), {"handover": fresh.id})
        case = change.save()
        names = _names(to, tools)
        owner = f"{tools.rules.directory.name_of(party.owner)} stays its owner" if party.owner else "It has no owner"
        return f"Offered {case.reference} to {names}. {owner} until somebody accepts, and what is owed runs on."

    return once(act, key, tools=tools)


def accept(handover_id: HandoverId, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Take the case over: the actor owns their agency's part from now on. Every due instant stays where it is."""

    def act(uow: UnitOfWork) -> str:
        offered, change = _of_mine(uow, handover_id, actor, tools)
        party = own_party(change.case, actor)
        uow.handovers.save(offered.ended(HandoverState.ACCEPTED, actor.person, change.now))
        change.case = change.case.with_party(party.owned_by(actor.person))
        change.audit(
            Action.HANDOVER_ACCEPTED, f"{offered.id} {party.agency} from {party.owner or 'nobody'} to {actor.person}"
        )
        change.line(NoticeKind.HANDED_OVER, {"handover": offered.id}, about=offered.id)
        _tell(change, offered, {offered.by, party.owner} - {actor.person, None})
        case = change.save()
        return f"You own {case.reference} for {tools.rules.directory.agencies[party.agency].name} from now on."

    return once(act, key, tools=tools)


def decline(handover_id: HandoverId, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Do not take it over; when nobody else was asked the offer has ended, and whoever made it is told."""

    def act(uow: UnitOfWork) -> str:
        offered, change = _of_mine(uow, handover_id, actor, tools)
        mine = actor.person if actor.person in offered.to else _stood_in_for(offered, actor, tools, change)
        left = offered.declined(mine, change.now)
        uow.handovers.save(left)
        change.audit(Action.HANDOVER_DECLINED, f"{offered.id} {offered.agency} by {actor.person}")
        party = change.case.party(offered.agency)
        if not left.waits:
            _tell(change, offered, {offered.by, party.owner if party else None} - {actor.person, None})
        case = change.save()
        return f"You did not take {case.reference} over. Its owner stays as before."

    return once(act, key, tools=tools)


def withdraw(handover_id: HandoverId, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Take an offer back."""

    def act(uow: UnitOfWork) -> str:
        offered = uow.handovers.get(handover_id)
        change = begin(uow, tools, offered.case_id, actor, Verb.ACT)
        _still_waits(offered, change, tools)
        party = own_party(change.case, actor)
        if party.agency != offered.agency:
            raise Refusal("Only somebody of the agency that offered it can take the offer back.")
        if actor.person != offered.by:
            _may_hand_over(party, actor, change, tools)
        _end(change, offered, HandoverState.WITHDRAWN)
        return f"The offer of {change.save().reference} is withdrawn. Its owner stays as before."

    return once(act, key, tools=tools)


def _may_hand_over(party: Party, actor: Actor, change: Change, tools: Tools) -> None:
    """Refusal unless the actor owns it, is on duty for it or leads; what nobody owns anybody there may offer."""
    directory = tools.rules.directory
    if party.owner in {None, actor.person} or directory.standing(actor.person) in SENIOR:
        return
    if actor.person in directory.on_duty(party.team, change.now):
        return
    owner = directory.name_of(party.owner) if party.owner else "Its owner"
    raise Refusal(f"{owner} owns {change.case.reference}. Only they, whoever is on duty or a leader can hand it over.")


def _named(to: PersonId, party: Party, actor: Actor, change: Change, tools: Tools) -> tuple[PersonId, ...]:
    directory = tools.rules.directory
    known = directory.people.get(to)
    if known is None or not known.active or known.agency != actor.agency or known.governance:
        raise Refusal("Select somebody of your own agency who works cases.")
    if to == party.owner:
        raise Refusal(f"{known.name} owns {change.case.reference} already.")
    check_listed(change.case, to, known.name)
    able = tuple(person for person in directory.standing_in([to], change.now) if change.case.admits(person))
    if not able:
        raise Refusal(f"{known.name} is away and nobody covers. Name somebody else, or hand it to whoever is on duty.")
    return able


def _on_duty(party: Party, actor: Actor, change: Change, tools: Tools) -> tuple[PersonId, ...]:
    directory, itself = tools.rules.directory, {party.owner, actor.person}
    on_duty = directory.on_duty(party.team, change.now)
    found = tuple(person for person in on_duty if person not in itself and change.case.admits(person))
    if not found:
        raise Refusal(f"Nobody else is on duty for {directory.teams[party.team].name}. Name somebody to hand it to.")
    return found


def _of_mine(uow: UnitOfWork, handover_id: HandoverId, actor: Actor, tools: Tools) -> tuple[Handover, Change]:
    """An offer to this person that still waits, with its case; Stale when it was answered, Refusal when it is not theirs."""
    offered = uow.handovers.get(handover_id)
    change = begin(uow, tools, offered.case_id, actor, Verb.ACT)
    _still_waits(offered, change, tools)
    if actor.person not in {*offered.to, *tools.rules.directory.standing_in(offered.to, change.now)}:
        raise Refusal(f"This was offered to {_names(offered.to, tools)}. Only they can answer it.")
    return offered, change


def _stood_in_for(offered: Handover, actor: Actor, tools: Tools, change: Change) -> PersonId:
    directory = tools.rules.directory
    return next(to for to in offered.to if actor.person in directory.standing_in([to], change.now))


def _still_waits(offered: Handover, change: Change, tools: Tools) -> None:
    if offered.waits:
        return
    who, when = tools.rules.directory.name_of(offered.ended_by or offered.by), offered.ended_at or offered.at
    raise Stale(f"{change.case.reference}: this offer was {ENDED[offered.state]} by {who} {moment(when, change.now)}.")


def _waiting(change: Change, party: Party) -> list[Handover]:
    found = change.uow.handovers.of_case(change.case.id)
    return [each for each in found if each.waits and each.agency == party.agency]


def _end(change: Change, offered: Handover, state: HandoverState) -> None:
    change.uow.handovers.save(offered.ended(state, change.actor, change.now))
    change.audit(Action.HANDOVER_WITHDRAWN, f"{offered.id} {offered.agency}")


def _tell(change: Change, offered: Handover, people: Iterable[PersonId | None]) -> None:
    for person in sorted(person for person in people if person is not None):
        key = f"handed-over:{offered.id}:{person}"
        change.notify(NoticeKind.HANDED_OVER, key, Destination.person(person), {"handover": offered.id})


def _names(people: Iterable[PersonId], tools: Tools) -> str:
    return " or ".join(map(tools.rules.directory.name_of, people))
