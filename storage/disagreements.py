"""What agencies see differently on a case, and what each says of how it was settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, Row, Text, UniqueConstraint, bindparam, insert, select, update
from sqlmodel import Field, SQLModel

from bot.domain.disagreements import Disagreement, Word
from bot.domain.errors import Conflict, NotFound
from bot.domain.ids import AgencyId, CaseId, DisagreementId, PersonId
from storage.columns import Instant
from storage.work import Work, reading_row

_STRICT: dict[str, Any] = {"sqlite_strict": True}


class DisagreementRow(SQLModel, table=True):
    """One disagreement; `seq` is the order of raising, `own_` what the agency says that raised it, `other_` the other."""

    __tablename__ = "disagreements"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint("id", name="uq_disagreements_id"),
        Index("ix_disagreements_case", "case_id", "seq"),
        _STRICT,
    )

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    id: str = Field(sa_type=Text)
    case_id: str = Field(sa_type=Text, foreign_key="cases.id")
    raised_by: str = Field(sa_type=Text)
    with_agency: str = Field(sa_type=Text)
    by_person: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    about: str = Field(sa_type=Text)
    own_outcome: str | None = Field(default=None, sa_type=Text)
    own_by: str | None = Field(default=None, sa_type=Text)
    own_at: datetime | None = Field(default=None, sa_type=Instant)
    other_outcome: str | None = Field(default=None, sa_type=Text)
    other_by: str | None = Field(default=None, sa_type=Text)
    other_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    revision: int = Field(sa_type=Integer)


DISAGREEMENTS = SQLModel.metadata.tables["disagreements"]
_OF_CASES = (
    select(DISAGREEMENTS)
    .where(DISAGREEMENTS.c.case_id.in_(bindparam("wanted", expanding=True)))
    .order_by(DISAGREEMENTS.c.seq)
)


class SqlDisagreements:
    """The `Disagreements` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, disagreement: Disagreement) -> None:
        """Store a new one."""
        self._work.connection.execute(insert(DISAGREEMENTS), _values(disagreement))

    def get(self, disagreement_id: DisagreementId) -> Disagreement:
        """Return the disagreement; raises NotFound."""
        query = select(DISAGREEMENTS).where(DISAGREEMENTS.c.id == disagreement_id)
        row = self._work.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("There is no such disagreement, or none that you may see.")
        return _disagreement(row)

    def save(self, disagreement: Disagreement) -> None:
        """Store the next revision; raises Conflict when the stored one is not the one that was read."""
        values = {**_values(disagreement), "revision": disagreement.revision + 1}
        stored = (DISAGREEMENTS.c.id == disagreement.id, DISAGREEMENTS.c.revision == disagreement.revision)
        if self._work.connection.execute(update(DISAGREEMENTS).where(*stored).values(values)).rowcount != 1:
            raise Conflict(f"disagreement {disagreement.id}")

    def of_case(self, case_id: CaseId) -> Sequence[Disagreement]:
        """Return every disagreement of a case in the order of raising."""
        return [_disagreement(row) for row in self._work.of_case(_OF_CASES, case_id)]


def _values(disagreement: Disagreement) -> dict[str, Any]:
    return {
        "id": disagreement.id,
        "case_id": disagreement.case_id,
        "raised_by": disagreement.raised_by,
        "with_agency": disagreement.with_agency,
        "by_person": disagreement.by,
        "at": disagreement.at,
        "about": disagreement.about,
        **_columns("own", disagreement.own),
        **_columns("other", disagreement.other),
        "ended_at": disagreement.ended_at,
        "revision": disagreement.revision,
    }


def _disagreement(row: Row[Any]) -> Disagreement:
    with reading_row(DISAGREEMENTS, row.id):
        return Disagreement(
            id=DisagreementId(row.id),
            case_id=CaseId(row.case_id),
            raised_by=AgencyId(row.raised_by),
            with_agency=AgencyId(row.with_agency),
            by=PersonId(row.by_person),
            at=row.at,
            about=row.about,
            own=_word(row.own_outcome, row.own_by, row.own_at),
            other=_word(row.other_outcome, row.other_by, row.other_at),
            ended_at=row.ended_at,
            revision=row.revision,
        )


def _columns(whose: str, word: Word | None) -> dict[str, Any]:
    return {
        f"{whose}_outcome": word.outcome if word else None,
        f"{whose}_by": word.by if word else None,
        f"{whose}_at": word.at if word else None,
    }


def _word(outcome: str | None, by: str | None, at: datetime | None) -> Word | None:
    return Word(outcome, PersonId(by), at) if outcome is not None and by is not None and at is not None else None
