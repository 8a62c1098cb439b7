"""`make gallery`: every surface drawn by the practice page, at a desk and on a phone, as PNG beside one page to look through.

python -m tests.gallery.gallery FOLDER [part of a name]
"""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path
from threading import Lock
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.domain.ids import ChannelId
from bot.practice.driver import Driver
from bot.practice.sample import sample_cast
from bot.practice.server import PracticeServer
from handlers.messenger import SlackMessenger, web_client
from handlers.transport import SocketTransport
from tests.gallery.surfaces import Surface, surfaces

SEAT, ROOM = "Nadia Elderflower", ChannelId("C0FRONTDR1")
WIDTHS = {"desk": (1280, 1700), "phone": (390, 2600)}
"""Wide as a desk and as a phone, and tall enough that nothing is cut off."""
SETTLE = 400
"""Milliseconds."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Studio:
    """A practice workspace whose bot shows whatever surface it is given."""

    def __init__(self, server: PracticeServer) -> None:
        environment = server.bot_environment
        self.server = server
        self.driver = Driver(server.url)
        self.client = web_client(environment["SLACK_BOT_TOKEN"], environment["SLACK_API_URL"])
        self.messenger = SlackMessenger(self.client)
        self._view: dict[str, Any] = {}
        self._lock = Lock()
        app = App(name="gallery", client=self.client, token_verification_enabled=False)
        app.command("/refer")(self._open)
        self.transport = SocketTransport(app, environment["SLACK_APP_TOKEN"])
        self.transport.start()

    def _open(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        with self._lock:
            client.views_open(trigger_id=body["trigger_id"], view=self._view)

    def show(self, surface: Surface, seat: str) -> None:
        """Put the surface in front of the seat."""
        if surface.page is not None:
            blocks = list(surface.page.blocks)
            self.client.chat_postMessage(channel=ROOM, text=surface.page.text, blocks=blocks)
            return
        if surface.view is not None and surface.view["type"] == "home":
            self.client.views_publish(user_id=seat_id(self, seat), view=surface.view)
            return
        if surface.view is not None:
            with self._lock:
                self._view = surface.view
            self.driver.command(seat, "response-duty", "/refer")
            return
        self.messenger.post(surface.outgoing, channel=ROOM, thread=None)


@contextmanager
def studio() -> Iterator[Studio]:
    """A studio for the time of the gallery."""
    with PracticeServer(sample_cast(), port=0) as server:
        here = Studio(server)
        try:
            yield here
        finally:
            here.transport.stop()


def picture(here: Studio, page: Page, surface: Surface, path: Path) -> None:
    """One surface on one page, as PNG: the modal or the message alone."""
    here.driver.post("reset")
    seat, room = ("Priya Fernsby", "response-duty") if surface.view is not None else (SEAT, "front-door")
    here.show(surface, seat)
    page.goto("about:blank")  # another fragment alone would not load the page anew
    at_home = surface.view is not None and surface.view["type"] == "home"
    page.goto(f"{here.server.url}/?seat={seat_id(here, seat)}#{'home' if at_home else room_id(here, room)}")
    in_dialog = surface.view is not None and not at_home
    shown = page.get_by_role("dialog") if in_dialog else page.locator("#messages > *").last
    shown.wait_for(timeout=5000)
    page.wait_for_timeout(SETTLE)  # the page draws itself once more when its event stream opens
    shown.screenshot(path=path)


def seat_id(here: Studio, name: str) -> str:
    """The Slack id of a seat."""
    return next(str(seat["id"]) for seat in here.driver.get("state")["seats"] if seat["name"] == name)


def room_id(here: Studio, name: str) -> str:
    """The Slack id of a channel."""
    return next(str(room["id"]) for room in here.driver.get("state")["channels"] if room["name"] == name)


def draw_all(browser: Browser, folder: Path, chosen: Mapping[str, Surface]) -> list[Path]:
    """Every chosen surface at every width; the pictures made."""
    made = []
    with studio() as here:
        for width, size in WIDTHS.items():
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            for name, surface in chosen.items():
                path = folder / f"{name}-{width}.png"
                picture(here, page, surface, path)
                made.append(path)
            page.close()
    return made


def contents(folder: Path, made: list[Path]) -> Path:
    """One page that shows them all."""
    rows = "".join(
        f'<figure><img src="{path.name}"><figcaption>{escape(path.stem)}</figcaption></figure>' for path in made
    )
    page = folder / "index.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><title>Gallery</title>{rows}", "utf-8")
    return page


def main(arguments: list[str]) -> None:
    """Draw the gallery into a folder; a second argument picks the surfaces whose names hold it."""
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    part = arguments[1] if len(arguments) > 1 else ""
    chosen = {name: surface for name, surface in surfaces().items() if part in name}
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        sys.exit("The gallery needs a Chromium: install one (Debian: 'apt-get install chromium').")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        made = draw_all(browser, folder, chosen)
        browser.close()
    sys.stdout.write(f"{len(made)} pictures of {len(chosen)} surfaces: {contents(folder, made)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
