"""What agencies ask of one another on a case, and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Index,
    Integer,
    LargeBinary,
    Row,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)
from sqlmodel import Field, SQLModel

from bot.domain.errors import Conflict, NotFound
from bot.domain.ids import AgencyId, CaseId, DeadlineId, PersonId, RequestId
from bot.domain.requests import Request, RequestState
from storage.columns import Instant
from storage.work import Work, opened, reading_row, sealed

_STRICT: dict[str, Any] = {"sqlite_strict": True}


class RequestRow(SQLModel, table=True):
    """One request of one agency to another; `seq` is the order of asking."""

    __tablename__ = "requests"
    __table_args__: ClassVar[tuple[Any, ...]] = (
        UniqueConstraint("id", name="uq_requests_id"),
        Index("ix_requests_case", "case_id", "seq"),
        Index("ix_requests_at", "at"),
        _STRICT,
    )

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    id: str = Field(sa_type=Text)
    case_id: str = Field(sa_type=Text, foreign_key="cases.id")
    deadline: str = Field(sa_type=Text)
    asking: str = Field(sa_type=Text)
    asked: str = Field(sa_type=Text)
    by_person: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    what: str = Field(sa_type=Text)
    basis: str = Field(sa_type=Text)
    why_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: str = Field(sa_type=Text)
    ended_by: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: str = Field(sa_type=Text)
    answer_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    revision: int = Field(sa_type=Integer)


REQUESTS = SQLModel.metadata.tables["requests"]
_OF_CASES = select(REQUESTS).where(REQUESTS.c.case_id.in_(bindparam("wanted", expanding=True))).order_by(REQUESTS.c.seq)


class SqlRequests:
    """The `Requests` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, request: Request) -> None:
        """Store a new request."""
        self._work.connection.execute(insert(REQUESTS), self._values(request))

    def get(self, request_id: RequestId) -> Request:
        """Return the request; raises NotFound."""
        row = self._work.connection.execute(select(REQUESTS).where(REQUESTS.c.id == request_id)).one_or_none()
        if row is None:
            raise NotFound("There is no such request, or none that you may see.")
        return self._request(row, unsealed=True)

    def save(self, request: Request) -> None:
        """Store the next revision; raises Conflict when the stored one is not the one that was read."""
        values = {**self._values(request), "revision": request.revision + 1}
        stored = (REQUESTS.c.id == request.id, REQUESTS.c.revision == request.revision)
        if self._work.connection.execute(update(REQUESTS).where(*stored).values(values)).rowcount != 1:
            raise Conflict(f"request {request.id}")

    def of_case(self, case_id: CaseId) -> Sequence[Request]:
        """Return every request of a case in the order of asking, without what is sealed."""
        return [self._request(row, unsealed=False) for row in self._work.of_case(_OF_CASES, case_id)]

    def between(self, from_at: datetime, until_at: datetime) -> Sequence[Request]:
        """Return requests asked in a time, and older ones that were open at its end."""
        asked = and_(REQUESTS.c.at >= from_at, REQUESTS.c.at < until_at)
        older = and_(REQUESTS.c.at < from_at, or_(REQUESTS.c.ended_at.is_(None), REQUESTS.c.ended_at >= until_at))
        query = select(REQUESTS).where(or_(asked, older)).order_by(REQUESTS.c.seq)
        return [self._request(row, unsealed=False) for row in self._work.connection.execute(query)]

    def _values(self, request: Request) -> dict[str, Any]:
        scope = request.case_id
        return {
            "id": request.id,
            "case_id": request.case_id,
            "deadline": request.deadline,
            "asking": request.asking,
            "asked": request.asked,
            "by_person": request.by,
            "at": request.at,
            "what": request.what,
            "basis": request.basis,
            "why_sealed": sealed(self._work, REQUESTS, "why_sealed", scope, request.why),
            "state": request.state.value,
            "ended_by": request.ended_by,
            "ended_at": request.ended_at,
            "reason": request.reason,
            "answer_sealed": sealed(self._work, REQUESTS, "answer_sealed", scope, request.answer),
            "revision": request.revision,
        }

    def _request(self, row: Row[Any], *, unsealed: bool) -> Request:
        with reading_row(REQUESTS, row.id):
            words = {
                name: opened(self._work, REQUESTS, f"{name}_sealed", row.case_id, getattr(row, f"{name}_sealed"))
                for name in (("why", "answer") if unsealed else ())
            }
            return Request(
                id=RequestId(row.id),
                case_id=CaseId(row.case_id),
                deadline=DeadlineId(row.deadline),
                asking=AgencyId(row.asking),
                asked=AgencyId(row.asked),
                by=PersonId(row.by_person),
                at=row.at,
                what=row.what,
                basis=row.basis,
                state=RequestState(row.state),
                ended_by=PersonId(row.ended_by) if row.ended_by is not None else None,
                ended_at=row.ended_at,
                reason=row.reason,
                revision=row.revision,
                **words,
            )
