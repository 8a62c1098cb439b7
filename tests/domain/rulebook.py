"""What the policy answers to every question that a case can put to it, a line each: the shipped answers stand in rulebook.txt.

After a change that is meant, write them anew: python -m tests.domain.rulebook > tests/domain/rulebook.txt
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from bot.domain.concerns import Count
from bot.domain.deadlines import due_instant, plan_for
from bot.domain.gates import Situation, Transition, check
from bot.domain.policy import BESIDE_CASES, Band, Jurisdiction, Policy
from bot.domain.risk import Answer, Earlier, History, assess
from tests.builders import MONDAY, POLICY

SHIPPED = Path(__file__).with_name("rulebook.txt")
LONG_AGO = MONDAY.replace(year=2020)
PASTS = {
    Count.REFERRALS: History(MONDAY, "police", (Earlier(MONDAY, "police"),) * 2),
    Count.MISSING_EPISODES: History(MONDAY, "police", (Earlier(MONDAY, "police", missing=True),) * 2),
    Count.AGENCIES: History(MONDAY, "police", (Earlier(MONDAY, "council"),)),
    Count.NO_FURTHER_ACTIONS: History(MONDAY, "police", (Earlier(LONG_AGO, "police", no_further_action_at=MONDAY),)),
}


def grades(policy: Policy) -> Iterator[str]:
    """The band of each grade."""
    for concern in policy.concerns.values():
        for grade in concern.grades:
            yield f"grade {concern.code} {grade.code}: {policy.band_for(concern.code, grade.code)}"


def floors(policy: Policy) -> Iterator[str]:
    """What one or two facts, a flag or a past make of each grade: whatever differs from the grade alone."""
    for concern in policy.concerns.values():
        asked = [fact.code for fact in concern.facts]
        known = [(), *((one,) for one in asked), *combinations(asked, 2)]
        for grade in concern.offered:
            for facts in known:
                answers = dict.fromkeys(facts, Answer.YES)
                found = assess(policy, concern.code, grade.code, answers)
                if found.floors:
                    names = " ".join(floor.code for floor in found.floors)
                    yield f"floor {concern.code} {grade.code} {'+'.join(facts)}: {found.grade} {found.band} {names}"
        lowest = concern.offered[-1].code
        for flag in policy.flags:
            found = assess(policy, concern.code, lowest, {}, frozenset({flag}))
            yield f"flag {flag} {concern.code} {lowest}: {found.grade} {found.band}"
        for what, history in PASTS.items():
            found = assess(policy, concern.code, lowest, {}, frozenset(), history)
            tells = " ".join(found.tells)
            yield f"past {what} {concern.code} {lowest}: {found.grade} {found.band} tells {tells} opens {found.opens}"


def milestones(policy: Policy) -> Iterator[str]:
    """What is owed from what on, by whom, until when in each band, what ends it, and in cases of which concerns."""
    for jurisdiction in Jurisdiction:
        here = replace(policy, jurisdiction=jurisdiction)
        concerns: dict[str, list[str]] = {}
        for concern in policy.concerns:
            for row in here.milestones_for(concern, policy.flags, policy.facts):
                concerns.setdefault(row.code, []).append(concern)
        for code, about in concerns.items():
            row = policy.milestones[code]
            due = (due_instant(row, band, policy.calendar, MONDAY) for band in Band)
            limits = " ".join(f"{timed[1]:%d-%H:%M}" if timed else "-" for timed in due)
            ends = " ".join(sorted(row.met_by))
            of = "every concern" if len(about) == len(policy.concerns) else " ".join(about)
            yield f"owed {jurisdiction} {code} after {row.trigger} by {row.owed_by}: {limits} until {ends}, of {of}"
    beside = (row for row in policy.milestones.values() if row.trigger in BESIDE_CASES)
    yield from (f"owed beside cases {row.code} after {row.trigger}" for row in beside)


def gates(policy: Policy) -> Iterator[str]:
    """What stands before each step of a case with nothing on record, every flag raised and every fact known."""
    flags, facts = frozenset(policy.flags), frozenset(policy.facts) - {"exploitation_marker"}
    for concern in policy.concerns.values():
        above = frozenset(grade.code for grade in concern.grades)
        for step in Transition:
            found = check(policy.gates.values(), step, Situation(concern.code, flags, facts, frozenset(), None, above))
            for missing in found.missing:
                what = "refuses" if found.refused else "flags"
                yield f"gate {step} {concern.code}: {what} without {missing.gate} {missing.need}"


def ladders(policy: Policy) -> Iterator[str]:
    """Whom each step of each band reaches and when, counted from one acknowledgement."""
    row = policy.milestones["acknowledgement"]
    for band in Band:
        timed = due_instant(row, band, policy.calendar, MONDAY)
        assert timed is not None
        span, due_at = timed
        plan = plan_for(row, policy.ladder_for(row, band), policy.calendar, span=span, trigger_at=MONDAY, due_at=due_at)
        for step in plan.steps:
            yield f"step {band} {step.number} {step.at:%d-%H:%M:%S} {' '.join(step.to)}"
        yield f"step {band} repeats {plan.repeat.every}"


def rulebook(policy: Policy) -> list[str]:
    """Every answer."""
    return [line for part in (grades, floors, milestones, gates, ladders) for line in part(policy)]


if __name__ == "__main__":
    sys.stdout.write("\n".join(rulebook(POLICY)) + "\n")
