"""Seeded random weeks: no step is lost, nothing moves later, nobody is flooded, and every store tells the same story."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.cases import Case
from bot.domain.ids import CaseId
from storage.database import open_database
from storage.encryption import create_keyring, load_keyring
from storage.schema import migrate
from storage.unit_of_work import SqlStore
from tests.services.office import Office
from tests.services.weeks import Week

STEPS = 30


class SqliteOffice(Office):
    """The office over a SQLite file."""

    def case(self, case_id: CaseId) -> Case:
        with self.tools.store.read() as uow:
            return uow.cases.get(case_id)


def played(seed: int, office: Office) -> Week:
    """A week played to its end without looking at what is stored."""
    week = Week(seed, office)
    week.refer()
    for _ in range(STEPS):
        week.act()
        office.tick()
    office.messenger.failing.clear()
    office.run_for(timedelta(hours=3))
    return week


def story(office: Office) -> tuple[list[object], list[object]]:
    """Every message in order, and every entry of the audit in the order of its chain."""
    sent = [(s.at, s.to, s.outgoing.key, s.outgoing.repeat, s.redrawn, s.thread) for s in office.messenger.sent]
    with office.tools.store.read() as uow:
        entries = uow.audit.listed(limit=100_000)
    return [*sent], [*sorted((e.chain, e.n, e.at, e.actor, e.action, e.subject) for e in entries)]


@pytest.mark.parametrize("seed", range(12))
def test_in_a_random_week_no_step_is_lost_no_instant_moves_later_and_nobody_is_flooded(seed: int) -> None:
    week = Week(seed, Office())
    week.refer()
    for _ in range(STEPS):
        week.act()
        week.check()
    week.check_end()


@pytest.mark.parametrize("seed", [0, 2])
def test_a_random_week_over_sqlite_and_in_memory_is_the_same_story_and_the_audit_is_whole(
    seed: int, tmp_path: Path
) -> None:
    create_keyring(tmp_path / "keys")
    database = open_database(f"sqlite:///{tmp_path / 'vigil.db'}")
    migrate(database)
    stored = SqlStore(database, load_keyring(tmp_path / "keys"), reference_prefix="SG")
    over_sqlite = played(seed, SqliteOffice(kept_in=stored))
    assert story(over_sqlite.office) == story(played(seed, Office()).office)
    with stored.read() as uow:
        verdict = uow.audit.verify()
    database.close()
    assert verdict.first_bad == ""
    assert verdict.entries > 100
