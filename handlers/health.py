"""What the bot says of itself over HTTP: `/healthz`, `/readyz` and `/metrics`."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.domain.policy import Band
from bot.ports import Clock, StorageDown
from bot.watch import Figures
from handlers.vitals import Reason, Vitals

OK, RED = 200, 503
COUNTED_FOR = 10.0
"""Seconds for which the record's counts are kept: they are read from the database for whoever asks."""
OUTBOX_STATES = ("pending", "sending", "held")

Readiness = Callable[[], tuple[Mapping[str, str], Sequence[Reason]]]
"""What was found in order, by name, and what was not."""


class RecordCollector(Collector):
    """The counts of the record as metrics, at most one question of the database in ten seconds."""

    def __init__(self, ask: Callable[[], Figures], vitals: Vitals, clock: Clock) -> None:
        self._ask = ask
        self._vitals = vitals
        self._clock = clock
        self._lock = threading.Lock()
        self._last: tuple[float, Figures] | None = None

    def describe(self) -> list[Metric]:
        """Nothing ahead: the database is not asked before somebody looks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics; those of the record are left out while the database cannot be read."""
        ear = self._vitals.ear
        yield gauge("vigil_socket_connected", "Whether Slack can reach the bot.", float(bool(ear and ear.connected())))
        yield gauge("vigil_socket_silent_seconds", "Since Slack was last heard.", ear.silent_for() if ear else 0.0)
        try:
            figures = self._figures()
        except StorageDown:
            yield gauge("vigil_database_up", "Whether the database can be read.", 0)
            return
        yield gauge("vigil_database_up", "Whether the database can be read.", 1)
        yield from self._of_record(figures)

    def _figures(self) -> Figures:
        with self._lock:
            now = time.monotonic()
            if self._last is None or now - self._last[0] > COUNTED_FOR:
                self._last = now, self._ask()
            return self._last[1]

    def _of_record(self, figures: Figures) -> Iterator[Metric]:
        now = self._clock.now()
        owed = GaugeMetricFamily("vigil_open_deadlines", "Open deadlines that remind somebody.", labels=["band"])
        for band in Band:
            owed.add_metric([band.value], figures.open_deadlines.get(band, 0))
        yield owed
        overdue, waiting = figures.oldest_overdue_at, figures.oldest_waiting_at
        yield gauge(
            "vigil_oldest_overdue_seconds",
            "How long the oldest open deadline is overdue.",
            (now - overdue).total_seconds() if overdue else 0,
        )
        outbox = GaugeMetricFamily("vigil_outbox_notices", "Notices not yet sent.", labels=["state"])
        for state in OUTBOX_STATES:
            outbox.add_metric([state], figures.outbox.get(state, 0))
        yield outbox
        yield gauge(
            "vigil_outbox_oldest_seconds",
            "How long the oldest unsent notice has waited.",
            (now - waiting).total_seconds() if waiting else 0,
        )
        yield gauge("vigil_audit_entries", "Entries on the audit.", figures.audit_entries)


def gauge(name: str, said: str, value: float) -> GaugeMetricFamily:
    """One number."""
    return GaugeMetricFamily(name, said, value=value)


def routes(vitals: Vitals, readiness: Readiness) -> list[Route]:
    """The three addresses. `/healthz` reads memory only; the others may wait for the database, in a thread."""

    async def healthz(_request: Request) -> Response:
        return _answer({}, vitals.reasons())

    def readyz(_request: Request) -> Response:
        return _answer(*readiness())

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(vitals.registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def _answer(found: Mapping[str, str], reasons: Sequence[Reason]) -> Response:
    body = {"ok": not reasons, **found, "reasons": [{"code": each.code, "said": each.said} for each in reasons]}
    return JSONResponse(body, RED if reasons else OK, headers={"Cache-Control": "no-store"})
