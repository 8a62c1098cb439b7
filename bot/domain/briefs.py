"""What a responding officer must know at the door: who may ask, why, and what the record holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.cases import Child
from bot.domain.ids import CaseId, Reference
from bot.domain.redaction import Tag

NOTHING_HELD = (
    "Nothing is held here about this {subject}. That is not the same as no concern: ask at the door, look at each child, "
    "and ring social care if anything worries you."
)
MOST_HELD = 20
"""Cases that one brief shows, the newest first; it says how many more there are."""


class BriefBy(StrEnum):
    """What a brief is asked for by."""

    ADDRESS = "address"
    CHILD = "child"


REASONS: Mapping[str, str] = {
    "attending": "Going there now",
    "dispatching": "Sending somebody there now",
    "visit": "Preparing a visit",
    "enquiry": "Another police enquiry about the safety of a child",
}
"""Why somebody may ask, by code; what was chosen is on the record beside who asked."""


@dataclass(frozen=True, slots=True)
class AskBrief:
    """Somebody asks what is held. `value` is an address, or one record number of a child with its `kind`."""

    by: BriefBy
    value: str = field(repr=False)
    reason: str
    kind: str = "police"


@dataclass(frozen=True, slots=True)
class HeldCase:
    """One case as a brief shows it, in a modal only."""

    case_id: CaseId
    reference: Reference
    concern: str
    grade: str
    tag: Tag
    opened_at: datetime
    asked_for: str
    children: tuple[Child, ...] = field(repr=False)
    markers: tuple[str, ...]
    warnings: tuple[str, ...]
    owed: tuple[str, ...]
    working_it: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """The answer: newest case first, how many more there are, and whom to ring. `nothing` is the sentence for none.

    `restricted` says whom to ring about what is held and may not be shown.
    """

    asked_at: datetime
    held: tuple[HeldCase, ...]
    more: int
    ring: tuple[str, ...]
    nothing: str = ""
    restricted: tuple[str, ...] = ()
