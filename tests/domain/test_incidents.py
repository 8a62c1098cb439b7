from datetime import timedelta
from typing import Any

import pytest

from bot.domain.cases import ChildReference
from bot.domain.errors import Refusal
from bot.domain.incidents import KEYS, read_incident
from bot.domain.risk import Answer
from tests.builders import MONDAY, POLICY

GOOD: dict[str, Any] = {
    "incident": "INC-1",
    "concern": "domestic_abuse",
    "at": (MONDAY - timedelta(minutes=5)).isoformat(),
    "grade": "high",
    "asks_for": "act_now",
    "address": "12 Elm Road, NM1 1AA",
    "children": [["police 44-0001", "council 9001"], ["nhs 999 000 0001"]],
    "narrative": "Shouting heard.",
    "facts": {"child_present": "yes"},
    "team": "response",
}


def test_a_row_with_every_key_is_an_incident() -> None:
    incident = read_incident(GOOD, POLICY, MONDAY)
    assert set(GOOD) == KEYS
    assert incident.number == "INC-1"
    assert incident.at == MONDAY - timedelta(minutes=5)
    assert incident.children[0].references == (ChildReference("police", "44-0001"), ChildReference("council", "9001"))
    assert incident.facts == {"child_present": Answer.YES}


def test_number_concern_and_time_are_enough_and_a_missing_grade_stays_ungraded() -> None:
    incident = read_incident({key: GOOD[key] for key in ("incident", "concern", "at")}, POLICY, MONDAY)
    assert incident.grade is None
    assert incident.asks_for == "act_now"
    assert incident.children == ()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"incident": ""}, "incident is missing"),
        ({"incident": 7}, "incident must be text"),
        ({"incident": "x" * 41}, "incident must be 40 characters or fewer"),
        ({"concern": "burglary"}, "concern must be one of"),
        ({"concern": None}, "concern must be one of"),
        ({"grade": "purple"}, "grade must be one of"),
        ({"asks_for": "everything"}, "asks_for must be one of"),
        ({"at": "yesterday"}, "at must be a date and time"),
        ({"at": "2026-11-23T09:00:00"}, "at must name its offset"),
        ({"at": (MONDAY + timedelta(seconds=1)).isoformat()}, "at must be in the past"),
        ({"children": "police 44-0001"}, "children must be a list"),
        ({"children": [["police 44-0001"]] * 11}, "children must be a list of at most 10"),
        ({"children": [[]]}, "child 1 must be a list of 1 to 10"),
        ({"children": [["police 44-0001"], ["A Name"]]}, "child 2: a record number is its kind"),
        ({"children": [["police nobody"]]}, "never a name"),
        ({"children": [[5]]}, "child 1"),
        ({"address": "x" * 301}, "address must be 300"),
        ({"narrative": "x" * 2001}, "narrative must be 2,000"),
        ({"facts": {"child_present": "perhaps"}}, "facts must be of"),
        ({"facts": {"shoe_size": "yes"}}, "facts must be of"),
        ({"facts": ["child_present"]}, "facts must be an object"),
        ({"surname": "x"}, "1 of the row's keys are none of an incident's"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_by_its_key_with_the_mend(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        read_incident(GOOD | changed, POLICY, MONDAY)


@pytest.mark.parametrize("row", [None, 5, "INC-1", [], ["INC-1"]])
def test_a_row_that_is_no_object_is_refused(row: object) -> None:
    with pytest.raises(Refusal, match="must be an object"):
        read_incident(row, POLICY, MONDAY)


def test_a_name_that_stands_where_a_key_should_is_not_said_back() -> None:
    with pytest.raises(Refusal) as refused:
        read_incident(GOOD | {"Rumpelstiltskin": "x"}, POLICY, MONDAY)
    assert "Rumpelstiltskin" not in refused.value.sentence
