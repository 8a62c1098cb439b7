"""The commands and shortcuts over the practice workspace, with a desk that remembers what it was asked."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.cases import Child, ChildReference
from bot.domain.commands import Referral
from bot.domain.errors import NotFound
from bot.domain.ids import ChannelId, DraftId
from bot.ports import StorageDown
from bot.practice.wire import ControlError, Json
from bot.services.escalations import FORGET_AFTER
from handlers.registry import COMMANDS, WORDS
from handlers.views.drafts import KEPT
from tests.handlers.conftest import Office
from tests.handlers.desks import NOW

OFFICER, PARTNER = "Imani Oakhollow", "Nadia Elderflower"
ROOT = Path(__file__).parents[2]
DRAFT = DraftId("d" * 32)
BEGUN = Referral("", None, "", (), "Seen at the door.", channel=ChannelId("C0FRONTDR1"))
WHOLE = Referral(
    "neglect",
    None,
    "assess",
    (Child(1, (ChildReference("police", "44-0001"), ChildReference("nhs", "999 000 0001"))),),
    "Synthetic words.",
    "Synthetic place",
)


def said(office: Office, text: str = "", command: str = "/safeguarding", channel: str = "front-door") -> Json:
    """What a person alone reads after a command, blocks and all."""
    before = len(office.driver.messages(channel, OFFICER))
    office.driver.command(OFFICER, channel, command, text)
    rows = office.driver.messages(channel, OFFICER)[before:]
    assert all(row["ephemeral_to"] for row in rows)
    return {"text": " ".join(row["text"] for row in rows), "all": str(rows), "rows": rows}


def field(office: Office, label: str) -> object:
    return next(one["value"] for one in office.view(OFFICER)["inputs"] if one["label"].startswith(label))


def test_the_pages_for_people_list_every_command_that_there_is_and_no_other() -> None:
    using = (ROOT / "docs" / "using.md").read_text("utf-8")
    listed = re.findall(r"^\| `(/[a-z]+(?: [a-z]+)?)` \|", using, re.MULTILINE)
    slash = [command.name for command in COMMANDS[:-1]]
    assert listed == [*slash, *(f"/safeguarding {word.name}" for word in WORDS)]
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.split("## In Slack", 1)[1].split("## ", 1)[0]
    assert set(re.findall(r"`(/?[a-z]+)`", table)) == {*slash, "/safeguarding", *(word.name for word in WORDS)}


@pytest.mark.parametrize("text", ["", "help"])
def test_help_lists_every_command_that_there_is(office: Office, text: str) -> None:
    words = said(office, text)
    assert words["text"] == "The commands of this bot."
    for command in COMMANDS[:-1]:
        assert f"`{command.name} {command.hint}".strip() in words["all"]
        assert command.says in words["all"]
    for word in WORDS:
        assert f"/safeguarding {word.name}" in words["all"]
        assert word.says in words["all"]
    assert "Slack runs none in a thread" in words["all"]


def test_a_typo_is_answered_with_the_nearest_word_and_never_said_back(office: Office) -> None:
    words = said(office, "draftz")
    assert "Did you mean `/safeguarding drafts`?" in words["all"]
    assert "draftz" not in words["all"]


def test_anything_else_is_answered_with_fixed_words_and_kept_nowhere(
    office: Office, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    words = said(office, "Canary Childname of 1 Some Street")
    assert words["text"].startswith("That is no word that this command knows. Nothing that you typed was kept.")
    assert "Did you mean" not in words["all"]
    office.driver.command(OFFICER, "front-door", "/missing", "Canary Childname")
    office.driver.command(OFFICER, "front-door", "/safeguarding", "drafts Canary Childname")
    everything = f"{office.front.asked} {office.driver.messages('front-door')} {caplog.text} {capsys.readouterr().out}"
    assert "Canary" not in everything


def test_a_known_word_with_other_text_after_it_is_done_and_the_rest_is_not_kept(office: Office) -> None:
    words = said(office, "drafts Canary")
    assert "Nothing that you typed after /safeguarding drafts was kept." in words["text"]
    assert "You have no drafts." in words["text"]


def test_commands_work_in_a_direct_message(office: Office) -> None:
    assert "The commands of this bot." in said(office, channel=f"@{OFFICER}")["text"]


def test_slack_runs_no_command_in_a_thread_nor_for_people_of_another_organisation(office: Office) -> None:
    with pytest.raises(ControlError, match="no slash commands in threads"):
        office.driver.post(
            "command", seat=OFFICER, channel="front-door", command="/safeguarding", text="", thread_ts="1.0"
        )
    with pytest.raises(ControlError, match="another Slack organisation"):
        office.driver.command(PARTNER, "front-door", "/safeguarding")


def test_missing_opens_the_form_with_that_concern_chosen_and_its_grades(office: Office) -> None:
    assert office.driver.command(OFFICER, "front-door", "/missing")["view_id"]
    concern = office.front.desk().rules.policy.concerns["missing"]
    assert field(office, "Concern type") == concern.label
    grade = next(one for one in office.view(OFFICER)["inputs"] if one["label"] == "Risk grade")
    assert grade["options"] == [*(one.label for one in concern.offered), "Not graded yet"]
    assert grade["value"] is None


def test_the_global_shortcut_opens_the_form_from_anywhere(office: Office) -> None:
    assert office.driver.post("shortcut", seat=OFFICER, callback_id="raise_referral")["view_id"]
    assert [one["value"] for one in office.view(OFFICER)["inputs"]] == [None] * 6
    assert office.view(OFFICER)["private_metadata"].startswith(":")


def test_a_shortcut_from_the_menu_whose_form_does_not_open_is_answered_in_a_direct_message(office: Office) -> None:
    office.driver.post("fault", kind="error", method="views.open", error="expired_trigger_id", count=2)
    office.driver.post("shortcut", seat=OFFICER, callback_id="raise_referral")
    (said,) = [row["text"] for row in office.driver.messages(f"@{OFFICER}")]
    assert said == "The form did not open and nothing was sent. Type /refer; phone 101 now if it cannot wait."


def test_a_shortcut_that_could_not_open_the_form_says_how_to_go_on(office: Office) -> None:
    office.driver.post("fault", kind="error", method="views.open", error="expired_trigger_id")
    ts = office.driver.post("say", seat=OFFICER, channel="front-door", text="Seen at the door.")["ts"]
    office.front.answers |= {"begin_draft": DRAFT, "take_up_draft": BEGUN}
    answer = office.driver.post(
        "shortcut", seat=OFFICER, callback_id="raise_referral_from_message", channel="front-door", ts=ts
    )
    assert "kept sealed as your draft: type /safeguarding drafts to go on" in answer["reply"]


def raised(office: Office, text: str = "Seen at the door. <@U0FORCE08>") -> Json:
    """Raise a referral from a message of somebody."""
    ts = office.driver.post("say", seat=OFFICER, channel="front-door", text=text)["ts"]
    return office.driver.post(
        "shortcut", seat=OFFICER, callback_id="raise_referral_from_message", channel="front-door", ts=ts
    )


def test_a_messages_words_are_sealed_first_and_then_stand_in_the_form_and_nowhere_else(office: Office) -> None:
    office.front.answers |= {"begin_draft": DRAFT, "take_up_draft": BEGUN}
    before = len(office.driver.messages("front-door"))
    assert raised(office, "Seen at the door.")["view_id"]
    (words, channel, actor, key) = office.front.of("begin_draft")[-1]
    assert (words, channel, actor.person) == ("Seen at the door.", "C0FRONTDR1", "imani-oakhollow")
    assert key.startswith("message_shortcut:C0FRONTDR1:")
    view = office.view(OFFICER)
    assert field(office, "What has happened") == "Seen at the door."
    assert view["private_metadata"] == f"C0FRONTDR1:{DRAFT}"
    assert len(office.driver.messages("front-door")) == before + 1


def test_what_a_message_began_stays_when_a_concern_is_chosen_and_goes_into_the_same_draft(office: Office) -> None:
    office.front.answers |= {"begin_draft": DRAFT, "take_up_draft": BEGUN}
    view_id = raised(office)["view_id"]
    office.driver.submit(OFFICER, view_id, {"Concern type": "Neglect"})
    assert field(office, "What has happened") == "Seen at the door."
    values = {"Risk grade": "Not graded yet", "What are you asking for?": "Assess the risk"}
    office.driver.submit(OFFICER, view_id, values)
    (command, _, draft_id) = office.front.of("draft")[-1]
    assert (command.narrative, draft_id) == ("Seen at the door.", DRAFT)


def test_a_message_longer_than_the_form_says_so_in_the_form(office: Office) -> None:
    office.front.answers |= {"begin_draft": DRAFT, "take_up_draft": replace(BEGUN, narrative="x" * 2000)}
    raised(office, "x" * 2500)
    assert any("longer than this form takes" in text for text in office.view(OFFICER)["texts"])
    assert len(office.front.of("begin_draft")[-1][0]) == 2000


def test_a_message_that_could_not_be_sealed_opens_no_form_and_says_so(office: Office) -> None:
    office.front.answers["begin_draft"] = StorageDown()
    answer = raised(office)
    assert answer["view_id"] is None
    assert answer["reply"].startswith("This was not stored and nobody was told.")


def test_a_form_sent_twice_goes_into_one_draft(office: Office) -> None:
    view_id = office.driver.command(OFFICER, "front-door", "/refer")["view_id"]
    values = {
        "Concern type": "Neglect",
        "Risk grade": "Not graded yet",
        "What are you asking for?": "Assess the risk",
        "Child or children": "police 44-0001",
    }
    review = office.driver.submit(OFFICER, view_id, values)["view_id"]
    office.driver.post("close", seat=OFFICER, view_id=review)
    office.driver.submit(OFFICER, view_id, {})
    first, second = (call[2] for call in office.front.of("draft"))
    assert first == second
    assert len(first) == 32


def test_drafts_are_listed_by_when_they_were_begun_and_taken_up_with_everything_typed(office: Office) -> None:
    office.front.answers |= {"drafts": [(DRAFT, NOW)], "take_up_draft": WHOLE}
    words = said(office, "drafts")
    assert "Begun today at 4:00pm" in words["all"]
    assert "Synthetic" not in words["all"]
    office.driver.click(OFFICER, "front-door", words["rows"][-1]["ts"], "Go on")
    labels = office.front.desk().rules.policy
    assert {one["label"].split(":")[0]: one["value"] for one in office.view(OFFICER)["inputs"]} == {
        "Concern type": labels.concerns["neglect"].label,
        "Risk grade": "Not graded yet",
        "What are you asking for?": labels.asks["assess"].label,
        "Child or children": "police 44-0001, nhs 999 000 0001",
        "What has happened and when first known": "Synthetic words.",
        "Address or place": "Synthetic place",
    }


def test_how_long_a_draft_is_kept_is_said_as_it_is() -> None:
    assert f"kept sealed for {FORGET_AFTER.total_seconds() / 3600:.0f} hours" in KEPT


def test_a_draft_is_discarded_or_is_said_to_be_gone(office: Office) -> None:
    office.front.answers["drafts"] = [(DRAFT, NOW)]
    ts = said(office, "drafts")["rows"][-1]["ts"]
    assert office.driver.click(OFFICER, "front-door", ts, "Discard")["reply"] == "The draft is gone."
    office.front.answers["take_up_draft"] = NotFound("This draft is gone: it was sent, or left for too long.")
    assert office.driver.click(OFFICER, "front-door", ts, "Go on")["reply"].startswith("This draft is gone")
