"""What recording an act asks for beside the press, and the answers to questions that it gives."""

from dataclasses import dataclass
from enum import StrEnum

MOST_COUNTED = 99
"""More of one thing than this on one case is a slip of the finger."""


class Answer(StrEnum):
    """An answer to a fact question; don't know counts as yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def counts(self) -> bool:
        """Whether rules treat it as yes."""
        return self is not Answer.NO


@dataclass(frozen=True, slots=True)
class Inputs:
    """What has to be given when an act is recorded: each by the words of its input, empty where it is not asked.

    `choose` is one of the policy's list `listed`, or one and more with `several`; `reason` is typed and kept sealed; `count` is
    how many of something it is about. `says` heads the form.
    """

    says: str = ""
    choose: str = ""
    listed: str = ""
    several: bool = False
    reason: str = ""
    count: str = ""
