"""Many histories over every core, with their figures: `python -m tests.simulation.soak 20000`."""

from __future__ import annotations

import multiprocessing
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.simulation.history import Outcome, live, live_seed, quiet_logs, shortest
from tests.simulation.plan import CALM, HOUR, WORK, Plan
from tests.simulation.process import Variant

AT_ONCE = 25
LAST_LINES = 60
MARKS = ("KILLED", "starts", "steps back", "is away", "deleted", "confirmed")
_ID = re.compile(r"id-\d+")


@dataclass
class Tally:
    """What many histories were made of, and which of them broke a promise."""

    seeds: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[int, str]] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        figures = outcome.figures
        self.seeds += 1
        self.counts.update(
            kills=figures.killed,
            posts=figures.posts,
            acts=figures.acts,
            cases=figures.cases,
            repeats=figures.repeats,
            faults=figures.faults.total(),
        )
        if outcome.broken is not None:
            self.broken.append((outcome.plan.seed, str(outcome.broken)))

    def join(self, other: Tally) -> None:
        """Count what another process has counted."""
        self.seeds += other.seeds
        self.counts.update(other.counts)
        self.broken += other.broken

    @property
    def words(self) -> str:
        """The figures in one line."""
        hours = self.seeds * (WORK + CALM) / HOUR
        said = ", ".join(f"{self.counts[name]:,} {name}" for name in ("cases", "acts", "posts", "kills", "faults"))
        return f"{self.seeds:,} seeds, {hours:,.0f} virtual hours, {said}, {self.counts['repeats']} repeats allowed"


def tally(seeds: Iterable[int]) -> Tally:
    """The histories of some seeds, in memory."""
    found = Tally()
    with quiet_logs():
        for seed in seeds:
            found.add(live_seed(seed))
    return found


def told(plan: Plan, variant: type[Variant] = Variant) -> str:
    """A history that breaks a promise, with all left out that it does not need, and its last lines."""
    with quiet_logs():
        whole = live(plan, variant=variant())
        if whole.broken is None:
            return f"seed {plan.seed} breaks nothing"
        promise = whole.broken.promise

        def breaks(fewer: Plan) -> bool:
            found = live(fewer, variant=variant()).broken
            return found is not None and found.promise == promise

        least = shortest(plan, breaks)
        shown = live(least, variant=variant(), traced=True)
    lines = [f"seed {plan.seed} ({plan.profile.name}, {plan.start_at}): {shown.broken}", "what happens:"]
    lines += [f"  {happening.line()}" for happening in least.happenings]
    about = (*_ID.findall(str(shown.broken)), *MARKS)
    said = [line for line in shown.trace if any(word in line for word in about)]
    return "\n".join(
        [*lines, "how it went, as far as it is about that:", *(f"  {line}" for line in said[-LAST_LINES:])]
    )


def main(arguments: Sequence[str]) -> int:
    """Live the seeds from 0 up to the number given (default 20,000), or from the first number up to the second."""
    numbers = [int(each) for each in arguments] or [20_000]
    first, end = (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    began = time.monotonic()
    whole = Tally()
    parts = [range(at, min(at + AT_ONCE, end)) for at in range(first, end, AT_ONCE)]
    with multiprocessing.get_context("spawn").Pool() as pool:
        for part in pool.imap_unordered(tally, parts):
            whole.join(part)
            sys.stderr.write(f"\r{whole.seeds:,} of {end - first:,}, {len(whole.broken)} broken")
    sys.stderr.write("\n")
    sys.stdout.write(f"{whole.words}, {time.monotonic() - began:.0f} s\n")
    for seed, how in sorted(whole.broken):
        sys.stdout.write(f"seed {seed}: {how}\n")
    return 1 if whole.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
