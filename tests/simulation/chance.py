"""One seeded source of chance: every draw is named, so that leaving something out does not change what chance says elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

_WHOLE = float(1 << 64)


@dataclass
class Chance:
    """Draws that depend on the seed and on their own name only; a name drawn again gives its next value."""

    seed: int
    drawn: Counter[str] = field(default_factory=Counter)

    def draw(self, name: str) -> float:
        """A number from 0 up to 1."""
        self.drawn[name] += 1
        found = blake2b(f"{self.seed}|{name}|{self.drawn[name]}".encode(), digest_size=8)
        return int.from_bytes(found.digest(), "big") / _WHOLE

    def falls(self, name: str, rate: float) -> bool:
        """Whether something of this rate happens."""
        return rate > 0 and self.draw(name) < rate

    def between(self, name: str, low: float, high: float) -> float:
        """A number between two others."""
        return low + (high - low) * self.draw(name)

    def pick(self, name: str, among: Sequence[T]) -> T:
        """One of several."""
        return among[int(self.draw(name) * len(among))]

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.draw(name) * (high - low + 1))

    def weighed(self, name: str, weights: dict[str, float]) -> str:
        """One of several names by weight; "" for what is left of 1."""
        left = self.draw(name)
        for each, weight in weights.items():
            if left < weight:
                return each
            left -= weight
        return ""
