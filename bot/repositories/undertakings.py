"""What stands beside a case: hand-overs offered, and reminders that people have put off."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.handovers import Handover
from bot.domain.holds import Hold
from bot.domain.ids import CaseId, HandoverId


class Handovers(Protocol):
    """Offers to take a case over, and what became of them."""

    def add(self, handover: Handover) -> None:
        """Store a new one."""
        ...

    def get(self, handover_id: HandoverId) -> Handover:
        """The hand-over; NotFound when there is none."""
        ...

    def save(self, handover: Handover) -> None:
        """Store the next revision; Conflict when somebody else saved first."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Handover]:
        """Every hand-over of a case in the order of offering."""
        ...


class Holds(Protocol):
    """Reminders put off; a later one of the same person and kind replaces an earlier one when they are read."""

    def add(self, hold: Hold) -> None:
        """Store a new one."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Hold]:
        """Every hold of a case in the order of storing, those that have run out too."""
        ...
