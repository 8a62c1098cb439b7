"""When no road is left there is a list to be printed: whom to ring, on which number, about what."""

from datetime import timedelta

import pytest

from bot.domain.notices import FailureKind, NoticeKind, SendFailed
from bot.services.callsheet import ToRing, call_sheet
from tests.builders import CARE, DIRECTORY, MONDAY, OTHER_OFFICER, OTHER_WORKER, WORKER, referral
from tests.services.office import Office

P1 = referral("physical", "immediate_danger")


@pytest.fixture
def office() -> Office:
    office = Office()
    office.messenger.fail("*", *[SendFailed(FailureKind.CREDENTIAL_DEAD, "token_revoked")] * 500)
    return office


def listed(office: Office) -> dict[str, ToRing]:
    return {row.name: row for row in call_sheet(tools=office.tools)}


def test_everybody_whom_a_held_reminder_was_for_is_listed_with_their_number(office: Office) -> None:
    office.refer(P1)
    office.settle()
    found = listed(office)
    assert set(found) == {DIRECTORY.people[person].name for person in (WORKER, OTHER_WORKER, OTHER_OFFICER)}
    row = found["Nadia Elderflower"]
    assert row.phone == DIRECTORY.people[WORKER].phone
    assert row.says == "Northmere Children's Social Care: Acknowledgement"
    assert row.since_at == MONDAY
    assert "token_revoked" in row.why


def test_what_was_done_meanwhile_is_not_on_it(office: Office) -> None:
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.settle()
    office.clock.move(timedelta(minutes=1))
    office.acknowledge(case_id, OTHER_WORKER)
    assert not listed(office)


def test_nobody_is_on_it_while_messages_arrive() -> None:
    office = Office()
    office.refer(P1)
    office.settle()
    assert office.notices(NoticeKind.STEP)
    assert not listed(office)
