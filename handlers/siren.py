"""The alarm that needs no record: when the engine or the database stands still, the operators hear of it by e-mail."""

import contextlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.notices import SendFailed
from bot.ports import Clock, StorageDown
from handlers.vitals import Vitals

ALARMING = frozenset({"tick_stale", "write_stale", "delivery_stale"})
"""Why health is red when nothing that is decided can be relied on; what the record can tell is told through the outbox."""
STANDS_FOR = 60.0
"""Seconds for which it must have stood: a restart of the database is none of it."""
AGAIN_AFTER = 3600.0
"""Seconds until it sounds again while it stands."""
RETRY_AFTER = 60.0
WHAT_TO_DO = (
    "Reminders that fall due now may reach nobody. `vigil due` and `vigil outbox --undeliverable` name whom to ring when the "
    "database can be read; when it cannot, ring the teams on duty and ask what they are owed.\n\n"
    "docs/operations.md says what to do, by reason."
)

log = structlog.get_logger()


class Speaker(Protocol):
    """A mail server that takes a line of the bot's own."""

    def say(self, subject: str, text: str, *, key: str, at: datetime, to: tuple[str, ...]) -> None:
        """Send a line; SendFailed when it is not taken."""
        ...


class Siren:
    """Call `look` each second. The addresses are kept from when all was well: the directory may not be readable now."""

    def __init__(
        self,
        mailer: Speaker,
        operators: Callable[[], tuple[str, ...]],
        vitals: Vitals,
        wall: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mailer = mailer
        self._operators = operators
        self._vitals = vitals
        self._wall = wall
        self._monotonic = monotonic
        self._to: tuple[str, ...] = ()
        self._red_since: float | None = None
        self._next_at = 0.0

    def look(self) -> None:
        """Sound when what is alarming has stood for a minute, and each hour while it stands."""
        now = self._monotonic()
        reasons = [reason for reason in self._vitals.reasons() if reason.code in ALARMING]
        if not reasons:
            self._red_since = None
            with contextlib.suppress(StorageDown):  # what was known a second ago still holds
                self._to = self._operators()
            return
        if self._red_since is None:
            self._red_since, self._next_at = now, now + STANDS_FOR
        if now < self._next_at or not self._to:
            return
        self._next_at = now + (AGAIN_AFTER if self._sound([reason.said for reason in reasons]) else RETRY_AFTER)

    def _sound(self, said: list[str]) -> bool:
        at = self._wall.now()
        since = at - timedelta(seconds=self._monotonic() - (self._red_since or 0.0))
        text = "\n\n".join((*said, WHAT_TO_DO))
        try:
            self._mailer.say(
                "Vigil stands still", text, key=f"siren:{since:%Y-%m-%dT%H:%M}:{at:%H}", at=at, to=self._to
            )
        except SendFailed as failed:
            log.error("siren_not_heard", code=failed.code)  # noqa: TRY400 - the code is all there is to say
            return False
        log.error("siren_sounded", to=len(self._to))
        return True
