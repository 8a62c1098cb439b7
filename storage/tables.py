"""The tables, nothing else.

Sealed columns end in `_sealed`, blind indexes in `_index`; everything else is ids, codes, instants and states.
Every table is STRICT on SQLite.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import Instant

_STRICT: dict[str, Any] = {"sqlite_strict": True}
_OPEN = text("ending_kind IS NULL AND next_at IS NOT NULL")
_WAITING = text("state IN ('pending', 'sending', 'held')")
_STANDING = text("state IN ('pending', 'sending', 'held', 'taken_in')")
_REMINDER = text("kind IN ('step', 'thread_step')")
_SENDING = text("state = 'sending'")
_QUARANTINED = text("quarantined = 1")
_NUMBERED_HERE: dict[str, Any] = {"autoincrement": False}


class CaseRow(SQLModel, table=True):
    """One referral; its agencies, children's references and human acts have tables of their own."""

    __tablename__ = "cases"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_cases_listed", "status", "band", "opened_at"),
        Index("ix_cases_address", "address_index"),
        Index("ix_cases_referrer", "referrer", "opened_at"),
        Index("ix_cases_quarantined", "id", sqlite_where=_QUARANTINED, postgresql_where=_QUARANTINED),
        _STRICT,
    )

    id: str = Field(sa_type=Text, primary_key=True)
    reference: str = Field(sa_type=Text, unique=True)
    version: int = Field(sa_type=Integer)
    concern: str = Field(sa_type=Text)
    grade: str | None = Field(default=None, sa_type=Text)
    effective_grade: str | None = Field(default=None, sa_type=Text)
    band: str = Field(sa_type=Text)
    floors: str = Field(sa_type=Text)
    flags: str = Field(sa_type=Text)
    asks_for: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Instant)
    first_aware_at: datetime = Field(sa_type=Instant)
    referrer: str = Field(sa_type=Text)
    referring_agency: str | None = Field(default=None, sa_type=Text)
    origin_channel: str | None = Field(default=None, sa_type=Text)
    facts: str = Field(sa_type=Text)
    policy_version: str = Field(sa_type=Text)
    last_act_at: datetime = Field(sa_type=Instant)
    graded_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_flags: str = Field(sa_type=Text)
    fired_at: str = Field(sa_type=Text)
    referral_number: int = Field(sa_type=Integer)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    no_further_action: int = Field(default=0, sa_type=Integer)
    merged_into: str | None = Field(default=None, sa_type=Text)
    also_referred: str = Field(sa_type=Text)
    left_out: str = Field(sa_type=Text)
    restricted_to: str | None = Field(default=None, sa_type=Text)
    quarantined: int = Field(default=0, sa_type=Integer)
    children: int = Field(sa_type=Integer)
    narrative_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    address_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    address_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    left_out_reason_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


class PartyRow(SQLModel, table=True):
    """One agency that was told of a case, and what it has said; `position` keeps the order of telling."""

    __tablename__ = "case_parties"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_case_parties_owner", "owner", "case_id"),
        Index("ix_case_parties_own_record", "record_number_index"),
        _STRICT,
    )

    case_id: str = Field(sa_type=Text, primary_key=True, foreign_key="cases.id")
    agency: str = Field(sa_type=Text, primary_key=True)
    position: int = Field(sa_type=Integer)
    team: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    told_at: datetime = Field(sa_type=Instant)
    owes_acknowledgement: int = Field(sa_type=Integer)
    owner: str | None = Field(default=None, sa_type=Text)
    acknowledged_by: str | None = Field(default=None, sa_type=Text)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    phone_recorded_by: str | None = Field(default=None, sa_type=Text)
    phone_at: datetime | None = Field(default=None, sa_type=Instant)
    phone_holds_until: datetime | None = Field(default=None, sa_type=Instant)
    reads_as: str = Field(sa_type=Text)
    record_number_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    record_number_index: bytes | None = Field(default=None, sa_type=LargeBinary)


class ChildReferenceRow(SQLModel, table=True):
    """One agency's reference to a child of a case; found again by its blind index."""

    __tablename__ = "child_references"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_child_references_value", "value_index"),
        _STRICT,
    )

    case_id: str = Field(sa_type=Text, primary_key=True, foreign_key="cases.id")
    child: int = Field(sa_type=Integer, primary_key=True, sa_column_kwargs=_NUMBERED_HERE)
    position: int = Field(sa_type=Integer, primary_key=True, sa_column_kwargs=_NUMBERED_HERE)
    kind: str = Field(sa_type=Text)
    value_sealed: bytes = Field(sa_type=LargeBinary)
    value_index: bytes = Field(sa_type=LargeBinary)


class HumanActRow(SQLModel, table=True):
    """Something a person recorded on a case; `seq` keeps the order of recording."""

    __tablename__ = "human_acts"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_human_acts_case", "case_id", "at", "seq"),
        Index("ix_human_acts_person", "by_person", "at"),
        _STRICT,
    )

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    case_id: str = Field(sa_type=Text, foreign_key="cases.id")
    code: str = Field(sa_type=Text)
    by_person: str = Field(sa_type=Text)
    agency: str | None = Field(default=None, sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    protective: int = Field(sa_type=Integer)
    number: int = Field(sa_type=Integer)
    happened_at: datetime | None = Field(default=None, sa_type=Instant)
    named: str | None = Field(default=None, sa_type=Text)
    child: int | None = Field(default=None, sa_type=Integer)
    note_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


class DecisionRow(SQLModel, table=True):
    """A grave act proposed on a case, and what a second person said; `seq` keeps the order of proposing."""

    __tablename__ = "decisions"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint("id", name="uq_decisions_id"),
        Index("ix_decisions_case", "case_id", "seq"),
        _STRICT,
    )

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    id: str = Field(sa_type=Text)
    case_id: str = Field(sa_type=Text, foreign_key="cases.id")
    act: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    reason_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    by_person: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    until_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(sa_type=Integer)
    outcome: str = Field(sa_type=Text)
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    revision: int = Field(sa_type=Integer)


class DeadlineRow(SQLModel, table=True):
    """One thing owed; `span` and `plan` are JSON, the plan with every instant of its ladder."""

    __tablename__ = "deadlines"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_deadlines_next_at", "next_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_deadlines_case", "case_id"),
        Index("ix_deadlines_owed", "agency", "team", "due_at", "case_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        _STRICT,
    )

    id: str = Field(sa_type=Text, primary_key=True)
    case_id: str = Field(sa_type=Text, foreign_key="cases.id")
    kind: str = Field(sa_type=Text)
    agency: str = Field(sa_type=Text)
    team: str = Field(sa_type=Text)
    owner: str | None = Field(default=None, sa_type=Text)
    basis: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    span: str = Field(sa_type=Text)
    band: str = Field(sa_type=Text)
    trigger_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    plan: str = Field(sa_type=Text)
    policy_version: str = Field(sa_type=Text)
    done: int = Field(sa_type=Integer)
    repeats: int = Field(sa_type=Integer)
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    held_until: datetime | None = Field(default=None, sa_type=Instant)
    ending_kind: str | None = Field(default=None, sa_type=Text)
    ending_at: datetime | None = Field(default=None, sa_type=Instant)
    ending_by: str | None = Field(default=None, sa_type=Text)
    ending_record: str | None = Field(default=None, sa_type=Text)
    version: int = Field(sa_type=Integer)


class NoticeRow(SQLModel, table=True):
    """One notice of the outbox; `seq` is the order of decision, `urgency` the band's rank (9 without a band)."""

    __tablename__ = "notices"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint("id", name="uq_notices_id"),
        UniqueConstraint("key", name="uq_notices_key"),
        Index("ix_notices_waiting", "urgency", "seq", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(
            "ix_notices_destination",
            *("destination", "case_id", "seq"),
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_notices_decided", "created_at", "destination", sqlite_where=_REMINDER, postgresql_where=_REMINDER),
        Index("ix_notices_in_flight", "destination", sqlite_where=_SENDING, postgresql_where=_SENDING),
        Index("ix_notices_case", "case_id"),
        _STRICT,
    )

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    id: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    destination: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    not_before: datetime = Field(sa_type=Instant)
    case_id: str | None = Field(default=None, sa_type=Text, foreign_key="cases.id")
    band: str | None = Field(default=None, sa_type=Text)
    urgency: int = Field(sa_type=Integer)
    payload: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    tries: int = Field(sa_type=Integer)
    first_tried_at: datetime | None = Field(default=None, sa_type=Instant)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    holder: str | None = Field(default=None, sa_type=Text)
    posted_channel: str | None = Field(default=None, sa_type=Text)
    posted_ts: str | None = Field(default=None, sa_type=Text)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str = Field(default="", sa_type=Text)
    in_doubt: int = Field(default=0, sa_type=Integer)
    unconfirmed_at: datetime | None = Field(default=None, sa_type=Instant)


class InboxRow(SQLModel, table=True):
    """An inbound act that was taken, and the answer (ids and codes) given to it."""

    __tablename__ = "inbox"
    __table_args__: ClassVar[tuple[Any, ...]] = (Index("ix_inbox_at", "at"), _STRICT)

    key: str = Field(sa_type=Text, primary_key=True)
    answer: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


class DraftRow(SQLModel, table=True):
    """A referral typed and not yet sent; all of it is sealed, with a data key of its own."""

    __tablename__ = "drafts"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index("ix_drafts_at", "at"),
        Index("ix_drafts_person", "person", "at"),
        _STRICT,
    )

    id: str = Field(sa_type=Text, primary_key=True)
    person: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    referral_sealed: bytes = Field(sa_type=LargeBinary)


class CardRow(SQLModel, table=True):
    """Where the card of a case lies in one channel."""

    __tablename__ = "cards"
    __table_args__: ClassVar[dict[str, Any]] = _STRICT

    case_id: str = Field(sa_type=Text, primary_key=True, foreign_key="cases.id")
    channel: str = Field(sa_type=Text, primary_key=True)
    ts: str = Field(sa_type=Text)


class MarkRow(SQLModel, table=True):
    """What the engine remembers by name: an instant, a count, or both."""

    __tablename__ = "marks"
    __table_args__: ClassVar[dict[str, Any]] = _STRICT

    name: str = Field(sa_type=Text, primary_key=True)
    at: datetime | None = Field(default=None, sa_type=Instant)
    n: int = Field(default=0, sa_type=Integer)


class ReferenceCounterRow(SQLModel, table=True):
    """The last reference number given in each year."""

    __tablename__ = "reference_counters"
    __table_args__: ClassVar[dict[str, Any]] = _STRICT

    year: int = Field(sa_type=Integer, primary_key=True, sa_column_kwargs=_NUMBERED_HERE)
    last: int = Field(sa_type=Integer)


class DataKeyRow(SQLModel, table=True):
    """The wrapped data key of a case, of a draft or of "system"; `wrapped` is None once it was destroyed."""

    __tablename__ = "data_keys"
    __table_args__: ClassVar[dict[str, Any]] = _STRICT

    scope: str = Field(sa_type=Text, primary_key=True)
    wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    destroyed_at: datetime | None = Field(default=None, sa_type=Instant)


class AuditEntryRow(SQLModel, table=True):
    """One audit entry; `n` counts from 1 in each chain (a case id, or "system")."""

    __tablename__ = "audit_entries"
    __table_args__: ClassVar[tuple[Any, ...]] = (Index("ix_audit_entries_at", "at"), _STRICT)

    chain: str = Field(sa_type=Text, primary_key=True)
    n: int = Field(sa_type=Integer, primary_key=True, sa_column_kwargs=_NUMBERED_HERE)
    at: datetime = Field(sa_type=Instant)
    actor: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    details_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)
    key_id: str = Field(sa_type=Text)
    previous: bytes = Field(sa_type=LargeBinary)
    mac: bytes = Field(sa_type=LargeBinary)


class AuditHeadRow(SQLModel, table=True):
    """The last entry of each chain, and up to which one the last anchor saw it."""

    __tablename__ = "audit_heads"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        Index(
            "ix_audit_heads_moved",
            "chain",
            sqlite_where=text("n > anchored_n"),
            postgresql_where=text("n > anchored_n"),
        ),
        _STRICT,
    )

    chain: str = Field(sa_type=Text, primary_key=True)
    n: int = Field(sa_type=Integer)
    mac: bytes = Field(sa_type=LargeBinary)
    anchored_n: int = Field(default=0, sa_type=Integer)


class AuditAnchorRow(SQLModel, table=True):
    """One hourly anchor; `heads` is the JSON array of [chain, n, MAC in hex] that its MAC covers."""

    __tablename__ = "audit_anchors"
    __table_args__: ClassVar[dict[str, Any]] = _STRICT

    n: int = Field(sa_type=Integer, primary_key=True, sa_column_kwargs=_NUMBERED_HERE)
    at: datetime = Field(sa_type=Instant)
    heads: str = Field(sa_type=Text)
    key_id: str = Field(sa_type=Text)
    previous: bytes = Field(sa_type=LargeBinary)
    mac: bytes = Field(sa_type=LargeBinary)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


CASES = _table("cases")
PARTIES = _table("case_parties")
CHILD_REFERENCES = _table("child_references")
HUMAN_ACTS = _table("human_acts")
DECISIONS = _table("decisions")
DEADLINES = _table("deadlines")
NOTICES = _table("notices")
INBOX = _table("inbox")
DRAFTS = _table("drafts")
CARDS = _table("cards")
MARKS = _table("marks")
REFERENCE_COUNTERS = _table("reference_counters")
DATA_KEYS = _table("data_keys")
AUDIT_ENTRIES = _table("audit_entries")
AUDIT_HEADS = _table("audit_heads")
AUDIT_ANCHORS = _table("audit_anchors")
