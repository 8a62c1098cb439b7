"""Dated changes of the roster and the policies ever in force, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.cases import CaseStatus
from bot.domain.ids import CaseId, PersonId, Reference, RosterChangeId, TeamId
from bot.domain.redaction import ACKNOWLEDGE
from bot.domain.roster import RosterChange
from tests.memory.state import State


class MemoryRoster:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, change: RosterChange) -> None:
        self._state.roster[change.id] = change

    def end(self, change_id: RosterChangeId, at: datetime) -> None:
        self._state.roster[change_id] = replace(self._state.roster[change_id], ended_at=at)

    def listed(self, *, since: datetime | None = None) -> Sequence[RosterChange]:
        return [each for each in self._state.roster.values() if since is None or each.holds_until > since]

    def seen(self) -> Mapping[TeamId, tuple[PersonId, ...]]:
        return dict(self._state.duty_seen)

    def see(self, team: TeamId, people: Sequence[PersonId]) -> None:
        self._state.duty_seen[team] = tuple(people)


class MemoryRulebook:
    def __init__(self, state: State) -> None:
        self._state = state

    def keep(self, version: str, text: str, at: datetime) -> bool:
        new = version not in self._state.policies
        self._state.policies.setdefault(version, text)
        return new

    def text(self, version: str) -> str | None:
        return self._state.policies.get(version)

    def teams_in_use(self) -> Mapping[TeamId, int]:
        found: dict[TeamId, int] = {}
        for case in self._state.cases.values():
            for party in case.parties if case.status is CaseStatus.OPEN else ():
                found[party.team] = found.get(party.team, 0) + 1
        return found

    def unanswered(self, team: TeamId) -> Sequence[CaseId]:
        owed = [
            each
            for each in self._state.deadlines.values()
            if each.is_open and each.next_at is not None and each.kind == ACKNOWLEDGE and each.team == team
        ]
        owed.sort(key=lambda each: (each.band, each.due_at, each.case_id))
        return list(dict.fromkeys(each.case_id for each in owed))

    def owned_by(self, person: PersonId) -> Sequence[Reference]:
        owned = [
            case for case in self._state.cases.values() if case.status is CaseStatus.OPEN and person in case.owners
        ]
        return [case.reference for case in sorted(owned, key=lambda case: (case.opened_at, case.reference))]
