"""What agencies see differently: a clock in both, a level in both at each stage, and an end that both have recorded."""

from datetime import datetime, timedelta

import pytest

from bot.domain.authorisation import Grave
from bot.domain.commands import AskPartner, Differ, Propose, Share
from bot.domain.deadlines import Deadline
from bot.domain.disagreements import Disagreement
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import AgencyId, CaseId, PersonId
from bot.services import decisions, disagreements, requests, sharing
from bot.services.grave import RULES
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_EXECUTIVE,
    CARE_HEAD,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    HEALTH,
    INSPECTOR,
    MONDAY,
    NURSE,
    OFFICER,
    OTHER_WORKER,
    POLICE,
    SERGEANT,
    SUPERINTENDENT,
    WORKER,
    actor,
    referral,
)
from tests.services.office import Office

DAY = timedelta(days=1)
SIX_PM = timedelta(hours=7)
"""From ten in the morning to the end of a working day."""
LEVELS = (
    (MONDAY + 2 * DAY + SIX_PM, {SERGEANT, CARE_LEADER}),
    (MONDAY + 9 * DAY + SIX_PM, {INSPECTOR, CARE_LEAD}),
    (MONDAY + 11 * DAY + SIX_PM, {SUPERINTENDENT, CARE_HEAD}),
    (MONDAY + 15 * DAY + SIX_PM, {CHIEF, CARE_EXECUTIVE}),
)
"""A medium case raised on Monday at ten: two working days, five, two and two, and whom each level means in both agencies."""


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def case_id(office: Office) -> CaseId:
    return office.refer()


def differ(
    office: Office,
    case_id: CaseId,
    by: PersonId = WORKER,
    about: str = "grade",
    agency: AgencyId | None = None,
    *,
    risk: bool = False,
) -> str:
    command = Differ(case_id, about, agency, "A CANARY reason.", at_once=risk)
    return disagreements.differ(command, actor(by), next(office.keys), tools=office.tools).text


def settle(office: Office, outcome: str, by: PersonId) -> str:
    return disagreements.settle(only(office).id, outcome, actor(by), next(office.keys), tools=office.tools).text


def take_up(office: Office, stage: int, by: PersonId) -> str:
    return disagreements.take_up(only(office).id, stage, actor(by), next(office.keys), tools=office.tools).text


def only(office: Office) -> Disagreement:
    (found,) = office.store.state.disagreements.values()
    return found


def clocks(office: Office) -> dict[AgencyId, Deadline]:
    return {d.agency: d for d in office.store.state.deadlines.values() if d.kind == "disagreement"}


def told_of_it(office: Office, since: datetime) -> set[str]:
    """Who was sent a step of a disagreement at this instant or after."""
    found = set()
    for sent in office.messenger.sent:
        items = getattr(sent.outgoing.letter, "items", ())
        if sent.at >= since and sent.thread is None and any(item.title == "Disagreement settled" for item in items):
            found.add(sent.to)
    return found


def test_both_agencies_owe_settling_it_and_the_practitioners_of_both_are_told_and_nobody_above(
    office: Office, case_id: CaseId
) -> None:
    office.acknowledge(case_id, OTHER_WORKER)
    said = differ(office, case_id)
    assert "Northmere Children's Social Care and Northmere Police see it differently" in said
    assert {d.due_at for d in clocks(office).values()} == {MONDAY + 2 * DAY + SIX_PM}
    assert set(clocks(office)) == {POLICE, CARE}
    office.settle()
    told = {n.destination.id for n in office.store.state.notices.values() if n.key.startswith("disagreement:")}
    assert OTHER_WORKER in told
    assert not told & {SERGEANT, CARE_LEADER, INSPECTOR, CARE_LEAD}
    card = office.cards_in(CARE_CHANNEL)[-1].case
    assert any("sees this differently from Northmere Police" in note for note in card.notes)
    assert any(
        "Now with the two practitioners, until Wednesday 25 November 2026 at 5:00pm" in note for note in card.notes
    )
    assert not any("CANARY" in str(sent) for sent in office.messenger.sent)


def test_when_nobody_settles_it_each_level_of_both_agencies_is_told_at_the_end_of_the_one_below(
    office: Office, case_id: CaseId
) -> None:
    differ(office, case_id)
    office.only(case_id, "disagreement")
    for at, people in LEVELS:
        office.run_to(at - timedelta(seconds=1))
        assert not told_of_it(office, MONDAY) & people
        office.run_to(at + timedelta(minutes=1))
        assert people <= told_of_it(office, at)
    office.run_for(2 * DAY)
    assert {CHIEF, CARE_EXECUTIVE} <= told_of_it(office, office.clock.now() - DAY)


def test_an_urgent_case_runs_on_half_the_times(office: Office) -> None:
    case_id = office.refer(referral("physical", "red"))
    differ(office, case_id)
    steps = clocks(office)[CARE].plan.steps
    assert [step.at for step in steps if step.number > 0] == [
        MONDAY + DAY + SIX_PM,
        MONDAY + 4 * DAY + timedelta(hours=3),
        MONDAY + 7 * DAY + SIX_PM,
        MONDAY + 7 * DAY + SIX_PM + timedelta(hours=2),
    ]


def test_taken_up_by_hand_the_next_level_is_told_now_and_the_later_ones_are_counted_from_now(
    office: Office, case_id: CaseId
) -> None:
    differ(office, case_id)
    office.only(case_id, "disagreement")
    said = take_up(office, 1, WORKER)
    assert "Callum Thistlewood" in said
    assert "Harriet Willowmarsh" in said
    after = [step.at for step in clocks(office)[POLICE].plan.steps if step.number > 1]
    assert after == [MONDAY + 7 * DAY + SIX_PM, MONDAY + 9 * DAY + SIX_PM, MONDAY + 11 * DAY + SIX_PM]
    assert "it is with their line managers already" in take_up(office, 1, OFFICER)
    office.run_to(after[0] + timedelta(minutes=1))
    assert {INSPECTOR, CARE_LEAD} <= told_of_it(office, after[0])


def test_an_immediate_risk_goes_to_the_last_stage_at_once(office: Office, case_id: CaseId) -> None:
    said = differ(office, case_id, risk=True)
    assert "as an immediate risk" in said
    office.settle()
    assert {SUPERINTENDENT, CARE_HEAD} <= told_of_it(office, MONDAY)
    assert not told_of_it(office, MONDAY) & {SERGEANT, CARE_LEADER, CHIEF}


def test_it_ends_only_once_both_agencies_have_recorded_the_same_and_then_its_clocks_stop(
    office: Office, case_id: CaseId
) -> None:
    differ(office, case_id)
    office.settle()
    assert "ends once Northmere Police says the same" in settle(office, "changed", WORKER)
    assert all(clock.is_open for clock in clocks(office).values())
    settle(office, "kept", OFFICER)
    assert only(office).waits
    said = settle(office, "changed", OFFICER)
    assert (
        "Changed: it goes on as the agency that raised it asked, recorded by Nadia Elderflower and Priya Fernsby"
        in said
    )
    assert not only(office).waits
    assert not any(clock.is_open for clock in clocks(office).values())
    assert "disagreement" not in office.case(case_id).flags
    (ended,) = office.audit("disagreement_ended")
    assert ended == f"{only(office).id} {WORKER} changed {OFFICER} changed"
    assert "have settled it" in settle(office, "kept", OFFICER)
    office.run_for(30 * DAY)
    assert not told_of_it(office, MONDAY + 2 * DAY)


def test_whoever_was_told_at_a_level_hears_that_it_is_settled(office: Office, case_id: CaseId) -> None:
    differ(office, case_id)
    office.run_to(LEVELS[0][0] + timedelta(hours=16))
    settle(office, "other", CARE_LEADER)
    settle(office, "other", SERGEANT)
    office.settle()
    for person in (SERGEANT, CARE_LEADER, OFFICER, WORKER):
        if person != SERGEANT:  # whoever recorded it last was answered
            assert any("settled between" in line for line in office.lines_to(person)), person


def test_only_the_agency_that_raised_it_withdraws_it_and_only_the_two_answer_it(
    office: Office, case_id: CaseId
) -> None:
    share = Share(case_id, HEALTH, shares=True, reason="They see the child each week.")
    sharing.share(share, actor(OFFICER), "share", tools=office.tools)
    differ(office, case_id)
    with pytest.raises(Refusal, match="raised it, and withdraws it"):
        settle(office, "withdrawn", OFFICER)
    with pytest.raises(Refusal, match="Only their own people can answer it"):
        settle(office, "kept", NURSE)
    assert "Withdrawn, recorded by Nadia Elderflower" in settle(office, "withdrawn", OTHER_WORKER).replace(
        "Owen Saltmarsh", "Nadia Elderflower"
    )
    assert not any(clock.is_open for clock in clocks(office).values())


def test_two_partners_can_differ_and_the_levels_are_theirs_and_not_the_forces(office: Office, case_id: CaseId) -> None:
    share = Share(case_id, HEALTH, shares=True, reason="They see the child each week.")
    sharing.share(share, actor(OFFICER), "share", tools=office.tools)
    assert "Northmere Health and Northmere Children's Social Care" in differ(office, case_id, NURSE, agency=CARE)
    office.only(case_id, "disagreement")
    assert set(clocks(office)) == {HEALTH, CARE}
    office.run_to(LEVELS[0][0] + timedelta(minutes=1))
    assert CARE_LEADER in told_of_it(office, LEVELS[0][0])
    assert SERGEANT not in told_of_it(office, LEVELS[0][0])


def test_the_same_two_agencies_have_one_open_disagreement_and_may_have_another_once_it_is_settled(
    office: Office, case_id: CaseId
) -> None:
    differ(office, case_id)
    assert "is on the record, and is not settled yet" in differ(office, case_id, OFFICER, "outcome")
    settle(office, "withdrawn", WORKER)
    office.clock.move(timedelta(hours=1))
    differ(office, case_id, OFFICER, "outcome")
    assert len(office.store.state.disagreements) == 2
    assert office.case(case_id).flags == {"disagreement"}


def test_what_is_wrong_is_said_under_its_field(office: Office, case_id: CaseId) -> None:
    with pytest.raises(FormRefusal, match="Select what you see differently"):
        differ(office, case_id, about="everything")
    with pytest.raises(FormRefusal, match="Select another agency"):
        differ(office, case_id, agency=CARE)
    with pytest.raises(FormRefusal, match="Select another agency"):
        differ(office, case_id, agency=HEALTH)
    alone = office.refer(agencies=(), left_out_reason="They were told by their own worker this morning.")
    with pytest.raises(Refusal, match="No other agency is on this case yet"):
        differ(office, alone, OFFICER)
    assert office.store.state.disagreements == {}


def test_a_case_does_not_close_while_it_is_open_and_does_not_merge_while_an_agency_owes_an_answer(
    office: Office, case_id: CaseId
) -> None:
    for code in ("referrer_told", "child_seen", "record_system_ref", "school_told"):
        office.act(case_id, code)
    differ(office, case_id)
    close = Propose(case_id, Grave.CLOSE, "The child was seen today and is safe with an aunt.")
    with pytest.raises(Refusal, match="every disagreement with a partner is settled"):
        decisions.propose(close, actor(OFFICER), "1", tools=office.tools)
    later = office.refer()
    merge = Propose(case_id, Grave.MERGE, "The same child, referred twice today.", office.case(later).reference)
    with pytest.raises(Refusal, match="an agency still owes an answer on it"):
        decisions.propose(merge, actor(OFFICER), "2", tools=office.tools)
    settle(office, "kept", WORKER)
    settle(office, "kept", OFFICER)
    decisions.propose(close, actor(OFFICER), "3", tools=office.tools)
    asked = AskPartner(later, CARE, "held", "section_47")
    requests.ask(asked, actor(OFFICER), "4", tools=office.tools)
    with pytest.raises(Refusal, match="an agency still owes an answer on it"):
        decisions.propose(merge, actor(OFFICER), "5", tools=office.tools)
    assert Grave.MERGE in RULES
