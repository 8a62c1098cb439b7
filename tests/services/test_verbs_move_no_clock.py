"""Whatever people press under a card, no due instant and no step of what is owed moves later, and only acts end the silence."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.commands import Differ, Direct, HandOver, OnCase, RecordNumber, Share
from bot.domain.deadlines import Deadline
from bot.domain.ids import CaseId, DeadlineId
from bot.services.case_desk import CaseDesk, case_desk
from tests.builders import HEALTH, MONDAY, OFFICER, OTHER_WORKER, SERGEANT, WORKER, actor
from tests.services.office import Office

HOUR = timedelta(hours=1)
Press = Callable[[CaseDesk, CaseId], object]


NO_ACTS: dict[str, Press] = {
    "hand over": lambda desk, case: desk.hand_over(HandOver(case, OTHER_WORKER), actor(WORKER), "1"),
    "snooze": lambda desk, case: desk.snooze(OnCase(case), "call_back", actor(WORKER), "1"),
    "chase": lambda desk, case: desk.chase(OnCase(case), actor(WORKER), "1"),
    "cannot help": lambda desk, case: desk.cannot_help(OnCase(case), "conflict", actor(WORKER), "1"),
    "number": lambda desk, case: desk.give_number(RecordNumber(case, "LA 9001"), actor(WORKER), "1"),
}
ACTS: dict[str, Press] = {
    "read as": lambda desk, case: desk.read_as(OnCase(case), "information_only", actor(WORKER), "1"),
    "direct": lambda desk, case: desk.direct(
        Direct(case, OFFICER, MONDAY + 5 * HOUR, listed="ring"), actor(SERGEANT), "1"
    ),
    "tell the referrer": lambda desk, case: desk.tell_referrer(OnCase(case), "enquiry", actor(WORKER), "1"),
    "see it differently": lambda desk, case: desk.differ(Differ(case, "grade"), actor(WORKER), "1"),
    "share": lambda desk, case: desk.share(
        Share(case, HEALTH, shares=True, reason="They see the child each week."), actor(OFFICER), "1"
    ),
}


def instants(office: Office, case_id: CaseId) -> dict[DeadlineId, Deadline]:
    return {each.id: each for each in office.deadlines(case_id) if each.is_open}


@pytest.mark.parametrize("name", [*NO_ACTS, *ACTS])
def test_no_press_moves_a_due_instant_or_a_step_later(name: str) -> None:
    office = Office()
    case_id = office.refer()
    office.run_for(HOUR)
    before = instants(office, case_id)
    {**NO_ACTS, **ACTS}[name](case_desk(office.tools), case_id)
    after = {each.id: each for each in office.deadlines(case_id)}
    for deadline_id, old in before.items():
        new = after[deadline_id]
        assert new.due_at <= old.due_at, old.kind
        if new.is_open:
            assert new.next_at == old.next_at, old.kind


@pytest.mark.parametrize("name", NO_ACTS)
def test_what_is_no_act_does_not_end_the_silence(name: str) -> None:
    office = Office()
    case_id = office.refer()
    stall, acted_at = office.deadline(case_id, "stall"), office.case(case_id).last_act_at
    office.run_for(HOUR)
    NO_ACTS[name](case_desk(office.tools), case_id)
    assert office.deadline(case_id, "stall").id == stall.id
    assert office.case(case_id).last_act_at == acted_at


@pytest.mark.parametrize("name", ACTS)
def test_what_is_an_act_starts_the_alarm_for_silence_again(name: str) -> None:
    office = Office()
    case_id = office.refer()
    stall = office.deadline(case_id, "stall")
    office.run_for(HOUR)
    ACTS[name](case_desk(office.tools), case_id)
    assert office.case(case_id).last_act_at == office.clock.now()
    fresh = office.deadline(case_id, "stall")
    assert (fresh.id != stall.id, fresh.trigger_at) == (True, office.clock.now())


@pytest.mark.parametrize("name", [*NO_ACTS, *ACTS])
def test_the_same_press_delivered_twice_is_done_once(name: str) -> None:
    office = Office()
    case_id = office.refer()
    press, desk = {**NO_ACTS, **ACTS}[name], case_desk(office.tools)
    first = press(desk, case_id)
    kept = office.store.state
    assert press(desk, case_id) == first
    assert office.store.state.entries == kept.entries
    assert office.store.state.notices.keys() == kept.notices.keys()
