"""What the engine tells of itself while it works, and what is read of the record by those who watch: codes and counts only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.ids import Reference
from bot.domain.notices import FailureKind, Road
from bot.domain.policy import Band


class Doubt(StrEnum):
    """How a message that may have arrived before was dealt with."""

    FOUND = "found"
    REPOSTED = "reposted"
    BLIND = "blind"


class Lapse(StrEnum):
    """What the self-audit finds: a step whose instant has passed untaken, or a reminder that Slack has not confirmed in time."""

    STEP = "step"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something overdue of which nobody was told. `id` is the deadline's or the notice's; `since_at` the missed instant."""

    lapse: Lapse
    id: str
    reference: Reference
    since_at: datetime

    @property
    def key(self) -> str:
        """The same for the same lapse, another when it comes again."""
        return f"{self.lapse.value}:{self.id}:{self.since_at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Figures:
    """How much is owed and waits now. `audit_head` names the newest anchor of the audit, empty before the first."""

    open_deadlines: Mapping[Band, int]
    oldest_overdue_at: datetime | None
    outbox: Mapping[str, int]
    oldest_waiting_at: datetime | None
    audit_entries: int
    audit_head: str


class Watch(Protocol):
    """Told what is done, so that silence is noticed. It answers at once and never fails."""

    def ticked(self, took: timedelta) -> None:
        """A whole tick is done."""
        ...

    def delivered(self) -> None:
        """A delivery pass is done, or has dealt with one more notice."""
        ...

    def wrote(self) -> None:
        """The database took a write of the engine."""
        ...

    def posted(self, *, late: timedelta) -> None:
        """A reminder arrived so long after the instant at which it was due."""
        ...

    def failed(self, kind: FailureKind, *, road: Road = Road.SLACK) -> None:
        """Slack, or the mail server, refused a message or did not answer."""
        ...

    def unknown(self, code: str) -> None:
        """Slack used a word that has no class yet."""
        ...

    def doubted(self, doubt: Doubt) -> None:
        """A message in doubt was looked for."""
        ...

    def audited(self, findings: Sequence[Finding]) -> None:
        """The self-audit is done and found these."""
        ...

    def proved(self, *, posted: timedelta, whole: timedelta) -> None:
        """The bot's own case came back from Slack: from due to posted, and from due to acknowledged."""
        ...

    def unproved(self, since_at: datetime | None) -> None:
        """Since when the bot's own case has not come back in its time; None while it does."""
        ...


class Unwatched:
    """A watch that nobody reads: the console's."""

    def ticked(self, took: timedelta) -> None:
        """Nothing."""

    def delivered(self) -> None:
        """Nothing."""

    def wrote(self) -> None:
        """Nothing."""

    def posted(self, *, late: timedelta) -> None:
        """Nothing."""

    def failed(self, kind: FailureKind, *, road: Road = Road.SLACK) -> None:
        """Nothing."""

    def unknown(self, code: str) -> None:
        """Nothing."""

    def doubted(self, doubt: Doubt) -> None:
        """Nothing."""

    def audited(self, findings: Sequence[Finding]) -> None:
        """Nothing."""

    def proved(self, *, posted: timedelta, whole: timedelta) -> None:
        """Nothing."""

    def unproved(self, since_at: datetime | None) -> None:
        """Nothing."""
