"""Commands, shortcuts, Home and the picker as people walk them in the practice page, on a desk and on a phone."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from tests.scenarios.world import CARE_DUTY, CHIEF, OFFICER, POLICE_DUTY, POLICE_LEADER, World
from tests.scenarios.world import world as open_world

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("VIGIL_PICTURES")
"""A folder for the pictures of the walk; none are kept without it."""
DESK, PHONE = ViewportSize(width=1360, height=920), ViewportSize(width=390, height=844)
SAID = "Two children seen alone at the bus stop at half past ten."


@pytest.fixture
def walk(tmp_path: Path, chromium: Path) -> Iterator[tuple[World, Page]]:
    """A world with one referral in it, and a page open on it."""
    with open_world(tmp_path) as world, sync_playwright() as playwright:
        world.refer(grade="High")
        world.driver.post("close", seat=OFFICER, view_id=world.driver.views(OFFICER)[-1]["id"])
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=DESK)
        page.goto(world.server.url)
        yield world, page
        browser.close()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def on_both(page: Page, name: str) -> None:
    """A picture on a desk and on a phone, where nothing may be wider than the screen."""
    picture(page, f"{name}-desk")
    page.set_viewport_size(PHONE)
    picture(page, f"{name}-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESK)


def sit(page: Page, name: str) -> None:
    page.get_by_label("Sit as").select_option(label=name)


def write(page: Page, text: str) -> None:
    page.locator("#draft").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_walk_help_drafts_picker_and_search(walk: tuple[World, Page]) -> None:
    _, page = walk
    sit(page, OFFICER)
    write(page, "/safeguarding")
    messages = page.get_by_role("log", name="Messages")
    expect(messages).to_contain_text("/safeguarding mine")
    on_both(page, "help")
    write(page, "/safeguarding mien")
    expect(messages).to_contain_text("Did you mean /safeguarding mine?")
    write(page, "/case")
    form = page.get_by_role("dialog", name="Open a case")
    expect(form).to_contain_text("My last 5")
    form.get_by_role("searchbox").fill("1")
    form.get_by_role("button", name="SG-26-00001 ·").click()
    detail = page.get_by_role("dialog", name="SG-26-00001")
    expect(detail).to_contain_text("Seen at the door.")
    picture(page, "detail-desk")
    detail.get_by_role("button", name="Close").click()
    on_both(page, "picker")


def test_walk_from_a_message_to_a_draft_and_from_home_to_the_form(walk: tuple[World, Page]) -> None:
    world, page = walk
    sit(page, OFFICER)
    page.get_by_role("button", name="#response-duty").click()
    write(page, SAID)
    message = page.get_by_role("article", name=f"{OFFICER}: {SAID}")
    message.get_by_label("More actions for this message").click()
    picture(page, "message-menu-desk")
    message.get_by_role("button", name="Safeguarding referral").click()
    form = page.get_by_role("dialog", name="Refer a child")
    expect(form.get_by_label("What has happened")).to_have_value(SAID)
    form.get_by_label("Concern type").select_option(label="Neglect")
    expect(form.get_by_label("What has happened")).to_have_value(SAID)
    on_both(page, "form-from-message")
    form.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Home").click()
    home = page.get_by_role("log", name="Messages")
    expect(home).to_contain_text("My drafts")
    home.get_by_role("button", name="Go on with the draft").click()
    expect(page.get_by_role("dialog", name="Refer a child").get_by_label("What has happened")).to_have_value(SAID)
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert SAID not in str([m["blocks"] for m in world.driver.messages("response-duty")])


def test_walk_home_of_an_officer_a_leader_and_the_chief(walk: tuple[World, Page]) -> None:
    world, page = walk
    world.driver.advance(f"{int(timedelta(hours=3).total_seconds() // 60)}m")
    home = page.get_by_role("log", name="Messages")
    for name, expected in ((POLICE_DUTY, "I am late with"), (POLICE_LEADER, "My team owes"), (CHIEF, "The force now")):
        sit(page, name)
        page.get_by_role("button", name="Home").click()
        expect(home).to_contain_text(expected)
        expect(home).to_contain_text("SG-26-00001")
        on_both(page, f"home-{name.split()[0].lower()}")
    home.get_by_role("button", name="Open SG-26-00001").first.click()
    expect(page.get_by_role("dialog", name="SG-26-00001")).to_contain_text("This opening is on the record.")


def test_walk_duty_and_away(walk: tuple[World, Page]) -> None:
    _, page = walk
    sit(page, POLICE_LEADER)
    page.get_by_role("button", name="#response-duty").click()
    write(page, "/safeguarding duty")
    form = page.get_by_role("dialog", name="Who is on duty")
    expect(form).to_contain_text("Priya Fernsby and Dafydd Larkmoor")
    on_both(page, "duty")
    form.get_by_role("button", name="Hand over the shift").click()
    over = page.get_by_role("dialog", name="Hand over the shift")
    over.get_by_label("Hand over to").select_option(label="Imani Oakhollow")
    over.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Imani Oakhollow")
    on_both(page, "handed-over")
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    write(page, "/safeguarding away")
    expect(page.get_by_role("dialog", name="Away")).to_contain_text("Who covers")
    on_both(page, "away")


def test_walk_the_pinned_how_to_of_both_channels(walk: tuple[World, Page]) -> None:
    _, page = walk
    messages = page.get_by_role("log", name="Messages")
    for name, channel, words in ((OFFICER, "response-duty", "lists the rest"), (CARE_DUTY, "front-door", "No command")):
        sit(page, name)
        page.get_by_role("button", name=f"#{channel}").click()
        expect(messages).to_contain_text(words, timeout=15_000)
        expect(messages).to_contain_text("Pinned")
        on_both(page, f"how-to-{channel}")
