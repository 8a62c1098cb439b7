"""Counts behind queues and loads, answered by the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from bot.domain.cases import CaseStatus
from bot.domain.ids import CaseId, PersonId, TeamId
from bot.domain.policy import Band
from bot.domain.workloads import CountedAct, HeldPart
from storage.tables import CASES, HUMAN_ACTS, PARTIES
from storage.work import Work

COUNTED = (CaseStatus.OPEN.value, CaseStatus.CLOSED.value)


class SqlWorkloads:
    """The `Workloads` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def counted(self, codes: Collection[str]) -> Sequence[CountedAct]:
        """Return every act of these codes, without its note."""
        done_at = func.coalesce(HUMAN_ACTS.c.happened_at, HUMAN_ACTS.c.at, type_=HUMAN_ACTS.c.at.type)
        query = (
            select(HUMAN_ACTS.c.case_id, CASES.c.band, HUMAN_ACTS.c.code, done_at.label("done_at"), HUMAN_ACTS.c.number)
            .join(CASES, CASES.c.id == HUMAN_ACTS.c.case_id)
            .where(HUMAN_ACTS.c.code.in_(codes), CASES.c.status.in_(COUNTED))
            .order_by(HUMAN_ACTS.c.seq)
        )
        return [
            CountedAct(CaseId(row.case_id), Band(row.band), row.code, row.done_at, row.number)
            for row in self._work.connection.execute(query)
        ]

    def parts(self, team: TeamId, *, since: datetime) -> Sequence[HeldPart]:
        """Return a team's cases that are open, or were closed after an instant."""
        query = (
            select(PARTIES.c.owner, PARTIES.c.told_at, CASES.c.closed_at)
            .join(CASES, CASES.c.id == PARTIES.c.case_id)
            .where(
                PARTIES.c.team == team,
                CASES.c.status.in_(COUNTED),
                or_(CASES.c.closed_at.is_(None), CASES.c.closed_at > since),
            )
            .order_by(PARTIES.c.told_at, CASES.c.id)
        )
        return [
            HeldPart(PersonId(row.owner) if row.owner is not None else None, row.told_at, row.closed_at)
            for row in self._work.connection.execute(query)
        ]
