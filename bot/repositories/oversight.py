"""The audit, and counts over many cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.events import AuditedEntry, Entry, Verdict
from bot.domain.ids import CaseId, Reference
from bot.domain.policy import Band
from bot.watch import Figures, Finding


class Audit(Protocol):
    """The tamper-evident record."""

    def append(self, entries: Iterable[Entry]) -> None:
        """Chain entries, in this transaction."""
        ...

    def listed(self, *, case_id: CaseId | None = None, limit: int = 200) -> Sequence[AuditedEntry]:
        """Entries, newest first; of one case when it is given."""
        ...

    def anchor(self, at: datetime) -> None:
        """Seal the heads of every chain that moved since the last anchor."""
        ...

    def verify(self) -> Verdict:
        """Check every chain and anchor; the first bad entry is named."""
        ...


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """One destination's week; instants are UTC. `told_by_phone` counts calls of the week not confirmed since."""

    open_now: int
    acknowledged: int
    acknowledged_in_time: int
    acknowledgements_due: int
    late_now: int
    unassigned: int
    told_by_phone: int
    oldest_silent: Reference | None
    oldest_silent_since: datetime | None


class Reports(Protocol):
    """Counts over many cases, answered by the database."""

    def week(self, *, team: str | None, from_at: datetime, until_at: datetime) -> WeekCounts:
        """The counts of one team (its deadlines), or of the force when `team` is None.

        `acknowledgements_due` counts acknowledgement deadlines whose due instant lies in [from_at, until_at);
        `acknowledged_in_time` those of them met at or before it; `acknowledged` those met at all. `open_now`,
        `late_now` (open cases with an open deadline that pings, past due at until_at), `unassigned` (open cases where no party
        has an owner) and `oldest_silent` (the open case with the oldest last human act) are as of `until_at`.
        """
        ...

    def figures(self, now: datetime) -> Figures:
        """How much is owed and waits; what is only shown is not owed."""
        ...

    def untold(
        self, *, steps_before: datetime, notices_before: Mapping[Band, datetime], limit: int
    ) -> Sequence[Finding]:
        """What is overdue and nobody was told of, longest first; cases in quarantine too, and rows that cannot be read.

        Open deadlines whose `next_at` is before an instant; reminders not sent that were to go (`not_before`, or the
        first try) before their band's instant. Bands left out are not looked at.
        """
        ...
