"""Grave acts from the card, in the whole app: a form that says what stands in the way, and a second person who answers it."""

from tests.scenarios.world import CARE_DUTY, CARE_LEADER, OFFICER, POLICE_DUTY, POLICE_LEADER, World

REASON = "The CANARYREASON child was seen today and is safe."
ENOUGH = (
    "Child seen and safe",
    "Referrer told of the outcome",
    "Reference in the force's record system",
    "School told (Operation Encompass)",
    "The child's voice recorded",
)


def form(w: World, seat: str, reference: str, choice: str, channel: str = "response-duty") -> dict[str, object]:
    """Choose something that opens a form; the form."""
    card = w.card(reference, channel)
    opened = w.driver.click(seat, channel, card["ts"], "put_forward", choice)
    assert opened["view_id"], opened
    return dict(w.driver.views(seat)[-1], id=opened["view_id"])


def record(w: World, reference: str, *acts: str) -> None:
    for act in acts:
        w.press(OFFICER, reference, "record_act", act, channel="response-duty")


def test_the_closing_form_says_what_stands_in_the_way_and_sends_nothing_until_gates_are_passed(w: World) -> None:
    reference = w.referred(grade="High")
    shown = form(w, OFFICER, reference, "Close, in your own words…")
    said = " ".join(shown["texts"])  # type: ignore[arg-type]
    assert "Not yet possible" in said
    assert "the referrer is told the outcome" in said
    assert "First protective action (Northmere Children's Social Care): due" in said
    assert "statutory guidance" in said
    assert shown["submit"] is None
    reply = w.press(OFFICER, reference, "put_forward", "Close: Everything owed here is done", channel="response-duty")
    assert "cannot be closed yet. Still missing:" in reply


def test_a_case_is_closed_from_its_card_by_an_officer_and_the_sergeant_who_reads_the_reason(w: World) -> None:
    reference = w.referred(grade="High")
    record(w, reference, *ENOUGH)
    shown = form(w, OFFICER, reference, "Close, in your own words…")
    short = w.driver.submit(OFFICER, str(shown["id"]), {"Outcome": "Closed", "Reason": "Seen."})
    assert short["errors"] == {"Reason": "Reason must be 20 characters or more"}
    w.driver.submit(OFFICER, str(shown["id"]), {"Outcome": "Closed", "Reason": REASON})
    assert f"Asked: {POLICE_LEADER}." in " ".join(w.driver.views(OFFICER)[-1]["texts"])
    w.driver.advance("1m")
    w.expect_thread(reference, f"{OFFICER} asks a second person to agree: close the case.")
    w.expect_thread(reference, "asks a second person to agree", channel="response-duty")
    w.expect_told(POLICE_LEADER, reference, f"{OFFICER} asks you to agree", "close the case", "Nothing changes before")
    w.expect_card(reference, f"Waits for a second person: close the case (put forward by {OFFICER})")
    w.answer(POLICE_LEADER, reference, "Read the reason")
    read = w.driver.views(POLICE_LEADER)[-1]
    assert REASON in read["texts"]
    w.driver.click_view(POLICE_LEADER, read["id"], "Agree")
    assert "It is closed" in " ".join(w.driver.views(POLICE_LEADER)[-1]["texts"])
    w.driver.advance("1m")
    w.expect_thread(reference, f"{POLICE_LEADER} agreed as the second person, and it was done: close the case.")
    w.expect_thread(reference, "agreed as the second person", channel="response-duty")
    w.expect_told(OFFICER, reference, f"{POLICE_LEADER} agreed as the second person")
    w.expect_card(reference, "Closed")
    w.driver.advance("6h")
    w.nothing_else()
    assert w.bot.desk.verify().first_bad == ""
    assert b"CANARYREASON" not in b"".join(path.read_bytes() for path in w.place.glob("vigil.db*"))
    assert "CANARYREASON" not in str(w.driver.get("messages"))


def test_partners_close_with_a_listed_reason_and_no_form_and_the_reason_is_said(w: World) -> None:
    reference = w.referred(grade="High")
    record(w, reference, *ENOUGH)
    reply = w.press(CARE_DUTY, reference, "put_forward", "Close: Everything owed here is done and recorded")
    assert f"Asked: {CARE_LEADER}." in reply
    w.driver.advance("1m")
    w.expect_told(CARE_LEADER, reference, "Reason: Everything owed here is done and recorded.")
    for channel in ("front-door", "response-duty"):
        w.expect_thread(reference, f"{CARE_DUTY} asks a second person to agree: close the case.", channel=channel)
    assert "Turned down; nothing changes." in w.answer(CARE_LEADER, reference, "Do not agree")
    w.driver.advance("1m")
    for channel in ("front-door", "response-duty"):
        w.expect_thread(reference, f"{CARE_LEADER} turned down: close the case.", channel=channel)
    w.expect_told(CARE_DUTY, reference, "turned down", "Nothing changes.")
    assert "has decided this already" in w.answer(CARE_LEADER, reference, "Agree")


def test_a_partner_puts_a_grave_act_forward_by_a_form_in_a_message_that_only_they_see(w: World) -> None:
    reference = w.referred(grade="High")
    card = w.card(reference)
    w.driver.click(CARE_DUTY, "front-door", card["ts"], "put_forward", "Lower the grade…")
    found = [m for m in w.driver.messages("front-door", CARE_DUTY) if m["ephemeral_to"]]
    w.overlook("the form itself", "#front-door", "a form for you alone")
    listed = {"Reason that a partner may read": "Both agencies have assessed it, and the risk is lower"}
    values = {"New grade": "Standard", "Reason": REASON, **listed}
    sent = w.driver.post(
        "click", seat=CARE_DUTY, channel="front-door", ts=found[-1]["ts"], action="Put forward", values=values
    )
    assert f"Asked: {CARE_LEADER}." in w._answered(CARE_DUTY, sent["reply"])  # noqa: SLF001 - as above
    w.driver.advance("1m")
    w.expect_told(CARE_LEADER, reference, "lower the grade to Standard", "the risk is lower. What was typed opens")
    for channel in ("front-door", "response-duty"):
        w.expect_thread(reference, "asks a second person to agree: lower the grade.", channel=channel)
    refused = w.answer(CARE_LEADER, reference, "Read the reason")
    assert "opens inside the force's own workspace alone" in refused


def test_an_old_proposal_answers_with_what_happened_to_it_and_a_closed_card_offers_to_open_it_again(w: World) -> None:
    reference = w.referred(grade="High")
    record(w, reference, *ENOUGH)
    w.press(POLICE_DUTY, reference, "put_forward", "Close: Everything owed here", channel="response-duty")
    w.driver.advance("10s")
    assert "It is closed" in w.answer(POLICE_LEADER, reference, "Agree")
    w.driver.advance("10s")
    w.overlook("told in the test above", "", reference)
    shown = form(w, OFFICER, reference, "Open the case again…")
    w.driver.submit(OFFICER, str(shown["id"]), {"Reason": "The child was seen hurt again on Tuesday."})
    w.driver.advance("10s")
    assert "It is open again" in w.answer(POLICE_LEADER, reference, "Agree")
    w.driver.advance("10s")
    w.overlook("opened again", "", reference)
    w.expect_card(reference, "Owed")
