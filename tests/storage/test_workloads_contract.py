"""Counts behind queues and loads, the same from every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.cases import CaseStatus
from bot.domain.ids import PersonId
from bot.domain.workloads import CountedAct, HeldPart
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import NOW, PARTICULARS

DAY = timedelta(days=1)


def test_counted_acts_come_from_every_case_but_the_bots_own_at_the_time_they_were_done(store: Store) -> None:
    here, own = samples.case(1), replace(samples.case(2), status=CaseStatus.SYNTHETIC)
    with store.write() as uow:
        for case in (here, own):
            uow.cases.add(case, PARTICULARS)
        uow.cases.record(samples.act(case_id=here.id, code="device_seized", count=3, happened_at=NOW - DAY))
        uow.cases.record(samples.act(5, case_id=here.id, code="device_examined", count=1))
        uow.cases.record(samples.act(case_id=here.id, code="visited"))
        uow.cases.record(samples.act(case_id=own.id, code="device_seized"))
        uow.commit()
    with store.read() as uow:
        assert list(uow.workloads.counted(["device_seized", "device_examined"])) == [
            CountedAct(here.id, here.band, "device_seized", NOW - DAY, 3),
            CountedAct(here.id, here.band, "device_examined", NOW + timedelta(minutes=5), 1),
        ]


def test_a_teams_parts_are_those_that_are_open_or_were_closed_since(store: Store) -> None:
    first = samples.case(1)
    party = replace(first.parties[0], owner=PersonId("a-worker"), told_at=NOW)
    running = replace(first, parties=(party,))
    late = replace(samples.case(2), parties=(party,), status=CaseStatus.CLOSED, closed_at=NOW + DAY)
    early = replace(samples.case(3), parties=(party,), status=CaseStatus.CLOSED, closed_at=NOW - DAY)
    with store.write() as uow:
        for case in (running, late, early):
            uow.cases.add(case, PARTICULARS)
        uow.commit()
    with store.read() as uow:
        found = uow.workloads.parts(party.team, since=NOW)
    assert list(found) == [
        HeldPart(PersonId("a-worker"), NOW, None),
        HeldPart(PersonId("a-worker"), NOW, NOW + DAY),
    ]
