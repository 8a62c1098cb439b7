"""What waits in numbers for one destination, to be taken into one message."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CaseId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeState, Posted
from bot.domain.policy import Band


class Gathering(Protocol):
    """The outbox, seen by destination."""

    def singles(self) -> Sequence[Notice]:
        """Reminders that wait and may be taken into one message, in the order of decision.

        Left out is what may have arrived already, and what has an earlier notice of its case to the same destination
        in flight, in doubt or held.
        """
        ...

    def last_groups(self, destinations: Iterable[Destination]) -> Sequence[Notice]:
        """Of each destination and instant, the newest grouped message that waits and was tried by no road."""
        ...

    def taken_in(
        self, destinations: Iterable[Destination], case_ids: Iterable[CaseId], now: datetime
    ) -> frozenset[tuple[Destination, CaseId]]:
        """Of which of these cases reminders that may go now are inside a grouped message, waiting, on its way or in doubt."""
        ...

    def crowded(self, *, since: datetime, more_than: int) -> frozenset[Destination]:
        """Destinations for which more reminders than this were decided since an instant."""
        ...

    def take_in(self, notices: Iterable[NoticeId]) -> frozenset[NoticeId]:
        """Mark pending reminders as taken in; those that somebody else claimed first are not in the answer."""
        ...

    def end(self, notice_id: NoticeId, state: NoticeState, *, at: datetime, posted: Posted | None, error: str) -> None:
        """Let a reminder that was taken in end as the message that speaks of it did; one that ended before stays so."""
        ...

    def still_owed(self, destination: Destination, now: datetime) -> Sequence[tuple[CaseId, Band]]:
        """The cases inside waiting grouped messages to a destination that may go now and of which something is still owed."""
        ...

    def posted(self, notice_id: NoticeId, destination: Destination) -> Posted | None:
        """Where a notice to a destination lies in Slack, None when it was not sent there."""
        ...
