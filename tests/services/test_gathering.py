"""In a storm each person reads one message: every case in it, most urgent first, and nobody is told twice or not at all."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.commands import Referral
from bot.domain.grouping import MOST_CASES, cases_in
from bot.domain.ids import CaseId, PersonId
from bot.domain.letters import GroupLetter, StepLetter
from bot.domain.notices import FailureKind, Notice, NoticeKind, NoticeState, SendFailed
from bot.services import delivery, selfaudit
from bot.services.gathering import GROUP_EVERY
from bot.services.selfaudit import Known
from handlers.views.letters import draw
from handlers.views.limits import MESSAGE_BLOCKS
from tests.builders import CARE_CHANNEL, CARE_LEADER, CONTROL, MONDAY, WORKER, referral
from tests.services.office import Office, Sent

MINUTE, SECOND, HOUR = timedelta(minutes=1), timedelta(seconds=1), timedelta(hours=1)
P1 = referral("physical", "immediate_danger")
MEDIUM = referral()


@pytest.fixture
def office() -> Office:
    return Office()


def flood(office: Office, *given: Referral) -> list[CaseId]:
    """Cases that are all there before the engine looks again."""
    return [office.refer(each) for each in given]


def groups_to(office: Office, person: str) -> list[tuple[Sent, GroupLetter]]:
    letters = [(sent, sent.outgoing.letter) for sent in office.said_to(person)]
    return [(sent, letter) for sent, letter in letters if isinstance(letter, GroupLetter)]


def singles_to(office: Office, person: str) -> list[StepLetter]:
    letters = [sent.outgoing.letter for sent in office.said_to(person)]
    return [letter for letter in letters if isinstance(letter, StepLetter)]


def members(office: Office, person: PersonId, state: NoticeState | None = None) -> list[Notice]:
    return [n for n in office.notices(NoticeKind.STEP, state=state) if n.destination.id == person]


def references(letter: GroupLetter) -> list[str]:
    return [each.case.reference for each in letter.cases]


def test_more_than_five_reminders_waiting_for_one_person_are_one_message_with_every_case_in_it(office: Office) -> None:
    cases = flood(office, *[P1] * 6)
    office.settle()
    ((sent, letter),) = groups_to(office, WORKER)
    assert singles_to(office, WORKER) == []
    assert references(letter) == [office.case(case_id).reference for case_id in cases]
    assert draw(sent.outgoing).text == "6 cases need you, 6 of them most urgent."
    assert {member.state for member in members(office, WORKER)} == {NoticeState.SENT}


def test_five_are_five_messages(office: Office) -> None:
    flood(office, *[P1] * 5)
    office.settle()
    assert groups_to(office, WORKER) == []
    assert len(singles_to(office, WORKER)) == 5


def test_reminders_are_taken_in_by_the_transaction_that_decides_the_message_and_before_any_is_claimed(
    office: Office,
) -> None:
    flood(office, *[P1] * 7)
    office.tick()
    (group,) = [n for n in office.notices(NoticeKind.GROUP) if n.destination.id == WORKER]
    assert {member.state for member in members(office, WORKER)} == {NoticeState.TAKEN_IN}
    inside = {member.notice for case in cases_in(group.payload) for member in case.members}
    assert inside == {member.id for member in members(office, WORKER)}


def test_the_audit_of_each_case_says_to_whom_and_by_which_message(office: Office) -> None:
    cases = flood(office, *[P1] * 6)
    office.settle()
    ((sent, _),) = groups_to(office, WORKER)
    for case_id in cases:
        entries = [each.subject for each, _ in office.store.state.entries if each.chain == case_id]
        assert f"step to person {WORKER} as {sent.posted.ts} in one message of 6" in entries


def test_the_most_urgent_case_comes_first_whenever_it_was_referred(office: Office) -> None:
    flood(office, *[MEDIUM] * 5, P1)
    office.settle()
    ((sent, letter),) = groups_to(office, WORKER)
    assert letter.cases[0].case.grade == "Immediate danger"
    assert draw(sent.outgoing).text == "6 cases need you, 1 of them most urgent."


def test_what_was_done_before_the_message_goes_is_left_out_of_it(office: Office) -> None:
    cases = flood(office, *[P1] * 7)
    office.tick()
    office.acknowledge(cases[3], WORKER)
    office.settle()
    ((_, letter),) = groups_to(office, WORKER)
    assert office.case(cases[3]).reference not in references(letter)
    assert len(letter.cases) == 6
    (left,) = [m for m in members(office, WORKER) if m.case_id == cases[3]]
    assert left.state is NoticeState.SUPERSEDED


def test_a_message_of_which_everything_is_done_is_not_sent(office: Office) -> None:
    cases = flood(office, *[P1] * 6)
    office.tick()
    for case_id in cases:
        office.acknowledge(case_id, WORKER)
    office.settle()
    assert groups_to(office, WORKER) == []
    assert {member.state for member in members(office, WORKER)} == {NoticeState.SUPERSEDED}


def test_more_cases_than_one_message_holds_go_on_in_its_thread_and_none_is_dropped(office: Office) -> None:
    cases = flood(office, *[P1] * (MOST_CASES + 9))
    office.settle()
    ((first, lead),) = groups_to(office, WORKER)
    ((second, rest),) = groups_to(office, f"D-{WORKER}")
    assert [*references(lead), *references(rest)] == [office.case(case_id).reference for case_id in cases]
    assert (lead.behind, lead.follows, rest.follows) == (9, False, True)
    assert (first.thread, second.thread) == (None, first.posted.ts)
    drawn = draw(first.outgoing)
    assert drawn.text == f"{len(cases)} cases need you, {len(cases)} of them most urgent."
    assert "the other 9 follow in this thread, and are under /safeguarding mine" in str(drawn.blocks)
    assert len(drawn.blocks) <= MESSAGE_BLOCKS


def test_every_case_has_its_own_buttons_and_the_lock_screen_names_none(office: Office) -> None:
    cases = flood(office, *[P1] * 6)
    office.settle()
    ((sent, _),) = groups_to(office, WORKER)
    drawn = draw(sent.outgoing)
    rows = [block for block in drawn.blocks if block["type"] == "actions"]
    assert [row["block_id"].split(":")[1] for row in rows] == cases
    assert {tuple(each["action_id"] for each in row["elements"]) for row in rows} == {("acknowledge", "open_case")}
    assert "SG-" not in drawn.text


def test_a_reminder_that_comes_while_a_message_waits_joins_it(office: Office) -> None:
    flood(office, *[P1] * 6)
    office.settle()
    flood(office, *[P1] * 6)
    office.settle()
    assert len(groups_to(office, WORKER)) == 1, "the next one waits its time"
    late = office.refer(P1)
    office.settle()
    office.run_for(GROUP_EVERY)
    (_, second) = groups_to(office, WORKER)
    assert office.case(late).reference in references(second[1])
    assert len(second[1].cases) == 7
    assert singles_to(office, WORKER) == []


def test_a_storm_is_told_to_the_control_channel_once_and_ends_with_the_quiet(office: Office) -> None:
    flood(office, *[P1] * 11)
    office.settle()
    flood(office, *[P1] * 2)
    office.run_for(MINUTE)
    (line,) = [line for line in office.lines_to(CONTROL) if "within 10 minutes" in line]
    assert "more than 10 reminders" in line
    office.run_for(HOUR)
    flood(office, *[P1] * 11)
    office.run_for(MINUTE)
    assert len([line for line in office.lines_to(CONTROL) if "within 10 minutes" in line]) > 1


def test_in_a_storm_two_reminders_are_enough_for_one_message(office: Office) -> None:
    for given in [P1] * 11:
        office.refer(given)
        office.settle()
        office.clock.move(2 * SECOND)
    before = len(singles_to(office, WORKER))
    flood(office, P1, P1)
    office.run_for(GROUP_EVERY)
    assert len(singles_to(office, WORKER)) == before
    assert {len(letter.cases) for _, letter in groups_to(office, WORKER)} == {2}


def test_reminders_that_wait_for_the_morning_are_one_message_then(office: Office) -> None:
    flood(office, *[MEDIUM] * 7)
    office.settle()
    morning = MONDAY.replace(day=24, hour=7)
    office.run_to(morning - MINUTE)
    quiet = len(office.said_to(CARE_LEADER))
    office.run_to(morning + SECOND)
    fresh = [sent for sent in office.said_to(CARE_LEADER)[quiet:] if sent.at < morning + MINUTE]
    assert all(isinstance(sent.outgoing.letter, GroupLetter) for sent in fresh)


def test_nobody_told_by_a_grouped_message_hears_of_the_case_again_within_five_minutes(office: Office) -> None:
    flood(office, *[MEDIUM] * 6)
    office.settle()
    ((sent, _),) = groups_to(office, WORKER)
    office.run_for(6 * HOUR)
    later = [each.at for each in office.said_to(WORKER) if each.at > sent.at]
    assert later
    assert min(later) - sent.at >= 5 * MINUTE


def test_a_step_that_comes_behind_a_waiting_message_never_goes_before_it(office: Office) -> None:
    cases = flood(office, *[P1] * 6)
    office.messenger.fail(WORKER, *[SendFailed(FailureKind.REFUSED, "ratelimited", retry_after=30 * SECOND)] * 3)
    office.settle()
    office.escalate(cases[0])
    office.deliver()
    assert office.said_to(WORKER) == []
    office.run_for(3 * MINUTE)
    assert isinstance(office.said_to(WORKER)[0].outgoing.letter, GroupLetter)


def audit(office: Office, known: Known) -> Sequence[str]:
    for _ in range(2):
        found = selfaudit.audit_self(office.clock.now(), tools=office.tools, known=known)
    return [each.reference for each in found]


def test_self_audit_counts_the_members_of_a_message_that_did_not_go_as_untold_and_of_one_that_went_as_told(
    office: Office,
) -> None:
    known = Known(running_since=MONDAY)
    cases = flood(office, *[P1] * 6)
    office.messenger.fail(WORKER, *[SendFailed(FailureKind.REFUSED, "ratelimited")] * 500)
    office.run_for(2 * MINUTE + SECOND)
    assert set(audit(office, known)) == {office.case(case_id).reference for case_id in cases}
    office.messenger.failing.clear()
    office.run_for(2 * MINUTE)
    assert audit(office, known) == []


def test_a_message_that_may_have_arrived_is_looked_for_and_not_said_twice(office: Office) -> None:
    flood(office, *[P1] * 6)
    office.messenger.landing.add(WORKER)
    office.messenger.fail(WORKER, SendFailed(FailureKind.UNKNOWN, "timed_out"))
    office.settle()
    assert {member.state for member in members(office, WORKER)} == {NoticeState.TAKEN_IN}
    office.run_for(delivery.BLIND_AFTER)
    assert len(groups_to(office, WORKER)) == 1
    assert {member.state for member in members(office, WORKER)} == {NoticeState.SENT}


def test_a_message_whose_road_is_dead_goes_to_the_deputies_with_every_case(office: Office) -> None:
    cases = flood(office, *[P1] * 6)
    office.messenger.fail(WORKER, SendFailed(FailureKind.ROUTE_DEAD, "user_disabled"))
    office.run_for(SECOND)
    found = [letter for _, letter in groups_to(office, CARE_LEADER)]
    assert found
    assert {office.case(case_id).reference for case_id in cases} <= set(references(found[-1]))
    assert {member.state for member in members(office, WORKER)} == {NoticeState.UNDELIVERABLE}
    assert any(f"step to person {WORKER}: user_disabled" in subject for subject in office.audit("undeliverable"))


def test_a_team_channel_has_one_message_for_its_cases_and_a_card_for_each(office: Office) -> None:
    cases = flood(office, *[P1] * 7)
    office.settle()
    office.down_until(MONDAY + HOUR)
    office.run_for(MINUTE)
    assert {len(letter.cases) for _, letter in groups_to(office, CARE_CHANNEL)} == {7}
    shown = {letter.case.reference for letter in office.cards_in(CARE_CHANNEL)}
    assert shown == {office.case(case_id).reference for case_id in cases}


def test_a_damaged_case_is_named_by_its_record_and_the_others_are_said(office: Office) -> None:
    cases = flood(office, *[P1] * 7)
    office.tick()
    office.store.state.particulars.pop(cases[2])
    office.settle()
    ((sent, letter),) = groups_to(office, WORKER)
    assert (len(letter.cases), letter.unread) == (6, (cases[2],))
    drawn = draw(sent.outgoing)
    assert drawn.text.startswith("7 cases need you")
    assert f"case record {cases[2]}" in str(drawn.blocks)
