"""The policy as one value: bands, milestones, ladders, floors, gates and words, all of it data that a force may replace."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.calendar import SATURDAY, Calendar, Span
from bot.domain.concerns import (
    Act,
    ActKind,
    Ask,
    Band,
    Basis,
    ConcernType,
    FactQuestion,
    Flag,
    Floor,
    Grade,
    Phones,
    Phrase,
    Role,
    Snooze,
)
from bot.domain.gates import Gate
from bot.domain.ladders import Ladder, Repeat, Stage, Step, staged

__all__ = ["Band", "Basis", "Ladder", "Milestone", "Notices", "Owed", "Policy", "Repeat", "Role", "Stage", "Step"]

UNGRADED = Band.P1
"""A case that nobody has graded runs on the fastest clock."""

EVENTS = frozenset(
    {
        "referral", "acknowledged", "social_care_acknowledged", "graded", "protective_act", "human_act", "asked", "answered",
        "share_decision", "closed", "floor", "floor_overridden", "before_safety", "safety_recorded",
        "endorsement_asked", "recommendation_opened", "directed", "direction_done", "councils_told", "forces_told",
        "disagreed", "disagreement_settled", "proposed", "second_person_answered",
        "recommendation_signed_off", "counts_asked", "counts_given",
    }
)  # fmt: skip
"""What a service reports as the trigger or the end of a milestone; a flag raised is an event by its own code."""

BESIDE_CASES = frozenset({"endorsement_asked", "recommendation_opened", "counts_asked"})
"""Events in the work of leaders: what they start is never owed on a case."""

TOP_STEP = 5
URGENT = frozenset({Band.P1, Band.P2})
"""The bands in which stages go by their urgent times."""
CALENDAR_WARNING_WITHIN = timedelta(days=90)


class Jurisdiction(StrEnum):
    """Whose guidance applies; the statutes on police protection are the same in both."""

    ENGLAND = "england"
    WALES = "wales"


class Owed(StrEnum):
    """Which agency owes a milestone.

    Each that was told, the one that leads the case (social care when it was told, else the police), the one of that kind,
    or the one that was asked.
    """

    EACH_AGENCY = "each_agency"
    LEAD_AGENCY = "lead_agency"
    POLICE = "police"
    SOCIAL_CARE = "social_care"
    HEALTH = "health"
    EDUCATION = "education"
    ASKED_AGENCY = "asked_agency"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One thing that is owed, once per agency (`owed_by` is each agency) or once per case.

    `trigger` is the event or act that starts its clock, `met_by` the events or acts that end it, `clocks` its span in
    each band in which it is owed. `ceiling` is a second limit (on `ceiling_for` alone, when named): the earlier of
    the two holds. It climbs to step `climbs_to` and is only shown, not pinged, until `adopted`. With `once`, a second
    trigger never restarts it. `concerns`, `flags` and `facts` narrow it (a fact: once it is answered yes or don't
    know). `reminders` are further times after the trigger at which the owner is reminded, `also_told` further roles
    that hear at the due instant itself. Of what ends it, `moot_by` ends it undone: nothing is left to do. With `each`
    it is met only once as many are done as were started: both are counted from the acts on the record. `stages` names
    the stages that are its ladder and set its limit.
    """

    code: str
    title: str
    trigger: str
    met_by: frozenset[str]
    owed_by: Owed
    owner_role: str
    basis: Basis
    source: str
    clocks: Mapping[Band, Span]
    ceiling: Span | None = None
    ceiling_for: Owed | None = None
    ceiling_basis: Basis | None = None
    ceiling_source: str = ""
    climbs_to: int = TOP_STEP
    adopted: bool = True
    once: bool = False
    each: bool = False
    concerns: frozenset[str] | None = None
    flags: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    jurisdictions: frozenset[Jurisdiction] = frozenset(Jurisdiction)
    reminders: tuple[timedelta, ...] = ()
    weekend_warning: bool = False
    also_told: tuple[Role, ...] = ()
    moot_by: frozenset[str] = frozenset()
    stages: str = ""

    def done_by(self, events: Iterable[str]) -> bool:
        """Whether it was done, when these events end it; else nothing is left to do."""
        return bool((self.met_by - self.moot_by).intersection(events))

    def rests_on(self, span: Span, kind: str | None = None) -> tuple[Basis, str]:
        """The basis and source of a span that holds for an agency of that kind: the ceiling's when the span is the ceiling."""
        for_it = self.ceiling_for is None or kind is None or self.ceiling_for == kind
        if span == self.ceiling and self.ceiling_basis is not None and for_it:
            return self.ceiling_basis, self.ceiling_source
        return self.basis, self.source

    def doubt(self, held_on: date) -> str | None:
        """What to ask about a date on which it was recorded as held; None when there is nothing odd about it."""
        if self.weekend_warning and held_on.weekday() >= SATURDAY:
            return f"{held_on:%A} {held_on.day} {held_on:%B %Y} is a weekend. Check the date of: {self.title}."
        return None

    @property
    def per_agency(self) -> bool:
        """Whether each agency that was told owes its own."""
        return self.owed_by is Owed.EACH_AGENCY


@dataclass(frozen=True, slots=True)
class Notices:
    """How people are told: grouping, quiet hours, holds, and when a second road is tried.

    More than `storm_over` reminders for one destination within `storm_within` are a storm: they go together from then on.
    Every `synthetic_every` (None: never) a case of the bot's own goes the whole road, and must be back within `synthetic_within`.
    `probe_at` is the time of night at which every person and channel is looked at, without a message to anybody.
    """

    same_person_within: timedelta
    quiet_from: time
    quiet_until: time
    group_over: int
    phone_hold: timedelta
    chase_hold: timedelta
    second_road: Mapping[Band, timedelta]
    digest_weekday: int
    digest_at: time
    storm_over: int
    storm_within: timedelta
    synthetic_every: timedelta | None = None
    synthetic_within: timedelta = timedelta(minutes=5)
    probe_at: time = time(4)


@dataclass(frozen=True, slots=True)
class Leadership:
    """What leaders owe in person: the statement they endorse, when it is renewed, and the days of the action plan.

    `plan_due` says how long each of the plan's terms ("immediately") is. Yesterday's counts are wanted from `counts_at` on.
    `sample_per_area` grades of each concern are read a second time each month; 0: none are drawn.
    """

    statement: str
    statement_version: str
    renewed_after: Span
    plan_due: Mapping[str, Span]
    counts_at: time
    sample_per_area: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """How grave acts are recorded: length of a reason, and how long after a floor fired a grade stays put."""

    least_characters: int
    floor_holds: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a force decides. `version` is a digest of the content; all mappings are keyed by code, in the file's order.

    `text` is the same content whole, from which this version can be read again when the file says something else.
    """

    version: str
    name: str
    jurisdiction: Jurisdiction
    reference_prefix: str
    calendar: Calendar
    concerns: Mapping[str, ConcernType]
    facts: Mapping[str, FactQuestion]
    flags: Mapping[str, Flag]
    ladders: Mapping[Band, Ladder]
    leaders_ladder: Ladder
    leadership: Leadership
    milestones: Mapping[str, Milestone]
    floors: Mapping[str, Floor]
    gates: Mapping[str, Gate]
    acts: Mapping[str, Act]
    asks: Mapping[str, Ask]
    phrases: tuple[Phrase, ...]
    phones: Phones
    notices: Notices
    reasons: Reasons
    stages: Mapping[str, tuple[Stage, ...]]
    cannot_help: Mapping[str, str] = field(default_factory=dict)
    listed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    snoozes: Mapping[str, Snooze] = field(default_factory=dict)
    text: str = field(default="", compare=False, repr=False)
    _offered: dict[tuple[str, frozenset[str]], tuple[Act, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def calendar_warning(self, now: datetime) -> str | None:
        """What to tell the administrators when the bank holidays run out within 90 days or have run out; None before."""
        ends_on = self.calendar.known_until
        if self.calendar.day_of(now) > ends_on:
            return f"Bank holidays are known until {ends_on} only, and are not skipped now. Raise calendar.known_until."
        if self.calendar.day_of(now + CALENDAR_WARNING_WITHIN) > ends_on:
            return f"Bank holidays are known until {ends_on}. Check those that follow and raise calendar.known_until."
        return None

    def concern(self, code: str) -> ConcernType:
        """The concern type; KeyError when the policy has none of that code."""
        return self.concerns[code]

    def grade(self, concern: str, code: str) -> Grade:
        """The native grade; KeyError when the concern has none of that code."""
        return self.concerns[concern].grade(code)

    def band_for(self, concern: str, grade: str | None) -> Band:
        """The band of a grade; the fastest when there is none yet."""
        return UNGRADED if grade is None else self.grade(concern, grade).band

    def ladder_for(self, milestone: Milestone, band: Band) -> Ladder:
        """Who is told when the milestone is late: its own stages, beside cases the leaders' ladder, else its band's."""
        if milestone.trigger in BESIDE_CASES:
            return self.leaders_ladder
        own = self.stages.get(milestone.stages, ())
        return staged(own, self.ladders[band], urgent=band in URGENT) if own else self.ladders[band]

    def milestones_for(
        self, concern: str, flags: Iterable[str] = (), facts: Iterable[str] = (), triggers: Iterable[str] | None = None
    ) -> tuple[Milestone, ...]:
        """The milestones that a case of that concern, with those flags and facts (yes or don't know), can come to owe.

        `triggers` narrows them to those started by one of these events or acts.
        """
        raised, known = frozenset(flags), frozenset(facts)
        starts = None if triggers is None else frozenset(triggers)
        return tuple(
            milestone
            for milestone in self.milestones.values()
            if (starts is None or milestone.trigger in starts)
            and self._applies(milestone, concern)
            and (not milestone.flags or milestone.flags & raised)
            and milestone.facts <= known
        )

    def opened_by_floors(self, codes: Iterable[str], concern: str) -> tuple[Milestone, ...]:
        """The milestones that floors make due (`Assessment.opens`), as far as they are owed for that concern here."""
        named = (self.milestones[code] for code in dict.fromkeys(codes))
        return tuple(row for row in named if self._applies(row, concern))

    def acts_for(self, concern: str, flags: Iterable[str] = ()) -> tuple[Act, ...]:
        """What may be recorded on a case of that concern: protective acts first, then records, then attempts."""
        asked = (concern, frozenset(flags))
        if asked not in self._offered:  # asked for every card that is drawn, and the same for most of them
            self._offered[asked] = self._acts_for(*asked)
        return self._offered[asked]

    def _acts_for(self, concern: str, raised: frozenset[str]) -> tuple[Act, ...]:
        wanted, passed = self._recorded_for(concern, raised), self._passed_for(concern, raised)
        kinds = list(ActKind)
        offered = (
            act
            for act in self.acts.values()
            if (act.concerns is None or concern in act.concerns)
            and (act.kind is not ActKind.RECORD or act.code in wanted or act.passes in passed or _turns(act, raised))
        )
        return tuple(sorted(offered, key=lambda act: kinds.index(act.kind)))

    def shown_times(self, concern: str) -> frozenset[str]:
        """The acts whose time a card says: what the concern's form opens with, and what can only have come after it."""
        known = self.concerns.get(concern)
        begins = known.opens_with if known else ""
        after = (act.code for act in self.acts.values() if begins in act.after)
        return frozenset({begins, *after}) if begins else frozenset()

    def records_of(self, act: str) -> frozenset[str]:
        """Everything that recording the act is a record of: itself and what it implies; an unknown act is itself alone."""
        found = self.acts.get(act)
        return frozenset({act}) | (found.implies if found else frozenset())

    def _applies(self, milestone: Milestone, concern: str) -> bool:
        return (
            self.jurisdiction in milestone.jurisdictions
            and milestone.trigger not in BESIDE_CASES
            and (milestone.concerns is None or concern in milestone.concerns)
        )

    def _passed_for(self, concern: str, raised: frozenset[str]) -> frozenset[str]:
        """The steps before which a gate stands, for a case of that concern with those flags."""
        covering = (gate for gate in self.gates.values() if gate.covers(concern, raised))
        return frozenset().union(*(gate.refuses | gate.flagged for gate in covering))

    def _recorded_for(self, concern: str, raised: frozenset[str]) -> set[str]:
        """The acts that start or end a milestone, or open a gate, for a case of that concern."""
        codes = {
            code for row in self.milestones_for(concern, raised, self.facts) for code in (row.trigger, *row.met_by)
        }
        return codes.union(
            *(need for gate in self.gates.values() if gate.covers(concern, raised) for need in gate.records)
        )


def _turns(act: Act, raised: frozenset[str]) -> bool:
    """Whether the act ends a flag that is in force, or puts one in force that is not."""
    return act.ends in raised or (act.raises is not None and act.raises not in raised)
