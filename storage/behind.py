"""Writes that wait for the commit, so that one statement runs once for all the cases of a transaction.

Whoever asks for the connection gets it with everything written before; what no waiting write can change is read aside.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, NestedTransaction

from storage.statements import Ready, Write


@dataclass(slots=True)
class _Part:
    """A savepoint that is not begun before something is written in it; `before` is how much waited when it opened."""

    before: dict[Write, int]
    begun: NestedTransaction | None = None


@dataclass(slots=True)
class Behind:
    """One transaction's connection with the writes that wait for it."""

    aside: Connection
    """The bare connection, for reading what no waiting write can change."""
    _waiting: dict[Write, list[Ready]] = field(default_factory=dict)
    _last: dict[Hashable, int] = field(default_factory=dict)
    _part: _Part | None = None

    @property
    def connection(self) -> Connection:
        """The connection, with everything written that waited."""
        if self._waiting or self._part is not None:
            self.flush()
        return self.aside

    def put(self, write: Write, values: Mapping[str, Any], *touches: Hashable) -> None:
        """Have a row written by the commit at the latest, after every earlier write that touches the same things."""
        row = write.ready(self.aside.dialect, values)
        last = self._last
        if any(last.get(key, 0) > write.rank for key in touches):
            self.flush()
        for key in touches:
            last[key] = write.rank
        self._waiting.setdefault(write, []).append(row)

    def write(self, write: Write, values: Mapping[str, Any]) -> None:
        """Write a row now, after everything that waits."""
        row = write.ready(self.aside.dialect, values)
        write.run(self.connection, [row])

    def flush(self) -> None:
        """Write what waits; inside a part this begins its savepoint."""
        part = self._part
        if part is not None and part.begun is None:
            own = {write: rows[part.before.get(write, 0) :] for write, rows in self._waiting.items()}
            self._waiting = {
                write: rows[: part.before[write]] for write, rows in self._waiting.items() if write in part.before
            }
            self._run()
            part.begun = self.aside.begin_nested()
            self._waiting = {write: rows for write, rows in own.items() if rows}
        self._run()

    def _run(self) -> None:
        waiting, self._waiting = self._waiting, {}
        self._last.clear()
        for write in sorted(waiting, key=lambda each: each.rank):
            write.run(self.aside, waiting[write])

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part that can fail alone: an exception inside undoes what it wrote and goes on up."""
        outer = self._part
        if outer is not None:
            self.flush()
        part = self._part = _Part({write: len(rows) for write, rows in self._waiting.items()})
        kept = False
        try:
            yield
            if part.begun is not None:
                self.flush()
                part.begun.commit()
            kept = True
        finally:
            if not kept:
                self._undo(part)
            self._part = outer

    def _undo(self, part: _Part) -> None:
        if part.begun is not None:
            self._waiting = {}
            self._last.clear()
            part.begun.rollback()
        else:
            self._waiting = {write: self._waiting[write][:count] for write, count in part.before.items()}
