"""Requests between agencies, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import Conflict
from bot.domain.ids import CaseId, RequestId
from bot.domain.requests import Request
from tests.memory.state import State, found


class MemoryRequests:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, request: Request) -> None:
        self._state.requests[request.id] = request

    def get(self, request_id: RequestId) -> Request:
        return found(self._state.requests, request_id)

    def save(self, request: Request) -> None:
        if self._state.requests[request.id].revision != request.revision:
            raise Conflict(f"request {request.id}")
        self._state.requests[request.id] = replace(request, revision=request.revision + 1)

    def of_case(self, case_id: CaseId) -> Sequence[Request]:
        return [replace(each, why="", answer="") for each in self._state.requests.values() if each.case_id == case_id]

    def between(self, from_at: datetime, until_at: datetime) -> Sequence[Request]:
        return [
            replace(each, why="", answer="")
            for each in self._state.requests.values()
            if from_at <= each.at < until_at
            or (each.at < from_at and (each.ended_at is None or each.ended_at >= until_at))
        ]
