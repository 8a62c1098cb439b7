"""The ladder of each band to the instant, what moves it earlier, and that nothing moves it later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar
from bot.domain.deadlines import (
    Deadline,
    Ending,
    EndingKind,
    due_step,
    earliest,
    end,
    extended,
    hold,
    next_by_hand,
    resume,
    retime,
    taken,
)
from bot.domain.policy import Band, Basis, Role
from bot.domain.replanning import replanned
from tests.builders import CARE, MONDAY, OFFICER, POLICE, POLICY, a_deadline

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
CALENDAR = POLICY.calendar
FRIDAY = datetime(2026, 12, 18, 16, 55, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)

LADDERS = {
    Band.P1: ["23 10:07:30", "23 10:15", "23 10:30", "23 10:45", "23 11:15", "23 12:15"],
    Band.P2: ["23 10:30", "23 11:00", "23 12:00", "23 14:00", "23 17:00", "24 11:00"],
    # Four hub hours from ten: two in the afternoon; then four hub hours, and 1, 2 and 5 working days.
    Band.P3: ["23 13:00", "23 14:00", "24 10:00", "24 17:00", "25 17:00", "30 17:00"],
    # One working day: Tuesday 17:00, of whose 15 hub hours three quarters have passed on Tuesday at 13:15.
    Band.P4: ["24 13:15", "24 17:00", "25 17:00", "27 17:00", "31 17:00", "38 17:00"],
}
ROLES = [
    {Role.OWNER},
    {Role.OWNER, Role.OWNER_SUPERVISOR, Role.REFERRER},
    {Role.TEAM_LEADERS},
    {Role.DEPARTMENT_LEAD, Role.PARTNER_LEAD},
    {Role.SUPERINTENDENT, Role.HEAD_OF_SERVICE},
    {Role.CHIEF_OFFICER, Role.PARTNER_EXECUTIVE},
]


def november(day_and_time: str) -> datetime:
    day, _, clock = day_and_time.partition(" ")
    hours, minutes, seconds = (*map(int, clock.split(":")), 0)[:3]
    return datetime(2026, 11, 1, hours, minutes, seconds, tzinfo=UTC) + timedelta(days=int(day) - 1)


def stepped(deadline: Deadline, now: datetime, calendar: Calendar = CALENDAR) -> Deadline:
    """The deadline once whatever is due at `now` has been done."""
    due = due_step(deadline, now, calendar)
    return taken(deadline, due, calendar) if due else deadline


@pytest.mark.parametrize("band", Band)
def test_an_acknowledgement_ladder_has_every_step_at_its_instant(band: Band) -> None:
    deadline = a_deadline(band)
    assert [step.at for step in deadline.plan.steps] == [november(each) for each in LADDERS[band]]
    assert [step.number for step in deadline.plan.steps] == [0, 1, 2, 3, 4, 5]
    assert [set(step.to) for step in deadline.plan.steps] == ROLES
    assert deadline.due_at == deadline.plan.steps[1].at


@pytest.mark.parametrize(
    ("kind", "band", "due"),
    [
        ("graded", Band.P1, "23 11:00"),
        ("graded", Band.P2, "23 14:00"),
        ("graded", Band.P3, "24 17:00"),
        ("first_action", Band.P1, "23 12:00"),
        ("first_action", Band.P2, "23 22:00"),
        ("first_action", Band.P3, "25 17:00"),
        ("first_action", Band.P4, "30 17:00"),
        ("stall", Band.P1, "23 12:00"),
        ("stall", Band.P2, "23 22:00"),
        ("stall", Band.P3, "25 17:00"),
        ("stall", Band.P4, "30 17:00"),
    ],
)
def test_what_every_case_owes_is_due_when_the_band_says(kind: str, band: Band, due: str) -> None:
    assert a_deadline(band, kind=kind).due_at == november(due)


def test_the_highest_band_ignores_the_weekend_and_the_bank_holiday() -> None:
    christmas = datetime(2026, 12, 25, 3, 10, tzinfo=UTC)
    assert a_deadline(Band.P1, trigger_at=christmas).due_at == christmas + 15 * MINUTE


def test_an_amber_referral_at_five_to_five_before_a_bank_holiday_is_due_at_noon_on_the_next_working_day() -> None:
    thursday = datetime(2026, 12, 24, 16, 55, tzinfo=UTC)  # then Christmas, Boxing Day's substitute on Monday
    assert a_deadline(Band.P3, trigger_at=thursday).due_at == datetime(2026, 12, 29, 12, 0, tzinfo=UTC)


def test_the_ceiling_of_one_working_day_is_social_cares_alone() -> None:
    acknowledgement = POLICY.milestones["acknowledgement"]
    loose = replace(acknowledgement, clocks={Band.P4: POLICY.milestones["stall"].clocks[Band.P4]})
    policy = replace(POLICY, milestones={**POLICY.milestones, "acknowledgement": loose})
    bound = a_deadline(Band.P4, agency=CARE, policy=policy)
    assert bound.due_at == november("24 17:00")
    assert bound.basis is Basis.STATUTORY_GUIDANCE
    assert bound.source.startswith("Working Together 2023")
    assert a_deadline(Band.P4, agency=POLICE, policy=policy).due_at == november("30 17:00")


def test_a_milestone_that_stops_at_team_leaders_has_no_step_above_two_and_repeats_each_hub_morning() -> None:
    deadline = a_deadline(Band.P1, kind="graded")
    assert [step.number for step in deadline.plan.steps] == [0, 1, 2]
    at_the_top = stepped(deadline, november("23 11:15"))
    assert at_the_top.next_at == november("24 09:00")


def test_a_milestone_that_the_force_has_not_adopted_is_shown_and_pings_nobody() -> None:
    deadline = a_deadline(Band.P3, kind="share_decision", agency=CARE)
    assert deadline.plan.steps == ()
    assert deadline.next_at is None
    assert deadline.late_at(deadline.due_at)
    assert due_step(deadline, deadline.due_at + 30 * DAY, CALENDAR) is None
    assert next_by_hand(deadline) is None


@pytest.mark.parametrize("band", Band)
def test_nothing_is_due_a_moment_before_a_step_and_the_step_is_due_at_its_instant(band: Band) -> None:
    deadline = a_deadline(band)
    for step in deadline.plan.steps:
        assert due_step(deadline, step.at - MOMENT, CALENDAR) is None
        due = due_step(deadline, step.at, CALENDAR)
        assert due is not None
        assert (due.step, due.missed, due.repeat) == (step, (), 0)
        deadline = taken(deadline, due, CALENDAR)


def test_the_same_instant_twice_adds_nothing() -> None:
    deadline = a_deadline(Band.P1)
    once = stepped(deadline, deadline.due_at)
    assert due_step(once, deadline.due_at, CALENDAR) is None


@pytest.mark.parametrize("band", [Band.P1, Band.P2])
def test_the_last_step_of_the_two_highest_bands_repeats_every_hour_for_ever_with_its_count(band: Band) -> None:
    deadline = a_deadline(band)
    top = deadline.plan.last.at
    deadline = stepped(deadline, top)
    for count in range(1, 200):
        assert deadline.next_at == top + count * HOUR
        due = due_step(deadline, top + count * HOUR, CALENDAR)
        assert due is not None
        assert (due.step.number, due.repeat) == (5, count)
        deadline = taken(deadline, due, CALENDAR)


@pytest.mark.parametrize(
    ("band", "mornings"),
    [
        (Band.P3, ["2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-07"]),
        (Band.P4, ["2026-12-09", "2026-12-10", "2026-12-11", "2026-12-14", "2026-12-15"]),
    ],
)
def test_the_last_step_of_the_two_lower_bands_repeats_each_hub_morning_with_its_count(
    band: Band, mornings: list[str]
) -> None:
    deadline = stepped(a_deadline(band), a_deadline(band).plan.last.at)
    for count, morning in enumerate(mornings, start=1):
        at = datetime.fromisoformat(f"{morning}T09:00+00:00")
        assert deadline.next_at == at
        due = due_step(deadline, at, CALENDAR)
        assert due is not None
        assert (due.step.number, due.repeat) == (5, count)
        deadline = taken(deadline, due, CALENDAR)


def test_after_downtime_the_highest_step_is_due_and_names_those_that_were_missed() -> None:
    deadline = a_deadline(Band.P1)
    due = due_step(deadline, november("23 11:20"), CALENDAR)
    assert due is not None
    assert (due.step.number, due.missed) == (4, (0, 1, 2, 3))
    later = taken(deadline, due, CALENDAR)
    assert later.next_at == november("23 12:15")
    assert later.plan == deadline.plan


def test_downtime_never_moves_the_hourly_repeats() -> None:
    deadline = stepped(a_deadline(Band.P1), november("23 12:15"))
    late = due_step(deadline, november("23 16:40"), CALENDAR)
    assert late is not None
    assert late.repeat == 4
    assert taken(deadline, late, CALENDAR).next_at == november("23 17:15")


def test_a_repeat_is_done_at_the_instant_that_was_stored_even_when_a_holiday_has_been_added_since() -> None:
    deadline = stepped(a_deadline(Band.P3), a_deadline(Band.P3).plan.last.at)
    at = deadline.next_at
    assert at == datetime(2026, 12, 1, 9, tzinfo=UTC)
    closed = replace(CALENDAR, bank_holidays={**CALENDAR.bank_holidays, at.date(): "Closed"})
    due = due_step(deadline, at, closed)
    assert due is not None
    assert due.repeat == 1
    later = taken(deadline, due, closed).next_at
    assert later is not None
    assert later > at


# ---- re-timing


def test_a_raised_grade_moves_every_instant_to_the_earlier_of_old_and_new() -> None:
    deadline = a_deadline(Band.P3)
    raised = retime(deadline, POLICY, POLICY.milestones["acknowledgement"], Band.P2)
    assert raised.due_at == november("23 11:00")
    assert [step.at for step in raised.plan.steps] == [november(each) for each in LADDERS[Band.P2]]
    assert raised.next_at == november("23 10:30")
    assert raised.plan.repeat.every == HOUR


def test_an_instant_that_was_earlier_already_stays_when_the_grade_is_raised() -> None:
    friday = a_deadline(Band.P4, kind="stall", trigger_at=FRIDAY)
    for band in (Band.P3, Band.P2, Band.P1):
        raised = retime(friday, POLICY, POLICY.milestones["stall"], band)
        assert raised.due_at <= friday.due_at
        old, new = friday.plan.steps, raised.plan.steps
        assert all(after.at <= before.at for before, after in zip(old, new, strict=True))


@pytest.mark.parametrize("band", [Band.P2, Band.P3, Band.P4])
def test_a_first_grading_below_the_fastest_clock_moves_nothing_later(band: Band) -> None:
    ungraded = a_deadline(Band.P1)
    assert retime(ungraded, POLICY, POLICY.milestones["acknowledgement"], band) == ungraded


def test_the_same_band_changes_nothing() -> None:
    deadline = a_deadline(Band.P2)
    assert retime(deadline, POLICY, POLICY.milestones["acknowledgement"], Band.P2) is deadline


def test_what_has_ended_is_not_re_timed() -> None:
    met = end(a_deadline(Band.P3), Ending(EndingKind.MET, MONDAY, OFFICER))
    assert retime(met, POLICY, POLICY.milestones["acknowledgement"], Band.P1) == met


def test_a_raise_after_steps_were_taken_never_takes_them_again() -> None:
    deadline = stepped(a_deadline(Band.P3), november("23 14:00"))
    assert deadline.done == 1
    raised = retime(deadline, POLICY, POLICY.milestones["acknowledgement"], Band.P1)
    due = due_step(raised, november("23 14:01"), CALENDAR)
    assert due is not None
    assert (due.step.number, due.missed) == (5, (2, 3, 4))


@given(
    minutes=st.integers(0, 60 * 24 * 14),
    old=st.sampled_from([Band.P2, Band.P3, Band.P4]),
    new=st.sampled_from(list(Band)),
    kind=st.sampled_from(
        ["acknowledgement", "first_action", "stall", "graded", "strategy_discussion", "referrer_told"]
    ),
)
def test_no_change_of_band_ever_moves_an_instant_later(minutes: int, old: Band, new: Band, kind: str) -> None:
    deadline = a_deadline(old, kind=kind, trigger_at=MONDAY + minutes * MINUTE)
    moved = retime(deadline, POLICY, POLICY.milestones[kind], new)
    assert moved.due_at <= deadline.due_at
    assert moved.next_at is not None
    assert deadline.next_at is not None
    assert moved.next_at <= deadline.next_at
    instants = [step.at for step in moved.plan.steps]
    assert instants == sorted(instants)
    assert all(a <= b.at for a, b in zip(instants, deadline.plan.steps, strict=True))


@given(minutes=st.integers(0, 60 * 24 * 30), band=st.sampled_from(list(Band)), jump=st.integers(1, 60 * 24 * 40))
def test_an_open_ladder_always_has_a_next_instant_after_now(minutes: int, band: Band, jump: int) -> None:
    deadline = a_deadline(band, trigger_at=MONDAY + minutes * MINUTE)
    now = deadline.trigger_at + jump * MINUTE
    deadline = stepped(deadline, now)
    assert deadline.next_at is not None
    assert deadline.next_at > now
    assert deadline.due_at == a_deadline(band, trigger_at=deadline.trigger_at).due_at


# ---- by hand, held, ended


def test_by_hand_takes_the_next_step_and_leaves_later_instants_where_they_are() -> None:
    deadline = a_deadline(Band.P1)
    due = next_by_hand(deadline)
    assert due is not None
    assert (due.step.number, due.by_hand) == (1, True)
    forward = taken(deadline, due, CALENDAR)
    assert forward.next_at == november("23 10:30")
    assert forward.plan == deadline.plan
    assert forward.due_at == deadline.due_at


def test_by_hand_at_the_top_tells_it_once_more_and_the_hourly_count_goes_on() -> None:
    deadline = stepped(a_deadline(Band.P1), november("23 12:15"))
    due = next_by_hand(deadline)
    assert due is not None
    assert (due.step.number, due.repeat, due.by_hand) == (5, 1, True)
    after = taken(deadline, due, CALENDAR)
    assert after.next_at == november("23 13:15")
    timer = due_step(after, november("23 13:15"), CALENDAR)
    assert timer is not None
    assert timer.repeat == 1


def test_a_hold_puts_off_the_next_step_and_then_the_ladder_goes_on_from_where_its_instants_say() -> None:
    deadline = stepped(a_deadline(Band.P2), november("23 11:00"))
    held = hold(deadline, november("23 15:00"), CALENDAR)
    assert held.due_at == deadline.due_at
    assert held.plan == deadline.plan
    assert due_step(held, november("23 14:59"), CALENDAR) is None
    due = due_step(held, november("23 15:00"), CALENDAR)
    assert due is not None
    assert (due.step.number, due.missed) == (3, (2,))
    assert taken(held, due, CALENDAR).next_at == november("23 17:00")


def test_what_has_ended_is_never_due_again() -> None:
    met = end(a_deadline(Band.P1), Ending(EndingKind.MET, MONDAY, OFFICER))
    assert met.next_at is None
    assert not met.late_at(MONDAY + 100 * DAY)
    assert due_step(met, MONDAY + 100 * DAY, CALENDAR) is None
    assert next_by_hand(met) is None


def test_a_raise_under_a_later_policy_never_takes_a_step_away() -> None:
    deadline = a_deadline(Band.P3)
    shown_only = replace(POLICY.milestones["acknowledgement"], adopted=False)
    raised = retime(deadline, POLICY, shown_only, Band.P2)
    assert [step.number for step in raised.plan.steps] == [0, 1, 2, 3, 4, 5]
    assert raised.next_at == deadline.next_at
    assert raised.due_at == november("23 11:00")


def test_a_stored_instant_before_its_step_pings_nobody_early() -> None:
    assert due_step(replace(a_deadline(Band.P1), next_at=MONDAY), MONDAY, CALENDAR) is None


# ---- extended, opened again, joined


@pytest.mark.parametrize(("after", "next_at"), [(timedelta(0), "23 13:00"), (4 * HOUR, "23 16:00")])
def test_an_extension_counts_its_ladder_from_the_new_instant_and_passes_over_what_is_past(
    after: timedelta, next_at: str
) -> None:
    old = stepped(a_deadline(Band.P2), november("23 11:00"))
    row, until_at = POLICY.milestones["acknowledgement"], november("23 16:00")
    fresh = extended(old, until_at, POLICY, row, now=MONDAY + after)
    assert (fresh.due_at, fresh.trigger_at, fresh.next_at) == (until_at, MONDAY, november(next_at))
    assert [step.at for step in fresh.plan.steps[1:3]] == [until_at, until_at + HOUR]
    assert (fresh.repeats, fresh.version, fresh.is_open) == (0, 1, True)


def test_a_milestone_that_is_only_shown_stays_so_when_it_is_extended() -> None:
    old = a_deadline(Band.P3, kind="share_decision")
    fresh = extended(old, old.due_at + DAY, POLICY, POLICY.milestones["share_decision"], now=MONDAY)
    assert (fresh.next_at, fresh.pings, fresh.due_at) == (None, False, old.due_at + DAY)


def test_a_deadline_opened_again_is_due_at_its_highest_step_that_has_passed() -> None:
    closed = end(a_deadline(Band.P1), Ending(EndingKind.CLOSED, MONDAY, OFFICER))
    again = resume(closed, CALENDAR)
    assert again == replace(a_deadline(Band.P1), next_at=again.next_at)
    due = due_step(again, november("23 11:00"), CALENDAR)
    assert due is not None
    assert (due.step.number, due.missed) == (3, (0, 1, 2))


def test_joined_deadlines_keep_each_the_earlier_instant() -> None:
    fast = a_deadline(Band.P2)
    slow = a_deadline(Band.P2, trigger_at=MONDAY + HOUR)
    late_steps = replace(fast.plan, steps=tuple(replace(step, at=step.at + 5 * HOUR) for step in fast.plan.steps))
    joined = earliest(replace(fast, plan=late_steps), slow, CALENDAR)
    assert joined.due_at == fast.due_at
    assert [step.at for step in joined.plan.steps] == [step.at for step in slow.plan.steps]
    assert joined.next_at == slow.plan.steps[0].at


# ---- reminders of a milestone's own


def expiry(band: Band = Band.P1) -> Deadline:
    return a_deadline(band, kind="protection_expiry", agency=POLICE)


def test_reminders_take_the_place_of_the_pre_warning_and_go_to_the_owner_alone() -> None:
    steps = [step for step in expiry().plan.steps if step.number < 1]
    assert [step.at - MONDAY for step in steps] == [timedelta(hours=n) for n in (1, 2, 24, 48, 60, 68, 71)]
    assert [step.number for step in steps] == list(range(-8, -1))
    assert {step.to for step in steps} == {(Role.OWNER,)}
    assert expiry().next_at == MONDAY + HOUR


def test_each_reminder_is_taken_once_and_missed_ones_are_passed_over() -> None:
    first = due_step(expiry(), MONDAY + HOUR, CALENDAR)
    assert first is not None
    assert (first.step.number, first.missed) == (-8, ())
    after = taken(expiry(), first, CALENDAR)
    assert after.next_at == MONDAY + 2 * HOUR
    late = due_step(after, MONDAY + 49 * HOUR, CALENDAR)
    assert late is not None
    assert (late.step.number, late.missed) == (-5, (-7, -6))


def test_reminders_at_or_after_the_limit_and_those_of_a_row_that_is_only_shown_are_left_out() -> None:
    row = replace(POLICY.milestones["protection_expiry"], reminders=(HOUR, 72 * HOUR, 80 * HOUR))
    policy = replace(POLICY, milestones={**POLICY.milestones, row.code: row})
    found = a_deadline(Band.P1, kind=row.code, agency=POLICE, policy=policy)
    assert [step.number for step in found.plan.steps] == [-4, 1, 2, 3, 4, 5]
    assert a_deadline(Band.P2, kind="provider_debrief", agency=POLICE).plan.steps == ()


def test_a_deadline_that_has_ended_or_has_no_limit_under_another_policy_stays_as_it_is() -> None:
    owed = a_deadline()
    row = POLICY.milestones[owed.kind]
    assert replanned(owed, POLICY, replace(row, clocks={})) is owed
    met = end(owed, Ending(EndingKind.MET, MONDAY, OFFICER))
    assert replanned(met, POLICY, row) is met
