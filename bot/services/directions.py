"""A leader directs one person to do something by an instant: a deadline with its ladder, and words that are sealed."""

from bot.domain.answers import Said
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor, Direct
from bot.domain.deadlines import Ending, EndingKind, end
from bot.domain.directions import DIRECTION, direction
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.ids import CaseId, DeadlineId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.permissions import SENIOR, Verb
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.acts import begin, check_listed, once, own_party
from bot.services.tools import Tools

DIRECTED = "directed"
DONE = "direction_done"


def direct(command: Direct, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Direct somebody of the leader's own agency; FormRefusal fields: to, what, until_at."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.ACT)
        directory, party = tools.rules.directory, own_party(change.case, actor)
        if directory.standing(actor.person) not in SENIOR:
            raise Refusal("Only a team leader, a lead or a chief officer can direct somebody.")
        known = directory.people.get(command.to)
        if known is None or not known.active or known.agency != actor.agency or known.governance:
            raise FormRefusal({"to": "Select somebody of your own agency who works cases"})
        check_listed(change.case, command.to, known.name)
        listed = change.policy.listed.get(DIRECTION, {}).get(command.listed, "")
        words = ". ".join(part for part in (listed, command.what.strip()) if part)
        if not words:
            raise FormRefusal({"what": "Enter what is to be done, or select it from the list"})
        if command.until_at is None or command.until_at <= change.now:
            raise FormRefusal({"until_at": "By when must be in the future"})
        opened = direction(
            change.policy,
            change.case,
            party,
            deadline_id=DeadlineId(tools.new_id()),
            to=command.to,
            until_at=command.until_at,
            now=change.now,
            kind=directory.agencies[party.agency].kind,
        )
        change.add(opened)
        change.record(
            HumanAct(change.case.id, DIRECTED, actor.person, party.agency, change.now, note=words, protective=False)
        )
        change.audit(
            Action.DIRECTED, f"{opened.id} {party.agency} to {command.to} until {command.until_at.isoformat()}"
        )
        change.acted()
        change.notify(
            NoticeKind.DIRECTION,
            f"direction:{opened.id}:{command.to}",
            Destination.person(command.to),
            {"deadline": opened.id, "by": actor.person, "listed": command.listed},
        )
        case = change.save()
        return f"{known.name} is directed on {case.reference}, due {full_moment(command.until_at)}. It climbs if it is late."

    return once(act, key, tools=tools)


def direction_done(case_id: CaseId, deadline_id: DeadlineId, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Record that a direction was carried out: by whoever was directed, or a leader of their agency."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, case_id, actor, Verb.ACT)
        found = next((d for d in change.deadlines if d.id == deadline_id and d.kind == DIRECTION), None)
        if found is None or not found.is_open:
            return f"{change.case.reference}: this direction is not open any more. Nothing more is needed."
        directory = tools.rules.directory
        leads = actor.agency == found.agency and directory.standing(actor.person) in SENIOR
        if actor.person != found.owner and not leads:
            who = directory.name_of(found.owner) if found.owner else "Somebody else"
            raise Refusal(f"{who} was directed. Only they or a leader of their agency can record it as done.")
        change.record(HumanAct(change.case.id, DONE, actor.person, actor.agency, change.now, protective=False))
        change.put(end(found, Ending(EndingKind.MET, change.now, actor.person, DONE)))
        change.audit(Action.DEADLINE_MET, f"{found.kind} {found.agency}")
        change.acted()
        return f"Recorded on {change.save().reference}: the direction is carried out."

    return once(act, key, tools=tools)
