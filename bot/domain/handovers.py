"""A hand-over: an agency's part of a case offered to somebody, who owns it only once they have accepted."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import AgencyId, CaseId, HandoverId, PersonId


class HandoverState(StrEnum):
    """How far a hand-over has come."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Handover:
    """One offer. `to` are those who may still accept it: one person, or everybody who was on duty.

    Until one of them does the old owner stays owner, and no clock moves either way. `revision` rises with every save.
    """

    id: HandoverId
    case_id: CaseId
    agency: AgencyId
    to: tuple[PersonId, ...]
    by: PersonId
    at: datetime
    state: HandoverState = HandoverState.WAITING
    ended_by: PersonId | None = None
    ended_at: datetime | None = None
    revision: int = 1

    @property
    def waits(self) -> bool:
        """Whether somebody is still to accept it."""
        return self.state is HandoverState.WAITING

    def ended(self, state: HandoverState, by: PersonId, at: datetime) -> "Handover":
        """The hand-over accepted, declined by the last of those asked, or withdrawn."""
        return replace(self, state=state, ended_by=by, ended_at=at)

    def declined(self, by: PersonId, at: datetime) -> "Handover":
        """The hand-over without one of those who may accept; declined when nobody is left."""
        left = tuple(person for person in self.to if person != by)
        return replace(self, to=left) if left else self.ended(HandoverState.DECLINED, by, at)
