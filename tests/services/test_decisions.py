"""Grave acts: a reason, a second person who is neither author nor owner, a fresh decision after an edit, and what each does."""

from datetime import datetime, timedelta

import pytest

from bot.domain.answers import Proposed
from bot.domain.authorisation import OF_A_DEADLINE, Grave
from bot.domain.cases import CaseStatus
from bot.domain.commands import Decide, Propose
from bot.domain.deadlines import EndingKind
from bot.domain.errors import FormRefusal, NotFound, Refusal, Stale
from bot.domain.ids import CaseId, DeadlineId, PersonId, Reference
from bot.domain.letters import StepLetter
from bot.domain.policy import Band
from bot.domain.redaction import Tag
from bot.domain.risk import Answer
from bot.services import decisions
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEAD,
    CARE_LEADER,
    EDUCATION,
    INSPECTOR,
    MONDAY,
    OFFICER,
    OTHER_OFFICER,
    POLICE,
    POLICY,
    RESPONSE_CHANNEL,
    SERGEANT,
    TEACHER,
    WORKER,
    actor,
    children,
    referral,
)
from tests.services.office import Office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REASON = "The child was seen today and is safe with an aunt."
READY_TO_CLOSE = ("referrer_told", "child_seen", "record_system_ref", "school_told")
SECOND = SERGEANT


def read_by_a_partner(act: Grave, by: PersonId) -> str:
    """The listed reason that is needed where a partner's own leader agrees."""
    if act in OF_A_DEADLINE or by == WORKER:
        return next(iter(POLICY.listed.get(act, {})), "")
    return ""


def put_forward(
    office: Office,
    case_id: CaseId,
    act: Grave,
    subject: str = "",
    *,
    by: PersonId = OFFICER,
    reason: str = REASON,
    until_at: datetime | None = None,
) -> Proposed:
    command = Propose(case_id, act, reason, subject, until_at, read_by_a_partner(act, by))
    return decisions.propose(command, actor(by), next(office.keys), tools=office.tools)


def agree(office: Office, proposed: Proposed, by: PersonId = SECOND, *, version: int = 0, agree: bool = True) -> str:
    word = Decide(proposed.decision, version or proposed.version, agree)
    return decisions.decide(word, actor(by), next(office.keys), tools=office.tools).text


def do(office: Office, case_id: CaseId, act: Grave, subject: str = "", *, until_at: datetime | None = None) -> str:
    """The act put forward and agreed to; by a leader of the agency that owes it, when it is about a deadline."""
    owed = office.store.state.deadlines.get(DeadlineId(subject))
    second = CARE_LEADER if owed is not None and owed.agency == CARE else SECOND
    return agree(office, put_forward(office, case_id, act, subject, until_at=until_at), second)


def closable(office: Office, *, kids: str = "44-0001", by: PersonId = OFFICER) -> CaseId:
    """A domestic abuse case with everything on record that its gates ask for."""
    case_id = office.refer(referral(kids=children(kids)), by=by)
    for code in READY_TO_CLOSE:
        office.act(case_id, code)
    return case_id


# ---- reason, second person, edits


@pytest.mark.parametrize("act", [Grave.CLOSE, Grave.NO_FURTHER_ACTION])
def test_what_was_typed_beside_an_act_that_is_about_the_case_as_a_whole_is_kept_nowhere(act: Grave) -> None:
    office = Office()
    case_id = closable(office)
    proposed = put_forward(office, case_id, act, "His mother said he is at 1 Invented Row")
    assert "Invented" not in str(office.store.state.decisions)
    assert "Invented" not in str(office.audit())
    assert put_forward(office, case_id, act).decision == proposed.decision


def test_a_reason_under_twenty_characters_is_refused_in_its_field() -> None:
    office = Office()
    case_id = closable(office)
    with pytest.raises(FormRefusal) as caught:
        put_forward(office, case_id, Grave.CLOSE, reason="  seen   and  safe ")
    assert caught.value.fields == {"reason": "Reason must be 20 characters or more"}
    assert not office.store.state.decisions


def test_nothing_happens_until_a_second_person_agrees_and_the_reason_is_told_to_nobody() -> None:
    office = Office()
    case_id = closable(office)
    proposed = put_forward(office, case_id, Grave.CLOSE)
    office.settle()
    assert office.case(case_id).status is CaseStatus.OPEN
    assert proposed.text == (
        "Put forward on SG-26-00001: close the case. It waits for a second person. Asked: Callum Thistlewood."
    )
    said = "SG-26-00001: Priya Fernsby asks a second person to agree: close the case."
    assert said in office.lines_to(CARE_CHANNEL)
    assert said in office.lines_to(RESPONSE_CHANNEL)
    assert "aunt" not in str(office.messenger.sent)
    assert "aunt" not in str([(audited, entry.subject) for audited, entry in office.store.state.entries])


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (
            OFFICER,
            "Only a team leader, a lead or a chief officer of an agency on SG-26-00001 can be the second person.",
        ),
        (OTHER_OFFICER, "Only a team leader, a lead or a chief officer"),
        (TEACHER, "Only people of the agencies on SG-26-00001 can do this"),
    ],
)
def test_the_second_person_is_a_leader_of_an_agency_on_the_case(by: PersonId, why: str) -> None:
    office = Office()
    proposed = put_forward(office, closable(office), Grave.CLOSE)
    with pytest.raises(Refusal, match=why):
        agree(office, proposed, by)


def test_the_author_cannot_agree_to_their_own() -> None:
    office = Office()
    proposed = put_forward(office, closable(office), Grave.CLOSE, by=SERGEANT)
    with pytest.raises(Refusal, match="The person who proposed it cannot agree to it"):
        agree(office, proposed, SERGEANT)
    assert "It is closed" in agree(office, proposed, INSPECTOR)


def test_the_owner_cannot_be_the_second_person() -> None:
    office = Office()
    case_id = closable(office)
    office.acknowledge(case_id, SERGEANT)
    proposed = put_forward(office, case_id, Grave.CLOSE)
    with pytest.raises(Refusal, match="The owner of the case cannot be the second person"):
        agree(office, proposed, SERGEANT)
    assert "It is closed" in agree(office, proposed, CARE_LEADER)


def test_an_edit_asks_for_a_fresh_decision() -> None:
    office = Office()
    case_id = closable(office)
    first = put_forward(office, case_id, Grave.CLOSE)
    edited = put_forward(office, case_id, Grave.CLOSE, reason="The school has seen both children today.")
    assert (edited.decision, edited.version) == (first.decision, 2)
    with pytest.raises(Refusal, match="It was changed after the second person agreed"):
        agree(office, first)
    assert "It is closed" in agree(office, edited)


def test_somebody_elses_proposal_is_not_edited() -> None:
    office = Office()
    case_id = closable(office)
    put_forward(office, case_id, Grave.CLOSE)
    with pytest.raises(Refusal, match="Priya Fernsby has put this forward already"):
        put_forward(office, case_id, Grave.CLOSE, by=WORKER)


def test_what_is_decided_is_decided_once_and_turning_down_changes_nothing() -> None:
    office = Office()
    case_id = closable(office)
    proposed = put_forward(office, case_id, Grave.CLOSE)
    assert agree(office, proposed, agree=False).endswith("Turned down; nothing changes.")
    assert office.case(case_id).status is CaseStatus.OPEN
    with pytest.raises(Stale, match="Callum Thistlewood has decided this already"):
        agree(office, proposed, INSPECTOR)
    office.settle()
    assert "SG-26-00001: Callum Thistlewood turned down: close the case. Nothing changes." in office.lines_to(
        CARE_CHANNEL
    )


def test_a_decision_is_on_the_audit_with_both_people_and_shown_without_its_reason() -> None:
    office = Office()
    case_id = closable(office)
    do(office, case_id, Grave.CLOSE)
    (found,) = decisions.of_case(Reference("SG-26-00001"), tools=office.tools)
    assert (found.by, found.decided_by, found.reason, found.outcome) == (OFFICER, SECOND, "", "agreed")
    actors = {audited.action: audited.actor for audited, _ in office.store.state.entries}
    assert (actors["proposed"], actors["decided"], actors["closed"]) == (OFFICER, SECOND, SECOND)


# ---- a lower grade


def graded(office: Office, grade: str = "high", fact: str = "") -> CaseId:
    case_id = office.refer(referral("domestic_abuse", grade))
    if fact:
        office.answer(case_id, fact, Answer.YES)
    return case_id


def test_a_lower_grade_leaves_every_instant_where_it_was_and_tells_the_owners() -> None:
    office = Office()
    case_id = graded(office)
    office.acknowledge(case_id, WORKER)
    before = {d.id: d.due_at for d in office.deadlines(case_id) if d.is_open}
    office.clock.move(HOUR / 2)
    said = do(office, case_id, Grave.LOWER_GRADE, "standard")
    assert said == "SG-26-00001: lower the grade. It is graded Standard. What was due stays due."
    case = office.case(case_id)
    assert (case.grade, case.effective_grade, case.band) == ("standard", "standard", Band.P4)
    after = {d.id: d.due_at for d in office.deadlines(case_id) if d.id in before and d.kind != "stall"}
    assert after == {key: before[key] for key in after}
    office.settle()
    assert any("lower the grade" in line for line in office.lines_to(WORKER))


def test_a_grade_is_not_lowered_within_a_day_of_a_floor_unless_the_fact_is_corrected() -> None:
    office = Office()
    case_id = graded(office, "high", "dash_14")
    held = "A floor fired less than 24 hours ago. Correct the answer behind it, or wait until they have passed."
    with pytest.raises(Refusal, match=held):
        put_forward(office, case_id, Grave.LOWER_GRADE, "medium")
    office.clock.move(DAY - timedelta(seconds=1))
    with pytest.raises(Refusal, match=held):
        put_forward(office, case_id, Grave.LOWER_GRADE, "medium")
    office.answer(case_id, "dash_14", Answer.NO)
    assert "graded Medium" in do(office, case_id, Grave.LOWER_GRADE, "medium")


def test_a_day_after_the_floor_fired_a_lower_grade_is_still_held_up_by_it() -> None:
    office = Office()
    case_id = graded(office, "high", "dash_14")
    office.clock.move(DAY)
    assert "It is graded High" in do(office, case_id, Grave.LOWER_GRADE, "medium")
    assert office.case(case_id).grade == "medium"


@pytest.mark.parametrize(
    ("grade", "subject", "why"),
    [
        ("medium", "high", "a grade that is lower was not chosen"),
        ("medium", "red", "Select one of the grades for domestic abuse"),
        (None, "standard", "is not graded yet"),
    ],
)
def test_only_a_lower_grade_of_the_concern_can_be_put_forward(grade: str | None, subject: str, why: str) -> None:
    office = Office()
    case_id = office.refer(referral(grade=grade))
    with pytest.raises(Refusal, match=why):
        put_forward(office, case_id, Grave.LOWER_GRADE, subject)


def test_a_child_missing_from_care_with_a_sign_of_exploitation_is_never_graded_below_medium() -> None:
    office = Office()
    case_id = office.refer(referral("missing_from_care", "medium"))
    office.answer(case_id, "exploitation_marker", Answer.YES)
    office.clock.move(2 * DAY)
    with pytest.raises(Refusal, match="cannot be graded lower yet"):
        put_forward(office, case_id, Grave.LOWER_GRADE, "low")


# ---- extensions and waivers


def test_an_extension_is_the_only_thing_that_moves_an_instant_later() -> None:
    office = Office()
    case_id = graded(office)
    old = office.deadline(case_id, "first_action")
    until_at = old.due_at + 6 * HOUR
    said = do(office, case_id, Grave.EXTEND, old.id, until_at=until_at)
    assert said.startswith("SG-26-00001: extend a deadline. First protective action is due ")
    fresh = office.deadline(case_id, "first_action")
    assert fresh.due_at == until_at
    assert [step.at for step in fresh.plan.steps if step.number == 2] == [until_at + HOUR]
    ended = office.store.state.deadlines[old.id].ending
    assert ended is not None
    assert (ended.kind, ended.by) == (EndingKind.EXTENDED, CARE_LEADER)
    office.only(case_id, "first_action")
    office.run_to(until_at + 2 * HOUR)
    assert [at for at, step in office.steps_to(CARE_LEADER) if step == "team leaders"] == [until_at + HOUR]


def test_what_law_limits_is_never_extended_and_never_past_a_binding_ceiling() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "high"))
    decision = office.deadline(case_id, "social_care_decision")
    with pytest.raises(Refusal, match="limit of statutory guidance and cannot be extended"):
        put_forward(office, case_id, Grave.EXTEND, decision.id, until_at=decision.due_at + HOUR)
    owed = office.deadline(case_id, "acknowledgement", CARE)
    ceiling_at = MONDAY.replace(day=24, hour=17)
    with pytest.raises(Refusal, match="Statutory guidance sets a limit: Tuesday 24 November 2026 at 5:00pm"):
        put_forward(office, case_id, Grave.EXTEND, owed.id, until_at=ceiling_at + timedelta(seconds=1))
    assert "is due" in do(office, case_id, Grave.EXTEND, owed.id, until_at=ceiling_at)
    police = office.deadline(case_id, "acknowledgement", POLICE)
    assert "is due" in do(office, case_id, Grave.EXTEND, police.id, until_at=ceiling_at + HOUR)
    office.settle()
    (line,) = [each for each in office.cards_in(CARE_CHANNEL)[-1].case.agencies if each.agency == CARE]
    assert (line.tag, line.due_at) == (Tag.WAITING, ceiling_at)


def test_an_extension_ends_in_the_future_and_after_the_present_limit() -> None:
    office = Office()
    case_id = graded(office)
    owed = office.deadline(case_id, "first_action")
    with pytest.raises(Refusal, match="must be later than the time at which it is due now"):
        put_forward(office, case_id, Grave.EXTEND, owed.id, until_at=owed.due_at)
    office.clock.to(owed.due_at + 2 * HOUR)
    for until_at in (None, owed.due_at + HOUR):
        with pytest.raises(FormRefusal):
            put_forward(office, case_id, Grave.EXTEND, owed.id, until_at=until_at)


def test_a_waived_deadline_ends_with_its_ladder_and_statute_is_never_waived() -> None:
    office = Office()
    case_id = graded(office)
    owed = office.deadline(case_id, "first_action")
    assert "First protective action is no longer asked for" in do(office, case_id, Grave.WAIVE, owed.id)
    ended = office.deadline(case_id, "first_action")
    assert (ended.is_open, ended.next_at) == (False, None)
    assert ended.ending is not None
    assert ended.ending.kind is EndingKind.WAIVED
    office.act(case_id, "police_protection_used")
    expiry = office.deadline(case_id, "protection_expiry", POLICE)
    with pytest.raises(Refusal, match="duty of statute cannot be waived"):
        put_forward(office, case_id, Grave.WAIVE, expiry.id)


@pytest.mark.parametrize("act", [Grave.WAIVE, Grave.EXTEND])
def test_only_the_agency_that_owes_a_deadline_is_let_off_it_by_its_own_leader(act: Grave) -> None:
    office = Office()
    case_id = graded(office)
    owed = office.deadline(case_id, "first_action")
    proposed = put_forward(office, case_id, act, owed.id, until_at=owed.due_at + HOUR)
    with pytest.raises(Refusal, match="Northmere Children's Social Care owes this, so only somebody senior there"):
        agree(office, proposed, SERGEANT)
    assert office.deadline(case_id, "first_action").is_open
    assert agree(office, proposed, CARE_LEADER).startswith("SG-26-00001: ")


def test_the_alarm_for_silence_is_neither_waived_nor_extended_and_what_ended_is_not_owed() -> None:
    office = Office()
    case_id = graded(office)
    stall = office.deadline(case_id, "stall")
    with pytest.raises(Refusal, match="alarm for silence cannot be waived"):
        put_forward(office, case_id, Grave.WAIVE, stall.id)
    with pytest.raises(Refusal, match="alarm for silence cannot be extended"):
        put_forward(office, case_id, Grave.EXTEND, stall.id, until_at=stall.due_at + HOUR)
    office.acknowledge(case_id, WORKER)
    with pytest.raises(Refusal, match="does not owe this, or no longer"):
        put_forward(office, case_id, Grave.WAIVE, office.deadline(case_id).id)


# ---- closing and opening again


def test_closing_is_refused_with_everything_that_is_missing_named() -> None:
    office = Office()
    case_id = office.refer()
    office.act(case_id, "child_seen")
    with pytest.raises(Refusal) as caught:
        put_forward(office, case_id, Grave.CLOSE)
    assert str(caught.value) == (
        "SG-26-00001 cannot be closed yet. Still missing: the referrer is told the outcome; "
        "the reference in the force's record system is entered; the school of every child of school age is told, "
        "or the lawful reason against is recorded."
    )


def test_closing_ends_every_ladder_and_the_cards_say_closed() -> None:
    office = Office()
    case_id = closable(office)
    do(office, case_id, Grave.CLOSE)
    case = office.case(case_id)
    assert (case.status, case.closed_at, case.no_further_action) == (CaseStatus.CLOSED, MONDAY, False)
    assert not [d for d in office.deadlines(case_id) if d.is_open or d.next_at]
    office.settle()
    assert {office.cards_in(channel)[-1].case.tag for channel in (CARE_CHANNEL, RESPONSE_CHANNEL)} == {Tag.CLOSED}
    sent = len(office.messenger.sent)
    office.run_for(10 * DAY)
    assert [each for each in office.messenger.sent[sent:] if "SG-26-00001" in str(each.outgoing.letter)] == []
    with pytest.raises(Refusal, match="SG-26-00001 is closed"):
        put_forward(office, case_id, Grave.CLOSE)


def test_a_case_opened_again_goes_on_where_its_instants_say() -> None:
    office = Office()
    case_id = closable(office)
    before = {d.id: (d.due_at, d.plan) for d in office.deadlines(case_id) if d.is_open and d.kind != "stall"}
    do(office, case_id, Grave.CLOSE)
    office.clock.move(3 * DAY)
    said = do(office, case_id, Grave.REOPEN)
    assert said.startswith("SG-26-00001: open the case again. It is open again; ")
    assert {d.id: (d.due_at, d.plan) for d in office.deadlines(case_id) if d.id in before and d.is_open} == before
    assert len([d for d in office.deadlines(case_id) if d.kind == "stall" and d.is_open]) == 1
    case = office.case(case_id)
    assert (case.status, case.closed_at) == (CaseStatus.OPEN, None)
    office.only(case_id, "first_action")
    office.settle()
    assert office.steps_to(CARE_LEADER), "what came due meanwhile is due now"
    with pytest.raises(Refusal, match="SG-26-00001 is open"):
        put_forward(office, case_id, Grave.REOPEN)


def test_no_further_action_has_gates_of_its_own() -> None:
    office = Office()
    case_id = office.refer(referral("cce_county_lines", "moderate"))
    office.answer(case_id, "drugs_or_weapon_offence", Answer.YES)
    for code in ("referrer_told", "child_seen", "record_system_ref", "nrm_not_submitted", "section_45_considered"):
        office.act(case_id, code)
    with pytest.raises(Refusal, match="Still missing: the first responder is named"):
        put_forward(office, case_id, Grave.NO_FURTHER_ACTION)
    office.act(case_id, "first_responder_named")
    do(office, case_id, Grave.NO_FURTHER_ACTION)
    assert office.case(case_id).no_further_action
    office.settle()
    assert "Closed with no further action" in office.cards_in(CARE_CHANNEL)[-1].case.notes


def test_a_missing_case_closes_only_with_an_interview_offered_by_a_named_council_worker() -> None:
    office = Office()
    case_id = office.refer(referral("missing", "medium"))
    for code in ("child_found", "referrer_told", "record_system_ref", "prevention_interview", "interview_offered"):
        office.act(case_id, code)
    with pytest.raises(Refusal, match="a return home interview is offered by a named council worker"):
        put_forward(office, case_id, Grave.CLOSE)
    office.acknowledge(case_id, WORKER)
    assert "It is closed" in do(office, case_id, Grave.CLOSE)


# ---- floors


def test_an_overridden_floor_lowers_the_grade_moves_nothing_and_is_looked_at_again() -> None:
    office = Office()
    case_id = office.refer(referral("indecent_images_adult_suspect", "low"))
    office.answer(case_id, "child_in_household", Answer.YES)
    due_at = office.deadline(case_id, "first_action").due_at
    assert office.case(case_id).effective_grade == "high"
    said = do(office, case_id, Grave.OVERRIDE_FLOOR, "suspect_household")
    assert "The floor is set aside: child in the household of an image suspect." in said
    case = office.case(case_id)
    assert (case.effective_grade, case.floors) == ("low", ())
    assert office.deadline(case_id, "first_action").due_at == due_at
    assert office.deadline(case_id, "override_review", POLICE).due_at == MONDAY + DAY
    office.act(case_id, "override_reviewed")
    assert not office.deadline(case_id, "override_review", POLICE).is_open
    office.answer(case_id, "suspect_works_with_children", Answer.NO)
    assert office.case(case_id).effective_grade == "low", "the override holds through a further answer"


def test_an_overridden_floor_that_fires_anew_holds_again() -> None:
    office = Office()
    case_id = office.refer(referral("indecent_images_adult_suspect", "low"))
    office.answer(case_id, "child_in_household", Answer.YES)
    do(office, case_id, Grave.OVERRIDE_FLOOR, "suspect_household")
    office.clock.move(HOUR)
    office.answer(case_id, "child_in_household", Answer.NO)
    office.answer(case_id, "child_in_household", Answer.YES)
    assert office.case(case_id).effective_grade == "high"


@pytest.mark.parametrize(
    ("floor", "why"),
    [("dash_14", "rests on national practice"), ("open_plan", "does not hold"), ("none", "does not hold")],
)
def test_a_floor_of_national_practice_or_one_that_does_not_hold_is_not_set_aside(floor: str, why: str) -> None:
    office = Office()
    case_id = graded(office, "medium", "dash_14")
    with pytest.raises(Refusal, match=why):
        put_forward(office, case_id, Grave.OVERRIDE_FLOOR, floor)


# ---- merging


def two_cases(office: Office, *, second: PersonId = WORKER, after: timedelta = HOUR) -> tuple[CaseId, CaseId]:
    first = office.refer(referral("domestic_abuse", "medium"))
    office.clock.move(after)
    later = office.refer(referral("domestic_abuse", "high", channel=CARE_CHANNEL), by=second, agencies=(CARE,))
    return first, later


@pytest.mark.parametrize("other_way", [False, True])
def test_merging_keeps_the_earliest_clock_of_each_kind_and_every_referrer(*, other_way: bool) -> None:
    office = Office()
    first, later = two_cases(office)
    owed = [d for d in office.deadlines(first) + office.deadlines(later) if d.is_open]
    kinds = {(d.kind, d.agency) for d in owed} - {("stall", CARE)}
    soonest = {kind: min(d.due_at for d in owed if (d.kind, d.agency) == kind) for kind in kinds}
    here, there = (first, later) if other_way else (later, first)
    do(office, here, Grave.MERGE, office.case(there).reference)
    after = [d for d in office.deadlines(first) if d.is_open]
    found = {(d.kind, d.agency): d.due_at for d in after}
    assert len(after) == len(found)
    assert all(found[kind] <= at for kind, at in soonest.items())
    assert not [d for d in office.deadlines(later) if d.is_open]
    kept, gone = office.case(first), office.case(later)
    assert kept.referrers == (OFFICER, WORKER)
    assert (gone.status, gone.merged_into) == (CaseStatus.MERGED, first)
    assert (kept.grade, kept.referral_number) == ("high", 2)
    office.settle()
    assert office.cards_in(CARE_CHANNEL)[-1].case.tag in set(Tag)
    with pytest.raises(Refusal, match="was merged and goes on in the other case"):
        put_forward(office, later, Grave.REOPEN)


def test_neither_referrer_of_a_joined_case_receives_or_looks_afresh_at_what_they_referred() -> None:
    office = Office()
    first, later = two_cases(office, second=OTHER_OFFICER)
    do(office, later, Grave.MERGE, office.case(first).reference)
    for referrer in office.case(first).referrers:
        with pytest.raises(Refusal, match="somebody else in your agency has to acknowledge it"):
            office.acknowledge(first, referrer)
        assert office.grade(first, "high", referrer).endswith("already.")
    office.run_for(DAY)
    asked = {
        sent.to
        for sent in office.messenger.sent
        if isinstance(sent.outgoing.letter, StepLetter) and sent.outgoing.letter.may_acknowledge
    }
    assert asked
    assert not asked & {OFFICER, OTHER_OFFICER}
    office.acknowledge(first, SERGEANT)


def test_both_referrers_are_told_when_the_joined_case_is_late() -> None:
    office = Office()
    first, later = two_cases(office, second=TEACHER)
    do(office, later, Grave.MERGE, office.case(first).reference)
    office.only(first, "acknowledgement", agency=CARE)
    office.run_for(DAY)
    assert {TEACHER, OFFICER} <= office.reached()


def test_what_was_done_on_the_later_case_counts_and_what_was_said_before_it_came_does_not() -> None:
    office = Office()
    first = office.refer(referral("domestic_abuse", "medium"))
    office.acknowledge(first, WORKER)
    office.act(first, "child_seen_safe", WORKER)
    office.clock.move(HOUR)
    later = office.refer(referral("domestic_abuse", "medium"))
    office.act(later, "school_told", WORKER)
    do(office, later, Grave.MERGE, office.case(first).reference)
    kept = office.case(first)
    party = kept.party(CARE)
    assert party is not None
    assert party.acknowledged is None, "the later referral is still to be acknowledged"
    assert office.deadline(first).is_open
    assert office.deadline(first, "first_action").is_open
    office.acknowledge(first, WORKER)
    assert not office.deadline(first).is_open
    codes = [act.code for act in office.store.state.acts if act.case_id == first]
    assert codes == ["child_seen_safe", "school_told"]


def test_an_acknowledgement_of_the_later_case_answers_for_both() -> None:
    office = Office()
    first, later = two_cases(office)
    office.acknowledge(later, OTHER_OFFICER)
    do(office, later, Grave.MERGE, office.case(first).reference)
    party = office.case(first).party(POLICE)
    assert party is not None
    assert party.acknowledged is not None
    ended = office.deadline(first, "acknowledgement", POLICE).ending
    assert ended is not None
    assert (ended.kind, ended.by) == (EndingKind.MET, OTHER_OFFICER)


def test_a_floor_that_the_later_referral_fired_holds_for_the_case_that_goes_on() -> None:
    office = Office()
    office.refer(referral("neglect", "green"))
    office.clock.move(40 * DAY)
    first = office.refer(referral("neglect", "green"))
    office.clock.move(HOUR)
    later = office.refer(referral("neglect", "green"))
    assert office.case(first).floors == ()
    do(office, later, Grave.MERGE, office.case(first).reference)
    assert office.case(first).floors == ("third_referral",)
    assert office.case(first).band is Band.P3


def test_facts_of_both_count_and_the_graver_answer_holds() -> None:
    office = Office()
    first, later = two_cases(office)
    office.answer(first, "child_present", Answer.NO)
    office.answer(first, "dash_14", Answer.NO)
    office.answer(later, "child_present", Answer.UNKNOWN)
    do(office, later, Grave.MERGE, office.case(first).reference)
    assert office.case(first).facts == {"child_present": Answer.UNKNOWN, "dash_14": Answer.NO}
    assert office.case(first).band is Band.P1


def test_an_agency_of_the_later_case_alone_comes_with_it() -> None:
    office = Office()
    first = office.refer()
    later = office.refer(agencies=(CARE, EDUCATION))
    do(office, later, Grave.MERGE, office.case(first).reference)
    assert [party.agency for party in office.case(first).parties] == [POLICE, CARE, EDUCATION]
    assert office.deadline(first, "acknowledgement", EDUCATION).is_open


def test_cases_of_different_children_or_concerns_or_closed_ones_are_not_merged() -> None:
    office = Office()
    first = office.refer()
    for given, why in [
        (referral(kids=children("44-0002")), "share no reference of a child"),
        (referral("neglect", "green"), "different concerns"),
    ]:
        other = office.refer(given)
        with pytest.raises(Refusal, match=why):
            put_forward(office, other, Grave.MERGE, office.case(first).reference)
    with pytest.raises(FormRefusal, match="reference of the other case"):
        put_forward(office, first, Grave.MERGE, office.case(first).reference)
    with pytest.raises(NotFound):
        put_forward(office, first, Grave.MERGE, "SG-26-00099")
    closed = closable(office)
    do(office, closed, Grave.CLOSE)
    with pytest.raises(Refusal, match="Both cases must be open"):
        put_forward(office, first, Grave.MERGE, office.case(closed).reference)


def test_a_case_of_other_agencies_is_not_named_to_whoever_merges() -> None:
    office = Office()
    first = office.refer(agencies=(CARE,))
    secret = office.refer(by=TEACHER, agencies=(), left_out_reason="Social care asked not to be told of this one.")
    with pytest.raises(NotFound, match="none that you may see"):
        put_forward(office, first, Grave.MERGE, office.case(secret).reference, by=WORKER)


def test_the_owner_of_the_other_case_cannot_be_the_second_person() -> None:
    office = Office()
    first, later = two_cases(office)
    office.acknowledge(first, SERGEANT)
    proposed = put_forward(office, later, Grave.MERGE, office.case(first).reference)
    with pytest.raises(Refusal, match="The owner of the case cannot be the second person"):
        agree(office, proposed, SERGEANT)
    assert "goes on in SG-26-00001" in agree(office, proposed, CARE_LEAD)


# ---- closed in between


def test_what_was_put_forward_before_a_case_closed_is_not_taken_after() -> None:
    office = Office()
    case_id = closable(office)
    lower = put_forward(office, case_id, Grave.LOWER_GRADE, "standard")
    do(office, case_id, Grave.CLOSE)
    with pytest.raises(Refusal, match="Open it again first"):
        agree(office, lower)
    assert "Turned down" in agree(office, lower, agree=False)
    assert not [d for d in office.deadlines(case_id) if d.is_open]


def test_not_even_the_referrer_answers_a_question_of_a_closed_case() -> None:
    office = Office()
    case_id = closable(office)
    do(office, case_id, Grave.CLOSE)
    with pytest.raises(Refusal, match="SG-26-00001 is closed"):
        office.answer(case_id, "child_present", Answer.YES)
    assert not [d for d in office.deadlines(case_id) if d.is_open]
