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
"""Nobody waits for the engine's answer."""


class Turnstile:
    """Lets one writer through at a time, first come first served; those who give way after those who do not.

    SQLite's own busy handler sleeps and retries, so that a sweep that commits again and again starves a person's
    one commit for seconds; with turns in order nobody waits longer than the writers before them.
    """

    def __init__(self, wait_within: timedelta = timedelta(seconds=10)) -> None:
        """Make a turnstile at which no person waits longer than `wait_within`; the engine may wait longer."""
        self._wait_within = wait_within
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
        within = max(self._wait_within, ENGINE_WAITS) if queue is self._engine else self._wait_within
        if not ticket.called.wait(within.total_seconds()):
            self._give_up(ticket, queue, within)

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
