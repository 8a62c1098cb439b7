"""Power cuts: the bot's own transactions on a disk that loses what was not synced. `python -m tests.power.cuts 1000`.

This proves the settings and the SQL. It does not prove the SQLite library's shared-memory code (one connection in exclusive
mode), nor a disk that says "synced" when it is not.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import apsw

from storage.sqlite import ROLLBACK, WAL, Journal, Library, configure
from tests.power.disk import Disk, PowerVfs
from tests.power.statements import Afternoon, afternoon

NAME = "/vigil.db"
CUTS_IN_ONE = 25
SMALL_CHECKPOINT = 20
"""Pages after which the log is written back: with SQLite's own thousand that happens seldom in a short history."""
BUSY_MS = 1000

VFS = PowerVfs("vigil-power")


@dataclass(frozen=True)
class Trusted(Library):
    """apsw's SQLite as a library, with the journal that is tried."""

    wanted: Journal = WAL

    @property
    def journal(self) -> Journal:
        """The journal that is tried."""
        return self.wanted


@dataclass
class Tally:
    """What many cuts came to."""

    counts: Counter[str] = field(default_factory=Counter)

    @property
    def words(self) -> str:
        """The figures in one line."""
        names = ("cuts", "commits", "lost", "torn", "corrupt")
        return ", ".join(f"{self.counts[name]:,} {name}" for name in names)


class PowerCuts:
    """Replays an afternoon and cuts the power again and again."""

    def __init__(self, work: Afternoon, *, journal: Journal = WAL, synchronous: int | None = None) -> None:
        self._work = work
        self._journal = journal
        self._synchronous = synchronous
        self._states = self._each_state()

    def cut(self, cuts: int, seed: int = 0) -> Tally:
        """Cut so often; `lost` counts cuts after which a commit that had returned was not there."""
        tally = Tally()
        chance = random.Random(seed)
        while tally.counts["cuts"] < cuts:
            self._replay(tally, chance, min(CUTS_IN_ONE, cuts - tally.counts["cuts"]))
        return tally

    def _replay(self, tally: Tally, chance: random.Random, cuts: int) -> None:
        moments = frozenset(chance.sample(range(self._moments), cuts))
        images: list[tuple[int, dict[str, bytes]]] = []
        passed = returned = 0
        disk = Disk.holding({NAME: self._work.empty})

        def works() -> None:
            nonlocal passed
            if passed in moments:
                images.append((returned, disk.after_cut(chance, chance.choice((0.0, 0.5)))))
            passed += 1

        disk.works = works
        connection = self._open(disk, checkpoint=chance.choice((SMALL_CHECKPOINT, None)))
        for transaction in self._work.transactions:
            run(connection, transaction)
            returned += 1
        disk.works = lambda: None
        connection.close()
        tally.counts.update(cuts=cuts, commits=returned)
        for known, files in images:
            tally.counts.update([self._after(files, known)])
        if len(images) < cuts:
            tally.counts["cuts"] -= cuts - len(images)

    def _after(self, files: dict[str, bytes], returned: int) -> str:
        """What a database is after a cut: "whole", or what is wrong with it."""
        try:
            connection = self._open(Disk.holding(files))
            whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            state = digest(connection) if whole else ""
            connection.close()
        except apsw.Error:
            return "corrupt"
        if not whole:
            return "corrupt"
        if state not in self._states:
            return "torn"
        return "whole" if self._states[state] >= returned else "lost"

    def _each_state(self) -> dict[str, int]:
        """The digest of the database after each commit, and how many commits those are; counts what can be cut."""
        passed = 0

        def works() -> None:
            nonlocal passed
            passed += 1

        disk = Disk.holding({NAME: self._work.empty})
        disk.works = works
        connection = self._open(disk, checkpoint=SMALL_CHECKPOINT)
        states = {digest(connection): 0}
        for number, transaction in enumerate(self._work.transactions, start=1):
            run(connection, transaction)
            states[digest(connection)] = number
        self._moments = passed
        connection.close()
        return states

    def _open(self, disk: Disk, *, checkpoint: int | None = None) -> apsw.Connection:
        VFS.disk = disk
        connection = apsw.Connection(NAME, vfs="vigil-power")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
        library = Trusted(apsw, version[:3], ciphers=False, wanted=self._journal)  # type: ignore[arg-type]  # three numbers
        configure(connection, library, None, Path(NAME), BUSY_MS)  # type: ignore[arg-type]  # apsw has no isolation level
        if checkpoint is not None:
            connection.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}")
        if self._synchronous is not None:
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        return connection


def run(connection: apsw.Connection, transaction: Sequence[str]) -> None:
    """One transaction as the storage ran it; when this returns, it was promised."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in transaction:
        connection.execute(statement).fetchall()
    connection.execute("COMMIT")


def digest(connection: apsw.Connection) -> str:
    """All that is in every table, as one short word."""
    found = sha256()
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
        rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
        found.update(f"{name}{sorted(map(repr, rows))}".encode())
    return found.hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Cut so often (default 1,000) with each journal that the bot may run with; not 0 when a returned commit was lost."""
    cuts = int(arguments[0]) if arguments else 1000
    with tempfile.TemporaryDirectory(prefix="vigil-power-") as folder:
        work = afternoon(Path(folder))
    clean = True
    for journal in (WAL, ROLLBACK):
        found = PowerCuts(work, journal=journal).cut(cuts)
        sys.stdout.write(f"power, {journal.sentence}: {found.words}\n")
        clean = clean and not (found.counts["lost"] or found.counts["torn"] or found.counts["corrupt"])
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
