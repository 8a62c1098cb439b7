"""A draft, a review and a referral: what is asked, who is told, what is owed, and that it happens once."""

from datetime import timedelta

import pytest

from bot.domain.commands import Actor, Send
from bot.domain.errors import FormRefusal, NotFound
from bot.domain.ids import AgencyId, ChannelId, DraftId, PersonId
from bot.domain.notices import NoticeKind
from bot.domain.policy import Band
from bot.services import referrals
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    CONTROL,
    DIRECTORY,
    EDUCATION,
    GRADES,
    MONDAY,
    OFFICER,
    OTHER_OFFICER,
    OTHER_WORKER,
    POLICE,
    RESPONSE_CHANNEL,
    SERGEANT,
    TEACHER,
    WORKER,
    actor,
    away,
    children,
    outsider,
    referral,
)
from tests.services.office import Office

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
REASON = "The council is told by its own night team already."


def refusal(office: Office, given: Send, by: Actor) -> dict[str, str]:
    with pytest.raises(FormRefusal) as refused:
        referrals.refer(given, by, "refused", tools=office.tools)
    return refused.value.fields


# ---- the review


def test_the_review_ticks_social_care_and_nobody_else_and_shows_who_is_on_duty_and_by_when() -> None:
    review = Office().draft(referral("physical", "immediate_danger"))
    assert {choice.agency for choice in review.agencies if choice.ticked} == {CARE}
    care = next(choice for choice in review.agencies if choice.agency == CARE)
    assert care.acknowledge_by == MONDAY + 15 * MINUTE
    assert care.on_duty == ("Nadia Elderflower", "Owen Saltmarsh")
    assert care.needs_reason
    assert [choice.agency for choice in review.always_told] == [POLICE]
    assert review.first_action_by == MONDAY + 2 * HOUR


def test_a_floor_that_holds_already_is_said_on_the_review() -> None:
    review = Office().draft(referral("missing", "low"))
    assert review.grade == "Medium"
    assert len(review.notes) == 1


def test_words_that_blame_a_child_are_advised_on_and_never_refused() -> None:
    review = Office().draft(referral(narrative="Seen with adults; described as streetwise."))
    assert any(note.startswith("“streetwise” can read as blaming the child. Write instead: ") for note in review.notes)


def test_the_agency_that_refers_is_not_offered_to_itself() -> None:
    review = Office().draft(referral(channel=CARE_CHANNEL), by=WORKER)
    assert CARE not in {choice.agency for choice in review.agencies}
    assert [choice.agency for choice in review.always_told] == [POLICE]


@pytest.mark.parametrize(
    ("concern", "grade", "fields"),
    [
        ("nothing", "high", {"concern": "Select what kind of concern this is"}),
        ("domestic_abuse", "very_high", {"grade": "Select how serious the risk is"}),
        ("missing", "very_low", {"grade": "Select how serious the risk is"}),
    ],
)
def test_a_wrong_choice_is_refused_in_the_labels_words(concern: str, grade: str, fields: dict[str, str]) -> None:
    office = Office()
    with pytest.raises(FormRefusal) as refused:
        office.draft(referral(concern, grade))
    assert refused.value.fields == fields
    assert not office.store.state.drafts


# ---- sending


@pytest.mark.parametrize(("band", "minutes"), [(Band.P1, 15), (Band.P2, 60)])
def test_a_referral_opens_a_case_with_one_acknowledgement_per_agency(band: Band, minutes: int) -> None:
    office = Office()
    answer = office.referred(referral(*GRADES[band]))
    assert answer.reference == "SG-26-00001"
    assert answer.told == (
        ("Northmere Police", MONDAY + minutes * MINUTE),
        ("Northmere Children's Social Care", MONDAY + minutes * MINUTE),
    )
    assert office.case(answer.case_id).band is band
    assert office.audit("referred") == [f"SG-26-00001 {' '.join(GRADES[band])} {band}"]


def test_an_ungraded_referral_runs_on_the_fastest_clock() -> None:
    office = Office()
    answer = office.referred(referral(grade=None))
    assert office.case(answer.case_id).band is Band.P1
    assert answer.grade == "Not graded yet"
    assert {at for _, at in answer.told} == {MONDAY + 15 * MINUTE}


@pytest.mark.parametrize("grade", ["immediate_danger", None])
def test_whatever_the_referrer_said_the_receiving_agency_owes_a_grading(grade: str | None) -> None:
    office = Office()
    grading = office.deadline(office.refer(referral("physical", grade)), "graded")
    assert (grading.is_open, grading.agency, grading.due_at) == (True, CARE, MONDAY + HOUR)


def test_the_confirmation_asks_the_concerns_questions() -> None:
    answer = Office().referred(referral("domestic_abuse", "medium"))
    assert 3 <= len(answer.questions) <= 5
    assert {question.answer for question in answer.questions} == {None}


def test_cards_go_to_each_told_teams_channel_and_the_channel_of_the_command() -> None:
    office = Office()
    office.refer(agencies=(CARE, EDUCATION))
    office.settle()
    cards = {notice.destination.id for notice in office.notices(NoticeKind.CARD)}
    assert cards == {RESPONSE_CHANNEL, CARE_CHANNEL, "C0SCHOOLS1"}


def test_a_command_typed_in_a_channel_that_is_no_teams_leaves_no_card_there() -> None:
    office = Office()
    office.refer(referral(channel=ChannelId("C0RANDOM")))
    assert "C0RANDOM" not in {notice.destination.id for notice in office.notices()}


def test_a_command_typed_in_the_channel_of_an_agency_that_is_left_out_leaves_no_card_there() -> None:
    office = Office()
    office.refer(referral(channel=CARE_CHANNEL), agencies=(), left_out_reason=REASON)
    assert CARE_CHANNEL not in {notice.destination.id for notice in office.notices()}


def test_everybody_on_duty_for_a_team_that_must_answer_is_told_at_once() -> None:
    office = Office()
    office.refer(referral("physical", "immediate_danger"))
    office.settle()
    for person in (OTHER_OFFICER, WORKER, OTHER_WORKER):
        assert office.steps_to(person) == [(MONDAY, "new referral")]
    assert not office.said_to(OFFICER)


def test_with_nobody_on_duty_the_teams_leaders_are_told_at_once_and_the_control_channel_hears() -> None:
    office = Office()
    office.rules.directory = away(DIRECTORY, WORKER, OTHER_WORKER, PersonId("piotr-lanternby"))
    office.refer(referral("physical", "immediate_danger"))
    office.settle()
    assert office.steps_to(CARE_LEADER) == [(MONDAY, "new referral")]
    assert sum("nobody was there to be told" in line for line in office.lines_to(CONTROL)) == 1


def test_the_police_are_told_of_what_a_partner_raises_and_the_partner_owes_no_acknowledgement() -> None:
    office = Office()
    case_id = office.refer(referral(channel=CARE_CHANNEL), by=WORKER, agencies=())
    case = office.case(case_id)
    assert {(p.agency, p.owes_acknowledgement) for p in case.parties} == {(POLICE, True), (CARE, False)}
    assert [d.agency for d in office.deadlines(case_id) if d.kind == "acknowledgement"] == [POLICE]


def test_what_a_school_raises_goes_to_social_care_and_the_police() -> None:
    office = Office()
    case_id = office.refer(referral(channel=None), by=TEACHER, agencies=(CARE,))
    owing = {d.agency for d in office.deadlines(case_id) if d.kind == "acknowledgement"}
    assert owing == {POLICE, CARE}


def test_a_stranger_may_refer_and_is_recorded_as_given() -> None:
    office = Office()
    case_id = office.refer(by=outsider())
    case = office.case(case_id)
    assert case.referrer == "slack:T0FORCE001:U0STRANGER"
    assert case.referring_agency is None
    assert {party.agency for party in case.parties if party.owes_acknowledgement} == {POLICE, CARE}


def test_a_stranger_who_says_they_are_of_social_care_does_not_excuse_social_care_from_answering() -> None:
    office = Office()
    case_id = office.refer(by=outsider(CARE))
    party = office.case(case_id).party(CARE)
    assert party is not None
    assert party.owes_acknowledgement


# ---- leaving social care out


@pytest.mark.parametrize("reason", ["", "   ", "nineteen letters it", "." * 19])
def test_leaving_social_care_out_needs_a_reason_of_twenty_characters(reason: str) -> None:
    office = Office()
    draft = office.draft().draft
    fields = refusal(office, Send(draft, (EDUCATION,), reason), actor(OFFICER))
    assert fields == {
        "left_out_reason": "Enter why Northmere Children's Social Care is left out, in 20 characters or more"
    }
    assert not office.store.state.cases
    assert draft in office.store.state.drafts


def test_leaving_social_care_out_with_a_reason_is_on_the_audit_and_its_milestones_fall_to_the_police() -> None:
    office = Office()
    case_id = office.refer(agencies=(), left_out_reason=REASON)
    assert office.audit("agency_left_out") == [CARE]
    assert {deadline.agency for deadline in office.deadlines(case_id)} == {POLICE}
    assert "social_care_decision" in {deadline.kind for deadline in office.deadlines(case_id)}
    assert office.store.state.particulars[case_id].left_out_reason == REASON


def test_when_first_known_must_be_in_the_past() -> None:
    office = Office()
    given = Send(office.draft().draft, (CARE,), first_aware_at=MONDAY + MINUTE)
    assert refusal(office, given, actor(OFFICER)) == {"first_aware_at": "When it was first known must be in the past"}


def test_when_first_known_is_kept_beside_when_referred() -> None:
    office = Office()
    case = office.case(office.refer(first_aware_at=MONDAY - 30 * HOUR))
    assert (case.first_aware_at, case.opened_at) == (MONDAY - 30 * HOUR, MONDAY)


def test_an_agency_that_is_not_in_the_directory_is_refused() -> None:
    office = Office()
    given = Send(office.draft().draft, (CARE, AgencyId("elsewhere")))
    assert refusal(office, given, actor(OFFICER)) == {"agencies": "Select agencies from the list"}


# ---- once


def test_the_same_modal_submitted_twice_opens_one_case_with_the_same_answer() -> None:
    office = Office()
    send = Send(office.draft().draft, (CARE,))
    first = referrals.refer(send, actor(OFFICER), "view-1", tools=office.tools)
    office.clock.move(MINUTE)
    again = referrals.refer(send, actor(OFFICER), "view-1", tools=office.tools)
    assert again == first
    assert len(office.store.state.cases) == 1


def test_a_draft_can_be_sent_once() -> None:
    office = Office()
    send = Send(office.draft().draft, (CARE,))
    referrals.refer(send, actor(OFFICER), "view-1", tools=office.tools)
    with pytest.raises(NotFound):
        referrals.refer(send, actor(OFFICER), "view-2", tools=office.tools)
    assert len(office.store.state.cases) == 1


def test_nobody_sends_another_persons_draft() -> None:
    office = Office()
    send = Send(office.draft().draft, (CARE,))
    with pytest.raises(NotFound):
        referrals.refer(send, actor(SERGEANT), "view-1", tools=office.tools)
    assert not office.store.state.cases


def test_a_refused_sending_gives_its_reference_to_the_next_case() -> None:
    office = Office()
    refusal(office, Send(office.draft().draft, ()), actor(OFFICER))
    assert office.referred().reference == "SG-26-00001"
    assert office.referred().reference == "SG-26-00002"


def test_what_was_typed_is_given_back_to_its_author_alone() -> None:
    office = Office()
    given = referral(narrative="Seen at the door.", address="12 Invented Row", kids=children("44-0001", "44-0002"))
    send = Send(office.draft(given).draft, (CARE,))
    assert referrals.typed(send, actor(OFFICER), tools=office.tools) == (
        "44-0001\n44-0002\nSeen at the door.\n12 Invented Row"
    )
    assert referrals.typed(send, actor(SERGEANT), tools=office.tools) == ""


def test_what_was_typed_into_a_draft_that_is_gone_is_empty_and_no_error() -> None:
    office = Office()
    assert referrals.typed(Send(DraftId("gone"), ()), actor(OFFICER), tools=office.tools) == ""


def test_a_draft_is_forgotten_after_a_day_and_not_before() -> None:
    office = Office()
    draft = office.draft().draft
    office.clock.move(timedelta(hours=23))
    office.tick()
    assert draft in office.store.state.drafts
    office.clock.move(timedelta(hours=2))
    office.tick()
    assert not office.store.state.drafts


def test_the_engine_is_woken_once_the_case_is_stored() -> None:
    office = Office()
    rung = office.bell.rung
    office.refer()
    assert office.bell.rung == rung + 1


def test_a_case_takes_its_year_from_london() -> None:
    office = Office()
    office.clock.to(MONDAY.replace(year=2026, month=12, day=31, hour=23, minute=59))
    assert office.referred().reference == "SG-26-00001"
    office.clock.move(MINUTE)
    assert office.referred().reference == "SG-27-00001"
