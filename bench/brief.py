"""A brief at the door out of 500,000 cases, by address and by a child's number; and 10,000 live incidents taken in."""

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import middle, tell
from bench.record import CARE, OFFICER, Record, actor_of, record
from bot.domain.briefs import AskBrief, BriefBy
from bot.domain.cases import Child, ChildReference
from bot.domain.commands import Actor, Referral, Send

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CASES, INCIDENTS = 500_000, 10_000
AT_ONCE = 20_000
ASKED = 200
HERE = 5
"""Cases that are held about the address and the child that are asked for."""
DOOR = "12 Invented Row, NM1 1AA"
NUMBER = "44-90001"


def fill(here: Record, cases: int) -> None:
    """Make so many cases of other addresses and children, and a few of the one that is asked for."""
    here.refer(1)
    with here.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM deadlines")
    for done in range(0, cases, AT_ONCE):
        here.copy_case(min(AT_ONCE, cases - done), after=done)
    with here.database.writing() as connection:
        connection.exec_driver_sql("UPDATE cases SET address_index = CAST(id AS BLOB)")
        connection.exec_driver_sql("UPDATE child_references SET value_index = CAST(case_id AS BLOB)")
    officer = actor_of(here.desk.rules.directory.people[OFFICER])
    for number in range(HERE):
        child = Child(1, (ChildReference("police", NUMBER),))
        typed = Referral("domestic_abuse", "medium", "act_now", (child,), "Seen at the door.", DOOR)
        here.desk.refer(Send(here.desk.draft(typed, officer, None).draft, (CARE,)), officer, f"door:{number}")


def responder(here: Record) -> Actor:
    """Somebody who may ask for a brief."""
    directory = here.desk.rules.directory
    team = next(team for team in directory.teams.values() if team.briefs)
    return actor_of(directory.people[team.duty[0]])


def briefs(here: Record) -> list[float]:
    """Milliseconds of each answer, by address and by number in turn; every view is on its case's record."""
    who, found = responder(here), []
    asks = (AskBrief(BriefBy.ADDRESS, DOOR, "attending"), AskBrief(BriefBy.CHILD, NUMBER, "attending", "police"))
    for turn in range(ASKED):
        began = time.perf_counter()
        answer = here.desk.brief(asks[turn % len(asks)], who)
        found.append((time.perf_counter() - began) * 1000)
        if len(answer.held) != HERE:
            raise AssertionError(len(answer.held))
    return found


def incidents(count: int) -> list[dict[str, object]]:
    """Live incidents of other addresses, as a force's own system sends them."""
    at = (START - timedelta(minutes=5)).isoformat()
    return [
        {
            "incident": f"INC-{number:06d}",
            "concern": "domestic_abuse",
            "at": at,
            "grade": "medium",
            "address": f"{number} Invented Street, NM2 2BB",
            "children": [[f"police 55-{number:06d}"]],
        }
        for number in range(1, count + 1)
    ]


def taken_in(place: Path, count: int) -> tuple[float, float]:
    """Seconds until so many were taken in, and the same rows sent again, which take nothing."""
    rows, took = incidents(count), []
    with record(place, START) as here:
        for again in (False, True):
            began = time.perf_counter()
            answer = here.desk.take_in(rows)
            took.append(time.perf_counter() - began)
            if len(answer.taken) != count or any(each.already is not again for each in answer.taken):
                raise AssertionError(answer.returned[:3])
    return took[0], took[1]


def main() -> None:
    """Measure and print; a folder named as the second argument keeps the large file for another run."""
    asked = argparse.ArgumentParser(description=main.__doc__)
    asked.add_argument("cases", type=int, nargs="?", default=CASES)
    asked.add_argument("folder", type=Path, nargs="?")
    asked.add_argument("incidents", type=int, nargs="?", default=INCIDENTS)
    given = asked.parse_args()
    wanted, count = given.cases, given.incidents
    with tempfile.TemporaryDirectory() as name:
        kept = given.folder or Path(name)
        made = (kept / "vigil.db").exists()
        kept.mkdir(exist_ok=True)
        with record(kept, START) as here:
            if not made:
                began = time.perf_counter()
                fill(here, wanted)
                tell(f"{wanted:,} cases made", time.perf_counter() - began, "s")
            ordered = sorted(briefs(here))
        tell(f"a brief out of {wanted:,} cases, median", middle(ordered), "ms")
        tell(f"a brief out of {wanted:,} cases, 95 in 100", ordered[int(len(ordered) * 0.95)], "ms", aim=300)
        first, again = taken_in_fresh(count)
        tell(f"{count:,} incidents taken in", first, "s", aim=60)
        tell(f"{count:,} incidents sent again", again, "s", aim=60)


def taken_in_fresh(count: int) -> tuple[float, float]:
    """The same in a file of its own."""
    with tempfile.TemporaryDirectory() as name:
        return taken_in(Path(name), count)


if __name__ == "__main__":
    main()
