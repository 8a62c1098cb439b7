"""`vigil run` as a process of its own beside the practice workspace: killed without warning, started again, listened to."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from bot.domain.ids import Reference
from bot.practice.wire import Json
from bot.practice.workspace import Options
from tests.scenarios.process import ROOT, Child, office, strict_office, until
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_LEAD,
    CARE_LEADER,
    DEPARTMENT_LEAD,
    OFFICER,
    REFERENCE,
    World,
)

STEP = re.compile(r"(?P<of>\S+ \S+) step (?P<number>\d+)(?: passing over (?P<missed>[\d,]+))? told")
NARRATIVE = "Zanzibar lighthouse keeper"
ADDRESS = "7 Quagga Crescent"
CHILD = "police 44-0909"


def everything_posted(world: World) -> list[Json]:
    """Every message in every channel and direct message, each once."""
    state = world.driver.get("state")
    places = [channel["id"] for channel in state["channels"]] + [f"@{seat['name']}" for seat in state["seats"]]
    found = [message for place in places for message in world.driver.messages(place)]
    return list({(message["channel"], message["ts"]): message for message in found}.values())


def keys_posted(world: World) -> Counter[str]:
    """How often each notice was posted."""
    return Counter(
        message["metadata"]["event_payload"]["key"] for message in everything_posted(world) if message["metadata"]
    )


def steps_taken(world: World, reference: str) -> dict[str, list[int]]:
    """The steps that the audit holds for each ladder of a case, those passed over with the one that told of them."""
    case = world.bot.desk.find(Reference(reference))
    entries = [e for e in world.bot.desk.audit(case.reference, 10_000) if e.action == "step_taken"]
    found: dict[str, list[int]] = {}
    for entry in sorted(entries, key=lambda e: e.n):
        told = STEP.match(entry.subject)
        assert told, entry.subject
        missed = [int(number) for number in (told["missed"] or "").split(",") if number]
        found.setdefault(told["of"], []).extend([*missed, int(told["number"])])
    return found


def test_w1_bot_killed_at_every_moment_goes_on_where_its_instants_say_and_posts_nothing_twice(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict_office(tmp_path, template=empty_database) as (world, child):
        reference = refer_and_kill(world, child)
        child.start()
        world.driver.advance("1m")  # what was in flight waits until its lease has run out
        assert {c["ts"] for c in (world.card(reference), world.card(reference, "response-duty"))}
        assert len(world.told(CARE_DUTY, reference)) == 1

        world.driver.move_to("2026-11-23T11:00:05+00:00")  # the first hour is over: owner and supervisor
        assert len(world.told(CARE_DUTY, reference)) > 1
        leader = len(world.told(CARE_LEADER, reference))
        child.end(signal.SIGKILL)
        world.driver.post(
            "clock", wait=False, to="2026-11-23T12:30:00+00:00"
        )  # the team leaders' step falls due meanwhile
        child.start()
        world.driver.advance("1s")
        assert len(world.told(CARE_LEADER, reference)) > leader
        assert any("was not running" in m["text"] for m in world.driver.messages("C0VIGILADM"))

        world.driver.post("fault", kind="timeout_after_post", method="chat.postMessage", count=1)
        before = world.driver.get("log")["log"][-1]["n"]
        world.driver.post("clock", wait=False, to="2026-11-23T14:00:05+00:00")  # department and partner leads
        until(lambda: posts_since(world, before))
        child.end(signal.SIGKILL)
        child.start()
        world.driver.advance("60s")  # longer than the lease of what was in flight
        for lead in (CARE_LEAD, DEPARTMENT_LEAD):
            assert world.told(lead, reference)

        assert world.bot.desk.depth() == {}
        assert [key for key, copies in keys_posted(world).items() if copies > 1] == []
        for ladder, steps in steps_taken(world, reference).items():
            assert steps == list(range(len(steps))), ladder
        assert steps_taken(world, reference)["acknowledgement childrens-services"] == [0, 1, 2, 3]
        verdict = world.bot.desk.verify()
        assert (verdict.first_bad, verdict.entries > 30) == ("", True)
        with closing(sqlite3.connect(tmp_path / "vigil.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        world.overlook("Counted above, by the key of each.")
        world.tolerate("notice_not_sent")  # the one whose answer the clock overtook


def refer_and_kill(world: World, child: Child) -> str:
    """Refer, and kill the bot as soon as the person has read the reference."""
    opened = world.driver.command(OFFICER, "response-duty", "/refer")
    values: Json = {
        "Concern type": "Domestic abuse",
        "Risk grade": "High",
        "What are you asking for?": "Act now",
        "Child or children": CHILD,
        "What has happened": NARRATIVE,
    }
    review = world.driver.submit(OFFICER, opened["view_id"], values)
    world.driver.post("submit", wait=False, seat=OFFICER, view_id=review["view_id"], values={})
    found = REFERENCE.search(str(world.driver.views(OFFICER)[-1]["texts"]))
    child.end(signal.SIGKILL)
    assert found
    return found.group()


def posts_since(world: World, row: int) -> bool:
    """Whether a message was posted after that row of the log."""
    rows = world.driver.get("log", after=row)["log"]
    return any(r["name"] == "chat.postMessage" for r in rows)


def test_bare_server_is_enough_and_nothing_of_a_child_leaves_the_sealed_columns(tmp_path: Path) -> None:
    lean = Options(optional_methods=False, native_charts=False)
    with office(tmp_path, lean) as (world, child):
        reference = world.refer(children=CHILD, happened=NARRATIVE, place=ADDRESS)
        world.driver.move_to("2026-11-23T14:00:05+00:00")
        assert "Acknowledged" in world.press(CARE_DUTY, reference, "acknowledge")
        world.press(OFFICER, reference, "open_case", channel="response-duty")
        assert NARRATIVE in str(world.driver.views(OFFICER)), "the officer may read it, in a modal"
        world.driver.move_to("2026-11-30T09:00:00+00:00")  # a week on, digests and all

        listed = subprocess.run(
            [sys.executable, "-m", "bot", "outbox", "--all", "--json"],
            env={**world.environment, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            check=True,
            text=True,
        )
        assert reference in str(everything_posted(world))
        assert "because of a fault" not in str(everything_posted(world))
        places = {
            "messages": json.dumps(everything_posted(world)),
            "outbox": listed.stdout,
            "log": child.log.read_text("utf-8"),
            "vigil outbox's errors": listed.stderr,
        }
        assert child.end(signal.SIGTERM) == 0
    for path in tmp_path.iterdir():
        places[path.name] = path.read_bytes().decode("latin-1")
    assert reference in places["vigil.db"], "this is where it would be"
    for word in ("Zanzibar", "lighthouse", "Quagga", "44-0909"):
        assert [place for place, text in places.items() if word in text] == [], word
    assert [line for line in places["log"].splitlines() if '"level": "error"' in line] == []
