"""Places at which a process can be killed, counted one after the other, so that each can be chosen by its number."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Self

from bot.domain.ids import CaseId
from bot.ports import Store, UnitOfWork

REPOSITORIES = tuple(name for name in UnitOfWork.__annotations__ if not name.startswith("_"))


class Points:
    """Counts the points that are passed; at the chosen one the process ends as if its plug were pulled."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.passed = 0
        self._die_at = 0

    def choose(self, number: int) -> None:
        """Count from one again, and die at that point; at none for 0."""
        self.passed, self._die_at = 0, number

    def point(self) -> None:
        """Somebody passes here."""
        if self.comes_now():
            os.kill(os.getpid(), signal.SIGKILL)

    def comes_now(self) -> bool:
        """Whether the end comes at this point."""
        with self._lock:
            self.passed += 1
            return self.passed == self._die_at


class KillableStore:
    """A store whose commits are points: before and after each."""

    def __init__(self, inner: Store, points: Points, change: Callable[[UnitOfWork], None]) -> None:
        self._inner = inner
        self._points = points
        self._change = change

    def write(self) -> UnitOfWork:
        """One that may change things."""
        return Unit(self._inner.write(), self._points, self._change)  # type: ignore[return-value]  # repositories are put in on entry

    def read(self) -> UnitOfWork:
        """One that only looks."""
        return self._inner.read()


class Unit:
    """A unit of work of a process that may be killed."""

    def __init__(self, inner: UnitOfWork, points: Points, change: Callable[[UnitOfWork], None]) -> None:
        self._inner = inner
        self._points = points
        self._change = change

    def __enter__(self) -> Self:
        self._inner.__enter__()
        for name in REPOSITORIES:
            setattr(self, name, getattr(self._inner, name))
        self._change(self)  # type: ignore[arg-type]  # as above
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._inner.__exit__(*exc_info)

    def commit(self) -> None:
        """Make it durable between two points."""
        self._points.point()
        self._inner.commit()
        self._points.point()

    def look_at(self, case_ids: Collection[CaseId]) -> None:
        """Read for all of them at once."""
        self._inner.look_at(case_ids)

    def savepoint(self) -> AbstractContextManager[None]:
        """A part that can fail alone."""
        return self._inner.savepoint()
