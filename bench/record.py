"""A record with many open cases: one referred through the use cases, the others copied from it row by row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.binding import build_desk, new_id
from bot.directory_file import load_directory
from bot.domain.cases import Child, ChildReference
from bot.domain.commands import Actor, Referral, Send
from bot.domain.directory import Person
from bot.domain.ids import AgencyId, ChannelId, PersonId
from bot.domain.rules import RulesInForce
from bot.jobs import Bell
from bot.policy_file import load_policy
from bot.practice.sample import SAMPLE_DIRECTORY
from bot.rules import LiveRules
from bot.services.desk import Desk
from bot.services.tools import Tools
from storage.database import Database, open_database
from storage.encryption import create_keyring, load_keyring
from storage.schema import migrate
from storage.unit_of_work import SqlStore

OFFICER = PersonId("priya-fernsby")
CARE = AgencyId("childrens-services")
RESPONSE = ChannelId("C0RESPONSE")
COPIES = "WITH RECURSIVE copy(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM copy WHERE i < {count}) "
"""Numbers from one; each is one more case."""


@dataclass(slots=True)
class Hand:
    """A clock set by hand."""

    at: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at


@dataclass(frozen=True, slots=True)
class Record:
    """An open database with its use cases, on a clock set by hand."""

    database: Database
    store: SqlStore
    desk: Desk
    clock: Hand

    def refer(self, number: int) -> None:
        """Refer one invented child to children's social care."""
        actor = actor_of(self.desk.rules.directory.people[OFFICER])
        child = Child(1, (ChildReference("police", f"44-{number:05d}"),))
        typed = Referral("domestic_abuse", "medium", "act_now", (child,), "Seen at the door.", channel=RESPONSE)
        review = self.desk.draft(typed, actor, None)
        self.desk.refer(Send(review.draft, (CARE,)), actor, f"bench:{number}")

    def copy_case(self, count: int) -> None:
        """Copy the only case, with all that it owes, so many times; its notices count as sent."""
        with self.database.writing() as connection:
            connection.exec_driver_sql("UPDATE notices SET state = 'sent'")
            for table, own in (
                ("cases", {"id": "id || '-' || i", "reference": "'SG-26-' || substr('0000' || (i + 1), -5)"}),
                ("case_parties", {"case_id": "case_id || '-' || i"}),
                ("child_references", {"case_id": "case_id || '-' || i"}),
                ("deadlines", {"id": "id || '-' || i", "case_id": "case_id || '-' || i"}),
                ("data_keys", {"scope": "scope || '-' || i"}),
            ):
                names = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
                values = ", ".join(own.get(name, name) for name in names)
                only = "WHERE scope != 'system'" if table == "data_keys" else ""
                connection.exec_driver_sql(
                    f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - our own tables and columns
                    f"{COPIES.format(count=count)} SELECT {values} FROM {table}, copy {only}"
                )


def actor_of(person: Person) -> Actor:
    """A person of the directory as who is asking."""
    if person.slack is None:
        raise ValueError(person.id)
    return Actor(person.id, known=True, agency=person.agency, workspace=person.workspace, user=person.slack)


@contextmanager
def record(place: Path, start: datetime) -> Iterator[Record]:
    """A record in `place` (vigil.db, vigil.keys), made when it is not there."""
    keys = place / "vigil.keys"
    keyring = load_keyring(keys) if keys.exists() else create_keyring(keys)
    database = open_database(f"sqlite:///{place / 'vigil.db'}")
    try:
        migrate(database)
        rules = LiveRules(RulesInForce(load_policy(), load_directory(SAMPLE_DIRECTORY)))
        clock = Hand(start)
        store = SqlStore(database, keyring, reference_prefix=rules.policy.reference_prefix)
        store.check_key()
        tools = Tools(store=store, rules=rules, clock=clock, alarm=Bell(), new_id=new_id)
        yield Record(database, store, build_desk(tools), clock)
    finally:
        database.close()
