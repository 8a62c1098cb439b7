"""Working a case from its card, in the whole app: people of both organisations, each with what their Slack lets them use."""

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


def fill(
    w: World, seat: str, reference: str, choice: str, values: dict[str, str], channel: str = "response-duty"
) -> str:
    """Open a form from the card, fill it in and send it; what the person is told."""
    card = w.card(reference, channel)
    opened = w.driver.click(seat, channel, card["ts"], "more", choice)
    sent = w.driver.submit(seat, opened["view_id"], values)
    assert "errors" not in sent, sent
    return " ".join(w.driver.views(seat)[-1]["texts"])


def fill_in_place(w: World, seat: str, reference: str, choice: str, button: str, values: dict[str, str]) -> str:
    """The same for somebody of another organisation: the form comes as a message that only they see."""
    card = w.card(reference)
    w.driver.click(seat, "front-door", card["ts"], "more", choice)
    form = [m for m in w.driver.messages("front-door", seat) if m["ephemeral_to"]][-1]
    w.overlook("the form itself", "#front-door", "a form for you alone")
    reply = w.driver.post("click", seat=seat, channel="front-door", ts=form["ts"], action=button, values=values)[
        "reply"
    ]
    w.overlook("its answer", "#front-door", reply.split(".")[0])
    return str(reply)


def test_a_partner_works_the_case_with_buttons_selects_and_messages_alone(w: World) -> None:
    reference = w.referred()
    assert "confirmed as" in w.press(CARE_DUTY, reference, "more", "We read it as: Act now to protect the child")
    number = fill_in_place(
        w, CARE_DUTY, reference, "Our record number…", "Put it on the card", {"Our record number": "LA 9001"}
    )
    assert "shows your record number" in number
    fact = fill_in_place(
        w,
        CARE_DUTY,
        reference,
        "Answer or correct a question…",
        "Record the answer",
        {"Question": "Was a child present", "Answer": "No"},
    )
    assert fact.startswith("The answer is recorded.")
    assert "that you cannot help" in w.press(CARE_DUTY, reference, "more", "Cannot help: I know somebody in this case")
    w.driver.advance("1s")
    w.expect_told(CARE_LEADER, reference, f"{CARE_DUTY} cannot help: I know somebody in this case.", "Owed next")
    w.expect_card(reference, "their record LA 9001", "reads the request as “Act now to protect the child”")
    assert not w.driver.views(CARE_DUTY), "no form was opened"


def test_a_request_that_is_read_otherwise_pings_both_leads(w: World) -> None:
    reference = w.referred()
    w.press(CARE_DUTY, reference, "more", "We read it as: Information only")
    w.driver.advance("1s")
    for seat in (DEPARTMENT_LEAD, CARE_LEAD):
        w.expect_told(seat, reference, "asked for “Act now to protect the child”", "reads it as “Information only”")
    for channel in CHANNELS:
        w.expect_thread(reference, "Agree between you which it is.", channel=channel)


def test_a_sergeant_directs_an_officer_who_records_it_as_done_from_the_message(w: World) -> None:
    reference = w.referred()
    said = fill(
        w,
        POLICE_LEADER,
        reference,
        "Direct somebody to do something…",
        {"Who": OFFICER, "In your own words": "Ring the CANARYAUNT.", "By when": "2026-11-23T15:00"},
    )
    assert f"{OFFICER} is directed on {reference}, due Monday 23 November 2026 at 3:00pm." in said
    w.driver.advance("1s")
    w.expect_told(OFFICER, reference, f"{POLICE_LEADER} directs you", "Due Monday 23 November 2026 at 3:00pm")
    w.expect_card(reference, f"Direction: {OFFICER} (Northmere Police): due Monday 23 November 2026 at 3:00pm")
    assert "CANARYAUNT" not in str(w.driver.get("messages"))
    opened = w.driver.click(POLICE_LEADER, "response-duty", w.card(reference, "response-duty")["ts"], "open_case")
    assert opened["view_id"]
    assert "Ring the CANARYAUNT." in " ".join(w.driver.views(POLICE_LEADER)[-1]["texts"])
    assert "the direction is carried out" in w.answer(OFFICER, reference, "Done")
    w.driver.advance("1s")
    w.expect_card(reference, f"Direction: {OFFICER} (Northmere Police): Done by {OFFICER}")


def test_the_referrer_hears_the_outcome_and_sees_it_differently_and_the_case_does_not_close_before_it_is_settled(
    w: World,
) -> None:
    reference = w.referred()
    told = "Tell them: No further action by social care"
    assert f"Told of the outcome of {reference}: {OFFICER}." in w.press(CARE_LEADER, reference, "more", told)
    w.driver.advance("1s")
    w.expect_told(OFFICER, reference, "which you referred: No further action by social care", f"Told by {CARE_LEADER}")
    assert "see it differently" in w.answer(OFFICER, reference, "We see this differently")
    w.driver.advance("1s")
    for seat in (POLICE_DUTY, CARE_DUTY, CARE_SECOND):
        w.expect_told(seat, reference, "sees this differently from", "does not close before")
    for channel in CHANNELS:
        w.expect_thread(reference, "the outcome, or the decision to close", channel=channel)
    w.expect_card(reference, "In force: A disagreement between agencies that is not settled")
    refused = w.press(CARE_LEADER, reference, "put_forward", "Close: Everything owed here")
    assert "every disagreement with a partner is settled" in refused
    kept = "Settled: Kept as it was, and both agencies agree to it"
    assert "ends once Northmere Police says the same" in w.press(CARE_LEADER, reference, "more", kept)
    w.driver.advance("1s")
    for seat in (OFFICER, POLICE_DUTY, CARE_DUTY, CARE_SECOND):
        w.expect_told(seat, reference, "says how what they and Northmere Police saw differently was settled")
    for channel in CHANNELS:
        w.expect_thread(reference, "until then its clocks run on", channel=channel)
    assert "have settled it" in w.answer(POLICE_DUTY, reference, "We say the same")
    w.driver.advance("1s")
    for seat in (OFFICER, CARE_DUTY, CARE_SECOND):
        w.expect_told(seat, reference, "settled between Northmere Police and Northmere Children's Social Care")
    for channel in CHANNELS:
        w.expect_thread(reference, "settled between", channel=channel)
    assert "is not settled" not in w.words(reference)
    assert "you have heard the outcome" in w.answer(OFFICER, reference, "I have heard")


def test_a_case_is_shared_with_the_school_from_the_card_and_not_with_health_for_a_reason(w: World) -> None:
    reference = w.referred()
    not_shared = {
        "Agency": "Northmere Health",
        "Decision": "Do not share, for the reason below",
        "Listed reason": "They have no part in keeping this child safe",
    }
    form = "Share with another agency, or not…"
    assert "not shared with" in fill(w, OFFICER, reference, form, not_shared)
    shared = {
        "Agency": "Northmere Schools and Learning",
        "Decision": "Share with them now",
        "Reason": "They see the child each day.",
    }
    assert "must acknowledge it now" in fill(w, OFFICER, reference, form, shared)
    w.driver.advance("1s")
    w.overlook("the school's own opening, with a card in its channel", containing=reference)
    w.expect_card(reference, "Northmere Schools and Learning", "Waiting until")
