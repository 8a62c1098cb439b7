"""`vigil run` from the start of its process until it is connected, its first tick done, on a file with 10,000 open cases."""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import middle, tell
from bench.office import process, workspace
from bench.record import record

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OPEN = 10_000
ROUNDS = 7


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, workspace(START) as server:
        place = Path(name)
        for kind, count in (("empty", 0), ("full", OPEN)):
            made = place / kind
            made.mkdir()
            with record(made, START) as here:
                if count:
                    here.refer(1)
                    here.copy_case(count - 1)
        took: dict[str, list[float]] = {"empty": [], "full": []}
        for _ in range(ROUNDS):
            for kind, found in took.items():
                with tempfile.TemporaryDirectory() as fresh:
                    shutil.copytree(place / kind, fresh, dirs_exist_ok=True)
                    with process(server, Path(fresh)) as child:
                        found.append(child.connected_in)
        empty, full = middle(took["empty"]), middle(took["full"])
        tell("start to connected, empty file, median", empty, "s", aim=2)
        tell(f"start to connected, {OPEN:,} open cases, median", full, "s", aim=2, baseline=empty)
        tell(f"start to connected, {OPEN:,} open cases, slowest", max(took["full"]), "s", baseline=max(took["empty"]))


if __name__ == "__main__":
    main()
