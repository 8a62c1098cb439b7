"""Monotonic time moved by hand, an ear that hears what it is told, and a small reader of answers."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.clock import SystemClock
from bot.domain.ids import Reference
from bot.domain.policy import Band
from bot.watch import Figures, Finding, Lapse
from handlers.vitals import Vitals

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FIGURES = Figures({Band.P1: 2}, NOON - timedelta(minutes=5), {"pending": 3}, NOON - timedelta(seconds=40), 77, "4:abcd")
FINDING = Finding(Lapse.STEP, "d1", Reference("SG-26-00001"), NOON)


@dataclass
class Stopwatch:
    """Seconds that pass when a test says so."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def move(self, by: float) -> None:
        self.seconds += by


@dataclass
class HandEar:
    """An ear that a test makes deaf."""

    silent: float = 0.0
    open: bool = True
    tries: list[float] = field(default_factory=list)

    def connected(self) -> bool:
        return self.open

    def silent_for(self) -> float:
        return self.silent

    def reconnect(self) -> None:
        self.tries.append(self.silent)


def a_pulse() -> tuple[Vitals, Stopwatch, HandEar]:
    """A bot in good health."""
    watch, ear = Stopwatch(), HandEar()
    vitals = Vitals(SystemClock(), watch)
    vitals.listen_by(ear)
    beat(vitals)
    return vitals, watch, ear


def beat(vitals: Vitals) -> None:
    """Everything that the engine does in a round."""
    vitals.wrote()
    vitals.audited([])
    vitals.ticked(timedelta(milliseconds=4))
    vitals.delivered()


def asked(url: str, data: bytes | None = None, **headers: str) -> tuple[int, str]:
    """The status and the text of an answer."""
    request = urllib.request.Request(url, data, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def health(url: str) -> tuple[int, dict[str, Any]]:
    """What `/healthz` answers."""
    status, text = asked(f"{url}/healthz")
    return status, json.loads(text)
