"""An address as a key: two spellings of one front door give the same key, and two doors never do by design."""

import re

_POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})\b")
_NUMBER = re.compile(r"\b[0-9]+ ?[A-Z]?\b")


def place_key(address: str) -> str:
    """House numbers and postcode where both are given ("Flat 3, 12 Elm Road, NM1 1AA" is "3 12 NM11AA"), else the whole text.

    In the United Kingdom a postcode is a street or part of one, so that number and postcode are one door.
    """
    upper = " ".join(address.upper().replace(",", " ").split())
    codes = list(_POSTCODE.finditer(upper))
    if not codes:
        return upper
    last = codes[-1]
    numbers = [found.group().replace(" ", "") for found in _NUMBER.finditer(upper[: last.start()])]
    return f"{' '.join(numbers)} {last.group(1)}{last.group(2)}" if numbers else upper
