"""The pinned card for raising a concern, over the practice workspace."""

from datetime import timedelta

import pytest

from bot.domain.ids import ChannelId
from bot.ports import StorageDown
from bot.practice.wire import Json
from bot.services.concern_cards import NOT_DRAWN, ConcernCard
from handlers.concern_board import ConcernBoard
from handlers.messenger import web_client
from handlers.views.concern_card import concern_card, fingerprint
from tests.handlers.conftest import Office
from tests.handlers.desks import NOW, rules

FRONT_DOOR, SCHOOLS = ChannelId("C0FRONTDR1"), ChannelId("C0SCHOOLS1")
DRAWN = fingerprint(concern_card(rules().policy, rules().directory))


@pytest.fixture
def board(office: Office) -> ConcernBoard:
    client = web_client(office.environment["SLACK_BOT_TOKEN"], office.environment["SLACK_API_URL"])
    want(office, ConcernCard(FRONT_DOOR, None))
    office.front.answers["now"] = NOW
    return ConcernBoard(client, office.front.desk())


def want(office: Office, *cards: ConcernCard) -> None:
    office.front.answers["concern_cards_wanted"] = list(cards)


def pinned(office: Office, channel: str = "front-door") -> list[Json]:
    return [row for row in office.driver.messages(channel) if row["pinned"]]


def test_it_is_posted_and_pinned_and_remembered_with_its_message_and_how_it_was_drawn(
    office: Office, board: ConcernBoard
) -> None:
    board.put_up()
    (card,) = pinned(office)
    assert card["text"] == "Partner agencies raise a concern in this channel with the pinned card."
    assert card["notifies"] == []
    assert office.front.of("concern_cards_wanted") == [(DRAWN,)]
    assert office.front.of("concern_card_posted") == [(ConcernCard(FRONT_DOOR, card["ts"]), DRAWN)]


def test_one_that_is_out_of_date_is_drawn_anew_in_its_place(office: Office, board: ConcernBoard) -> None:
    board.put_up()
    (card,) = pinned(office)
    want(office, ConcernCard(FRONT_DOOR, card["ts"]))
    board.put_up()
    assert [row["ts"] for row in office.driver.messages("front-door")] == [card["ts"]]
    assert len(office.front.of("concern_card_posted")) == 2
    updates = [row for row in office.driver.get("log")["log"] if row["name"] == "chat.update"]
    assert len(updates) == 1


def test_a_copy_posted_before_a_crash_is_pinned_and_not_posted_again(office: Office, board: ConcernBoard) -> None:
    office.driver.post("fault", kind="error", method="pins.add", error="not_pinnable", count=1)
    board.put_up()
    assert pinned(office) == []
    assert office.front.of("concern_card_posted") == []
    board.put_up()
    assert len(office.driver.messages("front-door")) == 1
    assert len(pinned(office)) == 1


def test_one_that_somebody_deleted_is_posted_again_on_the_next_day(office: Office, board: ConcernBoard) -> None:
    board.put_up()
    want(office, ConcernCard(FRONT_DOOR, "1772812800.000219"))
    office.front.answers["now"] = NOW + timedelta(days=1)
    board.put_up()
    assert len(pinned(office)) == 2
    want(office)
    board.put_up()
    assert office.front.of("concern_cards_wanted") == [(DRAWN,), (NOT_DRAWN,), (DRAWN,)]
    assert len(pinned(office)) == 2


def test_a_channel_that_refuses_it_holds_up_no_other_and_a_dead_token_ends_the_round(
    office: Office, board: ConcernBoard
) -> None:
    office.driver.post("membership", channel="front-door", seat="bot", **{"in": False})
    want(office, ConcernCard(FRONT_DOOR, None), ConcernCard(SCHOOLS, None))
    board.put_up()
    assert [card.channel for card, _ in office.front.of("concern_card_posted")] == [SCHOOLS]
    office.driver.post("fault", kind="revoked")
    before = len(office.driver.get("log")["log"])
    board.put_up()
    assert len(office.driver.get("log")["log"]) == before + 1
    office.front.answers["concern_cards_wanted"] = StorageDown()
    board.put_up()


def test_what_is_pressed_on_it_reaches_the_desk_as_it_was_filled_in_and_the_answer_is_for_that_person_alone(
    office: Office, board: ConcernBoard
) -> None:
    board.put_up()
    (card,) = pinned(office)
    values = {"Concern type": "Neglect", "What are you asking for?": "Act now", "Your own record number": " LA\t9001 "}
    office.driver.post(
        "click", seat="Nadia Elderflower", channel="front-door", ts=card["ts"], action="raise_concern", values=values
    )
    command, actor, _ = office.front.of("raise_concern")[0]
    assert (command.concern, command.asks_for, command.number.split()) == ("neglect", "act_now", ["LA", "9001"])
    assert command.channel == FRONT_DOOR
    assert (actor.person, actor.external) == ("nadia-elderflower", True)
    (said,) = [row for row in office.driver.messages("front-door", "Nadia Elderflower") if row["ephemeral_to"]]
    assert said["text"] == "SG-26-00042 has been sent."


def test_two_presses_with_the_same_answers_have_keys_of_their_own(office: Office, board: ConcernBoard) -> None:
    board.put_up()
    (card,) = pinned(office)
    for _ in range(2):
        office.driver.click("Nadia Elderflower", "front-door", card["ts"], "raise_concern")
    first, second = (key for _, _, key in office.front.of("raise_concern"))
    assert first != second
