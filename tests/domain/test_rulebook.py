"""The mutation test: take any one row out of the policy, and the answers that are held here are no longer given."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import pytest

from bot.domain.policy import Band, Policy
from tests.builders import POLICY
from tests.domain import rulebook

V = TypeVar("V")
HELD = rulebook.SHIPPED.read_text(encoding="utf-8").splitlines()
Part = Callable[[Policy], Iterator[str]]


def held(part: Part) -> list[str]:
    """The lines of one part of the book, as the shipped policy answers them."""
    return list(part(POLICY))


def without(rows: Mapping[str, V], code: str) -> dict[str, V]:
    return {each: row for each, row in rows.items() if each != code}


def test_the_policy_gives_the_answers_that_are_held() -> None:
    given = rulebook.rulebook(POLICY)
    changed = sorted(set(given) ^ set(HELD))
    assert given == HELD, "\n".join(changed[:20])


@pytest.mark.parametrize("code", POLICY.milestones)
def test_a_milestone_taken_out_is_missed(code: str) -> None:
    thinner = replace(POLICY, milestones=without(POLICY.milestones, code))
    assert list(rulebook.milestones(thinner)) != held(rulebook.milestones)


@pytest.mark.parametrize("code", POLICY.floors)
def test_a_floor_taken_out_is_missed(code: str) -> None:
    thinner = replace(POLICY, floors=without(POLICY.floors, code))
    assert list(rulebook.floors(thinner)) != held(rulebook.floors)


@pytest.mark.parametrize(
    ("code", "need"), [(gate.code, need.code) for gate in POLICY.gates.values() for need in gate.needs]
)
def test_a_gate_or_one_of_its_needs_taken_out_is_missed(code: str, need: str) -> None:
    gate = POLICY.gates[code]
    narrower = replace(gate, needs=tuple(each for each in gate.needs if each.code != need))
    for gates in (without(POLICY.gates, code), {**POLICY.gates, code: narrower}):
        assert list(rulebook.gates(replace(POLICY, gates=gates))) != held(rulebook.gates)


@pytest.mark.parametrize(
    ("band", "number"), [(band, step.number) for band, ladder in POLICY.ladders.items() for step in ladder.steps]
)
def test_a_step_of_a_ladder_taken_out_is_missed(band: Band, number: int) -> None:
    ladder = POLICY.ladders[band]
    shorter = replace(ladder, steps=tuple(step for step in ladder.steps if step.number != number))
    thinner = replace(POLICY, ladders={**POLICY.ladders, band: shorter})
    assert list(rulebook.ladders(thinner)) != held(rulebook.ladders)


@pytest.mark.parametrize(
    ("concern", "grade"), [(kind.code, grade.code) for kind in POLICY.concerns.values() for grade in kind.grades]
)
@pytest.mark.parametrize("band", Band)
def test_a_grade_in_another_band_is_noticed(concern: str, grade: str, band: Band) -> None:
    kind = POLICY.concerns[concern]
    if kind.grade(grade).band is band:
        return
    moved = tuple(replace(each, band=band) if each.code == grade else each for each in kind.grades)
    other = replace(POLICY, concerns={**POLICY.concerns, concern: replace(kind, grades=moved)})
    assert list(rulebook.grades(other)) != held(rulebook.grades)
