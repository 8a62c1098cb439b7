"""The practice page in a real browser, found by role and label as a person with a screen reader finds it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from slack_sdk import WebClient

from bot.practice.cast import Shortcut, default_cast
from bot.practice.driver import Driver
from bot.practice.server import PracticeServer
from tests.practice.small_bot import SmallBot

pytestmark = pytest.mark.browser


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    cast = replace(default_cast(), shortcuts=(Shortcut("note", "Take a note", on_message=True),))
    with PracticeServer(cast, port=0) as running, SmallBot(running):
        yield running


@pytest.fixture
def page(chromium: Path, server: PracticeServer) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1280, "height": 800})
        shown.set_default_timeout(5000)
        broken: list[str] = []
        shown.on("pageerror", lambda error: broken.append(str(error)))
        shown.goto(server.url)
        yield shown
        browser.close()
        assert broken == []


def send(page: Page, text: str) -> None:
    """Write into the composer and send it."""
    page.get_by_label("Message #front-door").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def refer(page: Page) -> None:
    """Raise a concern through both forms."""
    send(page, "/refer")
    form = page.get_by_role("dialog", name="Raise a concern")
    form.get_by_label("Concern").select_option("Neglect")
    form.get_by_label("Reference").fill("police 44-0001")
    form.get_by_role("button", name="Check").click()
    page.get_by_role("dialog", name="Check").get_by_role("button", name="Send").click()


def test_a_concern_goes_from_command_to_card_and_is_acknowledged_from_the_partners_seat(page: Page) -> None:
    expect(page.get_by_text("synthetic data only")).to_be_visible()
    send(page, "/refer")
    form = page.get_by_role("dialog", name="Raise a concern")
    form.get_by_label("Concern").select_option("Missing child")
    form.get_by_label("From care").check()
    form.get_by_label("Reference").fill("police 45")
    form.get_by_role("button", name="Check").click()
    expect(form.get_by_text("Reference must hold 44")).to_be_visible()
    expect(form.get_by_label("Reference")).to_have_value("police 45")
    expect(form.get_by_label("From care")).to_be_checked()
    form.get_by_label("Reference").fill("police 44-0001")
    form.get_by_role("button", name="Check").click()
    page.get_by_role("dialog", name="Check").get_by_role("button", name="Send").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible(timeout=1000)
    expect(page.get_by_text("Waiting @Social Worker Five <!channel>")).to_be_visible()
    page.get_by_label("Sit as").select_option(label="Social Worker Five")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Done @Social Worker Five")).to_be_visible(timeout=1000)
    expect(page.get_by_text("Only you can see this")).to_be_visible()


def test_a_refused_command_says_why_and_keeps_what_was_typed(page: Page) -> None:
    page.get_by_label("Sit as").select_option(label="Social Worker Five")
    send(page, "/refer")
    expect(page.get_by_role("alert")).to_contain_text("belongs to another Slack organisation")
    expect(page.get_by_label("Message #front-door")).to_have_value("/refer")
    page.get_by_role("button", name="Log").click()
    expect(page.get_by_role("row", name="external_person")).to_be_visible()


def test_a_form_is_put_away_with_escape_and_the_clock_moves(page: Page, server: PracticeServer) -> None:
    send(page, "/refer")
    expect(page.get_by_role("dialog", name="Raise a concern")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert Driver(server.url).views("Officer One") == []
    before = Driver(server.url).get("clock")["now"]
    page.get_by_role("button", name="+4 h").click()
    expect(page.get_by_role("button", name="+4 h")).to_be_enabled()
    page.get_by_role("button", name="Next deadline").click()
    expect(page.get_by_role("alert")).to_contain_text("waits for no deadline")
    assert Driver(server.url).get("clock")["now"] > before


def test_threads_home_and_direct_messages_are_there_on_a_phone(page: Page, server: PracticeServer) -> None:
    refer(page)
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Reply").click()
    page.get_by_label("Reply in thread").fill("seen & read")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_role("log", name="Replies").get_by_text("seen & read")).to_be_visible()
    page.get_by_role("button", name="Close thread").click()
    expect(page.get_by_role("button", name="1 reply")).to_be_visible()
    page.get_by_role("button", name="Channels").click()
    expect(page.get_by_label("1 unread")).to_be_visible()
    page.get_by_role("button", name="Vigil").click()
    expect(page.get_by_text("SG-1 was sent")).to_be_visible()
    page.get_by_role("button", name="Channels").click()
    page.get_by_role("button", name="Home").click()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_who_sits_in_another_organisation_is_offered_no_home(page: Page) -> None:
    page.get_by_role("button", name="Home").click()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    page.get_by_label("Sit as").select_option(label="Social Worker Five")
    expect(page.get_by_role("heading", level=1)).to_contain_text("#front-door")
    expect(page.get_by_role("button", name="Home")).to_be_hidden()


def test_message_that_one_person_alone_sees_offers_no_shortcut(page: Page, server: PracticeServer) -> None:
    bot = WebClient(token=server.cast.bot.bot_token, base_url=server.bot_environment["SLACK_API_URL"])
    bot.chat_postMessage(channel="C0FRONTDOOR", text="For everybody")
    bot.chat_postEphemeral(channel="C0FRONTDOOR", user="U0OFFICER", text="For you alone")
    expect(page.get_by_text("For you alone")).to_be_visible()
    expect(page.get_by_label("More actions for this message")).to_have_count(1)
