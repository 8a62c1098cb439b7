"""What must hold between rows: ladders that climb, codes that exist, floors that agree."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.domain.calendar import Calendar, Span
from bot.domain.concerns import LEADERS, ConcernType, Floor, Role
from bot.domain.gates import REFUSABLE, Gate, State
from bot.domain.policy import EVENTS, Ladder, Milestone, Policy, Stage, Step
from bot.policy_act_checks import act_faults, detail_faults
from bot.policy_acts import LISTED
from bot.policy_faults import Fault, unknown

FEWEST_QUESTIONS, MOST_QUESTIONS = 3, 5
DUE_STEP = 1
CHIEF = Role.CHIEF_OFFICER

SAMPLES = tuple(datetime(2026, 12, 14, tzinfo=UTC) + timedelta(hours=11) * number for number in range(52))
"""Instants at which two limits are compared: all hours and weekdays, a Christmas with its bank holidays in between."""


def faults(policy: Policy) -> Iterator[Fault]:
    """Everything in a policy that contradicts itself or names what is not there."""
    for band, ladder in policy.ladders.items():
        yield from _ladder_faults(f"ladders.{band.label}", ladder, policy.calendar)
    for name, stages in policy.stages.items():
        yield from _stage_faults(name, stages)
    yield from _ladder_faults("ladders.leaders", policy.leaders_ladder, policy.calendar, top=frozenset({CHIEF}))
    for concern in policy.concerns.values():
        yield from _concern_faults(concern)
        yield from detail_faults(concern, policy)
    for milestone in policy.milestones.values():
        yield from _milestone_faults(milestone, policy)
    for floor in policy.floors.values():
        yield from _floor_faults(floor, policy)
    yield from _quarrels(tuple(policy.floors.values()))
    for gate in policy.gates.values():
        yield from _gate_faults(gate, policy)
    yield from act_faults(policy)
    yield from _listed_faults(policy)


# --- ladders


def _ladder_faults(key: str, ladder: Ladder, calendar: Calendar, top: frozenset[Role] = LEADERS) -> Iterator[Fault]:
    if not ladder.steps:
        yield Fault(
            f"{key}.steps", "this ladder is empty.", "Give it steps up to the chief officer and the partner executive."
        )
        return
    yield from _number_faults(key, ladder.steps)
    for place, step in enumerate(ladder.steps):
        yield from _step_faults(f"{key}.steps[{place}]", step)
    yield from _order_faults(key, ladder.steps, calendar)
    if not set(ladder.steps[-1].to) >= top:
        whom = "the chief officer" if top == {CHIEF} else "the leaders of both agencies"
        named = " and ".join(f'"{role}"' for role in sorted(top))
        yield Fault(f"{key}.steps", f"the last step does not reach {whom}.", f"Name {named} in its last step.")
    if ladder.repeat.every is not None and ladder.repeat.every <= timedelta(0):
        yield Fault(
            f"{key}.repeat",
            "the last step must repeat after some time.",
            'Write a length such as "1h", or "hub_morning".',
        )


def _number_faults(key: str, steps: tuple[Step, ...]) -> Iterator[Fault]:
    numbers = [step.number for step in steps]
    first = 0 if steps[0].share is not None else DUE_STEP
    if numbers != list(range(first, first + len(steps))):
        listed = ", ".join(str(number) for number in numbers)
        mend = f"Number the steps {first}, {first + 1}, {first + 2} and so on, without a gap or a number used twice."
        yield Fault(f"{key}.steps", f"the steps are numbered {listed}.", mend)


def _step_faults(key: str, step: Step) -> Iterator[Fault]:
    if not set(step.to) - {Role.REFERRER}:
        yield Fault(f"{key}.to", "nobody who can act is told at this step.", f"Name one of {', '.join(Role)}.")
    if step.number == 0 and step.share is None:
        yield Fault(
            key, "step 0 is the reminder before something is due.", "Give it at_share = 0.5, or number it from 1."
        )
    if step.number > 0 and step.share is not None:
        yield Fault(f"{key}.at_share", "only step 0 comes before something is due.", "Write after instead.")
    if step.number == DUE_STEP and step.after:
        yield Fault(f"{key}.after", "step 1 is taken at the due instant itself.", "Leave out after.")
    if step.number > DUE_STEP and not step.after and step.share is None:
        yield Fault(key, "this step does not say when it is taken.", 'Add after = "15m", counted from the due instant.')


def _order_faults(key: str, steps: tuple[Step, ...], calendar: Calendar) -> Iterator[Fault]:
    timed = [(place, step.after[0]) for place, step in enumerate(steps) if step.after]
    for place, span in timed[:1]:
        if any(calendar.due_at(span, at) <= at for at in SAMPLES):
            yield Fault(
                f"{key}.steps[{place}].after", "this step does not come after the due instant.", 'Write "15m" or more.'
            )
    for (_, before), (place, span) in pairwise(timed):
        if sooner(span, before, calendar, strictly=False):
            wrong = f"this step can come no later than the step before it ({before.words})."
            yield Fault(f"{key}.steps[{place}].after", wrong, "Give each step a longer offset than the one before.")


# --- concerns


def _concern_faults(concern: ConcernType) -> Iterator[Fault]:
    key = f"concerns.{concern.code}"
    if not FEWEST_QUESTIONS <= len(concern.facts) <= MOST_QUESTIONS:
        yield Fault(f"{key}.facts", f"this concern asks {len(concern.facts)} questions.", "Ask three to five.")
    if concern.grades and not concern.offered:
        yield Fault(f"{key}.grades", "none of its grades is offered.", "Leave out offered = false in one of them.")


def idle_questions(policy: Policy) -> Iterator[Fault]:
    """Questions whose answer changes nothing for their concern."""
    for concern in policy.concerns.values():
        for fact in concern.facts:
            if not _matters(fact.code, concern.code, policy):
                wrong = f"the answer to {fact.code!r} changes nothing for this concern."
                mend = "Leave the question out, or use it in a floor, a milestone or a gate."
                yield Fault(f"concerns.{concern.code}.facts", wrong, mend)


def _matters(fact: str, concern: str, policy: Policy) -> bool:
    floors = any(fact in floor.all_of | floor.any_of for floor in policy.floors.values() if floor.covers(concern))
    owed = any(
        fact in row.facts for row in policy.milestones.values() if row.concerns is None or concern in row.concerns
    )
    return floors or owed or any(_gated(fact, concern, gate) for gate in policy.gates.values())


def _gated(fact: str, concern: str, gate: Gate) -> bool:
    return fact in gate.facts | gate.never_with and (gate.concerns is None or concern in gate.concerns)


# --- rows that name other rows


def _milestone_faults(row: Milestone, policy: Policy) -> Iterator[Fault]:
    key = f"milestones.{row.code}"
    known = EVENTS | policy.acts.keys() | policy.flags.keys()
    yield from unknown(f"{key}.trigger", "event or act", [row.trigger], known)
    yield from unknown(f"{key}.met_by", "event or act", row.met_by, known)
    yield from _unknown_codes(key, row, policy)
    yield from unknown(f"{key}.facts", "fact", row.facts, policy.facts)
    yield from unknown(f"{key}.moot_by", "event or act of met_by", row.moot_by, row.met_by)
    if not row.met_by:
        yield Fault(f"{key}.met_by", "nothing ever ends it.", "Name the acts or events that meet it.")
    if row.each and row.trigger not in policy.acts:
        yield Fault(f"{key}.each", "only acts are counted, and its trigger is none.", "Name an act as trigger.")
    if not row.jurisdictions:
        yield Fault(f"{key}.jurisdictions", "it is owed nowhere.", 'Write ["england"], ["wales"] or leave it out.')
    top = max((step.number for ladder in policy.ladders.values() for step in ladder.steps), default=row.climbs_to)
    if row.climbs_to > top:
        yield Fault(
            f"{key}.climbs_to",
            f"it climbs to step {row.climbs_to}, and no ladder goes so far.",
            f"Write {top} or less.",
        )
    asked = _asked(row.concerns, policy)
    yield from _never_asked(f"{key}.facts", row.facts & policy.facts.keys(), asked)
    yield from _band_order(key, row, policy.calendar)
    if row.stages and row.stages not in policy.stages:
        yield Fault(
            f"{key}.stages", f"there are no stages {row.stages!r}.", f"Write one of {', '.join(policy.stages)}."
        )


def _stage_faults(name: str, stages: tuple[Stage, ...]) -> Iterator[Fault]:
    if not stages:
        yield Fault(f"stages.{name}", "there is no stage.", "Give each a who, a to, a within and an urgent.")
    for place, stage in enumerate(stages):
        if not set(stage.to) - {Role.REFERRER}:
            mend = f"Name one of {', '.join(Role)}."
            yield Fault(f"stages.{name}[{place}].to", "nobody who can act is told at this stage.", mend)


def _band_order(key: str, row: Milestone, calendar: Calendar) -> Iterator[Fault]:
    for (urgent, span), (band, slower) in pairwise(sorted(row.clocks.items())):
        if span != slower and sooner(slower, span, calendar):
            wrong = f"{urgent.label} is given longer than {band.label}, which is less urgent."
            yield Fault(f"{key}.due.{urgent.label}", wrong, f"Write no more than {slower.words}.")


def _unknown_codes(key: str, row: Milestone | Floor | Gate, policy: Policy) -> Iterator[Fault]:
    yield from unknown(f"{key}.concerns", "concern", row.concerns or (), policy.concerns)
    yield from unknown(f"{key}.flags", "flag", row.flags, policy.flags)


def _asked(concerns: Iterable[str] | None, policy: Policy) -> frozenset[str]:
    """The facts asked in any of these concerns (None: in any at all)."""
    chosen = (
        policy.concerns.values() if concerns is None else [policy.concerns[c] for c in concerns if c in policy.concerns]
    )
    return frozenset(fact.code for concern in chosen for fact in concern.facts)


def _never_asked(key: str, facts: Iterable[str], asked: frozenset[str]) -> Iterator[Fault]:
    for fact in sorted(facts):
        if fact not in asked:
            wrong = f"{fact!r} is never asked there, so this can never hold."
            yield Fault(key, wrong, "Add the question to the concern's facts, or leave it out here.")


# --- floors


def _floor_faults(floor: Floor, policy: Policy) -> Iterator[Fault]:
    key = f"floors.{floor.code}"
    yield from _unknown_codes(key, floor, policy)
    yield from unknown(f"{key}.all_of", "fact", floor.all_of, policy.facts)
    yield from unknown(f"{key}.any_of", "fact", floor.any_of, policy.facts)
    yield from unknown(f"{key}.opens", "milestone", floor.opens, policy.milestones)
    yield from _never_asked(f"{key}.all_of", floor.all_of & policy.facts.keys(), _asked(floor.concerns, policy))
    yield from _never_asked(f"{key}.any_of", floor.any_of & policy.facts.keys(), _asked(floor.concerns, policy))
    yield from _floor_levels(key, floor)
    for code in sorted(floor.all_of & floor.any_of):
        yield Fault(f"{key}.any_of", f"{code!r} is in all_of as well.", "Keep it in one of the two.")
    for name, grade in (("grade", floor.grade), ("at_grade", floor.at_grade)):
        yield from _unknown_grade(f"{key}.{name}", grade, floor.concerns, policy)


def _floor_levels(key: str, floor: Floor) -> Iterator[Fault]:
    levels = [
        name for name, given in (("grade", floor.grade), ("band", floor.band), ("raise_by", floor.raise_by)) if given
    ]
    if len(levels) > 1:
        yield Fault(key, f"it names {' and '.join(levels)}, which contradict each other.", f"Keep {levels[0]} alone.")
    if not (levels or floor.opens or floor.tells or floor.restricts):
        yield Fault(key, "it raises nothing.", "Name grade, band or raise_by.")
    if floor.concerns is None and not (floor.all_of or floor.any_of or floor.flags or floor.history):
        yield Fault(key, "it would hold for every case.", "Name concerns, all_of, any_of, flags or history.")


def _unknown_grade(key: str, grade: str | None, concerns: Iterable[str] | None, policy: Policy) -> Iterator[Fault]:
    if grade is None:
        return
    if concerns is None:
        yield Fault(key, "a grade belongs to concerns, and none is named.", "Name concerns, or a band instead.")
        return
    for code in sorted(set(concerns) & policy.concerns.keys()):
        grades = [found.code for found in policy.concerns[code].grades]
        if grade not in grades:
            yield Fault(key, f"{code} has no grade {grade!r}.", f"Write one of {', '.join(grades)}.")


def _quarrels(floors: tuple[Floor, ...]) -> Iterator[Fault]:
    """Floors with the very same conditions and different levels."""
    for place, floor in enumerate(floors):
        for other in floors[:place]:
            if _conditions(floor) == _conditions(other) and (floor.grade, floor.band) != (other.grade, other.band):
                wrong = f"it has the conditions of {other.code} and another level."
                yield Fault(
                    f"floors.{floor.code}", wrong, f"Change floors.{other.code} instead of adding a second floor."
                )


def _conditions(floor: Floor) -> tuple[object, ...]:
    return floor.concerns, floor.all_of, floor.any_of, floor.flags, floor.history, floor.at_grade


# --- gates and acts


def _gate_faults(gate: Gate, policy: Policy) -> Iterator[Fault]:
    key = f"gates.{gate.code}"
    yield from _unknown_codes(key, gate, policy)
    yield from unknown(f"{key}.facts", "fact", gate.facts | gate.never_with, policy.facts)
    known = EVENTS | policy.acts.keys() | {state.value for state in State}
    for need in gate.needs:
        yield from unknown(f"{key}.needs.{need.code}.any_of", "act or state", frozenset().union(*need.any_of), known)
    for transition in sorted(gate.refuses - REFUSABLE):
        wrong = f"{transition} has happened by the time it is recorded, and is never refused."
        yield Fault(f"{key}.refuses", wrong, "Move it to flags_only.")
    if not gate.refuses | gate.flagged:
        yield Fault(key, "it stands before nothing.", "Name steps under refuses or flags_only.")
    for name, grade in (("below", gate.below), ("only_grade", gate.only_grade)):
        yield from _unknown_grade(f"{key}.{name}", grade, gate.concerns, policy)


def sooner(span: Span, other: Span, calendar: Calendar, *, strictly: bool = True) -> bool:
    """Whether the span ever ends before the other one does (or, not strictly, together with it)."""
    ends = ((calendar.due_at(span, at), calendar.due_at(other, at)) for at in SAMPLES)
    return any(one < two if strictly else one <= two for one, two in ends)


# --- listed reasons


def _listed_faults(policy: Policy) -> Iterator[Fault]:
    """A listed reason stands on the record as the reason itself, so it is as long as a typed one has to be."""
    least = policy.reasons.least_characters
    named = {*LISTED, *(act.inputs.listed for act in policy.acts.values() if act.inputs is not None)}
    for name in policy.listed.keys() - named:
        yield Fault(f"listed.{name}", "nothing asks for this list.", "Name it in an act's inputs, or leave it out.")
    for act, reasons in policy.listed.items():
        for code, words in reasons.items():
            if len(words) < least:
                yield Fault(
                    f"listed.{act}.{code}", f"this is shorter than {least} characters.", "Write a whole reason."
                )
