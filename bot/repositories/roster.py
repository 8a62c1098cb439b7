"""Dated changes of the roster, and which policies and teams the record rests on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ids import CaseId, PersonId, Reference, RosterChangeId, TeamId
from bot.domain.roster import RosterChange


class Roster(Protocol):
    """Duty and absence as people set them; the directory file is the base below."""

    def add(self, change: RosterChange) -> None:
        """Store a new one."""
        ...

    def end(self, change_id: RosterChangeId, at: datetime) -> None:
        """It holds no longer than until an instant."""
        ...

    def listed(self, *, since: datetime | None = None) -> Sequence[RosterChange]:
        """Every change that holds at or after an instant (every one at all when it is None), in the order of setting."""
        ...

    def seen(self) -> Mapping[TeamId, tuple[PersonId, ...]]:
        """Who was on duty for each team when it was last looked at."""
        ...

    def see(self, team: TeamId, people: Sequence[PersonId]) -> None:
        """Remember who is on duty for a team."""
        ...


class Rulebook(Protocol):
    """Every policy that was ever in force, by version, and what open cases rest on."""

    def keep(self, version: str, text: str, at: datetime) -> bool:
        """Store the text of a policy unless its version is there; whether it was new."""
        ...

    def text(self, version: str) -> str | None:
        """The text of a version; None when it was never kept."""
        ...

    def teams_in_use(self) -> Mapping[TeamId, int]:
        """How many open cases each team was told of."""
        ...

    def unanswered(self, team: TeamId) -> Sequence[CaseId]:
        """The cases of which a team still owes an acknowledgement, the most urgent band first, then by due instant."""
        ...

    def owned_by(self, person: PersonId) -> Sequence[Reference]:
        """The open cases of which a person owns an agency's part, oldest first."""
        ...
