"""Repositories: what the core asks of its records, one Protocol a subject. Storage and the fakes implement them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.cases import Case, CaseStatus, Child, HumanAct, Particulars
from bot.domain.commands import Referral
from bot.domain.deadlines import Deadline
from bot.domain.decisions import Decision
from bot.domain.events import AuditedEntry, Entry, Verdict
from bot.domain.ids import CaseId, ChannelId, DeadlineId, DecisionId, DraftId, NoticeId, PersonId, Reference
from bot.domain.notices import Destination, Notice, NoticeKind, Posted
from bot.domain.policy import Band
from bot.watch import Figures, Finding


class Cases(Protocol):
    """Cases and what people did on them."""

    def next_reference(self, year: int) -> Reference:
        """A reference never given before, e.g. SG-26-00001; a rolled back one is given again."""
        ...

    def add(self, case: Case, particulars: Particulars) -> None:
        """Store a new case with a data key of its own; particulars are sealed under it."""
        ...

    def get(self, case_id: CaseId) -> Case:
        """The case; NotFound when there is none."""
        ...

    def find(self, reference: Reference) -> Case:
        """The case by its reference; NotFound when there is none."""
        ...

    def save(self, case: Case) -> Case:
        """Store the next version: `case.version` is the one it was read at; the answer carries version + 1.

        Conflict when somebody else saved first.
        """
        ...

    def particulars(self, case_id: CaseId) -> Particulars:
        """What is sealed, opened."""
        ...

    def children(self, case_id: CaseId) -> int:
        """How many children the case names, without opening anything."""
        ...

    def listed(self, *, status: CaseStatus | None = None, limit: int = 100) -> Sequence[Case]:
        """Cases, most urgent band first, then oldest."""
        ...

    def with_reference(self, kind: str, value: str) -> Sequence[CaseId]:
        """Cases that name a child by this reference, by blind index."""
        ...

    def known_as(self, kind: str, value: str) -> Sequence[tuple[CaseId, Child]]:
        """Every child known by this reference, by blind index, oldest case first, with all the references given for it."""
        ...

    def record(self, act: HumanAct) -> None:
        """Add a human act; its note is sealed."""
        ...

    def acts(self, case_id: CaseId) -> Sequence[HumanAct]:
        """Every human act, oldest first, notes opened."""
        ...


class Decisions(Protocol):
    """Grave acts proposed, and what became of them; the reason is sealed."""

    def add(self, decision: Decision) -> None:
        """Store a new one."""
        ...

    def get(self, decision_id: DecisionId) -> Decision:
        """The decision, its reason opened; NotFound when there is none."""
        ...

    def save(self, decision: Decision) -> None:
        """Store the next revision; Conflict when somebody else saved first."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Decision]:
        """Every decision of a case in the order of proposing."""
        ...


class Deadlines(Protocol):
    """Everything that is owed."""

    def add(self, deadlines: Iterable[Deadline]) -> None:
        """Store new deadlines."""
        ...

    def get(self, deadline_id: DeadlineId) -> Deadline:
        """One deadline; NotFound when there is none."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Deadline]:
        """Every deadline of a case, in order of due instant; superseded ones too."""
        ...

    def of_cases(self, case_ids: Sequence[CaseId]) -> Mapping[CaseId, Sequence[Deadline]]:
        """The same for many cases in one question."""
        ...

    def save(self, deadlines: Iterable[Deadline]) -> None:
        """Store the next version of each; Conflict when one was changed by somebody else since it was read."""
        ...

    def due_cases(self, now: datetime, *, limit: int) -> Sequence[CaseId]:
        """Cases with an open deadline whose `next_at` has come and that are not quarantined: most urgent band first."""
        ...

    def next_at(self) -> datetime | None:
        """The soonest `next_at` of all open deadlines, None when nothing is owed."""
        ...

    def quarantine(self, case_id: CaseId) -> None:
        """Keep a case that cannot be handled out of `due_cases` until somebody mends it."""
        ...

    def listed(self, *, open_only: bool = True, limit: int = 1000) -> Sequence[Deadline]:
        """Deadlines in order of their next instant, for the console."""
        ...


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
        self, now: datetime, *, lease_until: datetime, holder: str, passing_over: frozenset[Destination]
    ) -> Notice | None:
        """Take the next notice that may go: pending with `not_before` past, or `sending` with its lease run out.

        The most urgent band first, then the oldest. Destinations passed over, and those with another notice in
        flight under a live lease, wait. Within one case and destination the order of decision is kept.
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
        """Perhaps accepted: stay `sending` until an instant; the next claim looks before it posts."""
        ...

    def mark_undeliverable(self, notice_id: NoticeId, *, error: str, at: datetime) -> None:
        """This route will never work."""
        ...

    def hold_all(self, *, error: str) -> int:
        """Hold every pending notice (the credential is dead); how many."""
        ...

    def release_held(self) -> int:
        """Put every held notice back; how many."""
        ...

    def set_back(self, now: datetime, *, was_at: datetime, lease_until: datetime) -> int:
        """Follow a clock that was set back from an instant to now: what was due or tried by then may go; how many.

        No lease ends later than `lease_until`. What waits beyond `was_at` by design goes on waiting.
        """
        ...

    def next_at(self, now: datetime) -> datetime | None:
        """When there is something to send next (an instant not after `now` means at once), None when nothing waits."""
        ...

    def last_step_to(self, person: PersonId, case_id: CaseId, *, since: datetime) -> Notice | None:
        """The newest STEP notice to a person about a case decided at or after an instant and not superseded."""
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
