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


def duty_note(payload: Mapping[str, object], directory: Directory) -> str:
    """Why somebody hears of a case in the middle of a step: they came on duty, or nobody did and they lead the team."""
    team = directory.teams.get(TeamId(str(payload["duty_of"])))
    name = team.name if team is not None else "the team"
    went = names_of(map(PersonId, codes(payload, "after")), directory)
    after = "" if went == "nobody" else f", after {went}"
    if "team_leaders" in codes(payload, "roles"):
        return f"Sent to you because nobody is on duty for {name} now{after}."
    return f"Sent to you because you are on duty for {name} now{after}."


def _rules_reloaded(payload: Mapping[str, object], _directory: Directory) -> str:
    policy = f"policy {payload['policy']}"
    if payload["policy_changed"]:
        policy += " (new: cases opened from now on go by it, every other case goes on by its own)"
    directory = f"directory {payload['directory']}" + (" (new)" if payload["directory_changed"] else "")
    return f"The rules were read again and are in force: {policy}, {directory}."


def _rules_refused(payload: Mapping[str, object], _directory: Directory) -> str:
    more = f" And {payload['more']} more, on the log." if payload["more"] else ""
    faults = " · ".join(codes(payload, "lines"))
    return f"The rules were read again and are NOT in force; the running ones stay. {faults}{more}"


def _person_left(payload: Mapping[str, object], directory: Directory) -> str:
    references, teams = codes(payload, "references"), codes(payload, "teams")
    covers = names_of(map(PersonId, codes(payload, "covers")), directory)
    named = [directory.teams[TeamId(team)].name for team in teams if team in directory.teams]
    holds = [
        f"owns {', '.join(references)}" if references else "",
        f"is set on duty for {', '.join(named)}" if named else "",
        f"covers {covers}" if payload["covers"] else "",
    ]
    person = PersonId(str(payload["person"]))
    name = f"{directory.name_of(person)} ({person})" if person in directory.people else f"“{person}”"
    return (
        f"{name} has left, by the directory file, and still {'; '.join(filter(None, holds))}. Reminders go to whoever "
        "is on duty, and up the ladder where nobody is. Hand the cases over and mend the roster."
    )


def _cover_loop(payload: Mapping[str, object], directory: Directory) -> str:
    chain = " is covered by ".join(directory.name_of(PersonId(code)) for code in codes(payload, "people"))
    return (
        f"The covers go round in a loop, so that none of them is there: {chain}. "
        "Until one is ended their reminders go to the next step."
    )


def _duty_group(payload: Mapping[str, object], directory: Directory) -> str:
    team = directory.teams.get(TeamId(str(payload["team"])))
    name, code = (team.name if team else str(payload["team"])), str(payload["code"])
    what = "holds nobody of the directory" if code == "nobody" else f"cannot be read ({code})"
    return (
        f"The user group that duty of {name} follows {what}. Who was read last stays on duty for up to a day, then the "
        "directory file counts. Mend the group in Slack, or `duty_group` of the team in the directory file."
    )


ROSTER_LINES: Mapping[str, Callable[[Mapping[str, object], Directory], str]] = {
    "covering": _covering,
    "roster_gap": _roster_gap,
    "rules_reloaded": _rules_reloaded,
    "rules_refused": _rules_refused,
    "duty_group": _duty_group,
    "person_left": _person_left,
    "cover_loop": _cover_loop,
}
"""What is worded here, by the payload's `what`."""
