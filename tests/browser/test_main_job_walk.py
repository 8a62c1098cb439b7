"""The main job as a person walks it in the practice page: refer, leave it, move the clock, watch it climb, acknowledge."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.scenarios.world import (
    CARE_DUTY,
    CARE_EXECUTIVE,
    CARE_HEAD,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    DEPARTMENT_LEAD,
    OFFICER,
    POLICE_LEADER,
    SUPERINTENDENT,
    World,
)
from tests.scenarios.world import world as open_world

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("VIGIL_PICTURES")
"""A folder for the pictures of the walk; none are kept without it."""


@pytest.fixture
def walk(tmp_path: Path, chromium: Path) -> Iterator[tuple[World, Page]]:
    """A world and a page open on it."""
    with open_world(tmp_path) as world, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 920})
        page.goto(world.server.url)
        yield world, page
        browser.close()


STEPS = {
    1: "due",
    2: "team leaders",
    3: "department and partner leads",
    4: "superintendent and head of service",
    5: "chief officer and partner executive",
}


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.wait_for_timeout(600)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def sit(page: Page, name: str) -> None:
    page.get_by_label("Sit as").select_option(label=name)
    expect(page.get_by_role("heading", level=1)).to_contain_text("#")


def refer(page: Page) -> None:
    page.locator("#draft").fill("/refer")
    page.get_by_role("button", name="Send", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Concern type").select_option(label="Domestic abuse")
    grade = form.get_by_label("Risk grade")
    expect(grade).to_contain_text("High")
    grade.select_option(label="High")
    form.get_by_label("What are you asking for?").select_option(index=1)
    form.get_by_label("Child or children").fill("police 44-0001, council 9001")
    form.get_by_label("What has happened").fill("Two children heard shouting and were seen at the door.")
    picture(page, "1-form")
    form.get_by_role("button", name="Check before sending").click()
    expect(form).to_contain_text("on duty: Nadia Elderflower and Owen Saltmarsh")
    picture(page, "2-review")
    form.get_by_role("button", name="Send referral").click()
    expect(form).to_contain_text("SG-26-00001 has been sent")
    picture(page, "3-sent")
    form.get_by_role("button", name="Done").click()
    expect(form).to_be_hidden()


def test_walk_from_refer_to_chief_officer_and_partner_executive_and_the_partners_click(
    walk: tuple[World, Page],
) -> None:
    world, page = walk
    sit(page, OFFICER)
    refer(page)
    expect(page.get_by_role("log", name="Messages")).to_contain_text("SG-26-00001")
    climbs = (
        ("1h", (CARE_LEADER, POLICE_LEADER)),
        ("1h", (CARE_LEADER, POLICE_LEADER)),
        ("2h", (CARE_LEAD, DEPARTMENT_LEAD)),
        ("3h", (CARE_HEAD, SUPERINTENDENT)),
        ("18h", (CARE_EXECUTIVE, CHIEF)),
    )
    for number, (after, people) in enumerate(climbs, start=1):
        world.driver.advance(after)
        for person in people:
            sit(page, person)
            page.get_by_role("button", name="Vigil").click()
            expect(page.get_by_role("log", name="Messages")).to_contain_text(STEPS[number])
        picture(page, f"4-step-{number}")
    sit(page, CARE_DUTY)
    page.get_by_role("button", name="#front-door").click()
    messages = page.get_by_role("log", name="Messages")
    expect(messages).to_contain_text("Overdue")
    messages.get_by_role("button", name="replies").first.click()
    picture(page, "5-overdue")
    messages.get_by_role("button", name="Acknowledge").click()
    expect(messages).to_contain_text(f"Acknowledged by {CARE_DUTY}")
    picture(page, "6-acknowledged")
