"""Acknowledgements: whose word stops which ladder, who hears what, and what a hand-over changes and does not."""

from datetime import datetime, timedelta

from bot.domain.ids import Reference
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_LEAD,
    CARE_LEADER,
    CARE_SECOND,
    DEPARTMENT_LEAD,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    World,
)

CHANNELS = ("front-door", "response-duty")
OWED = "Acknowledgement owed by Northmere Children's Social Care"
ENOUGH = (
    "Child seen and safe",
    "Referrer told of the outcome",
    "Reference in the force's record system",
    "School told (Operation Encompass)",
    "The child's voice recorded",
)


def due(w: World, reference: Reference, agency: str = "childrens-services") -> datetime:
    """When an agency's acknowledgement is due."""
    owed = w.bot.desk.ladder(reference)
    return next(each.due_at for each in owed if (each.agency, each.kind) == (agency, "acknowledgement"))


def to(w: World, at: datetime) -> None:
    w.driver.move_to(at.isoformat())


def audited(w: World, reference: Reference, action: str) -> list[str]:
    """Who did a thing, oldest first."""
    entries = w.bot.desk.audit(reference, 1000)
    return [entry.actor for entry in reversed(entries) if entry.action == action]


def pages(w: World) -> list[str]:
    """What was said of the missing acknowledgement and is not accounted for yet."""
    return [str(one) for one in w.accounts.open() if OWED in one.words and "late" in one.words]


def only_care(w: World, grade: str = "Medium") -> Reference:
    """A case that the police have acknowledged, so that social care's ladder is the one that runs."""
    reference = w.referred(grade=grade)
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    return reference


def test_a1_acknowledged_one_moment_before_the_step_nobody_is_paged(w: World) -> None:
    reference = only_care(w, grade="High")
    to(w, due(w, reference) - timedelta(seconds=5))
    w.overlook("the pre-warning", containing="not done yet")
    assert w.press(CARE_DUTY, reference, "acknowledge").startswith(f"Acknowledged {reference}")
    w.driver.advance("10m")
    w.nothing_else()


def test_a2_acknowledged_after_the_step_one_page_and_then_at_once_who_did_it_in_its_thread(w: World) -> None:
    reference = only_care(w, grade="High")
    to(w, due(w, reference) + timedelta(seconds=1))
    w.expect_step(reference, (CARE_DUTY, CARE_SECOND, CARE_LEADER, OFFICER), OWED, "late")
    w.press(CARE_DUTY, reference, "acknowledge")
    w.driver.advance("1s")
    for channel in CHANNELS:
        w.expect_thread(reference, "now acknowledged", f"by {CARE_DUTY}", channel=channel)
    w.nothing_else()


def test_a3_of_two_people_at_once_one_owns_it_and_the_other_is_told_who_and_when(w: World) -> None:
    reference = w.referred()
    ts = w.card(reference)["ts"]
    for seat in (CARE_DUTY, CARE_SECOND):
        w.driver.post("click", wait=False, seat=seat, channel="front-door", ts=ts, action="acknowledge")
    w.driver.advance("1s")
    first, second = audited(w, reference, "acknowledged")
    names = {"nadia-elderflower": CARE_DUTY, "owen-saltmarsh": CARE_SECOND}
    w.accounts.expect("#front-door", [f"Acknowledged {reference} for"], only_to=names[first])
    told = w.accounts.expect("#front-door", [f"{names[first]} acknowledged this for"], only_to=names[second])
    assert "today at 10:00am. Nothing more is needed from you." in told.words
    w.expect_card(reference, f"Owned by {names[first]}.")


def test_a4_a_double_click_is_one_record_with_one_answer(w: World) -> None:
    reference = w.referred()
    ts = w.card(reference)["ts"]
    for _ in range(2):
        w.driver.post("click", wait=False, seat=CARE_DUTY, channel="front-door", ts=ts, action="acknowledge")
    w.driver.advance("1s")
    assert audited(w, reference, "acknowledged") == ["nadia-elderflower"]
    answers = [one for one in w.accounts.open() if one.only_to == CARE_DUTY]
    assert {one.words.split(".")[0] for one in answers} <= {
        f"Acknowledged {reference} for Northmere Children's Social Care",
        f"You acknowledged {reference} for Northmere Children's Social Care today at 10:00am",
    }
    w.overlook("one answer to each press", "#front-door", "cknowledged")


def test_a6_escalate_now_twice_is_one_step_and_after_the_timer_did_it_none(w: World) -> None:
    reference = only_care(w, grade="High")
    ts = w.card(reference)["ts"]
    for _ in range(2):
        w.driver.post("click", wait=False, seat=CARE_DUTY, channel="front-door", ts=ts, action="escalate")
    w.driver.advance("1s")
    assert audited(w, reference, "escalated_by_hand") == ["nadia-elderflower"]
    w.overlook("the step that was asked for, told to everybody it reaches", containing=reference)
    w.driver.post("fault", kind="429", method="chat.update", count=99, retry_after=7200)
    w.allow("ratelimited", "notice_not_sent")
    to(w, due(w, reference) + timedelta(hours=3, minutes=1))
    w.overlook("the steps of the timer, while the card cannot be redrawn", containing=reference)
    said = w.press(CARE_DUTY, reference, "escalate")
    assert "by the timer, after this card was drawn." in said
    assert audited(w, reference, "escalated_by_hand") == ["nadia-elderflower"]


def test_a7_a_click_on_a_closed_case_is_refused(w: World) -> None:
    reference = w.referred()
    for act in ENOUGH:
        w.press(OFFICER, reference, "record_act", act, channel="response-duty")
    w.press(OFFICER, reference, "put_forward", "Close: Everything owed here", channel="response-duty")
    w.driver.advance("1s")
    assert "It is closed" in w.answer(POLICE_LEADER, reference, "Agree")
    w.driver.advance("1s")
    w.overlook("put forward, agreed to and closed", containing=reference)
    assert f"{reference} is closed. Nothing more can be recorded" in w.answer(CARE_DUTY, reference, "Acknowledge")
    assert audited(w, reference, "acknowledged") == []
    w.expect_card(reference, "Closed")


def test_a8_the_police_acknowledge_and_social_cares_ladder_goes_on_climbing(w: World) -> None:
    reference = only_care(w, grade="High")
    at = due(w, reference)
    to(w, at + timedelta(hours=1, minutes=1))
    assert any(f"@{CARE_LEADER}" in line for line in pages(w))
    to(w, at + timedelta(hours=3, minutes=1))
    reached = pages(w)
    assert any(f"@{CARE_LEAD}" in line for line in reached)
    assert any(f"@{DEPARTMENT_LEAD}" in line for line in reached)
    w.expect_card(reference, "Northmere Police: Acknowledged by", "Northmere Children's Social Care: Overdue since")
    w.overlook("the steps of social care's ladder and what else is late by then", containing=reference)


def test_a10_the_referrer_cannot_acknowledge_their_own_referral(w: World) -> None:
    reference = w.referred()
    said = w.press(OFFICER, reference, "acknowledge", channel="response-duty")
    assert said == f"You referred {reference}, so somebody else in your agency has to acknowledge it."
    assert audited(w, reference, "acknowledged") == []
    assert audited(w, reference, "refused") == ["priya-fernsby"]
    w.expect_card(reference, "Northmere Police: Waiting until")


def test_a11_the_new_owner_must_accept_and_until_then_the_old_one_stays_and_the_clock_runs(w: World) -> None:
    reference = only_care(w)
    w.press(CARE_DUTY, reference, "acknowledge")
    owed = [(each.kind, each.due_at, each.next_at) for each in w.bot.desk.ladder(reference)]
    said = w.press(CARE_DUTY, reference, "more", "Hand over to whoever is on duty")
    assert f"Offered {reference} to {CARE_SECOND}. {CARE_DUTY} stays its owner until somebody accepts" in said
    w.driver.advance("1s")
    w.expect_told(
        CARE_SECOND, reference, f"{CARE_DUTY} asks you to take this over", "what is owed runs on", "Owed next"
    )
    w.expect_card(reference, f"Offered to {CARE_SECOND}", f"{CARE_DUTY} stays the owner")
    assert "This was offered to" in w.press(CARE_LEADER, reference, "more", f"Accept the hand-over to {CARE_SECOND}")
    assert "You own" in w.answer(CARE_SECOND, reference, "Accept")
    w.driver.advance("1s")
    for channel in CHANNELS:
        w.expect_thread(reference, f"{CARE_SECOND} has taken this over", channel=channel)
    w.expect_told(CARE_DUTY, reference, f"{CARE_SECOND} has taken this over")
    assert f"{CARE_SECOND}" in w.expect_card(reference, "Owned by")
    assert [(each.kind, each.due_at, each.next_at) for each in w.bot.desk.ladder(reference)] == owed
    assert "this offer was accepted by" in w.answer(CARE_SECOND, reference, "Decline")
