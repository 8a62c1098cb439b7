"""Queues and loads for one leader alone: counts, ages and staff, nothing of a case."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.directory import Directory
from bot.domain.workloads import DeviceRow, PersonLoad, TeamLoad
from handlers.views import limits
from handlers.views.blocks import Drawn, context, section
from handlers.views.text import bold, escape

MORE = "… and {n} more."
NO_DEVICE = "No device waits: none is on record, or all are examined."
COUNTED = "Counted from what is recorded on cases of images. What nobody has recorded is in no figure."
HELD = "Every open case of the team counts, under whoever owns it for the police."


def devices(rows: Sequence[DeviceRow], now: datetime) -> Drawn:
    """The queue, the most urgent band first."""
    waiting = [row for row in rows if row.to_examine]
    total = sum(row.to_examine for row in waiting)
    oldest_at = min((row.oldest_at for row in waiting if row.oldest_at), default=None)
    head = f"{total} devices wait to be examined{f', the oldest for {_days(oldest_at, now)}' if oldest_at else ''}."
    lines = [
        f"• {bold(row.band.label)}: {row.to_examine} of {row.seized} to examine, {row.to_triage} to triage, "
        f"{row.to_submit} to submit{f'; the oldest waits {_days(row.oldest_at, now)}' if row.oldest_at else ''}"
        for row in waiting
    ]
    said = head if waiting else NO_DEVICE
    return Drawn(said, (section(bold(said)), *([section("\n".join(lines))] if lines else []), context(COUNTED)))


def load(team: str, found: TeamLoad, directory: Directory, now: datetime) -> Drawn:
    """The answer first, then each person and each week."""
    head = f"{escape(team)}: {found.headline}"
    persons = [_person(each, directory, now) for each in found.persons] or ["Nothing is open."]
    weeks = [
        f"• To {week.until_at.day} {week.until_at:%B}: {week.arrived} came, {week.departed} went, {week.open_then} open then"
        for week in reversed(found.weeks)
    ]
    return Drawn(
        head,
        (
            section(bold(head)),
            section(limits.fitted(["*Open for each*", *persons], limits.SECTION_TEXT, MORE)),
            section(limits.fitted(["*Week by week*", *weeks], limits.SECTION_TEXT, MORE)),
            context(HELD),
        ),
    )


def _person(each: PersonLoad, directory: Directory, now: datetime) -> str:
    who = escape(directory.name_of(each.person)) if each.person else "Nobody owns"
    return f"• {who}: {each.open_now}, the oldest for {_days(each.oldest_at, now)}"


def _days(since_at: datetime, now: datetime) -> str:
    days = (now - since_at).days
    return "less than a day" if days < 1 else f"{days} day{'' if days == 1 else 's'}"
