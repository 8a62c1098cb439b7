"""Decisions: a grave act that one person proposes with a reason and a second person agrees to, or does not."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.authorisation import Grave, Proposal
from bot.domain.ids import CaseId, DecisionId, PersonId

SECOND_ANSWER = "second_person_answer"
"""The milestone of a second person's answer; its deadline has the id of the decision that waits."""


class Outcome(StrEnum):
    """How far a decision has come."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """One grave act on one case.

    `subject` says on what: a grade to lower to, a deadline to extend or waive, a floor to override, the case to merge
    with; empty for the others. `until_at` is the new instant of an extension. `version` rises with every edit of the
    proposal, `revision` with every save. The reason is sealed.
    """

    id: DecisionId
    case_id: CaseId
    act: Grave
    subject: str
    reason: str = field(repr=False)
    by: PersonId
    at: datetime
    until_at: datetime | None = None
    version: int = 1
    outcome: Outcome = Outcome.WAITING
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    revision: int = 1

    @property
    def waits(self) -> bool:
        """Whether a second person is still to be found."""
        return self.outcome is Outcome.WAITING

    @property
    def proposal(self) -> Proposal:
        """What the rules of authorisation look at."""
        return Proposal(self.act, self.reason, self.by, self.version)
