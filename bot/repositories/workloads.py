"""What is read over many cases to say how much waits, and for whom."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ids import TeamId
from bot.domain.workloads import CountedAct, HeldPart


class Workloads(Protocol):
    """Counts behind queues and loads; the bot's own cases and those merged away are in none."""

    def counted(self, codes: Collection[str]) -> Sequence[CountedAct]:
        """Every act of these codes, without its note."""
        ...

    def parts(self, team: TeamId, *, since: datetime) -> Sequence[HeldPart]:
        """A team's cases that are open, or were closed after an instant."""
        ...
