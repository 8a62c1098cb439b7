"""Short lists and counts over many cases, each from an index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, func, or_, select, text

from bot.domain.cases import NO_TEAM, Case, CaseStatus
from bot.domain.ids import AgencyId, CaseId, PersonId, Reference, TeamId
from bot.domain.policy import Band
from bot.repositories.overview import ForcePicture, Owing, Tally
from storage.cases import OWN_RECORD, SqlCases
from storage.tables import CASES, DEADLINES, HUMAN_ACTS, PARTIES
from storage.work import Work

# Word for word the condition of the partial index, or SQLite would not use it.
_PINGS = text("deadlines.ending_kind IS NULL AND deadlines.next_at IS NOT NULL")
_OPEN = CASES.c.status == CaseStatus.OPEN.value
_PARTS = select(PARTIES.c.case_id).join_from(CASES, PARTIES, PARTIES.c.case_id == CASES.c.id).where(_OPEN)
_RECORDED_AS = (
    select(PARTIES.c.case_id)
    .where(PARTIES.c.record_number_index.in_(bindparam("indexed", expanding=True)))
    .order_by(PARTIES.c.case_id)
)
_PART = and_(PARTIES.c.case_id == DEADLINES.c.case_id, PARTIES.c.agency == DEADLINES.c.agency)


class SqlOverview:
    """The `Overview` port on one connection."""

    def __init__(self, work: Work, cases: SqlCases) -> None:
        self._work = work
        self._sealer = work.sealer
        self._cases = cases

    @property
    def _connection(self) -> Connection:
        return self._work.connection

    def owned(self, person: PersonId, *, limit: int) -> Sequence[Owing]:
        """Return what is owed on the parts of cases that the person has, the soonest due first."""
        query = select(DEADLINES.c.case_id, DEADLINES.c.kind, DEADLINES.c.due_at).join_from(PARTIES, DEADLINES, _PART)
        return self._owing(query.where(PARTIES.c.owner == person, _PINGS), limit)

    def unowned(self, agency: AgencyId, teams: Collection[TeamId], *, limit: int) -> Sequence[Owing]:
        """Return what teams owe on cases that nobody of the agency has yet, the soonest due first."""
        query = select(DEADLINES.c.case_id, DEADLINES.c.kind, DEADLINES.c.due_at).join_from(DEADLINES, PARTIES, _PART)
        return self._owing(query.where(_of_teams(agency, teams), _PINGS, PARTIES.c.owner.is_(None)), limit)

    def owed(self, agency: AgencyId, teams: Collection[TeamId], *, limit: int) -> Sequence[Owing]:
        """Return everything that teams owe, the soonest due first."""
        query = select(DEADLINES.c.case_id, DEADLINES.c.kind, DEADLINES.c.due_at)
        return self._owing(query.where(_of_teams(agency, teams), _PINGS), limit)

    def _owing(self, query: Select[Any], limit: int) -> list[Owing]:
        rows = self._connection.execute(query.order_by(DEADLINES.c.due_at, DEADLINES.c.case_id).limit(limit))
        return [Owing(CaseId(row.case_id), row.kind, row.due_at) for row in rows]

    def tally(self, agency: AgencyId, teams: Collection[TeamId], *, now: datetime) -> Tally:
        """Return the open cases that teams have a part in."""
        part = and_(PARTIES.c.agency == agency, PARTIES.c.team.in_(sorted(teams)))
        late = select(DEADLINES.c.case_id).where(_of_teams(agency, teams), _PINGS, DEADLINES.c.due_at <= now).distinct()
        return Tally(self._count(_PARTS.where(part)), self._count(late))

    def _count(self, query: Select[Any]) -> int:
        return self._connection.scalar(select(func.count()).select_from(query.subquery())) or 0

    def force(self, *, now: datetime) -> ForcePicture:
        """Return the force and its partners in numbers."""
        bands = self._connection.execute(
            select(CASES.c.band, func.count().label("n")).where(_OPEN).group_by(CASES.c.band)
        )
        parts = self._connection.execute(
            _PARTS.with_only_columns(PARTIES.c.agency, func.count().label("n")).group_by(PARTIES.c.agency)
        )
        late = self._late_by_agency(now)
        somebody = exists().where(PARTIES.c.case_id == CASES.c.id, PARTIES.c.owner.is_not(None))
        silent = self._connection.execute(
            select(CASES.c.reference, CASES.c.last_act_at)
            .where(_OPEN, CASES.c.restricted_to.is_(None))
            .order_by(CASES.c.last_act_at, CASES.c.reference)
            .limit(1)
        ).one_or_none()
        return ForcePicture(
            by_band={Band(row.band): row.n for row in bands},
            by_agency={AgencyId(row.agency): Tally(row.n, late.get(row.agency, 0)) for row in parts},
            unowned=self._connection.scalar(select(func.count()).select_from(CASES).where(_OPEN, ~somebody)) or 0,
            oldest_silent=Reference(silent.reference) if silent is not None else None,
            oldest_silent_since=silent.last_act_at if silent is not None else None,
        )

    def _late_by_agency(self, now: datetime) -> dict[str, int]:
        each = (
            select(DEADLINES.c.agency, DEADLINES.c.case_id)
            # the bot's own case owes to no agency of anybody's, and a leader's own matter to no team
            .where(_PINGS, DEADLINES.c.due_at <= now, DEADLINES.c.team != NO_TEAM)
            .distinct()
            .subquery()
        )
        rows = self._connection.execute(select(each.c.agency, func.count().label("n")).group_by(each.c.agency))
        return {row.agency: row.n for row in rows}

    def touched_by(self, person: PersonId, *, limit: int) -> Sequence[CaseId]:
        """Return the cases that the person referred, took on or acted on last, the newest first."""
        taken_at = func.coalesce(PARTIES.c.acknowledged_at, PARTIES.c.told_at, type_=PARTIES.c.told_at.type)
        queries = (
            select(CASES.c.id.label("id"), CASES.c.opened_at.label("at")).where(CASES.c.referrer == person),
            select(PARTIES.c.case_id.label("id"), taken_at.label("at")).where(PARTIES.c.owner == person),
            select(HUMAN_ACTS.c.case_id.label("id"), func.max(HUMAN_ACTS.c.at, type_=HUMAN_ACTS.c.at.type).label("at"))
            .where(HUMAN_ACTS.c.by_person == person)
            .group_by(HUMAN_ACTS.c.case_id),
        )
        found: dict[str, datetime] = {}
        for query in queries:
            for row in self._connection.execute(query.order_by(text("at DESC"), text("id")).limit(limit)):
                found[row.id] = max(row.at, found.get(row.id, row.at))
        newest = sorted(sorted(found), key=found.__getitem__, reverse=True)
        return [CaseId(case_id) for case_id in newest[:limit]]

    def held_by(self, person: PersonId, *, limit: int) -> Sequence[CaseId]:
        """Return the open cases that the person referred or has, the oldest first."""
        taken = select(PARTIES.c.case_id).where(PARTIES.c.owner == person)
        mine = or_(CASES.c.referrer == person, CASES.c.id.in_(taken))
        query = select(CASES.c.id).where(_OPEN, mine).order_by(CASES.c.opened_at, CASES.c.id).limit(limit)
        return [CaseId(found) for found in self._connection.scalars(query)]

    def referenced(
        self, agency: AgencyId, *, exactly: Collection[Reference] = (), beginning: str = "", limit: int
    ) -> Sequence[CaseId]:
        """Return the cases of these references, or whose reference begins so, that the agency takes part in."""
        wanted: list[ColumnElement[bool]] = [CASES.c.reference.in_(list(exactly))]
        if beginning:
            wanted.append(and_(CASES.c.reference >= beginning, CASES.c.reference < f"{beginning}~"))
        part = exists().where(PARTIES.c.case_id == CASES.c.id, PARTIES.c.agency == agency)
        query = (
            select(CASES.c.id)
            .where(or_(*wanted), or_(part, CASES.c.referring_agency == agency))
            .order_by(CASES.c.reference.desc())
            .limit(limit)
        )
        return [CaseId(found) for found in self._connection.scalars(query)]

    def recorded_as(self, agency: AgencyId, number: str) -> Sequence[CaseId]:
        """Return the cases that the agency has on its own record under this number."""
        indexed = {"indexed": self._sealer.blind_indexes(f"{OWN_RECORD}{agency}", number)}
        return [CaseId(found) for found in self._connection.scalars(_RECORDED_AS, indexed)]

    def cases(self, case_ids: Sequence[CaseId]) -> Sequence[Case]:
        """Return these cases in this order, those that are there."""
        return self._cases.several(case_ids)


def _of_teams(agency: AgencyId, teams: Collection[TeamId]) -> ColumnElement[bool]:
    return and_(DEADLINES.c.agency == agency, DEADLINES.c.team.in_(sorted(teams)))
