"""More reminders than a person can read become one message: decided with them, in one transaction, before any is sent.

Reminders that are taken in count as told once the message that speaks of them has arrived, and not before.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.deadlines import Deadline
from bot.domain.errors import NotFound, Poisoned
from bot.domain.events import Action, Entry
from bot.domain.grouping import (
    APART,
    BESIDE,
    MOST_CASES,
    Grouped,
    cases_in,
    grouped,
    lead_of,
    merged,
    parts,
    payload_of,
)
from bot.domain.ids import BOT, CaseId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind, NoticeState, Posted
from bot.ports import UnitOfWork
from bot.services.tools import Tools

GROUP_EVERY = timedelta(seconds=10)
"""Between two grouped messages to one destination: what is decided meanwhile goes into the next."""
GROUPED_AT = "grouped:"
STORM_AT = "storm:"
NAMED = 10
"""Destinations named in the control channel."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Wave:
    """Everything that waits for one destination until one instant (None: that may go now)."""

    destination: Destination
    at: datetime | None
    singles: Sequence[Notice]
    last: Notice | None
    stormy: bool


def gather(uow: UnitOfWork, tools: Tools, now: datetime, *, of: Collection[CaseId] | None = None) -> None:
    """Take what waits in numbers for one destination into one message, and say once that a storm has begun.

    `of` are the cases whose steps were just taken: what waits of others may be overtaken by their own next step.
    """
    singles = [each for each in uow.gathering.singles() if not any(name in each.payload for name in APART)]
    if of is not None:
        singles = [each for each in singles if each.case_id in of]
    if not singles:
        return
    rules = tools.rules.policy.notices
    there = {notice.destination for notice in singles}
    stormy = uow.gathering.crowded(since=now - rules.storm_within, more_than=rules.storm_over) & there
    _tell_of_storm(uow, tools, stormy, now)
    for wave in _waves(uow, singles, stormy, now):
        if _is_crowd(wave, uow, over=rules.group_over, now=now):
            _take_in(wave, uow, tools, now)


def _waves(uow: UnitOfWork, singles: Sequence[Notice], stormy: frozenset[Destination], now: datetime) -> list[_Wave]:
    there = {notice.destination for notice in singles}
    last = uow.gathering.last_groups(there)
    inside = uow.gathering.taken_in(there, {each.case_id for each in singles if each.case_id is not None}, now)
    found: dict[tuple[Destination, datetime | None], list[Notice]] = {}
    for notice in singles:
        at = None if notice.not_before <= now or notice.tries else notice.not_before
        group = _last_of(last, notice.destination, at, now)
        # Of this case something is in a message that is full, on its way or in doubt: that goes first, and this one after it.
        if (notice.destination, notice.case_id) in inside and not _speaks_of(group, notice.case_id):
            continue
        found.setdefault((notice.destination, at), []).append(notice)
    return [
        _Wave(destination, at, waiting, _last_of(last, destination, at, now), destination in stormy)
        for (destination, at), waiting in found.items()
    ]


def _speaks_of(group: Notice | None, case_id: CaseId | None) -> bool:
    return group is not None and any(case.case_id == case_id for case in cases_in(group.payload))


def _last_of(groups: Sequence[Notice], destination: Destination, at: datetime | None, now: datetime) -> Notice | None:
    for notice in groups:
        soon = notice.not_before <= now + GROUP_EVERY if at is None else notice.not_before == at
        if notice.destination == destination and soon:
            return notice
    return None


def _is_crowd(wave: _Wave, uow: UnitOfWork, *, over: int, now: datetime) -> bool:
    if wave.last is not None or len(wave.singles) > over:
        return True
    if not wave.stormy or wave.at is not None:
        return False
    return len(wave.singles) > 1 or _free_at(uow, wave.destination, now) > now


def _take_in(wave: _Wave, uow: UnitOfWork, tools: Tools, now: datetime) -> None:
    """Replace what waits, and the last message where it has room, by messages that say all of it."""
    taken = uow.gathering.take_in([notice.id for notice in wave.singles])
    members = [notice for notice in wave.singles if notice.id in taken]
    if not members:
        return
    cases = [case for notice in members for case in grouped(notice)]
    last, lead, before = wave.last, None, members
    if last is not None:
        lead = lead_of(last) or last.id
        known = {case.case_id for case in cases_in(last.payload)}
        if len(known) < MOST_CASES or known & {case.case_id for case in cases}:
            lead = lead_of(last)
            cases = [*cases_in(last.payload), *cases]
            before = [last, *members]
            uow.outbox.mark_superseded(last.id, at=now)
    at = last.not_before if last is not None else wave.at or _free_at(uow, wave.destination, now)
    if wave.at is None:
        uow.marks.set_instant(f"{GROUPED_AT}{_name(wave.destination)}", at)
    pattern = Notice(
        id=NoticeId(""),
        key="",
        kind=NoticeKind.GROUP,
        destination=wave.destination,
        created_at=min(notice.created_at for notice in before),
        not_before=at,
        band=last.band if last is not None else None,
    )
    uow.outbox.add(_messages(merged(cases), pattern, lead, tools))


def _messages(cases: Sequence[Grouped], pattern: Notice, lead: NoticeId | None, tools: Tools) -> Iterator[Notice]:
    """The parts, the first of which leads; one more urgent than what it would follow is a message of its own."""
    for part in parts(cases):
        notice_id = NoticeId(tools.new_id())
        louder = pattern.band is not None and part[0].band.more_urgent_than(pattern.band)
        payload = payload_of(part, lead=None if louder else lead)
        yield replace(pattern, id=notice_id, key=f"group:{notice_id}", band=part[0].band, payload=payload)
        lead = lead or notice_id


def _free_at(uow: UnitOfWork, destination: Destination, now: datetime) -> datetime:
    """From when the next grouped message may go there."""
    last = uow.marks.instant(f"{GROUPED_AT}{_name(destination)}")
    return now if last is None or last > now + GROUP_EVERY else max(now, last + GROUP_EVERY)


def _name(destination: Destination) -> str:
    return f"{destination.kind.value}:{destination.id}"


def _tell_of_storm(uow: UnitOfWork, tools: Tools, stormy: frozenset[Destination], now: datetime) -> None:
    """One line to the control channel for each storm that begins; one goes on as long as it is seen again in time."""
    fresh = []
    for name in sorted(map(_name, stormy)):
        last = uow.marks.instant(f"{STORM_AT}{name}")
        if last is None or not now - tools.rules.policy.notices.storm_within <= last <= now:
            fresh.append(name)
        uow.marks.set_instant(f"{STORM_AT}{name}", now)
    if not fresh:
        return
    log.warning("storm", destinations=len(fresh))
    told = Notice(
        id=NoticeId(tools.new_id()),
        key=f"storm:{now.isoformat()}:{fresh[0]}",
        kind=NoticeKind.CONTROL,
        destination=Destination.channel(tools.rules.directory.control_channel),
        created_at=now,
        not_before=now,
        payload={"what": "storm", "to": fresh[:NAMED], "more": len(fresh[NAMED:])},
    )
    uow.outbox.add([told])


def settle(
    uow: UnitOfWork, notice: Notice, state: NoticeState, at: datetime, *, posted: Posted | None = None, code: str = ""
) -> None:
    """Let the reminders inside a grouped message end as it did, each on the audit of its own case.

    Of a case whose deadlines were met meanwhile nothing was said; one that cannot be read was named.
    A copy that went beside the message ends nothing: the message itself is still on its way.
    """
    cases = cases_in(notice.payload)
    owed = _owed(uow, cases) if state is not NoticeState.SUPERSEDED else frozenset()
    for case in cases:
        said = case.case_id in owed
        for member in case.members:
            ending = state if said else NoticeState.SUPERSEDED
            if BESIDE not in notice.payload:
                uow.gathering.end(member.notice, ending, at=at, posted=posted if said else None, error=code)
            if said:
                uow.audit.append([_entry(notice, member.kind, case.case_id, at, posted, code, len(cases))])


def _entry(
    notice: Notice, kind: str, case_id: CaseId, at: datetime, posted: Posted | None, code: str, together: int
) -> Entry:
    to = f"{kind} to {notice.destination.kind} {notice.destination.id}"
    with_others = f"in one message of {together}"
    if posted is None:
        return Entry(at, BOT, Action.UNDELIVERABLE, f"{to}: {code} {with_others}", case_id)
    return Entry(at, BOT, Action.SENT, f"{to} as {posted.ts} {with_others}", case_id)


def _owed(uow: UnitOfWork, cases: Sequence[Grouped]) -> frozenset[CaseId]:
    """The cases of which something that the message names is still owed, and those that cannot be read."""
    try:
        found = uow.deadlines.of_cases([case.case_id for case in cases])
    except (Poisoned, NotFound):
        return frozenset(case.case_id for case in cases if _is_owed(uow, case))
    return frozenset(case.case_id for case in cases if _names_open(case, found[case.case_id]))


def _is_owed(uow: UnitOfWork, case: Grouped) -> bool:
    try:
        return _names_open(case, uow.deadlines.of_case(case.case_id))
    except (Poisoned, NotFound):
        return True


def _names_open(case: Grouped, deadlines: Iterable[Deadline]) -> bool:
    named = {item[0] for item in case.items}
    return any(deadline.is_open for deadline in deadlines if deadline.id in named)
