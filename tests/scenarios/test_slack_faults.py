"""Slack refuses, shuts a door or is gone: nothing decided is lost, whoever must know hears it by another road."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.practice.faults import Fault
from bot.practice.sample import SAMPLE_DIRECTORY
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_LEADER,
    CARE_SECOND,
    POLICE_DUTY,
    World,
    strict,
)

OPERATOR = "engineer@police.example.org"
DESK = "front-door@social-care.example.org"
HOURS = 100_000
"""Calls that fail in hours of trying."""


@pytest.fixture
def w(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    """The accounted world with the second road open, operators with an address, and a duty mailbox at the front door."""
    directory = tmp_path / "directory.toml"
    text = SAMPLE_DIRECTORY.read_text("utf-8").replace(
        "control_channel =", f'operators = ["{OPERATOR}"]\ncontrol_channel =', 1
    )
    text = text.replace('id = "front-door"\n', f'id = "front-door"\nemail = "{DESK}"\n', 1)
    directory.write_text(text, "utf-8")
    with strict(tmp_path, template=empty_database, mail=True, VIGIL_DIRECTORY=str(directory)) as here:
        yield here


def gravest(w: World) -> str:
    """A referral of the highest band."""
    return w.refer(concern="Domestic abuse", grade="High")


def refuse(w: World, seat: str, code: str, *, count: int) -> None:
    """Have direct messages to somebody refused."""
    user = next(one["id"] for one in w.driver.get("state")["seats"] if one["name"] == seat)
    w.server.stage.workspace.faults.add(Fault("error", "chat.postMessage", user, count, 0, code, None))


def mails(w: World, to: str, *parts: str) -> list[str]:
    """What went by e-mail to somebody and holds every part."""
    found = (one.words for one in w.accounts.open() if one.place == f"e-mail to {to}")
    return [words for words in found if all(part in words for part in parts)]


def done(w: World, *why: str) -> None:
    """Account for the rest: these scenarios are about what is named in them."""
    w.overlook(" ".join(why) or "every other message is the ladder's own")


def test_s2_slack_that_refuses_for_ten_minutes_is_gone_round_by_e_mail_and_has_it_all_in_the_end(w: World) -> None:
    w.allow("ratelimited", "notice_not_sent")
    w.tolerate("overdue_and_nobody_told")
    w.driver.post("fault", kind="429", method="chat.postMessage", retry_after=600)
    reference = gravest(w)
    w.driver.advance("4m")
    assert not mails(w, CARE_DUTY)
    w.driver.advance("2m")
    (mail,) = mails(w, CARE_DUTY, reference)
    assert "Slack has not confirmed the message to Nadia Elderflower" in mail
    assert len(mails(w, DESK, reference)) == 1, "once for each step, however many people of the team it goes to"
    assert len(mails(w, OPERATOR, "Slack has not confirmed")) == 1
    assert not w.told(CARE_DUTY, reference)
    w.driver.advance("5m")
    assert len(w.told(CARE_DUTY, reference)) == 1
    done(w)


def test_s5_archived_channel_sends_its_lines_to_the_team_and_the_administrators_hear_of_it(w: World) -> None:
    reference = w.refer(grade="Medium")
    w.driver.post("membership", channel="front-door", archived=True)
    w.allow("is_archived", "notice_not_sent", "route_dead")
    w.press(POLICE_DUTY, reference, "grade", "High", channel="response-duty")
    line = w.expect_post("vigil-administration", reference, "is_archived", "could not be delivered to channel")
    assert "Mend the account or the channel, or the directory." in line.words
    for seat in (CARE_DUTY, CARE_SECOND, CARE_LEADER):
        assert any("brought forward" in words for words in w.told(seat, reference)), seat
    done(w)


def test_s6_bot_removed_from_a_private_channel_is_a_failure_and_not_a_success(w: World) -> None:
    w.driver.post("membership", channel="front-door", seat="bot", **{"in": False})
    w.allow("channel_not_found", "notice_not_sent", "route_dead")
    reference = gravest(w)
    w.expect_post("vigil-administration", reference, "could not be delivered to channel")
    stuck = [
        n
        for n in w.bot.desk.outbox(False, 200)  # noqa: FBT003 - bound by the Desk for the console
        if n.state == "undeliverable"
    ]
    assert {n.destination.id for n in stuck} == {"C0FRONTDR1"}
    assert w.told(CARE_DUTY, reference)
    done(w)


def test_s7_revoked_token_holds_everything_pages_by_e_mail_and_loses_nothing_after_reinstall(w: World) -> None:
    w.driver.post("fault", kind="revoked")
    w.allow("token_revoked", "notice_not_sent", "credential_dead")
    w.tolerate("overdue_and_nobody_told")
    reference = _taken_in(w)
    w.driver.advance("6m")
    assert set(w.bot.desk.depth()) <= {"held", "pending", "sending"}
    (page,) = mails(w, OPERATOR, "token_revoked")
    assert "nothing is lost" in page
    assert mails(w, CARE_DUTY, reference)
    w.driver.post("fault", kind="revoked", clear=True)
    w.driver.advance("2m")
    assert w.told(CARE_DUTY, reference)
    assert w.card(reference)
    assert not w.bot.desk.depth()
    done(w)


def test_s8_refused_blocks_are_sent_plainly_and_a_missing_scope_holds_and_pages(w: World) -> None:
    w.allow("invalid_blocks", "missing_scope", "notice_not_sent", "credential_dead")
    refuse(w, CARE_DUTY, "invalid_blocks", count=1)
    first = gravest(w)
    assert w.told(CARE_DUTY, first)
    w.driver.post("fault", kind="error", error="missing_scope", method="chat.postMessage")
    gravest(w)
    assert mails(w, OPERATOR, "missing_scope")
    w.driver.advance("2m")
    assert not w.bot.desk.depth()
    done(w)


def test_s10_refused_direct_message_goes_to_the_team_leader_and_to_the_persons_own_mailbox(w: World) -> None:
    refuse(w, CARE_DUTY, "cannot_dm_bot", count=HOURS)
    w.allow("cannot_dm_bot", "notice_not_sent", "route_dead")
    reference = gravest(w)
    assert any("Nadia Elderflower could not be reached in Slack" in blocks for blocks in _blocks(w, CARE_LEADER))
    assert mails(w, CARE_DUTY, reference, "you could not be reached in Slack")
    w.expect_post("vigil-administration", reference, "Nadia Elderflower", "cannot_dm_bot")
    done(w)


def test_s13_slack_down_for_two_hours_takes_referrals_by_the_cli_mails_them_and_catches_up_once(w: World) -> None:
    w.driver.post("fault", kind="error", error="service_unavailable", count=HOURS)
    w.allow("service_unavailable", "notice_not_sent")
    w.tolerate("posted_without_looking", "overdue_and_nobody_told")
    reference = _taken_in(w)
    w.driver.advance("2h")
    assert mails(w, CARE_DUTY, reference)
    assert mails(w, CARE_LEADER, reference) or mails(w, DESK, reference)
    assert not w.told(CARE_DUTY)
    w.driver.post("fault", kind="error", clear=True)
    w.driver.advance("3m")
    assert len(w.told(CARE_DUTY, reference)) == 1, "one message for all that came due meanwhile"
    assert "Overdue" in w.words(reference)
    done(w)


def _blocks(w: World, seat: str) -> list[str]:
    return [str(message["blocks"]) for message in w.driver.messages(f"@{seat}")]


def _taken_in(w: World) -> str:
    """A referral that comes in while nobody can reach the bot in Slack: by `vigil intake`."""
    row = {
        "incident": "INC-1",
        "concern": "domestic_abuse",
        "at": (w.now() - timedelta(minutes=2)).isoformat(),
        "grade": "high",
        "children": [["police 44-0001"]],
        "team": "response",
    }
    taken = w.bot.desk.take_in([row])
    assert not taken.returned, taken.returned
    w.driver.advance("1s")
    return str(taken.taken[0].reference)
