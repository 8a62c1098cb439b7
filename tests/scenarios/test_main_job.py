"""The main job: referred, told in two agencies, nobody acknowledges, the pings climb until somebody does."""

import re
from datetime import timedelta

from bot.practice.wire import Json
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
    REFERENCE,
    SUPERINTENDENT,
    World,
)


def test_referral_opens_a_case_with_a_deadline_for_each_agency_and_tells_both(world: World) -> None:
    reference = world.refer(concern="Domestic abuse", grade="High")
    assert reference == "SG-26-00001"
    for channel in ("response-duty", "front-door"):
        words = world.words(reference, channel)
        assert "Waiting" in words
        assert "Northmere Police" in words
        assert "Northmere Children's Social Care" in words
        assert "Monday 23 November 2026 at 11:00am" in words
    assert len(world.told(CARE_DUTY, reference)) == 1
    assert len(world.told(POLICE_DUTY, reference)) == 1


def test_unacknowledged_referral_climbs_from_supervisors_to_chief_officer_and_partner_executive(world: World) -> None:
    reference = world.refer(concern="Domestic abuse", grade="High")
    world.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    before = {seat: len(world.told(seat, reference)) for seat in (CARE_DUTY, CARE_LEADER, CARE_LEAD, CARE_HEAD)}
    start = world.now()
    climbs = [
        (timedelta(hours=1), (CARE_DUTY, CARE_LEADER)),
        (timedelta(hours=2), (CARE_LEADER, POLICE_LEADER)),
        (timedelta(hours=4), (CARE_LEAD, DEPARTMENT_LEAD)),
        (timedelta(hours=7), (CARE_HEAD, SUPERINTENDENT)),
        (timedelta(hours=25), (CARE_EXECUTIVE, CHIEF)),
    ]
    assert not world.told(CHIEF, reference)
    for after, people in climbs:
        world.driver.move_to((start + after).isoformat())
        for seat in people:
            assert len(world.told(seat, reference)) > before.get(seat, 0), (after, seat)
            before[seat] = len(world.told(seat, reference))
    assert world.thread(reference), "the card's thread has the reminders"
    assert "Overdue" in world.words(reference)
    world.driver.advance("61m")
    assert len(world.told(CHIEF, reference)) > before[CHIEF], "the last step repeats hourly"


def test_partner_acknowledges_from_the_card_alone_and_only_their_own_ladder_stops(world: World) -> None:
    reference = world.refer(grade="High")
    reply = world.press(CARE_DUTY, reference, "acknowledge")
    assert reply.startswith(f"Acknowledged {reference} for Northmere Children's Social Care.")
    assert f"Acknowledged by {CARE_DUTY}" in world.words(reference)
    world.driver.advance("61m")
    late = world.thread(reference, "response-duty")
    assert any("Northmere Police" in line for line in late)
    assert not any("Social Care, Acknowledgement" in line for line in world.thread(reference))


def test_second_acknowledgement_is_told_by_whom_and_when_the_first_was_given(world: World) -> None:
    reference = world.refer()
    world.press(CARE_DUTY, reference, "acknowledge")
    again = world.press("Owen Saltmarsh", reference, "acknowledge")
    assert f"{CARE_DUTY} acknowledged this for Northmere Children's Social Care today at 10:00am" in again
    assert "Nothing more is needed from you" in again
    assert f"Acknowledged by {CARE_DUTY}" in world.words(reference)


def test_partner_cannot_open_the_detail_and_is_told_so_in_one_line(world: World) -> None:
    reference = world.refer()
    reply = world.press(CARE_DUTY, reference, "open_case")
    assert "Details open only inside the force's own workspace" in reply
    assert world.driver.views(CARE_DUTY) == []


def test_officer_opens_the_detail_in_a_modal_and_the_view_is_on_the_audit(world: World) -> None:
    reference = world.refer(happened="A canary sings quietly.")
    world.press(POLICE_DUTY, reference, "open_case", channel="response-duty")
    shown = world.driver.views(POLICE_DUTY)[-1]
    assert "A canary sings quietly." in str(shown)
    entries = world.bot.desk.audit(None, 20)
    assert any(entry.action == "viewed" and entry.actor == "dafydd-larkmoor" for entry in entries)


def test_nothing_typed_reaches_a_channel_a_direct_message_or_the_raw_database(world: World) -> None:
    canaries = ("CANARYNARRATIVE", "CANARYPLACE", "44-CANARY-1")
    reference = world.refer(children="police 44-CANARY-1", happened="CANARYNARRATIVE", place="CANARYPLACE")
    world.driver.advance("26h")
    rooms = [*world.driver.get("state")["channels"]]
    seen = str([world.driver.messages(room["id"]) for room in rooms])
    seen += str([world.driver.messages(f"@{seat}") for seat in (OFFICER, POLICE_DUTY, CARE_DUTY, CHIEF)])
    raw = b"".join(path.read_bytes() for path in world.place.glob("vigil.db*"))
    assert reference in seen
    for canary in canaries:
        assert canary not in seen
        assert canary.encode() not in raw


def test_protective_act_meets_the_first_action_and_an_attempt_does_not(world: World) -> None:
    reference = world.refer(grade="High")
    tried = world.press(CARE_DUTY, reference, "record_act", "Voicemail left")
    assert "does not count as a protective action" in tried
    assert "First protective action (Northmere Children's Social Care): due" in world.words(reference)
    done = world.press(CARE_DUTY, reference, "record_act", "Child seen and safe")
    assert "first protective action" in done
    assert f"Done by {CARE_DUTY}" in world.words(reference)


def test_raised_grade_moves_deadlines_earlier_and_names_both_instants(world: World) -> None:
    reference = world.refer(grade="Medium")
    assert "2:00pm" in world.words(reference)
    reply = world.press(CARE_DUTY, reference, "grade", "High")
    assert "is graded High" in reply
    assert "Monday 23 November 2026 at 11:00am" in world.words(reference)
    moved = [line for line in world.thread(reference) if "brought forward" in line]
    assert len(moved) == 1
    assert "2:00pm" in moved[0]
    assert "11:00am" in moved[0]
    lowered = world.press(CARE_DUTY, reference, "grade", "Standard")
    assert "second person" in lowered


def test_ungraded_referral_runs_on_the_fastest_clock(world: World) -> None:
    reference = world.refer(grade="Not graded yet")
    assert "10:15am" in world.words(reference)
    assert "Not graded yet" in world.words(reference)


def test_fact_answered_after_sending_raises_the_risk_to_its_floor(world: World) -> None:
    reference = world.refer(concern="Missing child", grade="Medium")
    view = world.driver.views(OFFICER)[-1]
    block = next(block["block_id"] for block in view["blocks"] if re.match("fact:.*:under_13", block["block_id"]))
    assert "*Medium*" in world.words(reference)
    world.driver.post("click", seat=OFFICER, view_id=view["id"], action="answer:unknown", block_id=block)
    assert "*High*" in world.words(reference)


def test_social_care_left_out_needs_a_reason_and_nothing_typed_is_lost(world: World) -> None:
    opened = world.driver.command(OFFICER, "response-duty", "/refer", "some text that must not stay")
    values: Json = {
        "Concern type": "Neglect",
        "Risk grade": "Not graded yet",
        "What are you asking for?": "Assess",
        "Child or children": "police 44-0002",
        "What has happened": "Seen.",
    }
    review = world.driver.submit(OFFICER, opened["view_id"], values)
    refused = world.driver.submit(OFFICER, review["view_id"], {"Agencies to tell": []})
    assert refused["errors"] == {
        "Reason for leaving out children's social care": (
            "Enter why Northmere Children's Social Care is left out, in 20 characters or more"
        )
    }
    reason = {
        "Agencies to tell": [],
        "Reason for leaving out children's social care": "They told us of it this morning.",
    }
    sent = world.driver.submit(OFFICER, review["view_id"], reason)
    assert REFERENCE.search(str(sent))
    assert not [m for m in world.driver.messages("front-door") if m["buttons"]]


def test_told_by_phone_holds_that_agencys_next_step_for_four_hours_and_then_goes_on(world: World) -> None:
    reference = world.refer(grade="High")
    world.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    world.press(POLICE_LEADER, reference, "tell_by_phone", "Told by phone", channel="response-duty")
    form = world.driver.views(POLICE_LEADER)[-1]
    labels = [field["label"] for field in form["inputs"]]
    world.driver.submit(
        POLICE_LEADER, form["id"], {labels[0]: "Northmere Children's Social Care", labels[1]: "The duty worker"}
    )
    assert "own confirmation outstanding" in world.words(reference)
    world.driver.advance("2h")
    assert not world.told(CARE_LEAD, reference)
    world.driver.advance("3h")
    assert world.told(CARE_LEAD, reference), "after four hours the ladder goes on at its highest step"


def test_silence_after_an_acknowledgement_raises_the_stall_alarm(world: World) -> None:
    reference = world.refer(grade="High")
    world.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    world.press(CARE_DUTY, reference, "acknowledge")
    world.driver.advance("13h")
    said = str([m["blocks"] for m in world.driver.messages("front-door") if m["thread_ts"]])
    assert "Any recorded human act was due on Monday 23 November 2026 at 10:00pm and is not done" in said


def test_stranger_may_refer_and_may_not_read(world: World) -> None:
    reference = world.refer(grade="High")
    world.driver.post("membership", channel="front-door", seat="Wilfred Inkwell-Shaw", **{"in": True})
    reply = world.press("Wilfred Inkwell-Shaw", reference, "acknowledge")
    assert "Information governance may read and export, not work a case" in reply


def test_restart_goes_on_where_the_instants_say_and_later_steps_stay(world: World) -> None:
    reference = world.refer(grade="High")
    world.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    world.down()
    world.driver.post("clock", advance="4h5m", wait=False)
    world.up()
    world.driver.advance("1s")
    assert len(world.told(CARE_LEAD, reference)) == 1
    assert "4 hours" in world.told(CARE_LEAD, reference)[0] or "3 hours" in world.told(CARE_LEAD, reference)[0]
    assert not world.told(CARE_HEAD, reference)
    world.driver.advance("2h55m")
    assert world.told(CARE_HEAD, reference)
