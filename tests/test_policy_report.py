"""What `vigil policy` shows, tries and counts out, as plain values."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.concerns import Band
from bot.domain.risk import Answer
from bot.policy_file import load_policy
from bot.policy_report import Tried, Unanswerable, due, due_lines, facts_of, rows, tried

POLICY = load_policy()
MONDAY_TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
THREE_DAYS: Mapping[str, object] = {"clock": "working_day", "amount": 3, "from": "2027-12-20T20:35:00+00:00"}


def case(concern: str, grade: str | None, facts: str = "", *flags: str) -> Tried:
    return tried(POLICY, concern, grade, facts_of(facts), frozenset(flags), MONDAY_TEN)


def test_every_row_is_shown_with_its_basis_and_source() -> None:
    found = rows(POLICY)
    england = [row for row in POLICY.milestones.values() if POLICY.jurisdiction in row.jurisdictions]
    assert len(found) == len(england) + len(POLICY.floors) + len(POLICY.gates)
    assert all(row.words and row.basis and row.source for row in found)


def test_the_rows_of_a_concern_are_its_own_and_the_common_ones() -> None:
    found = {row.code: row for row in rows(POLICY, "domestic_abuse")}
    assert {"acknowledgement", "school_notice", "dash_14", "g6_school_and_voice"} <= found.keys()
    assert not found.keys() & {"kirat", "missing_under_13", "g1_children_first"}
    assert found["acknowledgement"].limits["P3"] == "4 hours of hub time, at most next 12:00"
    assert "At most 1 working day: Working Together 2023" in found["acknowledgement"].source
    assert found["acknowledgement"].note == "climbs to step 5"
    assert found["marac_referral"].note == "shown, not pinged"
    assert (found["dash_14"].limits, found["dash_14"].words[:7]) == ({"at least": "high"}, "Floor: ")
    assert found["high_child_present"].limits == {"at least": "P1"}
    assert found["open_plan"].limits == {"at least": "+1 level"}
    assert found["g6_school_and_voice"].limits == {"refuses": "close"}
    assert found["g8_release"].limits == {"flags only": "release_suspect"}


def test_a_row_names_its_concerns() -> None:
    found = {row.code: row.concerns for row in rows(POLICY, "missing")}
    assert found["supervisor_review"] == ("missing", "missing_from_care")
    assert found["acknowledgement"] == ()


def test_a_case_is_tried_with_floors_band_and_who_would_be_pinged_when() -> None:
    found = case("missing_from_care", "low", "exploitation_marker=yes")
    assert (found.grade, found.least_grade, found.band) == ("high", "high", "P1")
    assert "Floor: missing child with a sign of exploitation" in found.floors
    first = found.deadlines[0]
    assert (first.code, first.limit, first.basis) == ("acknowledgement", "15 minutes", "force default")
    assert first.due_at == datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
    assert [(step.number, step.at.strftime("%H:%M")) for step in first.steps] == [
        (0, "10:07"),
        (1, "10:15"),
        (2, "10:30"),
        (3, "10:45"),
        (4, "11:15"),
        (5, "12:15"),
    ]
    assert first.steps[-1].to == ("chief_officer", "partner_executive")
    assert [one.due_at for one in found.deadlines] == sorted(one.due_at for one in found.deadlines)


def test_a_deadline_that_is_only_shown_pings_nobody_and_a_grading_stops_at_the_leaders() -> None:
    found = {one.code: one for one in case("neglect", "green").deadlines}
    assert found["assessment"].steps == ()
    assert [step.number for step in found["graded"].steps] == [0, 1, 2]
    assert found["acknowledgement"].basis == "statutory guidance"


def test_floors_and_flags_bring_their_own_deadlines() -> None:
    exploited = {one.code for one in case("cce_county_lines", "emerging", "found_out_of_area=unknown").deadlines}
    assert {"nrm_submitted", "home_area_told", "found_area_told"} <= exploited
    protected = case("neglect", "green", "", "police_protection")
    assert protected.band == "P1"
    assert "protection_expiry" in {one.code for one in protected.deadlines}


def test_an_ungraded_case_has_no_grade_and_the_highest_band() -> None:
    found = case("other", None, "subject_is_employee=yes")
    assert (found.grade, found.least_grade, found.band, found.restricted) == (None, "red", "P1", True)


def test_a_limit_that_a_band_does_not_have_is_not_owed() -> None:
    assert "missing_first_action" not in {one.code for one in case("neglect", "green").deadlines}
    assert "marac_referral" not in {one.code for one in case("domestic_abuse", "standard").deadlines}


@pytest.mark.parametrize(
    ("concern", "grade", "facts", "flags", "sentence"),
    [
        ("missin", None, "", (), "There is no concern 'missin'. Write one of missing,"),
        ("missing", "red", "", (), "There is no grade 'red'. Write one of high, medium"),
        ("missing", None, "dash_14=yes", (), "There is no question of this concern 'dash_14'. Write one of"),
        ("missing", None, "under_13=maybe", (), "under_13 is answered 'maybe'. Write under_13=yes,"),
        ("missing", None, "under_13", (), "under_13 is answered ''."),
        ("missing", None, "", ("x",), "There is no flag 'x'. Write one of police_protection,"),
    ],
)
def test_a_code_that_is_not_in_the_policy_is_told_with_those_that_are(
    concern: str, grade: str | None, facts: str, flags: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(Unanswerable) as caught:
        case(concern, grade, facts, *flags)
    assert str(caught.value).startswith(sentence)


def test_a_case_is_tried_at_an_instant_with_its_offset() -> None:
    with pytest.raises(Unanswerable, match="with its offset"):
        tried(POLICY, "missing", None, {}, frozenset(), MONDAY_TEN.replace(tzinfo=None))


def test_rows_of_an_unknown_concern_are_refused() -> None:
    with pytest.raises(Unanswerable, match="no concern"):
        rows(POLICY, "nothing")


def test_answers_are_read_from_a_text() -> None:
    assert facts_of("") == {}
    assert facts_of(" a=yes, b = unknown,c=no ,") == {"a": Answer.YES, "b": Answer.UNKNOWN, "c": Answer.NO}


def test_a_limit_is_counted_out() -> None:
    assert due(POLICY.calendar, THREE_DAYS) == {
        "due_at": "2027-12-23T17:00:00+00:00",
        "counted": [
            "Mon 2027-12-20: day 0",
            "Tue 2027-12-21: working day 1",
            "Wed 2027-12-22: working day 2",
            "Thu 2027-12-23: working day 3",
            "ends at 17:00",
        ],
    }


@pytest.mark.parametrize(
    ("change", "due_at"),
    [
        ({"clock": "elapsed", "amount": "72h", "from": "2026-10-23T12:00:00+01:00"}, "2026-10-26T11:00:00+00:00"),
        ({"clock": "elapsed", "amount": "20s", "from": "2026-10-23T12:00:00Z"}, "2026-10-23T12:00:20+00:00"),
        ({"clock": "hub_hours", "amount": "4h", "from": "2027-04-30T16:55:00+01:00"}, "2027-05-04T11:55:00+00:00"),
        (
            {"clock": "hub_hours", "amount": "4h", "from": "2027-04-30T16:55:00+01:00", "latest": "12:00"},
            "2027-05-04T11:00:00+00:00",
        ),
        ({"clock": "next_school_day", "amount": "1"}, "2027-12-21T08:30:00+00:00"),
        ({"clock": "next_school_day", "amount": 1, "council": "derbyshire"}, "2027-12-21T08:30:00+00:00"),
        ({"clock": "months", "amount": 3}, "2028-03-20T17:00:00+00:00"),
    ],
)
def test_every_clock_can_be_asked(change: dict[str, object], due_at: str) -> None:
    assert due(POLICY.calendar, {**THREE_DAYS, **change})["due_at"] == due_at


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"clock": "days"}, "There is no clock 'days'. Write one of elapsed, hub_hours,"),
        ({"clock": None}, "There is no clock None."),
        ({"amount": "4h"}, "The amount '4h' is not a number of days or months."),
        ({"amount": 0}, "The amount 0 is not a number of days or months."),
        ({"amount": -3}, "The amount -3 is not a number"),
        ({"amount": 3.5}, "The amount 3.5 is not a number"),
        ({"amount": True}, "The amount True is not a number"),
        ({"amount": 10_001}, "The amount 10001 is not a number"),
        ({"clock": "elapsed"}, "The amount 3 is not a length of time."),
        ({"clock": "elapsed", "amount": "9999d"}, "The amount '9999d' is not a length of time."),
        ({"from": "2027-12-20T20:35:00"}, "'2027-12-20T20:35:00' is not an instant. Write one with its offset"),
        ({"from": "tomorrow"}, "'tomorrow' is not an instant."),
        ({"from": "9999-12-20T20:35:00+00:00"}, "'9999-12-20T20:35:00+00:00' is not an instant."),
        ({"latest": "12:00"}, "A span on the working_day clock has no latest time of day. Leave it out."),
        ({"clock": "hub_hours", "amount": "4h", "latest": "noon"}, "The latest time 'noon' is not a time of day."),
        ({"clock": "hub_hours", "amount": "4h", "latest": 12}, "The latest time 12 is not a time of day."),
        ({"start": "x"}, "There is no key 'start'. Keep to clock, amount, from, latest and council."),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_to_write(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(Unanswerable) as caught:
        due(POLICY.calendar, {**THREE_DAYS, **change})
    assert str(caught.value).startswith(sentence)


def test_many_questions_are_answered_in_order_and_one_that_cannot_be_does_not_stop_the_rest() -> None:
    lines = [json.dumps(THREE_DAYS), "", "{", "[]", json.dumps({**THREE_DAYS, "amount": 0}), json.dumps(THREE_DAYS)]
    found = list(due_lines(POLICY.calendar, lines))
    assert [sorted(one) for one in found] == [
        ["counted", "due_at"],
        ["error"],
        ["error"],
        ["error"],
        ["counted", "due_at"],
    ]
    assert "not JSON" in str(found[1]["error"])
    assert "not an object" in str(found[2]["error"])


# --- for every case

instants = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(st.sampled_from(sorted(POLICY.concerns)), st.data(), instants)
def test_every_ladder_climbs_in_order_and_never_starts_before_the_referral(
    concern: str, data: st.DataObject, at: datetime
) -> None:
    kind = POLICY.concern(concern)
    grade = data.draw(st.none() | st.sampled_from([found.code for found in kind.grades]))
    facts = {fact.code: data.draw(st.sampled_from(list(Answer))) for fact in kind.facts}
    flags = data.draw(st.frozensets(st.sampled_from(sorted(POLICY.flags))))
    found = tried(POLICY, concern, grade, facts, flags, at)
    assert "acknowledgement" in {one.code for one in found.deadlines}
    for one in found.deadlines:
        instants = [at, *(step.at for step in one.steps)]
        assert instants == sorted(instants)
        assert all(step.at <= one.due_at for step in one.steps if step.number <= 1)


@given(st.sampled_from(sorted(POLICY.milestones)), instants)
def test_a_more_urgent_band_is_never_due_later(code: str, at: datetime) -> None:
    ends = [POLICY.calendar.due_at(span, at) for _, span in sorted(POLICY.milestones[code].clocks.items())]
    assert ends == sorted(ends)


@given(st.sampled_from(sorted(POLICY.ladders)), instants)
def test_the_steps_of_a_ladder_are_apart_from_whatever_instant(band: Band, at: datetime) -> None:
    ends = [POLICY.calendar.due_at(step.after[0], at) for step in POLICY.ladders[band].steps if step.after]
    assert all(before < after for before, after in pairwise([at, *ends]))
