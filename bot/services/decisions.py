"""Decisions: a grave act proposed by one person, with a reason, and taken only when a second person agrees."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.answers import Proposed, Said
from bot.domain.authorisation import (
    ACT_WORDS,
    OF_A_DEADLINE,
    OF_MATTERS,
    Agreement,
    Grave,
    Standing,
    proposal_refusals,
    refusals,
    second_person_refusals,
)
from bot.domain.cases import CaseStatus
from bot.domain.commands import Actor, Decide, Propose
from bot.domain.decisions import Decision, Outcome
from bot.domain.errors import FormRefusal, Refusal, Stale
from bot.domain.events import Action
from bot.domain.ids import DecisionId, Reference
from bot.domain.notices import NoticeKind
from bot.domain.permissions import Verb
from bot.domain.wording import moment
from bot.ports import UnitOfWork
from bot.services.acts import begin, once
from bot.services.changes import Change
from bot.services.grave import RULES
from bot.services.seconding import (
    answered,
    ask_second,
    deciding_agency,
    listed_part,
    owe_answer,
    second_people,
    tell_author,
)
from bot.services.tools import Tools

WHOLE_CASE = frozenset({Grave.CLOSE, Grave.NO_FURTHER_ACTION, Grave.REOPEN, Grave.SIGN_OFF, Grave.CHILD_AS_SUSPECT})
"""The acts without a subject: whatever came as one was typed, belongs in the sealed reason, and is kept nowhere else."""


def propose(command: Propose, actor: Actor, key: str, *, tools: Tools) -> Proposed:
    """Put a grave act forward; it waits for a second person. The author proposing the same again edits it.

    FormRefusal when the reason is too short, Refusal when the act cannot be taken as things stand.
    """

    def act(uow: UnitOfWork) -> str:
        verb = Verb.REOPEN if command.act is Grave.REOPEN else Verb.PROPOSE
        change = begin(uow, tools, command.case_id, actor, verb)
        least = tools.rules.policy.reasons.least_characters
        reason = _reason(command, change)
        if len(reason) < least:
            raise FormRefusal({"reason": f"Reason must be {least} characters or more"})
        wanted = Decision(
            id=DecisionId(tools.new_id()),
            case_id=change.case.id,
            act=command.act,
            subject="" if command.act in WHOLE_CASE else command.subject.strip(),
            reason=reason,
            by=actor.person,
            at=change.now,
            until_at=command.until_at,
        )
        _check(change, wanted, tools)
        against = proposal_refusals(wanted.proposal, _standing(change), tools.rules.policy.reasons, change.now)
        if against:
            raise Refusal(" ".join(against))
        _readable(change, wanted, tools)
        stored = _stored(change, wanted, tools)
        change.audit(Action.PROPOSED, f"{stored.id} {stored.act} {stored.subject} version {stored.version}".strip())
        _acted(change)
        _tell(change, stored)
        ask_second(change, stored, tools)
        owe_answer(change, stored, tools)
        change.save()
        return f"{stored.id}"

    decision_id = DecisionId(once(act, key, tools=tools).text)
    with tools.store.read() as uow:
        found = uow.decisions.get(decision_id)
        case, deadlines = uow.cases.get(found.case_id), uow.deadlines.of_case(found.case_id)
    directory = tools.rules.directory
    asked = second_people(case, found, deciding_agency(found, deadlines, directory), tools)
    whom = (
        ", ".join(map(directory.name_of, asked)) or "nobody could be found; ask a team leader who does not own the case"
    )
    text = f"Put forward on {case.reference}: {ACT_WORDS[found.act]}. It waits for a second person. Asked: {whom}."
    return Proposed(found.id, found.version, text)


def _reason(command: Propose, change: Change) -> str:
    """The reason as it stands on the record: the words of the policy's list, then what was typed, on one line."""
    typed = " ".join(command.reason.split())
    if not command.listed:
        return typed
    words = change.policy.listed.get(command.act, {}).get(command.listed)
    if words is None:
        raise Refusal("Select one of the reasons in the list.")
    return f"{words}. {typed}" if typed else words


def _readable(change: Change, wanted: Decision, tools: Tools) -> None:
    """FormRefusal when whoever is to agree sits in another organisation's Slack, and nothing of the reason opens there."""
    directory = tools.rules.directory
    asked = second_people(change.case, wanted, deciding_agency(wanted, change.deadlines, directory), tools)
    elsewhere = asked and all(directory.people[each].workspace != directory.police.workspace for each in asked)
    if elsewhere and change.policy.listed.get(wanted.act) and not listed_part(wanted, change.policy):
        raise FormRefusal(
            {"listed": "Select a reason from the list: what is typed does not open where it is agreed to"}
        )


def _stored(change: Change, wanted: Decision, tools: Tools) -> Decision:
    """The proposal stored: a new one, or the next version of one that its author had waiting."""
    waiting = [
        each
        for each in change.uow.decisions.of_case(wanted.case_id)
        if each.waits and (each.act, each.subject) == (wanted.act, wanted.subject)
    ]
    if not waiting:
        change.uow.decisions.add(wanted)
        return wanted
    (before,) = waiting
    if before.by != wanted.by:
        who = tools.rules.directory.name_of(before.by)
        raise Refusal(f"{who} has put this forward already. Agree to theirs, or ask them to change it.")
    edited = replace(before, reason=wanted.reason, until_at=wanted.until_at, at=wanted.at, version=before.version + 1)
    change.uow.decisions.save(edited)
    return edited


def decide(command: Decide, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Agree to a proposal, which takes the act at once, or turn it down. Stale when it was changed after it was read."""

    def act(uow: UnitOfWork) -> str:
        decision = uow.decisions.get(command.decision)
        change = begin(uow, tools, decision.case_id, actor, Verb.DECIDE)
        rule = RULES[decision.act]
        if not decision.waits:
            who = tools.rules.directory.name_of(decision.decided_by or decision.by)
            raise Stale(f"{who} has decided this already, {moment(decision.decided_at or decision.at, change.now)}.")
        outcome = Outcome.AGREED if command.agree else Outcome.REFUSED
        against = _against(change, decision, command, actor, tools)
        if against:
            raise Refusal(" ".join(against))
        decided = replace(decision, outcome=outcome, decided_by=actor.person, decided_at=change.now)
        if command.agree:
            _check(change, decided, tools)
        uow.decisions.save(decided)
        change.audit(Action.DECIDED, f"{decided.id} {decided.act} {outcome}")
        answered(change, decided)
        _acted(change)
        said = rule.take(change, decided, tools) if command.agree else "Turned down; nothing changes."
        if decision.act is Grave.REOPEN:
            _acted(change)
        _tell(change, decided)
        tell_author(change, decided)
        case = change.save()
        return f"{case.reference}: {ACT_WORDS[decision.act]}. {said}"

    return once(act, key, tools=tools)


def _check(change: Change, wanted: Decision, tools: Tools) -> None:
    """Refusal when the act cannot be taken as the case now stands; a closed one can be opened again, and nothing else."""
    if change.case.status.ended and wanted.act is not Grave.REOPEN:
        raise Refusal(f"{change.case.reference} is closed. Open it again first.")
    if (wanted.act not in OF_MATTERS) if not change.case.status.concerns_a_child else wanted.act is Grave.SIGN_OFF:
        raise Refusal(f"{change.case.reference} is not of a kind on which this can be done.")
    RULES[wanted.act].check(change, wanted, tools)


def _against(change: Change, decision: Decision, command: Decide, actor: Actor, tools: Tools) -> Sequence[str]:
    """What stands against this person's word; to turn something down takes less than to agree to it."""
    word, standing = Agreement(actor.person, command.version), _standing(change)
    if not command.agree:
        return tuple(second_person_refusals(decision.proposal, word, standing))
    against = refusals(decision.proposal, word, standing, tools.rules.policy.reasons, change.now)
    return (*against, *_owed_elsewhere(change, decision, actor, tools))


def _owed_elsewhere(change: Change, decision: Decision, actor: Actor, tools: Tools) -> tuple[str, ...]:
    """Nobody lets another agency off what it owes: that would be to answer for it."""
    if decision.act not in OF_A_DEADLINE:
        return ()
    agencies = [deadline.agency for deadline in change.deadlines if deadline.id == decision.subject]
    if actor.agency in agencies:
        return ()
    names = ", ".join(tools.rules.directory.agencies[agency].name for agency in agencies)
    return (f"{names} owes this, so only somebody senior there can agree to it.",) if names else ()


def _acted(change: Change) -> None:
    """A person did something: the alarm for silence starts again, on an open case alone."""
    if change.case.status is CaseStatus.OPEN:
        change.acted()


def _standing(change: Change) -> Standing:
    """Who owns the case and when a floor last fired on it; one whose fact was corrected holds no longer and counts no more."""
    return Standing(change.case.owners, max(change.case.fired_at.values(), default=None))


def _tell(change: Change, decision: Decision) -> None:
    """One line in the thread of every card: what is wanted, or what became of it; never the reason."""
    payload = {"decision": decision.id, "act": decision.act.value, "outcome": decision.outcome.value}
    by = decision.decided_by or decision.by
    change.line(
        NoticeKind.DECISION,
        {**payload, "by": by},
        about=f"{decision.id}:{decision.version}:{decision.outcome}",
    )


def of_case(reference: Reference, *, tools: Tools) -> Sequence[Decision]:
    """Every decision on a case in the order of proposing, reasons left out; NotFound when there is no such case."""
    with tools.store.read() as uow:
        found = uow.decisions.of_case(uow.cases.find(reference).id)
    return [replace(decision, reason="") for decision in found]
