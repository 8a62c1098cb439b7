"""When is the bot idle? The clock protocol: the bot follows the clock by long poll and says what it has finished."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.practice.wire import ControlError

FOLLOWING_WITHIN = 10.0
"""Seconds after its last poll or call for which a bot counts as following the practice clock."""
SETTLED_WITHIN = 30.0
QUIET_FOR = 0.3
"""Seconds without an API call after which a bot with a clock of its own counts as idle."""
HUSH_FOR = 0.02
"""The same after a follower has settled: a listener may still be answering after its ack."""
LISTENING_FOR = 0.15
"""How long a follower that has settled may still be silent before nothing more is expected of an act."""
STEP = 0.5


@dataclass(slots=True)
class Traffic:
    """How busy the Web API is: calls being answered, and when the last one ended (monotonic seconds)."""

    in_flight: int = 0
    calls: int = 0
    last_at: float = field(default_factory=time.monotonic)

    def quiet_for(self, seconds: float) -> bool:
        """Whether no call has been under way for that long."""
        return self.in_flight == 0 and time.monotonic() - self.last_at >= seconds


class Follower:
    """The bot's side of the clock: versions seen and settled, and the next instant it waits for."""

    def __init__(self, traffic: Traffic) -> None:
        self.version = 1
        self.settled = 0
        self.next_due: datetime | None = None
        self.next_sending: datetime | None = None
        self._traffic = traffic
        self._polling = 0
        self._last_poll = float("-inf")
        self._moved = asyncio.Event()
        self._reported = asyncio.Event()

    def following(self) -> bool:
        """Whether a bot has polled the clock lately, or has polled before and is still busy calling."""
        heard = max(self._last_poll, self._traffic.last_at) if self._last_poll > float("-inf") else self._last_poll
        return self._polling > 0 or time.monotonic() - heard <= FOLLOWING_WITHIN

    def bump(self) -> int:
        """A new version: every waiting poll is answered at once."""
        self.version += 1
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        return self.version

    async def poll(
        self,
        *,
        seen: int,
        settled: int,
        next_due: datetime | None,
        next_sending: datetime | None = None,
        wait: float,
        gone: Callable[[], Awaitable[bool]],
    ) -> None:
        """Take in what the bot reports, then wait until the version differs from `seen`, at most `wait` seconds."""
        self.settled = max(self.settled, min(settled, self.version))
        self.next_due = next_due
        self.next_sending = next_sending
        reported, self._reported = self._reported, asyncio.Event()
        reported.set()
        self._polling += 1
        try:
            stays = await self._until_moved(seen, time.monotonic() + wait, gone)
            self._last_poll = time.monotonic() if stays else float("-inf")
        finally:
            self._polling -= 1

    async def _until_moved(self, seen: int, ends: float, gone: Callable[[], Awaitable[bool]]) -> bool:
        """Whether the bot is still there when the wait is over: one that was killed is not waited for."""
        while self.version == seen and (left := ends - time.monotonic()) > 0:
            await _wait(self._moved, min(left, STEP))
            if await gone():
                return False
        return True

    async def settle(self, calls_before: int | None = None) -> None:
        """Return once the bot is idle; ControlError `bot_busy` after 30 s.

        With `calls_before`, the count of calls when an act began, a bot that has made none since gets a moment more:
        a listener may open a view only after its ack.
        """
        ends = time.monotonic() + SETTLED_WITHIN
        wanted = self.bump()
        while self.following() and self.settled < wanted:
            if time.monotonic() > ends:
                raise ControlError(
                    "bot_busy", "The bot has not come to rest within 30 seconds: look at its own log.", status=409
                )
            await _wait(self._reported, STEP)
        rest = HUSH_FOR if self.following() else QUIET_FOR
        patience = time.monotonic() + (LISTENING_FOR if self.following() else 0)
        while self._traffic.calls == calls_before and time.monotonic() < patience:  # noqa: ASYNC110 - silence rings no bell
            await asyncio.sleep(HUSH_FOR / 4)
        await asyncio.sleep(rest)
        while not self._traffic.quiet_for(rest):
            if time.monotonic() > ends:
                raise ControlError(
                    "bot_busy", "The bot has gone on calling for 30 seconds: look at the log.", status=409
                )
            await asyncio.sleep(rest / 4)


async def _wait(event: asyncio.Event, within: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), within)
    except TimeoutError:
        return False
    return True
