"""Dead routes, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.notices import Destination
from bot.domain.roads import DeadRoute
from tests.memory.state import State


class MemoryRoutes:
    def __init__(self, state: State) -> None:
        self._state = state

    def mark(self, destination: Destination, *, code: str, at: datetime) -> bool:
        known = self._state.dead_routes.get(destination)
        if known is None:
            self._state.dead_routes[destination] = DeadRoute(destination, code, at, at)
        else:
            self._state.dead_routes[destination] = replace(known, code=code, tried_at=at)
        return known is None

    def mend(self, destination: Destination) -> bool:
        return self._state.dead_routes.pop(destination, None) is not None

    def dead(self) -> Sequence[DeadRoute]:
        return sorted(self._state.dead_routes.values(), key=lambda route: (route.since_at, route.destination.id))
