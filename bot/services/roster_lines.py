"""Lines about the roster and the rules, for administrators, leaders and whoever covers: names of staff, teams and times only."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.domain.directory import Directory
from bot.domain.ids import PersonId, TeamId
from bot.domain.letters import codes
from bot.domain.roster_checks import names_of
from bot.domain.wording import full_moment


def _at(payload: Mapping[str, object], name: str) -> str:
    return full_moment(datetime.fromisoformat(str(payload[name])))


def _team(payload: Mapping[str, object], directory: Directory) -> str:
    team = directory.teams.get(TeamId(str(payload.get("team"))))
    return team.name if team is not None else "a team that the directory has no more"


def _covering(payload: Mapping[str, object], directory: Directory) -> str:
    away, by = (directory.name_of(PersonId(str(payload[name]))) for name in ("person", "by"))
    return (
        f"You cover {away} from {_at(payload, 'from')} until {_at(payload, 'until')}, as {by} set it. "
        f"What is sent to {away} in that time comes to you."
    )


def _roster_gap(payload: Mapping[str, object], directory: Directory) -> str:
    leaders = names_of(map(PersonId, codes(payload, "leaders")), directory)
    return (
        f"Nobody is on duty for {_team(payload, directory)} from {_at(payload, 'from')} until {_at(payload, 'until')}. "
        f"Until somebody is, its reminders go straight to its leaders: {leaders}. "
        "Set somebody on duty or a cover: `/safeguarding duty`, `vigil people duty`, or the directory file."
    )


ROSTER_LINES: Mapping[str, Callable[[Mapping[str, object], Directory], str]] = {
    "covering": _covering,
    "roster_gap": _roster_gap,
}
"""What is worded here, by the payload's `what`."""
