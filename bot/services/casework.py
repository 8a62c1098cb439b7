"""Working a case: acknowledge, grade, answer a fact, tell by phone, escalate by hand.

Each is one transaction with one answer; the same key gets the first answer again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.answers import Question, Said
from bot.domain.cases import Acknowledgement, Case, CaseStatus, HumanAct, Party, PhoneTold
from bot.domain.commands import Actor, AnswerFact, OnCase, TellByPhone
from bot.domain.deadlines import Deadline, Due, hold, next_by_hand
from bot.domain.directory import AgencyKind
from bot.domain.errors import FormRefusal, Refusal, Stale
from bot.domain.events import Action
from bot.domain.grouping import BESIDE
from bot.domain.ids import BOT
from bot.domain.notices import NoticeKind
from bot.domain.permissions import Verb, may
from bot.domain.policy import Policy
from bot.domain.redaction import ACKNOWLEDGE
from bot.domain.roads import duty_list
from bot.domain.wording import moment
from bot.ports import UnitOfWork
from bot.services.acts import begin, once, own_party
from bot.services.changes import Change
from bot.services.reviewing import phone_words, questions
from bot.services.risks import put_facts, reassess
from bot.services.steps import take_step, was_overtaken_by
from bot.services.tools import Tools

ACKNOWLEDGED = "acknowledged"
SOCIAL_CARE_ACKNOWLEDGED = "social_care_acknowledged"
GRADED_EVENT = "graded"
LOOK_BACK = 1000
"""Audit entries of one case in which a step that overtook a card is looked for."""


def acknowledge(on: OnCase, actor: Actor, key: str, *, tools: Tools) -> Said:
    """The actor's agency has it; that agency's own ladder stops. The first wins, the second is told by whom and when."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ACKNOWLEDGE)
        directory, now = tools.rules.directory, change.now
        party = own_party(change.case, actor)
        agency = directory.agencies[party.agency].name
        if party.acknowledged is not None:
            who, when = directory.name_of(party.acknowledged.by), moment(party.acknowledged.at, now)
            if party.acknowledged.by == actor.person:
                return f"You acknowledged {change.case.reference} for {agency} {when}. Nothing more is needed from you."
            change.audit(Action.ACKNOWLEDGED, f"{party.agency} again")
            change.store_parts()
            return f"{who} acknowledged this for {agency} {when}. Nothing more is needed from you."
        pinged = any(d.done > 0 for d in change.deadlines if d.kind == ACKNOWLEDGE and d.agency == party.agency)
        change.case = change.case.with_party(
            replace(change.own(party), acknowledged=Acknowledgement(actor.person, now))
        )
        change.audit(Action.ACKNOWLEDGED, party.agency)
        change.acted()
        change.happen([ACKNOWLEDGED], agency=party.agency)
        if directory.agencies[party.agency].kind is AgencyKind.SOCIAL_CARE:
            change.happen([SOCIAL_CARE_ACKNOWLEDGED])
        if pinged:
            change.line(NoticeKind.ACKNOWLEDGED, {"agency": party.agency}, about=f"{party.agency}")
        case = change.save()
        return f"Acknowledged {case.reference} for {agency}. {_still_owed(change, party)}"

    return once(act, key, tools=tools)


def _still_owed(change: Change, party: Party) -> str:
    """What the agency owes next, in one sentence, so that nobody takes an acknowledgement for an action."""
    owed = [d for d in change.deadlines if d.is_open and d.agency == party.agency and d.kind == "first_action"]
    if not owed:
        return "Record what you do with the card's list of actions."
    when = moment(owed[0].due_at, change.now)
    if owed[0].late_at(change.now):
        return f"The first protective action was due {when} and is still owed."
    return f"The first protective action is due {when}."


def grade(on: OnCase, code: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Give the first grade, or raise it. Deadlines move earlier only; lowering needs a second person and is refused here."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.GRADE)
        case, policy = change.case, change.policy
        concern = policy.concern(case.concern)
        if code not in {offered.code for offered in concern.offered}:
            raise Refusal(f"Select one of the grades for {concern.label.lower()}.")
        chosen = concern.grade(code)
        if case.grade is not None:
            held = concern.grade(case.effective_grade or case.grade)
            if code == case.grade:
                return _confirmed(change, held.label)
            if concern.grades.index(chosen) > concern.grades.index(held):
                raise Refusal(
                    f"{case.reference} is graded {held.label}. Lowering a grade needs a reason and a second person, "
                    "so it cannot be done from this list."
                )
        change.audit(Action.GRADED, f"{case.grade or 'ungraded'} to {code}")
        change.case = replace(case, grade=code, graded_at=case.graded_at or change.now)
        found = reassess(change, tools)
        change.acted()
        _triaged(change)
        saved = change.save()
        label = concern.grade(found.grade or code).label
        note = "" if label == chosen.label else f" You chose {chosen.label}; a risk floor holds it at {label}."
        return f"{saved.reference} is graded {label}.{note}"

    return once(act, key, tools=tools)


def _confirmed(change: Change, label: str) -> str:
    """The same grade given again by whoever received the case: it is graded, and nothing moves."""
    change.audit(Action.GRADED, f"{change.case.grade} confirmed")
    change.acted()
    met = _triaged(change)
    case = change.save()
    return f"{case.reference} is graded {label}{', confirmed' if met else ' already'}."


def _triaged(change: Change) -> bool:
    """Meet what a grading meets: only somebody who did not refer the case can have looked at it afresh."""
    return change.actor not in change.case.referrers and bool(change.happen([GRADED_EVENT]))


def _tells_of_their_own(case: Case, actor: Actor) -> bool:
    """Whether somebody may go on answering what they were asked after they referred; a stranger is on no list and may."""
    own = actor.person in case.referrers and case.status is CaseStatus.OPEN
    return own and actor.person not in case.left_out and (case.admits(actor.person) or not actor.known)


def answer_fact(command: AnswerFact, actor: Actor, key: str, *, tools: Tools) -> Sequence[Question]:
    """Record or correct a fact. Don't know counts as yes; a floor that fires re-times what is owed, never later."""

    def act(uow: UnitOfWork) -> str:
        change = Change.on(uow, tools, command.case_id, actor=actor.person, now=tools.clock.now())
        policy = change.policy
        no = may(actor, Verb.ACT, change.case, tools.rules.directory, phone=phone_words(tools.rules.policy))
        if no is not None and not _tells_of_their_own(change.case, actor):
            raise Refusal(no)
        if command.fact not in {fact.code for fact in policy.concern(change.case.concern).facts}:
            raise Refusal("That question does not belong to this kind of concern.")
        put_facts(change, {command.fact: command.answer}, tools)
        change.acted()
        change.save()
        return "answered"

    once(act, key, tools=tools)
    with tools.store.read() as uow:
        case = uow.cases.get(command.case_id)
        return questions(case, tools.rules.policy_of(case.policy_version, uow))


def tell_by_phone(command: TellByPhone, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Record that an agency was told by phone: its next step is held for a time, and its own confirmation stays owed."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.ACT)
        directory, policy = tools.rules.directory, tools.rules.policy
        party = change.case.party(command.agency)
        if party is None or not party.owes_acknowledgement:
            raise FormRefusal({"agency": "Select an agency that owes an acknowledgement"})
        if not command.told.strip():
            raise FormRefusal({"told": "Enter who was told"})
        name = directory.agencies[party.agency].name
        if party.acknowledged is not None:
            return f"{name} has acknowledged {change.case.reference} already. Nothing more is needed."
        until_at = _held(change, party, policy)
        change.case = change.case.with_party(replace(party, phone=PhoneTold(actor.person, change.now, until_at)))
        note = "\n".join(part for part in (command.told.strip(), command.reference.strip()) if part)
        change.record(
            HumanAct(
                change.case.id, "told_by_phone", actor.person, party.agency, change.now, note=note, protective=False
            )
        )
        change.audit(Action.TOLD_BY_PHONE, party.agency)
        change.acted()
        about = f"{party.agency}:v{change.case.version}"
        change.line(NoticeKind.PHONE_TOLD, {"agency": party.agency}, about=about)
        for mailbox in duty_list(directory, party.team, change.now):
            key = f"{NoticeKind.PHONE_TOLD.value}:{change.case.id}:{about}:{mailbox.id}"
            change.notify(NoticeKind.PHONE_TOLD, key, mailbox, {"agency": party.agency, BESIDE: True})
        case = change.save()
        return (
            f"Recorded on {case.reference}: {name} told by phone. Their own confirmation is outstanding; "
            f"the next reminder to them waits until {moment(until_at, change.now)}."
        )

    return once(act, key, tools=tools)


def _held(change: Change, party: Party, policy: Policy) -> datetime:
    """Until when the agency's next step waits. A step that waits already waits no longer for a further call."""
    until_at = change.now + policy.notices.phone_hold
    for deadline in change.deadlines:
        if not deadline.is_open or deadline.kind != ACKNOWLEDGE or deadline.agency != party.agency:
            continue
        if deadline.held_until is not None and deadline.next_at == deadline.held_until:
            until_at = deadline.held_until
        else:
            change.put(hold(deadline, until_at, change.policy_of(deadline).calendar))
    return until_at


def escalate(on: OnCase, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Run the next step of every open ladder of the case now; later instants stay. Twice on one card is one step."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ESCALATE)
        if on.as_of is not None and on.as_of < change.case.version:
            _refuse_stale(change, on.as_of, tools)
        if not _ladders(change):
            return f"Nothing is waiting on {change.case.reference}: there is no step to bring forward."
        change.audit(Action.ESCALATED_BY_HAND, f"{len(_ladders(change))} ladders")
        change.acted()  # first, so that the step is of the alarm for silence that runs from now
        told = take_step(change, _ladders(change), tools=tools)
        case = change.save()
        names = ", ".join(tools.rules.directory.name_of(person) for person in told) or "nobody, and the control channel"
        return f"Escalated {case.reference}. Told now: {names}."

    return once(act, key, tools=tools)


def _ladders(change: Change) -> list[tuple[Deadline, Due]]:
    """Every open ladder with its next step."""
    return [(d, due) for d in change.deadlines if d.next_at and (due := next_by_hand(d))]


def _refuse_stale(change: Change, as_of: int, tools: Tools) -> None:
    """A second press, or one after the timer did the same: refused with who or what was first."""
    first = was_overtaken_by(change.uow.audit.listed(case_id=change.case.id, limit=LOOK_BACK), as_of)
    if first is None:
        return
    by = "the timer" if first.actor == BOT else tools.rules.directory.name_of(first.actor)
    raise Stale(
        f"{change.case.reference} was escalated {moment(first.at, change.now)} by {by}, after this card was drawn. "
        "Look at the card as it is now and press again if it is still needed."
    )
