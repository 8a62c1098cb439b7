"""HTTP mode: the same bot behind signed requests, beside its health, with the practice workspace delivering them."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.handlers.pulse import asked, health
from tests.scenarios.endpoint import FORM, connect, signed
from tests.scenarios.world import CARE_DUTY, CARE_LEADER, POLICE_LEADER, World
from tests.scenarios.world import world as open_world

CANARY = "CANARY-TYPED-AFTER-THE-COMMAND"


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    with open_world(tmp_path, template=empty_database, VIGIL_MODE="http", SLACK_APP_TOKEN="") as here:
        connect(here)
        yield here


def test_main_job_runs_over_signed_requests(world: World) -> None:
    reference = world.refer(grade="High")
    assert len(world.told(CARE_DUTY, reference)) == 1
    world.driver.advance("2h")
    for leader in (CARE_LEADER, POLICE_LEADER):
        assert world.told(leader, reference)
    reply = world.press(CARE_DUTY, reference, "acknowledge")
    assert reply.startswith(f"Acknowledged {reference} for Northmere Children's Social Care.")
    assert f"Acknowledged by {CARE_DUTY}" in world.words(reference)
    assert health(world.bot.url) == (200, {"ok": True, "reasons": []})
    status, text = asked(f"{world.bot.url}/readyz")
    found = json.loads(text)
    assert (status, found["mode"], found["schema"], found["keys"]) == (200, "http", "in order", "in order")
    assert found["database"].startswith("SQLite 3.")
    assert world.errors() == []


def test_forged_old_early_and_garbled_requests_get_401_and_their_bodies_are_never_logged(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"{world.bot.url}/slack/events"
    body = urlencode({"command": "/refer", "text": CANARY}).encode()
    good = signed(world, body)
    with caplog.at_level(logging.DEBUG):
        for headers in (
            signed(world, body, secret="another"),
            signed(world, body, age=timedelta(minutes=6)),
            signed(world, body, age=timedelta(minutes=-6)),
            signed(world, body, at="yesterday"),
            signed(world, body, at="9" * 5000),
            {**good, "X_Slack_Signature": "v0="},
            {"Content_Type": FORM},
        ):
            assert asked(url, body, **headers)[0] == 401, headers
        assert asked(url, b"x" * 1_000_001, **signed(world, b"x"))[0] == 413
        assert asked(url, body, **{**good, "X_Slack_Signature": "v0=\xe9"})[0] == 401
        assert asked(url, b"\xff\xfe", **signed(world, b"\xff\xfe"))[0] == 400
        for garbled in (b'{"command":', b'{"enterprise":5}', b"payload=%7B", b"payload=5", b'{"a":' * 100_000):
            assert asked(url, garbled, **{**good, "Content_Type": "application/json"})[0] == 400, garbled[:20]
    said = capsys.readouterr()
    assert CANARY not in caplog.text + said.out + said.err
    assert asked(url)[0] == 405
    assert asked(f"{world.bot.url}/anything")[0] == 404


def test_bot_that_was_down_takes_requests_again_when_it_is_back(world: World) -> None:
    reference = world.refer(grade="High")
    world.down()
    world.up()
    connect(world)
    assert world.press(CARE_DUTY, reference, "acknowledge").startswith(f"Acknowledged {reference}")
