"""Instants and lengths as people in London read them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.wording import clock_time, full_date, full_moment, length, moment, ordinal

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), "12:00am"),
        (datetime(2026, 11, 23, 0, 5, tzinfo=UTC), "12:05am"),
        (datetime(2026, 11, 23, 9, 30, tzinfo=UTC), "9:30am"),
        (datetime(2026, 11, 23, 12, 0, tzinfo=UTC), "12:00pm"),
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), "11:59pm"),
        (datetime(2026, 7, 1, 13, 5, tzinfo=UTC), "2:05pm"),
    ],
)
def test_the_time_of_day_is_londons(at: datetime, words: str) -> None:
    assert clock_time(at) == words


def test_a_day_is_written_in_full_and_belongs_to_london() -> None:
    assert full_date(datetime(2025, 3, 14, 16, 15, tzinfo=UTC)) == "Friday 14 March 2025"
    assert full_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "Wednesday 1 July 2026"
    assert full_moment(datetime(2025, 3, 14, 16, 15, tzinfo=UTC)) == "Friday 14 March 2025 at 4:15pm"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW, "today at 10:00am"),
        (NOW + timedelta(hours=14), "tomorrow at 12:00am"),
        (NOW - timedelta(hours=10, minutes=1), "yesterday at 11:59pm"),
        (NOW + timedelta(days=2), "on Wednesday 25 November 2026 at 10:00am"),
        (NOW - timedelta(days=2), "on Saturday 21 November 2026 at 10:00am"),
    ],
)
def test_a_near_instant_is_named_by_its_day_and_a_far_one_in_full(at: datetime, words: str) -> None:
    assert moment(at, NOW) == words


def test_the_hour_that_happens_twice_in_autumn_reads_the_same_both_times() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert clock_time(first) == clock_time(first + timedelta(hours=1)) == "1:30am"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=1, seconds=30), "1 minute"),
        (timedelta(hours=2, minutes=5), "2 hours 5 minutes"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=3, hours=4, minutes=9), "3 days 4 hours"),
        (-timedelta(minutes=15), "15 minutes"),
    ],
)
def test_a_length_is_said_in_its_two_largest_parts(span: timedelta, words: str) -> None:
    assert length(span) == words


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (22, "22nd")]
)
def test_a_place_in_an_order_is_said_as_people_say_it(number: int, words: str) -> None:
    assert ordinal(number) == words
