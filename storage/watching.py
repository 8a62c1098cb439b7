"""What those who watch the bot ask of the record: how much is owed and waits, and what is overdue with nobody told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, case, false, func, or_, select, text

from bot.domain.ids import Reference
from bot.domain.notices import NoticeKind
from bot.domain.policy import Band
from bot.watch import Figures, Finding, Lapse
from storage.tables import AUDIT_ANCHORS, AUDIT_HEADS, CASES, DEADLINES, NOTICES

REMINDERS = (NoticeKind.STEP.value, NoticeKind.THREAD_STEP.value)

_PINGS = (DEADLINES.c.ending_kind.is_(None), DEADLINES.c.next_at.is_not(None), DEADLINES.c.kind != "synthetic")
_OF_PEOPLE = NOTICES.c.kind != NoticeKind.SYNTHETIC.value
# Word for word the condition of the partial indexes, or SQLite would not use them.
_WAITS = text("notices.state IN ('pending', 'sending', 'held')")
_STANDS = text("notices.state IN ('pending', 'sending', 'held', 'taken_in')")
_TO_GO_AT = func.coalesce(
    NOTICES.c.first_tried_at,
    case((NOTICES.c.not_before > NOTICES.c.created_at, NOTICES.c.not_before), else_=NOTICES.c.created_at),
    type_=NOTICES.c.created_at.type,
)

UNTAKEN = (
    select(DEADLINES.c.id, CASES.c.reference, DEADLINES.c.next_at.label("since"))
    .join_from(DEADLINES, CASES, CASES.c.id == DEADLINES.c.case_id)
    .where(*_PINGS, DEADLINES.c.next_at < bindparam("before", type_=DEADLINES.c.next_at.type))
    .order_by(DEADLINES.c.next_at)
    .limit(bindparam("most"))
)
_OPEN = select(DEADLINES.c.band, func.count().label("n")).where(*_PINGS).group_by(DEADLINES.c.band)
_OVERDUE = select(func.min(DEADLINES.c.due_at)).where(*_PINGS)
_DEPTH = select(NOTICES.c.state, func.count().label("n")).where(_WAITS, _OF_PEOPLE).group_by(NOTICES.c.state)
_WAITING = select(func.min(_TO_GO_AT)).where(_WAITS, _OF_PEOPLE)
_ANCHOR = select(AUDIT_ANCHORS.c.n, AUDIT_ANCHORS.c.mac).order_by(AUDIT_ANCHORS.c.n.desc()).limit(1)


def figures(connection: Connection, now: datetime) -> Figures:
    """Return how much is owed and waits at an instant."""
    overdue_at = connection.scalar(_OVERDUE)
    waiting_at = connection.scalar(_WAITING)
    anchor = connection.execute(_ANCHOR).one_or_none()
    return Figures(
        open_deadlines={Band(row.band): row.n for row in connection.execute(_OPEN) if row.band in set(Band)},
        oldest_overdue_at=overdue_at if overdue_at is not None and overdue_at <= now else None,
        outbox={row.state: row.n for row in connection.execute(_DEPTH)},
        oldest_waiting_at=waiting_at if waiting_at is not None and waiting_at <= now else None,
        audit_entries=connection.scalar(select(func.coalesce(func.sum(AUDIT_HEADS.c.n), 0))) or 0,
        audit_head=f"{anchor.n}:{bytes(anchor.mac).hex()}" if anchor is not None else "",
    )


def untold(
    connection: Connection, *, steps_before: datetime, notices_before: Mapping[Band, datetime], limit: int
) -> Sequence[Finding]:
    """Return what is overdue and nobody was told of, longest first."""
    steps = connection.execute(UNTAKEN, {"before": steps_before, "most": limit})
    late = or_(false(), *(and_(NOTICES.c.band == band.value, at > _TO_GO_AT) for band, at in notices_before.items()))
    waiting = (
        select(NOTICES.c.id, CASES.c.reference, _TO_GO_AT.label("since"))
        .join_from(NOTICES, CASES, CASES.c.id == NOTICES.c.case_id)
        .where(_STANDS, NOTICES.c.kind.in_(REMINDERS), late)
        .order_by(_TO_GO_AT)
        .limit(limit)
    )
    found = [Finding(Lapse.STEP, row.id, Reference(row.reference), row.since) for row in steps]
    found += [Finding(Lapse.NOTICE, row.id, Reference(row.reference), row.since) for row in connection.execute(waiting)]
    return sorted(found, key=lambda each: each.since_at)[:limit]
