"""What Home, lists and pickers show of cases: references, grades, what is owed and when. Nothing of a child."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import CaseId, DraftId, Reference
from bot.domain.offers import Choice


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list: what is owed on it soonest and by when."""

    id: CaseId
    reference: Reference
    version: int
    grade: str
    owes: str
    due_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """One case in a picker."""

    id: CaseId
    reference: Reference
    version: int
    grade: str
    opened_at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class OwnCases:
    """What the picker offers before anything is typed: the person's last cases, and their open ones beside those."""

    last: tuple[CaseChoice, ...]
    held: tuple[CaseChoice, ...]


@dataclass(frozen=True, slots=True)
class TeamOwes:
    """The person's teams: their open cases, how many of those are late, and what is due soonest and does not wait for them."""

    names: tuple[str, ...]
    cases: int
    late: int
    rows: tuple[CaseRow, ...]


@dataclass(frozen=True, slots=True)
class AgencyOwes:
    """One agency's open cases, and how many of those it is late on."""

    name: str
    cases: int
    late: int


@dataclass(frozen=True, slots=True)
class ForceNow:
    """The force's picture for its leaders. `unowned` cases have nobody's name on them ; `led` is what leaders owe."""

    open_cases: int
    by_band: tuple[tuple[str, int], ...]
    unowned: int
    agencies: tuple[AgencyOwes, ...]
    oldest_silent: Reference | None
    oldest_silent_since: datetime | None
    led: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OwnMatter:
    """One thing that the person owes in person, with the button that answers it."""

    id: CaseId
    reference: Reference
    title: str
    due_at: datetime
    late: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Everything that waits for one person, as of `now`. `known` is False for somebody outside the directory."""

    now: datetime
    known: bool
    late: tuple[CaseRow, ...]
    waiting: tuple[CaseRow, ...]
    team: TeamOwes | None
    drafts: tuple[tuple[DraftId, datetime], ...]
    force: ForceNow | None = None
    matters: tuple[OwnMatter, ...] = ()
