"""HTTP mode: the same bot behind signed requests, beside its health, with the practice workspace delivering them."""

import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.clock import SystemClock
from bot.practice.http_delivery import Endpoint, encoded
from bot.practice.wire import Json
from tests.handlers.pulse import asked, health
from tests.scenarios.world import CARE_DUTY, CARE_LEADER, OFFICER, POLICE_LEADER, World
from tests.scenarios.world import world as open_world

CANARY = "CANARY-TYPED-AFTER-THE-COMMAND"
FORM = "application/x-www-form-urlencoded"


def connect(world: World) -> str:
    """Have the workspace deliver to the bot's address; the address."""
    url = f"{world.bot.url}/slack/events"
    world.server.stage.delivery.endpoint = Endpoint(url, world.server.cast.bot.signing_secret)
    return url


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    with open_world(tmp_path, template=empty_database, VIGIL_MODE="http", SLACK_APP_TOKEN="") as here:
        connect(here)
        yield here


def signed(
    world: World, body: bytes, *, age: timedelta = timedelta(), at: str = "", secret: str = ""
) -> dict[str, str]:
    """The headers of a request that was signed so long ago."""
    at = at or str(int((SystemClock().now() - age).timestamp()))
    key = (secret or world.server.cast.bot.signing_secret).encode()
    digest = hmac.new(key, b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Content_Type": FORM, "X_Slack_Request_Timestamp": at, "X_Slack_Signature": f"v0={digest}"}


class Held(Endpoint):
    """Keeps what it was to deliver, and delivers nothing."""

    def __init__(self, world: World) -> None:
        super().__init__(f"{world.bot.url}/slack/events", world.server.cast.bot.signing_secret)
        self.bodies: list[bytes] = []

    def deliver(self, kind: str, payload: Json, retry: int) -> tuple[Json | str | None, float]:
        self.bodies.append(encoded(kind, payload)[0])
        return None, 1.0


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


def test_i1_submission_and_press_delivered_twice_make_one_case_and_get_the_same_answer(world: World) -> None:
    opened = world.driver.command(OFFICER, "response-duty", "/refer")
    values = {
        "Concern type": "Domestic abuse",
        "Risk grade": "Medium",
        "What are you asking for?": "Act now",
        "Child or children": "police 44-0001",
        "What has happened": "Seen at the door.",
    }
    review = world.driver.submit(OFFICER, opened["view_id"], values)
    world.driver.post("fault", kind="duplicate")
    assert "errors" not in world.driver.submit(OFFICER, review["view_id"], {})
    (case,) = world.bot.desk.cases(10)
    world.driver.post("fault", kind="duplicate")
    assert world.press(CARE_DUTY, case.reference, "acknowledge").startswith(f"Acknowledged {case.reference}")
    entries = world.bot.desk.audit(case.reference, 100)
    assert [entry.action for entry in entries].count("acknowledged") == 1
    assert world.errors() == []


def test_i5_signed_request_replayed_after_six_minutes_is_refused_and_within_five_gets_the_same_answer(
    world: World,
) -> None:
    reference = world.refer(grade="High")
    world.server.stage.delivery.endpoint = held = Held(world)
    world.press(CARE_DUTY, reference, "acknowledge")
    url, (body,) = connect(world), held.bodies
    assert asked(url, body, **signed(world, body, age=timedelta(minutes=6)))[0] == 401
    assert "Acknowledged by" not in world.words(reference)
    fresh = signed(world, body)
    assert [asked(url, body, **fresh)[0] for _ in range(2)] == [200, 200]
    world.driver.advance("1s")
    assert f"Acknowledged by {CARE_DUTY}" in world.words(reference)
    entries = world.bot.desk.audit(reference, 100)
    assert [entry.action for entry in entries].count("acknowledged") == 1


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
