"""Slack refuses, forgets to answer, or answers after the bot has died: late at worst, never lost, never silently twice."""

import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.scenarios.process import strict_office, until
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_LEADER,
    CARE_SECOND,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    World,
)

AT_DUE = (OFFICER, CARE_DUTY, CARE_SECOND, CARE_LEADER)
REPEAT = "(repeat: an earlier copy may have arrived)"
CHANNELS = ("front-door", "response-duty")
HISTORY_READABLE = pytest.mark.parametrize(
    "readable", [pytest.param(True, id="history-readable"), pytest.param(False, id="history-refused")]
)


def social_care_owes_its_acknowledgement(w: World) -> str:
    reference = w.referred(grade="High")
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    w.press(CARE_DUTY, reference, "grade", "High")
    return reference


def refuse_history(w: World) -> None:
    """Nobody can see any more what has arrived in the front door's channel."""
    w.driver.post(
        "fault", kind="error", error="fatal_error", method="conversations.history", channel="front-door", count=99
    )
    w.allow("fatal_error", "posted_without_looking")


def test_s1_channel_told_to_wait_30_seconds_waits_and_the_others_go_on(w: World) -> None:
    w.allow("ratelimited", "notice_not_sent")
    w.driver.post("fault", kind="429", method="chat.postMessage", channel="front-door", retry_after=30)
    reference = w.refer(grade="High")
    w.opening(reference, channels=("response-duty",))
    w.nothing_else()
    w.driver.advance("20s")
    w.nothing_else()
    (refused,) = w.errors()
    w.driver.advance("11s")
    late = w.expect_post("front-door", reference, "Waiting")
    assert late.at - datetime.fromisoformat(refused["at"]) >= timedelta(seconds=30)
    assert len(w.errors()) == 1, "nobody knocked while Slack had asked to wait"


@HISTORY_READABLE
@pytest.mark.parametrize("kind", ["accepted_then_500", "timeout_after_post"])
def test_s3_failure_after_slack_did_post_gives_at_most_one_marked_repeat(
    w: World, kind: str, *, readable: bool
) -> None:
    reference = social_care_owes_its_acknowledgement(w)
    w.allow("notice_not_sent", "slack_sdk.web.base_client")
    w.driver.post("fault", kind=kind, method="chat.postMessage", channel="front-door", hold=0)
    if not readable:
        refuse_history(w)
    w.driver.advance("1h")
    w.expect_step(reference, AT_DUE, "step “due”")
    w.driver.advance("50s")
    w.nothing_else()
    w.driver.advance("3m")
    if not readable:
        w.expect_thread(reference, REPEAT, "step “due”")


def test_s4_killed_between_send_and_mark_repeats_only_what_cannot_be_looked_up_and_marks_it(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict_office(tmp_path, template=empty_database) as (w, child):
        reference = w.referred(grade="High")
        w.press(CARE_DUTY, reference, "grade", "High")
        for channel in CHANNELS:
            w.driver.post("fault", kind="timeout_after_post", method="chat.postMessage", channel=channel)
        w.driver.post("clock", advance="1h", wait=False)
        until(lambda: all("step “due”" in str(w.driver.messages(channel)) for channel in CHANNELS))
        child.end(signal.SIGKILL)
        refuse_history(w)
        w.allow("notice_not_sent")
        child.start()
        w.driver.advance("1m")
        w.expect_step(reference, (CARE_DUTY, CARE_SECOND, CARE_LEADER), "step “due”")
        w.expect_step(reference, (OFFICER, POLICE_DUTY, POLICE_LEADER), "step “due”", channel="response-duty")
        w.nothing_else()
        w.driver.advance("90s")
        w.expect_thread(reference, REPEAT, "step “due”")
