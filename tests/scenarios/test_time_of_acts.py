"""What a person does and does not do after acknowledging: silence is told, work is left alone, a snooze stops at what is due."""

from datetime import datetime, timedelta

from bot.domain.deadlines import Deadline
from bot.domain.ids import Reference
from tests.scenarios.world import CARE_DUTY, CARE_LEADER, CARE_SECOND, POLICE_DUTY, World

CARE_NIGHT = ("Zainab Nightingale-Fox", "Piotr Lanternby")
"""On duty for social care from five."""


def owed(w: World, reference: Reference, kind: str) -> Deadline:
    return next(each for each in w.bot.desk.ladder(reference) if each.kind == kind and each.is_open)


def to(w: World, at: datetime) -> None:
    w.driver.move_to(at.isoformat())


def answered(w: World, grade: str = "Medium") -> Reference:
    """A case that both agencies have acknowledged; the leader of social care's team owns that part."""
    reference = w.referred(grade=grade)
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    w.press(CARE_LEADER, reference, "acknowledge")  # who owns that part from then on
    w.driver.advance("1s")
    return reference


def test_t9_acknowledged_and_then_nothing_tells_both_the_owner_and_whoever_is_on_duty_now(w: World) -> None:
    reference = answered(w, grade="High")
    action = owed(w, reference, "first_action")
    to(w, action.due_at + timedelta(seconds=2))
    found = [one for one in w.accounts.open() if "First protective action" in one.words and "is not done" in one.words]
    late = {one.place for one in found if "late" in one.words}
    assert {f"@{CARE_LEADER}", *(f"@{seat}" for seat in CARE_NIGHT)} <= late
    assert not {f"@{CARE_DUTY}", f"@{CARE_SECOND}"} & late, "they went off duty at five"
    w.expect_card(reference, "Overdue", "First protective action (Northmere Children's Social Care): Overdue since")
    w.overlook("everything that is late by then", containing=reference)


def test_t10_real_work_recorded_is_left_alone(w: World) -> None:
    reference = answered(w, grade="High")
    action = owed(w, reference, "first_action")
    to(w, action.due_at - timedelta(hours=7))
    w.overlook("what came before the work", containing=reference)
    said = w.press(CARE_LEADER, reference, "record_act", "Joint visit made")
    assert "Done with it: " in said
    assert "first protective action" in said
    to(w, action.due_at + timedelta(hours=2))
    assert not [one for one in w.accounts.open() if "First protective action" in one.words and "owed by" in one.words]
    w.overlook("the other milestones of the case", containing=reference)


def test_t13_a_snooze_past_a_statutory_instant_is_refused_and_one_before_it_stands_on_the_card(w: World) -> None:
    reference = w.referred(concern="Neglect", grade="Green")
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    statutory = owed(w, reference, "acknowledgement")
    assert statutory.basis.binding
    to(w, statutory.due_at - timedelta(hours=2))
    w.overlook("reminders before it is due", containing=reference)
    said = w.press(CARE_DUTY, reference, "more", "Put off 4 hours")
    assert "(statutory guidance), and reminders cannot be put off past that." in said
    assert w.bot.desk.ladder(reference)
    said = w.press(CARE_DUTY, reference, "more", "Put off 1 hour")
    assert f"Your reminders about {reference} wait until" in said
    w.driver.advance("1s")
    w.expect_card(reference, f"{CARE_DUTY} put their own reminders off until", "1 hour: somebody is on the way")
    to(w, statutory.due_at + timedelta(seconds=2))
    w.expect_told(CARE_NIGHT[0], reference, "Acknowledgement", "late")
    w.overlook("the step at the due instant", containing=reference)
