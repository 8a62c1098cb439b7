"""Counts over many cases, answered by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select

from bot.domain.cases import CaseStatus
from bot.domain.deadlines import EndingKind
from bot.domain.ids import Reference
from bot.domain.policy import Band
from bot.domain.redaction import ACKNOWLEDGE
from bot.ports import WeekCounts
from bot.watch import Figures, Finding
from storage import watching
from storage.deadline_rows import NO_STEPS
from storage.tables import CASES, DEADLINES, PARTIES
from storage.work import Work


class SqlReports:
    """The `Reports` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def _connection(self) -> Connection:
        return self._work.connection

    def week(self, *, team: str | None, from_at: datetime, until_at: datetime) -> WeekCounts:
        """Return the counts of one team, or of the whole force when `team` is None."""
        open_cases = _open_cases(team, until_at)
        acknowledged = self._acknowledged(team, from_at, until_at)
        silent = self._connection.execute(
            open_cases.with_only_columns(CASES.c.reference, CASES.c.last_act_at)
            .where(CASES.c.restricted_to.is_(None))
            .order_by(CASES.c.last_act_at, CASES.c.reference)
            .limit(1)
        ).one_or_none()
        owned = exists().where(PARTIES.c.case_id == CASES.c.id, PARTIES.c.owner.is_not(None))
        return WeekCounts(
            open_now=self._count(open_cases),
            acknowledged=acknowledged.met or 0,
            acknowledged_in_time=acknowledged.in_time or 0,
            acknowledgements_due=acknowledged.due,
            late_now=self._count(open_cases.where(_late(team, until_at))),
            unassigned=self._count(open_cases.where(~owned)),
            told_by_phone=self._told_by_phone(team, from_at, until_at),
            oldest_silent=Reference(silent.reference) if silent is not None else None,
            oldest_silent_since=silent.last_act_at if silent is not None else None,
        )

    def figures(self, now: datetime) -> Figures:
        """Return how much is owed and waits."""
        return watching.figures(self._connection, now)

    def untold(
        self, *, steps_before: datetime, notices_before: Mapping[Band, datetime], limit: int
    ) -> Sequence[Finding]:
        """Return what is overdue and nobody was told of, longest first."""
        return watching.untold(self._connection, steps_before=steps_before, notices_before=notices_before, limit=limit)

    def _acknowledged(self, team: str | None, from_at: datetime, until_at: datetime) -> Row[Any]:
        met = DEADLINES.c.ending_kind == EndingKind.MET.value
        in_time = and_(met, DEADLINES.c.ending_at <= DEADLINES.c.due_at)
        query = select(
            func.count().label("due"),
            func.sum(case((met, 1), else_=0)).label("met"),
            func.sum(case((in_time, 1), else_=0)).label("in_time"),
        ).where(
            DEADLINES.c.kind == ACKNOWLEDGE,
            DEADLINES.c.due_at >= from_at,
            DEADLINES.c.due_at < until_at,
            or_(DEADLINES.c.ending_kind.is_(None), DEADLINES.c.ending_kind != EndingKind.SUPERSEDED.value),
        )
        return self._connection.execute(query if team is None else query.where(DEADLINES.c.team == team)).one()

    def _told_by_phone(self, team: str | None, from_at: datetime, until_at: datetime) -> int:
        outstanding = or_(PARTIES.c.acknowledged_at.is_(None), PARTIES.c.acknowledged_at >= until_at)
        told = and_(PARTIES.c.phone_at >= from_at, PARTIES.c.phone_at < until_at)
        query = select(PARTIES.c.case_id).where(told, outstanding)
        return self._count(query if team is None else query.where(PARTIES.c.team == team))

    def _count(self, query: Select[Any]) -> int:
        return self._connection.scalar(select(func.count()).select_from(query.subquery())) or 0


def _open_cases(team: str | None, until_at: datetime) -> Select[Any]:
    query = select(CASES.c.id).where(CASES.c.status == CaseStatus.OPEN.value, CASES.c.opened_at < until_at)
    return query if team is None else query.where(_of_team(team))


def _of_team(team: str) -> ColumnElement[bool]:
    return exists().where(DEADLINES.c.case_id == CASES.c.id, DEADLINES.c.team == team)


def _late(team: str | None, until_at: datetime) -> ColumnElement[bool]:
    late = [
        DEADLINES.c.case_id == CASES.c.id,
        DEADLINES.c.due_at <= until_at,
        # What is only shown is not late: it is not asked for.
        DEADLINES.c.plan.not_like(f"{NO_STEPS}%"),
        or_(DEADLINES.c.ending_kind.is_(None), DEADLINES.c.ending_at > until_at),
    ]
    return exists().where(*late, *([DEADLINES.c.team == team] if team is not None else []))
