"""What the details of a concern's form come to: facts, another concern, words for the record, and what cannot be."""

from datetime import timedelta

import pytest

from bot.domain.details import detailed, wrong
from bot.domain.risk import Answer, assess
from tests.builders import MONDAY, POLICY

MISSING = POLICY.concern("missing")


def facts(**chosen: str | tuple[str, ...]) -> dict[str, Answer]:
    given = {code: (each,) if isinstance(each, str) else each for code, each in chosen.items()}
    return dict(detailed(POLICY, "missing", given).facts)


def test_each_choice_answers_its_questions_and_what_is_not_chosen_is_left_to_be_asked() -> None:
    assert facts() == {}
    assert facts(age="under_13") == {"under_13": Answer.YES}
    assert facts(age="teenager", care="no") == {"under_13": Answer.NO, "looked_after": Answer.NO}
    assert facts(age="unknown") == {"under_13": Answer.UNKNOWN}
    assert facts(known=("medication", "weather", "self_harm")) == {
        "danger_while_missing": Answer.YES,
        "self_harm_or_substances": Answer.YES,
    }
    assert facts(age="no-such-choice", nonsense="x") == {}


@pytest.mark.parametrize("concern", ["missing", "missing_from_care"])
def test_every_choice_answers_questions_that_its_concern_asks(concern: str) -> None:
    for detail in POLICY.concern(concern).details:
        for choice in detail.choices:
            found = detailed(POLICY, concern, {detail.code: (choice.code,)})
            asked = {fact.code for fact in POLICY.concern(found.concern).facts}
            assert set(found.facts) <= asked
            assert set(found.facts) == (choice.yes | choice.no | choice.unknown) & asked


def test_a_looked_after_child_is_missing_from_care_with_the_floors_of_that() -> None:
    found = detailed(POLICY, "missing", {"care": ("elsewhere",), "known": ("self_harm",)})
    assert found.concern == "missing_from_care"
    assert found.facts == {"out_of_area": Answer.YES, "self_harm_or_substances": Answer.YES}
    assert found.notes == (
        "Both councils and both forces are to be told: tick the other ones here. Each must acknowledge it",
    )
    judged = assess(POLICY, found.concern, "medium", found.facts)
    assert judged.grade == "high"
    assert [floor.code for floor in judged.floors] == ["missing", "missing_from_care_vulnerable"]


@pytest.mark.parametrize("answer", ["under_13", "unknown"])
def test_not_known_counts_as_yes_and_pushes_the_clock_faster(answer: str) -> None:
    assert assess(POLICY, "missing", "low", facts(age=answer)).grade == "high"


def test_the_words_for_the_record_say_what_was_chosen_and_nothing_else() -> None:
    words = detailed(POLICY, "missing", {"last_place": ("street",), "known": ("medication", "weather")}).words
    assert words.splitlines() == [
        "Where was the child last seen? The sort of place: In the street, a shop or a park",
        "What is known? Tick all that hold: Needs medication",
        "What is known? Tick all that hold: Severe weather where the child may be",
    ]


def test_impossible_times_and_an_adult_are_named_under_their_own_fields() -> None:
    assert wrong(MISSING, {"age": ("sixteen",)}, MONDAY, MONDAY) == {}
    found = wrong(MISSING, {"age": ("adult",)}, MONDAY + timedelta(days=365), MONDAY)
    assert found["detail_last_seen"] == "Time last seen must be in the past"
    assert found["detail_age"].startswith("This form is for children under 18.")
    assert set(found) == {"detail_last_seen", "detail_age"}
