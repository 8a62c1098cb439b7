"""Milliseconds to read and draw one person's Home with 10,000 open cases: somebody on duty, a team's leader, a chief officer."""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import middle, p99, tell
from bench.record import Record, actor_of, record
from bot.domain.ids import PersonId
from handlers.views.home import home

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OPEN = 10_000
DRAWN = 20
WHO = {
    "somebody on duty": PersonId("nadia-elderflower"),
    "a team's leader": PersonId("harriet-willowmarsh"),
    "a chief officer": PersonId("marguerite-stormvale"),
}


def drawn(here: Record, person: PersonId) -> list[float]:
    """Milliseconds of each drawing, the first one too."""
    actor, found = actor_of(here.desk.rules.directory.people[person]), []
    for _ in range(DRAWN):
        began = time.perf_counter()
        home(here.desk.overview(actor))
        found.append((time.perf_counter() - began) * 1000)
    return found


def main() -> None:
    """Measure and print."""
    costs: dict[tuple[str, int], list[float]] = {}
    for count in (1, OPEN):
        with tempfile.TemporaryDirectory() as place, record(Path(place), START) as here:
            here.refer(1)
            if count > 1:
                here.copy_case(count - 1)
            here.clock.at = START + timedelta(days=1)
            for name, person in WHO.items():
                costs[name, count] = drawn(here, person)
    for name in WHO:
        many, one = costs[name, OPEN], costs[name, 1]
        tell(f"Home of {name}, {OPEN:,} open, median", middle(many), "ms", aim=300, baseline=middle(one))
        tell(f"Home of {name}, {OPEN:,} open, slowest of {DRAWN}", max(many), "ms", aim=300, baseline=p99(one))


if __name__ == "__main__":
    main()
