"""One row per API call, delivery and refusal, and a bell that rings whenever anything a person can see changed."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime

from bot.practice.clock import iso
from bot.practice.wire import Json

KEPT_ROWS = 5000


class Journal:
    """The log, newest last, and the change bell that the page listens to."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.rows: deque[Json] = deque(maxlen=KEPT_ROWS)
        self.changes = 0
        self._number = 0
        self._bell = asyncio.Event()

    def write(self, kind: str, name: str, *, ok: bool = True, **facts: object) -> None:
        """Add a row: `kind` is api, delivery, control or fault; a row that is not ok is shown in red."""
        self._number += 1
        row: Json = {"n": self._number, "at": iso(self._now()), "kind": kind, "name": name, "ok": ok}
        row.update({key: value for key, value in facts.items() if value is not None})
        self.rows.append(row)
        self.ring()

    def ring(self) -> None:
        """Say that something changed."""
        self.changes += 1
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    async def changed_since(self, seen: int, within: float) -> int:
        """The number of changes, as soon as it differs from `seen`, or after `within` seconds."""
        if self.changes == seen:
            try:
                await asyncio.wait_for(self._bell.wait(), within)
            except TimeoutError:
                return self.changes
        return self.changes

    def clear(self) -> None:
        """Forget the rows, as on a reset; numbers go on."""
        self.rows.clear()
        self.ring()
