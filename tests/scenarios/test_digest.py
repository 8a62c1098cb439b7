"""The weekly digest: posted at its hour to each team's and the force's channel, once, and true."""

from datetime import UTC, datetime
from pathlib import Path

from bot.practice.wire import Json
from tests.scenarios.world import CARE_DUTY, OFFICER, POLICE_DUTY, World
from tests.scenarios.world import world as open_world

SATURDAY = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def digests(world: World, channel: str) -> list[Json]:
    return [m for m in world.driver.messages(channel) if "Week to Monday 30 November 2026 at 8:00am" in m["text"]]


def test_digest_comes_monday_at_eight_once_whatever_restarts_and_its_counts_are_true(
    tmp_path: Path, empty_database: Path
) -> None:
    with open_world(tmp_path, start=SATURDAY, template=empty_database) as world:
        in_time = world.refer(grade="High")
        world.press(CARE_DUTY, in_time, "acknowledge")
        world.press(POLICE_DUTY, in_time, "acknowledge", channel="response-duty")
        late = world.refer(OFFICER, grade="High")
        world.press(POLICE_DUTY, late, "acknowledge", channel="response-duty")
        world.driver.advance("2h")
        world.press(CARE_DUTY, late, "acknowledge")
        waiting = world.refer(grade="Standard")
        world.driver.move_to("2026-11-30T07:59:50+00:00")
        assert digests(world, "safeguarding") == []
        world.driver.advance("15s")
        force = digests(world, "safeguarding")
        assert len(force) == 1
        assert len(digests(world, "front-door")) == 1
        assert len(digests(world, "response-duty")) == 1
        words = str(force[0]["blocks"])
        assert "Acknowledged in time, of all that fell due" in words
        assert "3 of 4" in words
        assert "Open now" in words
        assert in_time in words, "the oldest silence is the case acknowledged first"
        assert "Minutes in which this bot kept watch, of the week" in words
        assert "of 10,080" in words
        assert "1 case with nobody's name on it" in words, waiting
        world.down()
        world.up()
        world.driver.advance("10m")
        assert len(digests(world, "safeguarding")) == 1
        assert world.errors() == []
