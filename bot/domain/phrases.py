"""The phrase linter: words that blame a child, with neutral ones instead. It advises and never refuses."""

import re
from collections.abc import Iterable

from bot.domain.concerns import Phrase

GAP = r"[\s-]+"


def blaming(text: str, phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """The phrases of the policy that stand in the text as whole words, whatever their case, spacing or hyphens."""
    return tuple(phrase for phrase in phrases if _pattern(phrase.words).search(text))


def advice(phrase: Phrase) -> str:
    """What a person is told of one phrase."""
    return f"“{phrase.words}” can read as blaming the child. Write instead: {phrase.instead}."


def _pattern(words: str) -> re.Pattern[str]:
    phrase = GAP.join(re.escape(word) for word in re.split(GAP, words.strip()))
    return re.compile(rf"\b{phrase}\b", re.IGNORECASE)
