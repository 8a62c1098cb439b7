"""Merging two cases of one child: the first goes on with the earliest clocks and every referrer, the other points at it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.domain.cases import Acknowledgement, Case, CaseStatus, Party
from bot.domain.deadlines import Deadline, Ending, EndingKind, earliest, end
from bot.domain.decisions import SECOND_ANSWER, Decision
from bot.domain.directions import DIRECTION
from bot.domain.errors import FormRefusal, NotFound, Refusal
from bot.domain.events import Action
from bot.domain.ids import DeadlineId, PersonId, Reference
from bot.domain.policy import Policy
from bot.domain.requests import PARTNER_ANSWER
from bot.domain.risk import Answer
from bot.services.changes import Change
from bot.services.risks import cases_of, reassess
from bot.services.tools import Tools

OF_ONE_THING = frozenset({SECOND_ANSWER, PARTNER_ANSWER, DIRECTION})
"""What is owed on one proposal, request or direction: another of its kind is not the same thing."""
GRAVEST = (Answer.YES, Answer.UNKNOWN, Answer.NO)


def check_merge(change: Change, wanted: Decision, tools: Tools) -> None:
    """Refusal unless both cases are open, of one concern and about the same child, and these people belong to both."""
    here, uow = change.case, change.uow
    other = uow.cases.find(Reference(wanted.subject.strip()))
    people = [person for person in (wanted.by, wanted.decided_by) if person is not None]
    if not all(_belongs(person, other, tools) for person in people):
        raise NotFound("There is no case of that reference, or none that you may see.")
    if other.id == here.id:
        raise FormRefusal({"subject": "Enter the reference of the other case"})
    if other.status is not CaseStatus.OPEN:
        raise Refusal("Both cases must be open to be merged.")
    if here.concern != other.concern:
        raise Refusal("The cases are of different concerns, which owe different things: work them side by side.")
    if other.id not in cases_of(uow, uow.cases.particulars(here.id).children):
        raise Refusal(f"{here.reference} and {other.reference} share no reference of a child, so they stay apart.")
    for case in (here, other):
        asked = any(each.waits for each in uow.requests.of_case(case.id))
        if asked or any(each.waits for each in uow.disagreements.of_case(case.id)):
            raise Refusal(f"{case.reference}: an agency still owes an answer on it. Merge them once it has come.")
    if wanted.decided_by in other.owners:
        raise Refusal("The owner of the case cannot be the second person. Ask somebody else.")


def _belongs(person: PersonId, case: Case, tools: Tools) -> bool:
    known = tools.rules.directory.people.get(person)
    return (
        known is not None
        and case.admits(person)
        and (case.party(known.agency) is not None or known.agency == case.referring_agency)
    )


def merge(change: Change, decided: Decision, tools: Tools) -> str:
    """Join the later case to the earlier one, in the transaction of the decision."""
    found = change.uow.cases.find(Reference(decided.subject.strip()))
    other = Change(change.uow, tools, found, actor=change.actor, now=change.now)
    first = (change.case.opened_at, change.case.reference) < (found.opened_at, found.reference)
    kept, gone = (change, other) if first else (other, change)
    _join_clocks(kept, gone, tools)
    for act in change.uow.cases.acts(gone.case.id):
        change.uow.cases.record(replace(act, case_id=kept.case.id))
    kept.case = joined(kept.case, gone.case, kept.policy)
    gone.case = replace(
        gone.case, status=CaseStatus.MERGED, merged_into=kept.case.id, closed_at=change.now, no_further_action=False
    )
    for side in (kept, gone):
        side.audit(Action.MERGED, f"{gone.case.reference} into {kept.case.reference} {decided.id}")
    # Stored now, so that the history of the case that goes on counts the other as part of it.
    gone.case = change.uow.cases.save(gone.case)
    reassess(kept, tools)
    other.save()
    return f"{gone.case.reference} goes on in {kept.case.reference}, with the earliest clock of each kind."


def joined(kept: Case, gone: Case, policy: Policy) -> Case:
    """The earlier case with what the later one adds: facts (the graver answer), flags, parties, referrers, the graver grade."""
    concern = policy.concern(kept.concern)
    given = [concern.grade(grade) for grade in (kept.grade, gone.grade) if grade is not None]
    grade = min(given, key=concern.grades.index).code if given else None
    parties = [_party(party, gone) for party in kept.parties]
    return replace(
        kept,
        grade=grade,
        graded_at=kept.graded_at or gone.graded_at,
        facts=_facts(kept.facts, gone.facts),
        flags=kept.flags | gone.flags,
        ended_flags=(kept.ended_flags | gone.ended_flags) - kept.flags - gone.flags,
        parties=(*parties, *(party for party in gone.parties if kept.party(party.agency) is None)),
        also_referred=tuple(person for person in (*kept.referrers, *gone.referrers) if person != kept.referrer),
        referral_number=max(kept.referral_number, gone.referral_number),
        first_aware_at=min(kept.first_aware_at, gone.first_aware_at),
        last_act_at=max(kept.last_act_at, gone.last_act_at),
        left_out=tuple(dict.fromkeys((*kept.left_out, *gone.left_out))),
        restricted_to=_both_lists(kept, gone),
    )


def _both_lists(kept: Case, gone: Case) -> tuple[PersonId, ...] | None:
    """Restricted when either was, to everybody on either list."""
    if not (kept.restricted or gone.restricted):
        return None
    return tuple(dict.fromkeys((*(kept.restricted_to or ()), *(gone.restricted_to or ()))))


def _facts(one: Mapping[str, Answer], other: Mapping[str, Answer]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {**other, **one}
    for code in one.keys() & other.keys():
        answers[code] = min(one[code], other[code], key=GRAVEST.index)
    return answers


def _party(party: Party, gone: Case) -> Party:
    """An agency's part in both. What it acknowledged before the later referral came does not answer that one."""
    theirs = gone.party(party.agency)
    if theirs is None:
        return party
    return replace(
        party,
        owes_acknowledgement=party.owes_acknowledgement or theirs.owes_acknowledgement,
        owner=party.owner or theirs.owner,
        acknowledged=_acknowledged(party, theirs, gone),
        phone=party.phone or theirs.phone,
        record_number=party.record_number or theirs.record_number,
    )


def _acknowledged(party: Party, theirs: Party, gone: Case) -> Acknowledgement | None:
    said = party.acknowledged
    if theirs.acknowledged is not None or (said is not None and said.at >= gone.opened_at):
        return said if said is not None and said.at >= gone.opened_at else theirs.acknowledged
    return None if theirs.owes_acknowledgement else said


def _join_clocks(kept: Change, gone: Change, tools: Tools) -> None:
    """Of each kind and agency the earliest clock goes on; what was done after a clock began ends it, on whichever case."""
    calendar = kept.policy.calendar
    for deadline in list(kept.deadlines):
        done = _done_since(deadline, gone.deadlines) if deadline.is_open else None
        if done is not None and done.ending is not None:
            kept.put(end(deadline, replace(done.ending, record=gone.case.reference)))
            kept.audit(Action.DEADLINE_MET, f"{deadline.kind} {deadline.agency} on {gone.case.reference}")
    for deadline in [each for each in gone.deadlines if each.is_open]:
        gone.put(end(deadline, Ending(EndingKind.SUPERSEDED, gone.now, gone.actor, kept.case.reference)))
        if deadline.kind == SECOND_ANSWER or _done_since(deadline, kept.deadlines) is not None:
            continue  # what was put forward on the case that is gone can be answered no longer
        moved = replace(deadline, id=DeadlineId(tools.new_id()), case_id=kept.case.id, version=1)
        here = next((each for each in kept.deadlines if each.is_open and _same(each, deadline)), None)
        if here is None:
            kept.add(moved)
        elif moved.due_at < here.due_at:
            kept.put(end(here, Ending(EndingKind.SUPERSEDED, kept.now, kept.actor, gone.case.reference)))
            kept.add(earliest(moved, here, calendar))
        else:
            kept.put(earliest(here, moved, calendar))


def _same(one: Deadline, other: Deadline) -> bool:
    return one.kind not in OF_ONE_THING and (one.kind, one.agency) == (other.kind, other.agency)


def _done_since(deadline: Deadline, others: Iterable[Deadline]) -> Deadline | None:
    """A deadline of the same kind and agency that was met after this one's clock began."""
    if deadline.kind in OF_ONE_THING:
        return None
    for other in others:
        ending = other.ending
        met = ending is not None and ending.kind is EndingKind.MET and ending.at >= deadline.trigger_at
        if met and _same(deadline, other):
            return other
    return None
