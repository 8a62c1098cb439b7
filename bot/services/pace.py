"""How fast each destination may be sent to: a short burst, then one message a second, and what was asked for beyond that."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from bot.domain.notices import Destination

STEP = timedelta(seconds=1)
"""A clock that goes back by more than this between two looks was set back."""
BURST = 5
EVERY = timedelta(seconds=1)


@dataclass(slots=True)
class Pace:
    """How fast each destination may be sent to: a short burst, then one message a second; memory only.

    `blocked_until` holds what Slack itself asked for by Retry-After.
    """

    ready_at: dict[Destination, datetime] = field(default_factory=dict)
    blocked_until: dict[Destination, datetime] = field(default_factory=dict)
    looked_at: datetime | None = None
    lock: Lock = field(default_factory=Lock)

    def waiting(self, now: datetime) -> dict[Destination, datetime]:
        """Destinations that may not be sent to yet, and from when they may; a clock set back lengthens no wait."""
        with self.lock:
            self._follow(now)
            found = {d: at - EVERY * (BURST - 1) for d, at in self.ready_at.items() if at - EVERY * (BURST - 1) > now}
            found.update({d: at for d, at in self.blocked_until.items() if at > now})
            return found

    def _follow(self, now: datetime) -> None:
        if self.looked_at is not None and self.looked_at - now > STEP:
            back = self.looked_at - now
            self.ready_at = {d: at - back for d, at in self.ready_at.items()}
            self.blocked_until = {d: at - back for d, at in self.blocked_until.items()}
        self.looked_at = now

    def spend(self, destination: Destination, now: datetime) -> None:
        """One message is going there."""
        with self.lock:
            self.ready_at[destination] = max(self.ready_at.get(destination, now), now) + EVERY

    def block(self, destination: Destination, until_at: datetime) -> None:
        """Slack asked to wait."""
        with self.lock:
            self.blocked_until[destination] = until_at
