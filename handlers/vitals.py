"""The bot's own pulse: what the engine tells of itself, kept as metrics and as the reasons for which health is red."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.domain.notices import FailureKind, Road
from bot.domain.wording import full_moment
from bot.ports import Clock
from bot.watch import Doubt, Finding

STALE_AFTER = 10.0
"""Seconds without a whole tick, a delivery pass or a write after which health is red."""
SILENT_AFTER = 20.0
"""Seconds without a word of Slack's socket, which answers a ping each three, after which it counts as deaf."""
LATE_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 14400)
TICK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)


class Ear(Protocol):
    """How Slack reaches the bot."""

    def connected(self) -> bool:
        """Whether Slack can reach us, as far as is known."""
        ...

    def silent_for(self) -> float:
        """Seconds since Slack was last heard; 0 where silence means nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Reason:
    """Why health is red: a code for machines and runbooks, and a sentence."""

    code: str
    said: str


class Vitals:
    """The `Watch` of a running bot. Metrics are on a registry of their own; no label names a case or a person."""

    def __init__(self, wall: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._ear: Ear | None = None
        self._at: dict[str, float] = {}
        self._findings: tuple[Finding, ...] = ()
        self.registry = registry = CollectorRegistry()
        self._late = Histogram(
            "vigil_due_to_posted_seconds",
            "From the instant a reminder is due until Slack has it.",
            buckets=LATE_BUCKETS,
            registry=registry,
        )
        self._tick = Histogram("vigil_tick_seconds", "How long a tick takes.", buckets=TICK_BUCKETS, registry=registry)
        self._tick_at = Gauge("vigil_last_tick_timestamp_seconds", "When a tick last finished.", registry=registry)
        self._errors = Counter("vigil_slack_errors", "Messages not taken, by class.", ["kind"], registry=registry)
        self._mail_errors = Counter("vigil_mail_errors", "E-mails not taken, by class.", ["kind"], registry=registry)
        self._unknown = Counter(
            "vigil_slack_unknown_codes", "Answers of Slack whose error code has no class yet.", registry=registry
        )
        self._ambiguous = Counter(
            "vigil_ambiguous_posts", "Messages of which it is not known whether they arrived.", registry=registry
        )
        self._reconciled = Counter(
            "vigil_reconciled_posts",
            "Messages in doubt: found in Slack, posted again, or posted again without being able to look.",
            ["result"],
            registry=registry,
        )
        self._untold = Gauge(
            "vigil_overdue_untold",
            "Overdue reminders not known to have reached anybody in Slack, by the self-audit.",
            registry=registry,
        )
        self._unproved_since: datetime | None = None
        self._road_posted = Gauge(
            "vigil_synthetic_posted_seconds", "The bot's own case: from due until Slack had it.", registry=registry
        )
        self._road_whole = Gauge(
            "vigil_synthetic_road_seconds", "The bot's own case: from due until acknowledged.", registry=registry
        )
        self._road_at = Gauge(
            "vigil_synthetic_last_success_timestamp_seconds",
            "When the bot's own case last came back.",
            registry=registry,
        )
        self._road_broken = Gauge(
            "vigil_synthetic_overdue", "Whether the bot's own case has not come back in its time.", registry=registry
        )
        for kind in FailureKind:
            self._errors.labels(kind.value)
            self._mail_errors.labels(kind.value)
        for doubt in Doubt:
            self._reconciled.labels(doubt.value)

    def listen_by(self, ear: Ear) -> None:
        """From now on health asks this whether Slack is heard."""
        self._ear = ear

    def ticked(self, took: timedelta) -> None:
        """A whole tick is done."""
        self._tick.observe(took.total_seconds())
        self._tick_at.set(self._wall.now().timestamp())
        self._mark("tick")

    def delivered(self) -> None:
        """A delivery pass is done, or has dealt with one more notice."""
        self._mark("delivery")

    def wrote(self) -> None:
        """The database took a write of the engine."""
        self._mark("write")

    def posted(self, *, late: timedelta) -> None:
        """A reminder arrived so long after it was due."""
        self._late.observe(max(late.total_seconds(), 0))

    def failed(self, kind: FailureKind, *, road: Road = Road.SLACK) -> None:
        """Slack, or the mail server, refused a message or did not answer."""
        errors = self._errors if road is Road.SLACK else self._mail_errors
        errors.labels(kind.value).inc()
        if kind is FailureKind.UNKNOWN:
            self._ambiguous.inc()

    def unknown(self, code: str) -> None:
        """Slack used a word that has no class yet; the log and the control channel name it."""
        _ = code
        self._unknown.inc()

    def doubted(self, doubt: Doubt) -> None:
        """A message in doubt was looked for."""
        self._reconciled.labels(doubt.value).inc()

    def audited(self, findings: Sequence[Finding]) -> None:
        """The self-audit is done and found these."""
        self._findings = tuple(findings)
        self._untold.set(len(findings))
        self._mark("audit")

    def proved(self, *, posted: timedelta, whole: timedelta) -> None:
        """The bot's own case went the whole road."""
        self._road_posted.set(posted.total_seconds())
        self._road_whole.set(whole.total_seconds())
        self._road_at.set(self._wall.now().timestamp())

    def unproved(self, since_at: datetime | None) -> None:
        """Since when the bot's own case has not come back in its time."""
        self._unproved_since = since_at
        self._road_broken.set(since_at is not None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the last self-audit found."""
        return self._findings

    @property
    def ear(self) -> Ear | None:
        """How Slack reaches the bot; None before it does."""
        return self._ear

    def reasons(self) -> tuple[Reason, ...]:
        """Why health is red; empty when it is green. Reads memory only, so that it answers whatever is stuck."""
        stale = (
            self._stale("tick", "No whole tick of the engine has finished"),
            self._stale("delivery", "No delivery pass has finished"),
            self._stale("write", "The database has taken no write of the engine"),
        )
        found = [reason for reason in (*stale, self._deaf()) if reason is not None]
        if self._unproved_since is not None:
            at = full_moment(self._unproved_since)
            said = f"The bot's own case of {at} has not come back from Slack: what is sent may reach nobody."
            found.append(Reason("road_unproved", said))
        if self._findings:
            count, oldest = len(self._findings), self._findings[0].since_at
            reminders = "overdue reminder is" if count == 1 else "overdue reminders are"
            said = f"{count} {reminders} not known to have reached anybody in Slack, the oldest since {oldest.isoformat()}."
            found.append(Reason("untold", said))
        return tuple(found)

    def _mark(self, name: str) -> None:
        self._at[name] = self._monotonic()

    def _stale(self, name: str, said: str) -> Reason | None:
        at = self._at.get(name)
        if at is None:
            return Reason(f"{name}_stale", f"{said} since the bot started.")
        age = self._monotonic() - at
        return Reason(f"{name}_stale", f"{said} for {age:.0f} seconds.") if age > STALE_AFTER else None

    def _deaf(self) -> Reason | None:
        if self._ear is None:
            return Reason("slack_unheard", "Slack cannot reach the bot yet: it is starting.")
        silent = self._ear.silent_for()
        if silent <= SILENT_AFTER:
            return None
        state = "is open but silent" if self._ear.connected() else "is not connected"
        return Reason("slack_unheard", f"Slack's socket {state}: nothing was heard for {silent:.0f} seconds.")
