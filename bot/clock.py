"""The only reader of the wall clock; and the clock of the practice workspace, followed from outside."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

import structlog

log = structlog.get_logger()

POLL_SECONDS = 20
RETRY_SECONDS = 0.5
ENDS_WITHIN = 5.0


class ClockUnreachable(Exception):
    """The practice workspace does not tell the time; the text says so in one sentence."""


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The practice time at a monotonic instant; it runs on from there at the pace of real time."""

    now: datetime
    monotonic: float
    version: int

    def at(self, monotonic: float) -> datetime:
        return self.now + timedelta(seconds=monotonic - self.monotonic)


class FollowedClock:
    """The practice workspace's clock, followed over HTTP so that the bot and the workspace agree, also after a kill.

    `watch` starts a thread that hears of every move at once. On each it calls `moved`, then `settle` (which returns once the
    engine has nothing left to do, with the instants of its next step and its next message), and tells the workspace so.
    Making one asks for the time: ClockUnreachable when there is no answer.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._stopping = threading.Event()
        self._asking: HTTPConnection | None = None
        self._thread: threading.Thread | None = None
        self._reading = self._ask({})

    def now(self) -> datetime:
        """The practice time."""
        return self._reading.at(time.monotonic())

    def watch(
        self, *, moved: Callable[[], None], settle: Callable[[], tuple[datetime | None, datetime | None]]
    ) -> None:
        """Follow the clock until `stop`."""
        self._thread = threading.Thread(target=self._follow, args=(moved, settle), name="practice-clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following; the question under way is hung up, so that nobody waits for its answer."""
        self._stopping.set()
        asking = self._asking
        if asking is not None and asking.sock is not None:
            with contextlib.suppress(OSError):  # it was answered or hung up meanwhile
                asking.sock.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join(ENDS_WITHIN)

    def _follow(self, moved: Callable[[], None], settle: Callable[[], tuple[datetime | None, datetime | None]]) -> None:
        answer: dict[str, str] = {}
        while not self._stopping.is_set():
            try:
                seen = self._reading.version
                self._reading = self._ask({"seen": str(seen), "wait": str(POLL_SECONDS), **answer})
            except ClockUnreachable:
                if self._stopping.is_set():
                    return
                log.warning("practice_clock_unreachable")
                self._stopping.wait(RETRY_SECONDS)
                continue
            if self._stopping.is_set():
                return
            moved()
            next_at, sending_at = settle()
            answer = {"settled": str(self._reading.version)}
            if next_at is not None:
                answer["next"] = next_at.isoformat()
            if sending_at is not None:
                answer["sending"] = sending_at.isoformat()

    def _ask(self, question: dict[str, str]) -> _Reading:
        try:
            with contextlib.closing(self._connection()) as asking:
                self._asking = asking
                path = urlsplit(self._url).path
                asking.request("GET", f"{path}?{urlencode(question)}" if question else path)
                body = json.load(asking.getresponse())
            at, version = datetime.fromisoformat(body["now"]).astimezone(UTC), int(body.get("version", 0))
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            raise ClockUnreachable(f"no time is told at {self._url} ({type(error).__name__}).") from None
        finally:
            self._asking = None
        return _Reading(at, time.monotonic(), version)

    def _connection(self) -> HTTPConnection:
        parts = urlsplit(self._url)
        return HTTPConnection(parts.hostname or "", parts.port, timeout=POLL_SECONDS + 10)
