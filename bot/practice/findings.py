"""A list of breaches in Slack's own wording, each with a JSON pointer."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Findings:
    """Breaches found so far; every check adds a line or nothing."""

    lines: list[str] = field(default_factory=list)

    def add(self, pointer: str, what: str) -> None:
        """One breach."""
        self.lines.append(f"[ERROR] {what} [json-pointer:{pointer}]")

    def at_most(self, value: object, longest: int, pointer: str) -> None:
        """A string, where there is one, of at most `longest` characters."""
        if value is None:
            return
        if not isinstance(value, str):
            self.add(pointer, "must be a string")
        elif len(value) > longest:
            self.add(pointer, f"must be less than {longest + 1} characters")

    def string(self, value: object, longest: int, pointer: str) -> None:
        """A string that must be there, not empty, of at most `longest` characters."""
        if not value:
            self.add(pointer, "missing required field" if value is None else "must be more than 0 characters")
        self.at_most(value, longest, pointer)

    def text(self, value: object, longest: int, pointer: str, *, plain: bool = False) -> None:
        """A text object, plain or mrkdwn, with something in it."""
        if not isinstance(value, dict):
            self.add(pointer, "missing required text object" if value is None else "must be a text object")
            return
        kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        if value.get("type") not in kinds:
            self.add(f"{pointer}/type", f"must be {' or '.join(kinds)}")
        self.string(value.get("text"), longest, f"{pointer}/text")

    def array(self, value: object, most: int, pointer: str, fewest: int = 1) -> list[Any]:
        """An array of `fewest` to `most` items; what there is of it is given back to be looked into."""
        if not isinstance(value, list):
            self.add(pointer, "missing required field" if value is None else "must be an array")
            return []
        if len(value) < fewest:
            self.add(pointer, f"no fewer than {fewest} items allowed [input:{len(value)}]")
        if len(value) > most:
            self.add(pointer, f"no more than {most} items allowed [input:{len(value)}]")
        return value
