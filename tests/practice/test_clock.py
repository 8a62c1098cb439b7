"""The practice clock, and the way a bot follows it."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.practice.cast import default_cast
from bot.practice.driver import Driver
from bot.practice.server import PracticeServer
from bot.practice.wire import ControlError

FRIDAY = datetime(2026, 3, 6, 22, 40, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    with PracticeServer(default_cast(), port=0, start=FRIDAY) as running:
        yield running


class Engine(threading.Thread):
    """Follows the clock as a bot does; `due` is the instant it reports, `passes` what it saw."""

    def __init__(self, server: PracticeServer, due: datetime | None) -> None:
        super().__init__(daemon=True)
        self.url, self.due = server.clock_url, due
        self.passes: list[str] = []
        self.started, self.ended = threading.Event(), False
        self.holds_back: timedelta | None = None
        """How much later, always, the bot means to send what its pace holds back."""

    def run(self) -> None:
        seen = settled = 0
        with httpx.Client(timeout=10) as client:
            while not self.ended:
                query = {"seen": str(seen), "settled": str(settled), "wait": "2"}
                if self.due:
                    query["next"] = self.due.isoformat()
                if self.holds_back and self.passes:
                    query["sending"] = (datetime.fromisoformat(self.passes[-1]) + self.holds_back).isoformat()
                answer = client.get(self.url, params=query).json()
                seen = settled = answer["version"]
                self.passes.append(answer["now"])
                self.started.set()
                if self.due and datetime.fromisoformat(answer["now"]) >= self.due:
                    self.due = None


@pytest.fixture
def engine(server: PracticeServer) -> Iterator[Engine]:
    thread = Engine(server, FRIDAY + timedelta(hours=4))
    thread.start()
    assert thread.started.wait(5)
    yield thread
    thread.ended = True
    httpx.post(f"{server.url}/control/clock?wait=0", json={"advance": "1s"})
    thread.join(5)


def test_a_clock_move_returns_after_the_following_bot_has_finished_a_pass(driver: Driver, engine: Engine) -> None:
    moved = driver.advance("4h")
    assert "warning" not in moved
    assert engine.passes[-1] >= (FRIDAY + timedelta(hours=4)).isoformat()


def test_time_that_is_let_run_does_not_hurry_on_to_what_the_bots_pace_holds_back(
    driver: Driver, engine: Engine
) -> None:
    engine.holds_back = timedelta(seconds=1)
    driver.post("clock", wait=False, advance="1s")
    before = datetime.fromisoformat(driver.get("clock")["now"])
    now = datetime.fromisoformat(driver.let_run("1m")["now"])
    assert timedelta(minutes=1) <= now - before < timedelta(minutes=1, seconds=5)


def test_next_deadline_is_the_instant_the_bot_reports_and_then_there_is_none(driver: Driver, engine: Engine) -> None:
    now = datetime.fromisoformat(driver.move_to("next deadline")["now"])
    assert timedelta(0) <= now - (FRIDAY + timedelta(hours=4)) < timedelta(seconds=5)
    with pytest.raises(ControlError) as refusal:
        driver.move_to("next deadline")
    assert refusal.value.code == "no_deadline"


def test_a_bot_that_was_killed_while_it_waited_is_not_waited_for(driver: Driver, server: PracticeServer) -> None:
    address = server.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1]))) as killed:
        killed.sendall(b"GET /control/clock?seen=1&settled=1&wait=30 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        while not driver.get("state")["bot"]["follows_clock"]:
            continue
    began = time.monotonic()
    while driver.get("state")["bot"]["follows_clock"]:
        assert time.monotonic() - began < 5
    assert "warning" in driver.advance("1h")


def test_a_bot_with_its_own_clock_gets_a_warning(driver: Driver) -> None:
    assert "own" in driver.advance("15m")["warning"]


def test_monday_is_eight_in_london_and_the_clock_does_not_go_back(driver: Driver) -> None:
    assert driver.move_to("monday")["now"].startswith("2026-03-09T08:00:0")
    with pytest.raises(ControlError) as refusal:
        driver.move_to("2026-03-07T00:00:00+00:00")
    assert refusal.value.code == "clock_backwards"
    assert driver.post("clock", to="2026-03-07T00:00:00+00:00", allow_back=True)["now"].startswith("2026-03-07")


def test_after_the_clock_change_monday_is_still_eight_in_london(driver: Driver) -> None:
    driver.move_to("2026-03-27T12:00:00+00:00")
    assert driver.move_to("monday")["now"].startswith("2026-03-30T07:00:0")


@pytest.mark.parametrize("body", [{"advance": "soon"}, {"to": "tomorrow"}, {"to": "2026-03-09T08:00:00"}, {}])
def test_a_move_that_names_no_time_is_refused_with_a_sentence(driver: Driver, body: dict[str, str]) -> None:
    with pytest.raises(ControlError, match="write it like"):
        driver.post("clock", to=body.get("to"), advance=body.get("advance"))
