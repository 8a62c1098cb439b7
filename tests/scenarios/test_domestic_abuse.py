"""Domestic abuse from the first report to closure: who is told what before the door, each child, the school, and silence."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.scenarios.test_casework import fill
from tests.scenarios.test_intake import SECRET, incident, send
from tests.scenarios.tracks import act, close
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_EXECUTIVE,
    CARE_HEAD,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    DEPARTMENT_LEAD,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    SUPERINTENDENT,
    World,
)
from tests.scenarios.world import world as open_world

FRIDAY_NIGHT = datetime(2026, 11, 27, 22, 40, tzinfo=UTC)
MONDAY_SCHOOL = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
NUMBERED = "Reference in the force's record system"
SCHOOL_LEAD = "Bronwen Applegarth"


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    with open_world(tmp_path, template=empty_database, start=FRIDAY_NIGHT, VIGIL_INTAKE_SECRET=SECRET) as here:
        yield here
        assert here.errors() == []


def told_at(world: World, seat: str, reference: str, part: str) -> list[datetime]:
    """When somebody was told something of a case, oldest first."""
    return [
        datetime.fromtimestamp(int(float(message["ts"])), UTC)
        for message in world.driver.messages(f"@{seat}")
        if reference in message["text"] and part in json.dumps(message, ensure_ascii=False)
    ]


def owed(world: World, reference: str, kind: str) -> bool:
    """Whether a milestone of the police is still owed."""
    return any(each.is_open for each in world.bot.desk.ladder(reference) if each.kind == kind)  # type: ignore[arg-type]  # a reference


def test_three_children_on_a_friday_night_are_each_seen_their_school_is_told_and_the_case_is_closed(
    world: World,
) -> None:
    children = [["police 44-0001"], ["police 44-0002"], ["police 44-0003"]]
    said = send(world, incident(world, children=children, team="response"))[1]
    reference = said["taken"][0]["reference"]
    world.driver.advance("1s")
    assert owed(world, reference, "background_pack")
    message = next(m for m in world.driver.messages(f"@{POLICE_DUTY}") if "live incident" in m["text"])
    world.driver.click(POLICE_DUTY, f"@{POLICE_DUTY}", message["ts"], "Open the brief")
    world.driver.post("close", seat=POLICE_DUTY, view_id=world.driver.views(POLICE_DUTY)[-1]["id"])
    assert not owed(world, reference, "background_pack")
    world.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")

    seen = "Child seen and heard: child {} of 3"
    for child in (1, 2):
        world.press(POLICE_DUTY, reference, "record_act", seen.format(child), channel="response-duty")
    assert owed(world, reference, "children_seen")
    world.press(POLICE_DUTY, reference, "record_act", seen.format(3), channel="response-duty")
    assert not owed(world, reference, "children_seen")

    unknown = {"Child": "All 3 children", "School": "Nowhere Infants"}
    card = world.card(reference, "response-duty")
    opened = world.driver.click(POLICE_DUTY, "response-duty", card["ts"], "more", "Tell a school…")
    refused = world.driver.submit(POLICE_DUTY, opened["view_id"], unknown)
    assert "ring the school and record" in json.dumps(refused["errors"], ensure_ascii=False)
    known = world.driver.submit(POLICE_DUTY, opened["view_id"], unknown | {"School": "fernhill primary school"})
    assert "errors" not in known
    world.driver.post("close", seat=POLICE_DUTY, view_id=world.driver.views(POLICE_DUTY)[-1]["id"])
    world.driver.advance("1s")
    assert owed(world, reference, "school_notice")
    (notice,) = [text for text in world.told(SCHOOL_LEAD, reference) if "Operation Encompass" in text]
    assert "Ring Northmere Police on 01632 960100" in notice
    assert "your school has been told" in world.answer(SCHOOL_LEAD, reference, "We have been told")
    assert not owed(world, reference, "school_notice")

    assert "cannot be closed" in close(world, POLICE_DUTY, POLICE_LEADER, reference)
    for label in ("Listed for MARAC", "Independent adviser (IDVA) offered", "Referrer told of the outcome", NUMBERED):
        assert "Recorded on" in act(world, POLICE_DUTY, reference, label), label
    assert not owed(world, reference, "marac_referral")
    assert not owed(world, reference, "idva_offer")
    assert "It is closed" in close(world, POLICE_DUTY, POLICE_LEADER, reference)

    everywhere = json.dumps(
        [world.driver.messages(c) for c in ("response-duty", "front-door", f"@{SCHOOL_LEAD}", f"@{CARE_DUTY}")]
    )
    for never in ("44-0001", "Fernhill", "Elm Road"):
        assert never not in everywhere


def test_without_a_receipt_the_officers_own_leaders_hear_on_monday_when_school_starts(world: World) -> None:
    reference = send(world, incident(world, grade="medium", team="response"))[1]["taken"][0]["reference"]
    world.driver.advance("1s")
    fill(world, POLICE_DUTY, reference, "Tell a school…", {"School": "Fernhill Primary School"})
    world.driver.move_to((MONDAY_SCHOOL - timedelta(minutes=10)).isoformat())
    world.driver.move_to(MONDAY_SCHOOL.isoformat())
    assert MONDAY_SCHOOL in told_at(world, POLICE_LEADER, reference, "School told (Operation Encompass)")


def test_a_report_that_nobody_reads_is_with_the_chief_officer_within_three_hours(world: World) -> None:
    """The unread inbox: high risk with a child present, on a Friday night, and nobody anywhere presses anything."""
    facts = {"child_present": "yes"}
    at = world.now()
    reference = send(world, incident(world, facts=facts, team="response"))[1]["taken"][0]["reference"]
    steps = (
        (timedelta(minutes=30), (POLICE_LEADER, CARE_LEADER)),
        (timedelta(minutes=45), (DEPARTMENT_LEAD, CARE_LEAD)),
        (timedelta(minutes=75), (SUPERINTENDENT, CARE_HEAD)),
        (timedelta(hours=2, minutes=15), (CHIEF, CARE_EXECUTIVE)),
    )
    for after, seats in steps:
        world.driver.move_to((at + after + timedelta(seconds=5)).isoformat())
        for seat in seats:
            (first, *_) = told_at(world, seat, reference, "Acknowledgement")
            assert first - at <= after + timedelta(seconds=6), seat
    world.driver.move_to((at + timedelta(hours=3, minutes=20)).isoformat())
    assert told_at(world, CHIEF, reference, "repeat 1")


def test_a_partner_that_is_asked_and_silent_is_told_to_its_executive_and_when(world: World) -> None:
    """Sixteen days without an answer: on a high-risk case the partner's executive has known of it from the second day."""
    reference = world.refer(grade="High")
    at = world.now()
    values = {
        "Agency": "Northmere Children's Social Care",
        "What is asked": "What you hold about the child and the family",
        "Lawful basis": "Enquiry under Children Act 1989, section 47",
    }
    fill(world, OFFICER, reference, "Ask an agency for what it holds…", values)
    for hours, seat in ((2, CARE_LEADER), (5, CARE_LEAD), (8, CARE_HEAD), (26, CARE_EXECUTIVE)):
        world.driver.move_to((at + timedelta(hours=hours, minutes=1)).isoformat())
        (first, *_) = told_at(world, seat, reference, "Answer to what was asked")
        assert first <= at + timedelta(hours=hours, minutes=1), (seat, first - at)
    world.driver.move_to((at + timedelta(days=16)).isoformat())
    assert told_at(world, CARE_EXECUTIVE, reference, "Answer to what was asked")[-1] > at + timedelta(days=15)
