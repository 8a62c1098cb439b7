"""Restricted cases exist for a named list; breaking the glass is told at once; owners and leads see who has looked."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.authorisation import Grave
from bot.domain.briefs import AskBrief, BriefBy
from bot.domain.cases import Child, ChildReference
from bot.domain.commands import Direct, HandOver, Listing, OnCase, Restrict
from bot.domain.errors import FormRefusal, NotFound, Refusal
from bot.domain.ids import CaseId, PersonId
from bot.domain.letters import CardLetter, DigestLetter, RestrictedLetter, StepLetter
from bot.domain.notices import FailureKind, SendFailed
from bot.domain.risk import Answer
from bot.services import (
    briefs,
    directions,
    handovers,
    lookups,
    overview,
    proposing,
    records,
    restricting,
)
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    CONTROL,
    DIRECTORY,
    GOVERNANCE,
    INSPECTOR,
    NURSE,
    OFFICER,
    OTHER_OFFICER,
    OTHER_WORKER,
    RESPONSE_CHANNEL,
    SERGEANT,
    WORKER,
    HandRules,
    actor,
    away,
    referral,
)
from tests.services.office import Office

WHY = "A canary reason: it is about a colleague."
EMPLOYEE = "subject_is_employee"
HOUR = timedelta(hours=1)


def restrict(office: Office, case_id: CaseId, *, by: PersonId = CARE_LEAD, about: PersonId | None = None) -> str:
    command = Restrict(case_id, WHY, about)
    return restricting.restrict(command, actor(by), next(office.keys), tools=office.tools).text


def name(office: Office, case_id: CaseId, person: PersonId, *, by: PersonId = CARE_LEAD, reason: str = WHY) -> str:
    return restricting.name(Listing(case_id, person, reason), actor(by), next(office.keys), tools=office.tools).text


def take_off(office: Office, case_id: CaseId, person: PersonId, *, by: PersonId = CARE_LEAD) -> str:
    return restricting.take_off(Listing(case_id, person, WHY), actor(by), next(office.keys), tools=office.tools).text


def break_glass(office: Office, case_id: CaseId, by: PersonId, reason: str = WHY) -> str:
    return restricting.break_glass(OnCase(case_id), reason, actor(by), next(office.keys), tools=office.tools).text


def restricted(office: Office, **values: PersonId) -> CaseId:
    """A case whose first messages have gone, then restricted; its word has gone too."""
    case_id = office.refer(referral(address="1 Synthetic Road"))
    office.settle()
    restrict(office, case_id, **values)
    office.settle()
    return case_id


def told(office: Office, since: int) -> set[str]:
    """Everybody and every channel that has been sent a message about a case; a card drawn anew in its place is none."""
    fresh = office.messenger.sent[since:]
    return {sent.to for sent in fresh if not sent.redrawn and not isinstance(sent.outgoing.letter, DigestLetter)}


def test_a_lead_restricts_a_case_to_its_owners_its_referrer_and_the_leads() -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, WORKER)
    said = restrict(office, case_id)
    assert said.startswith("SG-26-00001 is restricted from now. It exists for these people alone: ")
    assert set(office.case(case_id).restricted_to or ()) == {WORKER, OFFICER, INSPECTOR, CARE_LEAD}
    assert restrict(office, case_id).endswith("restricted already. Open it to see who is on its list.")


def test_its_cards_become_closed_cards_and_each_on_the_list_has_the_card_in_a_message() -> None:
    office = Office()
    case_id = office.refer()
    office.settle()
    first = len(office.messenger.sent)
    restrict(office, case_id)
    office.settle()
    fresh = office.messenger.sent[first:]
    closed = [sent for sent in fresh if sent.to in {CARE_CHANNEL, RESPONSE_CHANNEL}]
    assert all(sent.redrawn and isinstance(sent.outgoing.letter, RestrictedLetter) for sent in closed)
    assert len(closed) == 2
    words = closed[0].outgoing.letter
    assert isinstance(words, RestrictedLetter)
    assert words.text == "SG-26-00001 is restricted to a named list. Ask Imani Oakhollow or Chidi Lavenham."
    listed = [sent.to for sent in fresh if isinstance(sent.outgoing.letter, CardLetter)]
    assert set(listed) == {OFFICER, INSPECTOR, CARE_LEAD}


def test_a_channel_that_never_had_its_card_gets_none() -> None:
    office = Office()
    case_id = office.refer()
    restrict(office, case_id)
    office.settle()
    assert CARE_CHANNEL not in office.reached()
    assert RESPONSE_CHANNEL not in office.reached()


def test_no_channel_and_nobody_off_its_list_hears_of_it_until_the_ladder_has_repeated() -> None:
    office = Office()
    case_id = restricted(office)
    first = len(office.messenger.sent)
    office.run_to(office.deadline(case_id).plan.last.at + 4 * HOUR)
    assert told(office, first) <= {INSPECTOR, CARE_LEAD, OFFICER}
    assert {INSPECTOR, CARE_LEAD} <= told(office, first)


def test_a_message_that_waited_when_it_was_restricted_goes_to_nobody_off_its_list() -> None:
    office = Office()
    case_id = office.refer()
    restrict(office, case_id)
    office.settle()
    assert office.reached() <= {OFFICER, INSPECTOR, CARE_LEAD}


@pytest.mark.parametrize("person", [WORKER, OTHER_OFFICER, SERGEANT, CHIEF, NURSE, GOVERNANCE])
def test_it_is_in_no_list_search_or_home_of_anybody_off_its_list(person: PersonId) -> None:
    office = Office()
    case_id = restricted(office)
    who, tools = actor(person), office.tools
    with pytest.raises(NotFound, match="There is no such case"):
        lookups.own_case(office.case(case_id).reference, who, tools=tools)
    assert lookups.search("SG-26-00001", who, tools=tools) == []
    assert lookups.search("00001", who, tools=tools) == []
    found = lookups.choices(who, tools=tools)
    assert [*found.last, *found.held] == []
    page = overview.overview(who, tools=tools)
    assert [*page.late, *page.waiting, *(page.team.rows if page.team else ())] == []
    assert page.force is None or page.force.oldest_silent is None
    with pytest.raises(Refusal, match="There is no such case"):
        records.open_case(case_id, who, tools=tools)
    with pytest.raises(Refusal, match="There is no such case"):
        office.act(case_id, "child_seen", person)


def test_whoever_is_on_its_list_works_it() -> None:
    office = Office()
    case_id = restricted(office)
    assert "acknowledged" in office.acknowledge(case_id, CARE_LEAD).lower()
    detail = records.open_case(case_id, actor(CARE_LEAD), tools=office.tools)
    assert any(note.startswith("Restricted: it exists for these people alone: ") for note in detail.case.notes)


@pytest.mark.parametrize("by", [WORKER, CARE_LEADER, SERGEANT, GOVERNANCE, NURSE])
def test_only_leads_of_its_agencies_restrict_a_case(by: PersonId) -> None:
    office = Office()
    with pytest.raises(Refusal):
        restrict(office, office.refer(), by=by)


def test_a_subject_is_left_out_at_once_and_the_ladder_that_holds_them_never_reaches_them() -> None:
    office = Office()
    case_id = restricted(office, about=INSPECTOR)
    assert INSPECTOR not in (office.case(case_id).restricted_to or ())
    first = len(office.messenger.sent)
    office.run_to(office.deadline(case_id).plan.last.at + 4 * HOUR)
    assert INSPECTOR not in told(office, first)
    with pytest.raises(Refusal, match="There is no such case"):
        break_glass(office, case_id, INSPECTOR)


def test_whom_it_is_about_does_not_restrict_it_or_come_onto_its_list() -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(FormRefusal):
        restrict(office, case_id, by=CARE_LEAD, about=CARE_LEAD)
    restrict(office, case_id, about=WORKER)
    with pytest.raises(FormRefusal, match="left out"):
        name(office, case_id, WORKER)


def test_naming_somebody_gives_them_the_card_and_is_on_the_audit_with_a_sealed_reason() -> None:
    office = Office()
    case_id = restricted(office)
    assert name(office, case_id, WORKER) == "Nadia Elderflower is on the list of SG-26-00001 from now and has its card."
    office.settle()
    assert isinstance(office.said_to(WORKER)[-1].outgoing.letter, CardLetter)
    office.acknowledge(case_id, WORKER)
    assert office.audit("named_on_list")[-1] == WORKER
    assert "canary" not in f"{office.audit()}{office.notices()}"
    with pytest.raises(FormRefusal, match="characters or more"):
        name(office, case_id, OTHER_WORKER, reason="short")


def test_taken_off_its_list_somebody_owns_it_no_more_and_the_last_one_stays() -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, WORKER)
    restrict(office, case_id)
    assert take_off(office, case_id, WORKER) == "Nadia Elderflower is off the list of SG-26-00001 from now."
    party = office.case(case_id).party(CARE)
    assert party is not None
    assert party.owner is None
    with pytest.raises(Refusal, match="There is no such case"):
        office.act(case_id, "child_seen", WORKER)
    for person in (OFFICER, INSPECTOR):
        take_off(office, case_id, person)
    with pytest.raises(FormRefusal, match="the last on the list"):
        take_off(office, case_id, CARE_LEAD)


def test_lifted_it_is_a_case_like_any_other_and_its_cards_come_back() -> None:
    office = Office()
    case_id = restricted(office)
    said = restricting.lift(OnCase(case_id), WHY, actor(CARE_LEAD), "lift", tools=office.tools).text
    assert said == "SG-26-00001 is not restricted any more: everybody of the agencies on it sees it again."
    office.settle()
    assert isinstance(office.said_to(CARE_CHANNEL)[-1].outgoing.letter, CardLetter)
    office.acknowledge(case_id, WORKER)


@pytest.mark.parametrize("act", [handovers.offer, directions.direct])
def test_nobody_off_its_list_is_handed_it_or_directed_on_it(act: Callable[..., object]) -> None:
    office = Office()
    case_id = restricted(office)
    until = office.clock.now() + HOUR
    command = HandOver(case_id, WORKER) if act is handovers.offer else Direct(case_id, WORKER, until, "Ring them.")
    with pytest.raises(Refusal, match="name them on its list first"):
        act(command, actor(CARE_LEAD), "key", tools=office.tools)


# ---- by a floor of the policy


def test_a_fact_answered_yes_restricts_the_case_and_whoever_referred_it_goes_on_answering() -> None:
    office = Office()
    case_id = office.refer(referral("neglect", "green"))
    office.settle()
    office.answer(case_id, EMPLOYEE, Answer.YES)
    office.settle()
    assert set(office.case(case_id).restricted_to or ()) == {OFFICER, INSPECTOR, CARE_LEAD}
    assert isinstance(office.said_to(CARE_CHANNEL)[-1].outgoing.letter, RestrictedLetter)
    office.answer(case_id, "open_plan", Answer.NO)


def test_dont_know_raises_the_risk_and_closes_the_case_to_nobody_until_it_is_known() -> None:
    office = Office()
    case_id = office.refer(referral("neglect", "green"))
    office.answer(case_id, EMPLOYEE, Answer.UNKNOWN)
    assert EMPLOYEE in office.case(case_id).floors
    assert not office.case(case_id).restricted
    office.answer(case_id, EMPLOYEE, Answer.YES)
    assert office.case(case_id).restricted


def test_once_lifted_the_same_fact_does_not_restrict_it_again() -> None:
    office = Office()
    case_id = office.refer(referral("neglect", "green"))
    office.answer(case_id, EMPLOYEE, Answer.YES)
    restricting.lift(OnCase(case_id), WHY, actor(CARE_LEAD), "lift", tools=office.tools)
    office.answer(case_id, "open_plan", Answer.YES)
    assert not office.case(case_id).restricted


# ---- when the list is away


def test_when_the_whole_list_is_away_chief_officers_and_the_designated_officer_hear_by_message_alone() -> None:
    office = Office()
    case_id = restricted(office)
    (designated,) = (person.id for person in DIRECTORY.people.values() if person.designated)
    office.rules.directory = away(DIRECTORY, INSPECTOR, CARE_LEAD, OFFICER)
    first = len(office.messenger.sent)
    office.run_to(office.deadline(case_id).due_at + HOUR)
    assert told(office, first) == {CHIEF, designated}
    letter = office.said_to(CHIEF)[-1].outgoing.letter
    assert isinstance(letter, RestrictedLetter)
    assert letter.text.startswith("SG-26-00001 is restricted, and nobody on its list can be reached")
    assert "open it with a reason" in letter.text
    assert not letter.listed


def test_a_cover_who_is_not_on_the_list_does_not_stand_in() -> None:
    office = Office(rules=HandRules(directory=away(DIRECTORY, INSPECTOR)))
    case_id = restricted(office)
    first = len(office.messenger.sent)
    office.run_to(office.deadline(case_id).due_at + HOUR)
    assert told(office, first) <= {CARE_LEAD, OFFICER}


def test_where_a_message_to_the_list_cannot_be_delivered_nobody_off_it_gets_it_instead() -> None:
    office = Office()
    case_id = restricted(office)
    dead = [SendFailed(FailureKind.ROUTE_DEAD, "account_inactive") for _ in range(99)]
    for person in (CARE_LEAD, INSPECTOR):
        office.messenger.fail(person, *dead)
    first = len(office.messenger.sent)
    office.run_to(office.deadline(case_id).due_at + HOUR)
    steps = [sent.to for sent in office.messenger.sent[first:] if isinstance(sent.outgoing.letter, StepLetter)]
    assert set(steps) <= {OFFICER}
    assert all("SG-26-00001" not in line for line in office.lines_to(CONTROL))


# ---- breaking the glass


def test_somebody_senior_breaks_the_glass_for_a_reason_and_the_leads_hear_at_once() -> None:
    office = Office()
    case_id = restricted(office)
    first = len(office.messenger.sent)
    said = break_glass(office, case_id, CHIEF)
    assert said.endswith("Told of it: Imani Oakhollow, Chidi Lavenham.")
    office.settle()
    told = {sent.to: sent.outgoing.letter for sent in office.messenger.sent[first:]}
    for lead in (INSPECTOR, CARE_LEAD):
        letter = told[lead]
        assert isinstance(letter, RestrictedLetter)
        assert "Marguerite Stormvale has opened it with a reason" in letter.text
    assert isinstance(told[CHIEF], CardLetter)
    assert office.audit("glass_broken") == [CHIEF]
    assert "canary" not in f"{office.audit()}{office.notices()}{told}"
    detail = records.open_case(case_id, actor(CHIEF), tools=office.tools)
    assert [act.note for act in detail.acts if act.code == "broke_glass"] == [WHY]


def test_the_reason_for_breaking_the_glass_must_say_something() -> None:
    office = Office()
    case_id = restricted(office)
    with pytest.raises(FormRefusal, match="characters or more"):
        break_glass(office, case_id, CHIEF, reason="urgent")
    assert office.audit("glass_broken") == []


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (WORKER, "Only a team leader"),
        (NURSE, "no such case"),
        (CARE_LEAD, "open to you already"),
        (GOVERNANCE, "Only a"),
    ],
)
def test_only_somebody_senior_of_its_agencies_who_is_not_on_the_list_breaks_the_glass(by: PersonId, why: str) -> None:
    office = Office()
    with pytest.raises(Refusal, match=why):
        break_glass(office, restricted(office), by)


# ---- briefs


def test_a_brief_shows_nothing_of_it_and_says_whom_to_ring() -> None:
    office = Office()
    restricted(office)
    ask = AskBrief(BriefBy.ADDRESS, "1 Synthetic Road", "attending")
    found = briefs.brief(ask, actor(OTHER_OFFICER), tools=office.tools)
    assert (found.held, found.more, found.nothing) == ((), 0, "")
    assert found.restricted == (
        "There is more that is restricted: ring Imani Oakhollow 07700 900105 or Chidi Lavenham 07700 900134.",
    )
    assert [case.reference for case in briefs.brief(ask, actor(OFFICER), tools=office.tools).held] == ["SG-26-00001"]


def test_whoever_it_is_about_hears_from_a_brief_that_nothing_is_held() -> None:
    office = Office()
    restricted(office, about=OTHER_OFFICER)
    ask = AskBrief(BriefBy.ADDRESS, "1 Synthetic Road", "attending")
    found = briefs.brief(ask, actor(OTHER_OFFICER), tools=office.tools)
    assert found.restricted == ()
    assert found.nothing.startswith("Nothing is held")


def test_a_later_referral_of_the_same_child_is_not_merged_with_it_by_somebody_off_its_list() -> None:
    office = Office()
    kids = (Child(1, (ChildReference("police", "44-7777"),)),)
    case_id = office.refer(referral(kids=kids))
    restrict(office, case_id)
    other = office.refer(referral(kids=kids))
    with pytest.raises(Refusal, match="no other"):
        proposing.proposal_form(other, Grave.MERGE, actor(OTHER_OFFICER), tools=office.tools)


# ---- who has looked


def test_owners_and_leads_see_who_has_looked_when_and_why_and_nobody_else_does() -> None:
    office = Office()
    case_id = office.refer(referral(address="1 Synthetic Road"))
    office.acknowledge(case_id, WORKER)
    records.open_case(case_id, actor(SERGEANT), tools=office.tools)
    briefs.brief(AskBrief(BriefBy.ADDRESS, "1 Synthetic Road", "attending"), actor(OTHER_OFFICER), tools=office.tools)
    expected = [("Dafydd Larkmoor", "brief: Going there now"), ("Callum Thistlewood", "opened it")]
    seen = records.open_case(case_id, actor(WORKER), tools=office.tools).looked
    assert [(look.name, look.why) for look in seen] == expected
    assert {look.agency for look in seen} == {"Northmere Police"}
    assert [look.name for look in records.open_case(case_id, actor(CARE_LEAD), tools=office.tools).looked] == [
        "Nadia Elderflower",
        "Dafydd Larkmoor",
        "Callum Thistlewood",
    ]
    for person in (OTHER_WORKER, OFFICER, SERGEANT, CARE_LEADER):
        assert records.open_case(case_id, actor(person), tools=office.tools).looked == ()


def test_what_governance_looks_at_is_shown_to_nobody_on_the_case() -> None:
    office = Office()
    case_id = office.refer()
    records.open_case(case_id, actor(GOVERNANCE), tools=office.tools)
    records.open_case(case_id, actor(OTHER_OFFICER), tools=office.tools)
    looked = records.open_case(case_id, actor(INSPECTOR), tools=office.tools).looked
    assert [look.name for look in looked] == ["Dafydd Larkmoor"]
    assert sum("detail of" in subject for subject in office.audit("viewed")) == 3
