"""A row of an action plan is taken as it says, or comes back with the key and the mend."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.directory import Directory
from bot.domain.errors import Refusal
from bot.domain.matters import Stand, endorsement_rows
from bot.domain.plan import read_measure, read_recommendation
from tests.builders import CHIEF, DIRECTORY, MONDAY, POLICY, WORKER

ROW = {"code": "R1", "wording": "Leaders  endorse it.", "owner": "chief_officer", "due": date(2027, 3, 31)}
MEASURE = {"code": "M1", "title": "More people", "began_on": "2026-09-01"}


def without_chief() -> Directory:
    police = replace(DIRECTORY.police, executives=())
    return replace(DIRECTORY, agencies={**DIRECTORY.agencies, police.id: police})


@pytest.mark.parametrize("due", [date(2027, 3, 31), "2027-03-31"])
def test_a_recommendation_is_its_posts_and_a_day_ends_at_five(due: object) -> None:
    found = read_recommendation(ROW | {"due": due}, POLICY, DIRECTORY, MONDAY)
    assert (found.post, found.owner, found.term) == ("chief_officer", CHIEF, "")
    assert found.wording == "Leaders endorse it."
    assert found.due_at == datetime(2027, 3, 31, 16, tzinfo=UTC), "17:00 in London, in summer"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"due": "soon"}, "due must be one of"),
        ({"due": 7}, "due must be one of"),
        ({"code": "x" * 41}, "code must be 40 characters or fewer."),
        ({"wording": " "}, "wording is missing."),
        ({"owner": "nobody-of-ours"}, "owner must be chief_officer"),
        ({"owner": WORKER}, "owner must be chief_officer"),
        ({"colour": "red"}, "There is no key 'colour'"),
    ],
)
def test_a_wrong_recommendation_comes_back_with_its_key(change: dict[str, object], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read_recommendation(ROW | change, POLICY, DIRECTORY, MONDAY)


def test_a_post_that_nobody_holds_owns_nothing_and_is_shown_as_empty() -> None:
    with pytest.raises(Refusal, match="nobody holds the post chief_officer"):
        read_recommendation(ROW, POLICY, without_chief(), MONDAY)
    first = endorsement_rows([], POLICY, without_chief(), MONDAY)[0]
    assert (first.post, first.stand) == ("chief_officer", Stand.NOBODY)


def test_a_measure_has_the_day_on_which_it_began() -> None:
    assert read_measure(MEASURE).began_on == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([], "A measure is a table of"),
        (MEASURE | {"cost": 1}, "A measure is a table of"),
        (MEASURE | {"began_on": "last autumn"}, "began_on must be a date"),
        ({"code": "M1", "began_on": "2026-09-01"}, "title is missing."),
    ],
)
def test_a_wrong_measure_comes_back_with_its_key(row: object, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read_measure(row)
