"""A case of the bot's own, about nobody: each hour it goes the whole road to Slack and back, or somebody is told.

It has a real case, deadline, step and notice, a channel of its own and no reference number; it counts in no figure and no
list. The bot reads it back from Slack and acknowledges it itself. One at a time: missed hours are not caught up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.calendar import Clock, Span
from bot.domain.cases import Case, CaseStatus, Particulars, Party
from bot.domain.deadlines import Deadline, Due, Ending, EndingKind, Plan, PlannedStep, end, taken
from bot.domain.directory import Directory
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, AgencyId, CaseId, ChannelId, DeadlineId, Reference, TeamId
from bot.domain.notices import Destination, NoticeKind, Posted, SendFailed
from bot.domain.policy import Band, Basis, Policy, Repeat
from bot.domain.wording import full_moment, length
from bot.ports import Messenger, UnitOfWork
from bot.services.changes import Change
from bot.services.paging import control, page
from bot.services.tools import Tools

KIND = "synthetic"
"""The kind of its deadline; no policy has it."""
OPENED, PROVED, LATE = "synthetic_opened", "synthetic_proved", "synthetic_late"
"""Marks: when the newest was opened; when the newest was opened that came back, and that did not in its time."""
WRONG_CLOCK = timedelta(hours=2)
"""By how much this machine's clock may be ahead of Slack's, by whose instants is looked."""
LOOK_EVERY = timedelta(seconds=2)
OFF = "off: "
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

log = structlog.get_logger()


@dataclass(slots=True)
class Looked:
    """When Slack was last asked for the bot's own case, so that several rings cost one question."""

    at: datetime | None = None


def case_id_of(opened_at: datetime) -> CaseId:
    """The id of the bot's own case that was opened at an instant."""
    return CaseId(f"synthetic-{opened_at.isoformat()}")


def key_of(opened_at: datetime) -> str:
    """What marks its message in Slack."""
    return f"{case_id_of(opened_at)}:1"


def open_synthetic(uow: UnitOfWork, tools: Tools, now: datetime) -> bool:
    """Open the next one when its hour has come, in place of the last; whether one was opened. Off without a channel."""
    every, channel = tools.rules.policy.notices.synthetic_every, tools.rules.directory.synthetic_channel
    last = uow.marks.instant(OPENED)
    if every is None or channel is None or (last is not None and last <= now < last + every):
        return False
    if last is not None:
        uow.synthetic.forget(case_id_of(last))
    case = _case(tools, channel, now)
    uow.cases.add(case, Particulars(children=()))
    uow.deadlines.add([_deadline(case, now)])
    uow.audit.append([Entry(now, BOT, Action.SYNTHETIC_OPENED, f"to channel {channel}", case.id)])
    uow.marks.set_instant(OPENED, now)
    return True


def _case(tools: Tools, channel: ChannelId, now: datetime) -> Case:
    policy = tools.rules.policy
    return Case(
        id=case_id_of(now),
        reference=Reference(f"SYNTHETIC-{now:%Y%m%dT%H%M%S}.{now.microsecond:06}"),
        version=1,
        concern=next(iter(policy.concerns)),
        grade=None,
        effective_grade=None,
        band=Band.P1,
        floors=(),
        flags=frozenset(),
        asks_for=next(iter(policy.asks)),
        status=CaseStatus.SYNTHETIC,
        opened_at=now,
        first_aware_at=now,
        referrer=BOT,
        referring_agency=None,
        origin_channel=None,
        parties=(Party(AgencyId(KIND), TeamId(KIND), channel, now, owes_acknowledgement=False),),
        facts={},
        policy_version=policy.version,
        last_act_at=now,
    )


def _deadline(case: Case, now: datetime) -> Deadline:
    step = PlannedStep(1, now, (), KIND)
    (party,) = case.parties
    return Deadline(
        id=DeadlineId(f"{case.id}:deadline"),
        case_id=case.id,
        kind=KIND,
        agency=party.agency,
        team=party.team,
        owner=None,
        basis=Basis.OUR_DEFAULT,
        source="policy notices.synthetic_every",
        span=Span(Clock.ELAPSED, timedelta(0)),
        band=case.band,
        trigger_at=now,
        due_at=now,
        plan=Plan((step,), Repeat(every=timedelta(days=1), each_hub_morning=False)),
        policy_version=case.policy_version,
        done=0,
        next_at=now,
    )


def take_synthetic(change: Change, steps: Iterable[tuple[Deadline, Due]]) -> None:
    """Its one step: the notice to its channel; nobody is told. A repeat says nothing: the alarm has said it."""
    for deadline, due in steps:
        change.put(taken(deadline, due, change.policy.calendar))
        change.audit(Action.STEP_TAKEN, f"{deadline.kind} step {due.step.number}")
        (party,) = change.case.parties
        key, opened_at = key_of(change.case.opened_at), change.case.opened_at.isoformat()
        change.notify(NoticeKind.SYNTHETIC, key, Destination.channel(party.channel), {"opened_at": opened_at})
    change.save(redraw=False)


def watch_synthetic(uow: UnitOfWork, tools: Tools, now: datetime) -> datetime | None:
    """Since when the road is not proved, None while it is; when it is first late the control channel and the operators hear."""
    opened_at, proved_at, late_at = (uow.marks.instant(name) for name in (OPENED, PROVED, LATE))
    if opened_at is not None and opened_at not in (proved_at, late_at) and _is_late(opened_at, tools, now):
        uow.marks.set_instant(LATE, opened_at)
        case_id = case_id_of(opened_at)
        uow.audit.append([Entry(now, BOT, Action.SYNTHETIC_LATE, f"opened {opened_at.isoformat()}", case_id)])
        line = {"what": KIND, "opened_at": opened_at.isoformat()}
        uow.outbox.add([control(tools, now, f"late:{case_id}", line, band=Band.P1)])
        uow.outbox.add(page(tools, now, f"late:{case_id}", line))
        log.error("synthetic_case_late", opened_at=opened_at.isoformat())
        return opened_at
    broken = late_at is not None and (proved_at is None or proved_at < late_at)
    return late_at if broken and is_on(tools) else None


def _is_late(opened_at: datetime, tools: Tools, now: datetime) -> bool:
    return is_on(tools) and now - opened_at > tools.rules.policy.notices.synthetic_within


def is_on(tools: Tools) -> bool:
    """Whether the bot opens cases of its own."""
    return not state_of(tools.rules.policy, tools.rules.directory).startswith(OFF)


def state_of(policy: Policy, directory: Directory) -> str:
    """In words, how often the bot opens a case of its own and where it goes, or what it is off for."""
    every, channel = policy.notices.synthetic_every, directory.synthetic_channel
    if every is None:
        return f"{OFF}the policy's notices.synthetic_every is off, so that nothing proves the road to Slack each hour"
    if channel is None:
        return (
            f"{OFF}name a synthetic_channel in the directory, so that a case of the bot's own proves the road each hour"
        )
    return f"every {length(every)} in {channel}"


def prove(*, tools: Tools, messenger: Messenger, looked: Looked) -> bool:
    """Read the newest one back from Slack and acknowledge it; whether it came back now."""
    now = tools.clock.now()
    if not is_on(tools):
        return False
    with tools.store.read() as uow:
        opened_at, proved_at = uow.marks.instant(OPENED), uow.marks.instant(PROVED)
        if opened_at is None or opened_at == proved_at:
            return False
        sent = uow.synthetic.sent_at(key_of(opened_at))
        channel = uow.cases.get(case_id_of(opened_at)).parties[0].channel
    if sent is None or (looked.at is not None and looked.at <= now < looked.at + LOOK_EVERY):
        return False
    looked.at = now
    found = _look(opened_at, channel, messenger)
    if found is None:
        return False
    _acknowledge(opened_at, found, tools)
    tools.watch.proved(posted=sent - opened_at, whole=tools.clock.now() - opened_at)
    tools.watch.unproved(None)
    return True


def begin_again(uow: UnitOfWork) -> None:
    """Let go of one that was under way when the bot stopped: how long it stood still says nothing of the road."""
    opened_at, proved_at = uow.marks.instant(OPENED), uow.marks.instant(PROVED)
    if opened_at is not None and opened_at != proved_at:
        uow.synthetic.forget(case_id_of(opened_at))
        uow.marks.set_instant(OPENED, proved_at or LONG_AGO)
        uow.marks.set_instant(PROVED, proved_at or LONG_AGO)


def _look(opened_at: datetime, channel: ChannelId, messenger: Messenger) -> Posted | None:
    try:
        return messenger.find(
            key_of(opened_at), destination=Destination.channel(channel), person=None, since=opened_at - WRONG_CLOCK
        )
    except SendFailed as failed:
        log.warning("synthetic_case_not_read_back", failure=failed.kind, code=failed.code)
        return None


def _acknowledge(opened_at: datetime, found: Posted, tools: Tools) -> None:
    now = tools.clock.now()
    with tools.store.write() as uow:
        change = Change.on(uow, tools, case_id_of(opened_at), actor=BOT, now=now)
        for deadline in change.deadlines:
            if deadline.is_open:
                change.put(end(deadline, Ending(EndingKind.MET, now, BOT)))
        change.audit(Action.SYNTHETIC_PROVED, f"read back as {found.ts} and acknowledged")
        change.save(redraw=False)
        uow.marks.set_instant(PROVED, opened_at)
        uow.commit()


WORDS = (
    "Synthetic case: no child, no referral, nothing to do. Each hour the bot sends this through everything that a real case "
    "goes through, reads it back and acknowledges it itself."
)
"""What is said in its channel."""


def late_words(payload: Mapping[str, object]) -> str:
    """The line to the control channel and the operators when one has not come back in its time."""
    at = full_moment(datetime.fromisoformat(str(payload["opened_at"])))
    return (
        f"The bot's own case of {at} has not come back from Slack in its time. Reminders of real cases may reach nobody. "
        "Look at the bot's health page and at Slack, and phone whoever works the most urgent cases."
    )
