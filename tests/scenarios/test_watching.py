"""The bot watches itself while it runs: a case whose record is damaged turns health red, and the others go on."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

from tests.handlers.pulse import asked, health
from tests.scenarios.world import CARE_DUTY, CARE_LEADER, CARE_SECOND, POLICE_LEADER, World, strict


def red_by_and_by(world: World) -> tuple[int, list[str]]:
    """What health answers once it is red; the engine audits itself with each tick."""
    never = Event()
    for _ in range(1000):
        status, body = health(world.bot.url)
        if status == 503:
            return status, [reason["code"] for reason in body["reasons"]]
        never.wait(0.01)
    raise AssertionError("health stayed green")


def test_w6_damaged_case_turns_health_red_and_is_told_once_while_the_others_go_on(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict(tmp_path, template=empty_database) as world:
        damaged, whole = world.referred(grade="High"), world.referred(grade="High", children="police 44-0002")
        assert health(world.bot.url) == (200, {"ok": True, "reasons": []})
        with closing(sqlite3.connect(tmp_path / "vigil.db", isolation_level=None)) as database:
            of_case = "case_id = (SELECT id FROM cases WHERE reference = ?)"
            database.execute(f"UPDATE deadlines SET plan = '{{}}' WHERE {of_case}", (damaged,))
        world.driver.advance("2h")
        assert red_by_and_by(world) == (503, ["untold"])
        world.driver.advance("1m")
        world.allow("case_quarantined", "overdue_and_nobody_told")
        assert whole not in world.expect_post("vigil-administration", "The bot's audit of itself", damaged).words
        world.expect_post("vigil-administration", f"{damaged} could not be handled and was put aside")
        for channel in ("response-duty", "front-door"):
            world.expect_thread(whole, "1 hour late", channel=channel)
        for seat in (CARE_DUTY, CARE_SECOND, CARE_LEADER, POLICE_LEADER):
            world.expect_told(seat, whole, "1 hour late")
        text = asked(f"{world.bot.url}/metrics")[1]
        assert damaged not in text
        assert "vigil_overdue_untold 0.0" not in text
