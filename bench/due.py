"""Seconds from the instant at which one step is due until its first message or redrawn card reaches Slack's API."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import middle, tell
from bench.office import process, until, workspace
from bench.record import record
from bot.practice.driver import Driver
from bot.practice.wire import Json

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
EARLY = timedelta(milliseconds=1500)
STEPS = 8
LOOKS_EVERY = 2.0
"""The baseline: the mean lateness of an engine that only looked every two seconds would be half of this."""


def lateness(driver: Driver, due_at: datetime) -> float:
    """Move to a moment before a step, let time run on, and see when its message came."""
    driver.move_to((due_at - EARLY).isoformat())
    last = driver.get("log")["log"][-1]["n"]

    def sent() -> list[Json]:
        rows = driver.get("log", after=last)["log"]
        return [r for r in rows if r["kind"] == "api" and r["name"].startswith("chat.")]

    until(sent)
    return (datetime.fromisoformat(sent()[0]["at"]) - due_at).total_seconds()


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, workspace(START) as server:
        place, driver = Path(name), Driver(server.url)
        with record(place, START) as here:
            here.refer(1)
            with process(server, place):
                driver.advance("1s")
                found = []
                for _ in range(STEPS):
                    due_at = here.desk.next_at()
                    if due_at is None:
                        break
                    found.append(lateness(driver, due_at))
                    driver.advance("1s")
    tell(f"due instant to Slack's API, median of {len(found)}", middle(found), "s", aim=1, baseline=LOOKS_EVERY / 2)
    tell(f"due instant to Slack's API, slowest of {len(found)}", max(found), "s", aim=1, baseline=LOOKS_EVERY)


if __name__ == "__main__":
    main()
