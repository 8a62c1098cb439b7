"""1,000 deadlines due at one instant: until all are decided; and what a tick costs that finds nothing to do."""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bench.figures import middle, p99, tell
from bench.record import Record, postgres, record

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DUE = 1_000
OPEN = 10_000
BATCH = 50
TICKS = 200


def all_due(here: Record) -> None:
    """Have one deadline of every case fall due, and set the clock to that instant."""
    with here.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE deadlines SET next_at = (SELECT max(due_at) FROM deadlines) "
            "WHERE next_at IS NOT NULL AND NOT (kind = 'acknowledgement' AND agency = 'childrens-services')"
        )
    here.clock.at = (here.desk.next_at() or START) + timedelta(seconds=1)


def due_at_once(here: Record) -> tuple[float, float]:
    """Seconds from the first look at 1,000 due deadlines until every one is decided, and those of the processor."""
    all_due(here)
    began, busy = time.perf_counter(), time.process_time()
    moved = here.desk.tick()
    took, busy = time.perf_counter() - began, time.process_time() - busy
    if moved < DUE:
        raise RuntimeError(f"{moved} cases were moved")
    return took, busy


def least(here: Record) -> float:
    """Seconds to insert as many rows as those decisions did, into one bare table, in transactions of 50 cases."""
    with here.database.reading() as connection:
        rows = sum(
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608 - our own tables
            for table in ("notices", "audit_entries")
        )
    each = rows // (DUE // BATCH)
    with here.database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE least (body TEXT)")
    began = time.perf_counter()
    for _ in range(DUE // BATCH):
        with here.database.writing() as connection:
            connection.execute(text("INSERT INTO least (body) VALUES (:body)"), [{"body": "x" * 300}] * each)
    return time.perf_counter() - began


def idle(here: Record) -> list[float]:
    """Milliseconds of ticks with nothing due."""
    here.clock.at = START + timedelta(seconds=1)
    here.desk.tick()
    found = []
    for n in range(TICKS):
        here.clock.at = START + timedelta(seconds=2 * n)
        began = time.perf_counter()
        here.desk.tick()
        found.append((time.perf_counter() - began) * 1000)
    return found


def main() -> None:
    """Measure and print."""
    with postgres() as server:
        for kind, url, aim in (("SQLite", "", 0.5), ("PostgreSQL", server, 1)):
            with tempfile.TemporaryDirectory() as place, record(Path(place), START, url=url) as here:
                here.refer(1)
                here.copy_case(DUE - 1)
                took, busy = due_at_once(here)
                tell(f"{DUE:,} due at once, all decided, {kind}", took, "s", aim=aim, baseline=least(here))
                tell(f"{DUE:,} due at once, the bot's processor time, {kind}", busy, "s")
    costs = {}
    for count in (1, OPEN):
        with tempfile.TemporaryDirectory() as place, record(Path(place), START) as here:
            here.refer(1)
            if count > 1:
                here.copy_case(count - 1)
            costs[count] = idle(here)
    tell(f"idle tick, {OPEN:,} open cases, median", middle(costs[OPEN]), "ms", aim=2, baseline=middle(costs[1]))
    tell(f"idle tick, {OPEN:,} open cases, p99", p99(costs[OPEN]), "ms", baseline=p99(costs[1]))


if __name__ == "__main__":
    main()
