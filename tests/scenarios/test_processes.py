"""The bot as a process: held by one, hung, cut off from its disk, on tables of another version, and at the ladder's end.

That a kill at every commit point loses and repeats nothing is shown on the services alone by tests/crashes, hundreds of times.
"""

import json
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from alembic.script import ScriptDirectory

from bot.bootstrap import open_desk
from bot.domain.redaction import ACKNOWLEDGE
from bot.practice.wire import Json
from bot.settings import load
from storage import schema
from storage.errors import SchemaRefused
from tests.handlers.pulse import health
from tests.scenarios.process import ROOT, Child, strict_office, until
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_EXECUTIVE,
    CARE_LEAD,
    CHIEF,
    DEPARTMENT_LEAD,
    OFFICER,
    World,
    strict,
    written,
)

SCHOOL_CLIMBS = 1
"""The repeat at which the notice to the school, due on Tuesday at 8:30, has come to the leads of both agencies."""
STALE_WITHIN = 11.0
"""Ten seconds without a whole tick, and one to ask."""
ENOUGH_FOR_A_LOG = 16 * 1024


@dataclass
class StuckLog:
    """A log whose reader has gone away: whoever writes a certain line waits."""

    line: str
    waits: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if event.get("event") == self.line:
            self.waits.set()
            self.go_on.wait(60)
        return event


@contextmanager
def stuck_at(line: str) -> Iterator[StuckLog]:
    """The bot's log, stuck at a line until it may go on."""
    stuck, processors = StuckLog(line), structlog.get_config()["processors"]
    processors.insert(0, stuck)
    try:
        yield stuck
    finally:
        stuck.go_on.set()
        processors.remove(stuck)


def damage(world: World, reference: str) -> None:
    """Make the plan of a case's deadlines unreadable."""
    with closing(sqlite3.connect(world.place / "vigil.db", isolation_level=None)) as database:
        of_case = "case_id = (SELECT id FROM cases WHERE reference = ?)"
        database.execute(f"UPDATE deadlines SET plan = '{{}}' WHERE {of_case}", (reference,))


def stamp(world: World, revision: str) -> None:
    """Say that the tables are of another version."""
    with closing(sqlite3.connect(world.place / "vigil.db", isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def red(url: str, *codes: str) -> bool:
    """Whether health is red for these reasons at least."""
    status, body = health(url)
    return status == 503 and {reason["code"] for reason in body["reasons"]} >= set(codes)


def address(child: Child) -> str:
    """Where a bot of its own process answers for its health, by its log."""
    lines = [json.loads(line) for line in child.log.read_text("utf-8").splitlines()]
    return next(str(line["listening"]) for line in reversed(lines) if line.get("event") == "running")


def posts(world: World) -> int:
    """How often the bot has posted or redrawn."""
    rows: list[Json] = world.driver.get("log")["log"]
    return sum(row["name"] in {"chat.postMessage", "chat.update"} for row in rows)


def test_w2_second_process_on_the_same_record_is_told_who_runs_and_takes_over_when_that_is_killed(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict_office(tmp_path, template=empty_database) as (world, child):
        assert child.process is not None
        first = child.process.pid
        second = subprocess.run(
            [sys.executable, "-m", "bot", "run"],
            cwd=tmp_path,
            env={**world.environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
            text=True,
        )
        assert second.returncode == 3
        assert f"already runs on this database: process {first} on " in second.stderr
        reference = world.referred()
        child.end(signal.SIGKILL)
        child.start()
        world.driver.advance("30s")
        world.press(CARE_DUTY, reference, "acknowledge")


def test_w3_engine_that_hangs_turns_health_red_within_ten_seconds_and_goes_on_where_it_was(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict(tmp_path, template=empty_database) as world, stuck_at("case_quarantined") as stuck:
        damaged, whole = world.referred(grade="High"), world.referred(grade="High", children="police 44-0002")
        damage(world, damaged)
        assert health(world.bot.url)[0] == 200
        world.driver.post("clock", wait=False, to="2026-11-23T11:00:30+00:00")
        assert stuck.waits.wait(20), "the engine's thread writes to a log that nobody reads"
        before = posts(world)
        never = threading.Event()
        looks = int(STALE_WITHIN / 0.1)
        assert any(red(world.bot.url, "tick_stale") or never.wait(0.1) for _ in range(looks))
        assert posts(world) == before, "the dead man's switch is called by nobody while health is red"
        stuck.go_on.set()
        until(lambda: not red(world.bot.url, "tick_stale"))
        world.driver.advance("1s")
        world.expect_due(whole, "step “due”")
        world.expect_post("vigil-administration", f"{damaged} could not be handled and was put aside")
        world.expect_post("vigil-administration", "2 overdue reminders are not known to have reached anybody", damaged)
        world.allow("case_quarantined", "overdue_and_nobody_told", "tick_rearmed")


def test_w5_with_the_disk_full_nothing_is_said_that_is_not_on_record_and_health_is_red_until_there_is_room(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict_office(tmp_path, template=empty_database) as (world, child):
        reference = world.referred(grade="High")
        world.driver.advance("1m")
        assert child.process is not None
        url = address(child)
        room, before = resource.prlimit(child.process.pid, resource.RLIMIT_FSIZE), posts(world)
        resource.prlimit(child.process.pid, resource.RLIMIT_FSIZE, (ENOUGH_FOR_A_LOG, room[1]))
        form = world.driver.command(OFFICER, "response-duty", "/refer")
        if "view_id" in form:
            review = world.driver.submit(OFFICER, form["view_id"], written(children="police 44-0002"))
            assert "SG-" not in str(review)
        world.driver.post("clock", wait=False, to="2026-11-23T11:01:00+00:00")
        until(lambda: red(url, "write_stale"))
        assert posts(world) == before
        resource.prlimit(child.process.pid, resource.RLIMIT_FSIZE, room)
        until(lambda: not red(url, "write_stale"))
        world.driver.advance("1s")
        world.expect_due(reference, "step “due”")
        world.allow("database_down", "storage_down")
        world.tolerate("tick_rearmed")
        assert len(world.bot.desk.cases(10)) == 1
        verdict = world.bot.desk.verify()
        assert verdict.first_bad == ""


def test_w7_tables_of_another_version_are_refused_in_a_line_and_cases_in_flight_go_on_after_the_right_one_is_back(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict(tmp_path, template=empty_database) as world:
        reference = world.referred(grade="High")
        world.down()
        stamp(world, "9999")
        with pytest.raises(SchemaRefused, match=f"schema 9999, newer than this program \\({schema.HEAD}\\)"):
            world.up()
        stamp(world, "0000")
        with (
            pytest.raises(
                SchemaRefused, match=r"schema 0000 and this program needs .*take a backup and run `vigil migrate`"
            ),
            open_desk(load(world.environment, dotenv=None)),
        ):
            pass
        stamp(world, schema.HEAD)
        world.up()
        world.driver.advance("1h")
        world.expect_due(reference, "step “due”")
        assert world.bot.desk.verify().first_bad == ""


def test_every_released_version_of_the_tables_has_a_record_in_flight_to_upgrade_from() -> None:
    """None is released yet: the newest revision is the only one. The next one must leave a dump of this one here."""
    script = ScriptDirectory.from_config(schema.configuration())
    earlier = sorted(each.revision for each in script.walk_revisions() if each.revision != schema.HEAD)
    dumps = Path(__file__).parents[1] / "storage" / "releases"
    assert earlier == sorted(path.stem for path in dumps.glob("*.sql"))


def test_w10_ladder_that_nobody_answers_goes_on_saying_so_each_hour_with_its_count(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict(tmp_path, template=empty_database) as world:
        reference = world.referred(grade="High")
        owed = [each for each in world.bot.desk.ladder(reference) if each.kind == ACKNOWLEDGE]
        top_at = max(each.plan.last.at for each in owed)
        world.driver.move_to((top_at + timedelta(seconds=5)).isoformat())
        world.overlook("The ladders up to their last step.")
        for count in (1, 2, 3):
            world.driver.advance("1h")
            repeat = f"step “chief officer and partner executive”, repeat {count}"
            for channel in ("response-duty", "front-door"):
                world.expect_thread(reference, repeat, channel=channel)
            for seat in (CHIEF, CARE_EXECUTIVE):
                world.expect_told(seat, reference, repeat)
            if count == SCHOOL_CLIMBS:
                for seat in (DEPARTMENT_LEAD, CARE_LEAD):
                    world.expect_told(seat, reference, "School told (Operation Encompass)")
            world.nothing_else()
        assert all(each.is_open for each in world.bot.desk.ladder(reference) if each.kind == ACKNOWLEDGE)
