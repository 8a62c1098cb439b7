"""Time: one page for one silence, whatever stops, steps back, is skipped or falls on a holiday."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.scenarios.accounts import Said
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_EXECUTIVE,
    CARE_LEAD,
    CARE_LEADER,
    CARE_SECOND,
    CHIEF,
    DEPARTMENT_LEAD,
    MONDAY,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    World,
    strict,
)

SOON = timedelta(seconds=15)
"""One tick, and what a slow machine takes to refer before an instant is counted from it."""
FRIDAY_FIVE_TO_FIVE = datetime.fromisoformat("2027-04-30T15:55Z")
AT_DUE = (OFFICER, CARE_DUTY, CARE_SECOND, CARE_LEADER)
AT_ONE_HOUR = (CARE_LEADER, POLICE_LEADER)


def at_the_instant(said: list[Said], instant: datetime) -> bool:
    """Whether each was sent at an instant that is counted from the referral, and not before."""
    return all(instant <= one.at <= instant + SOON for one in said)


def only_social_care_owes_its_acknowledgement(w: World, children: str = "police 44-0001") -> str:
    """A High referral that the police have acknowledged and social care has graded, not acknowledged."""
    reference = w.referred(grade="High", children=children)
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    w.press(CARE_DUTY, reference, "grade", "High")
    return reference


def test_t1_silence_past_the_due_time_pages_the_next_step_once_within_a_tick(w: World) -> None:
    reference = only_social_care_owes_its_acknowledgement(w)
    w.to_next_step()
    for seat in (CARE_DUTY, CARE_SECOND):
        w.expect_told(seat, reference, "step “reminder”", "is due on Monday 23 November 2026 at 11:00am")
    w.nothing_else()
    w.to_next_step()
    paged = w.expect_step(reference, AT_DUE, "late from now on", "step “due”")
    assert at_the_instant(paged, MONDAY + timedelta(hours=1))
    w.nothing_else()
    w.clock_to("2026-11-23 11:59:59")
    w.expect_card(reference, "Overdue")


def test_t2_down_over_three_steps_is_one_message_at_the_highest_and_later_steps_stay(w: World) -> None:
    reference = only_social_care_owes_its_acknowledgement(w)
    w.down()
    w.driver.post("clock", advance="2h5m", wait=False)
    w.up()
    w.driver.advance("1s")
    for channel in ("safeguarding", "vigil-administration"):
        w.expect_post(channel, "The bot was not running from Monday 23 November 2026 at 10:00am")
    missed = "Steps not sent in their time: reminder and due."
    w.expect_step(reference, AT_ONE_HOUR, "1 hour 5 minutes late", missed)
    w.clock_to("2026-11-23 13:59:59")
    w.nothing_else()
    w.to_next_step()
    paged = w.expect_step(reference, (CARE_LEAD, DEPARTMENT_LEAD), "3 hours late")
    assert at_the_instant(paged, MONDAY + timedelta(hours=4))


def test_t4_clock_set_back_an_hour_says_nothing_twice_and_nothing_late(w: World) -> None:
    first = only_social_care_owes_its_acknowledgement(w)
    w.driver.advance("1h2s")
    w.expect_step(first, AT_DUE, "step “due”")
    w.allow("clock_set_back")
    w.driver.post("clock", to=MONDAY.isoformat(), allow_back=True)
    second = only_social_care_owes_its_acknowledgement(w, children="police 44-0002")
    w.driver.advance("1h2s")
    paged = w.expect_step(second, AT_DUE, "step “due”")
    assert at_the_instant(paged, MONDAY + timedelta(hours=1))
    w.nothing_else()
    w.clock_to("2026-11-23 12:00:10")
    for reference in (first, second):
        paged = w.expect_step(reference, AT_ONE_HOUR, "1 hour late")
        assert at_the_instant(paged, MONDAY + timedelta(hours=2))


@pytest.mark.parametrize(
    ("saturday", "school_day", "opens_at"),
    [
        pytest.param("2026-03-28", "Monday 30 March 2026 at 8:30am", "2026-03-30T07:30Z", id="spring"),
        pytest.param("2026-10-24", "Monday 26 October 2026 at 8:30am", "2026-10-26T08:30Z", id="autumn"),
    ],
)
def test_t6_clock_change_pages_each_step_once_after_elapsed_hours_and_school_by_the_wall(
    tmp_path: Path, empty_database: Path, saturday: str, school_day: str, opens_at: str
) -> None:
    start = datetime.fromisoformat(f"{saturday}T23:40Z")
    with strict(tmp_path, start=start, template=empty_database) as w:
        reference = only_social_care_owes_its_acknowledgement(w)
        w.driver.advance("1h1s")  # in autumn 01:40 for the first time, in spring 00:40
        assert at_the_instant(w.expect_step(reference, AT_DUE, "step “due”"), start + timedelta(hours=1))
        w.driver.advance("1h")  # in autumn 01:40 again, in spring 02:40
        assert at_the_instant(w.expect_step(reference, AT_ONE_HOUR, "1 hour late"), start + timedelta(hours=2))
        w.nothing_else()
        w.driver.move_to((start + timedelta(hours=24, minutes=59)).isoformat())
        w.overlook("The steps up to the last one.")
        w.driver.advance("1m10s")
        top = w.expect_step(reference, (CHIEF, CARE_EXECUTIVE), "1 day late")
        assert at_the_instant(top, start + timedelta(hours=25))
        w.driver.move_to((datetime.fromisoformat(opens_at) - timedelta(minutes=1)).isoformat())
        w.overlook("The hourly repeats, the other steps and the week's digest.")
        w.driver.advance("1m")
        said = f"School told (Operation Encompass) was due on {school_day} and is not done"
        school = w.expect_step(reference, (OFFICER, POLICE_DUTY, POLICE_LEADER), said, channel="response-duty")
        assert at_the_instant(school, datetime.fromisoformat(opens_at))


@pytest.mark.parametrize(
    ("grade", "due", "before"),
    [
        pytest.param("Medium", "Tuesday 4 May 2027 at 12:00pm", "2027-05-04 10:59", id="amber"),
        pytest.param("Not graded yet", "Friday 30 April 2027 at 5:10pm", "2027-04-30 17:00", id="highest"),
    ],
)
def test_t7_amber_before_a_bank_holiday_waits_for_tuesday_noon_and_the_highest_band_does_not(
    tmp_path: Path, empty_database: Path, grade: str, due: str, before: str
) -> None:
    with strict(tmp_path, start=FRIDAY_FIVE_TO_FIVE, template=empty_database) as w:
        reference = w.referred(grade=grade)
        w.expect_card(reference, f"Northmere Children's Social Care: Waiting until {due}")
        w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
        w.press(POLICE_DUTY, reference, "record_act", "School told (Operation Encompass)", channel="response-duty")
        w.clock_to(before)
        if grade == "Medium":
            w.overlook("The digest of the Monday, holiday or not.", containing="Week to Monday 3 May 2027")
        w.nothing_else()
        w.to_next_step()
        for seat in (CARE_DUTY, CARE_SECOND):
            w.expect_told(seat, reference, "Acknowledgement", f"is due on {due}")
        w.to_next_step()
        w.expect_step(reference, AT_DUE, f"was due on {due} and is not done: late from now on")
