"""Short lists and counts over many cases, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bot.domain.cases import Case, CaseStatus
from bot.domain.deadlines import Deadline
from bot.domain.ids import AgencyId, CaseId, PersonId, Reference, TeamId
from bot.repositories.overview import ForcePicture, Owing, Tally
from tests.memory.cases import folded
from tests.memory.state import State


class MemoryOverview:
    def __init__(self, state: State) -> None:
        self._state = state

    def owned(self, person: PersonId, *, limit: int) -> Sequence[Owing]:
        return _listed((each for each in self._pinging() if self._owner(each) == person), limit)

    def unowned(self, agency: AgencyId, teams: Collection[TeamId], *, limit: int) -> Sequence[Owing]:
        theirs = (each for each in self._pinging() if each.agency == agency and each.team in teams)
        return _listed((each for each in theirs if self._owner(each) is None), limit)

    def owed(self, agency: AgencyId, teams: Collection[TeamId], *, limit: int) -> Sequence[Owing]:
        return _listed((each for each in self._pinging() if each.agency == agency and each.team in teams), limit)

    def tally(self, agency: AgencyId, teams: Collection[TeamId], *, now: datetime) -> Tally:
        parts = [case for case in self._open() if (p := case.party(agency)) and p.team in teams]
        theirs = (each for each in self._pinging() if each.agency == agency and each.team in teams)
        return Tally(len(parts), _late(theirs, now))

    def force(self, *, now: datetime) -> ForcePicture:
        cases = self._open()
        pinging = self._pinging()
        silent = min(
            (case for case in cases if not case.restricted),
            key=lambda case: (case.last_act_at, case.reference),
            default=None,
        )
        return ForcePicture(
            by_band=Counter(case.band for case in cases),
            by_agency={
                agency: Tally(count, _late((each for each in pinging if each.agency == agency and each.team), now))
                for agency, count in Counter(party.agency for case in cases for party in case.parties).items()
            },
            unowned=sum(not case.owners for case in cases),
            oldest_silent=silent.reference if silent else None,
            oldest_silent_since=silent.last_act_at if silent else None,
        )

    def touched_by(self, person: PersonId, *, limit: int) -> Sequence[CaseId]:
        found: dict[CaseId, datetime] = {}
        for case in self._state.cases.values():
            owned = [p for p in case.parties if p.owner == person]
            taken = [p.acknowledged.at if p.acknowledged else p.told_at for p in owned]
            acts = [act.at for act in self._state.acts if act.case_id == case.id and act.by == person]
            times = [*taken, *acts, *([case.opened_at] if case.referrer == person else [])]
            if times:
                found[case.id] = max(times)
        return sorted(sorted(found), key=found.__getitem__, reverse=True)[:limit]

    def held_by(self, person: PersonId, *, limit: int) -> Sequence[CaseId]:
        mine = [case for case in self._open() if person in {case.referrer, *case.owners}]
        return [case.id for case in sorted(mine, key=lambda case: (case.opened_at, case.id))][:limit]

    def referenced(
        self, agency: AgencyId, *, exactly: Collection[Reference] = (), beginning: str = "", limit: int
    ) -> Sequence[CaseId]:
        found = [
            case
            for case in self._state.cases.values()
            if (case.reference in exactly or (beginning and case.reference.startswith(beginning)))
            and (case.party(agency) or case.referring_agency == agency)
        ]
        return [case.id for case in sorted(found, key=lambda case: case.reference, reverse=True)][:limit]

    def recorded_as(self, agency: AgencyId, number: str) -> Sequence[CaseId]:
        return sorted(
            case.id
            for case in self._state.cases.values()
            if (party := case.party(agency)) and party.record_number and folded(party.record_number) == folded(number)
        )

    def cases(self, case_ids: Sequence[CaseId]) -> Sequence[Case]:
        return [self._state.cases[case_id] for case_id in case_ids if case_id in self._state.cases]

    def _open(self) -> list[Case]:
        return [case for case in self._state.cases.values() if case.status is CaseStatus.OPEN]

    def _pinging(self) -> list[Deadline]:
        return [each for each in self._state.deadlines.values() if each.is_open and each.next_at is not None]

    def _owner(self, deadline: Deadline) -> PersonId | None:
        party = self._state.cases[deadline.case_id].party(deadline.agency)
        return party.owner if party else None


def _listed(deadlines: Iterable[Deadline], limit: int) -> list[Owing]:
    ordered = sorted(deadlines, key=lambda each: (each.due_at, each.case_id))
    return [Owing(each.case_id, each.kind, each.due_at) for each in ordered[:limit]]


def _late(deadlines: Iterable[Deadline], now: datetime) -> int:
    return len({each.case_id for each in deadlines if each.due_at <= now})
