"""Leaders at the console: endorsements, the plan, counts, what was open already, and the reports."""

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import NARRATIVE, Operator

LEAD, CHIEF, RESPONSE = "rowena-ashgrove", "marguerite-stormvale", "imani-oakhollow"
DONE = "Every open case was looked at, and each child was seen."


def items(operator: Operator, *arguments: str) -> list[dict[str, Any]]:
    answer = operator.types(*arguments, "--json")
    assert answer.err == ""
    found: list[dict[str, Any]] = json.loads(answer.out)["items"]
    return found


def test_endorsements_are_begun_given_and_listed_with_version_and_time(operator: Operator) -> None:
    assert {row["stand"] for row in items(operator, "endorsements")} == {"not begun"}
    refused = operator.types("endorsements", "ask", "--by", "priya-fernsby")
    assert (refused.status, refused.out) == (1, "")
    assert "Only leads and chief officers of Northmere Police can do this." in refused.err
    assert "Asked to endorse: Marguerite Stormvale" in operator.types("endorsements", "ask", "--by", LEAD).out
    early = operator.types("endorsements", "give", "--by", RESPONSE)
    assert "Imani Oakhollow is not asked to endorse anything now." in early.err
    given = operator.types("endorsements", "give", "--by", CHIEF)
    assert given.out.startswith("Whatever else we are there for, my people and I own the safety of every child")
    assert "8 department leads are asked now." in given.out
    short = operator.types("endorsements", "give", "--by", RESPONSE, "--refuse", "--reason", "No.")
    assert "Enter why you do not endorse it" in short.err
    rows = {row["post"]: row for row in items(operator, "endorsements")}
    assert (rows["chief_officer"]["stand"], rows["chief_officer"]["version"]) == ("endorsed", "1")
    assert rows["response"]["stand"] == "asked"
    assert rows["response"]["due_at"].endswith("+00:00")
    assert operator.types("endorsements").status == 0
    for command in (("why", "EN-0001"), ("case", "show", "EN-0001"), ("due",), ("audit", "list")):
        assert operator.types(*command).status == 0, command
    assert items(operator, "cases") == []


def test_the_plan_is_taken_in_dry_first_evidenced_and_signed_off_by_a_second_person(operator: Operator) -> None:
    dry = json.loads(operator.types("plan", "import", "--by", LEAD, "--dry-run", "--json").out)
    assert (len(dry["items"]), dry["dry_run"], dry["measures"]) == (6, True, 2)
    assert {row["reference"] for row in dry["items"]} == {None}
    assert items(operator, "plan", "list") == []
    assert operator.types("plan", "import", "--by", LEAD).status == 0
    again = items(operator, "plan", "import", "--by", LEAD)
    assert [row["already"] for row in again] == [True] * 6
    none = operator.types("plan", "sign-off", "R3", "--by", "gareth-winterlea", "--reason", DONE)
    assert "has no evidence yet" in none.err
    assert operator.types("plan", "evidence", "R3", "--by", "gareth-winterlea", "--reason", DONE).status == 0
    asked = operator.types("plan", "sign-off", "R3", "--by", "gareth-winterlea", "--reason", DONE)
    assert (asked.status, "Put forward on AP-R3" in asked.out + asked.err) == (0, True)
    own = operator.types("plan", "sign-off", "R3", "--by", "gareth-winterlea")
    assert own.status == 1
    assert operator.types("plan", "sign-off", "R3", "--by", LEAD).status == 0
    rows = {row["code"]: row for row in items(operator, "plan", "list")}
    assert (rows["R3"]["status"], rows["R3"]["evidence"], rows["R3"]["signed_off_by"]) == ("signed off", 1, LEAD)
    assert rows["R1"]["status"] == "open"
    shown = items(operator, "plan", "show", "R3", "--by", CHIEF)
    assert [row["what"] for row in shown][1] == DONE
    assert [row["code"] for row in items(operator, "plan", "measures")] == ["online-team", "school-notice"]
    unknown = operator.types("plan", "evidence", "R99", "--by", LEAD, "--reason", DONE)
    assert "The action plan has no recommendation 'R99'" in unknown.err


def test_a_file_that_is_no_plan_is_told_without_a_traceback(operator: Operator) -> None:
    path = operator.place / "plan.toml"
    path.write_text("this is [not toml", "utf-8")
    answer = operator.types("plan", "import", str(path), "--by", LEAD)
    assert (answer.status, answer.out) == (2, "")
    assert "plan.toml is no plan" in answer.err
    assert operator.types("plan", "import", str(operator.place / "none.toml"), "--by", LEAD).status == 2


def test_counts_come_from_a_csv_and_none_is_not_the_same_as_not_reported(operator: Operator) -> None:
    path = operator.place / "counts.csv"
    path.write_text("unit,day,number\ncustody,2020-02-03,0\nfront-door,2020-02-03,1\n", "utf-8")
    answer = operator.types("counts", "import", str(path), "--by", LEAD, "--json")
    assert answer.status == 1
    said = json.loads(answer.out)
    assert [(row["unit"], row["number"], row["already"]) for row in said["items"]] == [("custody", 0, False)]
    assert said["returned"] == [{"row": 2, "reason": "Select a unit of Northmere Police."}]
    given = operator.types("counts", "give", "response", "0", "--by", "callum-thistlewood")
    assert "none counted, none on the record. They agree." in given.out
    assert {row["match"] for row in items(operator, "counts", "list", "--days", "2")} == {"not reported"}


def export(operator: Operator, rows: int) -> Path:
    """Open investigations as a force's own system writes them, one in five graded below the floor and one row bad."""
    path = operator.place / "open.csv"
    lines = ["Crime No,Type,Risk,Recorded,Refs,Markers,Notes"]
    for n in range(1, rows + 1):
        risk, marker = ("Med", "child_in_household=yes") if n % 5 == 0 else ("High", "")
        risk = "purple" if n == 251 else risk
        lines.append(f"44/{n},IIOC,{risk},2026-0{n % 9 + 1}-11,police 44-{n:04},{marker},{NARRATIVE}")
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_of_500_open_investigations_one_bad_row_comes_back_and_a_second_run_doubles_none(operator: Operator) -> None:
    columns = operator.place / "columns.toml"
    columns.write_text(
        '[columns]\nconcern = "Type"\ngrade = "Risk"\nopened_on = "Recorded"\nchildren = "Refs"\nfacts = "Markers"\n'
        '[values.concern]\nIIOC = "indecent_images_adult_suspect"\n[values.grade]\nMed = "medium"\nHigh = "high"\n',
        "utf-8",
    )
    command = (
        "import",
        str(export(operator, 500)),
        "--by",
        LEAD,
        "--columns",
        str(columns),
        "--map",
        "number=Crime No",
    )
    dry = json.loads(operator.types(*command, "--dry-run", "--json").out)
    assert (len(dry["items"]), {row["reference"] for row in dry["items"]}) == (499, {None})
    assert items(operator, "cases") == []
    for already in (False, True):
        answer = operator.types(*command, "--json")
        assert answer.status == 1
        said = json.loads(answer.out)
        assert len(said["items"]) == 499
        assert {row["already"] for row in said["items"]} == {already}
        assert [row["row"] for row in said["returned"]] == [251]
        assert "purple" not in said["returned"][0]["reason"]
        below = [row for row in said["items"] if row["below"]]
        assert len(below) == 100
        assert said["items"][:100] == below
        assert [row["known_since"] for row in below] == sorted(row["known_since"] for row in below)
    assert len(items(operator, "cases", "--limit", "1000")) == 499
    listed = items(operator, "report", "below")
    assert len(listed) == 100
    assert listed[0]["given"] == "Medium (KIRAT)"
    assert all(row["next_due_at"] for row in listed)
    text = operator.types(*command, "--dry-run")
    assert NARRATIVE not in text.out + text.err


def test_reports_of_grades_and_measures_say_when_there_is_nothing_yet(operator: Operator) -> None:
    assert items(operator, "report", "grades") == []
    assert items(operator, "grades", "list") == []
    assert operator.types("grades", "read", "SG-26-00001", "purple", "--by", LEAD).status == 2
    assert (
        "No grade of SG-26-00001 was drawn"
        in operator.types("grades", "read", "SG-26-00001", "right", "--by", LEAD).err
    )
    assert "There is no measure 'x' on record" in operator.types("report", "measure", "x").err
    assert operator.types("plan", "import", "--by", LEAD).status == 0
    answer = operator.types("report", "measure", "online-team", "--json")
    assert answer.status == 0
    assert items(operator, "report", "grades", "--measure", "online-team") == []
    assert items(operator, "report", "partners", "--measure", "online-team") == []
    assert operator.types("report", "partners", "--measure", "x").status == 1
    assert operator.types("import", str(operator.place / "none.csv"), "--by", LEAD).status == 2
    path = operator.place / "x.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    assert "There is no field 'purple'" in operator.types("import", str(path), "--by", LEAD, "--map", "purple=a").err
