"""One walk for each role: on a phone, as a second person, from another organisation, at the top of the force, at a shell."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

from tests.scenarios.world import CARE_LEADER, CHIEF, MONDAY, OFFICER, POLICE_LEADER, World
from tests.scenarios.world import world as open_world

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("VIGIL_PICTURES")
"""A folder for the pictures of the walk; none are kept without it."""
DESK, PHONE = ViewportSize(width=1360, height=1000), ViewportSize(width=390, height=844)
SATURDAY = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
ENOUGH = (
    "Child seen and safe",
    "Referrer told of the outcome",
    "Reference in the force's record system",
    "School told (Operation Encompass)",
    "The child's voice recorded",
)
Opened = Callable[..., tuple[World, Page]]


@pytest.fixture
def opened(tmp_path: Path, chromium: Path) -> Iterator[Opened]:
    """Opens a world that begins at an instant, and a page of a size on it."""
    with ExitStack() as stack:

        def open_one(start: datetime = MONDAY, size: ViewportSize = DESK) -> tuple[World, Page]:
            world = stack.enter_context(open_world(tmp_path, start=start))
            playwright = stack.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            stack.callback(browser.close)
            page = browser.new_page(viewport=size)
            page.set_default_timeout(10_000)
            page.goto(world.server.url)
            return world, page

        yield open_one


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(PICTURES) / f"role-{name}.png")


def sit(page: Page, name: str) -> None:
    page.get_by_label("Sit as").select_option(label=name)


def messages(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


def test_walk_an_officer_refers_on_a_phone(opened: Opened) -> None:
    world, page = opened(size=PHONE)
    page.get_by_role("button", name="Channels").click()
    sit(page, OFFICER)
    expect(page.get_by_role("heading", level=1)).to_contain_text("#response-duty")
    page.locator("#draft").fill("/refer")
    page.get_by_role("button", name="Send", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Concern type").select_option(label="Domestic abuse")
    expect(form.get_by_label("Risk grade")).to_contain_text("High")
    form.get_by_label("Risk grade").select_option(label="High")
    form.get_by_label("What are you asking for?").select_option(index=1)
    form.get_by_label("Child or children").fill("police 44-0001")
    form.get_by_label("What has happened").fill("Seen at the door.")
    picture(page, "officer-form")
    form.get_by_role("button", name="Check before sending").click()
    expect(form).to_contain_text("on duty: Nadia Elderflower")
    picture(page, "officer-review")
    form.get_by_role("button", name="Send referral").click()
    expect(form).to_contain_text("SG-26-00001 has been sent")
    picture(page, "officer-sent")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    form.get_by_role("button", name="Done").click()
    expect(messages(page)).to_contain_text("SG-26-00001")
    picture(page, "officer-card")
    assert len(world.bot.desk.cases(9)) == 1


def put_forward(world: World) -> None:
    """A case on which everything is done and whose closing an officer has put forward."""
    reference = world.refer(grade="High")
    for act in ENOUGH:
        world.press(OFFICER, reference, "record_act", act, channel="response-duty")
    card = world.card(reference, "response-duty")
    form = world.driver.click(OFFICER, "response-duty", card["ts"], "put_forward", "Close, in your own words…")
    reason = {"Outcome": "Closed", "Reason": "The child was seen today and is safe with her mother."}
    assert "errors" not in world.driver.submit(OFFICER, form["view_id"], reason)
    world.driver.advance("1m")


def test_walk_a_supervisor_reads_why_and_agrees_to_a_closing(opened: Opened) -> None:
    world, page = opened()
    put_forward(world)
    sit(page, POLICE_LEADER)
    page.get_by_role("button", name="Vigil").click()
    expect(messages(page)).to_contain_text(f"{OFFICER} asks you to agree")
    picture(page, "supervisor-asked")
    messages(page).get_by_role("button", name="Read the reason").click()
    read = page.get_by_role("dialog", name="Put to you")
    expect(read).to_contain_text("The child was seen today and is safe with her mother.")
    picture(page, "supervisor-reads")
    read.get_by_role("button", name="Agree: SG-26-00001", exact=True).click()
    page.get_by_role("dialog", name="Agree?").get_by_role("button", name="Agree").click()
    expect(page.get_by_role("dialog", name="Agreed")).to_contain_text("It is closed")
    picture(page, "supervisor-agreed")
    page.get_by_role("dialog", name="Agreed").get_by_role("button", name="Back").click()
    read.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="#response-duty").click()
    closed = messages(page).get_by_role("article", name="SG-26-00001 is closed.")
    expect(closed).to_contain_text("Northmere Police: Not acknowledged")


def test_walk_a_lead_of_social_care_raises_a_concern_and_answers_one_from_cards_alone(opened: Opened) -> None:
    world, page = opened()
    reference = world.refer(grade="High")
    sit(page, CARE_LEADER)
    page.get_by_role("button", name="#front-door").click()
    pinned = messages(page).get_by_role("article", name="Partner agencies raise a concern")
    expect(pinned).to_contain_text("Pinned", timeout=15_000)
    pinned.get_by_label("Concern type").select_option(label="Neglect")
    pinned.get_by_label("What are you asking for?").select_option(index=1)
    pinned.get_by_label("Your own record number").fill("LA 9001")
    picture(page, "partner-concern")
    pinned.get_by_role("button", name="Send to Northmere Police").click()
    page.get_by_role("dialog", name="Send to Northmere Police?").get_by_role("button", name="Send").click()
    expect(messages(page)).to_contain_text("SG-26-00002 has been sent.")
    expect(messages(page)).to_contain_text("their record LA 9001")
    picture(page, "partner-sent")
    asked = messages(page).get_by_role("article", name=f"Vigil: {reference} waits for")
    asked.get_by_role("button", name=f"Acknowledge {reference}").click()
    answered = messages(page).get_by_role("article", name=f"Vigil: {reference}")
    expect(answered.first).to_contain_text(f"Acknowledged by {CARE_LEADER}")
    answered.first.get_by_label("More", exact=True).select_option(label="Our record number…")
    in_place = messages(page).get_by_role("article", name=f"{reference}: Our record number")
    in_place.get_by_label("Our record number").fill("LA 7007")
    in_place.get_by_role("button", name="Put it on the card").click()
    expect(answered.first).to_contain_text("their record LA 7007")
    picture(page, "partner-answered")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_walk_a_chief_officer_reads_the_digest_and_the_picture_of_the_force(opened: Opened) -> None:
    world, page = opened(start=SATURDAY)
    world.refer(grade="High")
    world.refer(grade="Medium", children="police 44-0002")
    world.driver.move_to("2026-11-30T08:00:05+00:00")
    sit(page, CHIEF)
    page.get_by_role("button", name="#safeguarding").click()
    expect(messages(page)).to_contain_text("Week to Monday 30 November 2026")
    picture(page, "chief-digest")
    page.get_by_role("button", name="Home").click()
    expect(messages(page)).to_contain_text("The force now")
    expect(messages(page)).to_contain_text("SG-26-00001")
    picture(page, "chief-home")


def shell(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`vigil` as an operator types it in a terminal of 110 columns, beside the running bot."""
    environment = {**world.environment, "PYTHONPATH": str(ROOT), "COLUMNS": "110", "VIGIL_POLICY": ""}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=world.place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_walk_an_operator_checks_the_deployment_and_reads_how_to_mend_it(opened: Opened) -> None:
    world, page = opened()
    world.driver.post("membership", channel="front-door", seat="bot", **{"in": False})
    said = shell(world, "check")
    assert said.returncode == 1, said.stdout
    page.set_content(f"<title>Terminal</title><pre>{escape(said.stdout)}\n{escape(said.stderr)}</pre>")
    expect(page.get_by_text("MEND")).to_be_visible()
    picture(page, "operator-mend")
    world.driver.post("membership", channel="front-door", seat="bot", **{"in": True})
    said = shell(world, "check")
    assert said.returncode == 0, said.stdout
    assert "0 to mend" in said.stdout
