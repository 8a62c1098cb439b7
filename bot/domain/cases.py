"""A case: what the bot knows of one referral, with what may be shown kept apart from what is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import AgencyId, CaseId, ChannelId, PersonId, Reference, TeamId
from bot.domain.policy import Band
from bot.domain.risk import Answer


class CaseStatus(StrEnum):
    """Where a case stands; everything finer is read from its deadlines.

    A synthetic one is the bot's own: it is about nobody and proves the road to Slack. A matter is a leader's own: an
    endorsement, a recommendation, a unit's counts. Neither has a child or a card, and they count in no figure or list of cases.
    """

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"
    SYNTHETIC = "synthetic"
    MATTER = "matter"

    @property
    def concerns_a_child(self) -> bool:
        """Whether it is a referral: it has a card in each agency's channel, and counts."""
        return self not in BESIDE_CHILDREN

    @property
    def ended(self) -> bool:
        """Whether nothing more is worked on."""
        return self in {CaseStatus.CLOSED, CaseStatus.MERGED}


BESIDE_CHILDREN = frozenset({CaseStatus.SYNTHETIC, CaseStatus.MATTER})
"""Whatever runs on the mechanism of cases and is about no child."""
NO_TEAM = TeamId("")
"""The team of what a leader owes in person: it has no duty list and no channel."""


@dataclass(frozen=True, slots=True)
class ChildReference:
    """One agency's reference to a child; never a name. `kind` is police, council or nhs."""

    kind: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Child:
    """One child of a case, known by references alone; `number` counts from 1 within the case."""

    number: int
    references: tuple[ChildReference, ...]


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is sealed: it leaves the record only through a modal, for those who may see it."""

    children: tuple[Child, ...] = field(repr=False)
    narrative: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    left_out_reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A person of the agency has said that they have it."""

    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneTold:
    """Somebody was told by phone; their own confirmation is outstanding until they acknowledge."""

    recorded_by: PersonId
    at: datetime
    holds_until: datetime


@dataclass(frozen=True, slots=True)
class Party:
    """One agency that has been told of the case, and what it has said.

    `reads_as` is what it understands to be asked of it, empty before it has said.
    """

    agency: AgencyId
    team: TeamId
    channel: ChannelId
    told_at: datetime
    owes_acknowledgement: bool = True
    owner: PersonId | None = None
    acknowledged: Acknowledgement | None = None
    phone: PhoneTold | None = None
    record_number: str = ""
    reads_as: str = ""

    def owned_by(self, person: PersonId) -> "Party":
        """The part with another owner."""
        return replace(self, owner=person)


@dataclass(frozen=True, slots=True)
class Case:
    """One referral as everybody on it may know it: codes, instants and staff, nothing of the child.

    `facts` maps fact codes to the answers given so far; `version` rises by one with every change and is
    what a button was drawn "as of". `fired_at` says since when each floor holds, overridden ones too (`floors` leaves those
    out). `referral_number` counts referrals about the same child in twelve months, this one included. `also_referred` are
    the referrers of cases merged into this one. `ended_flags` were in force once: what they ask for may still be recorded.
    `left_out` have a conflict of interest, or are its subject: nothing of the case reaches them. With `restricted_to` the case
    exists for the people named there alone; None is a case like any other.
    """

    id: CaseId
    reference: Reference
    version: int
    concern: str
    grade: str | None
    effective_grade: str | None
    band: Band
    floors: tuple[str, ...]
    flags: frozenset[str]
    asks_for: str
    status: CaseStatus
    opened_at: datetime
    first_aware_at: datetime
    referrer: PersonId
    referring_agency: AgencyId | None
    origin_channel: ChannelId | None
    parties: tuple[Party, ...]
    facts: Mapping[str, Answer]
    policy_version: str
    last_act_at: datetime
    graded_at: datetime | None = None
    ended_flags: frozenset[str] = frozenset()
    fired_at: Mapping[str, datetime] = field(default_factory=dict)
    referral_number: int = 1
    closed_at: datetime | None = None
    no_further_action: bool = False
    merged_into: CaseId | None = None
    also_referred: tuple[PersonId, ...] = ()
    left_out: tuple[PersonId, ...] = ()
    restricted_to: tuple[PersonId, ...] | None = None

    def party(self, agency: AgencyId) -> Party | None:
        """The agency's part in the case, None when it was not told."""
        return next((party for party in self.parties if party.agency == agency), None)

    def with_party(self, party: Party) -> "Case":
        """The case with one agency's part replaced."""
        return replace(self, parties=tuple(party if p.agency == party.agency else p for p in self.parties))

    def joined_by(self, party: Party) -> "Case":
        """The case with one more agency told of it."""
        return replace(self, parties=(*self.parties, party))

    @property
    def referrers(self) -> tuple[PersonId, ...]:
        """Everybody who referred it, each once."""
        return tuple(dict.fromkeys((self.referrer, *self.also_referred)))

    @property
    def restricted(self) -> bool:
        """Whether it exists for a named list alone."""
        return self.restricted_to is not None

    def admits(self, person: PersonId) -> bool:
        """Whether anything of the case may reach somebody: they are not left out, and on its list when it has one."""
        return person not in self.left_out and (self.restricted_to is None or person in self.restricted_to)

    @property
    def known_flags(self) -> frozenset[str]:
        """The flags in force now, and those that were."""
        return self.flags | self.ended_flags

    @property
    def owners(self) -> frozenset[PersonId]:
        """Everybody who owns an agency's part of it."""
        return frozenset(party.owner for party in self.parties if party.owner is not None)

    @property
    def channels(self) -> tuple[ChannelId, ...]:
        """Every channel that holds a card of this case, each once; none for what concerns no child."""
        if not self.status.concerns_a_child:
            return ()
        origin = (self.origin_channel,) if self.origin_channel else ()
        return tuple(dict.fromkeys((*(party.channel for party in self.parties), *origin)))


@dataclass(frozen=True, slots=True)
class HumanAct:
    """Something a person recorded: a protective act, an attempt, a call. The note is sealed.

    `happened_at` is when it was done, where that was before it was recorded; `named` is the member of staff whom it names,
    `count` how many of something it is about, such as devices; `child` the number of the one child that it is about.
    """

    case_id: CaseId
    code: str
    by: PersonId
    agency: AgencyId | None
    at: datetime
    protective: bool
    note: str = field(default="", repr=False)
    happened_at: datetime | None = None
    named: PersonId | None = None
    count: int = 1
    child: int | None = None

    @property
    def done_at(self) -> datetime:
        """When it was done: what it starts is counted from there."""
        return self.happened_at or self.at

    @property
    def who(self) -> PersonId:
        """Whom it names; whoever recorded it when it names nobody."""
        return self.named or self.by
