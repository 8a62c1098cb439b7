"""What leaders are shown of what they owe: lines of the digest and of Home, before and after a measure; and the hourly look."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from bot.domain.counts import DAY, Match
from bot.domain.grade_samples import BeforeAfter, GradeRead, Reading
from bot.domain.matters import MatterKind, Measure, Stand, endorsement_rows
from bot.domain.wording import LONDON
from bot.ports import UnitOfWork, WeekCounts
from bot.services import counting, endorsements, gradings
from bot.services.endorsements import BEGUN
from bot.services.tools import Tools

WEEK_DAYS = 7
COMPARED = timedelta(weeks=8)
"""As long before a measure as after it, at most."""
SILENT = "Departments without a referral in seven days"


def follow_leaders(uow: UnitOfWork, tools: Tools, now: datetime) -> None:
    """Each hour: who is to endorse, whose post changed hands, which counts are missing, and the month's sample of grades."""
    endorsements.follow(uow, tools, now)
    counting.reconcile(uow, tools, now)
    gradings.follow(uow, tools, now)


def leaders_lines(uow: UnitOfWork, tools: Tools, now: datetime) -> list[tuple[str, str]]:
    """Label and value of what leaders owe: what was begun, and always the departments that referred nobody."""
    return [*_endorsed(uow, tools, now), *_planned(uow, now), *_silent(uow, tools, now)]


def _endorsed(uow: UnitOfWork, tools: Tools, now: datetime) -> Iterator[tuple[str, str]]:
    if uow.marks.instant(BEGUN) is None:
        return
    rows = endorsement_rows(uow.matters.listed(), tools.rules.policy, tools.rules.directory, now)
    given, late = sum(row.stand is Stand.ENDORSED for row in rows), [row.name for row in rows if row.is_late]
    yield "Leaders' endorsements given", f"{given} of {len(rows)}{f'; late: {_list(late)}' if late else ''}"


def _planned(uow: UnitOfWork, now: datetime) -> Iterator[tuple[str, str]]:
    found = [matter for matter in uow.matters.listed() if matter.kind is MatterKind.RECOMMENDATION]
    if found:
        late = [matter.code for matter in found if matter.late_at(now)]
        met = sum(not matter.is_open for matter in found)
        yield "Recommendations signed off", f"{met} of {len(found)}{f'; late: {_list(late)}' if late else ''}"


def _silent(uow: UnitOfWork, tools: Tools, now: datetime) -> Iterator[tuple[str, str]]:
    """The departments of the force that referred nobody, and whether they said so: "none" is an answer, silence is not."""
    today, directory = now.astimezone(LONDON).date(), tools.rules.directory
    days = [today - number * DAY for number in range(WEEK_DAYS, 0, -1)]
    table = counting.unit_table(uow, tools, days)
    said: dict[bool, list[str]] = {True: [], False: []}
    for department in directory.departments.values():
        own = [one for one in table if one.department == department.id]
        if department.agency == directory.police.id and not any(one.held for one in own):
            said[bool(own) and all(one.match is Match.NONE for one in own)].append(department.name)
    parts = (("counted, none", said[True]), ("not reported", said[False]))
    words = "; ".join(f"{label}: {_list(names)}" for label, names in parts if names)
    yield SILENT, words or "none: each referred somebody"


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)


# ---- before and after a measure


def before_after(measure: Measure, *, tools: Tools) -> Sequence[BeforeAfter]:
    """The force's figures since a measure began, at most eight weeks, and in as long a time before it."""
    now = tools.clock.now()
    began_at = tools.rules.policy.calendar.local(measure.began_on, time(0))
    length = min(COMPARED, now - began_at)
    if length <= timedelta(0):
        return ()
    with tools.store.read() as uow:
        before = uow.reports.week(team=None, from_at=began_at - length, until_at=began_at)
        after = uow.reports.week(team=None, from_at=began_at, until_at=began_at + length)
        reads = uow.grade_reads.listed()
    month = f"{measure.began_on:%Y-%m}"
    return [*_acknowledged(before, after), *_graded(reads, month)]


def _acknowledged(before: WeekCounts, after: WeekCounts) -> Iterator[BeforeAfter]:
    yield BeforeAfter(
        "acknowledged_in_time",
        before.acknowledged_in_time,
        before.acknowledgements_due,
        after.acknowledged_in_time,
        after.acknowledgements_due,
    )
    yield BeforeAfter("late_at_the_end", before.late_now, before.open_now, after.late_now, after.open_now)
    yield BeforeAfter("unassigned_at_the_end", before.unassigned, before.open_now, after.unassigned, after.open_now)


def _graded(reads: Sequence[GradeRead], month: str) -> Iterator[BeforeAfter]:
    read = [each for each in reads if each.reading is not None]
    before, after = ([each for each in read if (each.month >= month) is since] for since in (False, True))
    for reading in Reading:
        then, since = (sum(each.reading is reading for each in part) for part in (before, after))
        yield BeforeAfter(f"grades_{reading.value}", then, len(before), since, len(after))
