"""Opening a case without its card."""

import pytest

from bot.domain.errors import NotFound
from bot.domain.overview import OwnCases
from bot.practice.blocks import view_breaches
from bot.practice.wire import ControlError
from handlers.views.picker import offers, picker, words
from tests.handlers.conftest import Office
from tests.handlers.desks import CASE_ID, a_choice

OFFICER, PARTNER = "Imani Oakhollow", "Nadia Elderflower"


@pytest.mark.parametrize("channel", ["front-door", f"@{OFFICER}"])
@pytest.mark.parametrize("typed", ["SG-26-00042", "sg-26-42"])
def test_a_reference_opens_the_case_in_any_channel_and_in_a_direct_message(
    office: Office, channel: str, typed: str
) -> None:
    answer = office.driver.command(OFFICER, channel, "/case", typed)
    assert answer["reply"] is None
    assert office.front.of("own_case")[-1][0] == "SG-26-00042"
    assert office.front.of("open_case")[-1][0] == CASE_ID
    assert "This opening is on the record." in str(office.view(OFFICER)["texts"])


def test_a_case_that_is_not_theirs_is_refused_neutrally_and_the_refusal_is_on_the_audit(office: Office) -> None:
    office.front.answers["own_case"] = NotFound("There is no such case, or it is not one of yours.")
    answer = office.driver.command(OFFICER, "front-door", "/case", "SG-26-00009")
    assert answer["reply"] == "There is no such case, or it is not one of yours."
    assert answer["view_id"] is None
    assert office.front.of("refused")[-1][1:] == ("case", None)
    assert office.front.of("open_case") == []


def test_without_a_reference_the_persons_own_cases_are_offered_at_a_touch(office: Office) -> None:
    view_id = office.driver.command(OFFICER, "front-door", "/case")["view_id"]
    texts = office.view(OFFICER)["texts"]
    assert texts[1:5] == [
        "*My last 5*",
        "*SG-26-00042* · High · Thursday 5 March 2026",
        "*My open cases*",
        "*SG-26-00043* · High · Thursday 5 March 2026",
    ]
    block = f"case:{43:032x}:3"
    office.driver.post("click", seat=OFFICER, view_id=view_id, action="open_case", block_id=block)
    assert office.front.of("open_case")[-1][0] == f"{43:032x}"
    assert len(office.driver.views(OFFICER)) == 2


def test_what_is_no_reference_is_not_said_back_and_the_picker_opens(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    answer = office.driver.command(OFFICER, "front-door", "/case", "Canary Childname")
    assert answer["reply"] == "That is no case reference. Nothing that you typed was kept; choose a case here."
    assert office.view(OFFICER)["title"] == "Open a case"
    assert "Canary" not in f"{office.front.asked} {office.driver.messages('front-door')} {caplog.text}"


def test_typing_is_looked_up_on_the_server_and_what_is_chosen_opens(office: Office) -> None:
    view_id = office.driver.command(OFFICER, "front-door", "/case")["view_id"]
    ask = {"seat": OFFICER, "view_id": view_id, "action": "find_case"}
    assert office.driver.post("options", **ask, query="44")["options"] == [
        "SG-26-00044 · closed · High · Thursday 5 March 2026"
    ]
    assert office.front.of("search_cases")[-1][0] == "44"
    assert office.front.actor("search_cases").person == "imani-oakhollow"
    assert len(office.driver.post("options", **ask, query="")["options"]) == 2
    office.driver.click_view(OFFICER, view_id, "find_case", "SG-26-00044")
    assert office.front.of("open_case")[-1][0] == f"{44:032x}"


def test_a_search_that_fails_offers_nothing_and_leaves_nothing_hanging(office: Office) -> None:
    view_id = office.driver.command(OFFICER, "front-door", "/case")["view_id"]
    office.front.answers["search_cases"] = RuntimeError("Canary Childname")
    assert office.driver.post("options", seat=OFFICER, view_id=view_id, action="find_case", query="4")["options"] == []


def test_nobody_of_another_organisation_gets_the_command(office: Office) -> None:
    with pytest.raises(ControlError, match="another Slack organisation"):
        office.driver.command(PARTNER, "front-door", "/case", "SG-26-00042")


def test_a_picker_that_does_not_open_says_so(office: Office) -> None:
    office.driver.post("fault", kind="error", method="views.open", error="expired_trigger_id")
    said = office.driver.command(OFFICER, "front-door", "/case")["reply"]
    assert said == "This did not open in Slack and nothing was changed. Type /case again; phone 101 if it cannot wait."


def test_the_longest_picker_stays_inside_slacks_limits_and_an_empty_one_says_what_to_do() -> None:
    many = tuple(a_choice(n) for n in range(5)), tuple(a_choice(n + 10) for n in range(20))
    assert view_breaches(picker(OwnCases(*many)), kind="modal") == []
    empty = picker(OwnCases((), ()))
    assert view_breaches(empty, kind="modal") == []
    assert "You have no case of your own yet." in str(empty)
    assert offers(OwnCases((), ())) == {"options": []}
    assert words(a_choice()) == "SG-26-00042 · High · Thursday 5 March 2026"
