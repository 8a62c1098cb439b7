"""Live incidents over the signed endpoint, and the brief that responders read of them, in the practice workspace."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from handlers.intake import SIGNATURE, TIMESTAMP, signature
from tests.handlers.pulse import asked
from tests.scenarios.world import CARE_DUTY, OFFICER, POLICE_DUTY, World
from tests.scenarios.world import world as open_world

SECRET = "a-secret-of-the-test"
DOOR = "12 Elm Road, Northmere, NM1 1AA"


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    with open_world(tmp_path, template=empty_database, VIGIL_INTAKE_SECRET=SECRET) as here:
        yield here
        assert here.errors() == []


def send(world: World, body: object, *, secret: str = SECRET, age: timedelta = timedelta()) -> tuple[int, Any]:
    """POST a body, signed so long ago; the status and the answer."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = str(int((SystemClock().now() - age).timestamp()))
    headers = {TIMESTAMP.replace("-", "_"): at, SIGNATURE.replace("-", "_"): signature(secret, at, raw)}
    status, text = asked(f"{world.bot.url}/intake", raw, Content_Type="application/json", **headers)
    return status, json.loads(text)


def incident(world: World, number: str = "INC-1", **changed: object) -> dict[str, object]:
    at = (world.now() - timedelta(minutes=2)).isoformat()
    row: dict[str, object] = {
        "incident": number,
        "concern": "domestic_abuse",
        "at": at,
        "grade": "high",
        "address": DOOR,
    }
    return row | {"children": [["police 44-0001"]], "team": "response"} | changed


def test_live_incident_is_briefed_unasked_and_opened_from_its_button_alone(world: World) -> None:
    earlier = world.refer(place="12 elm rd nm1 1aa", grade="Medium")
    status, said = send(world, incident(world))
    assert (status, said["returned"]) == (200, [])
    reference = said["taken"][0]["reference"]
    world.driver.advance("1s")
    for seat in (OFFICER, POLICE_DUTY):
        (told,) = [text for text in world.told(seat, reference) if "live incident" in text]
        assert "The record holds 1 more case" in told
    message = next(m for m in world.driver.messages(f"@{POLICE_DUTY}") if "live incident" in m["text"])
    world.driver.click(POLICE_DUTY, f"@{POLICE_DUTY}", message["ts"], "Open the brief")
    view = world.driver.views(POLICE_DUTY)[-1]
    words = json.dumps(view["blocks"], ensure_ascii=False)
    assert view["title"] == "Brief"
    assert earlier in words
    assert reference in words
    assert "police 44-0001" in words
    assert "Nadia Elderflower" in words
    everywhere = json.dumps([world.driver.messages(c) for c in ("response-duty", "front-door", f"@{OFFICER}")])
    assert "Elm" not in everywhere
    assert "44-0001" not in everywhere


def test_brief_command_finds_the_door_and_an_empty_answer_is_not_called_safe(world: World) -> None:
    reference = world.refer(place=DOOR)
    for place, found in ((DOOR.lower(), True), ("1 Nowhere Street NM9 9ZZ", False)):
        opened = world.driver.command(OFFICER, "response-duty", "/brief")
        values = {"Look up by": "Address", "Address or number": place, "Why you ask": "Going there now"}
        world.driver.submit(OFFICER, opened["view_id"], values)
        view = world.driver.views(OFFICER)[-1]
        words = json.dumps(view["blocks"], ensure_ascii=False)
        assert (reference in words) is found
        assert ("That is not the same as no concern" in words) is not found
        world.driver.post("close", seat=OFFICER, view_id=view["id"])
    entries = world.bot.desk.audit(reference, 50)
    assert "brief on SG-26-00001 for attending" in [entry.subject for entry in entries]


def test_somebody_who_is_no_responder_is_told_who_may_ask(world: World) -> None:
    opened = world.driver.command("Mei Brackendale", "child-protection", "/brief")
    values = {"Look up by": "Address", "Address or number": DOOR, "Why you ask": "Preparing a visit"}
    world.driver.submit("Mei Brackendale", opened["view_id"], values)
    (said,) = world.driver.views("Mei Brackendale")[-1]["texts"]
    assert said.startswith("Only responders and dispatchers of the force can ask for a brief")
    assert not world.told(CARE_DUTY)


def test_unsigned_old_and_garbled_deliveries_are_refused_and_a_repeat_gets_its_case_again(world: World) -> None:
    good = incident(world)
    assert send(world, good, secret="another")[0] == 401
    assert send(world, good, age=timedelta(minutes=6))[0] == 401
    assert send(world, good, age=timedelta(minutes=-6))[0] == 401
    assert send(world, b"{")[0] == 400
    assert send(world, b"5")[0] == 400
    assert send(world, b" " * 8_000_001)[0] == 413
    first = send(world, {"incidents": [good, incident(world, "INC-2", concern="burglary")]})[1]
    again = send(world, good)[1]
    assert again["taken"] == [first["taken"][0] | {"already": True}]
    assert [row["row"] for row in first["returned"]] == [2]
    assert len(world.bot.desk.cases(10)) == 1


def test_without_a_secret_there_is_no_such_address(tmp_path: Path, empty_database: Path) -> None:
    with open_world(tmp_path, template=empty_database) as here:
        assert asked(f"{here.bot.url}/intake", b"{}")[0] == 404
