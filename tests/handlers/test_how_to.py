"""The pinned how-to, over the practice workspace."""

import pytest

from bot.domain.ids import ChannelId
from bot.ports import StorageDown
from bot.practice.blocks import message_breaches
from bot.practice.wire import Json
from bot.services.how_to import HowTo
from handlers.how_to import HowToBoard
from handlers.messenger import web_client
from handlers.pinning import EVERY_LOOKS, PinRounds
from handlers.views.how_to import how_to
from tests.handlers.conftest import Office

HERE = HowTo(ChannelId("C0RESPONSE"), partner=False)
THERE = HowTo(ChannelId("C0FRONTDR1"), partner=True)


@pytest.fixture
def board(office: Office) -> HowToBoard:
    client = web_client(office.environment["SLACK_BOT_TOKEN"], office.environment["SLACK_API_URL"])
    office.front.answers["how_tos_wanted"] = [HERE, THERE]
    return HowToBoard(client, office.front.desk())


def pinned(office: Office, channel: str) -> list[Json]:
    return [row for row in office.driver.messages(channel) if row["pinned"]]


def test_it_is_posted_and_pinned_in_each_channel_that_lacks_it(office: Office, board: HowToBoard) -> None:
    board.put_up()
    (ours,), (theirs,) = pinned(office, "response-duty"), pinned(office, "front-door")
    assert "`/safeguarding` lists the rest" in str(ours["blocks"])
    assert "No command is needed" in str(theirs["blocks"])
    assert "`/refer`" not in str(theirs["blocks"])
    assert ours["notifies"] == []
    assert office.front.of("how_to_posted") == [(HERE.channel,), (THERE.channel,)]


def test_a_copy_posted_before_a_crash_is_pinned_and_not_posted_again(office: Office, board: HowToBoard) -> None:
    office.driver.post("fault", kind="error", method="pins.add", error="not_pinnable", count=1)
    office.front.answers["how_tos_wanted"] = [HERE]
    board.put_up()
    assert pinned(office, "response-duty") == []
    assert office.front.of("how_to_posted") == []
    board.put_up()
    board.put_up()
    assert len(office.driver.messages("response-duty")) == 1
    assert len(pinned(office, "response-duty")) == 1


def test_a_channel_that_refuses_it_holds_up_no_other(office: Office, board: HowToBoard) -> None:
    office.driver.post("membership", channel="response-duty", seat="bot", **{"in": False})
    board.put_up()
    assert len(pinned(office, "front-door")) == 1
    assert office.front.of("how_to_posted") == [(THERE.channel,)]


def test_a_dead_token_ends_the_round(office: Office, board: HowToBoard) -> None:
    office.driver.post("fault", kind="revoked")
    board.put_up()
    calls = [row for row in office.driver.get("log")["log"] if row["kind"] == "api"]
    assert len(calls) == 1


def test_it_looks_at_the_start_and_then_every_ten_minutes(office: Office, board: HowToBoard) -> None:
    office.front.answers["how_tos_wanted"] = []
    rounds = PinRounds(board.put_up)
    for _ in range(EVERY_LOOKS + 1):
        rounds.look()
    assert len(office.front.of("how_tos_wanted")) == 2
    office.front.answers["how_tos_wanted"] = StorageDown()
    board.put_up()


@pytest.mark.parametrize("partner", [True, False])
def test_it_stays_inside_slacks_limits_and_begins_with_one_neutral_sentence(partner: bool) -> None:  # noqa: FBT001 - a case
    drawn = how_to(partner=partner, emergency="999", phone="101")
    assert message_breaches(list(drawn.blocks)) == []
    assert drawn.text == "How referrals work in this channel: read the pinned message."
    assert "call 999" in str(drawn.blocks)
