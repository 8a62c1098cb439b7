"""The engine's timers: acts in a stream do not put its work off, and a database that is away for a moment does not end it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.binding import build_desk
from bot.clock import FollowedClock, SystemClock
from bot.jobs import PROBING, SENDING, Engine
from bot.ports import Clock, StorageDown
from bot.practice.cast import default_cast
from bot.practice.driver import Driver
from bot.practice.server import PracticeServer
from bot.services.desk import Desk
from bot.services.escalations import LAST_TICK
from bot.services.tools import Tools
from bot.watch import Unwatched
from tests.builders import Bell, HandClock, HandRules, counted_ids
from tests.fakes import MemoryStore, MemoryUnitOfWork
from tests.services.office import Office, RecordingMessenger

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WITHIN = 10.0
SHORT = 0.005
QUIET = 0.3
RINGS = 250
"""With a rest of 5 ms between two, well under the two seconds in which the engine looks unasked."""


class AwayStore(MemoryStore):
    """A store in memory that can be away; `missed` is set when somebody found it so."""

    def __init__(self) -> None:
        super().__init__()
        self.away, self.missed = threading.Event(), threading.Event()

    def write(self) -> MemoryUnitOfWork:
        if self.away.is_set():
            self.missed.set()
            raise StorageDown("the disk is away")
        return super().write()

    def last_tick(self) -> datetime | None:
        with self.read() as uow:
            return uow.marks.instant(LAST_TICK)


@dataclass
class Heard(RecordingMessenger):
    """A road that says when something went out on it."""

    went: threading.Event = field(default_factory=threading.Event)

    def _meet(self, to: str, ts: str | None) -> None:
        super()._meet(to, ts)
        self.went.set()


def engine_of(desk: Desk, clock: Clock) -> Engine:
    return Engine(desk, clock, SystemClock(), watch=Unwatched(), still_ours=lambda: True, lost=lambda: None)


def desk_of(store: MemoryStore, clock: Clock) -> Desk:
    ids = counted_ids()
    return build_desk(Tools(store, HandRules(), clock, Bell(), lambda: next(ids)))


@pytest.fixture
def practice() -> Iterator[PracticeServer]:
    with PracticeServer(default_cast(), port=0, start=MONDAY) as running:
        yield running


def test_settling_goes_on_once_the_database_is_back() -> None:
    store, clock = AwayStore(), HandClock()
    engine = engine_of(desk_of(store, clock), clock)
    store.away.set()
    with ThreadPoolExecutor(1) as other:
        settling = other.submit(engine.settle)
        assert store.missed.wait(WITHIN)
        assert not settling.done()
        store.away.clear()
        assert settling.result(WITHIN) == (None, None)
    assert store.last_tick() == clock.now()


def test_the_practice_clock_is_followed_on_after_the_database_was_away(practice: PracticeServer) -> None:
    store, clock, driver = AwayStore(), FollowedClock(practice.clock_url), Driver(practice.url)
    engine = engine_of(desk_of(store, clock), clock)
    clock.watch(moved=lambda: None, settle=engine.settle)
    try:
        driver.advance("1m")
        store.away.set()
        with ThreadPoolExecutor(1) as other:
            moving = other.submit(driver.advance, "1h")
            assert store.missed.wait(WITHIN)
            store.away.clear()
            moving.result(WITHIN)
        driver.advance("1h")
        assert (store.last_tick() or MONDAY) - MONDAY >= timedelta(hours=2)
    finally:
        clock.stop()


def test_a_stream_of_acts_does_not_keep_the_engine_from_its_work() -> None:
    office, bell = Office(), Bell()
    office.refer()
    ids, messenger = counted_ids("id"), Heard(office.clock)
    tools = Tools(office.store, office.rules, office.clock, bell, lambda: next(ids))
    engine = engine_of(build_desk(tools, messenger=messenger), office.clock)
    engine.start()
    try:
        while messenger.went.wait(QUIET):  # until its first work is done
            messenger.went.clear()
        office.refer()
        rings = 0
        while not messenger.went.wait(SHORT) and rings < RINGS:
            engine.ring()
            rings += 1
        assert messenger.went.is_set()
    finally:
        engine.stop()


def test_settling_says_once_that_the_database_is_away() -> None:
    store, clock = AwayStore(), HandClock()
    engine = engine_of(desk_of(store, clock), clock)
    store.away.set()
    with ThreadPoolExecutor(1) as other, capture_logs() as logged:
        settling = other.submit(engine.settle)
        assert store.missed.wait(WITHIN)
        store.missed.clear()
        assert store.missed.wait(WITHIN), "it looks again"
        store.away.clear()
        settling.result(WITHIN)
    assert [line["event"] for line in logged].count("database_down") == 1


def test_mail_goes_on_while_every_call_to_slack_hangs() -> None:
    store, clock, let_go = MemoryStore(), HandClock(), threading.Event()
    hanging, mailed = threading.Semaphore(0), threading.Semaphore(0)

    def hang() -> int:
        hanging.release()
        let_go.wait(WITHIN)
        return 0

    def mail() -> int:
        mailed.release()
        return 0

    engine = engine_of(replace(desk_of(store, clock), deliver=hang, deliver_mail=mail, probe=hang), clock)
    engine.start()
    try:
        for _ in (*SENDING, PROBING):
            assert hanging.acquire(timeout=WITHIN)
        while mailed.acquire(blocking=False):
            pass
        engine.ring()
        assert mailed.acquire(timeout=WITHIN), "a hung call to Slack held up the mail"
    finally:
        let_go.set()
        engine.stop()
