"""One thing in a policy that does not fit, and codes that name what is not there."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing that does not fit: its key, what is wrong, and the mend."""

    key: str
    sentence: str
    mend: str


def unknown(key: str, kind: str, codes: Iterable[str], known: Iterable[str]) -> Iterator[Fault]:
    """A fault for each code that is not among the known ones, with the nearest that is."""
    names = sorted(known)
    for code in sorted(codes):
        if code not in names:
            near = get_close_matches(code, names, n=1)
            yield Fault(
                key,
                f"there is no {kind} {code!r}.",
                f"Did you mean {near[0]}?" if near else f"Add the {kind}, or leave it out.",
            )
