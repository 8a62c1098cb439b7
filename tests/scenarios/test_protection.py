"""Police protection in the whole app: two officers, 72 elapsed hours from when it began, and what its end asks for."""

from datetime import timedelta

from tests.scenarios.tracks import act, act_in_place, first_told, heard_at, live_until
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_EXECUTIVE,
    CHIEF,
    DEPARTMENT_LEAD,
    MONDAY,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    World,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DESIGNATED = DEPARTMENT_LEAD
EXPIRY = "End of police protection: the power expires"


def protected(w: World) -> str:
    """A child under police protection since eleven, which is recorded at half past."""
    reference = w.refer(concern="Neglect", grade="Green")
    live_until(w, MONDAY + HOUR + 30 * MINUTE)
    values = {"Who": OFFICER, "When it was done": "2026-11-23T11:00"}
    said = act(w, POLICE_DUTY, reference, "Police protection used", values)
    assert "the power expires: due Thursday 26 November 2026 at 11:00am." in said
    assert "Designated officer named: due Monday 23 November 2026 at 12:00pm." in said
    for seat, channel in ((POLICE_DUTY, "response-duty"), (CARE_DUTY, "front-door")):
        w.press(seat, reference, "acknowledge", channel=channel)
    return reference


def test_police_protection_from_the_use_of_the_power_to_the_hand_over(world: World) -> None:
    w = world
    reference = protected(w)
    w.driver.advance("2s")
    assert "In force: Police protection (section 46)" in w.words(reference)
    same = act(w, POLICE_DUTY, reference, "Designated officer named", {"Who": OFFICER})
    assert f"{OFFICER} is on record with “Police protection used, by the initiating officer”" in same
    assert "Recorded" in act(w, POLICE_DUTY, reference, "Designated officer named", {"Who": DESIGNATED})
    w.driver.advance("2s")
    assert f"{EXPIRY}: {DESIGNATED} (Northmere Police): due Thursday 26 November 2026 at 11:00am" in w.words(reference)
    swapped = act(w, POLICE_DUTY, reference, "Police protection used", {"Who": DESIGNATED})
    assert "so this must be somebody else" in swapped
    assert "council told of police protection" in act(w, OFFICER, reference, "Social care told")
    assert "parents told" in act(w, OFFICER, reference, "Parents told, or unsafe to tell them")
    live_until(w, MONDAY + 51 * HOUR)
    reminded = [m for m in w.told(DESIGNATED, reference) if EXPIRY in m]
    assert len(reminded) >= 3
    before = {"When it was done": "2026-11-23T10:30"}
    assert "must be after Monday 23 November 2026 at 11:00am" in act(
        w, OFFICER, reference, "Police protection ended", before
    )
    handed = w.press(CARE_DUTY, reference, "record_act", "Handed over to a named social worker")
    assert "Recorded" in handed
    ended = act(w, OFFICER, reference, "Police protection ended", {"When it was done": "2026-11-25T12:30"})
    assert "end of police protection" in ended
    assert "before child-safety steps" not in ended
    w.driver.advance("2s")
    assert "In force: Police protection" not in w.words(reference)


def test_the_end_without_a_hand_over_is_recorded_and_what_is_missing_is_due_at_once(world: World) -> None:
    w = world
    reference = protected(w)
    said = act(w, OFFICER, reference, "Police protection ended")
    assert "It came before child-safety steps, which are due now: the child is handed over" in said
    live_until(w, MONDAY + 4 * HOUR)
    late = "Child-safety steps that had to come first"
    assert first_told(w, POLICE_LEADER, reference, late) is not None
    handed = act_in_place(w, CARE_DUTY, reference, "Police protection used")
    assert "Recorded" in handed, "a partner records it too, in a message that they alone see"


def test_the_power_expires_unnoticed_and_the_chief_officer_hears_at_that_minute(world: World) -> None:
    w = world
    w.tolerate("storm")
    reference = protected(w)
    act(w, POLICE_DUTY, reference, "Designated officer named", {"Who": DESIGNATED})
    for label in ("Social care told", "Parents told", "Court order or return decided", "Child seen and safe"):
        act(w, OFFICER, reference, label)
    ends_at = MONDAY + HOUR + 72 * HOUR
    for hours in range(2, 74, 6):  # somebody records something now and then, so that nothing but the power is late
        live_until(w, MONDAY + hours * HOUR)
        act(w, OFFICER, reference, "Child seen and heard")
    live_until(w, ends_at + 5 * MINUTE)
    for seat in (CHIEF, CARE_EXECUTIVE):
        heard_at(w, seat, reference, ends_at, EXPIRY)
    reminders = [text for text in w.told(DESIGNATED, reference) if EXPIRY in text]
    assert len(reminders) >= 6, "at 1, 2, 24, 48, 60, 68 and 71 hours, as far as they had not passed"
