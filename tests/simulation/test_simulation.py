"""Thousands of seeded histories with faults and kills: every promise of the engine holds in all of them.

A seed that breaks one fails with its number and the shortest history that does. `make soak` runs ten times as many.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage.database import open_database
from storage.encryption import Keyring, new_generation
from storage.schema import migrate
from storage.unit_of_work import SqlStore
from tests.simulation.history import live_seed, quiet_logs
from tests.simulation.people import CANARY
from tests.simulation.plan import PROFILES, plan_of
from tests.simulation.soak import tally, told

SEEDS = 2_000
"""`make soak` lives the rest of them, and as many more as it is asked for."""
IN_ONE = 50
ON_A_FILE = range(0, SEEDS, 700)
IN_MEMORY = Path("/dev/shm")


@pytest.mark.parametrize("first", range(0, SEEDS, IN_ONE))
def test_no_history_breaks_a_promise(first: int) -> None:
    found = tally(range(first, first + IN_ONE))
    assert not found.broken, told(plan_of(found.broken[0][0]))


def test_a_seed_lives_the_same_history_each_time() -> None:
    with quiet_logs():
        one, other = (live_seed(7).figures for _ in range(2))
    assert one == other


def test_the_histories_hold_every_kind_of_fault() -> None:
    found = tally(range(30))
    assert found.counts["kills"] > 40
    assert found.counts["faults"] > 40
    assert found.counts["repeats"] > 0
    assert {plan_of(seed).profile for seed in range(SEEDS)} == set(PROFILES)


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("empty") / "vigil.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path.read_bytes()


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    return Keyring((new_generation(),))


@pytest.mark.parametrize("seed", ON_A_FILE)
def test_no_history_on_a_sqlite_file_breaks_a_promise(seed: int, empty_file: bytes, keyring: Keyring) -> None:
    # In memory where there is such a folder: what is tested here is SQL, not syncs.
    with TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        path = Path(folder) / "vigil.db"
        path.write_bytes(empty_file)
        database = open_database(f"sqlite:///{path}")
        try:
            with quiet_logs():
                outcome = live_seed(seed, store=SqlStore(database, keyring))
        finally:
            database.close()
        assert outcome.broken is None, f"seed {seed} on a SQLite file: {outcome.broken}"
        assert CANARY.encode() not in path.read_bytes()
