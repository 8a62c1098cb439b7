"""What the core needs of the world outside: Protocols only. Storage, handlers and fakes implement them."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, Self

from bot.domain.directory import Directory, Person
from bot.domain.ids import CaseId, ChannelId, SlackUser
from bot.domain.letters import Outgoing
from bot.domain.notices import Destination, Posted
from bot.domain.policy import Policy
from bot.repositories import (
    Audit,
    Cards,
    Cases,
    Deadlines,
    Decisions,
    Disagreements,
    Drafts,
    Gathering,
    GradeReads,
    Handovers,
    Holds,
    Inbox,
    Marks,
    Matters,
    Outbox,
    Overview,
    Reports,
    Requests,
    Roster,
    Routes,
    Rulebook,
    Synthetic,
    UnitCounts,
    WeekCounts,
    Workloads,
)

__all__ = [
    "Alarm",
    "Audit",
    "Cards",
    "Cases",
    "Clock",
    "Deadlines",
    "Decisions",
    "Disagreements",
    "Drafts",
    "Gathering",
    "GradeReads",
    "Handovers",
    "Holds",
    "Inbox",
    "Mailer",
    "Marks",
    "Matters",
    "Messenger",
    "Outbox",
    "Overview",
    "Prober",
    "Reports",
    "Requests",
    "Roster",
    "Routes",
    "Rulebook",
    "Rules",
    "StorageDown",
    "Store",
    "Synthetic",
    "UnitCounts",
    "UnitOfWork",
    "WeekCounts",
    "Workloads",
]


class Clock(Protocol):
    """The wall clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...


class Alarm(Protocol):
    """Rung after each commit that may bring the engine's next work forward."""

    def ring(self) -> None:
        """Wake the engine."""
        ...


class Rules(Protocol):
    """The policy and directory in force; replaced whole when a file is read again, never changed in place.

    Read them at the moment of use: what was read a transaction ago may have been replaced since.
    """

    @property
    def policy(self) -> Policy:
        """The policy that new cases open under; a case goes on under its own, which `policy_of` gives."""
        ...

    @property
    def directory(self) -> Directory:
        """Who is who now: the file with every dated change of the roster laid over it."""
        ...

    @property
    def base(self) -> Directory:
        """Who is who by the file alone."""
        ...

    def policy_of(self, version: str, uow: "UnitOfWork") -> Policy:
        """The policy of a version, from memory or from the record; the one in force when it cannot be had."""
        ...

    def follow(self, uow: "UnitOfWork", now: datetime) -> bool:
        """Take up dated changes that were set since, by whichever process; whether there were any."""
        ...

    def turned(self, now: datetime) -> bool:
        """Whether the directory was replaced, or a shift or cover started or ended, since it was last `looked` at."""
        ...

    def looked(self, directory: Directory, now: datetime) -> None:
        """A directory was looked at as of an instant, and what was found is in the record."""
        ...


class Messenger(Protocol):
    """The road to people. Every failure is a SendFailed with its class."""

    def post(self, outgoing: Outgoing, *, channel: ChannelId, thread: str | None) -> Posted:
        """Post into a channel, or under a message of it."""
        ...

    def post_to(self, outgoing: Outgoing, *, person: Person) -> Posted:
        """Send a direct message; a person without Slack is a dead route."""
        ...

    def redraw(self, outgoing: Outgoing, *, posted: Posted) -> None:
        """Replace a message in place; `gone` when it is no longer there."""
        ...

    def find(self, key: str, *, destination: Destination, person: Person | None, since: datetime) -> Posted | None:
        """A message that carries the key and was posted at or after an instant, None when there is none."""
        ...


class Mailer(Protocol):
    """The road to people by e-mail. Every failure is a SendFailed with its class."""

    @property
    def usable(self) -> bool:
        """Whether there is a mail server at all; without one every message is a dead route."""
        ...

    def send(self, outgoing: Outgoing, *, to: tuple[str, ...]) -> Posted:
        """Send one message to these addresses; where it lies is its Message-ID. One address taken is a success."""
        ...


class Prober(Protocol):
    """Looks whether people and channels can be reached, and messages nobody. SendFailed when Slack will not say now."""

    def person(self, person: Person) -> str:
        """Why this person of Slack would not get a direct message, in one word; empty when they would."""
        ...

    def channel(self, channel: ChannelId) -> str:
        """Why the bot could not post there, in one word; empty when it could."""
        ...

    def group(self, group: str) -> Sequence[SlackUser]:
        """Who is in a user group. SendFailed also when there is no such group, or no groups at all."""
        ...


class UnitOfWork(Protocol):
    """One transaction over every repository; rolled back unless committed."""

    cases: Cases
    decisions: Decisions
    handovers: Handovers
    requests: Requests
    workloads: Workloads
    disagreements: Disagreements
    holds: Holds
    deadlines: Deadlines
    outbox: Outbox
    gathering: Gathering
    synthetic: Synthetic
    inbox: Inbox
    drafts: Drafts
    cards: Cards
    marks: Marks
    audit: Audit
    reports: Reports
    overview: Overview
    routes: Routes
    roster: Roster
    rulebook: Rulebook
    matters: Matters
    unit_counts: UnitCounts
    grade_reads: GradeReads

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, *exc_info: object) -> None:
        """Roll back what was not committed."""
        ...

    def look_at(self, case_ids: Collection[CaseId]) -> None:
        """These cases will be read one after the other: what is asked of one may be read for all of them at once."""
        ...

    def commit(self) -> None:
        """Make it durable; raises StorageDown when the database cannot be written."""
        ...

    def savepoint(self) -> AbstractContextManager[None]:
        """A part that can fail alone: an exception inside undoes the part and goes on up."""
        ...

    def is_awaited(self) -> bool:
        """Whether a person's commit waits for this one: the engine then ends with what it has."""
        ...


class Store(Protocol):
    """Where units of work come from."""

    def write(self) -> UnitOfWork:
        """One that may change things; writers take turns."""
        ...

    def read(self) -> UnitOfWork:
        """One that only looks; commit is not called on it."""
        ...


class StorageDown(Exception):
    """The database cannot be read or written; nothing of this transaction was kept."""
