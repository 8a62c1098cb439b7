"""What is recorded of each child: done only once it stands for every child of a case, each in one of the ways that count."""

from collections.abc import Iterable, Sequence

from bot.domain.cases import HumanAct
from bot.domain.policy import Policy


def is_of_each_child(codes: Iterable[str], policy: Policy) -> bool:
    """Whether any of these records is one of each child."""
    return any(code in policy.acts and policy.acts[code].each_child for code in codes)


def children_left(codes: frozenset[str], acts: Sequence[HumanAct], children: int, policy: Policy) -> tuple[int, ...]:
    """The numbers of the children for whom none of these records stands; an act that names no child is of all of them."""
    done: set[int] = set()
    for act in acts:
        if codes & policy.records_of(act.code):
            if act.child is None:
                return ()
            done.add(act.child)
    return tuple(number for number in range(1, max(children, 1) + 1) if number not in done)


def recorded_for(acts: Sequence[HumanAct], child: int, policy: Policy) -> frozenset[str]:
    """What is on the record as far as one child goes: everything of the case as a whole, and what is of this child."""
    found: set[str] = set()
    for act in acts:
        records = policy.records_of(act.code)
        if act.child in {None, child}:
            found |= records
        else:
            found |= {code for code in records if not is_of_each_child([code], policy)}
    return frozenset(found)


def child_words(child: int | None, children: int) -> str:
    """Which child of how many, as it follows what was done; empty for a case of one child."""
    if children <= 1:
        return ""
    return f": all {children} children" if child is None else f": child {child} of {children}"
