"""What a grave act can be put forward with, and what its second person reads before they answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.domain.answers import ProposalForm, ProposalRead
from bot.domain.authorisation import ACT_WORDS, Grave
from bot.domain.cases import CaseStatus
from bot.domain.commands import Actor
from bot.domain.concerns import Basis
from bot.domain.deadlines import Deadline
from bot.domain.decisions import SECOND_ANSWER
from bot.domain.errors import Refusal, Stale
from bot.domain.events import Action, Entry
from bot.domain.gates import Transition
from bot.domain.ids import CaseId, DecisionId
from bot.domain.offers import Choice
from bot.domain.permissions import Verb
from bot.domain.redaction import STALL, milestone_title, owed_lines
from bot.domain.wording import full_moment
from bot.services.acts import begin
from bot.services.changes import Change
from bot.services.grave import STATES
from bot.services.passages import missing_words, verdict
from bot.services.risks import cases_of
from bot.services.seconding import subject_words
from bot.services.tools import Tools

ENDINGS = {
    Grave.CLOSE: (Transition.CLOSE, "Closed"),
    Grave.NO_FURTHER_ACTION: (Transition.NO_FURTHER_ACTION, "Closed with no further action"),
}
NOTHING = {
    Grave.LOWER_GRADE: "There is no lower grade for this case.",
    Grave.EXTEND: "Nothing owed here can be extended: a limit of the law or of statutory guidance never moves later.",
    Grave.WAIVE: "Nothing owed here can be waived: a duty of statute never can.",
    Grave.OVERRIDE_FLOOR: "No floor holds here that judgement may set aside. Correct the answer behind it.",
    Grave.MERGE: "There is no other open case of the same child and concern that you may see.",
}
"""What is said instead of a form that would have nothing to choose from."""
LABELS = {
    Grave.CLOSE: "Outcome",
    Grave.LOWER_GRADE: "New grade",
    Grave.EXTEND: "Deadline",
    Grave.WAIVE: "Deadline",
    Grave.OVERRIDE_FLOOR: "Risk floor",
    Grave.MERGE: "Other case",
}


def proposal_form(case_id: CaseId, act: Grave, actor: Actor, *, tools: Tools) -> ProposalForm:
    """What the form of a grave act offers and what still stands in the way; Refusal when it could not be put forward now."""
    with tools.store.read() as uow:
        change = begin(uow, tools, case_id, actor, Verb.REOPEN if act is Grave.REOPEN else Verb.PROPOSE)
        subjects = tuple(SUBJECTS[act](change, actor, tools)) if act in SUBJECTS else ()
        if not subjects and act in NOTHING:
            raise Refusal(NOTHING[act])
        case, policy = change.case, change.policy
        return ProposalForm(
            case_id=case.id,
            reference=case.reference,
            act=act,
            words=ACT_WORDS[act],
            subject_label=LABELS.get(act, ""),
            subjects=subjects,
            missing=tuple(_missing(change, tools)) if act is Grave.CLOSE else (),
            owed=owed_lines(_standing(change.deadlines), policy, tools.rules.directory, change.now),
            least=policy.reasons.least_characters,
            listed=tuple(Choice(code, words) for code, words in policy.listed.get(act, {}).items()),
        )


def _standing(deadlines: Iterable[Deadline]) -> list[Deadline]:
    """What is owed and not done; the alarm for silence is not a thing to do."""
    return [deadline for deadline in deadlines if deadline.is_open and deadline.kind not in {STALL, SECOND_ANSWER}]


# ---- what an act can be about


def _outcomes(change: Change, _actor: Actor, tools: Tools) -> Iterator[Choice]:
    for act, (step, words) in ENDINGS.items():
        if not verdict(change, tools, step, STATES).refused:
            yield Choice(act, words)


def _missing(change: Change, tools: Tools) -> Iterator[str]:
    for act, (step, _) in ENDINGS.items():
        found = verdict(change, tools, step, STATES)
        if found.refused:
            yield f"To {ACT_WORDS[act]}: {missing_words(found.missing)}."


def _grades(change: Change, _actor: Actor, _tools: Tools) -> Iterator[Choice]:
    offered = change.policy.concern(change.case.concern).offered
    codes = [grade.code for grade in offered]
    if change.case.grade in codes:
        yield from (Choice(grade.code, grade.label) for grade in offered[codes.index(change.case.grade) + 1 :])


def _extendable(change: Change, _actor: Actor, tools: Tools) -> Iterator[Choice]:
    return (
        _deadline(deadline, change, tools)
        for deadline in _standing(change.deadlines)
        if not deadline.basis.binding and deadline.kind in change.policy.milestones
    )


def _waivable(change: Change, _actor: Actor, tools: Tools) -> Iterator[Choice]:
    return (
        _deadline(deadline, change, tools)
        for deadline in _standing(change.deadlines)
        if deadline.basis is not Basis.STATUTE
    )


def _deadline(deadline: Deadline, change: Change, tools: Tools) -> Choice:
    agency = tools.rules.directory.agencies[deadline.agency].name
    title = milestone_title(change.policy, deadline.kind)
    return Choice(deadline.id, f"{title} ({agency}), due {full_moment(deadline.due_at)}")


def _floors(change: Change, _actor: Actor, _tools: Tools) -> Iterator[Choice]:
    floors = (change.policy.floors.get(code) for code in change.case.floors)
    for floor in floors:
        if floor and not floor.basis.binding and floor.basis is not Basis.NATIONAL_PRACTICE:
            yield Choice(floor.code, floor.words)


def _others(change: Change, actor: Actor, _tools: Tools) -> Iterator[Choice]:
    """Open cases of the same concern that share a child's reference and that the person's agency is on."""
    here, policy = change.case, change.policy
    for case_id in cases_of(change.uow, change.uow.cases.particulars(here.id).children):
        if case_id == here.id:
            continue
        other = change.uow.cases.get(case_id)
        theirs = actor.agency is not None and (other.party(actor.agency) or actor.agency == other.referring_agency)
        if other.status is CaseStatus.OPEN and other.concern == here.concern and theirs and other.admits(actor.person):
            grade = policy.grade(other.concern, other.effective_grade).label if other.effective_grade else "not graded"
            yield Choice(other.reference, f"{other.reference}, {grade}, referred {full_moment(other.opened_at)}")


SUBJECTS: Mapping[Grave, Callable[[Change, Actor, Tools], Iterator[Choice]]] = {
    Grave.CLOSE: _outcomes,
    Grave.LOWER_GRADE: _grades,
    Grave.EXTEND: _extendable,
    Grave.WAIVE: _waivable,
    Grave.OVERRIDE_FLOOR: _floors,
    Grave.MERGE: _others,
}


# ---- what the second person reads


def read_proposal(decision_id: DecisionId, actor: Actor, *, tools: Tools) -> ProposalRead:
    """A proposal with its reason, for a modal; the opening is on the audit. Stale once it was decided."""
    with tools.store.write() as uow:
        decision = uow.decisions.get(decision_id)
        change = begin(uow, tools, decision.case_id, actor, Verb.DECIDE)
        if not decision.waits:
            raise Stale(f"{change.case.reference}: this has been decided. Look at the card.")
        uow.audit.append([Entry(change.now, actor.person, Action.VIEWED, f"reason of {decision.id}", change.case.id)])
        rules = tools.rules
        read = ProposalRead(
            decision=decision.id,
            case_id=change.case.id,
            as_of=change.case.version,
            reference=change.case.reference,
            version=decision.version,
            words=ACT_WORDS[decision.act],
            subject=subject_words(decision, change.case, change.deadlines, change.policy, rules.directory),
            by=rules.directory.name_of(decision.by),
            at=decision.at,
            reason=decision.reason,
            owed=owed_lines(_standing(change.deadlines), change.policy, rules.directory, change.now),
        )
        uow.commit()
    return read
