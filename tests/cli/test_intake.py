import json
from datetime import timedelta
from pathlib import Path

from bot.clock import SystemClock
from tests.cli.conftest import NARRATIVE, Operator


def rows(count: int) -> list[dict[str, object]]:
    at = (SystemClock().now() - timedelta(minutes=5)).isoformat()
    return [
        {
            "incident": f"INC-{n}",
            "concern": "domestic_abuse",
            "at": at,
            "grade": "medium",
            "address": f"{n} Elm Road, NM1 1AA",
            "children": [[f"police 44-{n:04}"]],
            "narrative": NARRATIVE,
        }
        for n in range(1, count + 1)
    ]


def written(operator: Operator, found: object) -> str:
    path = operator.place / "incidents.json"
    path.write_text(json.dumps(found), "utf-8")
    return str(path)


def test_of_500_rows_with_one_bad_the_other_499_are_taken_and_a_second_delivery_doubles_none(
    operator: Operator,
) -> None:
    found = rows(500)
    found[250]["concern"] = "burglary"
    path = written(operator, {"incidents": found})
    for already in (False, True):
        answer = operator.types("intake", path, "--json")
        assert answer.status == 1
        said = json.loads(answer.out)
        assert len(said["items"]) == 499
        assert {row["already"] for row in said["items"]} == {already}
        assert [row["row"] for row in said["returned"]] == [251]
        assert said["returned"][0]["reason"].startswith("concern must be one of")
    assert len(json.loads(operator.types("cases", "--limit", "1000", "--json").out)["items"]) == 499


def test_people_read_what_was_taken_and_never_what_was_typed(operator: Operator) -> None:
    answer = operator.types("intake", written(operator, rows(2)))
    assert answer.status == 0
    assert "INC-1" in answer.out
    assert "SG-" in answer.out
    assert NARRATIVE not in answer.out + answer.err


def test_what_is_no_json_of_incidents_is_refused_in_one_sentence(operator: Operator, tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    for text in ("", "{", "5", '{"incidents": 5}'):
        path.write_text(text, "utf-8")
        answer = operator.types("intake", str(path))
        assert answer.status == 2
        assert "Traceback" not in answer.err
    assert "There is no file" in operator.types("intake", "nowhere.json").err
