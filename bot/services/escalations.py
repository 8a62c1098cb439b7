"""The tick: what is due at `now` becomes steps, audit and notices; nothing is sent here."""

from datetime import datetime, timedelta

import structlog

from bot.domain.cases import CaseStatus
from bot.domain.deadlines import due_step
from bot.domain.errors import Conflict, NotFound, Poisoned, places
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, CaseId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind
from bot.domain.wording import full_moment, length
from bot.ports import UnitOfWork
from bot.services.calendars import warn_of_calendar
from bot.services.changes import Change
from bot.services.digests import count_minute, decide_digests
from bot.services.duty_watch import watch_roster
from bot.services.gathering import gather
from bot.services.leading import follow_leaders
from bot.services.paging import control, page
from bot.services.steps import take_step
from bot.services.synthetic import begin_again, open_synthetic, take_synthetic, watch_synthetic
from bot.services.tools import Tools

BATCH = 50
"""Cases in one transaction, when no person waits for it to end."""
LEAST = 5
"""Cases that are moved whoever waits: people who act without a pause must not hold up the steps."""
LAST_TICK = "last_tick"
LAST_ANCHOR = "last_anchor"
MOST_COUNTED = 1000
"""Steps that are counted after a gap: reading more would hold up the start."""
GAP = timedelta(minutes=2)
"""Without a tick for longer than this the bot was not running, and leaders are told."""
LAST_RELEASE = "last_release"
RELEASE_EVERY = timedelta(minutes=1)
SET_BACK = timedelta(seconds=10)
"""A clock this far behind the last tick was set back; another machine's clock is out by less."""
LONGEST_LEASE = timedelta(minutes=2)
ANCHOR_EVERY = timedelta(hours=1)
FORGET_AFTER = timedelta(hours=24)
UNREADABLE = (Poisoned, NotFound, LookupError, ValueError, TypeError, ArithmeticError)
"""What a damaged record does to the code that handles it."""

log = structlog.get_logger()


def tick(*, tools: Tools) -> int:
    """Take every step that is due, most urgent band first; how many cases were moved. Twice at the same `now` adds nothing."""
    moved = 0
    while True:
        now = tools.clock.now()
        taken, all_taken = _batch(tools, now)
        moved += taken
        if all_taken:
            break
    released = _housekeeping(tools, tools.clock.now())
    if moved or released:
        tools.alarm.ring()
    return moved


def _batch(tools: Tools, now: datetime) -> tuple[int, bool]:
    """Move some cases in one transaction; how many, and whether they were all. It ends early when a person waits for it."""
    with tools.store.write() as uow:
        tools.rules.follow(uow, now)
        open_synthetic(uow, tools, now)
        case_ids = uow.deadlines.due_cases(now, limit=BATCH)
        if not case_ids:
            return 0, True
        taken: list[CaseId] = []
        for case_id in case_ids:
            _one_case(uow, tools, case_id, now)
            taken.append(case_id)
            if len(taken) >= LEAST and uow.is_awaited():
                break
        gather(uow, tools, now, of=frozenset(taken))
        uow.commit()
    return len(taken), len(taken) < BATCH and len(taken) == len(case_ids)


def _one_case(uow: UnitOfWork, tools: Tools, case_id: CaseId, now: datetime) -> None:
    """Move one case. One that cannot be handled is put aside, loudly; the others still run."""
    try:
        with uow.savepoint():
            _escalate(uow, tools, case_id, now)
    except Conflict:
        log.info("case_moved_meanwhile", case_id=case_id)
    except UNREADABLE as error:
        log.error("case_quarantined", case_id=case_id, error=type(error).__name__, where=places(error))  # noqa: TRY400 - its words may hold what was typed
        _quarantine(uow, tools, case_id, now)


def _escalate(uow: UnitOfWork, tools: Tools, case_id: CaseId, now: datetime) -> None:
    change = Change.on(uow, tools, case_id, actor=BOT, now=now)
    due_now = uow.deadlines.due_of_case(case_id, now)
    stepping = ((d, due_step(d, now, change.policy_of(d).calendar)) for d in due_now)
    due = [(deadline, step) for deadline, step in stepping if step is not None]
    due.sort(key=lambda pair: (-pair[1].step.number, pair[0].due_at))
    if change.case.status is CaseStatus.SYNTHETIC:
        take_synthetic(change, due)
        return
    take_step(change, due, tools=tools)
    change.save()


def _quarantine(uow: UnitOfWork, tools: Tools, case_id: CaseId, now: datetime) -> None:
    uow.deadlines.quarantine(case_id)
    uow.audit.append([Entry(now, BOT, Action.QUARANTINED, f"case {case_id}")])
    named = _reference(uow, case_id)
    key, line = f"quarantined:{case_id}:{now.isoformat()}", {"what": "quarantined", "case": case_id, "reference": named}
    uow.outbox.add([control(tools, now, key, line), *page(tools, now, key, line)])


def _reference(uow: UnitOfWork, case_id: CaseId) -> str:
    """What people know a damaged case by, where that much can be read."""
    try:
        found = uow.cases.get(case_id)
    except UNREADABLE:
        return ""
    return "" if found.restricted else found.reference


def _housekeeping(tools: Tools, now: datetime) -> int:
    """What is due by the clock alone: ticks counted, digests, the hourly anchor, old keys and drafts, duty, held notices.

    Answers how many notices were released, and one more when somebody may have come on duty.
    """
    with tools.store.write() as uow:
        count_minute(uow, tools.rules.policy, now)
        set_back = _set_back(uow, now)
        uow.marks.set_instant(LAST_TICK, now)
        decide_digests(uow, tools, now)
        last = uow.marks.instant(LAST_ANCHOR)
        if last is None or now - last >= ANCHOR_EVERY:
            uow.audit.anchor(now)
            uow.marks.set_instant(LAST_ANCHOR, now)
            uow.inbox.forget_before(now - FORGET_AFTER)
            uow.drafts.forget_before(now - FORGET_AFTER)
            warn_of_calendar(uow, tools, now)
            follow_leaders(uow, tools, now)
        tried = uow.marks.instant(LAST_RELEASE)
        watched = watch_roster(uow, tools, now)
        released = _release(uow, now) if tried is None or set_back or now - tried >= RELEASE_EVERY else 0
        gather(uow, tools, now)
        unproved_since = watch_synthetic(uow, tools, now)
        uow.commit()
    tools.watch.unproved(unproved_since)
    if watched is not None:
        tools.rules.looked(watched, now)
    tools.watch.wrote()
    return released + (watched is not None)


def _set_back(uow: UnitOfWork, now: datetime) -> bool:
    """Whether the clock was set back since the last tick; then nothing that was due or being sent waits for the old time."""
    last = uow.marks.instant(LAST_TICK)
    if last is None or last - now < SET_BACK:
        return False
    shortened = uow.outbox.set_back(now, was_at=last, lease_until=now + LONGEST_LEASE)
    log.error("clock_set_back", seconds=(last - now).total_seconds(), waits_shortened=shortened)
    return True


def _release(uow: UnitOfWork, now: datetime) -> int:
    """Let what a dead credential held try again; how many. The first that fails holds them all anew."""
    uow.marks.set_instant(LAST_RELEASE, now)
    released = uow.outbox.release_held()
    if released:
        log.info("notices_released", count=released)
    return released


def next_at(*, tools: Tools) -> datetime | None:
    """The engine's next instant: the soonest step of all that is owed, None when nothing is."""
    with tools.store.read() as uow:
        return uow.deadlines.next_at()


def started(*, tools: Tools) -> None:
    """Note the start, send again what a refused token held back, and after a gap say how long the bot was away."""
    now = tools.clock.now()
    with tools.store.write() as uow:
        uow.outbox.release_held()
        tools.rules.follow(uow, now)
        uow.rulebook.keep(tools.rules.policy.version, tools.rules.policy.text, now)
        uow.audit.append([Entry(now, BOT, Action.STARTED, f"policy {tools.rules.policy.version}")])
        last = uow.marks.instant(LAST_TICK)
        if last is not None and now - last >= GAP:
            passed = sum(
                1 for d in uow.deadlines.listed(limit=MOST_COUNTED) if d.next_at is not None and d.next_at <= now
            )
            uow.audit.append([Entry(now, BOT, Action.GAP_NOTICED, f"{last.isoformat()} to {now.isoformat()}")])
            uow.outbox.add(_gap_notices(tools, last, now, passed))
        _release(uow, now)
        begin_again(uow)
        uow.commit()
    tools.alarm.ring()


def _gap_notices(tools: Tools, last: datetime, now: datetime, passed: int) -> list[Notice]:
    directory = tools.rules.directory
    text = (
        f"The bot was not running from {full_moment(last)} to {full_moment(now)} ({length(now - last)}). "
        f"{'At least ' if passed == MOST_COUNTED else ''}{passed} step{'' if passed == 1 else 's'} came due in that time and "
        f"{'is' if passed == 1 else 'are'} being sent now, each with its real lateness."
    )
    places = [Destination.channel(directory.control_channel), Destination.channel(directory.force_channel)]
    return [
        Notice(
            id=NoticeId(tools.new_id()),
            key=f"gap:{last.isoformat()}:{place.id}",
            kind=NoticeKind.GAP,
            destination=place,
            created_at=now,
            not_before=now,
            payload={"text": text},
        )
        for place in dict.fromkeys(places)
    ]
