"""The main job: referred, told in two agencies, nobody acknowledges, the pings climb until somebody does."""

import re
from pathlib import Path

from tests.scenarios.world import (
    CARE_DUTY,
    CARE_EXECUTIVE,
    CARE_HEAD,
    CARE_LEAD,
    CARE_LEADER,
    CARE_SECOND,
    CHIEF,
    DEPARTMENT_LEAD,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    SUPERINTENDENT,
    World,
    strict,
    written,
)

EMERGENCY_DUTY = ("Piotr Lanternby", "Zainab Nightingale-Fox")  # on duty at night, and their leader
GOVERNANCE = "Wilfred Inkwell-Shaw"
REASON = "Reason for leaving out children's social care"


def test_referral_opens_a_case_with_a_deadline_for_each_agency_and_tells_both(w: World) -> None:
    reference = w.referred(grade="High")
    assert reference == "SG-26-00001"
    for channel in ("response-duty", "front-door"):
        for agency in ("Northmere Police", "Northmere Children's Social Care"):
            w.expect_card(reference, f"{agency}: Waiting until Monday 23 November 2026 at 11:00am", channel=channel)


def test_unacknowledged_referral_climbs_from_supervisors_to_chief_officer_and_partner_executive(w: World) -> None:
    reference = w.referred(grade="High")
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    w.press(POLICE_DUTY, reference, "record_act", "School told (Operation Encompass)", channel="response-duty")
    w.press(CARE_DUTY, reference, "grade", "High")
    w.press(CARE_DUTY, reference, "record_act", "Child seen and safe")
    w.driver.advance("31m")
    w.overlook("The reminder before the due time.", containing="step “reminder”")
    climbs = [
        ("29m", "step “due”", (OFFICER, CARE_DUTY, CARE_SECOND, CARE_LEADER)),
        ("1h", "1 hour late", (CARE_LEADER, POLICE_LEADER)),
        ("2h", "3 hours late", (CARE_LEAD, DEPARTMENT_LEAD)),
        ("3h", "6 hours late", (CARE_HEAD, SUPERINTENDENT)),
    ]
    for after, late, told in climbs:
        w.driver.advance(after)
        w.expect_step(reference, told, "Acknowledgement owed by Northmere Children's Social Care", late)
        if after != "3h":
            w.nothing_else()
    w.driver.advance("17h29m")
    w.overlook("Twelve hours without an act or a decision: the stall and the strategy discussion climb too.")
    for after, late in (("31m", "1 day late"), ("1h", "1 day 1 hour late")):
        w.driver.advance(after)
        w.expect_step(reference, (CHIEF, CARE_EXECUTIVE), f"is {late}")


def test_partner_acknowledges_from_the_card_alone_and_only_their_own_ladder_stops(w: World) -> None:
    reference = w.referred(grade="High")
    reply = w.press(CARE_DUTY, reference, "acknowledge")
    assert reply.startswith(f"Acknowledged {reference} for Northmere Children's Social Care.")
    w.expect_card(reference, f"Acknowledged by {CARE_DUTY}")
    w.driver.advance("61m")
    police = (OFFICER, POLICE_DUTY, POLICE_LEADER)
    w.expect_step(reference, police, "Acknowledgement owed by Northmere Police", channel="response-duty")


def test_second_acknowledgement_is_told_by_whom_and_when_the_first_was_given(w: World) -> None:
    reference = w.referred()
    w.press(CARE_DUTY, reference, "acknowledge")
    again = w.press(CARE_SECOND, reference, "acknowledge")
    assert f"{CARE_DUTY} acknowledged this for Northmere Children's Social Care today at 10:00am" in again
    assert "Nothing more is needed from you" in again
    w.expect_card(reference, f"Acknowledged by {CARE_DUTY}")


def test_partner_cannot_open_the_detail_and_is_told_so(w: World) -> None:
    reference = w.referred()
    reply = w.press(CARE_DUTY, reference, "open_case")
    assert "Details open only inside the force's own workspace" in reply
    assert w.driver.views(CARE_DUTY) == []


def test_officer_opens_the_detail_in_a_modal_and_the_view_is_on_the_audit(w: World) -> None:
    reference = w.referred(happened="A canary sings quietly.")
    w.press(POLICE_DUTY, reference, "open_case", channel="response-duty")
    shown = w.driver.views(POLICE_DUTY)[-1]
    assert "A canary sings quietly." in str(shown)
    entries = w.bot.desk.audit(None, 20)
    assert any(entry.action == "viewed" and entry.actor == "dafydd-larkmoor" for entry in entries)


def test_nothing_typed_reaches_a_channel_a_direct_message_or_the_raw_database(w: World) -> None:
    canaries = ("CANARYNARRATIVE", "CANARYPLACE", "44-CANARY-1")
    reference = w.refer(children="police 44-CANARY-1", happened="CANARYNARRATIVE", place="CANARYPLACE")
    w.driver.advance("26h")
    w.overlook("Whatever was said: none of it may hold what was typed.")
    seen = str(w.driver.get("messages"))
    raw = b"".join(path.read_bytes() for path in w.place.glob("vigil.db*"))
    assert reference in seen
    for canary in canaries:
        assert canary not in seen
        assert canary.encode() not in raw


def test_protective_act_meets_the_first_action_and_an_attempt_does_not(w: World) -> None:
    reference = w.referred(grade="High")
    tried = w.press(CARE_DUTY, reference, "record_act", "Voicemail left")
    assert "does not count as a protective action" in tried
    assert "First protective action (Northmere Children's Social Care): due" in w.words(reference)
    done = w.press(CARE_DUTY, reference, "record_act", "Child seen and safe")
    assert "first protective action" in done
    assert f"Done by {CARE_DUTY}" in w.words(reference)


def test_raised_grade_moves_deadlines_earlier_and_names_both_instants(w: World) -> None:
    reference = w.referred(grade="Medium")
    assert "2:00pm" in w.words(reference)
    reply = w.press(CARE_DUTY, reference, "grade", "High")
    assert "is graded High" in reply
    assert "Monday 23 November 2026 at 11:00am" in w.words(reference)
    for channel in ("front-door", "response-duty"):
        w.expect_thread(reference, "brought forward", "2:00pm", "11:00am", channel=channel)
    lowered = w.press(CARE_DUTY, reference, "grade", "Standard")
    assert "second person" in lowered


def test_ungraded_referral_runs_on_the_fastest_clock(w: World) -> None:
    reference = w.referred(grade="Not graded yet")
    w.expect_card(reference, "Not graded yet", "Waiting until Monday 23 November 2026 at 10:15am")


def test_fact_answered_after_sending_raises_the_risk_to_its_floor(w: World) -> None:
    reference = w.refer(concern="Missing child", grade="Medium")
    view = w.driver.views(OFFICER)[-1]
    block = next(block["block_id"] for block in view["blocks"] if re.match("fact:.*:under_13", block["block_id"]))
    w.opening(reference)
    w.driver.post("click", seat=OFFICER, view_id=view["id"], action="answer:unknown", block_id=block)
    assert "*High*" in w.words(reference)
    for channel in ("front-door", "response-duty"):
        w.expect_thread(reference, "brought forward after a change of risk", channel=channel)


def test_social_care_left_out_needs_a_reason_and_nothing_typed_is_lost(w: World) -> None:
    form = w.driver.command(OFFICER, "response-duty", "/refer", "some text that must not stay")["view_id"]
    w.expect_answer(OFFICER, "Nothing that you typed after /refer was kept.", channel="response-duty")
    review = w.fill_in(OFFICER, form, written("Neglect", grade="Not graded yet", ask="Assess"))
    refused = w.driver.submit(OFFICER, review, {"Agencies to tell": []})
    assert refused["errors"] == {
        REASON: "Enter why Northmere Children's Social Care is left out, in 20 characters or more"
    }
    reference = w.send(OFFICER, review, {"Agencies to tell": [], REASON: "They told us of it this morning."})
    w.opening(reference, channels=("response-duty",), told=(POLICE_DUTY,))


def test_told_by_phone_holds_that_agencys_next_step_for_four_hours_and_then_goes_on(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict(tmp_path, template=empty_database, mail=True) as w:
        reference = w.referred(grade="High")
        w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
        w.press(POLICE_DUTY, reference, "record_act", "School told (Operation Encompass)", channel="response-duty")
        w.press(CARE_DUTY, reference, "grade", "High")
        w.press(POLICE_LEADER, reference, "tell_by_phone", "Told by phone", channel="response-duty")
        form = w.driver.views(POLICE_LEADER)[-1]
        who, whom = (field["label"] for field in form["inputs"][:2])
        w.driver.submit(POLICE_LEADER, form["id"], {who: "Northmere Children's Social Care", whom: "The duty worker"})
        w.expect_card(reference, "own confirmation outstanding")
        for channel in ("front-door", "response-duty"):
            w.expect_thread(reference, f"told by phone (recorded by {POLICE_LEADER} today at 10:00am)", channel=channel)
        for seat in (CARE_DUTY, CARE_SECOND):
            w.expect_mail(seat, reference, "told by phone")
        w.driver.advance("3h59m")
        w.nothing_else()
        w.driver.advance("2m")
        w.expect_step(reference, (CARE_LEAD, DEPARTMENT_LEAD), "Steps not sent in their time", "is 3 hours")


def test_silence_after_an_acknowledgement_raises_the_stall_alarm(w: World) -> None:
    reference = w.referred(grade="High")
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    w.press(CARE_DUTY, reference, "acknowledge")
    w.driver.advance("11h30m")
    w.overlook("What else is owed meanwhile.")
    w.driver.advance("31m")
    silent = "Any recorded human act was due on Monday 23 November 2026 at 10:00pm and is not done"
    w.expect_step(reference, (OFFICER, CARE_DUTY, CARE_LEADER, *EMERGENCY_DUTY), silent)


def test_information_governance_may_not_work_a_case(w: World) -> None:
    reference = w.referred(grade="High")
    w.driver.post("membership", channel="front-door", seat=GOVERNANCE, **{"in": True})
    reply = w.press(GOVERNANCE, reference, "acknowledge")
    assert "Information governance may read and export, not work a case" in reply
