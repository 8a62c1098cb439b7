"""What was already open, what units counted, and grades read a second time, in the practice workspace."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.domain.commands import Actor
from bot.domain.errors import Refusal
from bot.domain.grade_samples import Graded, Reading, drawn, readings
from bot.domain.ids import PersonId, SlackUser, TeamId
from bot.domain.takeover import Columns
from tests.scenarios.world import CARE_DUTY, CHIEF, DEPARTMENT_LEAD, OFFICER, SUPERINTENDENT, World
from tests.scenarios.world import world as open_world

COLUMNS = Columns(
    {
        "number": "Crime No",
        "concern": "Type",
        "grade": "Risk",
        "opened_on": "Recorded",
        "children": "Refs",
        "facts": "Markers",
    },
    {"concern": {"IIOC": "indecent_images_adult_suspect"}, "grade": {"Med": "medium"}},
)
IMAGES = {"Type": "IIOC", "Risk": "Med", "Recorded": "2026-08-17", "Refs": "police 44-0001", "Markers": ""}
keys = count()
ROOM = "custody-duty"


def person(w: World, name: str) -> Actor:
    found = PersonId(name.lower().replace(" ", "-"))
    known = w.bot.desk.rules.directory.people[found]
    return Actor(found, known=True, agency=known.agency, workspace=known.workspace, user=known.slack or SlackUser(""))


def test_three_children_in_an_image_suspects_home_graded_medium_come_first_as_a_case_with_clocks(world: World) -> None:
    concern = world.bot.desk.rules.policy.concern("indecent_images_adult_suspect")
    grades = {grade.code for grade in concern.offered}
    assert {"medium", "high"} <= grades
    low = IMAGES | {
        "Crime No": "44/1",
        "Refs": "police 44-0001; police 44-0002; police 44-0003",
        "Markers": "child_in_household=yes",
    }
    fine = IMAGES | {"Crime No": "44/2", "Risk": "High", "Refs": "police 44-0009", "Recorded": "2026-02-02"}
    newer = low | {"Crime No": "44/3", "Recorded": "2026-11-01", "Refs": "police 44-0004"}
    bad = fine | {"Crime No": "44/4", "Risk": "purple"}
    rows, lead = [fine, newer, bad, low], person(world, "Rowena Ashgrove")
    dry = world.bot.desk.leaders.take_over(rows, COLUMNS, lead, True)  # noqa: FBT003 - bound by place
    assert [one.reference for one in dry.taken] == [None, None, None]
    assert world.bot.desk.cases(10) == []
    found = world.bot.desk.leaders.take_over(rows, COLUMNS, lead, False)  # noqa: FBT003 - same
    assert [one.number for one in found.below] == ["44/1", "44/3"]
    assert [one.number for one in found.taken] == ["44/1", "44/3", "44/2"]
    (returned,) = found.returned
    assert returned.row == 3
    assert returned.reason.startswith("grade must be one of")
    again = world.bot.desk.leaders.take_over(rows, COLUMNS, lead, False)  # noqa: FBT003 - same
    assert {one.already for one in again.taken} == {True}
    assert len(world.bot.desk.cases(10)) == 3
    listed = world.bot.desk.leaders.below()
    assert [one.known_since for one in listed] == [
        datetime(2026, 8, 16, 23, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
    ]
    assert all(one.next_due_at is not None for one in listed)
    world.driver.advance("1s")
    assert world.card(str(listed[0].reference))
    with pytest.raises(Refusal, match="Only leads and chief officers"):
        world.bot.desk.leaders.take_over(rows, COLUMNS, person(world, "Priya Fernsby"), True)  # noqa: FBT003 - same


# ---- counts

MONDAY = date(2026, 11, 23)
OTHERS = (
    "custody",
    "cid",
    "child-protection",
    "missing-exploitation",
    "online-investigation",
    "control-room",
    "neighbourhood",
)


def give(w: World, unit: str, day: date, number: int, by: str = "Rowena Ashgrove") -> str:
    return w.bot.desk.leaders.count(TeamId(unit), day, number, person(w, by), f"count-{next(keys)}").text


def others_count_none(w: World, day: date) -> None:
    for unit in OTHERS:
        give(w, unit, day, 0)


def test_none_is_told_from_not_reported_and_silence_climbs_from_the_departments_lead_to_the_chief_officer(
    w: World,
) -> None:
    form = w.driver.command("Ravi Millpond", ROOM, "/safeguarding", "count")["view_id"]
    wrong = w.driver.submit("Ravi Millpond", form, {"Unit": "Custody suites", "Day": "2026-11-23", "How many": "two"})
    assert wrong["errors"] == {"How many": "How many must be a number; 0 when there was none"}
    w.driver.submit("Ravi Millpond", form, {"Unit": "Custody suites", "Day": "2026-11-23", "How many": "0"})
    shown = str(w.driver.views("Ravi Millpond")[-1]["texts"])
    assert "Custody suites, Monday 23 November: none counted, none on the record. They agree." in shown
    others_count_none(w, MONDAY)
    w.nothing_else()
    w.clock_to("2026-11-24 11:00")
    told = w.expect_told(DEPARTMENT_LEAD, "CO-0001", "for the counts of your units that are missing or differ")
    assert "Wednesday 25 November 2026 at 5:00pm" in told.words
    w.nothing_else()
    table = {str(each.unit): each.match.value for each in w.bot.desk.leaders.unit_days(1)}
    assert (table["custody"], table["response"]) == ("none", "not reported")
    day = MONDAY
    while w.now() < datetime(
        2026, 11, 30, 16, tzinfo=UTC
    ):  # the others count each day, and only one goes on in silence
        day += timedelta(days=1)
        w.clock_to(f"{day} 17:00")
        others_count_none(w, day)
    w.overlook("The week's numbers on Monday morning.", containing="Week to")
    w.overlook("What the lead is told before and when it is due.", place=f"@{DEPARTMENT_LEAD}")
    w.expect_told(SUPERINTENDENT, "CO-0001", "Counts of a department's units owed by Imani Oakhollow is 1 day late")
    w.expect_told(CHIEF, "CO-0001", "is 5 days late; it was due on Wednesday 25 November 2026 at 5:00pm")
    assert w.now().replace(microsecond=0) == datetime(2026, 11, 30, 17, tzinfo=UTC)
    w.nothing_else()


def test_a_difference_is_the_leads_until_the_count_agrees(w: World) -> None:
    w.referred()
    assert "They differ: refer whoever is missing from the record" in give(
        w, "response", MONDAY, 3, "Callum Thistlewood"
    )
    others_count_none(w, MONDAY)
    w.clock_to("2026-11-24 10:30")
    w.expect_told(DEPARTMENT_LEAD, "CO-0001", "missing or differ from the record")
    w.overlook("The referral's own clocks.", containing="SG-26")
    assert "They agree" in give(w, "response", MONDAY, 1, "Callum Thistlewood")
    (found,) = [each for each in w.bot.desk.leaders.unit_days(1) if each.unit == "response"]
    assert (found.counted, found.held, found.match.value) == (1, 1, "agrees")
    give(w, "response", date(2026, 11, 24), 0, "Callum Thistlewood")
    others_count_none(w, date(2026, 11, 24))
    w.clock_to("2026-11-25 18:00")
    w.overlook("The referral's own clocks.", containing="SG-26")
    w.nothing_else()


def test_a_lead_says_what_they_found_of_a_difference_that_stays(w: World) -> None:
    give(w, "response", MONDAY, 2, "Callum Thistlewood")
    others_count_none(w, MONDAY)
    w.clock_to("2026-11-24 10:30")
    w.expect_told(DEPARTMENT_LEAD, "CO-0001")
    room = f"@{DEPARTMENT_LEAD}"
    view = w.driver.click(DEPARTMENT_LEAD, room, w.driver.messages(room)[-1]["ts"], "Open the counts")["view_id"]
    assert "Response, north and south, Monday 23 November: 2 counted, 0 on the record" in str(
        w.driver.views(DEPARTMENT_LEAD)[-1]["texts"]
    )
    assert "errors" in w.driver.submit(DEPARTMENT_LEAD, view, {"What you found": "No."})
    found = "Both were the same child, referred by the neighbourhood team."
    w.driver.submit(DEPARTMENT_LEAD, view, {"What you found": found})
    assert not [row for row in w.bot.desk.leaders.unit_days(7) if row.counted == 2 and row.in_order]
    w.clock_to("2026-11-24 18:00")
    w.nothing_else()


def test_counts_come_in_by_file_twice_without_a_change_and_a_bad_row_comes_back(world: World) -> None:
    lead = person(world, "Rowena Ashgrove")
    rows = [
        {"unit": "custody", "day": "2026-11-22", "number": "0"},
        {"unit": "front-door", "day": "2026-11-22", "number": "1"},
        {"unit": "response", "day": "2026-11-29", "number": "1"},
        {"unit": "response", "day": "2026-11-22", "number": "many"},
    ]
    for already in (False, True):
        found = world.bot.desk.leaders.import_counts(rows, lead, False)  # noqa: FBT003 - bound by place
        assert [(one.row, one.already) for one in found.taken] == [(1, already)]
        assert [row.reason for row in found.returned] == [
            "Select a unit of Northmere Police.",
            "The day must be today or earlier.",
            "day must be a date such as 2026-11-23, number a whole number; 0 is a count too.",
        ]


# ---- grades


def test_a_months_sample_is_drawn_again_from_its_seed_and_too_low_challenges_the_grade(
    tmp_path: Path, empty_database: Path
) -> None:
    policy = tmp_path / "sampled.toml"
    policy.write_text('[notices]\nsynthetic_every = "off"\n[leadership]\nsample_per_area = 2\n', "utf-8")
    with open_world(tmp_path, template=empty_database, VIGIL_POLICY=str(policy)) as world:
        for n in range(1, 5):
            world.refer(children=f"police 44-{n:04}")
        world.clock_to("2026-12-01 10:30")
        reads = world.bot.desk.leaders.grade_reads("2026-11")
        assert [(each.area, each.population) for each in reads] == [("domestic_abuse", 4)] * 2
        population = [Graded(case.id, case.concern, case.effective_grade or "") for case in world.bot.desk.cases(9)]
        assert [one.case_id for one in drawn(population, reads[0].seed, 2)] == [each.case_id for each in reads]
        people = world.bot.desk.rules.directory.people
        assert all(each.reader and people[each.reader].name != OFFICER for each in reads)
        first = reads[0]
        reader = people[first.reader or PersonId("")].name
        reference = world.bot.desk.leaders.references(reads)[first.case_id]
        assert "Recorded" in world.answer(reader, reference, "Too low")
        (row,) = readings(world.bot.desk.leaders.grade_reads("2026-11"))
        assert (row.drawn, row.too_low, row.unread) == (2, 1, 1)
        case = next(case for case in world.bot.desk.cases(9) if case.id == first.case_id)
        assert "disagreement" in case.flags
        assert world.told(CARE_DUTY, reference)
        with pytest.raises(Refusal, match="somebody else reads it a second time"):
            world.bot.desk.leaders.read_grade(reads[1].id, Reading.RIGHT, person(world, OFFICER), "k")
        world.clock_to("2026-12-02 12:00")
        assert len(world.bot.desk.leaders.grade_reads(None)) == 2
