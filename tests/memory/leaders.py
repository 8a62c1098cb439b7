"""What leaders owe, what units counted and grades read a second time, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.cases import CaseStatus
from bot.domain.counts import Raised, UnitCount
from bot.domain.errors import Conflict
from bot.domain.grade_samples import Graded, GradeRead
from bot.domain.ids import AgencyId, CaseId
from bot.domain.matters import Matter, Measure
from tests.memory.state import State, found


class MemoryMatters:
    def __init__(self, state: State) -> None:
        self._state = state

    def next_number(self) -> int:
        return len(self._state.matters) + 1

    def add(self, matter: Matter) -> None:
        self._state.matters[matter.id] = matter

    def get(self, matter_id: CaseId) -> Matter:
        return found(self._state.matters, matter_id)

    def save(self, matter: Matter) -> None:
        if self._state.matters[matter.id].revision != matter.revision:
            raise Conflict(f"matter {matter.id}")
        self._state.matters[matter.id] = replace(matter, revision=matter.revision + 1)

    def listed(self) -> Sequence[Matter]:
        return [replace(each, words="", reason="") for each in self._state.matters.values()]

    def put_measure(self, measure: Measure) -> None:
        self._state.measures[measure.code] = measure

    def measures(self) -> Sequence[Measure]:
        return sorted(self._state.measures.values(), key=lambda each: (each.began_on, each.code))


class MemoryUnitCounts:
    def __init__(self, state: State) -> None:
        self._state = state

    def put(self, count: UnitCount) -> bool:
        before = self._state.unit_counts.get((count.unit, count.day))
        if before is not None and before.number == count.number:
            return False
        self._state.unit_counts[count.unit, count.day] = count
        return True

    def between(self, first: date, last: date) -> Sequence[UnitCount]:
        wanted = [each for each in self._state.unit_counts.values() if first <= each.day <= last]
        return sorted(wanted, key=lambda each: (each.unit, each.day))

    def first_day(self) -> date | None:
        return min((day for _, day in self._state.unit_counts), default=None)

    def raised(self, agency: AgencyId, from_at: datetime, until_at: datetime) -> Sequence[Raised]:
        inside = [
            case
            for case in self._state.cases.values()
            if case.status.concerns_a_child and from_at <= case.opened_at < until_at
        ]
        inside.sort(key=lambda case: (case.opened_at, case.id))
        return [
            Raised(case.opened_at, case.referrer, party.team)
            for case in inside
            for party in case.parties
            if party.agency == case.referring_agency == agency
        ]


class MemoryGradeReads:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, reads: Iterable[GradeRead]) -> None:
        self._state.grade_reads.update({read.id: read for read in reads})

    def get(self, read_id: str) -> GradeRead:
        return found(self._state.grade_reads, read_id)

    def save(self, read: GradeRead) -> None:
        if self._state.grade_reads[read.id].revision != read.revision:
            raise Conflict(f"grade read {read.id}")
        self._state.grade_reads[read.id] = replace(read, revision=read.revision + 1)

    def listed(self, month: str | None = None) -> Sequence[GradeRead]:
        return [read for read in self._state.grade_reads.values() if month in {None, read.month}]

    def held_above(self, *, limit: int) -> Sequence[CaseId]:
        held = [
            case
            for case in self._state.cases.values()
            if case.status is CaseStatus.OPEN and case.grade is not None and case.grade != case.effective_grade
        ]
        return [case.id for case in sorted(held, key=lambda case: (case.first_aware_at, case.id))][:limit]

    def between(self, from_at: datetime, until_at: datetime) -> Sequence[Graded]:
        return [
            Graded(case.id, case.concern, case.effective_grade)
            for case in sorted(self._state.cases.values(), key=lambda case: case.id)
            if case.status.concerns_a_child
            and case.status is not CaseStatus.MERGED
            and from_at <= case.opened_at < until_at
            and case.grade is not None
            and case.effective_grade is not None
            and not case.restricted
        ]
