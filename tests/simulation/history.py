"""One history lived: a plan, a world, the bot's processes in it, and what it came to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog

from bot.domain.cases import Case
from bot.domain.directory import Cover, Shift
from bot.domain.ids import CaseId, PersonId
from bot.ports import Store
from tests.fakes import MemoryStore
from tests.simulation.mail import Mailboxes, MailLine
from tests.simulation.people import People
from tests.simulation.plan import CALM, WORK, Happening, Plan, plan_of
from tests.simulation.process import Process, Variant
from tests.simulation.promises import keep
from tests.simulation.slack import Slack, SlackLine
from tests.simulation.watch import Watch
from tests.simulation.world import Broken, Figures, World


@dataclass(frozen=True)
class Outcome:
    """What a history came to: `broken` is None where every promise held."""

    plan: Plan
    figures: Figures
    broken: Broken | None
    trace: tuple[str, ...] = ()


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Keep the bot's log lines out of a run of thousands of histories."""
    before = structlog.get_config()
    structlog.configure(processors=[_drop], cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)


def _drop(_logger: object, _method: str, _event: Any) -> Any:  # noqa: ANN401 - structlog's own shape
    raise structlog.DropEvent


class History:
    """A seed's world with its processes, people and faults."""

    def __init__(self, plan: Plan, store: Store, variant: Variant, *, traced: bool = False) -> None:
        self.world = World(plan, traced=traced)
        self.store = store
        self.slack = Slack(self.world)
        self.mail = Mailboxes(self.world)
        self.watch = Watch(self.world)
        self.people = People(self.world, self._serving, self._case, self._owed)
        self._variant = variant
        self._main: Process | None = None
        self._second: Process | None = None
        self._started = 0

    def live(self) -> None:
        """Live the whole history and hold it to its promises; Broken where one is broken."""
        world = self.world
        self._start_main()
        for happening in world.plan.happenings:
            world.at(happening.at, partial(self._happen, happening))
        world.at(WORK, self._calm)
        world.run_to(WORK + CALM)
        world.figures.posts = len(self.slack.messages) + self.slack.redrawn
        world.figures.cases = len(self.people.cases)
        world.figures.repeats = sum(len(each) - 1 for each in self.slack.by_key.values())
        keep(world, self.store, self.slack, self.mail, self.watch)

    def _calm(self) -> None:
        """Faults stop, and the bot is left running."""
        world = self.world
        world.note("world       faults stop")
        world.faults_on = False
        world.down_until = 0.0
        if self._second is not None:
            self._second.alive = False
        self._start_main()

    # ---- processes

    def _process(self, name: str, skew: float, gone: Callable[[Process], None]) -> Process:
        self._started += 1
        return Process(
            f"{name}-{self._started}",
            self.world,
            self.store,
            variant=self._variant,
            road=lambda process: SlackLine(self.slack, process),
            mail=lambda process: MailLine(self.mail, process),
            committed=self.watch.committed,
            ticked=self.watch.ticked,
            gone=gone,
            skew=skew,
        )

    def _start_main(self) -> None:
        if self._main is None or not self._main.alive:
            self._main = self._process("bot", 0.0, self._gone)
            self._main.start()

    def _gone(self, _process: Process) -> None:
        """A supervisor starts the bot again, soon or late."""
        chance = self.world.chance
        how = chance.weighed("restart", {"at once": 0.5, "soon": 0.35})
        low, high = {"at once": (1.0, 5.0), "soon": (5.0, 60.0)}.get(how, (60.0, 900.0))
        self.world.soon(chance.between("down for", low, high), self._start_main)

    def _serving(self) -> Process | None:
        alive = [each for each in (self._main, self._second) if each is not None and each.alive]
        return self.world.chance.pick("serving", alive) if alive else None

    # ---- what happens

    def _happen(self, happening: Happening) -> None:
        faults: dict[str, Callable[[Happening], None]] = {
            "kill": self._kill,
            "outage": self._outage,
            "overlap": self._overlap,
            "clock_back": self._clock_back,
            "delete_card": lambda _: self.slack.delete_card(),
            "people_move": self._people_move,
        }
        faults.get(happening.what, self.people.do)(happening)

    def _kill(self, _happening: Happening) -> None:
        if self._main is not None:
            self._main.die("at any moment")

    def _outage(self, happening: Happening) -> None:
        self.world.down_until = max(self.world.down_until, self.world.seconds + happening.length)
        self.world.note(f"slack       is away for {happening.length:.0f} s")

    def _overlap(self, happening: Happening) -> None:
        if self._second is not None and self._second.alive:
            return
        skew = self.world.chance.between("skew", -2.0, 2.0)
        self._second = second = self._process("second", skew, lambda _: None)
        second.start()
        self.world.soon(happening.length, lambda: second.die("at the end of an overlap"))

    def _clock_back(self, happening: Happening) -> None:
        self.world.ahead -= happening.length
        self.world.note(f"clock       steps back {happening.length:.0f} s")
        for process in (self._main, self._second):
            if process is not None and process.alive:
                process.clock_stepped()

    def _people_move(self, happening: Happening) -> None:
        """Duty, cover and the directory change under the ladders."""
        rules, person, now = self.world.rules, happening.person, self.world.now()
        directory = rules.directory
        until_at = now.replace(year=now.year + 1)
        if happening.how == "left":
            people = {**directory.people, person: replace(directory.people[person], active=False)}
            rules.directory = replace(directory, people=people)
        elif happening.how == "off duty":
            team = directory.people[person].team
            other = PersonId(happening.code)
            if team is not None:
                shift = Shift(team, other, now, until_at)
                rules.directory = replace(directory, shifts=(*directory.shifts, shift))
        else:
            by = PersonId(happening.code) if happening.how == "covered" else None
            rules.directory = replace(directory, covers=(*directory.covers, Cover(person, by, now, until_at)))
        self.world.note(f"directory   {person} {happening.how} {happening.code}")

    # ---- what the record says

    def _case(self, case_id: CaseId) -> Case | None:
        with self.store.read() as uow:
            return uow.cases.get(case_id)

    def _owed(self, case_id: CaseId) -> dict[tuple[str, str], tuple[object, ...]]:
        with self.store.read() as uow:
            found = uow.deadlines.of_case(case_id)
        return {(d.kind, d.agency): (d.is_open, d.next_at, d.due_at, d.done) for d in found}


def live(plan: Plan, *, store: Store | None = None, variant: Variant | None = None, traced: bool = False) -> Outcome:
    """Live a plan; the outcome says which promise it broke, if any."""
    history = History(plan, store or MemoryStore(), variant or Variant(), traced=traced)
    broken = None
    try:
        history.live()
    except Broken as found:
        broken = found
    return Outcome(plan, history.world.figures, broken, tuple(history.world.trace or ()))


def live_seed(seed: int, *, store: Store | None = None, variant: Variant | None = None) -> Outcome:
    """Live the history of a seed."""
    return live(plan_of(seed), store=store, variant=variant)


def shortest(plan: Plan, breaks: Callable[[Plan], bool]) -> Plan:
    """The plan with every happening left out that it does not need to break its promise."""
    kept = list(plan.happenings)
    size = max(1, len(kept) // 2)
    while size:
        place = 0
        while place < len(kept):
            fewer = kept[:place] + kept[place + size :]
            if breaks(replace(plan, happenings=tuple(fewer))):
                kept = fewer
            else:
                place += size
        size //= 2
    return replace(plan, happenings=tuple(kept))
