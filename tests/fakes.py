"""The unit of work in memory; tests/storage/test_contract.py holds it and the real ones to one contract."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Self

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
    Synthetic,
    UnitCounts,
    Workloads,
)
from tests.memory.cases import MemoryCases, MemoryDeadlines
from tests.memory.decisions import MemoryDecisions
from tests.memory.disagreements import MemoryDisagreements
from tests.memory.gathering import MemoryGathering
from tests.memory.leaders import MemoryGradeReads, MemoryMatters, MemoryUnitCounts
from tests.memory.outbox import MemoryOutbox
from tests.memory.overview import MemoryOverview
from tests.memory.records import MemoryAudit, MemoryCards, MemoryDrafts, MemoryInbox, MemoryMarks
from tests.memory.reports import MemoryReports
from tests.memory.requests import MemoryRequests
from tests.memory.roster import MemoryRoster, MemoryRulebook
from tests.memory.routes import MemoryRoutes
from tests.memory.state import State
from tests.memory.synthetic import MemorySynthetic
from tests.memory.undertakings import MemoryHandovers, MemoryHolds
from tests.memory.workloads import MemoryWorkloads

_REPOSITORIES: dict[str, Callable[[State], object]] = {
    "decisions": MemoryDecisions,
    "handovers": MemoryHandovers,
    "requests": MemoryRequests,
    "workloads": MemoryWorkloads,
    "disagreements": MemoryDisagreements,
    "holds": MemoryHolds,
    "deadlines": MemoryDeadlines,
    "outbox": MemoryOutbox,
    "gathering": MemoryGathering,
    "synthetic": MemorySynthetic,
    "inbox": MemoryInbox,
    "drafts": MemoryDrafts,
    "cards": MemoryCards,
    "marks": MemoryMarks,
    "audit": MemoryAudit,
    "reports": MemoryReports,
    "overview": MemoryOverview,
    "routes": MemoryRoutes,
    "roster": MemoryRoster,
    "rulebook": MemoryRulebook,
    "matters": MemoryMatters,
    "unit_counts": MemoryUnitCounts,
    "grade_reads": MemoryGradeReads,
}


class MemoryStore:
    """A store in memory; writers take turns, readers see what was last committed.

    `state` is what is stored; `state.entries` pairs each audit entry with its details for a test to look at.
    """

    def __init__(self, reference_prefix: str = "SG") -> None:
        self.state = State()
        self.prefix = reference_prefix
        self.turn = threading.Lock()
        self.writer: int | None = None
        self.is_awaited = False

    def write(self) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self, writes=True)

    def read(self) -> MemoryUnitOfWork:
        return MemoryUnitOfWork(self, writes=False)


class MemoryUnitOfWork:
    """Works on a copy of the state and puts it in place on commit; over after that."""

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

    def __init__(self, store: MemoryStore, *, writes: bool) -> None:
        self._store = store
        self._writes = writes
        self._holds_turn = False

    def __enter__(self) -> Self:
        if self._writes:
            me = threading.get_ident()
            if self._store.writer == me:
                raise RuntimeError("this thread already writes: finish its unit of work before opening another")
            self._store.turn.acquire()
            self._holds_turn, self._store.writer = True, me
        self.open_on(self._store.state.copied())
        return self

    def open_on(self, state: State) -> None:
        """Put every repository on a state; each is made when it is first asked for."""
        self.state = state

    def __getattr__(self, name: str) -> object:
        if name == "cases":
            self.cases = MemoryCases(self.state, self._store.prefix)
            return self.cases
        if name not in _REPOSITORIES:
            raise AttributeError(name)
        repository = _REPOSITORIES[name](self.state)
        setattr(self, name, repository)
        return repository

    def __exit__(self, *exc_info: object) -> None:
        if self._holds_turn:
            self._holds_turn, self._store.writer = False, None
            self._store.turn.release()

    def look_at(self, case_ids: Collection[CaseId]) -> None:
        pass

    def commit(self) -> None:
        if not self._holds_turn:
            raise RuntimeError("this unit of work only reads, or is over; open one with write() to change things")
        self._store.state = self.state
        self.__exit__()

    def is_awaited(self) -> bool:
        return self._store.is_awaited

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        before = self.state.copied()
        try:
            yield
        except BaseException:
            self.state.take(before)
            raise
