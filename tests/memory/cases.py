"""Cases and what is owed on them, in memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.cases import Case, CaseStatus, Child, HumanAct, Particulars
from bot.domain.deadlines import Deadline
from bot.domain.errors import Conflict
from bot.domain.ids import CaseId, DeadlineId, Reference
from bot.domain.places import place_key
from tests.memory.state import State, found

NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryCases:
    def __init__(self, state: State, prefix: str) -> None:
        self._state = state
        self._prefix = prefix

    def next_reference(self, year: int) -> Reference:
        number = self._state.references.get(year, 0) + 1
        self._state.references[year] = number
        return Reference(f"{self._prefix}-{year % 100:02d}-{number:05d}")

    def add(self, case: Case, particulars: Particulars) -> None:
        self._state.cases[case.id] = case
        self._state.particulars[case.id] = particulars

    def get(self, case_id: CaseId) -> Case:
        return found(self._state.cases, case_id)

    def find(self, reference: Reference) -> Case:
        return found({case.reference: case for case in self._state.cases.values()}, reference)

    def save(self, case: Case) -> Case:
        stored = self._state.cases.get(case.id)
        if stored is None or stored.version != case.version:
            raise Conflict(f"case {case.reference}")
        self._state.cases[case.id] = replace(case, version=case.version + 1)
        return self._state.cases[case.id]

    def particulars(self, case_id: CaseId) -> Particulars:
        return found(self._state.particulars, case_id)

    def children(self, case_id: CaseId) -> int:
        return len(self.particulars(case_id).children)

    def listed(self, *, status: CaseStatus | None = None, limit: int = 100) -> Sequence[Case]:
        real = [case for case in self._state.cases.values() if status or case.status.concerns_a_child]
        wanted = (case for case in real if status in {None, case.status})
        return sorted(wanted, key=lambda case: (case.band.rank, case.opened_at, case.id))[:limit]

    def with_reference(self, kind: str, value: str) -> Sequence[CaseId]:
        wanted = (kind, folded(value))
        return [
            case.id
            for case in sorted(self._state.cases.values(), key=lambda case: (case.opened_at, case.id))
            for children in (self._state.particulars[case.id].children,)
            if any((each.kind, folded(each.value)) == wanted for child in children for each in child.references)
        ]

    def at_address(self, address: str) -> Sequence[CaseId]:
        wanted = folded(place_key(address))
        return [
            case.id
            for case in sorted(self._state.cases.values(), key=lambda case: (case.opened_at, case.id))
            if (held := self._state.particulars[case.id].address) and folded(place_key(held)) == wanted
        ]

    def known_as(self, kind: str, value: str) -> Sequence[tuple[CaseId, Child]]:
        return [
            (case_id, child)
            for case_id in self.with_reference(kind, value)
            for child in self._state.particulars[case_id].children
            if any((each.kind, folded(each.value)) == (kind, folded(value)) for each in child.references)
        ]

    def record(self, act: HumanAct) -> None:
        self._state.acts.append(act)

    def acts(self, case_id: CaseId) -> Sequence[HumanAct]:
        return sorted((act for act in self._state.acts if act.case_id == case_id), key=lambda act: act.at)


class MemoryDeadlines:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, deadlines: Iterable[Deadline]) -> None:
        self._state.deadlines.update({deadline.id: deadline for deadline in deadlines})

    def get(self, deadline_id: DeadlineId) -> Deadline:
        return found(self._state.deadlines, deadline_id)

    def of_case(self, case_id: CaseId) -> Sequence[Deadline]:
        return self.of_cases([case_id])[case_id]

    def of_cases(self, case_ids: Sequence[CaseId]) -> Mapping[CaseId, Sequence[Deadline]]:
        found: dict[CaseId, list[Deadline]] = {case_id: [] for case_id in case_ids}
        for each in self._state.deadlines.values():
            if each.case_id in found:
                found[each.case_id].append(each)
        return {case_id: sorted(theirs, key=lambda each: (each.due_at, each.id)) for case_id, theirs in found.items()}

    def save(self, deadlines: Iterable[Deadline]) -> None:
        for deadline in deadlines:
            stored = self._state.deadlines.get(deadline.id)
            if stored is None or stored.version != deadline.version:
                raise Conflict("a deadline was changed meanwhile")
            self._state.deadlines[deadline.id] = replace(deadline, version=deadline.version + 1)

    def due_cases(self, now: datetime, *, limit: int) -> Sequence[CaseId]:
        due: dict[CaseId, list[Deadline]] = {}
        for deadline in self._watched():
            if _next_at(deadline) <= now:
                due.setdefault(deadline.case_id, []).append(deadline)
        urgency = {
            case_id: (min(each.band.rank for each in found), min(map(_next_at, found)), case_id)
            for case_id, found in due.items()
        }
        return sorted(due, key=urgency.__getitem__)[:limit]

    def due_of_case(self, case_id: CaseId, now: datetime) -> Sequence[Deadline]:
        return [each for each in self.of_case(case_id) if each.is_open and each.next_at and each.next_at <= now]

    def next_at(self) -> datetime | None:
        return min(map(_next_at, self._watched()), default=None)

    def quarantine(self, case_id: CaseId) -> None:
        self._state.quarantined.add(case_id)

    def listed(self, *, open_only: bool = True, limit: int = 1000) -> Sequence[Deadline]:
        real = [each for each in self._state.deadlines.values() if each.kind != CaseStatus.SYNTHETIC.value]
        wanted = (each for each in real if each.is_open or not open_only)
        return sorted(wanted, key=lambda each: (_next_at(each), each.id))[:limit]

    def _watched(self) -> list[Deadline]:
        return [
            each
            for each in self._state.deadlines.values()
            if each.is_open and each.next_at is not None and each.case_id not in self._state.quarantined
        ]


def _next_at(deadline: Deadline) -> datetime:
    return deadline.next_at or NEVER


def folded(value: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", value).casefold() if each.isalnum())
