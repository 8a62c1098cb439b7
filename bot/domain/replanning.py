"""A deadline planned anew under another policy: an explicit act, which makes nothing later and drops no step."""

from dataclasses import replace

from bot.domain.deadlines import Deadline, Plan, PlannedStep, due_instant, plan_for, resume
from bot.domain.policy import Milestone, Policy, Repeat


def replanned(deadline: Deadline, policy: Policy, milestone: Milestone, kind: str | None = None) -> Deadline:
    """The open deadline under another policy, each instant the earlier of its old and its new one.

    The same deadline comes back when it has ended, or when the policy sets no limit for its band. `kind` is the kind of
    agency that owes it.
    """
    timed = due_instant(milestone, deadline.band, policy.calendar, deadline.trigger_at, kind)
    if timed is None or not deadline.is_open:
        return deadline
    span, new_due_at = timed
    due_at = min(deadline.due_at, new_due_at)
    ladder, trigger_at = policy.ladder_for(milestone, deadline.band), deadline.trigger_at
    fresh = plan_for(milestone, ladder, policy.calendar, span=span, trigger_at=trigger_at, due_at=due_at)
    basis, source = milestone.rests_on(span, kind) if due_at == new_due_at else (deadline.basis, deadline.source)
    repeat = _sooner(deadline.plan.repeat, fresh.repeat) if deadline.plan.steps else fresh.repeat
    moved = replace(
        deadline,
        span=span,
        due_at=due_at,
        basis=basis,
        source=source,
        plan=Plan(_joined(deadline.plan, fresh), repeat),
        policy_version=policy.version,
    )
    moved = resume(moved, policy.calendar)
    known = [at for at in (deadline.next_at, moved.next_at) if at is not None]
    return replace(moved, next_at=min(known, default=None))


def _joined(before: Plan, fresh: Plan) -> tuple[PlannedStep, ...]:
    """Every step of both, in their order; none later than it was, nor later than the one above it."""
    old = {step.number: step for step in before.steps}
    new = {
        step.number: replace(step, at=min(step.at, old[step.number].at)) if step.number in old else step
        for step in fresh.steps
    }
    steps: list[PlannedStep] = []
    for _, step in sorted({**old, **new}.items(), reverse=True):
        steps.append(replace(step, at=min(step.at, steps[-1].at)) if steps else step)
    return tuple(reversed(steps))


def _sooner(before: Repeat, fresh: Repeat) -> Repeat:
    """The repeat that comes more often; an interval that was in force gives way to a shorter one only."""
    if fresh.every is None:
        return before
    return fresh if before.every is None or fresh.every <= before.every else before
