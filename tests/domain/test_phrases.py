"""The phrase linter finds whole phrases and offers neutral words."""

import pytest

from bot.domain.phrases import advice, blaming
from bot.policy_file import load_policy

PHRASES = load_policy().phrases


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("She has made a Lifestyle  Choice.", "lifestyle choice"),
        ("a lifestyle-choice", "lifestyle choice"),
        ("He is streetwise", "streetwise"),
        ("known as PROMISCUOUS", "promiscuous"),
        ("she keeps putting\nherself at risk", "putting herself at risk"),
        ("he is putting himself at risk", "putting himself at risk"),
        ("they are putting themselves at risk", "putting themselves at risk"),
        ("a drug runner for adults", "drug runner"),
    ],
)
def test_words_that_blame_a_child_are_found(text: str, words: str) -> None:
    assert [phrase.words for phrase in blaming(text, PHRASES)] == [words]


@pytest.mark.parametrize("text", ["", "The child is at risk from others.", "a drug runners' route", "streetwiser"])
def test_other_words_are_left_alone(text: str) -> None:
    assert blaming(text, PHRASES) == ()


def test_the_advice_names_the_words_and_neutral_ones() -> None:
    (found,) = blaming("drug runner", PHRASES)
    assert advice(found) == (
        "“drug runner” can read as blaming the child. Write instead: child who is being criminally exploited."
    )
