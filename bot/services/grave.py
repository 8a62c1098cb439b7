"""The grave acts: what each of them needs to be possible, and what taking it does. Who may take it is decisions' business."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.authorisation import Grave, extension_refusal
from bot.domain.cases import CaseStatus, HumanAct
from bot.domain.concerns import Basis
from bot.domain.deadlines import Deadline, Ending, EndingKind, end, extended, resume
from bot.domain.decisions import Decision
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.gates import State, Transition
from bot.domain.ids import DeadlineId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.redaction import STALL, milestone_title
from bot.domain.wording import full_moment
from bot.services.changes import Change
from bot.services.matters import check_sign_off, sign_off
from bot.services.merging import check_merge, merge
from bot.services.passages import refusal, verdict
from bot.services.risks import reassess
from bot.services.tools import Tools

FLOOR_OVERRIDDEN = "floor_overridden"
CLOSED = "closed"
CHILD_AS_SUSPECT = "child_as_suspect"
STATES = frozenset({State.REASON, State.SECOND_PERSON, State.SUPERVISOR, State.PARTNER_TOLD})
"""What holds of every grave act beside the record: it has a reason, its second person leads, and every card's thread says it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One grave act: what refuses it, while it is put forward and once it is agreed, and what taking it does."""

    check: Callable[[Change, Decision, Tools], None]
    take: Callable[[Change, Decision, Tools], str]


def _refuse(no: str | None) -> None:
    if no is not None:
        raise Refusal(no)


# ---- a lower grade


def _check_lower(change: Change, wanted: Decision, tools: Tools) -> None:
    case, concern = change.case, change.policy.concern(change.case.concern)
    if wanted.subject not in {grade.code for grade in concern.offered}:
        raise FormRefusal({"subject": f"Select one of the grades for {concern.label.lower()}"})
    if case.grade is None:
        raise Refusal(
            f"{case.reference} is not graded yet. Whoever is responsible grades it; no second person is needed."
        )
    codes = [grade.code for grade in concern.grades]
    if codes.index(wanted.subject) <= codes.index(case.grade):
        raise Refusal(
            f"{case.reference} is graded {concern.grade(case.grade).label}: a grade that is lower was not chosen."
        )
    found = verdict(change, tools, Transition.LOWER_GRADE, STATES, to_grade=wanted.subject)
    _refuse(refusal(case, "graded lower", found))


def _lower(change: Change, decided: Decision, tools: Tools) -> str:
    """What was due stays due: a lower grade changes how urgent a case is called, not what was owed."""
    before = change.case
    change.audit(Action.GRADE_LOWERED, f"{before.grade} to {decided.subject}")
    change.case = replace(before, grade=decided.subject)
    reassess(change, tools)
    for owner in sorted(before.owners - {decided.by}):
        change.notify(
            NoticeKind.DECISION,
            f"decision:{decided.id}:{owner}",
            Destination.person(owner),
            {"act": decided.act.value, "outcome": decided.outcome.value, "by": decided.decided_by or decided.by},
        )
    label = change.policy.grade(before.concern, change.case.effective_grade or decided.subject).label
    return f"It is graded {label}. What was due stays due."


# ---- a deadline extended or waived


def _owed(change: Change, wanted: Decision) -> Deadline:
    found = next((d for d in change.deadlines if d.id == DeadlineId(wanted.subject) and d.is_open), None)
    if found is None:
        raise Refusal(f"{change.case.reference} does not owe this, or no longer.")
    return found


def _check_extend(change: Change, wanted: Decision, tools: Tools) -> None:
    deadline = _owed(change, wanted)
    policy = change.policy_of(deadline)
    row = policy.milestones.get(deadline.kind)
    if wanted.until_at is None or wanted.until_at <= change.now:
        raise FormRefusal({"until_at": "The new time must be in the future"})
    if row is None:
        raise Refusal("Today's policy has no such milestone, so nothing can be counted for it. Record what was done.")
    if deadline.kind == STALL:
        raise Refusal("The alarm for silence cannot be extended. Record what was done, and it starts again.")
    _refuse(extension_refusal(deadline.basis, deadline.due_at, wanted.until_at))
    kind: str = tools.rules.directory.agencies[deadline.agency].kind
    if row.ceiling is None or row.ceiling_basis is None or row.ceiling_for not in {None, kind}:
        return
    ceiling_at = policy.calendar.due_at(row.ceiling, deadline.trigger_at)
    if row.ceiling_basis.binding and wanted.until_at > ceiling_at:
        words = row.ceiling_basis.words.capitalize()
        raise Refusal(f"{words} sets a limit: {full_moment(ceiling_at)}. It cannot be extended past that.")


def _extend(change: Change, decided: Decision, tools: Tools) -> str:
    deadline = _owed(change, decided)
    policy = change.policy_of(deadline)
    until_at = decided.until_at or deadline.due_at
    fresh = extended(deadline, until_at, policy, policy.milestones[deadline.kind], now=change.now)
    change.put(end(deadline, Ending(EndingKind.EXTENDED, change.now, change.actor, decided.id)))
    change.add(replace(fresh, id=DeadlineId(tools.new_id())))
    change.audit(
        Action.DEADLINE_EXTENDED, f"{deadline.kind} {deadline.agency} {decided.id} until {until_at.isoformat()}"
    )
    return f"{milestone_title(policy, deadline.kind)} is due {full_moment(until_at)}."


def _check_waive(change: Change, wanted: Decision, _tools: Tools) -> None:
    deadline = _owed(change, wanted)
    if deadline.basis is Basis.STATUTE:
        raise Refusal("A duty of statute cannot be waived. Record what was done, or that it is late.")
    if deadline.kind == STALL:
        raise Refusal("The alarm for silence cannot be waived. Record what was done, and it starts again.")


def _waive(change: Change, decided: Decision, _tools: Tools) -> str:
    deadline = _owed(change, decided)
    change.put(end(deadline, Ending(EndingKind.WAIVED, change.now, change.actor, decided.id)))
    change.audit(Action.DEADLINE_WAIVED, f"{deadline.kind} {deadline.agency} {decided.id}")
    return f"{milestone_title(change.policy, deadline.kind)} is no longer asked for."


# ---- a case closed and opened again


def _check_end(step: Transition, what: str) -> Callable[[Change, Decision, Tools], None]:
    def check(change: Change, _wanted: Decision, tools: Tools) -> None:
        _refuse(refusal(change.case, what, verdict(change, tools, step, STATES)))

    return check


def _close(change: Change, decided: Decision, _tools: Tools) -> str:
    """Every ladder ends; each deadline keeps its instants, so that a case opened again goes on where they say."""
    no_further_action = decided.act is Grave.NO_FURTHER_ACTION
    change.happen([CLOSED])
    ended = [deadline for deadline in change.deadlines if deadline.is_open]
    for deadline in ended:
        change.put(end(deadline, Ending(EndingKind.CLOSED, change.now, change.actor, decided.id)))
        change.audit(Action.DEADLINE_ENDED, f"{deadline.kind} {deadline.agency}")
    change.case = replace(
        change.case, status=CaseStatus.CLOSED, closed_at=change.now, no_further_action=no_further_action
    )
    change.audit(Action.CLOSED, f"{decided.act} {decided.id}")
    return f"It is closed; {len(ended)} clock{'' if len(ended) == 1 else 's'} ended with it."


def _check_reopen(change: Change, _wanted: Decision, _tools: Tools) -> None:
    if change.case.status is CaseStatus.MERGED:
        raise Refusal(f"{change.case.reference} was merged and goes on in the other case.")
    if change.case.status is CaseStatus.OPEN:
        raise Refusal(f"{change.case.reference} is open.")


def _reopen(change: Change, decided: Decision, _tools: Tools) -> str:
    """What closing ended goes on where its instants say: what came due meanwhile is due now."""
    change.case = replace(change.case, status=CaseStatus.OPEN, closed_at=None, no_further_action=False)
    going_on = [d for d in change.deadlines if d.ending is not None and d.ending.kind is EndingKind.CLOSED]
    for deadline in going_on:
        change.put(resume(deadline, change.policy_of(deadline).calendar))
        change.audit(Action.DEADLINE_RESUMED, f"{deadline.kind} {deadline.agency} due {deadline.due_at.isoformat()}")
    change.audit(Action.REOPENED, decided.id)
    late = sum(_late(deadline, change.now) for deadline in going_on)
    return f"It is open again; {len(going_on)} clocks go on, {late} of them late."


def _late(deadline: Deadline, now: datetime) -> bool:
    return deadline.pings and now >= deadline.due_at


# ---- a floor set aside


def _check_override(change: Change, wanted: Decision, _tools: Tools) -> None:
    floor = change.policy.floors.get(wanted.subject)
    if floor is None or wanted.subject not in change.case.floors:
        raise Refusal(f"This floor does not hold for {change.case.reference}.")
    if floor.basis.binding or floor.basis is Basis.NATIONAL_PRACTICE:
        raise Refusal(
            f"This floor rests on {floor.basis.words}: judgement may raise it only. Correct the answer behind it."
        )


def _override(change: Change, decided: Decision, tools: Tools) -> str:
    change.audit(Action.FLOOR_OVERRIDDEN, f"{decided.subject} {decided.id}")
    reassess(change, tools)
    opened = change.open([FLOOR_OVERRIDDEN], change.now)
    again = f" It is looked at again by {full_moment(opened[0].due_at)}." if opened else ""
    return f"The floor is set aside: {change.policy.floors[decided.subject].sentence}.{again}"


# ---- a child as a suspect


def _check_suspect(change: Change, _wanted: Decision, tools: Tools) -> None:
    case, step = change.case, Transition.CHILD_AS_SUSPECT
    if not any(step in gate.refuses and gate.covers(case.concern, case.flags) for gate in change.policy.gates.values()):
        raise Refusal("No child is recorded as a suspect in a case of this kind.")
    _refuse(refusal(case, "recorded with a child as a suspect", verdict(change, tools, step, STATES)))


def _child_as_suspect(change: Change, decided: Decision, tools: Tools) -> str:
    """Until now every child of the case was a person involved; both stay children with a plan of their own."""
    agency = tools.rules.directory.people[decided.by].agency if decided.by in tools.rules.directory.people else None
    change.record(HumanAct(change.case.id, CHILD_AS_SUSPECT, decided.by, agency, change.now, protective=False))
    change.audit(Action.ATTEMPT_RECORDED, f"{CHILD_AS_SUSPECT} {decided.id}")
    return "The child is recorded as a suspect. They are a child first: the plan for each child stays owed."


RULES: Mapping[Grave, Rule] = {
    Grave.LOWER_GRADE: Rule(_check_lower, _lower),
    Grave.EXTEND: Rule(_check_extend, _extend),
    Grave.WAIVE: Rule(_check_waive, _waive),
    Grave.CLOSE: Rule(_check_end(Transition.CLOSE, "closed"), _close),
    Grave.NO_FURTHER_ACTION: Rule(
        _check_end(Transition.NO_FURTHER_ACTION, "closed with no further action"),
        _close,
    ),
    Grave.REOPEN: Rule(_check_reopen, _reopen),
    Grave.MERGE: Rule(check_merge, merge),
    Grave.OVERRIDE_FLOOR: Rule(_check_override, _override),
    Grave.SIGN_OFF: Rule(check_sign_off, sign_off),
    Grave.CHILD_AS_SUSPECT: Rule(_check_suspect, _child_as_suspect),
}
