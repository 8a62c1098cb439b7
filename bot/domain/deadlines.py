"""A deadline: something owed by an agency by an instant, with the whole ladder computed when it opens.

Instants are absolute. Downtime, edits and reassignment never move them; a raised grade or an added fact
moves them earlier only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.calendar import Calendar, Span
from bot.domain.cases import Case
from bot.domain.ids import AgencyId, CaseId, DeadlineId, PersonId, TeamId
from bot.domain.policy import Band, Basis, Ladder, Milestone, Policy, Repeat, Role, Step

NOTHING_DONE = -1
"""`Deadline.done` before any step has been taken; the pre-warning is step 0."""
REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One rung: its number, its instant, whom it is for and what it is called."""

    number: int
    at: datetime
    to: tuple[Role, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The frozen ladder of one deadline; after the last step it repeats for ever."""

    steps: tuple[PlannedStep, ...]
    repeat: Repeat

    @property
    def last(self) -> PlannedStep:
        """The top of the ladder."""
        return self.steps[-1]

    def after(self, number: int) -> PlannedStep | None:
        """The lowest step above a number; None at the top."""
        return next((step for step in self.steps if step.number > number), None)


EACH_MORNING = Repeat(every=None, each_hub_morning=True)


class EndingKind(StrEnum):
    """How a deadline ended."""

    MET = "met"
    WAIVED = "waived"
    EXTENDED = "extended"
    SUPERSEDED = "superseded"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Ending:
    """Who ended a deadline, when and with what record (a code or an id, never free text)."""

    kind: EndingKind
    at: datetime
    by: PersonId
    record: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing owed. `next_at` is when the engine looks at it next: None once it has ended, or where it is only shown."""

    id: DeadlineId
    case_id: CaseId
    kind: str
    agency: AgencyId
    team: TeamId
    owner: PersonId | None
    basis: Basis
    source: str
    span: Span
    band: Band
    trigger_at: datetime
    due_at: datetime
    plan: Plan
    policy_version: str
    done: int = NOTHING_DONE
    repeats: int = 0
    next_at: datetime | None = None
    held_until: datetime | None = None
    ending: Ending | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Still owed."""
        return self.ending is None

    @property
    def pings(self) -> bool:
        """Whether anybody is told when it is late; False for a milestone that is only shown."""
        return bool(self.plan.steps)

    def late_at(self, now: datetime) -> bool:
        """Past its due instant and still owed."""
        return self.is_open and now >= self.due_at


@dataclass(frozen=True, slots=True)
class Due:
    """What is due on a deadline: the highest step reached, those passed over, and which repeat it is (0: none)."""

    step: PlannedStep
    missed: tuple[int, ...]
    repeat: int
    by_hand: bool = False


def plan_for(
    milestone: Milestone, ladder: Ladder, calendar: Calendar, *, span: Span, trigger_at: datetime, due_at: datetime
) -> Plan:
    """The ladder with every instant computed; steps above the milestone's `climbs_to` are left out.

    A milestone that the force has not adopted is shown and pings nobody: its plan has no steps. One that stops below
    the top repeats each hub morning, whatever its band: its leaders are reminded, not woken.
    """
    steps: list[PlannedStep] = []
    for step in ladder.steps if milestone.adopted else ():
        if step.number > milestone.climbs_to:
            break
        at = _instant(step, calendar, span=span, trigger_at=trigger_at, due_at=due_at)
        floor = steps[-1].at if steps else trigger_at
        also = milestone.also_told if step.share is None and not step.after else ()
        steps.append(PlannedStep(step.number, max(at, floor), tuple(dict.fromkeys((*step.to, *also))), step.name))
    whole = bool(steps) and steps[-1].number == ladder.steps[-1].number
    reminders = _reminders(milestone, trigger_at=trigger_at, due_at=due_at)
    if reminders:
        steps = [*reminders, *(step for step in steps if step.number > 0)]
    return Plan(tuple(steps), ladder.repeat if whole else EACH_MORNING)


def _reminders(milestone: Milestone, *, trigger_at: datetime, due_at: datetime) -> list[PlannedStep]:
    """The milestone's own reminders to its owner before the due instant, in place of the ladder's pre-warning.

    They are numbered upwards to -2, so that they come before every step and none of them passes for a new referral.
    """
    instants = sorted(trigger_at + after for after in milestone.reminders if milestone.adopted)
    numbered = enumerate(instants, start=-len(instants) - 1)
    return [PlannedStep(number, at, (Role.OWNER,), REMINDER) for number, at in numbered if at < due_at]


def _instant(step: Step, calendar: Calendar, *, span: Span, trigger_at: datetime, due_at: datetime) -> datetime:
    if step.share is not None:
        return calendar.part_of(span, trigger_at, due_at, step.share)
    at = due_at
    for each in step.after:
        at = calendar.due_at(each, at)
    return at


def due_instant(
    milestone: Milestone, band: Band, calendar: Calendar, trigger_at: datetime, kind: str | None = None
) -> tuple[Span, datetime] | None:
    """The span and due instant of a milestone in a band, never past its ceiling; None where the band has none.

    `kind` is the kind of agency that owes it, for a ceiling that binds one kind alone; without it every ceiling holds.
    """
    span = milestone.clocks.get(band)
    if span is None:
        return None
    due_at = calendar.due_at(span, trigger_at)
    binds = milestone.ceiling_for is None or kind is None or milestone.ceiling_for == kind
    if milestone.ceiling is not None and binds:
        ceiling_at = calendar.due_at(milestone.ceiling, trigger_at)
        if ceiling_at < due_at:
            return milestone.ceiling, ceiling_at
    return span, due_at


def open_deadline(
    policy: Policy,
    milestone: Milestone,
    *,
    deadline_id: DeadlineId,
    case: Case,
    agency: AgencyId,
    team: TeamId,
    trigger_at: datetime,
    kind: str | None = None,
) -> Deadline | None:
    """A new deadline with its frozen plan; None where the policy sets no limit for the case's band.

    `kind` is the kind of agency that owes it.
    """
    timed = due_instant(milestone, case.band, policy.calendar, trigger_at, kind)
    if timed is None:
        return None
    span, due_at = timed
    basis, source = milestone.rests_on(span, kind)
    ladder = policy.ladder_for(milestone, case.band)
    plan = plan_for(milestone, ladder, policy.calendar, span=span, trigger_at=trigger_at, due_at=due_at)
    return Deadline(
        id=deadline_id,
        case_id=case.id,
        kind=milestone.code,
        agency=agency,
        team=team,
        owner=None,
        basis=basis,
        source=source,
        span=span,
        band=case.band,
        trigger_at=trigger_at,
        due_at=due_at,
        plan=plan,
        policy_version=policy.version,
        done=before_first(plan),
        next_at=plan.steps[0].at if plan.steps else None,
    )


def before_first(plan: Plan) -> int:
    """`Deadline.done` of a plan of which nothing was done."""
    return min((step.number - 1 for step in plan.steps), default=NOTHING_DONE)


def retime(deadline: Deadline, policy: Policy, milestone: Milestone, band: Band, kind: str | None = None) -> Deadline:
    """The deadline under a more urgent band: each instant the earlier of its old and its new one.

    The same deadline comes back when nothing becomes earlier, or when it has ended. `kind` is the kind of agency that owes it.
    """
    timed = due_instant(milestone, band, policy.calendar, deadline.trigger_at, kind)
    if timed is None or not deadline.is_open or not band.more_urgent_than(deadline.band):
        return deadline
    span, new_due_at = timed
    due_at = min(deadline.due_at, new_due_at)
    fresh = plan_for(
        milestone,
        policy.ladder_for(milestone, band),
        policy.calendar,
        span=span,
        trigger_at=deadline.trigger_at,
        due_at=due_at,
    )
    before = {step.number: step for step in deadline.plan.steps}
    now_earlier = {step.number: _earlier(step, before.get(step.number)) for step in fresh.steps}
    steps = tuple(step for _, step in sorted({**before, **now_earlier}.items()))
    basis, source = milestone.rests_on(span, kind) if due_at == new_due_at else (deadline.basis, deadline.source)
    retimed = replace(
        deadline, span=span, band=band, due_at=due_at, basis=basis, source=source, plan=Plan(steps, fresh.repeat)
    )
    return replace(retimed, next_at=_next_at(retimed, policy.calendar))


def _earlier(step: PlannedStep, before: PlannedStep | None) -> PlannedStep:
    return step if before is None else replace(step, at=min(step.at, before.at))


def due_step(deadline: Deadline, now: datetime, calendar: Calendar) -> Due | None:
    """The highest step due at `now` (passing over any below it), or the repeat due; None before the next instant."""
    if deadline.next_at is None or deadline.ending is not None or now < deadline.next_at:
        return None
    reached = [step for step in deadline.plan.steps if step.number > deadline.done and step.at <= now]
    if not reached and deadline.plan.after(deadline.done) is not None:
        return None
    step = reached[-1] if reached else deadline.plan.last
    repeat = _repeats_by(deadline, now, calendar) if step is deadline.plan.last else 0
    if not reached:
        # The stored instant holds, whatever the calendar of today would make of it.
        repeat = max(repeat, deadline.repeats + 1)
    return Due(step, tuple(passed.number for passed in reached[:-1]), repeat)


def _repeats_by(deadline: Deadline, now: datetime, calendar: Calendar) -> int:
    """How many repeats of the last step have come due by `now`, those already done included."""
    count = deadline.repeats
    while _repeat_at(deadline, count + 1, calendar) <= now:
        count += 1
    return count


def next_by_hand(deadline: Deadline) -> Due | None:
    """The step that "escalate now" takes, before its instant; at the top, one more repeat. None once ended."""
    if deadline.ending is not None or not deadline.plan.steps:
        return None
    upcoming = deadline.plan.after(max(deadline.done, 0))
    if upcoming is None:
        return Due(deadline.plan.last, (), deadline.repeats + 1, by_hand=True)
    return Due(upcoming, (), 0, by_hand=True)


def taken(deadline: Deadline, due: Due, calendar: Calendar) -> Deadline:
    """The deadline with a step (or repeat) done and the next instant set."""
    repeats = deadline.repeats if due.by_hand and due.repeat else max(due.repeat, deadline.repeats)
    done = replace(deadline, done=max(due.step.number, deadline.done), repeats=repeats)
    return replace(done, next_at=_next_at(done, calendar))


def end(deadline: Deadline, ending: Ending) -> Deadline:
    """The deadline ended; its ladder stops here."""
    return replace(deadline, ending=ending, next_at=None)


def extended(
    deadline: Deadline, until_at: datetime, policy: Policy, milestone: Milestone, *, now: datetime
) -> Deadline:
    """The deadline with a later due instant and a ladder counted anew from there; what was to come before now is passed over."""
    ladder, calendar = policy.ladder_for(milestone, deadline.band), policy.calendar
    plan = plan_for(milestone, ladder, calendar, span=deadline.span, trigger_at=deadline.trigger_at, due_at=until_at)
    passed = [step.number for step in plan.steps if step.at <= now]
    fresh = replace(
        deadline,
        due_at=until_at,
        plan=plan,
        policy_version=policy.version,
        done=max(passed, default=before_first(plan)),
        repeats=0,
        held_until=None,
        ending=None,
        version=1,
    )
    return replace(fresh, next_at=_next_at(fresh, calendar))


def resume(deadline: Deadline, calendar: Calendar) -> Deadline:
    """The deadline open again, going on where its instants say: what came due meanwhile is due now."""
    opened = replace(deadline, ending=None)
    return replace(opened, next_at=_next_at(opened, calendar))


def earliest(deadline: Deadline, other: Deadline, calendar: Calendar) -> Deadline:
    """The deadline with each instant the earlier of its own and the other's."""
    theirs = {step.number: step.at for step in other.plan.steps}
    return rescheduled(replace(deadline, due_at=min(deadline.due_at, other.due_at)), theirs, calendar)


def rescheduled(deadline: Deadline, instants: Mapping[int, datetime], calendar: Calendar) -> Deadline:
    """The deadline with steps, by their number, at instants that are no later than they were."""
    steps = tuple(replace(step, at=min(step.at, instants.get(step.number, step.at))) for step in deadline.plan.steps)
    moved = replace(deadline, plan=replace(deadline.plan, steps=steps))
    return replace(moved, next_at=_next_at(moved, calendar))


def hold(deadline: Deadline, until_at: datetime, calendar: Calendar) -> Deadline:
    """The deadline with no step before an instant; its due instant and later steps stay where they are."""
    held = replace(deadline, held_until=until_at)
    return replace(held, next_at=_next_at(held, calendar))


def _next_at(deadline: Deadline, calendar: Calendar) -> datetime | None:
    if not deadline.plan.steps:
        return None
    upcoming = deadline.plan.after(deadline.done)
    at = upcoming.at if upcoming else _repeat_at(deadline, deadline.repeats + 1, calendar)
    if deadline.held_until is not None and deadline.held_until > at:
        return deadline.held_until
    return at


def _repeat_at(deadline: Deadline, count: int, calendar: Calendar) -> datetime:
    """The instant of the nth repeat of the last step, counted from the step itself, never from when it ran."""
    last, repeat = deadline.plan.last, deadline.plan.repeat
    if repeat.every is not None:
        return last.at + count * repeat.every
    at = last.at
    for _ in range(count):
        at = calendar.next_hub_morning(at)
    return at
