"""What a card says and offers about disagreements between agencies; pure, from codes and names alone."""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.cases import Case, CaseStatus
from bot.domain.deadlines import Deadline
from bot.domain.directory import Directory
from bot.domain.disagreements import (
    KIND,
    SETTLED,
    WITHDRAWN,
    Disagreement,
    about_words,
    deadline_of,
    ends_at,
    last_stage,
    next_stage,
    outcome_words,
    stage_at,
)
from bot.domain.offers import ELLIPSIS, Choice, Group
from bot.domain.policy import Policy
from bot.domain.wording import full_moment

DIFFER = "We see this differently"
"""The one neutral name of what opens a disagreement."""
OPENS = Choice("form:differ", f"{DIFFER}{ELLIPSIS}")


def differ_groups(
    case: Case,
    deadlines: Sequence[Deadline],
    policy: Policy,
    directory: Directory,
    disagreements: Sequence[Disagreement],
) -> Iterator[Group]:
    """Raising one without a form, and what the two agencies can say of one that is open."""
    if case.status is not CaseStatus.OPEN:
        return
    clocks = {deadline.id: deadline for deadline in deadlines}
    for each in disagreements:
        if each.waits:
            names = " and ".join(directory.agencies[agency].name for agency in each.agencies)
            yield Group(
                f"Between {names}", tuple(settle_choices(each, clocks.get(deadline_of(each, each.raised_by)), policy))
            )
    abouts = policy.listed.get(KIND, {}).items()
    yield Group(DIFFER, tuple(Choice(f"differ:{code}", words) for code, words in abouts))


def settle_choices(each: Disagreement, clock: Deadline | None, policy: Policy) -> Iterator[Choice]:
    """How it was settled, what the other agency said first; and the stages that it may be taken to now."""
    outcomes = policy.listed.get(SETTLED, {})
    heard = [word.outcome for word in (each.own, each.other) if word is not None and word.outcome in outcomes]
    for code in dict.fromkeys((*heard, *outcomes)):
        yield Choice(f"settled:{each.id}:{code}", f"Settled: {outcomes[code]}")
    yield from take_up_choices(each, clock, policy)
    yield Choice(f"settled:{each.id}:{WITHDRAWN}", "We no longer see it differently: withdraw")


def take_up_choices(each: Disagreement, clock: Deadline | None, policy: Policy) -> Iterator[Choice]:
    """The next stage, and the last one for an immediate risk."""
    above = next_stage(clock) if clock is not None else None
    if above is None or clock is None:
        return
    yield Choice(f"take_up:{each.id}:{above.number}", f"Not settled, now to: {above.name}")
    last = last_stage(policy.stages[KIND])
    names = {step.number: step.name for step in clock.plan.steps}
    if above.number < last and last in names:
        yield Choice(f"take_up:{each.id}:{last}", f"Immediate risk, now to: {names[last]}")


def differ_notes(
    disagreements: Sequence[Disagreement], deadlines: Sequence[Deadline], policy: Policy, directory: Directory
) -> Iterator[str]:
    """One neutral sentence for each that is not settled: who, with whom, about what, who has it now and until when."""
    clocks = {deadline.id: deadline for deadline in deadlines}
    for each in disagreements:
        if not each.waits:
            continue
        clock = clocks.get(deadline_of(each, each.raised_by))
        yield f"{differing(each, policy.listed, directory)}{_now_with(clock, policy)}{_said(each, policy, directory)}"


def differing(each: Disagreement, listed: Mapping[str, Mapping[str, str]], directory: Directory) -> str:
    """Who sees what differently from whom, since when."""
    raised, other = (directory.agencies[agency].name for agency in each.agencies)
    what = about_words(each, listed)
    return f"{raised} sees this differently from {other}, since {full_moment(each.at)}: {what[:1].lower()}{what[1:]}"


def _now_with(clock: Deadline | None, policy: Policy) -> str:
    if clock is None or not clock.is_open:
        return ""
    until = ends_at(clock)
    return f". Now with {stage_at(clock, policy.stages[KIND])}{f', until {full_moment(until)}' if until else ''}"


def _said(each: Disagreement, policy: Policy, directory: Directory) -> str:
    parts = [
        f". {directory.agencies[agency].name} says: {outcome_words(word.outcome, policy.listed)}"
        for agency in each.agencies
        if (word := each.word_of(agency)) is not None
    ]
    return "".join(parts)
