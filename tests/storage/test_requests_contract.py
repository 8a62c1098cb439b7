"""Requests between agencies, the same from every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Conflict, NotFound
from bot.domain.ids import AgencyId, DeadlineId, PersonId, RequestId
from bot.domain.requests import Request, RequestState
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import NOW, OFFICER, PARTICULARS

HERE, THERE = samples.case(1), samples.case(2)
WORKER = PersonId("a-worker")
ASKED = Request(
    RequestId("r1"),
    HERE.id,
    DeadlineId("d1"),
    AgencyId("police"),
    AgencyId("childrens-services"),
    OFFICER,
    NOW,
    "held",
    "section_47",
    why="A canary reason.",
)
ANSWERED = ASKED.ended(
    RequestState.REFUSED, WORKER, NOW + timedelta(hours=1), reason="basis", answer="A canary answer."
)


@pytest.fixture(autouse=True)
def cases(store: Store) -> None:
    with store.write() as uow:
        uow.cases.add(HERE, PARTICULARS)
        uow.cases.add(THERE, PARTICULARS)
        uow.commit()


def test_a_request_comes_back_opened_by_its_id_and_without_its_words_in_lists(store: Store) -> None:
    with store.write() as uow:
        uow.requests.add(ASKED)
        uow.requests.add(replace(ASKED, id=RequestId("r2"), case_id=THERE.id))
        uow.requests.save(ANSWERED)
        uow.commit()
    with store.read() as uow:
        assert uow.requests.get(ASKED.id) == replace(ANSWERED, revision=2)
        assert uow.requests.of_case(HERE.id) == [replace(ANSWERED, revision=2, why="", answer="")]
        with pytest.raises(NotFound):
            uow.requests.get(RequestId("never"))


def test_of_two_who_answer_at_once_the_second_meets_a_conflict(store: Store) -> None:
    with store.write() as uow:
        uow.requests.add(ASKED)
        uow.requests.save(ANSWERED)
        with pytest.raises(Conflict):
            uow.requests.save(ASKED.ended(RequestState.NOTHING_HELD, WORKER, NOW))


def test_a_months_requests_are_those_asked_in_it_and_older_ones_still_open_at_its_end(store: Store) -> None:
    day = timedelta(days=1)
    with store.write() as uow:
        for number, at, ended_at in ((1, -3, None), (2, -3, -1), (3, 1, None), (4, 1, 2), (5, 40, None), (6, -3, 50)):
            made = replace(ASKED, id=RequestId(f"r{number}"), at=NOW + at * day)
            if ended_at is not None:
                made = made.ended(RequestState.ANSWERED, WORKER, NOW + ended_at * day)
            uow.requests.add(made)
        uow.commit()
    with store.read() as uow:
        assert [each.id for each in uow.requests.between(NOW, NOW + 30 * day)] == ["r1", "r3", "r4", "r6"]
