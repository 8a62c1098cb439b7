"""Virtual time, the heap of what is to come, and what the history has shown so far. One thread; nobody sleeps."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent, greenlet

from bot.domain.ids import CaseId
from tests.builders import HandRules
from tests.simulation.chance import Chance
from tests.simulation.plan import CALM, WORK, Plan

if TYPE_CHECKING:
    from tests.simulation.process import Process


class Killed(BaseException):
    """The process is no more: as with SIGKILL, nothing in it may catch this."""


class Broken(AssertionError):
    """A promise that a history has broken: its name and how."""

    def __init__(self, promise: str, how: str) -> None:
        super().__init__(f"{promise}: {how}")
        self.promise = promise


@dataclass
class Figures:
    """What a history was made of."""

    kills: Counter[str] = field(default_factory=Counter)
    posts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    acts: int = 0
    cases: int = 0
    repeats: int = 0

    @property
    def killed(self) -> int:
        """How often a process was killed."""
        return sum(self.kills.values())


class World:
    """A seed's history under way. `seconds` is true time, which Slack keeps; the bot's clock may be wrong by `ahead`."""

    def __init__(self, plan: Plan, *, traced: bool = False) -> None:
        self.plan = plan
        self.profile = plan.profile
        self.chance = Chance(plan.seed)
        self.rules = HandRules()
        if self.chance.falls("crowded", 0.5):
            notices = replace(self.rules.policy.notices, group_over=1, storm_over=3)
            self.rules.policy = replace(self.rules.policy, notices=notices)
        self.seconds = 0.0
        self.ahead = sum(each.length for each in plan.happenings if each.what == "clock_back")
        self.faults_on = True
        self.down_until = 0.0
        self.main = getcurrent()
        self.figures = Figures()
        self.processes: list[Process] = []
        self.confirmed: dict[str, CaseId] = {}
        self.ended: dict[str, float] = {}
        self.trace: list[str] | None = [] if traced else None
        self._ids = count(1)
        self._turns = count()
        self._heap: list[tuple[float, int, Callable[[], Any]]] = []

    # ---- time

    def now(self) -> datetime:
        """What the bot's machine says the time is."""
        return self.plan.start_at + timedelta(seconds=self.seconds + self.ahead)

    def true_now(self) -> datetime:
        """What Slack says the time is."""
        return self.plan.start_at + timedelta(seconds=self.seconds)

    def at(self, seconds: float, do: Callable[[], Any]) -> None:
        """Have something happen at a second of the history."""
        heapq.heappush(self._heap, (max(seconds, self.seconds), next(self._turns), do))

    def soon(self, wait: float, do: Callable[[], Any]) -> None:
        """Have something happen after a wait."""
        self.at(self.seconds + wait, do)

    def sleep(self, wait: float) -> None:
        """Let the rest of the world go on while one sender waits."""
        me = getcurrent()
        self.soon(wait, me.switch)
        self.main.switch()

    def side_by_side(self, do: Callable[[], None]) -> None:
        """Begin something that may wait; it runs until its first wait."""
        greenlet(do, parent=self.main).switch()

    def run_to(self, until: float) -> None:
        """Let everything happen up to a second of the history."""
        while self._heap and self._heap[0][0] <= until:
            self.seconds, _, do = heapq.heappop(self._heap)
            do()
        self.seconds = until

    @property
    def over_at(self) -> float:
        """When the history ends."""
        return WORK + CALM

    # ---- chance and record

    def new_id(self) -> str:
        """An identifier never given before, whatever was killed."""
        return f"id-{next(self._ids):05}"

    def fault(self, name: str, rate: float) -> bool:
        """Whether a fault falls here."""
        return self.faults_on and self.chance.falls(name, rate)

    def note(self, line: str) -> None:
        """Keep a line of what happened, when somebody will read it."""
        if self.trace is not None:
            self.trace.append(f"{self.seconds:9.2f}s  {line}")
