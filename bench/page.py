"""Milliseconds in the practice page from the click on "Send referral" until the new card is there, measured in the page."""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from bench.figures import middle, tell
from bench.office import process, workspace
from bench.record import record

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SEAT, CHANNEL = "Priya Fernsby", "response-duty"
REFERRALS = 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WATCH = """
([button, words]) => new Promise(done => {
  let clicked = 0;
  const messages = document.querySelector("#messages");
  document.addEventListener("click", event => {
    if (event.target.closest("button")?.textContent.trim() === button) clicked ||= performance.now();
  }, true);
  new MutationObserver((_, watch) => {
    if (!messages.textContent.includes(words)) return;
    watch.disconnect();
    requestAnimationFrame(() => done(performance.now() - clicked));
  }).observe(document.body, {childList: true, subtree: true, characterData: true});
})
"""


def watched(page: Page, button: str, words: str) -> None:
    """Begin to watch for the click and for the words; `seen` answers."""
    page.evaluate(f"wanted => {{ window.seen = ({WATCH})(wanted) }}", [button, words])


def said(page: Page, number: int) -> float:
    """The baseline: a person's own message, from the click on Send until it is there."""
    page.locator("#draft").fill(f"message {number} of a person")
    watched(page, "Send", f"message {number} of a person")
    page.get_by_role("button", name="Send", exact=True).click()
    took = float(page.evaluate("() => window.seen"))
    expect(page.locator("#draft")).to_have_value("")
    return took


def referred(page: Page, number: int) -> float:
    """Refer through the form and the review step."""
    page.locator("#draft").fill("/refer")
    page.get_by_role("button", name="Send", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Concern type").select_option(label="Domestic abuse")
    form.get_by_label("Risk grade").select_option(label="High")
    form.get_by_label("What are you asking for?").select_option(index=1)
    form.get_by_label("Child or children").fill(f"police 44-{number:04d}")
    form.get_by_label("What has happened").fill("Seen at the door.")
    form.get_by_role("button", name="Check before sending").click()
    send = form.get_by_role("button", name="Send referral")
    send.wait_for()
    watched(page, "Send referral", f"SG-26-{number:05d}")
    send.click()
    took = float(page.evaluate("() => window.seen"))
    form.get_by_role("button", name="Done").click()
    expect(form).to_be_hidden()
    return took


def main() -> None:
    """Measure and print."""
    found = next(filter(None, map(shutil.which, [*sys.argv[1:], *BROWSERS])), None)
    if found is None:
        print("No Chromium found: install one, or name its program on the command line.")
        return
    with tempfile.TemporaryDirectory() as name, workspace(START) as server, sync_playwright() as playwright:
        place = Path(name)
        with record(place, START):
            pass
        with process(server, place):
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1360, "height": 920})
            page.goto(server.url)
            page.get_by_label("Sit as").select_option(label=SEAT)
            page.get_by_role("heading", level=1).filter(has_text=CHANNEL).wait_for()
            plain = [said(page, n) for n in range(REFERRALS)]
            cards = [referred(page, n + 1) for n in range(REFERRALS)]
            browser.close()
    tell("click to card in the page, median", middle(cards), "ms", aim=1000, baseline=middle(plain))
    tell("click to card in the page, slowest", max(cards), "ms", aim=1000, baseline=max(plain))


if __name__ == "__main__":
    main()
