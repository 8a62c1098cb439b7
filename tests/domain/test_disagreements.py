"""A disagreement's clocks: one in each agency, none where the policy sets no limit, and no "now with" once they have ended."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.deadlines import Deadline, Ending, EndingKind, end
from bot.domain.disagreement_offers import differ_notes
from bot.domain.disagreements import KIND, Disagreement, owed_by_both
from bot.domain.ids import DisagreementId
from bot.domain.policy import Policy
from tests.builders import CARE, DIRECTORY, MONDAY, POLICE, POLICY, WORKER, a_case

RAISED = Disagreement(
    DisagreementId("d1"), a_case().id, CARE, POLICE, WORKER, MONDAY, next(iter(POLICY.listed["disagreement"]))
)


def clocks(policy: Policy = POLICY) -> list[Deadline]:
    return list(owed_by_both(RAISED, a_case(), policy, DIRECTORY, MONDAY))


def without(milestones: Mapping[str, object]) -> Policy:
    return replace(POLICY, milestones=milestones)  # type: ignore[arg-type]  # rows of the policy


def test_both_agencies_owe_it_and_neither_where_the_policy_has_no_row_or_no_limit() -> None:
    assert [clock.agency for clock in clocks()] == [CARE, POLICE]
    others = {code: row for code, row in POLICY.milestones.items() if code != KIND}
    assert clocks(without(others)) == []
    assert clocks(without(others | {KIND: replace(POLICY.milestones[KIND], clocks={})})) == []


def test_the_card_says_who_has_it_while_its_clock_runs() -> None:
    running = clocks()
    (said,) = differ_notes([RAISED], running, POLICY, DIRECTORY)
    assert ". Now with " in said
    ended = [end(clock, Ending(EndingKind.MET, MONDAY, WORKER)) for clock in running]
    (said,) = differ_notes([RAISED], ended, POLICY, DIRECTORY)
    assert "Now with" not in said
    assert "sees this differently from" in said
