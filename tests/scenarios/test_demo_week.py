"""A whole week played through the real transport: 60 referrals, and what people then do."""

import json
from pathlib import Path

from bot.domain.ids import AgencyId
from bot.practice.demo_player import Kind, play
from bot.practice.demo_week import DEMO_POLICY, PLACES, Week, load_week, places
from tests.scenarios.world import CARE_LEAD, CHIEF, World
from tests.scenarios.world import world as open_world

CARE, POLICE = AgencyId("childrens-services"), AgencyId("police")
EVERYTHING = 100_000
STEPS_TAKEN = {place: number for number, place in enumerate(PLACES)}


def test_week_of_60_referrals_ends_with_41_answered_in_time_then_12_and_5_and_2(
    tmp_path: Path, empty_database: Path
) -> None:
    week = load_week()
    start, policy = week.starts_at, str(DEMO_POLICY)
    with open_world(tmp_path, start=start, template=empty_database, VIGIL_POLICY=policy) as world:
        played = play(world.server.url, week)
        assert played.done[Kind.REFERRED] == 60
        assert played.references == {number: f"SG-26-{number:05}" for number in range(1, 61)}
        check_answers(world)
        check_steps_taken(world, week)
        check_who_was_told(world)
        check_channels_hold_nothing_typed(world, week)
        assert world.bot.desk.depth() == {}
        assert world.bot.desk.verify().first_bad == ""
        # The clock runs: a move to an instant that passes while it is asked for is refused, and the player goes on.
        assert [row for row in world.errors() if row.get("error") != "clock_backwards"] == []


def check_answers(world: World) -> None:
    open_only = False
    deadlines = [deadline for _, deadline in world.bot.desk.due(open_only, EVERYTHING)]
    assert list(places(deadlines, CARE).values()) == [41, 12, 5, 2]
    assert list(places(deadlines, POLICE).values()) == [60, 0, 0, 0]


def check_steps_taken(world: World, week: Week) -> None:
    """What the engine did agrees with when people answered: no step too many, none left out."""
    planned = {f"SG-26-{item.number:05}": STEPS_TAKEN[item.falls] for item in week.items}
    open_only = False
    taken = {
        reference: max(deadline.done, 0)
        for reference, deadline in world.bot.desk.due(open_only, EVERYTHING)
        if deadline.kind == "acknowledgement" and deadline.agency == CARE
    }
    assert taken == planned


def check_who_was_told(world: World) -> None:
    """The lead of the receiving agency hears of the two that climbed so far; the chief officer of none."""
    assert sum("Acknowledgement" in text for text in world.told(CARE_LEAD)) == 2
    assert world.told(CHIEF) == []


def check_channels_hold_nothing_typed(world: World, week: Week) -> None:
    said = json.dumps(world.driver.get("messages")["messages"])
    assert "44-DW-" not in said
    assert not [item.number for item in week.items if item.happened in said]
