"""Whether a dated change of the roster may stand: what is wrong with it, field by field, and what to tell whoever set it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.domain.directory import Directory
from bot.domain.ids import PersonId
from bot.domain.roster import LONGEST_CHANGE, Gap, SetAway, SetDuty, gaps, new_loops
from bot.domain.wording import moment

MOST_GAPS_NAMED = 3


def wrong_duty(wanted: SetDuty, base: Directory, now: datetime) -> Mapping[str, str]:
    """What is wrong with a duty change: field -> sentence; empty when it may stand."""
    found = dict(_wrong_times(wanted.from_at, wanted.until_at, now))
    team = base.teams.get(wanted.team)
    if team is None:
        return {"team": "Select a team of the directory", **found}
    agency = base.agencies[team.agency].name
    if not wanted.people:
        found["people"] = f"Select who is on duty for {team.name}"
    for person in wanted.people:
        known = base.people.get(person)
        if known is None or not known.active or known.agency != team.agency:
            found["people"] = f"Select people of {agency} who have not left"
    return found


def wrong_away(wanted: SetAway, base: Directory, now: datetime) -> Mapping[str, str]:
    """What is wrong with an absence, apart from loops: field -> sentence; empty when it may stand."""
    found = dict(_wrong_times(wanted.from_at, wanted.until_at, now))
    person = base.people.get(wanted.person)
    if person is None or not person.active:
        return {"person": "Select somebody of the directory who has not left", **found}
    if wanted.by is None:
        return found
    by = base.people.get(wanted.by)
    if by is None or not by.active or by.agency != person.agency:
        found["by"] = f"Select somebody of {base.agencies[person.agency].name} who has not left"
    elif by.id == person.id:
        found["by"] = "Select somebody else to cover, or nobody"
    return found


def _wrong_times(from_at: datetime, until_at: datetime, now: datetime) -> Iterable[tuple[str, str]]:
    if until_at <= from_at:
        yield "until_at", "The end must be later than the beginning"
    elif until_at <= now:
        yield "until_at", "The end must be in the future"
    elif until_at - from_at > LONGEST_CHANGE:
        yield "until_at", f"The end must be at most {LONGEST_CHANGE.days} days after the beginning"


def loop_words(before: Directory, after: Directory) -> str | None:
    """The sentence that refuses a cover because the covers would go round in a loop; None when they do not."""
    loops = new_loops(before, after)
    if not loops:
        return None
    names = " is covered by ".join(after.name_of(person) for person in loops[0])
    return f"Nobody would be there: {names}. Select somebody who is there at that time"


def gap_words(before: Directory, after: Directory, from_at: datetime, until_at: datetime, now: datetime) -> str:
    """What to say of the hours in which nobody is on duty any more because of a change; empty when there are none."""
    known = set(gaps(before, from_at, until_at))
    fresh = [gap for gap in gaps(after, from_at, until_at) if gap not in known]
    if not fresh:
        return ""
    named = "; ".join(gap_line(gap, after, now) for gap in fresh[:MOST_GAPS_NAMED])
    more = f"; and {len(fresh) - MOST_GAPS_NAMED} more times" if len(fresh) > MOST_GAPS_NAMED else ""
    return f" Nobody is on duty then: {named}{more}. Set somebody on duty, or a cover."


def gap_line(gap: Gap, directory: Directory, now: datetime) -> str:
    """One gap in words: the team, from when, until when."""
    name = directory.teams[gap.team].name
    return f"{name}, {moment(max(gap.from_at, now), now)} until {moment(gap.until_at, now).removeprefix('on ')}"


def names_of(people: Iterable[PersonId], directory: Directory) -> str:
    """People by name, in one clause."""
    named = [directory.name_of(person) for person in people]
    if len(named) < 2:  # noqa: PLR2004 - one or nobody
        return named[0] if named else "nobody"
    return f"{', '.join(named[:-1])} and {named[-1]}"
