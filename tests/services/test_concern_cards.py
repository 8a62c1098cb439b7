"""Which channels need the card for raising a concern, and which an older one drawn anew."""

from bot.services import concern_cards
from bot.services.concern_cards import ConcernCard
from tests.builders import CARE_CHANNEL, RESPONSE_CHANNEL
from tests.services.office import Office

TS = "1772812800.000219"


def wanted(office: Office, drawn: int) -> dict[str, str | None]:
    return {each.channel: each.ts for each in concern_cards.wanted(drawn, tools=office.tools)}


def test_channels_of_partners_want_the_card_and_the_forces_own_do_not() -> None:
    office = Office()
    found = wanted(office, 7)
    assert found[CARE_CHANNEL] is None
    assert RESPONSE_CHANNEL not in found


def test_a_card_is_wanted_once_and_again_in_the_same_message_each_time_that_it_would_be_drawn_otherwise() -> None:
    office = Office()
    for drawn in (7, 2**31 - 1, 7):
        concern_cards.posted(ConcernCard(CARE_CHANNEL, TS), drawn, tools=office.tools)
        assert CARE_CHANNEL not in wanted(office, drawn)
        assert wanted(office, drawn - 1)[CARE_CHANNEL] == TS
    assert office.audit("sent") == [f"concern_card {CARE_CHANNEL}"], "the same message, drawn anew, is sent once"
    concern_cards.posted(ConcernCard(CARE_CHANNEL, "1772899200.000001"), 7, tools=office.tools)
    assert len(office.audit("sent")) == 2
