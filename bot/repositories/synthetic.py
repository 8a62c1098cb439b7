"""The rows of the bot's own case, which are not kept."""

from datetime import datetime
from typing import Protocol

from bot.domain.ids import CaseId


class Synthetic(Protocol):
    """The one repository that forgets: a synthetic case leaves its audit and nothing else."""

    def sent_at(self, key: str) -> datetime | None:
        """When the notice of this key arrived, None before it did."""
        ...

    def forget(self, case_id: CaseId) -> None:
        """Take a synthetic case out of the record with its deadlines and notices; nothing when it is not synthetic."""
        ...
