import pytest

from bot.domain.commands import AnswerFact, OnCase, TellByPhone
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import AgencyId, ChannelId
from bot.domain.letters import CardLetter, Outgoing
from bot.domain.risk import Answer
from bot.ports import StorageDown
from tests.handlers.conftest import Office
from tests.handlers.desks import CASE_ID, NOW, a_case
from tests.scenarios.process import until

OFFICER, PARTNER = "Imani Oakhollow", "Nadia Elderflower"
FORM = {
    "Concern type": "Neglect",
    "Risk grade": "Not graded yet",
    "What are you asking for?": "Assess the risk",
    "Child or children: record numbers, not names": "police 44-0001, NHS 999 000 0001\ncouncil 9001",
    "What has happened and when first known": "Synthetic words.",
}


def a_card(office: Office) -> str:
    posted = office.messenger.post(Outgoing(CardLetter(a_case()), "card", NOW), channel=channel_id(office), thread=None)
    return posted.ts


def channel_id(office: Office) -> ChannelId:
    rooms = office.driver.get("state")["channels"]
    return next(ChannelId(room["id"]) for room in rooms if room["name"] == "front-door")


def opened(office: Office, text: str = "") -> str:
    return str(office.driver.command(OFFICER, "front-door", "/refer", text)["view_id"])


def reviewed(office: Office) -> str:
    return str(office.driver.submit(OFFICER, opened(office), FORM)["view_id"])


def test_refer_opens_the_form_with_its_six_inputs_and_nothing_chosen(office: Office) -> None:
    opened(office)
    form = office.view(OFFICER)
    assert [field["label"] for field in form["inputs"]] == [
        "Concern type",
        "Risk grade",
        "What are you asking for?",
        "Child or children: record numbers, not names",
        "What has happened and when first known",
        "Address or place",
    ]
    assert not any(field["value"] for field in form["inputs"])
    assert "call 999" in form["texts"][0]


def test_text_after_the_command_is_neither_echoed_nor_kept(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    said = office.driver.command(OFFICER, "front-door", "/refer", "Canary Childname of 1 Some Street")
    assert said["reply"].startswith("Nothing that you typed after /refer was kept.")
    assert said["view_id"]
    assert "Canary" not in f"{office.front.asked} {office.driver.messages('front-door')} {caplog.text}"


def test_choosing_a_concern_brings_its_own_grades_and_keeps_what_was_typed(office: Office) -> None:
    view_id = opened(office)
    office.driver.submit(OFFICER, view_id, {"What has happened and when first known": "Synthetic words."})
    office.driver.submit(OFFICER, view_id, {"Concern type": "Neglect"})
    fields = {field["label"]: field for field in office.view(OFFICER)["inputs"]}
    grades = fields["Risk grade"]["options"]
    policy = office.front.desk().rules.policy
    concern = next(kind for kind in policy.concerns.values() if kind.label.startswith("Neglect"))
    assert grades == [*(grade.label for grade in concern.offered), "Not graded yet"]
    assert fields["Risk grade"]["value"] is None
    assert fields["What has happened and when first known"]["value"] == "Synthetic words."


def test_every_wrong_field_is_named_in_place_at_once(office: Office) -> None:
    errors = office.driver.submit(
        OFFICER,
        opened(office),
        FORM
        | {
            "Child or children: record numbers, not names": "44-0001\nno number here",
            "What has happened and when first known": "x" * 2001,
            "Address or place": "y" * 301,
        },
    )["errors"]
    assert errors == {
        "Child or children: record numbers, not names": (
            "Child or children: line 2 must be a record number with a digit in it, not a name"
        ),
        "What has happened and when first known": "What has happened must be 2,000 characters or fewer",
        "Address or place": "Address or place must be 300 characters or fewer",
    }
    assert office.front.of("draft") == []


def test_a_form_the_desk_refuses_shows_the_desks_words_under_the_field(office: Office) -> None:
    office.front.answers["draft"] = FormRefusal({"grade": "Select how serious the risk is"})
    assert office.driver.submit(OFFICER, opened(office), FORM)["errors"] == {
        "Risk grade": "Select how serious the risk is"
    }


def test_the_review_says_who_is_told_by_when_and_keeps_only_the_drafts_id(office: Office) -> None:
    reviewed(office)
    view = office.view(OFFICER)
    said = " ".join(view["texts"])
    assert "Priya Fernsby" in said
    assert "Friday 6 March 2026 at 4:20pm (in 20 minutes)" in said
    assert view["private_metadata"] == "d" * 32
    assert view["submit"] == "Send referral"
    ticked = next(field for field in view["inputs"] if field["label"] == "Agencies to tell")
    assert ticked["value"] == ["Northmere Children's Social Care"]
    (command, actor, _) = office.front.of("draft")[-1]
    assert actor.person == "imani-oakhollow"
    assert not actor.external
    assert [[ref.kind for ref in child.references] for child in command.children] == [["police", "nhs"], ["council"]]
    assert command.grade is None
    assert command.channel == channel_id(office)


def test_send_answers_with_the_reference_and_the_questions_and_answers_are_drawn_in(office: Office) -> None:
    review = reviewed(office)
    sent = office.driver.submit(OFFICER, review, {"When was it first known?": "2026-03-06T15:00"})
    assert sent["view"]["texts"][0] == "SG-26-00042 has been sent"
    (command, _, key) = office.front.of("refer")[-1]
    assert command.agencies == ("childrens-services",)
    assert command.first_aware_at.isoformat() == "2026-03-06T15:00:00+00:00"
    assert key == f"view:{review}"
    block = f"fact:{CASE_ID}:strangulation"
    office.driver.post("click", seat=OFFICER, view_id=sent["view_id"], action="answer:yes", block_id=block)
    assert office.front.of("answer_fact")[-1][0] == AnswerFact(CASE_ID, "strangulation", Answer.YES)
    assert any("Was anybody strangled?\nAnswered: *Yes*" in text for text in office.view(OFFICER)["texts"])
    assert office.view(OFFICER)["texts"][0] == "SG-26-00042 has been sent"


def test_a_reason_that_is_missing_is_asked_for_under_its_own_label(office: Office) -> None:
    office.front.answers["refer"] = FormRefusal({"left_out_reason": "Enter why"})
    errors = office.driver.submit(OFFICER, reviewed(office), {"Agencies to tell": []})["errors"]
    assert errors == {"Reason for leaving out children's social care": "Enter why"}


@pytest.mark.parametrize("step", ["draft", "refer"])
def test_when_the_record_cannot_be_written_the_person_reads_not_sent_and_gets_everything_back(
    office: Office, step: str
) -> None:
    office.front.answers[step] = StorageDown()
    view = opened(office) if step == "draft" else reviewed(office)
    answer = office.driver.submit(OFFICER, view, FORM if step == "draft" else {})
    said = " ".join(answer["view"]["texts"])
    assert "Your referral was *NOT sent*. Phone 101 now if it cannot wait." in said
    assert "Synthetic words" in said
    assert "44-0001" in said
    below = office.driver.views(OFFICER)[0]
    assert below["inputs"][4]["value"] == "Synthetic words."


def test_acknowledge_passes_on_the_case_the_version_and_who_and_answers_only_that_person(office: Office) -> None:
    ts = a_card(office)
    pressed = office.driver.click(PARTNER, "front-door", ts, "Acknowledge")
    assert pressed["reply"] == "You acknowledged SG-26-00042."
    (on_case, actor, key) = office.front.of("acknowledge")[-1]
    assert on_case == OnCase(CASE_ID, 3)
    assert (actor.person, actor.agency, actor.known, actor.external) == (
        "nadia-elderflower",
        "childrens-services",
        True,
        True,
    )
    assert ts in key
    assert "nadia-elderflower" in key


def test_a_second_delivery_of_a_press_has_the_same_key_and_another_choice_another_one(office: Office) -> None:
    ts = a_card(office)
    office.driver.post("fault", kind="duplicate")
    office.driver.click(PARTNER, "front-door", ts, "record_act", "Child seen at home")
    first, second = (call[-1] for call in office.front.of("record_act"))
    assert first == second
    office.driver.click(PARTNER, "front-door", ts, "record_act", "Voicemail left")
    assert office.front.of("record_act")[-1][-1] != first
    assert office.front.of("record_act")[-1][1] == "call"


def test_grade_and_escalate_reach_the_desk(office: Office) -> None:
    ts = a_card(office)
    assert office.driver.click(PARTNER, "front-door", ts, "grade", "Medium")["reply"] == "Graded."
    assert office.front.of("grade")[-1][:2] == (OnCase(CASE_ID, 3), "medium")
    assert office.driver.click(PARTNER, "front-door", ts, "escalate")["reply"] == "Escalated."


def test_a_refusal_is_one_sentence_to_that_person_and_is_put_on_the_audit(office: Office) -> None:
    office.front.answers["acknowledge"] = Refusal("Only a member of Northmere Health can acknowledge this.")
    pressed = office.driver.click(PARTNER, "front-door", a_card(office), "Acknowledge")
    assert pressed["reply"] == "Only a member of Northmere Health can acknowledge this."
    assert office.front.of("refused")[-1][1:] == ("acknowledge", CASE_ID)
    whispered = [row["ephemeral_to"] for row in office.driver.messages("front-door") if row["text"] == pressed["reply"]]
    assert whispered == [next(seat["id"] for seat in office.driver.get("state")["seats"] if seat["name"] == PARTNER)]


def test_open_shows_the_detail_to_the_force_and_says_who_opened_it(office: Office) -> None:
    office.driver.click(OFFICER, "front-door", a_card(office), "Open")
    said = " ".join(office.view(OFFICER)["texts"])
    assert "Child 1: police 44-0001, NHS 999 000 0001" in said
    assert "Opened by Imani Oakhollow. This opening is on the record." in said
    assert office.view(OFFICER)["private_metadata"] == CASE_ID


def test_open_shows_a_partner_of_another_workspace_what_a_card_may_say_and_looks_nothing_sealed_up(
    office: Office,
) -> None:
    office.driver.click(PARTNER, "front-door", a_card(office), "Open")
    (shown,) = [row for row in office.driver.messages("front-door", PARTNER) if row["ephemeral_to"]]
    assert shown["text"] == (
        "SG-26-00042: what every agency on it may know. Details open only inside the force's own workspace."
    )
    assert "First protective action" in str(shown["blocks"])
    assert office.front.of("open_case") == []
    assert [(case_id, actor.person) for case_id, actor in office.front.of("open_card")] == [
        (CASE_ID, "nadia-elderflower")
    ]
    assert not any(row["name"] == "views.open" for row in office.driver.get("log")["log"][-5:])


def test_a_modal_that_slack_does_not_open_is_said_in_one_sentence(office: Office) -> None:
    office.driver.post("fault", kind="error", method="views.open", error="expired_trigger_id")
    said = office.driver.command(OFFICER, "front-door", "/refer")["reply"]
    assert said == "The form did not open and nothing was sent. Type /refer again; phone 101 now if it cannot wait."


def test_told_by_phone_asks_who_and_records_it(office: Office) -> None:
    ts = a_card(office)
    view_id = office.driver.click(OFFICER, "front-door", ts, "Told by phone")["view_id"]
    done = office.driver.submit(
        OFFICER, view_id, {"Agency told": "Northmere Children's Social Care", "Who was told": "Duty worker"}
    )
    assert done["view"]["texts"] == ["Recorded: told by phone."]
    told = TellByPhone(CASE_ID, AgencyId("childrens-services"), "Duty worker", "")
    assert office.front.of("tell_by_phone")[-1][0] == told


def test_a_fault_of_ours_is_told_as_not_done_and_logged_without_its_words(
    office: Office, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    office.front.answers["acknowledge"] = RuntimeError("Canary Childname")
    said = office.driver.click(PARTNER, "front-door", a_card(office), "Acknowledge")["reply"]
    assert said.startswith("This was not done because of a fault in the bot")
    logged = caplog.text + capsys.readouterr().out
    assert "listener_failed" in logged
    assert "RuntimeError" in logged
    assert "Canary" not in logged


def test_a_press_that_could_not_be_stored_says_so_and_whom_to_phone(office: Office) -> None:
    office.front.answers["acknowledge"] = StorageDown()
    said = office.driver.click(PARTNER, "front-door", a_card(office), "Acknowledge")["reply"]
    assert said == "This was not stored and nobody was told. Phone 101 now if it cannot wait."


def test_a_second_delivery_of_a_command_opens_one_form_and_complains_of_nothing(office: Office) -> None:
    office.driver.post("fault", kind="duplicate")
    answer = office.driver.command(OFFICER, "front-door", "/refer")
    assert len(office.driver.views(OFFICER)) == 1
    assert answer["reply"] is None


def test_an_answer_stays_stored_when_slack_does_not_draw_it(office: Office) -> None:
    sent = office.driver.submit(OFFICER, reviewed(office))
    office.driver.post("fault", kind="error", method="views.update", error="not_found")
    block = f"fact:{CASE_ID}:strangulation"
    office.driver.post("click", seat=OFFICER, view_id=sent["view_id"], action="answer:no", block_id=block)
    assert office.front.of("answer_fact")[-1][0].answer is Answer.NO
    assert office.view(OFFICER)["texts"][0] == "SG-26-00042 has been sent"


def test_a_refusal_inside_a_modal_lies_on_top_of_it_and_leaves_it_as_it_was(office: Office) -> None:
    sent = office.driver.submit(OFFICER, reviewed(office))
    office.front.answers["answer_fact"] = Refusal("SG-26-00042 is closed.")
    block = f"fact:{CASE_ID}:strangulation"
    office.driver.post("click", seat=OFFICER, view_id=sent["view_id"], action="answer:no", block_id=block)
    assert office.view(OFFICER)["texts"] == ["SG-26-00042 is closed."]
    assert office.driver.views(OFFICER)[-2]["texts"][0] == "SG-26-00042 has been sent"


def test_a_refusal_of_a_form_that_names_no_field_lies_on_top_and_what_was_typed_stays_below(office: Office) -> None:
    office.front.answers["draft"] = Refusal("Information governance may read and export, not refer.")
    answer = office.driver.submit(OFFICER, opened(office), FORM)
    assert answer["view"]["texts"] == ["Information governance may read and export, not refer."]
    assert office.driver.views(OFFICER)[0]["inputs"][4]["value"] == "Synthetic words."
    assert office.front.of("refused")[-1][1:] == ("referral_form", None)


def test_when_the_draft_cannot_be_read_either_the_form_beneath_still_holds_everything(office: Office) -> None:
    office.front.answers |= {"refer": StorageDown(), "typed": StorageDown()}
    reason = "Reason for leaving out children's social care"
    answer = office.driver.submit(OFFICER, reviewed(office), {reason: "Their own lead referred it."})
    said = " ".join(answer["view"]["texts"])
    assert "NOT sent" in said
    assert "Their own lead referred it." in said
    assert office.driver.views(OFFICER)[0]["inputs"][4]["value"] == "Synthetic words."


def test_a_call_cannot_be_recorded_by_people_of_another_workspace(office: Office) -> None:
    said = office.driver.click(PARTNER, "front-door", a_card(office), "Told by phone")["reply"]
    assert said.startswith("A call is recorded by people inside the force's own workspace.")
    assert office.front.of("tell_by_phone") == []


def test_a_refusal_that_cannot_be_put_on_the_audit_is_told_all_the_same(office: Office) -> None:
    office.front.answers |= {"acknowledge": Refusal("SG-26-00042 is closed."), "refused": StorageDown()}
    assert (
        office.driver.click(PARTNER, "front-door", a_card(office), "Acknowledge")["reply"] == "SG-26-00042 is closed."
    )


def test_a_call_is_recorded_from_the_detail_too(office: Office) -> None:
    view_id = office.driver.click(OFFICER, "front-door", a_card(office), "Open")["view_id"]
    office.driver.click_view(OFFICER, view_id, "Told by phone")
    until(lambda: office.view(OFFICER)["callback_id"] == "phone_told")
    form = office.view(OFFICER)["id"]
    social = "Northmere Children's Social Care"
    office.driver.submit(OFFICER, form, {"Agency told": social, "Who was told": "Duty worker"})
    assert office.front.of("tell_by_phone")[-1][0].case_id == CASE_ID
