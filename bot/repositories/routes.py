"""Which routes are known to be dead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.notices import Destination
from bot.domain.roads import DeadRoute


class Routes(Protocol):
    """Places that messages did not reach, until one does or the nightly probe finds them well."""

    def mark(self, destination: Destination, *, code: str, at: datetime) -> bool:
        """A message did not get there, or the probe found why it would not; whether that is news."""
        ...

    def mend(self, destination: Destination) -> bool:
        """It works; whether that is news."""
        ...

    def dead(self) -> Sequence[DeadRoute]:
        """Every dead route, the longest dead first."""
        ...
