"""The first tables: cases, what is owed, the outbox, and the audit with its guards.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_CHAINED = "chain, n, at, actor, action, subject, digest, key_id, previous, mac"
_REFUSED = "audit entries stand as they were written"


def upgrade() -> None:
    """Make every table, then the triggers that refuse to change or delete audit entries."""
    _cases()
    _case_parties()
    _child_references()
    _human_acts()
    _decisions()
    _undertakings()
    _requests()
    _disagreements()
    _leaders()
    _deadlines()
    _notices()
    _inbox()
    _drafts()
    _cards()
    _marks()
    _dead_routes()
    _roster()
    _policy_versions()
    _reference_counters()
    _data_keys()
    _audit_entries()
    _audit_heads()
    _audit_anchors()
    _guards()


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("effective_grade", sa.Text(), nullable=True),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("floors", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("asks_for", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("first_aware_at", Instant(), nullable=False),
        sa.Column("referrer", sa.Text(), nullable=False),
        sa.Column("referring_agency", sa.Text(), nullable=True),
        sa.Column("origin_channel", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("last_act_at", Instant(), nullable=False),
        sa.Column("graded_at", Instant(), nullable=True),
        sa.Column("ended_flags", sa.Text(), nullable=False),
        sa.Column("fired_at", sa.Text(), nullable=False),
        sa.Column("referral_number", sa.Integer(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("no_further_action", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("also_referred", sa.Text(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("restricted_to", sa.Text(), nullable=True),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("narrative_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_index", sa.LargeBinary(), nullable=True),
        sa.Column("left_out_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
        sqlite_strict=True,
    )
    op.create_index("ix_cases_address", "cases", ["address_index"], unique=False)
    op.create_index("ix_cases_listed", "cases", ["status", "band", "opened_at"], unique=False)
    op.create_index(
        "ix_cases_quarantined",
        "cases",
        ["id"],
        unique=False,
        sqlite_where=sa.text("quarantined = 1"),
        postgresql_where=sa.text("quarantined = 1"),
    )
    op.create_index("ix_cases_referrer", "cases", ["referrer", "opened_at"], unique=False)


def _case_parties() -> None:
    op.create_table(
        "case_parties",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("owes_acknowledgement", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("phone_recorded_by", sa.Text(), nullable=True),
        sa.Column("phone_at", Instant(), nullable=True),
        sa.Column("phone_holds_until", Instant(), nullable=True),
        sa.Column("reads_as", sa.Text(), nullable=False),
        sa.Column("record_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("record_number_index", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "agency"),
        sqlite_strict=True,
    )
    op.create_index("ix_case_parties_owner", "case_parties", ["owner", "case_id"], unique=False)
    op.create_index("ix_case_parties_own_record", "case_parties", ["record_number_index"], unique=False)


def _child_references() -> None:
    op.create_table(
        "child_references",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("child", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("value_index", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "child", "position"),
        sqlite_strict=True,
    )
    op.create_index("ix_child_references_value", "child_references", ["value_index"], unique=False)


def _human_acts() -> None:
    op.create_table(
        "human_acts",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("by_person", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("protective", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("happened_at", Instant(), nullable=True),
        sa.Column("named", sa.Text(), nullable=True),
        sa.Column("child", sa.Integer(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_strict=True,
    )
    op.create_index("ix_human_acts_case", "human_acts", ["case_id", "at", "seq"], unique=False)
    op.create_index("ix_human_acts_person", "human_acts", ["by_person", "at"], unique=False)


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_person", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="uq_decisions_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_decisions_case", "decisions", ["case_id", "seq"], unique=False)


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=False),
        sa.Column("asking", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("by_person", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="uq_requests_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_requests_case", "requests", ["case_id", "seq"], unique=False)
    op.create_index("ix_requests_at", "requests", ["at"], unique=False)


def _disagreements() -> None:
    op.create_table(
        "disagreements",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("with_agency", sa.Text(), nullable=False),
        sa.Column("by_person", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("own_outcome", sa.Text(), nullable=True),
        sa.Column("own_by", sa.Text(), nullable=True),
        sa.Column("own_at", Instant(), nullable=True),
        sa.Column("other_outcome", sa.Text(), nullable=True),
        sa.Column("other_by", sa.Text(), nullable=True),
        sa.Column("other_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="uq_disagreements_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_disagreements_case", "disagreements", ["case_id", "seq"], unique=False)


def _leaders() -> None:
    op.create_table(
        "matters",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_strict=True,
    )
    op.create_index("ix_matters_id", "matters", ["id"], unique=True)
    op.create_table(
        "measures",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("began_on", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        sqlite_strict=True,
    )
    op.create_table(
        "unit_counts",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_person", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "day"),
        sqlite_strict=True,
    )
    op.create_index("ix_unit_counts_day", "unit_counts", ["day"], unique=False)
    _grade_reads()


def _grade_reads() -> None:
    op.create_table(
        "grade_reads",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=True),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=True),
        sa.Column("by_person", sa.Text(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_strict=True,
    )
    op.create_index("ix_grade_reads_id", "grade_reads", ["id"], unique=True)
    op.create_index("ix_grade_reads_month", "grade_reads", ["month", "seq"], unique=False)


def _undertakings() -> None:
    op.create_table(
        "handovers",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("to_people", sa.Text(), nullable=False),
        sa.Column("by_person", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="uq_handovers_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_handovers_case", "handovers", ["case_id", "seq"], unique=False)
    op.create_table(
        "holds",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_strict=True,
    )
    op.create_index("ix_holds_case", "holds", ["case_id", "seq"], unique=False)


def _deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("trigger_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("ending_kind", sa.Text(), nullable=True),
        sa.Column("ending_at", Instant(), nullable=True),
        sa.Column("ending_by", sa.Text(), nullable=True),
        sa.Column("ending_record", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_deadlines_case", "deadlines", ["case_id"], unique=False)
    op.create_index(
        "ix_deadlines_owed",
        "deadlines",
        ["agency", "team", "due_at", "case_id"],
        unique=False,
        sqlite_where=sa.text("ending_kind IS NULL AND next_at IS NOT NULL"),
        postgresql_where=sa.text("ending_kind IS NULL AND next_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deadlines_next_at",
        "deadlines",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("ending_kind IS NULL AND next_at IS NOT NULL"),
        postgresql_where=sa.text("ending_kind IS NULL AND next_at IS NOT NULL"),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", Instant(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("posted_channel", sa.Text(), nullable=True),
        sa.Column("posted_ts", sa.Text(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("in_doubt", sa.Integer(), nullable=False),
        sa.Column("unconfirmed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="uq_notices_id"),
        sa.UniqueConstraint("key", name="uq_notices_key"),
        sqlite_strict=True,
    )
    op.create_index("ix_notices_case", "notices", ["case_id"], unique=False)
    op.create_index(
        "ix_notices_decided",
        "notices",
        ["created_at", "destination"],
        unique=False,
        sqlite_where=sa.text("kind IN ('step', 'thread_step')"),
        postgresql_where=sa.text("kind IN ('step', 'thread_step')"),
    )
    op.create_index(
        "ix_notices_destination",
        "notices",
        ["destination", "case_id", "seq"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending', 'held', 'taken_in')"),
        postgresql_where=sa.text("state IN ('pending', 'sending', 'held', 'taken_in')"),
    )
    op.create_index(
        "ix_notices_in_flight",
        "notices",
        ["destination"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["urgency", "seq"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending', 'held')"),
        postgresql_where=sa.text("state IN ('pending', 'sending', 'held')"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index("ix_inbox_at", "inbox", ["at"], unique=False)


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("referral_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ix_drafts_at", "drafts", ["at"], unique=False)
    op.create_index("ix_drafts_person", "drafts", ["person", "at"], unique=False)


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "channel"),
        sqlite_strict=True,
    )


def _dead_routes() -> None:
    op.create_table(
        "dead_routes",
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("destination"),
        sqlite_strict=True,
    )


def _marks() -> None:
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )


def _roster() -> None:
    op.create_table(
        "roster_changes",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id", name="uq_roster_changes_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_roster_changes_until", "roster_changes", ["until_at"], unique=False)
    op.create_table(
        "duty_seen",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team"),
        sqlite_strict=True,
    )


def _policy_versions() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
        sqlite_strict=True,
    )


def _reference_counters() -> None:
    op.create_table(
        "reference_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year"),
        sqlite_strict=True,
    )


def _data_keys() -> None:
    op.create_table(
        "data_keys",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("scope"),
        sqlite_strict=True,
    )


def _audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "n"),
        sqlite_strict=True,
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"], unique=False)


def _audit_heads() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("anchored_n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chain"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_audit_heads_moved",
        "audit_heads",
        ["chain"],
        unique=False,
        sqlite_where=sa.text("n > anchored_n"),
        postgresql_where=sa.text("n > anchored_n"),
    )


def _audit_anchors() -> None:
    op.create_table(
        "audit_anchors",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sqlite_strict=True,
    )


def _guards() -> None:
    # A speed bump for whoever holds the database alone; the proof is the chain.
    if op.get_bind().dialect.name == "sqlite":
        for name, event in (("stand", f"UPDATE OF {_CHAINED}"), ("stay", "DELETE")):
            op.execute(
                f"CREATE TRIGGER audit_entries_{name} BEFORE {event} ON audit_entries "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
    )
    for name, event in (("stand", f"UPDATE OF {_CHAINED}"), ("stay", "DELETE")):
        op.execute(
            f"CREATE TRIGGER audit_entries_{name} BEFORE {event} ON audit_entries "
            "FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()"
        )
