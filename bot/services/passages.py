"""Steps that gates watch, judged from the record of a case: refused with what is missing, or recorded and flagged."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.cases import Case, HumanAct
from bot.domain.directory import AgencyKind
from bot.domain.each_child import recorded_for
from bot.domain.errors import Refusal
from bot.domain.events import Action
from bot.domain.gates import Missing, Situation, State, Transition, Verdict, check
from bot.domain.notices import NoticeKind
from bot.domain.risk import counting
from bot.services.changes import Change
from bot.services.tools import Tools

PROTECTIVE_ACT = "protective_act"
"""The event that any act from the list of protective acts is; it meets the first-action deadline."""
SHARE_DECISION = "share_decision"
"""The event that a referral is: it tells partners, or says why the one that matters is left out."""
DISAGREEMENT = "disagreement"
"""The flag of a disagreement between agencies that is not settled."""
BEFORE_SAFETY = "before_safety"
SAFETY_RECORDED = "safety_recorded"


def verdict(
    change: Change,
    tools: Tools,
    transition: Transition,
    states: frozenset[State] = frozenset(),
    *,
    to_grade: str | None = None,
    ended: frozenset[str] = frozenset(),
) -> Verdict:
    """What the gates say to a step of the case as it now stands.

    `states` hold beside what is on its record; `ended` are flags that were in force when the step was taken.
    """
    case, policy = change.case, change.policy
    above: frozenset[str] = frozenset()
    if to_grade is not None:
        grades = policy.concern(case.concern).grades
        above = frozenset(grade.code for grade in grades[: grades.index(policy.grade(case.concern, to_grade))])
    acts = change.uow.cases.acts(case.id)
    situation = Situation(
        concern=case.concern,
        flags=case.flags | ended,
        facts=counting(case.facts),
        recorded=_recorded(change, acts, tools) | states,
        grade=to_grade or case.effective_grade,
        grades_above=above,
    )
    found = [
        check(policy.gates.values(), transition, replace(situation, recorded=situation.recorded | of_child))
        for of_child in _of_children(change, acts)
    ]
    missing = dict.fromkeys(each for one in found for each in one.missing)
    return Verdict(any(one.refused for one in found), tuple(missing))


def _of_children(change: Change, acts: Sequence[HumanAct]) -> list[frozenset[str]]:
    """What is on the record as far as each child goes; once for all of them where no act names a child."""
    named = any(act.child is not None for act in acts)
    children = change.uow.cases.children(change.case.id) if named else 1
    return [recorded_for(acts, number, change.policy) for number in range(1, max(children, 1) + 1)]


def _recorded(change: Change, acts: Sequence[HumanAct], tools: Tools) -> frozenset[str]:
    """What has happened, and the states that follow from the parties."""
    case = change.case
    found = {SHARE_DECISION}
    if any(act.protective for act in acts):
        found.add(PROTECTIVE_ACT)
    social_care = tools.rules.directory.agency_of_kind(AgencyKind.SOCIAL_CARE)
    party = case.party(social_care.id) if social_care else None
    if party is not None and party.acknowledged is not None:
        found.add("social_care_acknowledged")
    names = {code for code, act in change.policy.acts.items() if act.names == AgencyKind.SOCIAL_CARE}
    worker = any(act.named is not None and act.code in names for act in acts)
    if worker or (party is not None and party.owner is not None):
        found.add(State.NAMED_OWNER)
    if DISAGREEMENT not in case.flags:
        found.add(State.NO_OPEN_DISAGREEMENT)
    return frozenset(found)


def refusal(case: Case, what: str, found: Verdict) -> str | None:
    """The sentence that refuses a step and names what is still missing; None when the gates let it pass."""
    if not found.refused:
        return None
    return f"{case.reference} cannot be {what} yet. Still missing: {missing_words(found.missing)}."


def missing_words(missing: tuple[Missing, ...]) -> str:
    """What is missing in one clause, each sentence once."""
    return "; ".join(dict.fromkeys(each.sentence for each in missing))


def pass_gates(change: Change, tools: Tools, act: str) -> str:
    """Let an act that is a step pass the gates before it is recorded: "" or what is due now because it came first.

    Refusal for a step that may wait; what has happened is never refused.
    """
    policy = change.policy
    step = policy.acts[act].passes
    if step is None:
        return ""
    found = verdict(change, tools, step)
    no = refusal(change.case, f"recorded as “{policy.acts[act].label}”", found)
    if no is not None:
        raise Refusal(no)
    if not found.flagged:
        return ""
    change.audit(Action.BEFORE_SAFETY, f"{act}: {' '.join(f'{each.gate}.{each.need}' for each in found.missing)}")
    change.open([BEFORE_SAFETY], change.now)
    change.line(NoticeKind.BEFORE_SAFETY, {"act": act}, about=f"{act}:v{change.case.version}")
    return f" It came before child-safety steps, which are due now: {missing_words(found.missing)}."


def settle_gates(change: Change, tools: Tools) -> None:
    """End what was due because something came first, once nothing of it is missing any more."""
    policy = change.policy
    codes = (act.code for act in change.uow.cases.acts(change.case.id))
    recorded = [policy.acts[code] for code in codes if code in policy.acts]
    steps = {act.passes for act in recorded if act.passes is not None}
    # A flag that was ended is in force no longer; the gate before its end is asked all the same.
    ended = change.case.ended_flags
    if steps and not any(verdict(change, tools, step, ended=ended).missing for step in steps):
        change.happen([SAFETY_RECORDED])
