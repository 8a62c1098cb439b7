"""Queues and loads: devices first in, first out; a team's open cases against its people."""

from datetime import UTC, datetime, timedelta

from bot.domain.concerns import Band
from bot.domain.ids import CaseId, PersonId
from bot.domain.workloads import CountedAct, DeviceRow, HeldPart, device_queue, team_load

NOW, DAY = datetime(2026, 11, 23, 10, tzinfo=UTC), timedelta(days=1)
ANA, BEN = PersonId("ana"), PersonId("ben")


def act(case: str, code: str, count: int, days: int, band: Band = Band.P2) -> CountedAct:
    return CountedAct(CaseId(case), band, f"device_{code}", NOW - days * DAY, count)


def test_the_oldest_device_is_the_first_that_was_seized_and_is_not_examined() -> None:
    acts = [
        act("a", "seized", 2, 40),
        act("a", "seized", 3, 10),
        act("a", "submitted", 4, 9),
        act("a", "examined", 2, 1),
    ]
    assert device_queue(acts) == (DeviceRow(Band.P2, 5, 1, 5, 3, NOW - 10 * DAY),)


def test_devices_are_told_by_band_and_a_case_with_none_left_is_no_oldest() -> None:
    acts = [
        act("done", "seized", 1, 90), act("done", "examined", 1, 3),
        act("a", "seized", 1, 30), act("urgent", "seized", 2, 4, Band.P1),
    ]  # fmt: skip
    first, second = device_queue(acts)
    assert (first.band, first.to_examine, first.oldest_at) == (Band.P1, 2, NOW - 4 * DAY)
    assert (second.seized, second.to_examine, second.oldest_at) == (2, 1, NOW - 30 * DAY)


def test_a_load_says_what_each_has_what_came_and_went_and_whether_the_people_are_enough() -> None:
    parts = [
        HeldPart(ANA, NOW - 20 * DAY, None),
        HeldPart(ANA, NOW - 3 * DAY, None),
        HeldPart(BEN, NOW - 12 * DAY, NOW - 2 * DAY),
        HeldPart(None, NOW - DAY, None),
    ]
    load = team_load(parts, people=2, now=NOW, weeks=2)
    assert [(each.person, each.open_now, each.oldest_at) for each in load.persons] == [
        (ANA, 2, NOW - 20 * DAY),
        (None, 1, NOW - DAY),
    ]
    assert [(week.arrived, week.departed, week.open_then) for week in load.weeks] == [(1, 0, 2), (2, 1, 3)]
    assert load.headline == "3 open, 1.5 for each of 2; 2 more came than went in 2 weeks."


def test_a_doubled_team_halves_what_each_has_and_no_team_is_said() -> None:
    parts = [HeldPart(ANA, NOW - 10 * DAY, None)] * 8
    assert "4.0 for each of 2" in team_load(parts, people=2, now=NOW, weeks=1).headline
    assert "2.0 for each of 4; as many went as came" in team_load(parts, people=4, now=NOW, weeks=1).headline
    assert "and nobody in the team" in team_load(parts, people=0, now=NOW, weeks=1).headline
