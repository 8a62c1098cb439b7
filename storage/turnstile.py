"""A fair lock: writers pass one at a time in the order in which they came, and the engine lets people go first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from storage.errors import DatabaseBusy


class _Ticket:
    __slots__ = ("called", "thread")

    def __init__(self, thread: int) -> None:
        self.called = threading.Event()
        self.thread = thread


MOST_BEFORE = 8
"""How many people's turns the engine waits out before it has one of its own: it gives way, and is never starved."""


ENGINE_WAITS = timedelta(seconds=10)
"""Without a single turn passing: nobody waits for the engine's answer, and a long queue that moves is none that is stuck."""
LOOKS = 10
"""A wait is this many short ones: a machine that stood still for a minute has used up one of them, and not the whole."""


class Turnstile:
    """Lets one writer through at a time, first come first served; those who give way after those who do not.

    SQLite's own busy handler sleeps and retries, so that a sweep that commits again and again starves a person's
    one commit for seconds; with turns in order nobody waits longer than the writers before them.
    """

    def __init__(
        self, wait_within: timedelta = timedelta(seconds=10), *, engine_within: timedelta = ENGINE_WAITS
    ) -> None:
        """Let a person wait for `wait_within` at most, and the engine for `engine_within` while nobody passes."""
        self._wait_within = wait_within
        self._engine_within = engine_within
        self._turns = 0
        self._guard = threading.Lock()
        self._holder: int | None = None
        self._people: deque[_Ticket] = deque()
        self._engine: deque[_Ticket] = deque()
        self._passed = 0

    @property
    def waiting(self) -> int:
        """How many writers wait for their turn."""
        with self._guard:
            return len(self._people) + len(self._engine)

    @property
    def is_awaited(self) -> bool:
        """Whether a person waits for their turn."""
        return bool(self._people)

    @contextmanager
    def turn(self, *, gives_way: bool = False) -> Iterator[None]:
        """Hold the turn inside the block; raises DatabaseBusy when it does not come in time."""
        self._enter(self._engine if gives_way else self._people)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, queue: deque[_Ticket]) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._holder == me:
                message = "this thread already writes: finish its unit of work before opening another"
                raise RuntimeError(message)
            if self._holder is None:
                self._holder = me
                return
            ticket = _Ticket(me)
            queue.append(ticket)
        within = self._engine_within if queue is self._engine else self._wait_within
        if not self._called(ticket, within, patient=queue is self._engine):
            self._give_up(ticket, queue, within)

    def _called(self, ticket: _Ticket, within: timedelta, *, patient: bool) -> bool:
        """Whether the turn came in time; the patient begin to wait anew whenever a turn passes."""
        looks = 0
        while looks < LOOKS:
            turns = self._turns
            if ticket.called.wait((within / LOOKS).total_seconds()):
                return True
            looks = 0 if patient and self._turns != turns else looks + 1
        return False

    def _give_up(self, ticket: _Ticket, queue: deque[_Ticket], within: timedelta) -> None:
        with self._guard:
            if ticket.called.is_set():
                return
            queue.remove(ticket)
        message = (
            f"The database was busy with other writers for {within.total_seconds():g} seconds; nothing was written."
        )
        raise DatabaseBusy(message)

    def _leave(self) -> None:
        with self._guard:
            self._turns += 1
            ticket = self._next()
            if ticket is None:
                self._holder = None
                return
            self._holder = ticket.thread
            ticket.called.set()

    def _next(self) -> _Ticket | None:
        if self._engine and (not self._people or self._passed >= MOST_BEFORE):
            self._passed = 0
            return self._engine.popleft()
        if not self._people:
            return None
        self._passed = self._passed + 1 if self._engine else 0
        return self._people.popleft()
