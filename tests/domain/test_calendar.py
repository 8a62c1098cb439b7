"""Working time: the vectors of the rules, both clock changes, and what must hold for every trigger."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar, Clock, Span, in_words, shift_months
from bot.policy_file import load_policy

CALENDAR = load_policy().calendar
TERM = Calendar(
    bank_holidays=CALENDAR.bank_holidays,
    school_closures={"derbyshire": frozenset(date(2026, 7, 27) + timedelta(days=day) for day in range(35))},
)
FOUR_HUB_HOURS = Span(Clock.HUB_HOURS, timedelta(hours=4), time(12))
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


def local(text: str) -> datetime:
    """A time on the wall in London as a UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.timezone).astimezone(UTC)


def working_days(number: int) -> Span:
    return Span(Clock.WORKING_DAY, number)


def hours(number: float) -> Span:
    return Span(Clock.ELAPSED, timedelta(hours=number))


@pytest.mark.parametrize(
    ("number", "trigger", "ends"),
    [
        (1, "2026-12-24 12:00", "2026-12-29 17:00"),
        (15, "2026-12-14 12:00", "2027-01-07 17:00"),
        (10, "2026-12-24 12:00", "2027-01-12 17:00"),
        (1, "2027-03-25 12:00", "2027-03-30 17:00"),
        (45, "2026-12-01 12:00", "2027-02-05 17:00"),
        (1, "2027-12-24 12:00", "2027-12-29 17:00"),
        (1, "2026-11-22 12:00", "2026-11-23 17:00"),
        (1, "2026-11-23 17:01", "2026-11-24 17:00"),
        (1, "2026-11-23 00:00", "2026-11-24 17:00"),
        (1, "2026-11-23 23:59", "2026-11-24 17:00"),
        (3, "2027-12-20 20:35", "2027-12-23 17:00"),
    ],
)
def test_working_days_end_at_five_on_the_nth_working_day_after_the_day_of_the_trigger(
    number: int, trigger: str, ends: str
) -> None:
    assert CALENDAR.due_at(working_days(number), local(trigger)) == local(ends)


def test_one_off_bank_holidays_of_the_past_are_known() -> None:
    jubilee, funeral, coronation = date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)
    assert not any(CALENDAR.is_working_day(day) for day in (jubilee, funeral, coronation))


def test_police_protection_over_the_spring_change_ends_72_real_hours_later() -> None:
    begins = datetime(2027, 3, 26, 12, tzinfo=UTC)
    ends = CALENDAR.due_at(hours(72), begins)
    assert ends == datetime(2027, 3, 29, 12, tzinfo=UTC)
    assert ends == local("2027-03-29 13:00")


def test_police_protection_over_the_autumn_change_ends_72_real_hours_later() -> None:
    ends = CALENDAR.due_at(hours(72), local("2026-10-23 12:00"))
    assert ends == datetime(2026, 10, 26, 11, tzinfo=UTC)
    assert ends == local("2026-10-26 11:00")


def test_t7_amber_on_friday_at_1655_before_a_bank_holiday_is_due_on_tuesday_at_noon() -> None:
    assert CALENDAR.due_at(FOUR_HUB_HOURS, local("2027-04-30 16:55")) == local("2027-05-04 12:00")


def test_t7_the_highest_band_ignores_the_calendar() -> None:
    assert CALENDAR.due_at(hours(0.25), local("2027-04-30 16:55")) == local("2027-04-30 17:10")


@pytest.mark.parametrize(
    ("trigger", "ends"),
    [
        ("2026-11-23 09:00", "2026-11-23 13:00"),
        ("2026-11-23 06:00", "2026-11-23 13:00"),
        ("2026-11-23 13:00", "2026-11-23 17:00"),
        ("2026-11-23 13:01", "2026-11-24 09:01"),
        ("2026-11-23 16:59", "2026-11-24 12:00"),
        ("2026-11-21 10:00", "2026-11-23 12:00"),
        ("2026-12-24 16:00", "2026-12-29 12:00"),
    ],
)
def test_four_hub_hours_count_only_while_the_hub_is_open_and_end_by_noon(trigger: str, ends: str) -> None:
    assert CALENDAR.due_at(FOUR_HUB_HOURS, local(trigger)) == local(ends)


def test_hub_hours_without_a_latest_time_run_on() -> None:
    span = Span(Clock.HUB_HOURS, timedelta(hours=12))
    assert CALENDAR.due_at(span, local("2027-04-30 16:00")) == local("2027-05-05 12:00")


def test_no_hub_hours_at_all_are_due_at_once() -> None:
    night = local("2026-11-21 03:00")
    assert CALENDAR.due_at(Span(Clock.HUB_HOURS, timedelta(0)), night) == night


@pytest.mark.parametrize("changes_on", [SPRING, AUTUMN])
def test_t6_half_past_eight_comes_once_on_the_day_after_the_clocks_change(changes_on: date) -> None:
    school = Span(Clock.NEXT_SCHOOL_DAY, 1, time(8, 30))
    nights = [local(f"{changes_on} 00:00") + timedelta(minutes=10) * step for step in range(12)]
    ends = {CALENDAR.due_at(school, at).astimezone(CALENDAR.timezone) for at in nights}
    monday_or_later = 30 if changes_on == SPRING else 26
    assert [(end.day, end.hour, end.minute) for end in ends] == [(monday_or_later, 8, 30)]


@pytest.mark.parametrize(
    ("trigger", "ends"),
    [
        ("2026-11-23 07:00", "2026-11-23 08:30"),
        ("2026-11-23 08:30", "2026-11-24 08:30"),
        ("2026-11-20 22:00", "2026-11-23 08:30"),
        ("2026-12-24 22:00", "2026-12-29 08:30"),
    ],
)
def test_the_next_school_day_starts_after_the_trigger(trigger: str, ends: str) -> None:
    assert CALENDAR.due_at(Span(Clock.NEXT_SCHOOL_DAY, 1), local(trigger)) == local(ends)


def test_a_teacher_who_refers_in_the_morning_hears_by_the_end_of_the_same_school_day() -> None:
    span = Span(Clock.NEXT_SCHOOL_DAY, 1, time(15, 30))
    assert CALENDAR.due_at(span, local("2026-11-23 10:00")) == local("2026-11-23 15:30")


def test_school_holidays_are_those_of_the_council() -> None:
    span, trigger = Span(Clock.NEXT_SCHOOL_DAY, 1), local("2026-07-24 20:00")
    assert TERM.due_at(span, trigger, "derbyshire") == local("2026-09-01 08:30")
    assert TERM.due_at(span, trigger) == TERM.due_at(span, trigger, "elsewhere") == local("2026-07-27 08:30")


@pytest.mark.parametrize(
    ("number", "trigger", "ends"),
    [
        (3, "2026-11-30 10:00", "2027-02-28 17:00"),
        (6, "2026-08-31 10:00", "2027-02-28 17:00"),
        (1, "2026-12-15 23:30", "2027-01-15 17:00"),
        (12, "2028-02-29 10:00", "2029-02-28 17:00"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(number: int, trigger: str, ends: str) -> None:
    assert CALENDAR.due_at(Span(Clock.MONTHS, number), local(trigger)) == local(ends)


def test_past_the_known_calendar_only_weekends_are_skipped() -> None:
    late = local("2029-12-24 10:00")
    assert not CALENDAR.known(late)
    assert CALENDAR.known(local("2028-12-31 23:59"))
    assert CALENDAR.due_at(working_days(1), late) == local("2029-12-25 17:00")


def test_the_hub_is_open_from_nine_until_five_on_working_days() -> None:
    assert CALENDAR.is_hub_time(local("2026-11-23 09:00"))
    assert CALENDAR.is_hub_time(local("2026-11-23 16:59"))
    assert not CALENDAR.is_hub_time(local("2026-11-23 17:00"))
    assert not CALENDAR.is_hub_time(local("2026-11-23 08:59"))
    assert not CALENDAR.is_hub_time(local("2026-11-22 12:00"))


@pytest.mark.parametrize(
    ("after", "morning"),
    [
        ("2026-11-23 08:00", "2026-11-23 09:00"),
        ("2026-11-23 09:00", "2026-11-24 09:00"),
        ("2026-12-24 12:00", "2026-12-29 09:00"),
    ],
)
def test_the_next_hub_morning_lies_after_the_instant(after: str, morning: str) -> None:
    assert CALENDAR.next_hub_morning(local(after)) == local(morning)


def test_three_quarters_of_four_hub_hours_are_three_hub_hours() -> None:
    begins = local("2026-11-23 15:00")
    due_at = CALENDAR.due_at(Span(Clock.HUB_HOURS, timedelta(hours=4)), begins)
    assert CALENDAR.part_of(FOUR_HUB_HOURS, begins, due_at, 0.75) == local("2026-11-24 10:00")


def test_three_quarters_of_a_working_day_are_six_hub_hours() -> None:
    begins = local("2026-11-20 20:00")
    due_at = CALENDAR.due_at(working_days(1), begins)
    assert CALENDAR.part_of(working_days(1), begins, due_at, 0.75) == local("2026-11-23 15:00")


def test_half_of_an_hour_of_elapsed_time_is_half_an_hour() -> None:
    begins = local("2026-11-22 03:00")
    assert CALENDAR.part_of(hours(1), begins, begins + timedelta(hours=1), 0.5) == local("2026-11-22 03:30")


def test_a_share_of_a_span_without_any_hub_time_is_taken_of_the_clock() -> None:
    begins, due_at = local("2026-11-21 10:00"), local("2026-11-21 12:00")
    assert CALENDAR.part_of(FOUR_HUB_HOURS, begins, due_at, 0.5) == local("2026-11-21 11:00")


def test_working_days_are_counted_out_with_the_days_that_do_not_count() -> None:
    assert CALENDAR.counted(working_days(1), local("2026-12-24 20:00")) == (
        "Thu 2026-12-24: day 0",
        "Fri 2026-12-25: not counted, bank holiday (Christmas Day)",
        "Sat 2026-12-26: not counted, weekend",
        "Sun 2026-12-27: not counted, weekend",
        "Mon 2026-12-28: not counted, bank holiday (Boxing Day (observed))",
        "Tue 2026-12-29: working day 1",
        "ends at 17:00",
    )


def test_hub_hours_are_counted_out_day_by_day_with_the_cap() -> None:
    assert CALENDAR.counted(FOUR_HUB_HOURS, local("2027-04-30 16:55")) == (
        "Fri 2027-04-30: 5 minutes",
        "Sat 2027-05-01: not counted, weekend",
        "Sun 2027-05-02: not counted, weekend",
        "Mon 2027-05-03: not counted, bank holiday (May Day)",
        "Tue 2027-05-04: 3 hours",
        "ends at 12:00 on the first working day after the day it started",
    )


def test_hub_hours_without_a_cap_that_bites_say_nothing_of_it() -> None:
    assert CALENDAR.counted(FOUR_HUB_HOURS, local("2026-11-23 18:00")) == ("Tue 2026-11-24: 3 hours", *CAP)
    assert CALENDAR.counted(FOUR_HUB_HOURS, local("2026-11-23 10:00")) == ("Mon 2026-11-23: 4 hours",)


CAP = ("ends at 12:00 on the first working day after the day it started",)


def test_elapsed_time_is_counted_out_with_the_clock_change() -> None:
    assert CALENDAR.counted(hours(72), local("2026-10-23 12:00")) == (
        "every hour counts, day and night: 72 hours",
        "the clocks change in between: 12:00 BST on 2026-10-23 to 11:00 GMT on 2026-10-26",
    )
    assert CALENDAR.counted(hours(1), local("2026-11-23 12:00")) == ("every hour counts, day and night: 1 hour",)


def test_school_days_are_counted_out_with_closures_and_months_by_their_dates() -> None:
    closed = Calendar(school_closures={"here": frozenset({date(2026, 11, 23)})})
    assert closed.counted(Span(Clock.NEXT_SCHOOL_DAY, 1), local("2026-11-22 20:00"), "here") == (
        "Mon 2026-11-23: not counted, schools closed",
        "Tue 2026-11-24: school day 1",
    )
    assert closed.counted(Span(Clock.NEXT_SCHOOL_DAY, 1), local("2026-11-24 07:00")) == (
        "Tue 2026-11-24: school day 1",
    )
    assert closed.counted(Span(Clock.MONTHS, 1), local("2026-01-31 07:00")) == (
        "Sat 2026-01-31 plus 1 month is Sat 2026-02-28, ends at 17:00",
    )


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (hours(0.25), "15 minutes"),
        (hours(1), "1 hour"),
        (hours(72), "72 hours"),
        (hours(336), "14 days"),
        (Span(Clock.ELAPSED, timedelta(seconds=3725)), "1 hour 2 minutes 5 seconds"),
        (Span(Clock.ELAPSED, timedelta(0)), "at once"),
        (FOUR_HUB_HOURS, "4 hours of hub time, at most next 12:00"),
        (Span(Clock.HUB_HOURS, timedelta(hours=6)), "6 hours of hub time"),
        (working_days(1), "1 working day"),
        (working_days(3), "3 working days"),
        (Span(Clock.NEXT_SCHOOL_DAY, 1), "before school starts on the next school day"),
        (Span(Clock.NEXT_SCHOOL_DAY, 2, time(15, 30)), "by 15:30, 2 school days on"),
        (Span(Clock.MONTHS, 6), "6 months"),
    ],
)
def test_a_span_reads_as_people_say_it(span: Span, words: str) -> None:
    assert span.words == words


@pytest.mark.parametrize(
    ("clock", "amount", "latest"),
    [
        (Clock.ELAPSED, 3, None),
        (Clock.HUB_HOURS, timedelta(hours=-1), None),
        (Clock.WORKING_DAY, timedelta(days=1), None),
        (Clock.MONTHS, 0, None),
        (Clock.ELAPSED, timedelta(hours=1), time(12)),
        (Clock.WORKING_DAY, 1, time(12)),
    ],
)
def test_a_span_that_cannot_be_counted_is_refused(clock: Clock, amount: timedelta | int, latest: time | None) -> None:
    with pytest.raises(ValueError, match=clock):
        Span(clock, amount, latest)


def test_the_amount_is_asked_for_as_what_it_is() -> None:
    with pytest.raises(TypeError):
        _ = working_days(1).length
    with pytest.raises(TypeError):
        _ = hours(1).number


def test_a_month_back_from_the_last_of_march_is_the_last_of_february() -> None:
    assert shift_months(date(2027, 3, 31), -1) == date(2027, 2, 28)
    assert shift_months(date(2027, 1, 15), -12) == date(2026, 1, 15)


def test_a_length_in_words_never_hides_minutes() -> None:
    assert in_words(timedelta(days=5, minutes=1)) == "120 hours 1 minute"


# --- for every trigger

instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
around_changes = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from([SPRING, AUTUMN, date(2027, 10, 31)]),
    st.integers(-600, 600),
)
triggers = instants | around_changes
lengths = st.integers(1, 60 * 40).map(lambda minutes: timedelta(minutes=minutes))
spans = st.one_of(
    st.builds(Span, st.just(Clock.ELAPSED), lengths),
    st.builds(Span, st.just(Clock.HUB_HOURS), lengths, st.none() | st.just(time(12))),
    st.builds(Span, st.just(Clock.WORKING_DAY), st.integers(1, 45)),
    st.builds(Span, st.just(Clock.NEXT_SCHOOL_DAY), st.integers(1, 3), st.none() | st.just(time(15, 30))),
    st.builds(Span, st.just(Clock.MONTHS), st.integers(1, 12)),
)


@given(spans, st.lists(triggers, min_size=2, max_size=6))
def test_a_later_trigger_never_gives_an_earlier_limit(span: Span, instants: list[datetime]) -> None:
    ends = [CALENDAR.due_at(span, at) for at in sorted(instants)]
    assert all(before <= after for before, after in pairwise(ends))


@given(spans, triggers)
def test_a_limit_lies_after_its_trigger(span: Span, trigger: datetime) -> None:
    assert CALENDAR.due_at(span, trigger) > trigger


@given(triggers, st.sampled_from([Clock.WORKING_DAY, Clock.MONTHS, Clock.NEXT_SCHOOL_DAY]), st.integers(1, 30))
def test_one_day_or_month_more_never_ends_earlier(trigger: datetime, clock: Clock, number: int) -> None:
    assert CALENDAR.due_at(Span(clock, number), trigger) <= CALENDAR.due_at(Span(clock, number + 1), trigger)


@given(triggers, lengths, lengths)
def test_more_hub_hours_never_end_earlier(trigger: datetime, one: timedelta, other: timedelta) -> None:
    shorter, longer = sorted((one, other))
    ends = [CALENDAR.due_at(Span(Clock.HUB_HOURS, amount), trigger) for amount in (shorter, longer)]
    assert ends[0] <= ends[1]


@given(triggers, lengths)
def test_the_hub_is_open_for_exactly_the_hub_hours_that_were_given(trigger: datetime, amount: timedelta) -> None:
    assert CALENDAR.hub_time_between(trigger, CALENDAR.due_at(Span(Clock.HUB_HOURS, amount), trigger)) == amount


@given(spans, triggers, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_larger_share_of_the_time_never_comes_earlier(
    span: Span, trigger: datetime, one: float, other: float
) -> None:
    due_at = CALENDAR.due_at(span, trigger)
    parts = [CALENDAR.part_of(span, trigger, due_at, share) for share in sorted((one, other))]
    assert trigger <= parts[0] <= parts[1] <= due_at


@given(spans, triggers)
def test_the_last_day_counted_out_is_the_day_of_the_limit(span: Span, trigger: datetime) -> None:
    lines = CALENDAR.counted(span, trigger)
    day = CALENDAR.day_of(CALENDAR.due_at(span, trigger)).isoformat()
    assert span.clock is Clock.ELAPSED or any(day in line for line in lines)
