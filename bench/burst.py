"""1,000 deadlines due at one instant: what a person who acts meanwhile waits, and when the last message is posted."""

import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.figures import middle, p99, tell
from bench.record import CARE, Record, actor_of, postgres, record
from bench.tick import DUE, START, all_due
from bot.domain.commands import OnCase
from bot.domain.directory import Person
from bot.domain.ids import CaseId, ChannelId
from bot.domain.letters import Outgoing
from bot.domain.notices import Destination, Posted

ACTS = 100
SENDERS = 3
PAUSE = 0.01
"""Seconds between two acts of the person."""


@dataclass(slots=True)
class AtOnce:
    """A road to people on which everything arrives at once; `sent` is how much."""

    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, outgoing: Outgoing, *, channel: ChannelId, thread: str | None) -> Posted:
        """It is there."""
        del outgoing, thread
        return self._posted(channel)

    def post_to(self, outgoing: Outgoing, *, person: Person) -> Posted:
        """It is there."""
        del outgoing
        return self._posted(ChannelId(f"D-{person.id}"))

    def redraw(self, outgoing: Outgoing, *, posted: Posted) -> None:
        """It is there."""
        del outgoing
        self._posted(posted.channel)

    def find(self, key: str, *, destination: Destination, person: Person | None, since: datetime) -> Posted | None:
        """Nothing was ever in doubt."""
        del key, destination, person, since
        return None

    def _posted(self, channel: ChannelId) -> Posted:
        with self.lock:
            self.sent += 1
            return Posted(channel, f"{self.sent}.000000")


def acts(here: Record, cases: list[CaseId], busy: threading.Event) -> list[float]:
    """Milliseconds of each acknowledgement, one after the other while something else is at work."""
    people = here.desk.rules.directory.people.values()
    care = actor_of(next(person for person in people if person.agency == CARE and person.slack))
    found: list[float] = []
    for case_id in cases:
        if not busy.is_set():
            break
        began = time.perf_counter()
        here.desk.acknowledge(OnCase(case_id), care, f"burst:{case_id}:{began}")
        found.append((time.perf_counter() - began) * 1000)
        threading.Event().wait(PAUSE)
    return found


def meanwhile(here: Record) -> tuple[list[float], list[float]]:
    """Milliseconds of a person's acts with nothing else going on, and during the decisions on 1,000 deadlines."""
    with here.database.reading() as connection:
        rows = connection.exec_driver_sql(f"SELECT id FROM cases ORDER BY opened_at, id LIMIT {2 * ACTS}")  # noqa: S608 - a number of ours
        cases = [CaseId(row[0]) for row in rows]
    busy = threading.Event()
    busy.set()
    alone = acts(here, cases[:ACTS], busy)
    all_due(here)
    with ThreadPoolExecutor(1) as person:
        acting = person.submit(acts, here, cases[ACTS:], busy)
        while here.desk.tick():
            pass
        busy.clear()
        return alone, acting.result()


def posted(here: Record) -> float:
    """Seconds until everything that those decisions said has arrived, three senders at work."""
    began = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as senders:
        while (waiting_at := here.desk.waiting_at()) is not None and waiting_at <= here.clock.at:
            for sender in [senders.submit(here.desk.deliver) for _ in range(SENDERS)]:
                sender.result()
    return time.perf_counter() - began


@contextmanager
def kinds() -> Iterator[list[tuple[str, str]]]:
    """The name and the address of each kind of database."""
    with postgres() as url:
        yield [("SQLite", ""), ("PostgreSQL", url)]


def main() -> None:
    """Measure and print."""
    with kinds() as databases:
        for name, url in databases:
            road = AtOnce()
            with tempfile.TemporaryDirectory() as place, record(Path(place), START, url=url, messenger=road) as here:
                here.refer(1)
                here.copy_case(DUE - 1)
                alone, waited = meanwhile(here)
                took = posted(here)
            tell(f"{name}: a person's act behind {DUE:,} due, median", middle(waited), "ms", baseline=middle(alone))
            tell(f"{name}: a person's act behind {DUE:,} due, slowest", max(waited), "ms", aim=50, baseline=p99(alone))
            tell(f"{name}: {DUE:,} due, {road.sent:,} messages posted", took, "s", aim=10)


if __name__ == "__main__":
    main()
