"""A real process killed with SIGKILL at every point of an escalation and at random: nothing lost, nothing said twice.

`make soak` kills ten thousand times on each database.
"""

from pathlib import Path

import pytest

from tests.crashes.bugs import BUGS
from tests.crashes.databases import killed, postgres_on, sqlite_in

KILLS = 170
"""At each point of one escalation once, and some at random with three senders at work."""
ENOUGH = 40


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_bot_killed_at_every_point_and_at_random_loses_nothing_and_repeats_nothing(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = sqlite_in(tmp_path) if kind == "sqlite" else postgres_on(request.getfixturevalue("postgres_url"), "crashes")
    found = killed(url, tmp_path, kills=KILLS)
    print(f"{kind}: {found.words}")  # noqa: T201 - the figures are what a soak is read for
    assert found.lost == []
    assert found.repeated == 0
    assert found.not_whole == ""
    assert found.kills >= KILLS
    assert found.points > 150
    assert found.late_landings > 0
    assert found.audit_entries > 10 * found.cases


@pytest.mark.parametrize("name", BUGS)
def test_loop_sees_the_classical_ways_to_lose_or_double(name: str, tmp_path: Path) -> None:
    found = killed(sqlite_in(tmp_path), tmp_path, kills=ENOUGH, bug=name)
    print(f"{name}: {found.words}")  # noqa: T201 - as above
    assert found.lost if BUGS[name].shows == "lost" else found.repeated
