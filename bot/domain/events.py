"""The audit's words: what was done, seen, refused or sent; past tense, codes only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import CaseId, PersonId


class Action(StrEnum):
    """Every kind of audit entry."""

    REFERRED = "referred"
    ACKNOWLEDGED = "acknowledged"
    GRADED = "graded"
    FLOOR_FIRED = "floor_fired"
    FACT_ANSWERED = "fact_answered"
    ACTION_RECORDED = "action_recorded"
    ATTEMPT_RECORDED = "attempt_recorded"
    TOLD_BY_PHONE = "told_by_phone"
    AGENCY_LEFT_OUT = "agency_left_out"
    DEADLINE_OPENED = "deadline_opened"
    DEADLINE_MET = "deadline_met"
    DEADLINE_RETIMED = "deadline_retimed"
    DEADLINE_EXTENDED = "deadline_extended"
    DEADLINE_WAIVED = "deadline_waived"
    DEADLINE_ENDED = "deadline_ended"
    DEADLINE_RESUMED = "deadline_resumed"
    PROPOSED = "proposed"
    DECIDED = "decided"
    GRADE_LOWERED = "grade_lowered"
    FLOOR_OVERRIDDEN = "floor_overridden"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_ACCEPTED = "handover_accepted"
    HANDOVER_DECLINED = "handover_declined"
    HANDOVER_WITHDRAWN = "handover_withdrawn"
    SNOOZED = "snoozed"
    CHASED = "chased"
    DIRECTED = "directed"
    REQUEST_READ = "request_read"
    COULD_NOT_HELP = "could_not_help"
    NUMBER_GIVEN = "number_given"
    DISAGREED = "disagreed"
    DISAGREEMENT_TAKEN_UP = "disagreement_taken_up"
    DISAGREEMENT_ANSWERED = "disagreement_answered"
    DISAGREEMENT_ENDED = "disagreement_ended"
    SHARED = "shared"
    NOT_SHARED = "not_shared"
    SCHOOL_NOTICE_SENT = "school_notice_sent"
    SCHOOL_CONFIRMED = "school_confirmed"
    FLAG_RAISED = "flag_raised"
    FLAG_ENDED = "flag_ended"
    BEFORE_SAFETY = "before_safety"
    STEP_TAKEN = "step_taken"
    STEP_FELL_THROUGH = "step_fell_through"
    STEP_REPEATED = "step_repeated"
    ESCALATED_BY_HAND = "escalated_by_hand"
    VIEWED = "viewed"
    BRIEFED = "briefed"
    PARTNER_ASKED = "partner_asked"
    PARTNER_ANSWERED = "partner_answered"
    REFUSED = "refused"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    ROUTE_DIED = "route_died"
    ROUTE_MENDED = "route_mended"
    SECOND_ROAD_TAKEN = "second_road_taken"
    PROBED = "probed"
    DRAFTED = "drafted"
    DRAFT_OPENED = "draft_opened"
    DRAFT_DISCARDED = "draft_discarded"
    DIGEST_DECIDED = "digest_decided"
    ENDORSEMENTS_BEGUN = "endorsements_begun"
    MATTER_ASKED = "matter_asked"
    MATTER_HANDED_ON = "matter_handed_on"
    MATTER_SUPERSEDED = "matter_superseded"
    ENDORSED = "endorsed"
    NOT_ENDORSED = "not_endorsed"
    PLAN_IMPORTED = "plan_imported"
    EVIDENCE_GIVEN = "evidence_given"
    SIGNED_OFF = "signed_off"
    COUNT_GIVEN = "count_given"
    COUNTS_IN_ORDER = "counts_in_order"
    CASES_IMPORTED = "cases_imported"
    GRADES_DRAWN = "grades_drawn"
    GRADE_READ = "grade_read"
    STARTED = "started"
    SYNTHETIC_OPENED = "synthetic_opened"
    SYNTHETIC_PROVED = "synthetic_proved"
    SYNTHETIC_LATE = "synthetic_late"
    GAP_NOTICED = "gap_noticed"
    QUARANTINED = "quarantined"
    DUTY_SET = "duty_set"
    DUTY_HANDED_OVER = "duty_handed_over"
    DUTY_ENDED = "duty_ended"
    DUTY_CHANGED = "duty_changed"
    AWAY_SET = "away_set"
    CAME_BACK = "came_back"
    CONFLICT_DECLARED = "conflict_declared"
    CONFLICT_ENDED = "conflict_ended"
    RESTRICTED = "restricted"
    NAMED_ON_LIST = "named_on_list"
    TAKEN_OFF_LIST = "taken_off_list"
    RESTRICTION_LIFTED = "restriction_lifted"
    GLASS_BROKEN = "glass_broken"
    RULES_RELOADED = "rules_reloaded"
    RULES_REFUSED = "rules_refused"
    REPLANNED = "replanned"
    READ_AT_CONSOLE = "read_at_console"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit before it is chained. `subject` holds ids and codes; `details` are sealed.

    Entries without a case go onto the chain called "system".
    """

    at: datetime
    actor: PersonId
    action: Action
    subject: str
    case_id: CaseId | None = None
    details: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class AuditedEntry:
    """One line of the audit as it stands in its chain; `n` counts from 1 within the chain."""

    chain: str
    n: int
    at: datetime
    actor: PersonId
    action: str
    subject: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying the audit found: how many entries and chains, and the first bad entry in words (empty: whole)."""

    entries: int
    chains: int
    anchors: int
    first_bad: str = ""
