"""What agencies ask of one another on a case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CaseId, RequestId
from bot.domain.requests import Request


class Requests(Protocol):
    """Requests, and what was answered; why and answer are sealed."""

    def add(self, request: Request) -> None:
        """Store a new one."""
        ...

    def get(self, request_id: RequestId) -> Request:
        """The request, opened; NotFound when there is none."""
        ...

    def save(self, request: Request) -> None:
        """Store the next revision; Conflict when somebody else saved first."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Request]:
        """Every request of a case in the order of asking, without what is sealed."""
        ...

    def between(self, from_at: datetime, until_at: datetime) -> Sequence[Request]:
        """Requests asked in [from_at, until_at), and older ones still open then, without what is sealed."""
        ...
