"""What comes in: delivered twice, sent twice, too late to answer, forged, refused by the database, from a stranger."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.practice.cast import Seat
from tests.handlers.pulse import asked
from tests.scenarios.endpoint import Held, connect, over_http, signed
from tests.scenarios.world import CARE_DUTY, CARE_SECOND, OFFICER, POLICE_DUTY, REFERENCE, World, strict, written

TWICE = "duplicate"
STRANGER = Seat("U0NEWCOMER", "Una Unlisted", "Response", "new here", "T0FORCE001")
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


def times(w: World, action: str) -> int:
    """How often something stands on the audit."""
    return [entry.action for entry in w.bot.desk.audit(None, 1000)].count(action)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program holds the database for itself."""
    command = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_i1_command_submission_and_press_delivered_twice_are_one_form_one_case_one_record(
    tmp_path: Path, empty_database: Path, mode: str
) -> None:
    with (over_http if mode == "http" else strict)(tmp_path, template=empty_database) as w:
        w.allow("exchanged_trigger_id", "not_delivered", "hash_conflict")
        w.driver.post("fault", kind=TWICE)
        form = w.driver.command(OFFICER, "response-duty", "/refer")["view_id"]
        assert len(w.driver.views(OFFICER)) == 1
        w.driver.post("fault", kind=TWICE)
        review = w.fill_in(OFFICER, form, written())
        w.driver.post("fault", kind=TWICE)
        reference = w.send(OFFICER, review)
        w.opening(reference)
        w.driver.post("fault", kind=TWICE)
        w.press(CARE_DUTY, reference, "acknowledge")
        answers = {w.expect_answer(CARE_DUTY, "Acknowledged", channel="front-door").words for _ in range(2)}
        assert len(answers) == 1, "both deliveries get the same answer"
        assert len(w.bot.desk.cases(10)) == 1
        assert times(w, "acknowledged") == 1


def test_i2_form_sent_twice_is_one_case_and_says_the_same_reference(tmp_path: Path, empty_database: Path) -> None:
    with over_http(tmp_path, template=empty_database) as w:
        form = w.driver.command(OFFICER, "response-duty", "/refer")["view_id"]
        review = w.fill_in(OFFICER, form, written())
        w.server.stage.delivery.endpoint = held = Held(w)
        w.driver.submit(OFFICER, review)
        url, (body,) = connect(w), held.bodies
        first = asked(url, body, **signed(w, body))
        w.driver.advance("1h")
        again = asked(url, body, **signed(w, body))
        assert REFERENCE.findall(first[1])[0] == REFERENCE.findall(again[1])[0] == "SG-26-00001"
        assert len(w.bot.desk.cases(10)) == 1
        w.opening("SG-26-00001")


def test_i3_form_that_slack_no_longer_opens_is_told_and_the_text_is_kept(w: World) -> None:
    said = w.driver.post("say", seat=OFFICER, channel="response-duty", text="Seen at the door at ten.")
    w.allow("expired_trigger_id", "not_delivered")
    w.driver.post("fault", kind="error", method="views.open", error="expired_trigger_id", count=2)
    w.driver.command(OFFICER, "response-duty", "/refer")
    w.expect_answer(OFFICER, "nothing was sent. Type /refer again; phone 101 now", channel="response-duty")
    shortcut = "raise_referral_from_message"
    w.driver.post("shortcut", seat=OFFICER, callback_id=shortcut, channel="response-duty", ts=said["ts"])
    w.expect_answer(OFFICER, "The message's words are kept sealed as your draft", channel="response-duty")
    w.driver.command(OFFICER, "response-duty", "/safeguarding", "drafts")
    listed = w.expect_answer(OFFICER, "You have 1 draft, not sent.", channel="response-duty")
    w.driver.click(OFFICER, "response-duty", listed.key[1], "take_up_draft")
    form = w.driver.views(OFFICER)[-1]
    assert "Seen at the door at ten." in str(form["inputs"])
    values = written()
    del values["What has happened"]
    w.opening(w.send(OFFICER, w.fill_in(OFFICER, form["id"], values)))


def test_i4_referral_that_the_database_refuses_is_never_called_sent_and_its_text_comes_back(w: World) -> None:
    w.allow("storage_down")
    w.tolerate("database_down")  # the engine may come by meanwhile
    form = w.driver.command(OFFICER, "response-duty", "/refer")["view_id"]
    review = w.fill_in(OFFICER, form, written(happened="Seen at the door at ten."))
    with locked(w.place / "vigil.db"):
        w.driver.post("submit", wait=False, seat=OFFICER, view_id=review)
        shown = w.driver.views(OFFICER)[-1]
    assert shown["title"] == "Not sent"
    assert "Seen at the door at ten." in str(shown)
    assert "101" in str(shown)
    w.driver.advance("2s")
    w.nothing_else()
    assert len(w.bot.desk.cases(10)) == 0
    w.driver.post("close", seat=OFFICER, view_id=shown["id"])
    w.opening(w.send(OFFICER, review))


def test_i5_signed_request_replayed_after_six_minutes_is_refused(tmp_path: Path, empty_database: Path) -> None:
    with over_http(tmp_path, template=empty_database) as w:
        reference = w.referred(grade="High")
        w.server.stage.delivery.endpoint = held = Held(w)
        w.press(CARE_DUTY, reference, "acknowledge")
        url, (body,) = connect(w), held.bodies
        assert asked(url, body, **signed(w, body, age=timedelta(minutes=6)))[0] == 401
        w.driver.advance("1s")
        assert "Acknowledged by" not in w.expect_card(reference)
        fresh = signed(w, body)
        assert [asked(url, body, **fresh)[0] for _ in range(2)] == [200, 200]
        w.driver.advance("1s")
        for _ in range(2):
            w.expect_answer(CARE_DUTY, f"Acknowledged {reference}", channel="front-door")
        w.expect_card(reference, f"Acknowledged by {CARE_DUTY}")
        assert times(w, "acknowledged") == 1


def test_i6_stranger_and_partner_may_not_read_and_a_stranger_refers_under_the_identity_given(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict(tmp_path, template=empty_database, guest=STRANGER) as w:
        reference = w.refer(STRANGER.name)
        w.opening(reference, told=(OFFICER, POLICE_DUTY, CARE_DUTY, CARE_SECOND))
        assert "Only people named in the directory can do this" in w.press(STRANGER.name, reference, "open_case")
        assert "Details open only inside the force's own workspace" in w.press(CARE_DUTY, reference, "open_case")
        assert times(w, "viewed") == 0
        opened = [entry for entry in w.bot.desk.audit(reference, 100) if entry.action == "referred"]
        assert {entry.actor for entry in opened} == {f"slack:{STRANGER.workspace}:{STRANGER.id}"}
        w.press(POLICE_DUTY, reference, "open_case", channel="response-duty")
        assert times(w, "viewed") == 1
