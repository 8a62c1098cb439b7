"""The bot's own hourly case in the whole app: it goes to its channel and comes back, or the control channel and health say so."""

import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.scenarios.process import until
from tests.scenarios.world import World
from tests.scenarios.world import world as open_world

HOURLY = Path(__file__).parents[2] / "bot" / "policy.toml"
CHANNEL = "vigil-synthetic"


def ask(world: World, path: str) -> Any:  # noqa: ANN401 - JSON, or the text of the metrics
    """What the bot answers over HTTP; red answers have a body too."""
    try:
        with urllib.request.urlopen(f"{world.bot.url}/{path}", timeout=5) as answer:
            body = answer.read()
    except HTTPError as red:
        body = red.read()
    return body.decode("utf-8") if path == "metrics" else json.loads(body)


@pytest.fixture
def hourly(tmp_path: Path, empty_database: Path) -> Any:  # noqa: ANN401 - a world, opened
    """A world in which the bot's own case comes each hour."""
    with open_world(tmp_path, template=empty_database, VIGIL_POLICY=str(HOURLY)) as here:
        yield here


def proved(world: World) -> int:
    """How many of the bot's own cases came back."""
    return sum(entry.action == "synthetic_proved" for entry in world.bot.desk.audit(None, 1000))


def test_each_hour_one_message_goes_to_its_channel_and_comes_back_and_a_week_of_clock_moves_makes_one_more(
    hourly: World,
) -> None:
    hourly.driver.advance("1s")
    (first,) = hourly.driver.messages(CHANNEL)
    assert first["text"].startswith("Synthetic case: no child, no referral")
    assert proved(hourly) == 1
    hourly.driver.advance("59m")
    assert len(hourly.driver.messages(CHANNEL)) == 1
    hourly.driver.advance("2m")
    assert len(hourly.driver.messages(CHANNEL)) == 2
    hourly.driver.advance("7d")
    assert len(hourly.driver.messages(CHANNEL)) == 3
    assert proved(hourly) == 3
    metrics = ask(hourly, "metrics")
    road = next(line for line in metrics.splitlines() if line.startswith("vigil_synthetic_road_seconds "))
    assert 0 < float(road.split()[1]) < 5
    assert hourly.bot.desk.cases(10) == []
    assert "own case" not in str(hourly.driver.messages("vigil-administration"))


def test_one_that_does_not_come_back_in_five_minutes_is_in_the_control_channel_the_metrics_and_health(
    hourly: World,
) -> None:
    hourly.driver.advance("1s")
    hourly.driver.post("membership", channel=CHANNEL, archived=True)
    hourly.driver.advance("61m")
    hourly.driver.advance("6m")
    codes = [reason["code"] for reason in ask(hourly, "healthz")["reasons"]]
    assert "road_unproved" in codes
    assert "vigil_synthetic_overdue 1.0" in ask(hourly, "metrics")
    lines = [m["text"] for m in hourly.driver.messages("vigil-administration")]
    assert any("own case of Monday 23 November 2026 at 11:0" in line for line in lines)
    hourly.driver.post("membership", channel=CHANNEL, archived=False)
    hourly.driver.advance("60m")
    # It is read back a moment after it has gone, which the move of the clock may not wait for.
    until(lambda: "road_unproved" not in [reason["code"] for reason in ask(hourly, "healthz")["reasons"]])


def test_readiness_says_where_it_goes(hourly: World) -> None:
    assert ask(hourly, "readyz")["synthetic"] == "every 1 hour in C0VIGILSYN"


def test_readiness_says_that_it_is_off_and_why(world: World) -> None:
    assert ask(world, "readyz")["synthetic"].startswith("off: the policy's notices.synthetic_every is off")
