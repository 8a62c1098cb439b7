"""1,000,000 open deadlines: what the engine's look at them costs, how soon a bot is ready, what it holds and uses idle."""

import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import middle, p99, tell
from bench.office import process, workspace
from bench.record import record
from bench.tick import idle

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OPEN = 1_000_000
AT_ONCE = 20_000
IDLE_SECONDS = 20
STARTS = 3


def fill(place: Path, open_deadlines: int) -> int:
    """Make a record with so many open deadlines that ping somebody, and none besides; how many there are."""
    with record(place, START) as here:
        here.refer(1)
        with here.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM deadlines WHERE next_at IS NULL")
            each: int = connection.exec_driver_sql("SELECT count(*) FROM deadlines").scalar_one()
        copies = -(-open_deadlines // each) - 1
        for done in range(0, copies, AT_ONCE):
            here.copy_case(min(AT_ONCE, copies - done), after=done)
    return each * (copies + 1)


def looks(place: Path) -> tuple[list[float], list[float]]:
    """Milliseconds of the bare question what is due and what comes next, and of whole ticks with nothing due."""
    with record(place, START) as here:
        ticks = idle(here)
        found = []
        for _ in ticks:
            began = time.perf_counter()
            with here.store.read() as uow:
                uow.deadlines.due_cases(here.clock.at, limit=50)
                uow.deadlines.next_at()
            found.append((time.perf_counter() - began) * 1000)
    return found, ticks


def main() -> None:
    """Measure and print."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else OPEN
    with tempfile.TemporaryDirectory() as name, workspace(START) as server:
        few, many = Path(name) / "few", Path(name) / "many"
        few.mkdir()
        many.mkdir()
        fill(few, 1)
        count = fill(many, wanted)
        (check, tick), (one_check, one_tick) = looks(many), looks(few)
        tell(f"look at {count:,} open deadlines, median", middle(check), "ms", aim=2, baseline=middle(one_check))
        tell(f"look at {count:,} open deadlines, p99", p99(check), "ms", baseline=p99(one_check))
        tell(f"idle tick over {count:,} open deadlines, median", middle(tick), "ms", aim=2, baseline=middle(one_tick))
        started, held = [], []
        for _ in range(STARTS):
            with process(server, many) as child:
                started.append(child.connected_in)
                busy = child.busy()
                threading.Event().wait(IDLE_SECONDS)
                share = 100 * (child.busy() - busy) / IDLE_SECONDS
                held.append(child.megabytes())
        tell(f"start to connected with {count:,}, median", middle(started), "s", aim=2)
        tell(f"most memory held with {count:,}", max(held), "MB", aim=130)
        tell("idle bot, share of one core", share, "%", aim=1)


if __name__ == "__main__":
    main()
