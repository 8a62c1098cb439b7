"""A child in custody in the whole app: reviews by the clock, the appropriate adult, and a bed with the council."""

from datetime import timedelta

from bot.domain.ids import Reference
from tests.scenarios.tracks import act, close, first_told, heard_at, live_until
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_LEADER,
    CHIEF,
    DEPARTMENT_LEAD,
    MONDAY,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    SUPERINTENDENT,
    World,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BEGAN = "Child in custody: detention authorised"
LIMIT = "Charged, released or extended before 24 hours of detention"


def detained(w: World) -> Reference:
    """A child whose detention was authorised at ten."""
    reference = w.refer(concern="Something else", grade="Green")
    said = act(w, OFFICER, reference, BEGAN, {"When it was done": "2026-11-23T10:00"})
    assert "Detention reviewed: due Monday 23 November 2026 at 4:00pm." in said
    assert f"{LIMIT}: due Tuesday 24 November 2026 at 10:00am." in said
    for seat, channel in ((POLICE_DUTY, "response-duty"), (CARE_DUTY, "front-door")):
        w.press(seat, reference, "acknowledge", channel=channel)
    return reference


def test_a_child_in_custody_from_detention_to_a_bed_with_the_council_and_closing(world: World) -> None:
    w = world
    reference = detained(w)
    w.driver.advance("2s")
    assert "In force: Child in custody" in w.words(reference)
    assert w.bot.desk.find(reference).band == "p2"
    assert "appropriate adult named" in act(w, OFFICER, reference, "Appropriate adult named")
    live_until(w, MONDAY + 7 * HOUR)
    heard_at(w, POLICE_LEADER, reference, MONDAY + 6 * HOUR, "Detention reviewed")
    early = act(w, OFFICER, reference, "Detention reviewed", {"When it was done": "2026-11-23T09:00"})
    assert "must be after Monday 23 November 2026 at 10:00am" in early
    reviewed = act(w, OFFICER, reference, "Detention reviewed", {"When it was done": "2026-11-23T16:20"})
    assert "Detention reviewed again: due Tuesday 24 November 2026 at 1:20am." in reviewed
    refused = act(w, OFFICER, reference, "Bail refused after charge")
    assert "Recorded" in refused
    w.driver.advance("2s")
    owed = w.words(reference)
    assert "Council accommodation requested (Northmere Police): due" in owed
    assert "Certificate to the court when the child was not moved (Northmere Police): due" in owed
    assert "council accommodation requested" in act(w, OFFICER, reference, "Council accommodation requested")
    moved = act(w, OFFICER, reference, "Child moved or released from custody")
    assert "certificate to the court" in moved
    for label in ("Child seen and safe", "Referrer told of the outcome", "Reference in the force's record system"):
        act(w, OFFICER, reference, label)
    w.press(CARE_LEADER, reference, "record_act", "Decided: no strategy discussion needed")
    assert "It is closed" in close(w, OFFICER, POLICE_LEADER, reference)


def test_a_child_held_past_twenty_four_hours_is_known_to_the_chief_officer(world: World) -> None:
    w = world
    w.tolerate("storm")
    reference = detained(w)
    for label in ("Appropriate adult named", "Child seen and safe"):
        act(w, OFFICER, reference, label)
    w.press(CARE_LEADER, reference, "record_act", "Decided: no strategy discussion needed")
    for hours in (5, 10, 15, 20):
        live_until(w, MONDAY + hours * HOUR)
        act(w, OFFICER, reference, "Detention reviewed")
    assert first_told(w, POLICE_DUTY, reference, LIMIT) is not None, "its owner is reminded before"
    live_until(w, MONDAY + 48 * HOUR + 10 * MINUTE)
    heard_at(w, DEPARTMENT_LEAD, reference, MONDAY + 27 * HOUR, LIMIT)
    heard_at(w, SUPERINTENDENT, reference, MONDAY + 30 * HOUR, LIMIT)
    heard_at(w, CHIEF, reference, MONDAY + 48 * HOUR, LIMIT)


def test_reviews_that_nobody_records_are_told_to_the_team_leaders(world: World) -> None:
    w = world
    reference = detained(w)
    live_until(w, MONDAY + 8 * HOUR)
    heard_at(w, POLICE_LEADER, reference, MONDAY + 6 * HOUR, "Detention reviewed")
    heard_at(w, CARE_LEADER, reference, MONDAY + 7 * HOUR, "Detention reviewed")
