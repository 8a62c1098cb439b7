"""Disagreements between agencies, the same from every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.disagreements import Disagreement, Word
from bot.domain.errors import Conflict, NotFound
from bot.domain.ids import AgencyId, DisagreementId, PersonId
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import NOW, OFFICER, PARTICULARS

HERE, THERE = samples.case(1), samples.case(2)
POLICE, CARE = AgencyId("police"), AgencyId("childrens-services")
RAISED = Disagreement(DisagreementId("d1"), HERE.id, POLICE, CARE, OFFICER, NOW, "grade")
ONE_WORD = RAISED.said(CARE, Word("kept", PersonId("a-worker"), NOW + timedelta(hours=1)))
SETTLED = ONE_WORD.said(POLICE, Word("kept", OFFICER, NOW + timedelta(hours=2)))


@pytest.fixture(autouse=True)
def cases(store: Store) -> None:
    with store.write() as uow:
        uow.cases.add(HERE, PARTICULARS)
        uow.cases.add(THERE, PARTICULARS)
        uow.commit()


def test_a_disagreement_comes_back_with_the_words_of_both_agencies(store: Store) -> None:
    with store.write() as uow:
        uow.disagreements.add(RAISED)
        uow.disagreements.add(replace(RAISED, id=DisagreementId("d2"), case_id=THERE.id))
        uow.disagreements.save(ONE_WORD)
        uow.disagreements.save(replace(SETTLED, revision=2))
        uow.commit()
    with store.read() as uow:
        assert uow.disagreements.get(RAISED.id) == replace(SETTLED, revision=3)
        assert uow.disagreements.of_case(HERE.id) == [replace(SETTLED, revision=3)]
        assert [each.waits for each in uow.disagreements.of_case(THERE.id)] == [True]
        with pytest.raises(NotFound):
            uow.disagreements.get(DisagreementId("never"))


def test_of_two_who_answer_at_once_the_second_meets_a_conflict(store: Store) -> None:
    with store.write() as uow:
        uow.disagreements.add(RAISED)
        uow.disagreements.save(ONE_WORD)
        with pytest.raises(Conflict):
            uow.disagreements.save(RAISED.said(POLICE, Word("changed", OFFICER, NOW)))
