"""Milliseconds from Slack's sending a command or a click to the bot's ack, 20 and 50 people at once, against a bare Bolt app."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import middle, p99, tell
from bench.office import process, until, workspace
from bench.record import record
from bot.practice.driver import Driver

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PREFIX = "SG-"
"""What the text of every case's card begins with; a team's channel has other messages with buttons."""
AT_ONCE, CROWD = 20, 50
CASES = 200
COMMANDS = 300
BARE = (sys.executable, "-m", "bench.bare_bot")
PLACES = ("front-door", "response-duty")

NAMES = {
    "command, 20 at once": 100,
    "click, 20 in one instant": 100,
    "click, 20 who press on without a pause": 100,
    "command, 50 at once": 250,
    "click, 50 in one instant": 250,
    "click, 50 who press on without a pause": 250,
}
"""What is measured, with the aim of its 99th percentile in milliseconds."""

Press = tuple[str, str, str]
"""A seat, a channel and the ts of a card."""


def at_once(act: Callable[[Press], float], presses: Sequence[Press], people: int = AT_ONCE) -> list[float]:
    """Do all of them, so many at any moment: whoever was answered does the next at once."""
    with ThreadPoolExecutor(people) as crowd:
        return list(crowd.map(act, presses))


def in_waves(
    driver: Driver, act: Callable[[Press], float], presses: Sequence[Press], people: int = AT_ONCE
) -> list[float]:
    """Do all of them, so many people in one instant; the next once the bot has told everybody what came of it."""
    found: list[float] = []
    for first in range(0, len(presses), people):
        found += at_once(act, presses[first : first + people], people)
        driver.advance("2m")
    return found


def cards(driver: Driver) -> list[Press]:
    """Each card with somebody who may press on it, a different person each time while there are any."""
    found: list[Press] = []
    for channel in PLACES:
        members = [seat for seat in seats(driver, channel) if seat != "Priya Fernsby"]
        messages = [m for m in driver.messages(channel) if not m["thread_ts"] and m["buttons"] and PREFIX in m["text"]]
        found += [(members[n % len(members)], channel, m["ts"]) for n, m in enumerate(messages)]
    return found


def seats(driver: Driver, channel: str) -> list[str]:
    """The names of a channel's members."""
    state = driver.get("state")
    (members,) = [set(c["members"]) for c in state["channels"] if c["name"] == channel]
    return sorted(seat["name"] for seat in state["seats"] if seat["id"] in members or seat["name"] in members)


def measured(
    driver: Driver, commands: Sequence[Press], clicks: Sequence[Press], action: str
) -> tuple[list[float], ...]:
    """The milliseconds of each command, of each click in waves, and without a pause; then of both with a crowd."""

    def command(press: Press) -> float:
        answer = driver.post("command", wait=False, seat=press[0], channel=press[1], command="/refer", text="")
        return float(answer["acked_ms"])

    def click(press: Press) -> float:
        answer = driver.post("click", wait=False, seat=press[0], channel=press[1], ts=press[2], action=action)
        return float(answer["acked_ms"])

    at_once(command, commands[:AT_ONCE])
    quarter = len(clicks) // 4
    return (
        at_once(command, commands),
        in_waves(driver, click, clicks[:quarter]),
        at_once(click, clicks[quarter : 2 * quarter]),
        at_once(command, commands, CROWD),
        in_waves(driver, click, clicks[2 * quarter : 3 * quarter], CROWD),
        at_once(click, clicks[3 * quarter :], CROWD),
    )


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, workspace(START) as server:
        place, driver = Path(name), Driver(server.url)
        with record(place, START) as here:
            for number in range(CASES):
                here.refer(number)
        with process(server, place):
            driver.advance("1s")
            until(lambda: len(cards(driver)) == CASES * len(PLACES))
            driver.advance("5m")  # a message a second to one person: by then nothing is on its way any more
            clicks = cards(driver)
            people = seats(driver, "response-duty")
            commands = [(people[n % len(people)], "response-duty", "") for n in range(COMMANDS)]
            ours = measured(driver, commands, clicks, "acknowledge")
        with process(server, place, BARE):
            bare = measured(driver, commands, clicks, "open_case")
    for (what, aim), mine, its in zip(NAMES.items(), ours, bare, strict=True):
        tell(f"ack of a {what}, p50", middle(mine), "ms", baseline=middle(its))
        tell(f"ack of a {what}, p99", p99(mine), "ms", aim=aim, baseline=p99(its))


if __name__ == "__main__":
    main()
