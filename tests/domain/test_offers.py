"""What a card's selects offer: what is owed first, forms last, nothing grave on a merged case, and a code for everything."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.authorisation import Grave
from bot.domain.cases import CaseStatus
from bot.domain.deadlines import Ending, EndingKind, end
from bot.domain.decisions import Decision
from bot.domain.handovers import Handover, HandoverState
from bot.domain.holds import Hold, HoldKind
from bot.domain.ids import DecisionId, HandoverId
from bot.domain.offers import Group, act_groups, more_groups, proposal_groups
from bot.domain.pending import Pending, pending_notes
from bot.domain.policy import Band
from tests.builders import CARE, DIRECTORY, MONDAY, OTHER_WORKER, POLICY, WORKER, a_case, a_deadline

SOONER = a_deadline(kind="strategy_discussion")
LATER = replace(a_deadline(kind="referrer_told"), due_at=SOONER.due_at + timedelta(hours=1))
QUIET = a_deadline(kind="referrer_asked")
ACTION = a_deadline(kind="first_action")


def titles(groups: tuple[Group, ...]) -> list[str]:
    return [group.title for group in groups]


def codes(groups: tuple[Group, ...], place: int = 0) -> list[str]:
    return [choice.code for choice in groups[place].choices]


def test_what_ends_something_owed_comes_first_and_the_soonest_due_at_the_top() -> None:
    groups = act_groups(a_case(), [LATER, SOONER], POLICY)
    assert titles(groups)[0] == "Still owed, the soonest first"
    first = codes(groups)
    assert first.index("strategy_held") < first.index("referrer_told")
    done = replace(SOONER, ending=Ending(EndingKind.MET, MONDAY, WORKER))
    assert "strategy_held" not in codes(act_groups(a_case(), [LATER, done], POLICY))


def test_what_pings_nobody_stands_apart_after_what_does() -> None:
    groups = act_groups(a_case(), [SOONER, replace(QUIET, plan=replace(QUIET.plan, steps=()))], POLICY)
    assert titles(groups)[-1] == "Further milestones, shown and not pinged"
    assert "referrer_heard" in codes(groups, -1)
    assert "referrer_heard" not in codes(groups)


def test_the_heading_of_protective_actions_says_while_one_is_owed() -> None:
    assert "Protective actions: one is owed" in titles(act_groups(a_case(), [ACTION], POLICY))
    met = end(ACTION, Ending(EndingKind.MET, MONDAY, WORKER))
    assert "Protective actions" in titles(act_groups(a_case(), [met], POLICY))


def test_every_act_is_offered_once_and_no_other() -> None:
    case = a_case(Band.P2)
    groups = act_groups(case, [SOONER, LATER, ACTION], POLICY)
    offered = [choice.code for group in groups for choice in group.choices]
    assert sorted(offered) == sorted(act.code for act in POLICY.acts_for(case.concern, case.known_flags))
    assert len(offered) <= 100, "Slack takes no more in one select"


def test_an_open_case_can_be_put_forward_to_be_closed_a_closed_one_to_be_opened_and_a_merged_one_to_nothing() -> None:
    case = a_case()
    offered = {choice.code for group in proposal_groups(case, POLICY) for choice in group.choices}
    assert {"propose:close:done", "propose:no_further_action:no_risk", "propose:close", "propose:merge"} <= offered
    closed = replace(case, status=CaseStatus.CLOSED)
    assert codes(proposal_groups(closed, POLICY)) == ["propose:reopen"]
    assert proposal_groups(replace(case, status=CaseStatus.MERGED), POLICY) == ()
    assert more_groups(closed, [], POLICY, [], DIRECTORY) == ()


def test_a_hand_over_that_waits_can_be_answered_from_the_card_and_one_that_has_ended_cannot() -> None:
    offer = Handover(HandoverId("h1"), a_case().id, CARE, (OTHER_WORKER,), WORKER, MONDAY)
    groups = more_groups(a_case(), [], POLICY, [offer], DIRECTORY)
    assert titles(groups)[0] == "Waiting for an answer"
    assert codes(groups) == ["accept:h1", "decline:h1", "withdraw:h1"]
    ended = offer.ended(HandoverState.ACCEPTED, OTHER_WORKER, MONDAY + timedelta(minutes=1))
    assert titles(more_groups(a_case(), [], POLICY, [ended], DIRECTORY))[0] == "Your own reminders"


def test_a_closed_case_shows_nothing_that_waits_but_the_wish_to_open_it_again() -> None:
    case = a_case()
    offer = Handover(HandoverId("h1"), case.id, CARE, (OTHER_WORKER,), WORKER, MONDAY)
    chase = Hold(case.id, WORKER, HoldKind.CHASE, MONDAY, MONDAY + timedelta(hours=2))
    waiting = [
        Decision(DecisionId(act), case.id, act, "", "A reason that is long enough.", WORKER, MONDAY)
        for act in (Grave.LOWER_GRADE, Grave.REOPEN)
    ]
    pending = Pending(tuple(waiting), (offer,), (chase,))
    assert len(list(pending_notes(pending, case, POLICY.snoozes, DIRECTORY, MONDAY))) == 4
    closed = replace(case, status=CaseStatus.CLOSED)
    assert list(pending_notes(pending, closed, POLICY.snoozes, DIRECTORY, MONDAY)) == [
        "Waits for a second person: open the case again (put forward by Nadia Elderflower)"
    ]


def test_what_partners_need_stands_there_without_a_form() -> None:
    groups = more_groups(a_case(), [], POLICY, [], DIRECTORY)
    offered = {choice.code for group in groups for choice in group.choices if not choice.label.endswith("…")}
    assert {"chase", "hand_over", "snooze:call_back", "cannot_help:conflict", "snooze:visit"} <= offered
    assert {f"read_as:{code}" for code in POLICY.asks} <= offered


def test_an_act_whose_reasons_the_policy_does_not_list_is_offered_in_ones_own_words_alone() -> None:
    bare = proposal_groups(a_case(), replace(POLICY, listed={}))
    assert "propose:close" in codes(bare)
    assert not [code for code in codes(bare) if code.startswith("propose:close:")]
