"""Timers: a handful of APScheduler jobs that call the Desk. No rule is here, and nothing is stored in the scheduler."""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from bot.ports import Clock, StorageDown
from bot.services.desk import Desk
from bot.watch import Watch

TICK = "tick"
SENDING = ("send-1", "send-2", "send-3")
"""Deliveries at once: one slow answer of Slack must not hold up the others."""
PROVING = "prove"
"""Reading the bot's own case back from Slack: by itself, since looking may take as long as Slack likes."""
MAILING = ("mail-1", "mail-2")
"""The second road has senders of its own: whatever hangs in Slack, they go on."""
PROBING = "probe"
"""The nightly look has a thread of its own: it asks Slack about everybody, and may take its time."""
RUNG = (TICK, *SENDING, *MAILING)
"""What may have something to do after somebody's act: the bot's own case and the nightly look come by the clock alone."""
TICK_SECONDS = 2.0
"""The engine looks at the clock at least this often."""
MISSED_TICKS = 3
SHORTEST = 0.02
SHORTLY = timedelta(milliseconds=100)
SETTLE_SECONDS = 25.0
PAUSE = timedelta(milliseconds=100)
"""Between a ring and the work: people who press at once are answered first, and a card is drawn once for all of it."""
REST = 0.05
"""Seconds between two rounds of one job: a burst of acts, each with its ring, then costs one round and not one each."""

log = structlog.get_logger()


class Bell:
    """The Alarm that services ring; the engine listens."""

    def __init__(self) -> None:
        self._listen: Callable[[], None] = lambda: None

    def ring(self) -> None:
        """Wake the engine, when there is one."""
        self._listen()

    def answer_with(self, listen: Callable[[], None]) -> None:
        """From now on the bell wakes this."""
        self._listen = listen


class _Round:
    """Whether a job is at work, and whether it was asked for again meanwhile: a ring is never lost between the two."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._working = False
        self._asked = False

    def ask(self) -> bool:
        """Ask for the work; whether the job has to be started for it, which it has for the first that ask only.

        Started anew for each of them it would be put off again and again, and never come to work while people act.
        """
        with self._lock:
            first, self._asked = not self._asked, True
            return first and not self._working

    def begin(self) -> None:
        """The job starts."""
        with self._lock:
            self._working = self._asked = True

    def once_more(self) -> bool:
        """Whether to do the work (again); False ends the job."""
        with self._lock:
            self._working, self._asked = self._asked, False
            return self._working

    def rest(self, until: Callable[[], None]) -> None:
        """Arrange for the next time, unless somebody has asked since the work was done."""
        with self._lock:
            if not self._asked:
                until()


class Engine:
    """Keeps the Desk's tick and deliveries going: at the next due instant, on every ring, and at least every two seconds.

    An interval job goes silent when the wall clock steps back, so a monotonic watchdog re-arms it. When the lock that
    makes this process the only engine is lost, the engine stops and says so through `lost`.
    """

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        wall: Clock,
        *,
        watch: Watch,
        still_ours: Callable[[], bool],
        lost: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._wall = wall
        self._watch_over = watch
        self._still_ours = still_ours
        self._lost = lost
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(3 + len(SENDING) + len(MAILING))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._rounds = {job: _Round() for job in (TICK, PROVING, PROBING, *SENDING, *MAILING)}
        self._stopping = threading.Event()
        self._ticked = time.monotonic()
        self._in_flight = 0
        self._landed = threading.Condition()

    def start(self) -> None:
        """Tick once before anything else, then keep going."""
        self._desk.started()
        self._whole_tick()
        for job, round_ in self._rounds.items():
            own = {TICK: self._tick, PROVING: self._prove, PROBING: self._probe, **dict.fromkeys(MAILING, self._mail)}
            work = own.get(job, self._send)
            self._scheduler.add_job(
                self._go_round, "interval", args=[round_, work, job], seconds=TICK_SECONDS, id=job, name=job
            )
        self._scheduler.add_listener(lambda event: self._missed(event.job_id), EVENT_JOB_MAX_INSTANCES)
        self._scheduler.start()
        threading.Thread(target=self._watch, name="engine-watch", daemon=True).start()
        for job in self._rounds:
            self._in(job, PAUSE)

    def _missed(self, job: str) -> None:
        """A run fell into a round that was still at work: that round goes on once more, or is started when it has just ended."""
        if self._rounds[job].ask():
            self._in(job, SHORTLY)

    def stop(self) -> None:
        """Finish what is under way and stop."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def ring(self) -> None:
        """There may be something to do now."""
        for job in RUNG:
            if self._rounds[job].ask():
                self._in(job, PAUSE)

    def settle(self) -> tuple[datetime | None, datetime | None]:
        """Return once nothing is left to do at this instant: the next step's instant, and when the next message may go.

        A message held back by the pace of one a second is not waited for: practice time is moved on to it instead.
        """
        give_up, said = time.monotonic() + SETTLE_SECONDS, False
        while time.monotonic() < give_up and not self._stopping.is_set():
            try:
                if self._settled():
                    waiting = (self._desk.waiting_at(), self._desk.mail_waiting_at())
                    return self._desk.next_at(), min((at for at in waiting if at is not None), default=None)
            except StorageDown as down:  # the practice clock goes on being followed, and the engine goes on trying
                if not said:
                    log.error("database_down", job="settle", said=str(down))  # noqa: TRY400 - the sentence is all there is to say
                said = True
            self._stopping.wait(SHORTEST)
        return None, None

    def _settled(self) -> bool:
        """One whole pass; whether it left nothing to do of what could be done when its steps had been taken.

        Practice time runs on meanwhile: what the pace lets go only since then is not waited for, or a storm would never settle.
        """
        self._desk.follow_groups()
        self._desk.tick()
        self._desk.second_road()
        at = self._clock.now()
        self._deliver()
        self._deliver(by_mail=True)
        self._desk.prove()
        with self._landed:
            self._landed.wait_for(lambda: self._in_flight == 0, timeout=1)
        waiting = (self._desk.waiting_at(), self._desk.mail_waiting_at())
        return all(next_at is None or next_at > at for next_at in waiting)

    def _go_round(self, round_: _Round, work: Callable[[], datetime | None], job: str) -> None:
        """Do a job's work until nobody has rung meanwhile, then have it run again when it next has something to do."""
        round_.begin()
        next_at = None
        try:
            while round_.once_more() and not self._stopping.is_set():
                next_at = work()
                self._stopping.wait(REST)
        except StorageDown as down:  # the job runs again at its interval; health says what stands still
            log.error("database_down", job=job, said=str(down))  # noqa: TRY400 - the sentence is all there is to say
        if next_at is not None:
            wait = next_at - self._clock.now()
            round_.rest(lambda: self._in(job, wait))

    def _tick(self) -> datetime | None:
        if not self._still_ours():
            log.critical("engine_lock_lost")
            self._stopping.set()
            self._lost()
            return None
        self._whole_tick()
        return self._desk.next_at()

    def _whole_tick(self) -> None:
        """A tick, and the audit of what it should have left: nothing that was due when it began."""
        began, at = time.monotonic(), self._clock.now()
        self._desk.tick()
        self._desk.second_road()
        self._watch_over.audited(self._desk.audit_self(at))
        self._ticked = time.monotonic()
        self._watch_over.ticked(timedelta(seconds=self._ticked - began))

    def _send(self) -> datetime | None:
        self._deliver()
        return self._desk.waiting_at()

    def _prove(self) -> None:
        self._desk.prove()

    def _probe(self) -> None:
        self._desk.probe()
        self._desk.follow_groups()

    def _mail(self) -> datetime | None:
        self._deliver(by_mail=True)
        return self._desk.mail_waiting_at()

    def _deliver(self, *, by_mail: bool = False) -> None:
        with self._landed:
            self._in_flight += 1
        try:
            if by_mail:
                self._desk.deliver_mail()
            else:
                self._desk.deliver()
                self._watch_over.delivered()
        finally:
            with self._landed:
                self._in_flight -= 1
                self._landed.notify_all()

    def _in(self, job: str, wait: timedelta) -> None:
        """Run a job after a wait, when that is sooner than its own interval."""
        if self._stopping.is_set() or wait >= timedelta(seconds=TICK_SECONDS):
            return
        at = self._wall.now() + max(wait, timedelta())
        with contextlib.suppress(JobLookupError):  # not started yet: `start` rings when it is
            self._scheduler.modify_job(job, next_run_time=at)

    def _watch(self) -> None:
        """Re-arm the tick when it has been silent for three intervals, whatever the wall clock says."""
        while not self._stopping.wait(1):
            if time.monotonic() - self._ticked > MISSED_TICKS * TICK_SECONDS:
                log.error("tick_rearmed", silent_seconds=round(time.monotonic() - self._ticked, 1))
                self._ticked = time.monotonic()
                self._in(TICK, timedelta())
