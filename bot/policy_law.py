"""Law is tightened and never loosened: what a force's file may not do to a row of statute or statutory guidance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.calendar import Calendar, Span
from bot.domain.policy import Milestone, Policy
from bot.policy_checks import sooner
from bot.policy_faults import Fault


def loosened(default: Policy, own: Policy) -> Iterator[Fault]:
    """Every way in which a force's file gives more time than statute or statutory guidance, or puts such a row out of force."""
    for code, before in default.milestones.items():
        after = own.milestones.get(code, before)
        key = f"milestones.{code}"
        if before.basis.binding and after != before:
            yield from _weaker(key, before, after, WEAKENINGS)
            yield from _later_bands(f"{key}.due", before, after, own.calendar)
        if before.ceiling is not None and before.ceiling_basis is not None and before.ceiling_basis.binding:
            yield from _later(f"{key}.ceiling", before.ceiling, after.ceiling, own.calendar)
            if not before.basis.binding:
                yield from _weaker(key, before, after, CEILING_WEAKENINGS)
    yield from _implied(default, own)


def _implied(default: Policy, own: Policy) -> Iterator[Fault]:
    """Acts that a force's file counts as a record of what ends a binding row, and the default does not."""
    ends = frozenset().union(*(row.met_by for row in default.milestones.values() if row.basis.binding))
    for code, act in own.acts.items():
        before = default.acts.get(code)
        for record in sorted(act.implies & ends - (before.implies if before else frozenset())):
            wrong = f"{record!r} ends what statute or statutory guidance asks for, and this act is no record of it."
            yield Fault(f"acts.{code}.implies", wrong, f"Leave out {record}; people record it itself.")


def _later_bands(key: str, before: Milestone, after: Milestone, calendar: Calendar) -> Iterator[Fault]:
    """The bands that were given more time; told once where all of them have one limit."""
    found = [
        fault
        for band, span in before.clocks.items()
        for fault in _later(f"{key}.{band.label}", span, after.clocks.get(band), calendar)
    ]
    alike = len(set(after.clocks.values())) == 1 and len(found) == len(before.clocks)
    yield from [found[0]._replace(key=key)] if alike else found


def _later(key: str, before: Span, after: Span | None, calendar: Calendar) -> Iterator[Fault]:
    if after is None or (after != before and sooner(before, after, calendar)):
        wrong = f"this is a limit of statute or statutory guidance ({before.words}) and cannot be loosened."
        yield Fault(key, wrong, f"Write {before.words} or less, or leave the row out.")


@dataclass(frozen=True, slots=True)
class _Weakening:
    name: str
    happened: Callable[[Milestone, Milestone], bool]
    mend: str


WEAKENINGS = (
    _Weakening("basis", lambda was, now: now.basis != was.basis, "Leave out basis."),
    _Weakening("trigger", lambda was, now: now.trigger != was.trigger, "Leave out trigger."),
    _Weakening("met_by", lambda was, now: not now.met_by <= was.met_by, "Name nothing more than the default does."),
    _Weakening("owed_by", lambda was, now: now.owed_by != was.owed_by, "Leave out owed_by."),
    _Weakening("once", lambda was, now: now.once != was.once, "Leave out once."),
    _Weakening("adopted", lambda was, now: was.adopted and not now.adopted, "Leave out adopted."),
    _Weakening(
        "climbs_to", lambda was, now: now.climbs_to < was.climbs_to, "Write the default's step or a higher one."
    ),
    _Weakening(
        "concerns", lambda was, now: _narrower(was.concerns, now.concerns), "Name every concern of the default."
    ),
    _Weakening("flags", lambda was, now: now.flags != was.flags, "Leave out flags."),
    _Weakening("also_told", lambda was, now: not set(now.also_told) >= set(was.also_told), "Leave nobody out."),
    _Weakening("facts", lambda was, now: not now.facts <= was.facts, "Leave out facts."),
    _Weakening(
        "jurisdictions", lambda was, now: not now.jurisdictions >= was.jurisdictions, "Leave out jurisdictions."
    ),
)


CEILING_WEAKENINGS = (
    _Weakening("ceiling_for", lambda was, now: now.ceiling_for != was.ceiling_for, "Leave out ceiling_for."),
    _Weakening("ceiling_basis", lambda was, now: now.ceiling_basis != was.ceiling_basis, "Leave out ceiling_basis."),
    *(weakening for weakening in WEAKENINGS if weakening.name not in {"basis", "climbs_to"}),
)
"""What a row may not lose whose ceiling alone is binding."""


def _weaker(key: str, before: Milestone, after: Milestone, weakenings: tuple[_Weakening, ...]) -> Iterator[Fault]:
    for weakening in weakenings:
        if weakening.happened(before, after):
            wrong = "this row rests on statute or statutory guidance and can be tightened, not put out of force."
            yield Fault(f"{key}.{weakening.name}", wrong, weakening.mend)


def _narrower(was: frozenset[str] | None, now: frozenset[str] | None) -> bool:
    return now is not None and (was is None or not now >= was)
