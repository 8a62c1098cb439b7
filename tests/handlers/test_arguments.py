"""What passes of what is typed after a command, and what never does."""

from datetime import UTC, datetime

import pytest

from handlers.arguments import Typed, known_word, reference

WORDS = ("help", "mine", "team", "drafts")

NEW_YEARS_NIGHT = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", Typed()),
        ("   ", Typed()),
        ("mine", Typed(word="mine")),
        ("  MINE ", Typed(word="mine")),
        ("mine Canary Childname", Typed(word="mine", more=True)),
        ("mien", Typed(near="mine", more=True)),
        ("draft", Typed(near="drafts", more=True)),
        ("Canary Childname", Typed(more=True)),
        ("Canary", Typed(more=True)),
        ("mien Canary", Typed(more=True)),
        ("<!channel>", Typed(more=True)),
        ("m" * 40_000, Typed(more=True)),
        ("\u200bmine", Typed(near="mine", more=True)),
        ("🙂", Typed(more=True)),
    ],
)
def test_only_a_word_of_ours_or_the_nearest_of_ours_comes_out(text: str, typed: Typed) -> None:
    assert known_word(text, WORDS) == typed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("42", "SG-27-00042"),
        (" 1 ", "SG-27-00001"),
        ("SG-26-00042", "SG-26-00042"),
        (" sg-26-42 ", "SG-26-00042"),
        ("sg 26 00042", "SG-26-00042"),
        ("SG2600042", "SG-26-00042"),
        ("SG-26-0123456", "SG-26-123456"),
        ("", None),
        ("12345678", None),
        ("Canary Childname", None),
        ("SG-26-00042 Canary", None),
        ("SG-26-", None),
        ("SG-26-00042\u202e", None),
        ("SG-٢٦-00042", None),
        ("XX-26-00042", None),
    ],
)
def test_a_reference_passes_in_any_writing_and_nothing_else_does(text: str, found: str | None) -> None:
    assert reference(text, "SG", NEW_YEARS_NIGHT) == found
