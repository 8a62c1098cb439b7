"""What may go wrong between people and the program."""

import traceback
from collections.abc import Mapping


class Refusal(Exception):
    """An act that is refused, with one sentence for the person who tried it.

    `field` names the input that the sentence belongs to, so that a form can show it in place.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class FormRefusal(Refusal):
    """Several inputs of one form refused at once: field code -> sentence."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(next(iter(fields.values())))
        self.fields = dict(fields)


class NotFound(Refusal):
    """No such record, or none that this person may see; the two are not told apart."""


class Stale(Refusal):
    """The act was made on a card that has been overtaken; the sentence says by whom and when."""


class Conflict(Exception):
    """Somebody else changed the record first (compare-and-set failed)."""


class Poisoned(Exception):
    """A stored row that cannot be read back into a value; names the row, never its content."""


def places(error: BaseException) -> list[str]:
    """Where an error came from, as file:line, innermost last; never its words, which may hold what a person typed."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames][-6:]
