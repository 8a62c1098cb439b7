"""The demo week: its mix, its hours, nothing of a child in it, and acknowledgements that fall where the file says."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bot.directory_file import DirectoryFile, read_directory
from bot.domain.calendar import Calendar
from bot.domain.concerns import Band
from bot.domain.deadlines import due_instant, plan_for
from bot.domain.policy import Policy
from bot.domain.risk import Answer, Earlier, History, assess
from bot.policy_file import load_policy
from bot.practice.demo_week import BEFORE_DUE, DEMO_WEEK, PLACES, Item, Week, load_week
from bot.practice.sample import SAMPLE_DIRECTORY

ACK = "acknowledgement"
HIGH = {"high", "significant", "aggravated", "red"}
MEDIUM = {"medium", "moderate", "repeated", "amber"}
STANDARD = {"standard", "low", "green"}
FRIDAY_EVENING = datetime(2026, 11, 27, 18, tzinfo=UTC)
END = datetime(2026, 11, 30, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def week() -> Week:
    return load_week()


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(scope="module")
def file() -> DirectoryFile:
    return read_directory(SAMPLE_DIRECTORY)


def test_week_has_the_mix_of_concerns_of_a_real_one(week: Week) -> None:
    counted = Counter(item.concern for item in week.items)
    assert counted.pop("domestic_abuse") == 20
    assert counted.pop("missing") + counted["missing_from_care"] == 14
    assert counted.pop("missing_from_care") == 9
    assert counted.pop("indecent_images_adult_suspect") == 6
    assert counted.pop("youth_produced_images") == 4
    assert counted.pop("cse") == 4
    assert counted.pop("cce_county_lines") == 3
    assert [item.by for item in week.items if item.channel == "probation-duty"] == ["cosmo-weatherstaff"]
    assert set(counted) == {"neglect", "physical", "emotional", "other"}
    assert sum(counted.values()) == 8 + 1
    assert len(week.items) == 60


def test_four_of_the_children_missing_from_care_are_the_same_two(week: Week) -> None:
    missing = Counter(child for item in week.items if item.concern == "missing_from_care" for child in item.children)
    assert sorted(missing.values()) == [1, 1, 1, 1, 1, 2, 2]


def test_grades_are_16_high_34_medium_8_standard_2_ungraded(week: Week) -> None:
    tiers = Counter(
        "none" if item.grade is None else next(n for n, t in enumerate((HIGH, MEDIUM, STANDARD)) if item.grade in t)
        for item in week.items
    )
    assert tiers == {0: 16, 1: 34, 2: 8, "none": 2}


def test_week_is_a_monday_to_the_next_with_24_arriving_at_the_weekend(week: Week) -> None:
    assert week.starts_at == datetime(2026, 11, 23, tzinfo=UTC)
    arrivals = [item.arrives_at for item in week.items]
    assert [item.number for item in week.items] == list(range(1, 61))
    assert arrivals == sorted(set(arrivals))
    assert sum(FRIDAY_EVENING <= at < END for at in arrivals) == 24
    assert arrivals[-1] < END


def test_everything_is_done_in_order_and_before_the_week_ends(week: Week) -> None:
    for item in week.items:
        deeds = [item.acknowledged, item.police, item.graded, *item.acted]
        assert all(item.arrives_at < deed.at <= END for deed in deeds)


def test_planned_acknowledgements_are_41_in_time_then_12_and_5_and_2(week: Week) -> None:
    assert [week.planned[place] for place in PLACES] == [41, 12, 5, 2]


def test_codes_people_and_channels_are_those_of_the_policy_and_the_directory(
    week: Week, policy: Policy, file: DirectoryFile
) -> None:
    names = {row.name: row.id for row in file.channels.values()}
    for item in week.items:
        concern = policy.concern(item.concern)
        assert item.grade is None or item.grade in {grade.code for grade in concern.offered}
        assert item.asks_for in policy.asks
        assert set(item.facts) <= {fact.code for fact in concern.facts}
        assert {deed.code for deed in item.acted} <= {act.code for act in policy.acts_for(item.concern)}
        assert item.graded.code in {grade.code for grade in concern.offered}
        assert file.directory.people[item.by].slack
        home = file.directory.team_of_channel(names[item.channel])
        assert home is not None
        assert home.agency == file.directory.people[item.by].agency


def test_each_acknowledgement_is_given_by_the_agency_that_owes_it_and_never_by_the_referrer(
    week: Week, file: DirectoryFile
) -> None:
    people = file.directory.people
    for item in week.items:
        assert people[item.acknowledged.by].agency == "childrens-services"
        assert people[item.police.by].agency == "police"
        assert item.police.by != item.by
        away = {
            cover.person for cover in file.directory.covers if cover.from_at <= item.acknowledged.at < cover.until_at
        }
        assert item.acknowledged.by not in away


def ladder(item: Item, policy: Policy, band: Band) -> dict[int, datetime]:
    milestone = policy.milestones[ACK]
    calendar: Calendar = policy.calendar
    timed = due_instant(milestone, band, calendar, item.arrives_at)
    assert timed is not None
    span, due_at = timed
    plan = plan_for(
        milestone, policy.ladder_for(milestone, band), calendar, span=span, trigger_at=item.arrives_at, due_at=due_at
    )
    return {step.number: step.at for step in plan.steps}


def history(item: Item, week: Week) -> History:
    earlier = tuple(
        Earlier(other.arrives_at, "police", missing=other.concern.startswith("missing"))
        for other in week.items
        if other.arrives_at < item.arrives_at and set(other.children) & set(item.children)
    )
    return History(item.arrives_at, "police", earlier)


@pytest.mark.parametrize("joined", [False, True])
def test_each_acknowledgement_falls_where_the_file_says(week: Week, policy: Policy, *, joined: bool) -> None:
    for item in week.items:
        facts = {code: Answer(answer) for code, answer in item.facts.items()}
        past = history(item, week) if joined else None
        at_first = assess(policy, item.concern, item.grade, {}, history=past)
        at_last = assess(policy, item.concern, item.grade, facts, history=past)
        first, last = ladder(item, policy, at_first.band), ladder(item, policy, at_last.band)
        at = {number: min(first[number], last[number]) for number in first}
        assert item.due_at == at[1], f"referral {item.number} is due at {at[1]}"
        place = PLACES.index(item.falls)
        after = at[place] if item.falls != BEFORE_DUE else item.arrives_at
        assert after < item.acknowledged.at < at[place + 1], f"referral {item.number} is not {item.falls}"
        assert item.police.at < at[1], f"the police are late on referral {item.number}"


def done_by(item: Item, policy: Policy, met_by: frozenset[str]) -> datetime | None:
    """When a deed of the item is a record of one of these events."""
    for deed in item.acted:
        protective = {"protective_act"} if policy.acts[deed.code].protective else set[str]()
        if met_by & (policy.records_of(deed.code) | protective):
            return deed.at
    return None


def test_receiver_confirms_the_grade_that_rules_have_made_of_it(week: Week, policy: Policy) -> None:
    for item in week.items:
        found = assess(policy, item.concern, item.grade, {code: Answer(answer) for code, answer in item.facts.items()})
        assert item.grade is None or item.graded.code == found.grade
        timed = due_instant(policy.milestones["graded"], found.band, policy.calendar, item.arrives_at)
        assert timed is not None
        assert item.graded.at < max(timed[1], item.acknowledged.at + timedelta(minutes=30)), item.number


def test_whatever_climbs_to_leaders_is_done_in_time_once_social_care_has_answered(week: Week, policy: Policy) -> None:
    for item in week.items:
        facts = {code: Answer(answer) for code, answer in item.facts.items()}
        band = assess(policy, item.concern, item.grade, facts).band
        known = [code for code, answer in facts.items() if answer.counts]
        for row in policy.milestones_for(item.concern, (), known, ["referral"]):
            timed = due_instant(row, band, policy.calendar, item.arrives_at)
            if row.code in {ACK, "graded"} or not row.adopted or timed is None or timed[1] > END:
                continue
            at = done_by(item, policy, row.met_by)
            late = at is None or at > max(timed[1], item.acknowledged.at + timedelta(hours=5))
            assert not late, f"referral {item.number}: {row.code} due {timed[1]}, done {at}"


def test_vignettes_are_in_the_week(week: Week) -> None:
    by_number = {item.number: item for item in week.items}
    images, ungraded, baby = by_number[7], by_number[20], by_number[22]
    assert images.grade == "medium"
    assert len(images.children) == 3
    assert ungraded.grade is None
    assert (ungraded.arrives_at.hour, ungraded.arrives_at.minute) == (3, 10)
    assert set(baby.children) <= set(by_number[4].children)


def test_file_holds_no_name_date_of_birth_postcode_or_number(file: DirectoryFile) -> None:
    text = DEMO_WEEK.read_text(encoding="utf-8")
    for item in load_week().items:
        assert all(re.fullmatch(r"police 44-DW-\d{4}", child) for child in item.children)
        assert item.area in {"", "NM"}
        assert not re.search(r"\d{1,2}/\d{1,2}/\d{2,4}|\b[A-Z]{1,2}\d{1,2}\b|0\d{9,10}|@", item.happened)
        assert len(item.happened) < 300
    staff = {word for person in file.directory.people.values() for word in person.name.split()}
    spoken = {word.strip(".,;") for item in load_week().items for word in item.happened.split()}
    assert not staff & spoken
    assert "DOB" not in text


def test_words_blame_no_child(week: Week, policy: Policy) -> None:
    said = " ".join(item.happened.lower() for item in week.items)
    assert policy.phrases
    assert not [phrase.words for phrase in policy.phrases if phrase.words.lower() in said]
