"""A process of the bot: the real services over a store whose commits, and a road whose calls, can be its last."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self, TypeVar

from bot.domain.ids import CaseId
from bot.domain.notices import Road
from bot.ports import Mailer, Messenger, Store, UnitOfWork
from bot.services import delivery, escalations, leases, mailing, second_road, sending
from bot.services.pace import Pace
from bot.services.tools import Tools
from tests.fakes import MemoryStore, MemoryUnitOfWork
from tests.memory.state import State
from tests.simulation.world import Killed, World

A = TypeVar("A")

SENDERS = 3
LOOK = 240.0
"""Seconds after which an idle process looks at the clock anyway (the real one: two; nothing happens in between)."""
AGAIN = 2.0
RARE = 10
"""People act seldom: a kill falls this much more often at a commit of theirs."""
SHORTLY = 0.02
REPOSITORIES = frozenset(UnitOfWork.__annotations__)
"""Every repository of a unit of work, whatever is added to it."""


class Variant:
    """What a planted bug may change of a process; nothing, here."""

    name = "none"

    def unit(self, unit: Unit, process: Process) -> None:
        """Put other repositories in a unit of work."""

    def commit(self, unit: Unit, commit: Callable[[], None]) -> None:
        """Commit a unit of work."""
        commit()

    def messenger(self, messenger: Messenger) -> Messenger:
        """The road to people."""
        return messenger


@dataclass(frozen=True)
class ProcessClock:
    """The machine's clock; a second process on another machine is out by a little."""

    world: World
    skew: timedelta

    def now(self) -> datetime:
        """The present instant."""
        return self.world.now() + self.skew


class Unit:
    """A unit of work whose commit may be the last thing that its process does."""

    def __init__(self, store: KillableStore, inner: UnitOfWork, *, writes: bool) -> None:
        self.store = store
        self.inner = inner
        self.writes = writes

    def __enter__(self) -> Self:
        self.store.process.still_alive()
        self.inner.__enter__()
        self.store.process.variant.unit(self, self.store.process)
        return self

    def __getattr__(self, name: str) -> object:
        if name not in REPOSITORIES:
            raise AttributeError(name)
        repository = getattr(self.inner, name)
        setattr(self, name, repository)
        return repository

    def __exit__(self, *exc_info: object) -> None:
        self.inner.__exit__(*exc_info)

    def commit(self) -> None:
        """Make it durable, or die on the way."""
        self.store.process.variant.commit(self, self.commit_for_good)

    def commit_for_good(self) -> None:
        """The commit itself between two places to be killed at."""
        process = self.store.process
        rate = process.world.profile.kill_commit / 2 * (RARE if process.serving else 1)
        process.perhaps_die("before commit", rate)
        before = self.store.state
        self.inner.commit()
        if before is not None and self.store.state is not None:
            process.committed(before, self.store.state)
        process.perhaps_die("after commit", rate)

    @property
    def state(self) -> State:
        """What a unit of work in memory works on."""
        if not isinstance(self.inner, MemoryUnitOfWork):
            raise TypeError("only what is in memory can be looked at from within")
        return self.inner.state

    def look_at(self, case_ids: Collection[CaseId]) -> None:
        """Read for all of them at once."""
        self.inner.look_at(case_ids)

    def savepoint(self) -> AbstractContextManager[None]:
        """A part that can fail alone."""
        return self.inner.savepoint()

    def is_awaited(self) -> bool:
        """Nobody waits: a history has one thread."""
        return self.inner.is_awaited()


class Looking(MemoryUnitOfWork):
    """A look at what is stored, without the copy: thousands of histories look millions of times."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store, writes=False)
        self._stored = store.state

    def __enter__(self) -> Self:
        self.open_on(self._stored)
        return self


class KillableStore:
    """The Store port as one process sees it."""

    def __init__(self, inner: Store, process: Process) -> None:
        self.inner = inner
        self.process = process

    @property
    def state(self) -> State | None:
        """What is stored, where it can be looked at between two commits."""
        return self.inner.state if isinstance(self.inner, MemoryStore) else None

    def write(self) -> UnitOfWork:
        """One that may change things."""
        return Unit(self, self.inner.write(), writes=True)  # type: ignore[return-value]  # repositories are put in on entry

    def read(self) -> UnitOfWork:
        """One that only looks."""
        inner = Looking(self.inner) if isinstance(self.inner, MemoryStore) else self.inner.read()
        return Unit(self, inner, writes=False)  # type: ignore[return-value]  # same


class Process:
    """One run of the bot, from its start until it is killed."""

    def __init__(
        self,
        name: str,
        world: World,
        store: Store,
        *,
        variant: Variant,
        road: Callable[[Process], Messenger],
        mail: Callable[[Process], Mailer],
        committed: Callable[[State, State], None],
        ticked: Callable[[datetime, State | None], None],
        gone: Callable[[Process], None],
        skew: float = 0.0,
    ) -> None:
        self.elsewhere = skew != 0.0
        world.processes.append(self)
        self.name = name
        self.world = world
        self.variant = variant
        self.committed = committed
        self._ticked = ticked
        self.alive = True
        self.serving = False
        self.pace = Pace()
        self._gone = gone
        self._senders = 0
        self._mailing = False
        self._waking = False
        self._dealt_with = 0
        self._woken_at: float | None = None
        self.store = KillableStore(store, self)
        self.tools = Tools(self.store, world.rules, ProcessClock(world, timedelta(seconds=skew)), self, world.new_id)
        self.messenger = variant.messenger(road(self))
        self.mailer = mail(self)

    # ---- life

    def start(self) -> None:
        """Note the start and tick, as the engine does."""
        self.world.note(f"{self.name:<11} starts")
        self.survive(self._started)

    def _started(self) -> None:
        leases.take_over(tools=self.tools, gone=self._gone_before)
        escalations.started(tools=self.tools)
        self._wake()

    def _gone_before(self, holder: str) -> bool:
        """Whether a holder of leases is known to be dead; the other machine's never is."""
        return any(each.name == holder and not each.alive for each in self.world.processes if not each.elsewhere)

    def still_alive(self) -> None:
        """Go no further in a process that has been killed."""
        if not self.alive:
            raise Killed

    def perhaps_die(self, where: str, rate: float) -> None:
        """Be killed here, by chance."""
        self.still_alive()
        if self.world.fault(where, rate):
            self.die(where)
            raise Killed

    def die(self, where: str) -> None:
        """Be killed; whoever runs in this process goes no further."""
        if self.alive:
            self.alive = False
            self.world.figures.kills[where] += 1
            self.world.note(f"{self.name:<11} KILLED {where}")
            self._gone(self)

    def survive(self, do: Callable[[], A]) -> A | None:
        """Do something in this process; None when it was killed in it."""
        try:
            self.still_alive()
            return do()
        except Killed:
            return None

    def serve(self, do: Callable[[], A]) -> A | None:
        """Do what a person asks; None when the process was killed in it."""
        self.serving = True
        try:
            return self.survive(do)
        finally:
            self.serving = False

    # ---- work

    def ring(self) -> None:
        """The Alarm port: wake the engine shortly."""
        self._wake_in(SHORTLY)

    def _wake_in(self, wait: float) -> None:
        at = self.world.seconds + wait
        if self.alive and (self._woken_at is None or at < self._woken_at):
            self._woken_at = at
            self.world.at(at, lambda: self._on_time(at))

    def _on_time(self, at: float) -> None:
        if self._woken_at == at:
            self._woken_at = None
            self.survive(self._wake)

    def _wake(self) -> None:
        now = self.tools.clock.now()
        escalations.tick(tools=self.tools)
        second_road.second_road(tools=self.tools)
        self._ticked(now, self.store.state)
        self._waking, self._dealt_with = True, 0
        try:
            if not self._mailing:
                self._mailing = True
                self.world.side_by_side(self._mail)
            if self._senders < SENDERS:
                self._senders += 1
                self.world.side_by_side(self._send)
        finally:
            self._waking = False
        self._plan(delivered=self._dealt_with)

    def _send(self) -> None:
        done = 0

        def work() -> None:
            nonlocal done
            done = delivery.deliver(tools=self.tools, messenger=self.messenger, pace=self.pace, holder=self.name)

        try:
            self.survive(work)
        finally:
            self._senders -= 1
        self._dealt(done)

    def _mail(self) -> None:
        done = 0

        def work() -> None:
            nonlocal done
            done = mailing.deliver_mail(tools=self.tools, mailer=self.mailer, pace=self.pace, holder=self.name)

        try:
            self.survive(work)
        finally:
            self._mailing = False
        self._dealt(done)

    def _dealt(self, done: int) -> None:
        """Plan what comes next; once for everything that a wake-up could do without waiting."""
        if self._waking:
            self._dealt_with += done
        else:
            self.survive(lambda: self._plan(delivered=done))

    def _plan(self, *, delivered: int) -> None:
        """Wake when the engine or delivery has something to do, and look at the clock now and then."""
        now = self.tools.clock.now()
        waits = [LOOK]
        step_at = escalations.next_at(tools=self.tools)
        if step_at is not None:
            waits.append((step_at - now).total_seconds())
        for road in Road:
            notice_at = sending.waiting_at(tools=self.tools, pace=self.pace, road=road)
            if notice_at is not None:
                wait = (notice_at - now).total_seconds()
                waits.append(wait if wait > 0 or delivered else AGAIN)
        self._wake_in(max(SHORTLY, min(waits)))

    def clock_stepped(self) -> None:
        """The clock is not what it was: look again within a tick."""
        self._wake_in(AGAIN)
