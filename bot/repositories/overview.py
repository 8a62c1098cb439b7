"""What somebody sees before they open anything: what waits for them and their team, and which cases they may look for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.cases import Case
from bot.domain.ids import AgencyId, CaseId, PersonId, Reference, TeamId
from bot.domain.policy import Band


@dataclass(frozen=True, slots=True)
class Owing:
    """One open deadline that pings, as a list shows it."""

    case_id: CaseId
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open cases there are, and on how many of them something that pings is late."""

    cases: int
    late: int


@dataclass(frozen=True, slots=True)
class ForcePicture:
    """Every open case in numbers. `unowned` are those where nobody of any agency has it; silence counts human acts only."""

    by_band: Mapping[Band, int]
    by_agency: Mapping[AgencyId, Tally]
    unowned: int
    oldest_silent: Reference | None
    oldest_silent_since: datetime | None


class Overview(Protocol):
    """Short lists and counts over many cases, each answered from an index: none opens anything that is sealed."""

    def owned(self, person: PersonId, *, limit: int) -> Sequence[Owing]:
        """What is owed on the parts of cases that the person has, the soonest due first."""
        ...

    def unowned(self, agency: AgencyId, teams: Collection[TeamId], *, limit: int) -> Sequence[Owing]:
        """What teams of an agency owe on cases that nobody of the agency has yet, the soonest due first."""
        ...

    def owed(self, agency: AgencyId, teams: Collection[TeamId], *, limit: int) -> Sequence[Owing]:
        """Everything that teams of an agency owe, the soonest due first."""
        ...

    def tally(self, agency: AgencyId, teams: Collection[TeamId], *, now: datetime) -> Tally:
        """The open cases that teams of an agency have a part in."""
        ...

    def force(self, *, now: datetime) -> ForcePicture:
        """The force and its partners in numbers."""
        ...

    def touched_by(self, person: PersonId, *, limit: int) -> Sequence[CaseId]:
        """The cases that the person referred, took on or acted on last, the newest first; closed ones too."""
        ...

    def held_by(self, person: PersonId, *, limit: int) -> Sequence[CaseId]:
        """The open cases that the person referred or has, the oldest first."""
        ...

    def referenced(
        self, agency: AgencyId, *, exactly: Collection[Reference] = (), beginning: str = "", limit: int
    ) -> Sequence[CaseId]:
        """Cases that the agency takes part in: of these references, or whose reference begins so; the newest first."""
        ...

    def recorded_as(self, agency: AgencyId, number: str) -> Sequence[CaseId]:
        """Cases that the agency has on its own record under this number, by blind index."""
        ...

    def cases(self, case_ids: Sequence[CaseId]) -> Sequence[Case]:
        """These cases in this order, those that are there."""
        ...
