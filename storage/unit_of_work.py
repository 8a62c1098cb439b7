"""The unit of work: every repository on one transaction, rolled back unless committed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.events import Entry
from bot.domain.ids import CaseId
from bot.ports import (
    Audit,
    Cards,
    Cases,
    Deadlines,
    Decisions,
    Disagreements,
    Drafts,
    Gathering,
    GradeReads,
    Handovers,
    Holds,
    Inbox,
    Marks,
    Matters,
    Outbox,
    Overview,
    Reports,
    Requests,
    Roster,
    Routes,
    Rulebook,
    StorageDown,
    Synthetic,
    UnitCounts,
    Workloads,
)
from storage.audit import AuditLog
from storage.behind import Behind
from storage.cases import SqlCases
from storage.database import Database
from storage.deadlines import SqlDeadlines
from storage.decisions import SqlDecisions
from storage.disagreements import SqlDisagreements
from storage.encryption import SYSTEM_SCOPE, Keyring, Sealer
from storage.errors import DatabaseRefused
from storage.gathering import SqlGathering
from storage.inbox import SqlCards, SqlDrafts, SqlInbox, SqlMarks
from storage.leaders import SqlGradeReads, SqlUnitCounts
from storage.matters import SqlMatters
from storage.outbox import SqlOutbox
from storage.overview import SqlOverview
from storage.reports import SqlReports
from storage.requests import SqlRequests
from storage.roster import SqlRoster, SqlRulebook
from storage.routes import SqlRoutes
from storage.synthetic import SqlSynthetic
from storage.undertakings import SqlHandovers, SqlHolds
from storage.vault import SqlVault
from storage.work import Work
from storage.workloads import SqlWorkloads


class SqlUnitOfWork:
    """The `UnitOfWork` port on SQLite or PostgreSQL; used once, over after `commit`."""

    cases: Cases
    decisions: Decisions
    handovers: Handovers
    requests: Requests
    workloads: Workloads
    disagreements: Disagreements
    holds: Holds
    deadlines: Deadlines
    outbox: Outbox
    gathering: Gathering
    synthetic: Synthetic
    inbox: Inbox
    drafts: Drafts
    cards: Cards
    marks: Marks
    audit: Audit
    reports: Reports
    overview: Overview
    routes: Routes
    roster: Roster
    rulebook: Rulebook
    matters: Matters
    unit_counts: UnitCounts
    grade_reads: GradeReads

    def __init__(
        self, database: Database, keyring: Keyring, prefix: str, *, writes: bool, gives_way: bool = False
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._prefix = prefix
        self._writes = writes
        self._gives_way = gives_way
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Begin; raises StorageDown when the database cannot be reached or stays busy."""
        try:
            connection = self._stack.enter_context(
                self._database.transaction(writes=self._writes, gives_way=self._gives_way)
            )
        except (DatabaseRefused, SQLAlchemyError) as error:
            raise StorageDown(str(error)) from error
        behind, is_sqlite = Behind(connection), self._database.is_sqlite
        vault = SqlVault(behind)
        alone = is_sqlite and self._writes
        self._work = Work(behind, Sealer(self._keyring, vault), vault, is_sqlite=is_sqlite, alone=alone)
        self._log = AuditLog(self._work, self._keyring)
        self.audit = self._log
        self.cases = self._cases = SqlCases(self._work, self._prefix)
        self.decisions = SqlDecisions(self._work)
        self.handovers = SqlHandovers(self._work)
        self.requests = SqlRequests(self._work)
        self.workloads = SqlWorkloads(self._work)
        self.disagreements = SqlDisagreements(self._work)
        self.holds = SqlHolds(self._work)
        self.deadlines = SqlDeadlines(self._work)
        self.outbox = SqlOutbox(self._work)
        self.gathering = SqlGathering(self._work)
        self.synthetic = SqlSynthetic(self._work)
        self.inbox = SqlInbox(self._work)
        self.drafts = SqlDrafts(self._work)
        self.cards = SqlCards(self._work)
        self.marks = SqlMarks(self._work)
        self.reports = SqlReports(self._work)
        self.overview = SqlOverview(self._work, self._cases)
        self.routes = SqlRoutes(self._work)
        self.roster = SqlRoster(self._work)
        self.rulebook = SqlRulebook(self._work)
        self.matters = SqlMatters(self._work)
        self.unit_counts = SqlUnitCounts(self._work)
        self.grade_reads = SqlGradeReads(self._work)
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Roll back what was not committed."""
        self._stack.close()

    def look_at(self, case_ids: Collection[CaseId]) -> None:
        """Read whatever is asked of one of these cases for all of them at once; only while nothing is changed."""
        if not self._writes:
            self._work.looked.cases = frozenset(case_ids)

    def commit(self) -> None:
        """Write the audit and make everything durable; the unit of work is over and the next writer's turn comes."""
        if not self._writes:
            raise RuntimeError("this unit of work only reads; open one with write() to change things")
        self._log.flush()
        self._work.vault.flush()
        self._work.connection.commit()
        self._stack.close()

    def is_awaited(self) -> bool:
        """Return whether a person's commit waits for this one; never on PostgreSQL, where writers take no turns."""
        return self._database.turnstile.is_awaited

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Begin a part that can fail alone: an exception inside undoes the part and goes on up."""
        self._work.vault.flush()
        collected = self._log.pending()
        kept = False
        try:
            with self._work.behind.part():
                yield
                self._work.vault.flush()
            kept = True
        finally:
            if not kept:
                self._undo(collected)

    def _undo(self, collected: tuple[Entry, ...]) -> None:
        """Forget what a part left in memory when it was rolled back."""
        self._work.forget_read()
        self._cases.forget_read()
        self._log.restore(collected)


class SqlStore:
    """The `Store` port: units of work on one database, sealed and chained with one key file."""

    def __init__(
        self, database: Database, keyring: Keyring, *, reference_prefix: str = "SG", gives_way: bool = False
    ) -> None:
        """Give references that begin with `reference_prefix`; the tables must be of this program's version.

        A store that gives way is the engine's: its writes let people's go first.
        """
        self._database = database
        self._keyring = keyring
        self._prefix = reference_prefix
        self._gives_way = gives_way

    def write(self) -> SqlUnitOfWork:
        """Return one that may change things; writers take turns."""
        return SqlUnitOfWork(self._database, self._keyring, self._prefix, writes=True, gives_way=self._gives_way)

    def read(self) -> SqlUnitOfWork:
        """Return one that only looks."""
        return SqlUnitOfWork(self._database, self._keyring, self._prefix, writes=False)

    def check_key(self) -> None:
        """Raise KeyRefused unless the key file is the one of this database; the first call on a new one binds it."""
        with self._database.writing() as connection:
            vault = SqlVault(Behind(connection))
            sealer = Sealer(self._keyring, vault)
            sealer.bind(SYSTEM_SCOPE)
            vault.flush()
