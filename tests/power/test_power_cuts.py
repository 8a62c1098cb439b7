"""The power goes while the bot's own transactions run: every commit that returned is there, and no half of another.

`make soak` cuts a thousand times with each journal.
"""

import pytest

from storage.sqlite import ROLLBACK, WAL, Journal
from tests.power.cuts import PowerCuts
from tests.power.statements import Afternoon, afternoon

CUTS = 150
OFF, NORMAL = 0, 1


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Afternoon:
    """What the storage says to SQLite in an afternoon."""
    return afternoon(tmp_path_factory.mktemp("afternoon"))


@pytest.mark.parametrize("journal", [WAL, ROLLBACK], ids=["wal", "rollback"])
def test_no_commit_that_returned_is_lost_when_the_power_goes(work: Afternoon, journal: Journal) -> None:
    found = PowerCuts(work, journal=journal).cut(CUTS)
    print(f"power, {journal.sentence}: {found.words}")  # noqa: T201 - the figures are what a soak is read for
    assert found.counts["cuts"] == CUTS
    assert (found.counts["lost"], found.counts["torn"], found.counts["corrupt"]) == (0, 0, 0)


def test_the_afternoon_holds_every_kind_of_write_that_escalating_makes(work: Afternoon) -> None:
    said = {
        (statement.split()[0], word) for each in work.transactions for statement in each for word in statement.split()
    }
    for verb, table in (
        ("INSERT", "cases"),
        ("INSERT", "deadlines"),
        ("INSERT", "notices"),
        ("INSERT", "audit_entries"),
        ("UPDATE", "notices"),
        ("UPDATE", "deadlines"),
        ("SAVEPOINT", "sa_savepoint_1"),
    ):
        assert (verb, table) in said, (verb, table)
    assert len(work.transactions) > 50


@pytest.mark.parametrize("synchronous", [NORMAL, OFF], ids=["normal", "off"])
def test_cuts_show_a_disk_that_is_not_waited_for(work: Afternoon, synchronous: int) -> None:
    found = PowerCuts(work, synchronous=synchronous).cut(50)
    print(f"synchronous {synchronous}: {found.words}")  # noqa: T201 - as above
    assert found.counts["lost"] > 10


def test_cuts_show_a_journal_that_was_not_waited_for(work: Afternoon) -> None:
    found = PowerCuts(work, journal=ROLLBACK, synchronous=OFF).cut(50)
    assert found.counts["lost"] + found.counts["torn"] + found.counts["corrupt"] > 10
