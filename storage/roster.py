"""Dated changes of the roster, the policies ever in force, and what open cases rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, Row, Text, UniqueConstraint, bindparam, func, insert, or_, select, update
from sqlmodel import Field, SQLModel

from bot.domain.cases import CaseStatus
from bot.domain.ids import CaseId, PersonId, Reference, RosterChangeId, TeamId
from bot.domain.redaction import ACKNOWLEDGE
from bot.domain.roster import RosterChange, RosterKind
from storage.columns import Instant
from storage.tables import CASES, DEADLINES, PARTIES
from storage.upsert import once, replacing
from storage.work import Work, reading_row

_STRICT: dict[str, Any] = {"sqlite_strict": True}


class RosterChangeRow(SQLModel, table=True):
    """One dated change of duty or absence; `seq` is the order of setting, `people` a JSON array of ids."""

    __tablename__ = "roster_changes"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint("id", name="uq_roster_changes_id"),
        Index("ix_roster_changes_until", "until_at"),
        _STRICT,
    )

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    id: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    team: str | None = Field(default=None, sa_type=Text)
    people: str = Field(sa_type=Text)
    by: str | None = Field(default=None, sa_type=Text)
    from_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)
    set_by: str = Field(sa_type=Text)
    set_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class DutySeenRow(SQLModel, table=True):
    """Who was on duty for a team when the engine last looked; `people` is a JSON array of ids."""

    __tablename__ = "duty_seen"
    __table_args__: ClassVar[dict[str, Any]] = _STRICT

    team: str = Field(sa_type=Text, primary_key=True)
    people: str = Field(sa_type=Text)


class PolicyVersionRow(SQLModel, table=True):
    """One policy that was in force, whole; a policy holds nothing of any person or child."""

    __tablename__ = "policy_versions"
    __table_args__: ClassVar[dict[str, Any]] = _STRICT

    version: str = Field(sa_type=Text, primary_key=True)
    text: str = Field(sa_type=Text)
    first_at: datetime = Field(sa_type=Instant)


ROSTER_CHANGES = SQLModel.metadata.tables["roster_changes"]
DUTY_SEEN = SQLModel.metadata.tables["duty_seen"]
POLICY_VERSIONS = SQLModel.metadata.tables["policy_versions"]

_SEE = replacing(DUTY_SEEN, ["team"], ["people"])
_KEPT = select(POLICY_VERSIONS.c.version).where(POLICY_VERSIONS.c.version == bindparam("wanted"))
_KEEP = once(POLICY_VERSIONS, "version")


class SqlRoster:
    """The `Roster` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, change: RosterChange) -> None:
        """Store a new change."""
        values = {
            "id": change.id,
            "kind": change.kind.value,
            "team": change.team,
            "people": json.dumps(change.people),
            "by": change.by,
            "from_at": change.from_at,
            "until_at": change.until_at,
            "set_by": change.set_by,
            "set_at": change.set_at,
            "ended_at": change.ended_at,
        }
        self._work.connection.execute(insert(ROSTER_CHANGES), values)

    def end(self, change_id: RosterChangeId, at: datetime) -> None:
        """Let a change hold no longer than until an instant."""
        ended = update(ROSTER_CHANGES).where(ROSTER_CHANGES.c.id == change_id).values(ended_at=at)
        self._work.connection.execute(ended)

    def listed(self, *, since: datetime | None = None) -> Sequence[RosterChange]:
        """Return every change that holds at or after an instant, in the order of setting."""
        query = select(ROSTER_CHANGES).order_by(ROSTER_CHANGES.c.seq)
        if since is not None:
            ended = ROSTER_CHANGES.c.ended_at
            query = query.where(ROSTER_CHANGES.c.until_at > since, or_(ended.is_(None), ended > since))
        return [_change(row) for row in self._work.connection.execute(query)]

    def seen(self) -> Mapping[TeamId, tuple[PersonId, ...]]:
        """Return who was on duty for each team when it was last looked at."""
        rows = self._work.connection.execute(select(DUTY_SEEN))
        return {TeamId(row.team): _people(row.people) for row in rows}

    def see(self, team: TeamId, people: Sequence[PersonId]) -> None:
        """Remember who is on duty for a team."""
        values = {"team": team, "people": json.dumps(list(people))}
        self._work.connection.execute(_SEE[self._work.connection.dialect.name], values)


class SqlRulebook:
    """The `Rulebook` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def keep(self, version: str, text: str, at: datetime) -> bool:
        """Store the text of a policy unless its version is there; returns whether it was new."""
        if self._work.connection.scalar(_KEPT, {"wanted": version}) is not None:
            return False
        values = {"version": version, "text": text, "first_at": at}
        made = self._work.connection.execute(_KEEP[self._work.connection.dialect.name], values)
        return made.one_or_none() is not None

    def text(self, version: str) -> str | None:
        """Return the text of a version; None when it was never kept."""
        query = select(POLICY_VERSIONS.c.text).where(POLICY_VERSIONS.c.version == version)
        text: str | None = self._work.connection.scalar(query)
        return text

    def teams_in_use(self) -> Mapping[TeamId, int]:
        """Return how many open cases each team was told of."""
        query = (
            select(PARTIES.c.team, func.count())
            .join(CASES, CASES.c.id == PARTIES.c.case_id)
            .where(CASES.c.status == CaseStatus.OPEN.value)
            .group_by(PARTIES.c.team)
        )
        return {TeamId(team): count for team, count in self._work.connection.execute(query)}

    def unanswered(self, team: TeamId) -> Sequence[CaseId]:
        """Return the cases of which a team still owes an acknowledgement, most urgent band first, then by due instant."""
        query = (
            select(DEADLINES.c.case_id)
            .where(DEADLINES.c.ending_kind.is_(None), DEADLINES.c.next_at.is_not(None))
            .where(DEADLINES.c.kind == ACKNOWLEDGE, DEADLINES.c.team == team)
            .order_by(DEADLINES.c.band, DEADLINES.c.due_at, DEADLINES.c.case_id)
        )
        return [CaseId(case_id) for case_id in dict.fromkeys(self._work.connection.scalars(query))]

    def owned_by(self, person: PersonId) -> Sequence[Reference]:
        """Return the open cases of which a person owns an agency's part, oldest first."""
        query = (
            select(CASES.c.reference)
            .join(PARTIES, CASES.c.id == PARTIES.c.case_id)
            .where(CASES.c.status == CaseStatus.OPEN.value, PARTIES.c.owner == person)
            .order_by(CASES.c.opened_at, CASES.c.reference)
        )
        return [Reference(found) for found in dict.fromkeys(self._work.connection.scalars(query))]


def _change(row: Row[Any]) -> RosterChange:
    with reading_row(ROSTER_CHANGES, row.id):
        return RosterChange(
            id=RosterChangeId(row.id),
            kind=RosterKind(row.kind),
            people=_people(row.people),
            from_at=row.from_at,
            until_at=row.until_at,
            set_by=PersonId(row.set_by),
            set_at=row.set_at,
            team=TeamId(row.team) if row.team is not None else None,
            by=PersonId(row.by) if row.by is not None else None,
            ended_at=row.ended_at,
        )


def _people(text: str) -> tuple[PersonId, ...]:
    return tuple(PersonId(person) for person in json.loads(text))
