"""Units' days against the record, and samples that anybody can draw again."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from bot.domain.counts import Match, Raised, UnitCount, UnitDay, days_wanted, unit_days
from bot.domain.errors import Refusal
from bot.domain.grade_samples import Graded, GradeRead, Reading, by_area, drawn, readings, seed_of
from bot.domain.ids import CaseId, PersonId, TeamId
from bot.domain.takeover import Columns, TakenOver, TakeOver, read_investigation
from tests.builders import DIRECTORY, MONDAY, OFFICER, POLICY

DAY = date(2026, 11, 23)
UNIT = TeamId("response")


@pytest.mark.parametrize(
    ("counted", "held", "match"),
    [
        (None, 0, Match.NOT_REPORTED),
        (None, 2, Match.NOT_REPORTED),
        (0, 0, Match.NONE),
        (2, 2, Match.AGREES),
        (0, 1, Match.DIFFERS),
    ],
)
def test_nought_is_an_answer_and_silence_is_not(counted: int | None, held: int, match: Match) -> None:
    assert UnitDay(UNIT, None, DAY, counted, held).match is match


def test_a_referral_after_midnight_in_london_is_of_the_new_day() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight on 1 July in London
    days = [date(2026, 6, 30), date(2026, 7, 1)]
    found = unit_days([], [Raised(late, OFFICER, None)], DIRECTORY, days)
    assert [each.held for each in found if each.unit == UNIT] == [0, 1]


def test_somebody_outside_the_directory_counts_for_the_team_that_has_the_case() -> None:
    found = unit_days([], [Raised(MONDAY, PersonId("slack:T0:U0"), TeamId("custody"))], DIRECTORY, [MONDAY.date()])
    assert [each.unit for each in found if each.held] == ["custody"]


def test_every_unit_of_the_force_has_every_day_and_no_partner_has_any() -> None:
    given = UnitCount(UNIT, DAY, 3, OFFICER, MONDAY)
    found = unit_days([given], [], DIRECTORY, [DAY, DAY + timedelta(days=1)])
    assert len(found) == 16
    assert not [each for each in found if each.unit == "front-door"]
    assert [each.counted for each in found if each.unit == UNIT] == [3, None]


def test_days_are_wanted_from_the_first_that_anybody_counted_and_four_weeks_back_at_most() -> None:
    assert days_wanted(DAY, DAY, yesterday_too=True) == ()
    assert days_wanted(DAY, DAY + timedelta(days=1), yesterday_too=False) == ()
    assert days_wanted(DAY, DAY + timedelta(days=1), yesterday_too=True) == (DAY,)
    assert len(days_wanted(DAY, DAY + timedelta(days=300), yesterday_too=True)) == 28


def test_a_seed_draws_the_same_sample_in_whatever_order_the_cases_come_and_another_seed_another() -> None:
    population = [Graded(CaseId(f"c{n}"), "cse", "high") for n in range(200)]
    seed = seed_of("2026-11", "cse", "7:ab")
    first = drawn(population, seed, 5)
    shuffled = population[:]
    Random(1).shuffle(shuffled)
    assert drawn(shuffled, seed, 5) == first
    assert len(set(first)) == 5
    assert drawn(population, seed_of("2026-11", "cse", "8:ab"), 5) != first
    assert len(drawn(population[:3], seed, 5)) == 3


def test_every_case_has_the_same_chance_to_be_drawn() -> None:
    population = [Graded(CaseId(f"c{n}"), "cse", "high") for n in range(20)]
    times = dict.fromkeys((each.case_id for each in population), 0)
    for n in range(2_000):
        for one in drawn(population, seed_of("2026-11", "cse", f"{n}:ab"), 5):
            times[one.case_id] += 1
    assert all(400 < count < 600 for count in times.values()), times


def test_readings_are_counted_by_area_and_what_is_not_read_is_shown() -> None:
    reads = [
        GradeRead(f"g{n}", "2026-11", "cse", CaseId(f"c{n}"), "high", "s", 30, None, MONDAY, reading)
        for n, reading in enumerate([Reading.RIGHT, Reading.TOO_LOW, Reading.TOO_LOW, None])
    ]
    (row,) = readings(reads)
    assert (row.graded, row.drawn, row.right, row.too_low, row.too_high, row.unread) == (30, 4, 1, 2, 0, 1)
    assert list(by_area([Graded(CaseId("a"), "neglect", "x"), Graded(CaseId("b"), "cse", "x")])) == ["cse", "neglect"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"number": ""}, "number is missing (column 'number')."),
        ({"opened_on": "yesterday"}, "opened_on must be a date such as 2026-08-17"),
        ({"opened_on": "2031-01-01"}, "opened_on must be in the past."),
        ({"concern": "burglary"}, "concern must be one of"),
        ({"grade": "purple"}, "grade must be one of"),
        ({"children": "Nobody Named"}, "child 1: a record number is its kind and the number"),
        ({"facts": "child_present=perhaps"}, "facts must be of"),
    ],
)
def test_a_row_that_is_no_investigation_is_named_by_its_field_and_never_by_what_it_said(
    changed: dict[str, str], reason: str
) -> None:
    row = {"number": "44/1", "concern": "Domestic abuse", "grade": "High", "opened_on": "2020-08-17"}
    found = read_investigation(row, Columns({}, {}), POLICY, MONDAY)
    assert (found.concern, found.grade) == ("domestic_abuse", "high")
    with pytest.raises(Refusal) as caught:
        read_investigation({**row, **changed}, Columns({}, {}), POLICY, MONDAY)
    assert str(caught.value).startswith(reason)
    assert "Named" not in str(caught.value)


def test_what_no_unit_of_the_force_has_counts_for_none() -> None:
    found = unit_days([], [Raised(MONDAY, PersonId("slack:T0:U0"), None)], DIRECTORY, [MONDAY.date()])
    assert {each.held for each in found} == {0}


def test_a_row_that_is_no_table_comes_back_and_a_time_without_a_zone_is_londons() -> None:
    columns = Columns({}, {})
    with pytest.raises(Refusal, match="The row must have a value for each column"):
        read_investigation("a line", columns, POLICY, MONDAY)
    row = {"number": "44-1", "concern": "neglect", "grade": "green", "opened_on": "2026-08-17T09:30:00"}
    assert read_investigation(row, columns, POLICY, MONDAY).at == datetime(2026, 8, 17, 8, 30, tzinfo=UTC)


def test_those_graded_below_the_floors_are_told_apart() -> None:
    rows = [TakenOver(n, f"44-{n}", None, MONDAY, "green", "red", n == 2, (), already=False) for n in (1, 2)]
    taken = TakeOver(tuple(rows), (), dry=True)
    assert [one.row for one in taken.below] == [2]
