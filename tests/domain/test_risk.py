"""Floors raise and never lower; history counts at the edges of its windows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.concerns import Band, Floor, Role
from bot.domain.policy import Policy
from bot.domain.risk import Answer, Assessment, Earlier, History, assess, counting
from bot.policy_file import load_policy

POLICY = load_policy()
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
MOMENT = timedelta(seconds=1)


def assessed(concern: str, grade: str | None, *facts: str, flags: frozenset[str] = frozenset()) -> Assessment:
    """The assessment when these facts are answered yes."""
    return assess(POLICY, concern, grade, dict.fromkeys(facts, YES), flags)


def fired(assessment: Assessment) -> list[str]:
    return [floor.code for floor in assessment.floors]


@pytest.mark.parametrize(
    ("concern", "grade", "facts", "floor", "raised", "band"),
    [
        ("missing", "low", (), "missing", "medium", Band.P2),
        ("missing", "very_low", (), "missing", "medium", Band.P2),
        ("missing_from_care", "low", (), "missing", "medium", Band.P2),
        ("missing", "medium", ("exploitation_marker",), "missing_exploited", "high", Band.P1),
        ("missing_from_care", "medium", ("exploitation_marker",), "missing_exploited", "high", Band.P1),
        ("missing", "medium", ("under_13",), "missing_under_13", "high", Band.P1),
        ("missing", "medium", ("danger_while_missing",), "missing_in_danger", "high", Band.P1),
        ("missing", "medium", ("looked_after", "self_harm_or_substances"), "missing_looked_after", "high", Band.P1),
        ("missing_from_care", "medium", ("self_harm_or_substances",), "missing_from_care_vulnerable", "high", Band.P1),
        ("cse", "emerging", ("missing_now",), "exploited_missing", "significant", Band.P2),
        ("cce_county_lines", "emerging", ("missing_now",), "exploited_missing", "significant", Band.P2),
        ("cse", "emerging", ("looked_after",), "exploited_looked_after", "significant", Band.P2),
        ("cse", "emerging", ("unexplained_adult",), "unexplained_adult", "significant", Band.P2),
        ("cce_county_lines", "emerging", ("found_out_of_area",), "found_out_of_area", "significant", Band.P2),
        ("indecent_images_adult_suspect", "low", ("child_in_household",), "suspect_household", "high", Band.P2),
        (
            "indecent_images_adult_suspect",
            "medium",
            ("suspect_works_with_children",),
            "suspect_works_with_children",
            "high",
            Band.P2,
        ),
        (
            "indecent_images_adult_suspect",
            "low",
            ("released_to_child",),
            "suspect_released_to_child",
            "very_high",
            Band.P1,
        ),
        ("domestic_abuse", "standard", ("dash_14",), "dash_14", "high", Band.P2),
        (
            "domestic_abuse",
            "standard",
            ("child_present", "strangulation_weapon_pregnancy"),
            "child_present_aggravated",
            "high",
            Band.P1,
        ),
        ("domestic_abuse", "medium", ("child_present", "three_incidents"), "child_present_aggravated", "high", Band.P1),
        ("domestic_abuse", "high", ("child_present",), "high_child_present", "high", Band.P1),
        ("youth_produced_images", "repeated", ("adult_or_coercion",), "image_aggravated", "aggravated", Band.P2),
        ("youth_produced_images", "non_aggravated", ("under_13",), "image_aggravated", "aggravated", Band.P2),
        ("youth_produced_images", "non_aggravated", ("shared_widely",), "image_aggravated", "aggravated", Band.P2),
        ("physical", "amber", ("under_1_injury",), "infant_injured", "immediate_danger", Band.P1),
        ("neglect", "green", ("under_1_injury",), "infant_injured", "red", Band.P1),
        ("neglect", "green", ("open_plan",), "open_plan", "amber", Band.P3),
        ("neglect", "red", ("open_plan",), "open_plan", "red", Band.P2),
        ("emotional", "green", ("subject_is_employee",), "subject_is_employee", "red", Band.P2),
    ],
)
def test_a_floor_raises_the_grade_and_the_band(
    concern: str, grade: str, facts: tuple[str, ...], floor: str, raised: str, band: Band
) -> None:
    found = assessed(concern, grade, *facts)
    assert floor in fired(found)
    assert (found.grade, found.band) == (raised, band)
    assert floor not in fired(assess(POLICY, concern, grade, dict.fromkeys(facts, NO))) or not facts


@pytest.mark.parametrize(
    ("concern", "grade", "facts", "floor"),
    [
        ("missing", "medium", ("looked_after",), "missing_looked_after"),
        ("domestic_abuse", "medium", ("child_present",), "child_present_aggravated"),
        ("domestic_abuse", "medium", ("strangulation_weapon_pregnancy",), "child_present_aggravated"),
        ("domestic_abuse", "medium", ("child_present",), "high_child_present"),
        ("cse", "emerging", (), "exploited_missing"),
    ],
)
def test_a_floor_with_only_part_of_its_conditions_does_not_fire(
    concern: str, grade: str, facts: tuple[str, ...], floor: str
) -> None:
    found = assessed(concern, grade, *facts)
    assert floor not in fired(found)
    assert found.grade == grade


def test_the_card_can_say_why() -> None:
    found = assessed("indecent_images_adult_suspect", "low", "child_in_household")
    assert found.floors[0].sentence == "Floor: child in the household of an image suspect"


def test_do_not_know_counts_as_yes_and_no_answer_yet_counts_as_nothing() -> None:
    assert assess(POLICY, "missing", "medium", {"under_13": UNKNOWN}).grade == "high"
    assert assess(POLICY, "missing", "medium", {"under_13": NO}).grade == "medium"
    assert assess(POLICY, "missing", "medium", {}).grade == "medium"
    assert counting({"a": YES, "b": NO, "c": UNKNOWN}) == {"a", "c"}


def test_a_case_that_nobody_has_graded_runs_on_the_fastest_clock_and_knows_its_least_grade() -> None:
    found = assessed("missing", None)
    assert (found.band, found.grade, found.least_grade) == (Band.P1, None, "medium")
    assert assessed("emotional", None).least_grade == "green"


def test_a_grade_above_the_floor_stays() -> None:
    found = assessed("missing", "high")
    assert (found.grade, found.least_grade, fired(found)) == ("high", "medium", ["missing"])


def test_two_reasons_to_raise_by_a_level_add_up_and_stop_at_the_top() -> None:
    twice = replace(POLICY.floors["open_plan"], code="twice", all_of=frozenset(), flags=frozenset({"child_in_custody"}))
    policy = replace(POLICY, floors={"open_plan": POLICY.floors["open_plan"], "twice": twice})
    flags = frozenset({"child_in_custody"})
    assert assess(policy, "neglect", "green", {"open_plan": YES}, flags).grade == "red"
    assert assess(policy, "neglect", "amber", {"open_plan": YES}, flags).grade == "red"


def test_police_protection_sets_the_highest_band_and_custody_the_second() -> None:
    assert assessed("neglect", "green", flags=frozenset({"police_protection"})).band is Band.P1
    assert assessed("neglect", "green", flags=frozenset({"child_in_custody"})).band is Band.P2
    assert assessed("neglect", "green", flags=frozenset({"school_referral"})).band is Band.P4


def test_a_case_about_an_employee_is_closed_to_a_named_list() -> None:
    assert assessed("physical", "amber", "subject_is_employee").restricted
    assert not assessed("physical", "amber").restricted


def test_a_floor_opens_its_milestones() -> None:
    found = assessed("cce_county_lines", "emerging", "found_out_of_area")
    assert found.opens == ("nrm_submitted",)
    assert [row.code for row in POLICY.opened_by_floors(found.opens, "cce_county_lines")] == ["nrm_submitted"]
    assert POLICY.opened_by_floors(found.opens, "neglect") == ()


def test_an_overridden_floor_is_listed_and_changes_nothing() -> None:
    found = assess(
        POLICY,
        "indecent_images_adult_suspect",
        "low",
        {"released_to_child": YES},
        overridden=frozenset({"suspect_released_to_child"}),
    )
    assert (found.grade, found.band, found.opens) == ("low", Band.P4, ())
    assert [floor.overridden for floor in found.floors] == [True]


def test_a_band_floor_below_every_grade_gives_the_top_grade() -> None:
    floor = Floor(code="x", sentence="x", basis=POLICY.floors["dash_14"].basis, source="x", band=Band.P1)
    found = assess(replace(POLICY, floors={"x": floor}), "cse", "emerging", {})
    assert (found.grade, found.band) == ("significant", Band.P1)


def test_an_unknown_concern_or_grade_is_an_error() -> None:
    with pytest.raises(KeyError):
        assessed("nothing", "high")
    with pytest.raises(KeyError):
        assessed("missing", "red")


# --- history


def with_history(concern: str, grade: str, *earlier: Earlier) -> Assessment:
    return assess(POLICY, concern, grade, {}, history=History(NOW, "police", earlier))


def ago(within: timedelta, agency: str = "police", *, missing: bool = False) -> Earlier:
    return Earlier(NOW - within, agency, missing=missing)


YEAR_AGO = datetime(2025, 11, 23, tzinfo=UTC)


def test_the_third_referral_in_twelve_months_is_at_least_p3_and_tells_the_department_lead() -> None:
    found = with_history("neglect", "green", Earlier(YEAR_AGO, "police"), ago(timedelta(days=100)))
    assert fired(found) == ["third_referral"]
    assert (found.band, found.tells) == (Band.P3, (Role.DEPARTMENT_LEAD,))


def test_a_referral_before_the_first_day_of_the_twelve_months_does_not_count() -> None:
    assert fired(with_history("neglect", "green", Earlier(YEAR_AGO - MOMENT, "police"), ago(timedelta(days=100)))) == []
    assert fired(with_history("neglect", "green", ago(timedelta(days=100)))) == []


def test_what_came_after_this_referral_does_not_count() -> None:
    assert fired(with_history("neglect", "green", ago(-MOMENT), ago(timedelta(days=100)))) == []


def test_three_missing_episodes_in_thirty_days_raise_a_level_and_call_a_meeting() -> None:
    month = timedelta(days=30)
    found = with_history("missing", "low", ago(month, missing=True), ago(timedelta(days=3), missing=True))
    assert (found.grade, found.opens) == ("high", ("repeat_missing_meeting", "placement_review"))
    assert found.tells == (Role.DEPARTMENT_LEAD,)
    assert [row.code for row in POLICY.opened_by_floors(found.opens, "missing")] == ["repeat_missing_meeting"]
    late = with_history("missing", "medium", ago(month + MOMENT, missing=True), ago(timedelta(days=3), missing=True))
    assert late.grade == "medium"
    others = with_history("missing", "medium", ago(timedelta(days=9)), ago(timedelta(days=3), missing=True))
    assert others.grade == "medium"


def test_missing_episodes_raise_only_a_missing_case() -> None:
    month = timedelta(days=30)
    found = with_history("neglect", "green", ago(month, missing=True), ago(timedelta(days=3), missing=True))
    assert fired(found) == ["third_referral"]


def test_two_agencies_within_seven_days_raise_to_p3() -> None:
    week = timedelta(days=7)
    assert fired(with_history("neglect", "green", ago(week, "health"))) == ["two_agencies"]
    assert with_history("neglect", "green", ago(week, "health")).band is Band.P3
    assert fired(with_history("neglect", "green", ago(week + MOMENT, "health"))) == []
    assert fired(with_history("neglect", "green", ago(timedelta(days=1), "police"))) == []


def test_a_new_concern_within_thirty_days_of_no_further_action_is_at_least_p3() -> None:
    def ended(at: datetime) -> Earlier:
        return Earlier(NOW - timedelta(days=200), "police", no_further_action_at=at)

    found = with_history("neglect", "green", ended(NOW - timedelta(days=30)))
    assert (fired(found), found.band, found.grade) == (["recent_no_further_action"], Band.P3, "amber")
    assert fired(with_history("neglect", "green", ended(NOW - timedelta(days=30) - MOMENT))) == []
    assert fired(with_history("neglect", "green", ended(NOW + MOMENT))) == []


def test_without_a_history_nothing_of_it_counts() -> None:
    assert fired(assessed("neglect", "green")) == []


# --- for every case

concerns = st.sampled_from(sorted(POLICY.concerns))
answers = st.dictionaries(st.sampled_from(sorted(POLICY.facts)), st.sampled_from(list(Answer)))
flag_sets = st.frozensets(st.sampled_from(sorted(POLICY.flags)))


@given(concerns, st.data(), answers, flag_sets)
def test_no_facts_ever_lower_a_grade_or_a_band(
    concern: str, data: st.DataObject, facts: dict[str, Answer], flags: frozenset[str]
) -> None:
    kind = POLICY.concern(concern)
    chosen = data.draw(st.sampled_from(kind.grades))
    found = assess(POLICY, concern, chosen.code, facts, flags)
    assert found.grade is not None
    grades = [grade.code for grade in kind.grades]
    assert grades.index(found.grade) <= grades.index(chosen.code)
    assert not chosen.band.more_urgent_than(found.band)
    assert not kind.grade(found.grade).band.more_urgent_than(found.band)


@given(concerns, st.data(), answers, flag_sets, st.sampled_from(sorted(POLICY.facts)))
def test_one_more_yes_never_gives_a_less_urgent_band(
    concern: str, data: st.DataObject, facts: dict[str, Answer], flags: frozenset[str], fact: str
) -> None:
    grade = data.draw(st.none() | st.sampled_from([found.code for found in POLICY.concern(concern).grades]))
    before = assess(POLICY, concern, grade, {**facts, fact: NO}, flags)
    after = assess(POLICY, concern, grade, {**facts, fact: YES}, flags)
    assert not before.band.more_urgent_than(after.band)
    assert set(fired(before)) <= set(fired(after))


@given(st.permutations(list(POLICY.floors.items())), concerns, st.data(), answers)
def test_the_order_of_the_floors_never_matters(
    floors: list[tuple[str, Floor]], concern: str, data: st.DataObject, facts: dict[str, Answer]
) -> None:
    grade = data.draw(st.sampled_from([found.code for found in POLICY.concern(concern).grades]))
    shuffled: Policy = replace(POLICY, floors=dict(floors))
    one, other = (assess(policy, concern, grade, facts) for policy in (POLICY, shuffled))
    assert (one.band, one.grade, set(fired(one))) == (other.band, other.grade, set(fired(other)))
