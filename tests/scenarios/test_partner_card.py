"""A partner in another Slack organisation, with cards and messages alone: no command, no form that opens, nothing missing."""

from pathlib import Path

from bot.domain.ids import ChannelId
from bot.practice.cast import Seat
from handlers.messenger import web_client
from handlers.pinning import Pinboard
from handlers.views.concern_card import concern_card
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_LEAD,
    CARE_LEADER,
    CARE_SECOND,
    DEPARTMENT_LEAD,
    OFFICER,
    POLICE_DUTY,
    REFERENCE,
    World,
    strict,
)

CHANNELS = ("front-door", "response-duty")
TEACHER, POLICE_SIDE = "Tamsin Bellweather", ("Mei Brackendale", "Lewis Tarnwater")
"""A school's officer in an organisation of her own; who is on duty where the force takes a partner's concern."""
OPENED = ("child-protection", "front-door")
CONCERN = {"Concern type": "Neglect", "What are you asking for?": "Act now", "Your own record number": "LA 9001"}


def pinned(w: World, channel_id: str = "C0FRONTDR1") -> str:
    """The card for raising a concern, posted as the bot posts it at its start; its ts."""
    pins = Pinboard(web_client(w.environment["SLACK_BOT_TOKEN"], w.environment["SLACK_API_URL"]))
    rules = w.bot.desk.rules
    ts = pins.post(concern_card(rules.policy, rules.directory), "concern_card", ChannelId(channel_id))
    w.overlook("the pinned card itself", containing="Raise a concern")
    return ts


def raised(w: World, seat: str, ts: str, values: dict[str, str], channel: str = "front-door") -> str:
    """Fill in the card and send it; what that person alone is told."""
    sent = w.driver.post("click", seat=seat, channel=channel, ts=ts, action="raise_concern", values=values)
    reply = str(sent["reply"])
    w.expect_answer(seat, reply, channel=channel)
    w.driver.advance("1s")
    return reply


def number_given(w: World, seat: str, reference: str, number: str) -> str:
    """Give one's own record number in the message that only this person sees."""
    w.driver.click(seat, "front-door", w.card(reference)["ts"], "more", "Our record number…")
    w.expect_answer(seat, "a form for you alone", channel="front-door")
    form = [row for row in w.driver.messages("front-door", seat) if row["ephemeral_to"]][-1]
    values, button = {"Our record number": number}, "Put it on the card"
    sent = w.driver.post("click", seat=seat, channel="front-door", ts=form["ts"], action=button, values=values)
    reply = str(sent["reply"])
    w.expect_answer(seat, reply, channel="front-door")
    return reply


def no_form_opened(w: World) -> bool:
    return not any(w.driver.views(seat) for seat in (CARE_DUTY, CARE_SECOND, CARE_LEADER, CARE_LEAD))


def test_a_partner_opens_a_case_from_the_pinned_card_and_the_police_owe_the_acknowledgement(w: World) -> None:
    said = raised(w, CARE_DUTY, pinned(w), CONCERN)
    reference = str(REFERENCE.findall(said)[0])
    assert said.startswith(f"{reference} has been sent. To acknowledge it: Northmere Police by ")
    w.opening(reference, channels=OPENED, told=POLICE_SIDE)
    w.expect_card(reference, "Waiting", "Neglect", "Not graded yet", "their record LA 9001", "Raised this case")
    w.nothing_else()
    w.press(POLICE_SIDE[0], reference, "acknowledge", channel="child-protection")
    w.driver.advance("1s")
    w.expect_card(reference, f"Acknowledged by {POLICE_SIDE[0]}")
    assert no_form_opened(w)


def test_a_school_raises_a_concern_and_childrens_social_care_must_answer_too(w: World) -> None:
    said = raised(w, TEACHER, pinned(w, "C0SCHOOLS1"), CONCERN, channel="schools-liaison")
    reference = str(REFERENCE.findall(said)[0])
    w.opening(reference, channels=(*OPENED, "schools-liaison"), told=(*POLICE_SIDE, CARE_DUTY, CARE_SECOND))


def test_a_card_sent_without_what_it_needs_says_all_of_it_at_once_and_opens_nothing(w: World) -> None:
    said = raised(w, CARE_DUTY, pinned(w), {"Your own record number": "a boy of ours"})
    for part in ("Select what kind of concern", "Select what you are asking for", "Enter your own record number"):
        assert part in said
    assert not list(w.bot.desk.cases(9))


def test_the_same_card_sent_twice_is_one_case_and_an_officer_is_pointed_to_the_form(w: World) -> None:
    ts = pinned(w)
    reference = str(REFERENCE.findall(raised(w, CARE_DUTY, ts, CONCERN))[0])
    assert raised(w, CARE_DUTY, ts, CONCERN).startswith(f"{reference} was sent with these answers a moment ago.")
    assert "Type /refer" in raised(w, DEPARTMENT_LEAD, ts, CONCERN)
    w.opening(reference, channels=OPENED, told=POLICE_SIDE)


def test_a_stranger_of_the_partners_workspace_is_recorded_as_given(tmp_path: Path, empty_database: Path) -> None:
    guest = Seat("U0NOBODY01", "Somebody Unlisted", "Council", "nobody", "T0COUNCIL1", "")
    with strict(tmp_path, template=empty_database, guest=guest) as w:
        reference = str(REFERENCE.findall(raised(w, guest.name, pinned(w), CONCERN))[0])
        w.opening(reference, channels=OPENED, told=(*POLICE_SIDE, CARE_DUTY, CARE_SECOND))
        (case,) = w.bot.desk.cases(9)
        assert case.referrer == "slack:T0COUNCIL1:U0NOBODY01"


def test_a_partner_acknowledges_chases_and_gives_its_number_from_the_card_alone(w: World) -> None:
    reference = w.referred()
    assert "acknowledged" in w.press(CARE_DUTY, reference, "acknowledge").lower()
    assert "you are chasing it" in w.press(CARE_DUTY, reference, "more", "I am chasing it")
    assert number_given(w, CARE_DUTY, reference, "LA 9001") == f"The card of {reference} shows your record number."
    w.driver.advance("1s")
    w.expect_card(reference, f"Acknowledged by {CARE_DUTY}", "their record LA 9001", f"{CARE_DUTY} is chasing it")
    assert no_form_opened(w)


def test_a_partner_opens_what_its_card_leaves_out_in_a_message_of_its_own(w: World) -> None:
    reference = w.referred(happened="A canary sings.")
    assert "further milestones under Open" in w.words(reference)
    w.press(CARE_DUTY, reference, "open_case")
    (shown,) = [row for row in w.driver.messages("front-door", CARE_DUTY) if row["ephemeral_to"]]
    assert "Assessment finished (Northmere Children's Social Care): due" in str(shown["blocks"])
    assert "canary" not in str(w.driver.get("messages"))
    assert no_form_opened(w)


def test_a_partner_hands_over_and_a_colleague_accepts_from_the_message_and_from_the_card(w: World) -> None:
    reference = w.referred()
    w.press(CARE_DUTY, reference, "acknowledge")
    w.press(CARE_DUTY, reference, "more", "Hand over to whoever is on duty")
    w.driver.advance("1s")
    w.expect_told(CARE_SECOND, reference, f"{CARE_DUTY} asks you to take this over")
    assert "You own" in w.answer(CARE_SECOND, reference, "Accept")
    w.driver.advance("1s")
    for channel in CHANNELS:
        w.expect_thread(reference, f"{CARE_SECOND} has taken this over", channel=channel)
    w.expect_told(CARE_DUTY, reference, f"{CARE_SECOND} has taken this over")
    w.press(CARE_SECOND, reference, "more", "Hand over to whoever is on duty")
    w.driver.advance("1s")
    w.expect_told(CARE_DUTY, reference, f"{CARE_SECOND} asks you to take this over")
    assert "You own" in w.press(CARE_DUTY, reference, "more", f"Accept the hand-over to {CARE_DUTY}")
    w.driver.advance("1s")
    for channel in CHANNELS:
        w.expect_thread(reference, f"{CARE_DUTY} has taken this over", channel=channel)
    w.expect_told(CARE_SECOND, reference, f"{CARE_DUTY} has taken this over")
    assert no_form_opened(w)


def test_a_partner_cannot_help_sees_it_differently_and_escalates_from_the_card_alone(w: World) -> None:
    reference = w.referred()
    said = w.press(CARE_DUTY, reference, "more", "Cannot help: It is not our area or team")
    assert said.startswith(f"{CARE_LEADER} is told that you cannot help")
    w.driver.advance("1s")
    w.expect_told(CARE_LEADER, reference, f"{CARE_DUTY} cannot help: It is not our area or team.")
    assert "see it differently" in w.press(CARE_DUTY, reference, "more", "How serious the risk is: the grade")
    w.driver.advance("1s")
    for seat in (OFFICER, POLICE_DUTY, CARE_SECOND):
        w.expect_told(seat, reference, "sees this differently from Northmere Police", "how serious the risk is")
    for channel in CHANNELS:
        w.expect_thread(reference, "sees this differently from Northmere Police", channel=channel)
    w.nothing_else()
    assert reference in w.press(CARE_DUTY, reference, "escalate")
    w.driver.advance("1s")
    w.overlook("the step itself, which the main job's own scenarios account for", containing=reference)
    assert no_form_opened(w)


def test_a_partner_answers_a_request_from_its_message_and_refuses_another_from_its_card(w: World) -> None:
    reference = w.referred()
    for what, answer in (("What you hold", "message"), ("Come to the strategy", "card")):
        ask(w, reference, what)
        w.driver.advance("1s")
        w.overlook("that it is asked", containing="asks Northmere Children's Social Care")
        if answer == "message":
            assert w.answer(CARE_DUTY, reference, "We have answered") == f"Recorded on {reference}. {OFFICER} is told."
        else:
            refuses = next(text for text in choices(w, reference) if "refuses:" in text)
            assert w.press(CARE_DUTY, reference, "more", refuses) == f"Recorded on {reference}. {OFFICER} is told."
        w.driver.advance("1s")
        w.overlook("what became of it", containing="Recorded by Nadia Elderflower")
    assert no_form_opened(w)


def choices(w: World, reference: str) -> list[str]:
    """Everything under the card's `More`."""
    more = next(button for button in w.card(reference)["buttons"] if button["action_id"] == "more")
    return [str(text) for text in more["options"]]


def ask(w: World, reference: str, what: str) -> None:
    """Ask social care through the form on the force's card."""
    w.press(OFFICER, reference, "more", "Ask an agency for what it holds…", channel="response-duty")
    values = {
        "Agency": "Northmere Children's Social Care",
        "What is asked": what,
        "Lawful basis": "Enquiry under Children Act 1989, section 47",
    }
    answer = w.driver.submit(OFFICER, w.driver.views(OFFICER)[-1]["id"], values)
    assert "errors" not in answer, answer
    w.driver.post("close", seat=OFFICER, view_id=w.driver.views(OFFICER)[-1]["id"])
