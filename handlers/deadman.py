"""The dead man's switch: an address outside that is called after each clean minute, and raises the alarm when calls stop."""

import json
import time
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import structlog

from bot.ports import StorageDown
from bot.watch import Figures
from handlers.failures import NETWORK
from handlers.vitals import Vitals

MINUTE = 60.0
TIMEOUT = 10

log = structlog.get_logger()


class DeadMansSwitch:
    """Call `look` each second. A minute is clean when health was green throughout and Slack could reach the bot.

    What is sent are counts and the audit's head. `/fail` after the address says at once that the self-audit found something.
    """

    def __init__(
        self,
        url: str,
        vitals: Vitals,
        figures: Callable[[], Figures],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._vitals = vitals
        self._figures = figures
        self._monotonic = monotonic
        self._clean_since = monotonic()
        self._failed: frozenset[str] = frozenset()

    def look(self) -> None:
        """Call when a clean minute is over, or when the self-audit has found something new."""
        now, ear = self._monotonic(), self._vitals.ear
        found = frozenset(finding.key for finding in self._vitals.findings)
        if found - self._failed:
            self._call(_failing(self._url), untold=len(found))
        self._failed = found
        if self._vitals.reasons() or ear is None or not ear.connected():
            self._clean_since = now
        elif now - self._clean_since >= MINUTE:
            self._clean_since = now
            self._call(self._url, untold=0)

    def _call(self, url: str, *, untold: int) -> None:
        try:
            body = json.dumps(_counts(self._figures(), untold)).encode()
            request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - settings allow http and https only
            with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310 - as above
                pass
        except (*NETWORK, StorageDown) as error:
            log.warning("deadman_not_called", error=type(error).__name__)


def _counts(figures: Figures, untold: int) -> dict[str, object]:
    return {
        "open_deadlines": {band.value: count for band, count in figures.open_deadlines.items()},
        "overdue_untold": untold,
        "outbox": dict(figures.outbox),
        "audit_entries": figures.audit_entries,
        "audit_head": figures.audit_head,
    }


def _failing(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))
