"""What agencies see differently on a case."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.disagreements import Disagreement
from bot.domain.ids import CaseId, DisagreementId


class Disagreements(Protocol):
    """Disagreements between agencies, in codes and ids."""

    def add(self, disagreement: Disagreement) -> None:
        """Store a new one."""
        ...

    def get(self, disagreement_id: DisagreementId) -> Disagreement:
        """The disagreement; NotFound when there is none."""
        ...

    def save(self, disagreement: Disagreement) -> None:
        """Store the next revision; Conflict when somebody else saved first."""
        ...

    def of_case(self, case_id: CaseId) -> Sequence[Disagreement]:
        """Every disagreement of a case in the order of raising."""
        ...
