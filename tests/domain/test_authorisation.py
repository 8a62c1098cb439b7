"""Grave acts need a reason, a second person and a fresh decision; a floor holds for a day."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.authorisation import (
    Agreement,
    Grave,
    Proposal,
    Standing,
    extension_refusal,
    refusals,
)
from bot.domain.ids import PersonId
from bot.domain.policy import Basis
from bot.policy_file import load_policy

RULES = load_policy().reasons
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
AUTHOR, SECOND, OWNER = PersonId("author"), PersonId("second"), PersonId("owner")
REASON = "The child was seen and is safe with an aunt."
CASE = Standing(owners=frozenset({OWNER}))
AGREED = Agreement(SECOND, 1)


def said(
    act: Grave = Grave.CLOSE,
    *,
    reason: str = REASON,
    agreement: Agreement | None = AGREED,
    standing: Standing = CASE,
    now: datetime = NOW,
) -> tuple[str, ...]:
    return refusals(Proposal(act, reason, AUTHOR, 1), agreement, standing, RULES, now)


@pytest.mark.parametrize("act", Grave)
def test_a_reason_and_a_second_person_are_enough(act: Grave) -> None:
    assert said(act) == ()


def test_a_reason_has_at_least_twenty_characters_and_spaces_do_not_stretch_it() -> None:
    assert said(reason="x" * 20) == ()
    assert said(reason="x" * 19) == ("Reason must be 20 characters or more.",)
    assert said(reason="child" + " " * 30 + "safe") == ("Reason must be 20 characters or more.",)


def test_the_second_person_is_neither_author_nor_owner() -> None:
    assert said(agreement=Agreement(AUTHOR, 1))[0].startswith("The person who proposed it cannot agree")
    assert said(agreement=Agreement(OWNER, 1))[0].startswith("The owner of the case cannot")
    assert said(agreement=None)[0].startswith("A second person must agree.")


def test_an_edit_after_the_agreement_asks_for_a_fresh_decision() -> None:
    assert said(agreement=Agreement(SECOND, 0)) == ("It was changed after the second person agreed. Ask them again.",)


def test_everything_that_is_missing_is_told_at_once() -> None:
    assert len(said(reason="", agreement=Agreement(AUTHOR, 0))) == 3


def test_a_grade_is_not_lowered_within_a_day_of_a_floor() -> None:
    fired = Standing(owners=frozenset({OWNER}), floor_fired_at=NOW)
    day = timedelta(hours=24)
    assert said(Grave.LOWER_GRADE, standing=fired, now=NOW + day - timedelta(seconds=1))[0].startswith(
        "A floor fired less"
    )
    assert said(Grave.LOWER_GRADE, standing=fired, now=NOW + day) == ()
    assert said(Grave.CLOSE, standing=fired) == ()


def test_a_corrected_fact_frees_the_grade() -> None:
    corrected = Standing(owners=frozenset(), floor_fired_at=NOW, fact_corrected=True)
    assert said(Grave.LOWER_GRADE, standing=corrected) == ()


def test_what_the_law_limits_is_never_moved_later() -> None:
    later = NOW + timedelta(hours=1)
    for basis in (Basis.STATUTE, Basis.STATUTORY_GUIDANCE):
        assert str(extension_refusal(basis, NOW, later)).startswith(f"This is a limit of {basis.words}")
    assert extension_refusal(Basis.OUR_DEFAULT, NOW, later) is None
    assert extension_refusal(Basis.LOCAL_PRACTICE, NOW, later) is None
    assert str(extension_refusal(Basis.OUR_DEFAULT, NOW, NOW)).startswith("An extension must be later")
