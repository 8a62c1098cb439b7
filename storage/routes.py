"""Dead routes: places that messages did not reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, delete, select, update
from sqlmodel import Field, SQLModel

from bot.domain.notices import Destination
from bot.domain.roads import DeadRoute
from storage.columns import Instant
from storage.mapping import destination_of, destination_text
from storage.upsert import once
from storage.work import Work, reading_row

_STRICT: dict[str, Any] = {"sqlite_strict": True}


class DeadRouteRow(SQLModel, table=True):
    """A place that messages did not reach: since when, and when it was last tried."""

    __tablename__ = "dead_routes"
    __table_args__ = _STRICT

    destination: str = Field(sa_type=Text, primary_key=True)
    code: str = Field(sa_type=Text)
    since_at: datetime = Field(sa_type=Instant)
    tried_at: datetime = Field(sa_type=Instant)


DEAD_ROUTES = SQLModel.metadata.tables["dead_routes"]
_ONCE = once(DEAD_ROUTES, "destination")
_THERE = DEAD_ROUTES.c.destination == bindparam("there")
_AGAIN = (
    update(DEAD_ROUTES)
    .where(_THERE)
    .values(code=bindparam("why"), tried_at=bindparam("at", type_=DEAD_ROUTES.c.tried_at.type))
)
_MENDED = delete(DEAD_ROUTES).where(_THERE)
_DEAD = select(DEAD_ROUTES).order_by(DEAD_ROUTES.c.since_at, DEAD_ROUTES.c.destination)


class SqlRoutes:
    """The `Routes` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def _connection(self) -> Connection:
        return self._work.connection

    def mark(self, destination: Destination, *, code: str, at: datetime) -> bool:
        """Record that a place cannot be reached; returns whether that is news."""
        there = destination_text(destination)
        row = {"destination": there, "code": code, "since_at": at, "tried_at": at}
        if self._connection.execute(_ONCE[self._connection.dialect.name], row).first() is not None:
            return True
        self._connection.execute(_AGAIN, {"there": there, "why": code, "at": at})
        return False

    def mend(self, destination: Destination) -> bool:
        """Record that a place works; returns whether that is news."""
        return self._connection.execute(_MENDED, {"there": destination_text(destination)}).rowcount > 0

    def dead(self) -> Sequence[DeadRoute]:
        """Return every dead route, the longest dead first."""
        found = []
        for row in self._connection.execute(_DEAD):
            with reading_row(DEAD_ROUTES, row.destination):
                found.append(DeadRoute(destination_of(row.destination), row.code, row.since_at, row.tried_at))
        return found
