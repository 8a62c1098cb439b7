"""What was typed after a command: only words and references that we know pass; the rest may be a name and is never kept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from bot.domain.ids import Reference
from bot.domain.wording import LONDON

LIKE_ENOUGH = 0.6
"""The share of letters in common from which a word counts as meant."""
LONGEST_WORD = 16
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Typed:
    """What may be known of it: a word of ours, or the one that was probably meant; `more` says that there was other text."""

    word: str = ""
    near: str = ""
    more: bool = False


def known_word(text: str, words: Iterable[str]) -> Typed:
    """The first word when it is one of ours, or the nearest of ours when it stands alone."""
    known, parts = list(words), text.casefold().split()
    if not parts:
        return Typed()
    if parts[0] in known:
        return Typed(word=parts[0], more=len(parts) > 1)
    alone = len(parts) == 1 and len(parts[0]) <= LONGEST_WORD
    near = get_close_matches(parts[0], known, n=1, cutoff=LIKE_ENOUGH) if alone else []
    return Typed(near=near[0] if near else "", more=True)


def reference(text: str, prefix: str, now: datetime) -> Reference | None:
    """The case reference that was typed, in any case and with or without its dashes; None for anything else.

    A number alone is this year's case of that number.
    """
    typed = text.strip()
    if re.fullmatch(r"\d{1,7}", typed, re.ASCII):
        return Reference(f"{prefix}-{now.astimezone(LONDON):%y}-{int(typed):0{_DIGITS}d}")
    found = re.fullmatch(rf"{re.escape(prefix)}[\s-]?(\d\d)[\s-]?(\d{{1,7}})", typed, re.IGNORECASE | re.ASCII)
    return Reference(f"{prefix}-{found[1]}-{int(found[2]):0{_DIGITS}d}") if found else None
