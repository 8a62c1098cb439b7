"""What is stored in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from bot.domain.cases import Case, HumanAct, Particulars
from bot.domain.commands import Referral
from bot.domain.counts import UnitCount
from bot.domain.deadlines import Deadline
from bot.domain.decisions import Decision
from bot.domain.disagreements import Disagreement
from bot.domain.errors import NotFound
from bot.domain.events import AuditedEntry, Entry
from bot.domain.grade_samples import GradeRead
from bot.domain.handovers import Handover
from bot.domain.holds import Hold
from bot.domain.ids import (
    CaseId,
    ChannelId,
    DeadlineId,
    DecisionId,
    DisagreementId,
    DraftId,
    HandoverId,
    NoticeId,
    PersonId,
    RequestId,
    RosterChangeId,
    TeamId,
)
from bot.domain.matters import Matter, Measure
from bot.domain.notices import Destination, Posted
from bot.domain.requests import Request
from bot.domain.roads import DeadRoute
from bot.domain.roster import RosterChange
from tests.memory.notices import Notices

K = TypeVar("K")
V = TypeVar("V")


@dataclass
class State:
    """Everything that is stored; the values are frozen, so that a copy of the containers is a copy of all."""

    cases: dict[CaseId, Case] = field(default_factory=dict)
    particulars: dict[CaseId, Particulars] = field(default_factory=dict)
    references: dict[int, int] = field(default_factory=dict)
    acts: list[HumanAct] = field(default_factory=list)
    decisions: dict[DecisionId, Decision] = field(default_factory=dict)
    handovers: dict[HandoverId, Handover] = field(default_factory=dict)
    requests: dict[RequestId, Request] = field(default_factory=dict)
    disagreements: dict[DisagreementId, Disagreement] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    deadlines: dict[DeadlineId, Deadline] = field(default_factory=dict)
    quarantined: set[CaseId] = field(default_factory=set)
    notices: Notices = field(default_factory=Notices)
    holders: dict[NoticeId, str] = field(default_factory=dict)
    left_in_doubt: set[NoticeId] = field(default_factory=set)
    inbox: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    drafts: dict[DraftId, tuple[PersonId, Referral, datetime]] = field(default_factory=dict)
    unconfirmed: set[NoticeId] = field(default_factory=set)
    dead_routes: dict[Destination, DeadRoute] = field(default_factory=dict)
    cards: dict[tuple[CaseId, ChannelId], Posted] = field(default_factory=dict)
    instants: dict[str, datetime] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    entries: list[tuple[AuditedEntry, Entry]] = field(default_factory=list)
    anchors: list[dict[str, int]] = field(default_factory=list)
    roster: dict[RosterChangeId, RosterChange] = field(default_factory=dict)
    duty_seen: dict[TeamId, tuple[PersonId, ...]] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    matters: dict[CaseId, Matter] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    unit_counts: dict[tuple[TeamId, date], UnitCount] = field(default_factory=dict)
    grade_reads: dict[str, GradeRead] = field(default_factory=dict)

    def copied(self) -> State:
        """Another state with the same content."""
        return State(**{name: held.copy() for name, held in vars(self).items()})

    def take(self, other: State) -> None:
        """Become the other state."""
        vars(self).update(vars(other))


def found(stored: Mapping[K, V], key: K) -> V:
    """The value of a key; NotFound when there is none."""
    if key not in stored:
        raise NotFound("There is no such record.")
    return stored[key]
