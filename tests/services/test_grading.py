"""Grades and facts: instants move earlier only, lowering is refused, don't know counts as yes."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refusal
from bot.domain.notices import NoticeKind
from bot.domain.policy import Band
from bot.domain.risk import Answer
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    MONDAY,
    OFFICER,
    OTHER_OFFICER,
    POLICE,
    RESPONSE_CHANNEL,
    SERGEANT,
    TEACHER,
    WORKER,
    outsider,
    referral,
)
from tests.services.office import Office

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


def instants(office: Office, case_id: str) -> dict[str, object]:
    return {d.id: d.due_at for d in office.store.state.deadlines.values() if d.case_id == case_id and d.is_open}


# ---- grading


def test_the_first_grade_is_recorded_and_meets_the_grading_deadline() -> None:
    office = Office()
    case_id = office.refer(referral(grade=None))
    office.clock.move(30 * MINUTE)
    assert office.grade(case_id, "medium", WORKER) == "SG-26-00001 is graded Medium."
    case = office.case(case_id)
    assert (case.grade, case.band, case.graded_at) == ("medium", Band.P3, MONDAY + 30 * MINUTE)
    assert not office.deadline(case_id, "graded").is_open
    assert office.audit("graded") == ["ungraded to medium"]


def test_a_first_grade_never_moves_an_instant_later() -> None:
    office = Office()
    case_id = office.refer(referral(grade=None))
    before = instants(office, case_id)
    office.grade(case_id, "standard", WORKER)
    after = instants(office, case_id)
    assert all(after[each] == before[each] for each in after if each in before)
    assert office.deadline(case_id).due_at == MONDAY + 15 * MINUTE
    assert not office.notices(NoticeKind.RETIMED)


def test_raising_a_grade_moves_open_deadlines_earlier_counted_from_the_referral() -> None:
    office = Office()
    case_id = office.refer(referral(grade="medium"))
    office.clock.move(20 * MINUTE)
    assert office.grade(case_id, "high", CARE_LEADER) == "SG-26-00001 is graded High."
    assert office.deadline(case_id).due_at == MONDAY + HOUR
    assert office.deadline(case_id, "first_action").due_at == MONDAY + 12 * HOUR
    assert office.deadline(case_id, agency=POLICE).next_at == MONDAY + 30 * MINUTE


def test_raising_says_so_once_in_each_card_thread_naming_both_instants() -> None:
    office = Office()
    case_id = office.refer(referral(grade="medium"))
    office.settle()
    office.grade(case_id, "high", CARE_LEADER)
    office.settle()
    for channel in (CARE_CHANNEL, RESPONSE_CHANNEL):
        (line,) = office.lines_to(channel)
        assert "acknowledgement from Monday 23 November 2026 at 2:00pm to Monday 23 November 2026 at 11:00am" in line
        assert (
            "first protective action from Wednesday 25 November 2026 at 5:00pm to Monday 23 November 2026 at 10:00pm"
            in line
        )


def test_a_raise_that_makes_steps_overdue_pages_the_highest_of_them_at_once() -> None:
    office = Office()
    case_id = office.refer(referral("physical", "amber"))
    office.only(case_id, "acknowledgement", agency=CARE)
    office.clock.move(35 * MINUTE)
    office.settle()
    office.grade(case_id, "immediate_danger", OTHER_OFFICER)
    office.settle()
    assert office.deadline(case_id).done == 2
    assert office.steps_to(SERGEANT) == [(MONDAY + 35 * MINUTE, "team leaders")]


def test_lowering_a_grade_is_refused_and_changes_nothing() -> None:
    office = Office()
    case_id = office.refer(referral(grade="high"))
    with pytest.raises(Refusal, match="Lowering a grade needs a reason and a second person"):
        office.grade(case_id, "medium", CARE_LEADER)
    assert office.case(case_id).grade == "high"
    assert office.case(case_id).version == 1


def test_the_referrer_giving_their_own_grade_again_does_not_count_as_somebody_grading_it() -> None:
    office = Office()
    case_id = office.refer(referral(grade="high"))
    assert office.grade(case_id, "high", OFFICER) == "SG-26-00001 is graded High already."
    assert [d for d in office.store.state.deadlines.values() if d.kind == "graded" and d.is_open]


def test_the_receiving_agency_confirms_a_grade_by_giving_it_again_and_nothing_moves() -> None:
    office = Office()
    case_id = office.refer(referral(grade="high"))
    before = instants(office, case_id)
    assert office.grade(case_id, "high", WORKER) == "SG-26-00001 is graded High, confirmed."
    assert not office.deadline(case_id, "graded").is_open
    assert office.grade(case_id, "high", CARE_LEADER) == "SG-26-00001 is graded High already."
    assert {k: v for k, v in instants(office, case_id).items() if k in before}.items() <= before.items()


def test_a_grade_of_another_concern_is_refused() -> None:
    office = Office()
    case_id = office.refer(referral(grade="high"))
    with pytest.raises(Refusal, match="Select one of the grades for domestic abuse"):
        office.grade(case_id, "immediate_danger")


def test_an_agency_that_was_not_told_does_not_grade() -> None:
    office = Office()
    case_id = office.refer(referral(grade=None))
    with pytest.raises(Refusal, match="Only people of the agencies"):
        office.grade(case_id, "high", TEACHER)


def test_a_grade_below_the_floor_is_kept_and_the_floor_holds() -> None:
    office = Office()
    case_id = office.refer(referral("missing", None))
    said = office.grade(case_id, "low", WORKER)
    assert said == "SG-26-00001 is graded Medium. You chose Low; a risk floor holds it at Medium."
    case = office.case(case_id)
    assert (case.grade, case.effective_grade, case.band) == ("low", "medium", Band.P2)


def test_a_person_may_put_their_own_name_to_the_grade_that_a_floor_gave() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "standard"))
    office.answer(case_id, "dash_14", Answer.YES)
    assert office.case(case_id).effective_grade == "high"
    assert office.grade(case_id, "high", CARE_LEADER) == "SG-26-00001 is graded High."
    office.answer(case_id, "dash_14", Answer.NO)
    assert office.case(case_id).effective_grade == "high"


def test_a_double_press_grades_once() -> None:
    office = Office()
    case_id = office.refer(referral(grade=None))
    first = office.grade(case_id, "high", WORKER, key="press")
    assert office.grade(case_id, "high", WORKER, key="press") == first
    assert office.audit("graded") == ["ungraded to high"]


# ---- facts


@pytest.mark.parametrize("answer", [Answer.YES, Answer.UNKNOWN])
def test_a_fact_answered_yes_or_do_not_know_fires_its_floor_and_moves_what_is_owed_earlier(answer: Answer) -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"))
    office.answer(case_id, "dash_14", answer)
    case = office.case(case_id)
    assert (case.grade, case.effective_grade, case.band) == ("medium", "high", Band.P2)
    assert case.floors == ("dash_14",)
    assert office.audit("floor_fired") == ["dash_14"]
    assert office.deadline(case_id).due_at == MONDAY + HOUR


def test_a_fact_answered_no_changes_nothing_that_is_owed() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"))
    before = instants(office, case_id)
    office.answer(case_id, "dash_14", Answer.NO)
    case = office.case(case_id)
    assert (case.effective_grade, case.floors) == ("medium", ())
    assert {k: v for k, v in instants(office, case_id).items() if k in before}.items() <= before.items()


def test_correcting_a_fact_changes_the_grade_and_not_what_was_already_due() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"))
    office.answer(case_id, "dash_14", Answer.YES)
    office.clock.move(MINUTE)
    office.answer(case_id, "dash_14", Answer.NO)
    case = office.case(case_id)
    assert (case.effective_grade, case.band, case.floors) == ("medium", Band.P3, ())
    assert office.deadline(case_id).due_at == MONDAY + HOUR
    assert office.deadline(case_id).plan.repeat.every == HOUR


def test_answering_back_and_forth_never_moves_an_instant_later() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "standard"))
    seen = office.deadline(case_id).due_at
    for answer in (Answer.UNKNOWN, Answer.NO, Answer.YES, Answer.NO):
        office.clock.move(MINUTE)
        office.answer(case_id, "strangulation_weapon_pregnancy", answer)
        office.answer(case_id, "child_present", answer)
        assert office.deadline(case_id).due_at <= seen
        seen = office.deadline(case_id).due_at


def test_an_answer_after_the_acknowledgement_and_the_action_owes_neither_again() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"))
    office.acknowledge(case_id, WORKER)
    office.act(case_id, "child_seen_safe", WORKER)
    office.answer(case_id, "child_present", Answer.YES)
    assert not office.deadline(case_id).is_open
    assert not office.deadline(case_id, "first_action").is_open
    assert len([d for d in office.deadlines(case_id) if d.kind == "acknowledgement"]) == 2


def test_a_fact_opens_what_hangs_on_it_counted_from_the_referral() -> None:
    office = Office()
    case_id = office.refer(referral("indecent_images_adult_suspect", "high"))
    office.clock.move(DAY)
    office.answer(case_id, "suspect_works_with_children", Answer.UNKNOWN)
    told = office.deadline(case_id, "designated_officer_told", POLICE)
    assert (told.trigger_at, told.due_at) == (MONDAY, MONDAY.replace(day=24, hour=17))


def test_a_floor_makes_due_the_milestone_it_names_counted_from_when_it_fired_and_once() -> None:
    office = Office()
    case_id = office.refer(referral("indecent_images_adult_suspect", "high"))
    office.clock.move(HOUR)
    office.answer(case_id, "released_to_child", Answer.YES)
    office.answer(case_id, "open_plan", Answer.NO)
    checks = [d for d in office.deadlines(case_id) if d.kind == "release_address_check"]
    assert [check.trigger_at for check in checks] == [MONDAY + HOUR]


def test_the_answers_come_back_with_the_questions() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"))
    questions = office.answer(case_id, "dash_14", Answer.UNKNOWN)
    assert {q.code: q.answer for q in questions}["dash_14"] is Answer.UNKNOWN


def test_a_question_of_another_concern_is_refused() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"))
    with pytest.raises(Refusal, match="does not belong to this kind of concern"):
        office.answer(case_id, "under_13", Answer.YES)


def test_the_referrer_answers_even_as_a_stranger_and_another_stranger_does_not() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"), by=outsider())
    assert office.answer(case_id, "dash_14", Answer.NO, by=outsider())
    other = office.refer(referral("domestic_abuse", "medium"), by=OFFICER)
    with pytest.raises(Refusal):
        office.answer(other, "dash_14", Answer.NO, by=outsider())
    assert office.case(other).facts == {}


def test_social_care_is_the_one_that_owes_grading() -> None:
    office = Office()
    assert office.deadline(office.refer(referral(grade=None)), "graded").agency == CARE
