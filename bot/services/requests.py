"""Asking another agency on a case for what it holds, and its answer: a deadline of its own with its ladder."""

from bot.domain.answers import Said
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor, AnswerRequest, AskPartner
from bot.domain.deadlines import Ending, EndingKind, end
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.ids import AgencyId, DeadlineId, RequestId
from bot.domain.notices import NoticeKind
from bot.domain.permissions import Verb
from bot.domain.requests import BASIS, REFUSED, WHAT, Request, RequestState, answer_owed
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.acts import begin, once, own_party
from bot.services.changes import Change
from bot.services.receiving import tell_people
from bot.services.tools import Tools

ASKED, ANSWERED = "asked", "answered"


def ask(command: AskPartner, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Ask an agency on the case; its duty is told and its clock runs. FormRefusal fields: agency, what, basis, until_at."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.ACT)
        own = own_party(change.case, actor)
        _check(command, change, own.agency)
        party = change.case.party(command.agency)
        if party is None:
            raise FormRefusal({"agency": "Share the case with that agency first, then ask it"})
        directory = tools.rules.directory
        owed = answer_owed(
            change.policy,
            change.case,
            party,
            deadline_id=DeadlineId(tools.new_id()),
            until_at=command.until_at,
            now=change.now,
            kind=directory.agencies[party.agency].kind,
        )
        change.add(owed)
        asked = Request(
            id=RequestId(tools.new_id()),
            case_id=change.case.id,
            deadline=owed.id,
            asking=own.agency,
            asked=party.agency,
            by=actor.person,
            at=change.now,
            what=command.what,
            basis=command.basis,
            why=" ".join(command.why.split()),
        )
        uow.requests.add(asked)
        words = change.policy.listed[WHAT][command.what]
        change.record(
            HumanAct(change.case.id, ASKED, actor.person, own.agency, change.now, note=words, protective=False)
        )
        change.audit(Action.PARTNER_ASKED, f"{asked.id} {party.agency} {asked.what} on {asked.basis}")
        change.acted()
        people = directory.on_duty(party.team, change.now) or directory.teams[party.team].leaders
        tell_people(change, NoticeKind.REQUEST, people, {"request": asked.id}, about=asked.id)
        change.line(NoticeKind.REQUEST, {"request": asked.id}, about=asked.id)
        case = change.save()
        return f"{directory.agencies[party.agency].name} is asked on {case.reference}, due {full_moment(owed.due_at)}."

    return once(act, key, tools=tools)


def _check(command: AskPartner, change: Change, own: AgencyId) -> None:
    wrong: dict[str, str] = {}
    if command.agency == own:
        wrong["agency"] = "Select another agency than your own"
    if command.what not in change.policy.listed.get(WHAT, {}):
        wrong["what"] = "Select what you ask for"
    if command.basis not in change.policy.listed.get(BASIS, {}):
        wrong["basis"] = "Select the lawful basis"
    if command.until_at is not None and command.until_at <= change.now:
        wrong["until_at"] = "By when must be in the future"
    if wrong:
        raise FormRefusal(wrong)


def answer(command: AnswerRequest, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Record what the asked agency answered, that it holds nothing, or that it refuses; only its own people can.

    What is held goes by the agencies' own secure road. FormRefusal field: reason.
    """

    def act(uow: UnitOfWork) -> str:
        asked = uow.requests.get(command.request)
        change = begin(uow, tools, asked.case_id, actor, Verb.ACT)
        directory, reference = tools.rules.directory, change.case.reference
        if actor.agency != asked.asked:
            raise Refusal(f"{directory.agencies[asked.asked].name} was asked. Only its own people can answer.")
        if not asked.waits:
            who = directory.name_of(asked.ended_by) if asked.ended_by else "somebody"
            return f"{who} has answered this on {reference} already. Nothing more is needed."
        if command.state is RequestState.OPEN:
            raise Refusal("Say whether it is answered, nothing is held, or it is refused.")
        if command.state is RequestState.REFUSED and command.reason not in change.policy.listed.get(REFUSED, {}):
            raise FormRefusal({"reason": "Select why it is refused"})
        words = " ".join(command.answer.split())
        ended = asked.ended(command.state, actor.person, change.now, reason=command.reason, answer=words)
        uow.requests.save(ended)
        owed = next((d for d in change.deadlines if d.id == asked.deadline and d.is_open), None)
        if owed is not None:
            change.put(end(owed, Ending(EndingKind.MET, change.now, actor.person, command.state.value)))
            change.audit(Action.DEADLINE_MET, f"{owed.kind} {owed.agency}")
        change.record(
            HumanAct(change.case.id, ANSWERED, actor.person, actor.agency, change.now, note=words, protective=False)
        )
        change.audit(Action.PARTNER_ANSWERED, f"{asked.id} {asked.asked} {command.state} {command.reason}".strip())
        change.acted()
        tell_people(change, NoticeKind.REQUEST_ENDED, [asked.by], {"request": asked.id}, about=asked.id)
        change.line(NoticeKind.REQUEST_ENDED, {"request": asked.id}, about=asked.id)
        change.save()
        return f"Recorded on {reference}. {directory.name_of(asked.by)} is told."

    return once(act, key, tools=tools)
