"""Hand-overs and holds, the same from every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Conflict, NotFound
from bot.domain.handovers import Handover, HandoverState
from bot.domain.holds import Hold, HoldKind
from bot.domain.ids import AgencyId, HandoverId, PersonId
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import NOW, OFFICER, PARTICULARS

HERE, THERE = samples.case(1), samples.case(2)
DUTY = (PersonId("one-on-duty"), PersonId("another-on-duty"))
OFFER = Handover(HandoverId("h1"), HERE.id, AgencyId("police"), DUTY, OFFICER, NOW)
PUT_OFF = Hold(HERE.id, OFFICER, HoldKind.SNOOZE, NOW, NOW + timedelta(hours=1), "call_back")


@pytest.fixture(autouse=True)
def cases(store: Store) -> None:
    with store.write() as uow:
        uow.cases.add(HERE, PARTICULARS)
        uow.cases.add(THERE, PARTICULARS)
        uow.commit()


def test_a_hand_over_is_kept_until_it_is_accepted_and_of_its_own_case_alone(store: Store) -> None:
    accepted = OFFER.ended(HandoverState.ACCEPTED, DUTY[0], NOW + timedelta(minutes=5))
    with store.write() as uow:
        uow.handovers.add(OFFER)
        uow.handovers.add(replace(OFFER, id=HandoverId("h2"), case_id=THERE.id))
        uow.handovers.add(replace(OFFER, id=HandoverId("h0"), to=DUTY[:1]))
        assert uow.handovers.get(OFFER.id) == OFFER
        uow.handovers.save(accepted)
        uow.commit()
    with store.read() as uow:
        assert uow.handovers.get(OFFER.id) == replace(accepted, revision=2)
        assert [each.id for each in uow.handovers.of_case(HERE.id)] == ["h1", "h0"]
        with pytest.raises(NotFound):
            uow.handovers.get(HandoverId("never"))


def test_of_two_who_accept_at_once_the_second_meets_a_conflict(store: Store) -> None:
    with store.write() as uow:
        uow.handovers.add(OFFER)
        uow.commit()
    with store.write() as uow:
        uow.handovers.save(OFFER.ended(HandoverState.ACCEPTED, DUTY[0], NOW))
        with pytest.raises(Conflict):
            uow.handovers.save(OFFER.ended(HandoverState.ACCEPTED, DUTY[1], NOW))


def test_holds_are_given_back_in_the_order_of_storing_and_of_their_own_case_alone(store: Store) -> None:
    chase = Hold(HERE.id, OFFICER, HoldKind.CHASE, NOW, NOW + timedelta(hours=2))
    with store.write() as uow:
        for hold in (PUT_OFF, replace(PUT_OFF, case_id=THERE.id), chase):
            uow.holds.add(hold)
        uow.commit()
    with store.read() as uow:
        assert list(uow.holds.of_case(HERE.id)) == [PUT_OFF, chase]
