"""What is on its way to people, and what came in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.commands import Referral
from bot.domain.ids import CaseId, ChannelId, DraftId, NoticeId, PersonId
from bot.domain.notices import Destination, Notice, NoticeKind, Posted, Road
from bot.domain.policy import Band


class Outbox(Protocol):
    """Notices decided and not yet done with."""

    def add(self, notices: Iterable[Notice]) -> None:
        """Store new notices; one whose key exists already is left as it is (decided once)."""
        ...

    def supersede(
        self, case_id: CaseId, kinds: Iterable[NoticeKind], *, destination: Destination | None = None
    ) -> None:
        """Mark pending and held notices of the case and kinds (to one destination, or to all) as overtaken."""
        ...

    def claim(
        self,
        now: datetime,
        *,
        lease_until: datetime,
        holder: str,
        passing_over: frozenset[Destination],
        road: Road = Road.SLACK,
    ) -> Notice | None:
        """Take the next notice that may go on a road: pending with `not_before` past, or `sending` with its lease run out.

        The most urgent band first, then the oldest. Destinations passed over, and those with another notice in
        flight under a live lease, wait; what was left in doubt is waited for by its own case alone. Within one case and
        destination the order of decision is kept, unless the earlier was tried in vain for HOLDS_BACK_FOR.
        The answer is in state sending with tries + 1 and `first_tried_at` set; `in_doubt` is set (and stored) when the
        notice was found `sending`, and never cleared by `put_back`.
        """
        ...

    def mark_sent(self, notice_id: NoticeId, *, posted: Posted | None, at: datetime) -> None:
        """It has arrived."""
        ...

    def mark_superseded(self, notice_id: NoticeId, *, at: datetime) -> None:
        """It need not be said any more."""
        ...

    def put_back(self, notice_id: NoticeId, *, not_before: datetime, error: str) -> None:
        """Try again later: certainly not accepted."""
        ...

    def keep_in_doubt(self, notice_id: NoticeId, *, until: datetime, error: str) -> None:
        """Perhaps accepted, and nobody is sending it now: stay `sending` until an instant; the next claim looks first."""
        ...

    def mark_undeliverable(self, notice_id: NoticeId, *, error: str, at: datetime) -> None:
        """This route will never work."""
        ...

    def hold_all(self, *, error: str, road: Road = Road.SLACK) -> int:
        """Hold every pending notice of a road (its credential is dead); how many."""
        ...

    def release_held(self) -> int:
        """Put every held notice back; how many."""
        ...

    def set_back(self, now: datetime, *, was_at: datetime, lease_until: datetime) -> int:
        """Follow a clock that was set back from an instant to now: what was due or tried by then may go; how many.

        No lease ends later than `lease_until`, nor is a landing waited for longer. What waits beyond `was_at` by design
        goes on waiting.
        """
        ...

    def holders(self) -> Sequence[str]:
        """Who is sending something now, by the name that they claimed it under."""
        ...

    def take_over(self, holders: Sequence[str], now: datetime, *, lands_until: datetime) -> int:
        """Let what dead holders were sending be claimed at once, in doubt; how many.

        `not_before` becomes the end of its lease or `lands_until`, whichever is sooner: until then a copy may still land.
        """
        ...

    def next_at(self, now: datetime, *, road: Road = Road.SLACK) -> datetime | None:
        """When there is something to send next on a road (an instant not after `now` means at once), None when nothing waits."""
        ...

    def unconfirmed(self, before: Mapping[Band, datetime], *, limit: int) -> Sequence[Notice]:
        """Reminders to people that could go to Slack before an instant (by band), wait still, and took no second road yet."""
        ...

    def mark_unconfirmed(self, notice_id: NoticeId, *, at: datetime) -> None:
        """It took the second road."""
        ...

    def last_step_to(self, destination: Destination, case_id: CaseId, *, since: datetime) -> Notice | None:
        """The newest STEP notice to one destination about a case decided at or after an instant and not superseded."""
        ...

    def listed(self, *, unsent_only: bool = True, limit: int = 200) -> Sequence[Notice]:
        """Notices for the console, oldest first."""
        ...

    def depth(self) -> Mapping[str, int]:
        """How many notices in each state that is not sent or superseded."""
        ...


class Inbox(Protocol):
    """Inbound acts already taken, so that a second delivery gets the first answer."""

    def answer_to(self, key: str) -> str | None:
        """The answer given before to this key, None for a new one."""
        ...

    def remember(self, key: str, answer: str, at: datetime) -> None:
        """Store the answer in the transaction of the act; Conflict when the key is there already."""
        ...

    def forget_before(self, at: datetime) -> None:
        """Drop keys older than an instant."""
        ...


class Drafts(Protocol):
    """Referrals typed and not yet sent; sealed like a case."""

    def put(self, draft_id: DraftId, *, person: PersonId, referral: Referral, at: datetime) -> None:
        """Store, or replace, a draft."""
        ...

    def get(self, draft_id: DraftId) -> tuple[PersonId, Referral]:
        """The draft and whose it is; NotFound when it is gone."""
        ...

    def delete(self, draft_id: DraftId) -> None:
        """Forget it, with its key."""
        ...

    def of_person(self, person: PersonId) -> Sequence[tuple[DraftId, datetime]]:
        """A person's own drafts and when each was last kept, the newest first; none of them is opened."""
        ...

    def forget_before(self, at: datetime) -> int:
        """Drop drafts older than an instant; how many."""
        ...


class Cards(Protocol):
    """Where each case's card lies in each channel."""

    def get(self, case_id: CaseId, channel: ChannelId) -> Posted | None:
        """The card, None before it is posted."""
        ...

    def put(self, case_id: CaseId, posted: Posted) -> None:
        """Remember (or replace) the card of a case in `posted.channel`."""
        ...

    def forget(self, case_id: CaseId, channel: ChannelId) -> None:
        """The card was deleted by somebody."""
        ...


class Marks(Protocol):
    """The engine's own memory: instants and counts by name."""

    def instant(self, name: str) -> datetime | None:
        """An instant remembered by name."""
        ...

    def set_instant(self, name: str, at: datetime) -> None:
        """Remember an instant."""
        ...

    def count(self, name: str) -> int:
        """A count by name, 0 when it was never kept."""
        ...

    def add(self, name: str, n: int = 1) -> None:
        """Add to a count."""
        ...
