"""A fair lock: writers pass one at a time in the order in which they came."""

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


class Turnstile:
    """Lets one writer through at a time, first come first served.

    SQLite's own busy handler sleeps and retries, so that a sweep that commits again and again starves a person's
    one commit for seconds; with turns in order nobody waits longer than the writers before them.
    """

    def __init__(self, wait_within: timedelta = timedelta(seconds=10)) -> None:
        """Make a turnstile at which nobody waits longer than `wait_within`."""
        self._wait_within = wait_within
        self._guard = threading.Lock()
        self._holder: int | None = None
        self._waiting: deque[_Ticket] = deque()

    @property
    def waiting(self) -> int:
        """How many writers wait for their turn."""
        with self._guard:
            return len(self._waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the turn inside the block; raises DatabaseBusy when it does not come in time."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._holder == me:
                message = "this thread already writes: finish its unit of work before opening another"
                raise RuntimeError(message)
            if self._holder is None:
                self._holder = me
                return
            ticket = _Ticket(me)
            self._waiting.append(ticket)
        if not ticket.called.wait(self._wait_within.total_seconds()):
            self._give_up(ticket)

    def _give_up(self, ticket: _Ticket) -> None:
        with self._guard:
            if ticket.called.is_set():
                return
            self._waiting.remove(ticket)
        seconds = self._wait_within.total_seconds()
        message = f"The database was busy with other writers for {seconds:g} seconds; nothing was written."
        raise DatabaseBusy(message)

    def _leave(self) -> None:
        with self._guard:
            if not self._waiting:
                self._holder = None
                return
            ticket = self._waiting.popleft()
            self._holder = ticket.thread
            ticket.called.set()
