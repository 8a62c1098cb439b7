"""A test of the test: every bug that others have shipped, planted here, breaks a promise within a few seeds."""

from collections.abc import Callable
from itertools import islice

import pytest

from tests.simulation.bugs import BUGS as PLAIN
from tests.simulation.group_bugs import GROUP_BUGS
from tests.simulation.history import live, live_seed, quiet_logs
from tests.simulation.plan import HOUR, Happening, plan_of
from tests.simulation.process import Variant
from tests.simulation.soak import told

BUGS = {**PLAIN, **GROUP_BUGS}
WITHIN = 100
RARE: dict[str, Callable[[Happening], bool]] = {
    "the old time is waited for": lambda each: each.what == "clock_back" and each.length >= HOUR,
}
"""Bugs that need a happening which few histories have: they are looked for among those that have it."""


def seeds_for(name: str) -> list[int]:
    """The seeds in which a bug has to show itself."""
    needed = RARE.get(name)
    if needed is None:
        return list(range(WITHIN))
    having = (seed for seed in range(5 * WITHIN) if any(map(needed, plan_of(seed).happenings)))
    return list(islice(having, WITHIN))


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(name: str) -> None:
    bug = BUGS[name]
    with quiet_logs():
        caught = any(live_seed(seed, variant=bug()).broken for seed in seeds_for(name))
    assert caught, f"{name}: {WITHIN} seeds and no promise broken"


def test_a_broken_promise_is_told_with_its_seed_and_the_shortest_history() -> None:
    bug = BUGS["an answer stops nothing"]
    with quiet_logs():
        seed = next(seed for seed in range(WITHIN) if live_seed(seed, variant=bug()).broken)
        assert live(plan_of(seed), variant=Variant()).broken is None
    said = told(plan_of(seed), bug)
    happens = said.partition("what happens:")[2].partition("how it went")[0].strip().splitlines()
    assert said.startswith(f"seed {seed} (")
    assert "an acknowledgement stops its own ladder" in said
    assert len(happens) <= 3, said
