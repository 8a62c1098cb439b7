"""What must hold at the end, when faults have stopped and calm has lasted: read from the record and from Slack's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.cases import Case
from bot.domain.deadlines import Deadline, due_instant
from bot.domain.events import Action, AuditedEntry, Verdict
from bot.domain.ids import CaseId
from bot.domain.letters import CardLetter, StepLetter, items_of
from bot.domain.notices import (
    HOLDS_BACK_FOR,
    OPERATORS,
    Destination,
    DestinationKind,
    Notice,
    NoticeKind,
    NoticeState,
)
from bot.domain.restriction import kept_from
from bot.domain.risk import assess
from bot.ports import Store
from handlers.views.letters import draw
from handlers.views.mail import compose
from tests.builders import DIRECTORY
from tests.fakes import MemoryStore
from tests.simulation import groups
from tests.simulation.mail import Mailboxes
from tests.simulation.people import CANARY
from tests.simulation.slack import TIME_OUT, Message, Slack
from tests.simulation.watch import Watch
from tests.simulation.world import Broken, World

TICK = 2.0
MOST = 1_000_000
SETTLED = timedelta(minutes=2)
"""A notice decided this short a time before the end may still be on its way."""
PROMPT = timedelta(seconds=40)
"""Where nothing fails: the pace of a message a second and a channel's queue."""
STEPS = frozenset({NoticeKind.STEP, NoticeKind.THREAD_STEP})
SPOKEN = STEPS | {NoticeKind.GROUP}


@dataclass(frozen=True)
class Record:
    """All that is stored."""

    cases: Mapping[CaseId, Case]
    deadlines: Mapping[str, Deadline]
    notices: Sequence[Notice]
    entries: Sequence[AuditedEntry]
    verdict: Verdict

    @classmethod
    def of(cls, store: Store) -> Record:
        """The record of a store."""
        with store.read() as uow:
            cases = {case.id: case for case in uow.cases.listed(limit=MOST)}
            found = uow.deadlines.of_cases(list(cases))
            return cls(
                cases,
                {deadline.id: deadline for each in found.values() for deadline in each},
                uow.outbox.listed(unsent_only=False, limit=MOST),
                uow.audit.listed(limit=MOST),
                uow.audit.verify(),
            )


def keep(world: World, store: Store, slack: Slack, mail: Mailboxes, watch: Watch) -> None:
    """Hold a history that is over to every promise; Broken names the first that it breaks."""
    record, now = Record.of(store), world.now()
    _ladders(record, now)
    _deliveries(record, slack, mail, now)
    _copies(record, slack)
    _mailed(mail)
    _order(record, slack)
    _silence(world, record, slack)
    _risk(world, record, watch)
    _audit(world, record)
    _sealed(record, slack)
    if world.profile.faultless:
        _prompt(record, slack)
    if isinstance(store, MemoryStore) and store.state.quarantined:
        raise Broken("no case is put aside without cause", ", ".join(store.state.quarantined))


def _ladders(record: Record, now: datetime) -> None:
    for deadline in record.deadlines.values():
        if deadline.is_open and deadline.pings and (deadline.next_at is None or deadline.next_at <= now):
            raise Broken(
                "no open deadline without a next instant", f"{deadline.kind} {deadline.id}: {deadline.next_at}"
            )
    told = {(item[0], item[1]) for notice in record.notices for item in items_of(notice.payload)}
    nobody = " ".join(notice.key for notice in record.notices if notice.kind is NoticeKind.CONTROL)
    for deadline in record.deadlines.values():
        reached = deadline.done < 0 or (deadline.id, deadline.done) in told or deadline.id in nobody
        if not reached:
            raise Broken("no due step without its notice", f"{deadline.kind} {deadline.id} step {deadline.done}")


def _deliveries(record: Record, slack: Slack, mail: Mailboxes, now: datetime) -> None:
    keys = {notice.key for notice in record.notices}
    grouped = groups.inside(record.notices)
    for notice in record.notices:
        match notice.state:
            case NoticeState.SENT if notice.id in grouped:
                groups.arrived(notice, grouped[notice.id], slack)
            case NoticeState.UNDELIVERABLE if notice.id in grouped:
                continue
            case NoticeState.SENT:
                _arrived(notice, slack, mail)
            case NoticeState.SUPERSEDED:
                _overtaken(notice, record)
            case NoticeState.UNDELIVERABLE:
                road = f"route:{card_key(notice) if notice.kind is NoticeKind.CARD else notice.key}"
                last = notice.destination == Destination.channel(DIRECTORY.control_channel)
                if not last and road not in keys and notice.destination != Destination.email(OPERATORS):
                    raise Broken("no notice decided and never delivered", f"{notice.key} has no next route")
            case _:
                able = notice.state in {NoticeState.PENDING, NoticeState.TAKEN_IN} and notice.tries == 0
                waits = able and notice.not_before > now
                if not waits and notice.created_at < now - SETTLED:
                    raise Broken(
                        "no notice decided and never delivered",
                        f"{notice.key} is {notice.state} after {notice.tries} tries, until "
                        f"{notice.lease_until or notice.not_before}, at {now} ({notice.last_error})",
                    )


def _mailed(mail: Mailboxes) -> None:
    """A mailbox cannot be looked into, so that a message may come twice; what comes again says so."""
    for key, messages in mail.by_key.items():
        if any(not each.repeat for each in messages[1:]):
            raise Broken("a repeat by e-mail is marked", f"{key} came {len(messages)} times")
        if any(CANARY in f"{letter.subject} {letter.text}" for letter in map(compose, messages)):
            raise Broken("nothing of the child outside the seal", f"e-mail {key}")


def _arrived(notice: Notice, slack: Slack, mail: Mailboxes) -> None:
    if notice.destination.kind is DestinationKind.EMAIL:
        if notice.key not in mail.by_key:
            raise Broken("no notice decided and never delivered", f"{notice.key} is marked sent and no mailbox has it")
        return
    key = card_key(notice) if notice.kind is NoticeKind.CARD else notice.key
    if key not in slack.by_key:
        raise Broken("no notice decided and never delivered", f"{notice.key} is marked sent and Slack never had it")


def card_key(notice: Notice) -> str:
    """What marks the card that a notice draws."""
    return f"card:{notice.case_id}:{notice.destination.id}"


def _overtaken(notice: Notice, record: Record) -> None:
    """A reminder that was dropped was done with, or said by another to the same person that was decided later.

    Nor may one be said where its case was restricted meanwhile.
    """
    case = record.cases.get(notice.case_id) if notice.case_id else None
    if notice.kind not in STEPS or (case is not None and kept_from(case, notice.destination)):
        return
    after = record.notices[record.notices.index(notice) + 1 :]
    later = {
        item[0]
        for other in after
        if other.kind is notice.kind
        and other.destination == notice.destination
        and other.state is not NoticeState.SUPERSEDED
        for item in items_of(other.payload)
    }
    for item in items_of(notice.payload):
        deadline = record.deadlines.get(str(item[0]))
        if deadline is not None and deadline.is_open and item[0] not in later:
            raise Broken("no notice decided and never delivered", f"{notice.key} was dropped while {item[0]} is open")


def _copies(record: Record, slack: Slack) -> None:
    for key, messages in slack.by_key.items():
        allowed = 1 + slack.blind[key] + slack.deleted[key]
        if len(messages) > allowed:
            landed = ", ".join(f"{each.landed:.1f}" for each in messages)
            raise Broken(
                "one copy of each message", f"{key} landed {len(messages)} times ({landed}), {allowed} allowed"
            )


def _order(record: Record, slack: Slack) -> None:
    """To one place, a deadline's steps are first said in their order; only what is stuck for long may be overtaken."""
    said: dict[tuple[object, str], dict[tuple[int, int], tuple[float, Notice]]] = {}
    by_key = {notice.key: notice for notice in record.notices}
    for key, messages in slack.by_key.items():
        notice = by_key.get(key)
        # What is told to somebody else instead was decided when the first road was found dead; whoever comes on duty is told how
        # it stands, which is no step.
        if notice is None or notice.kind not in SPOKEN or {"instead_of", "duty_of"} & notice.payload.keys():
            continue
        for deadline_id, step in groups.steps_in(notice):
            here = said.setdefault((deadline_id, messages[0].to), {})
            landed = messages[0].landed
            if step not in here or landed < here[step][0]:
                here[step] = (landed, notice)
    for (deadline, to), steps in said.items():
        in_order = [steps[step] for step in sorted(steps)]
        for (at, earlier), (next_at, later) in pairwise(in_order):
            if next_at < at and not _was_stuck(earlier, later):
                raise Broken("steps come in order", f"{deadline} to {to}: {[(s, steps[s][0]) for s in steps]}")


def _was_stuck(earlier: Notice, later: Notice) -> bool:
    tried_at = None if earlier.kind is NoticeKind.GROUP else earlier.first_tried_at
    return later.sent_at is not None and later.sent_at >= (tried_at or earlier.created_at) + HOLDS_BACK_FOR


def _silence(world: World, record: Record, slack: Slack) -> None:
    """Nothing is said of what is done, later than a tick and one and a half time-outs after it."""
    by_key = {notice.key: notice for notice in record.notices}
    for message in slack.messages:
        notice = by_key.get(message.key)
        if notice is not None:
            groups.silent(world, notice, message)
        if notice is None or notice.kind not in STEPS or not isinstance(message.outgoing.letter, StepLetter):
            continue
        ended = [world.ended.get(str(item[0])) for item in items_of(notice.payload)]
        last = max((at for at in ended if at is not None), default=None)
        if last is None or None in ended:
            continue
        heard = min(message.landed, message.begun + TIME_OUT)
        if heard > last + TICK + 1.5 * TIME_OUT:
            raise Broken("nothing is said of what is done", f"{message.key} at {heard:.1f}, done at {last:.1f}")


def _risk(world: World, record: Record, watch: Watch) -> None:
    policy, directory = world.rules.policy, world.rules.directory
    for case in record.cases.values():
        forwards = assess(policy, case.concern, case.grade, case.facts, case.flags)
        backwards = assess(policy, case.concern, case.grade, dict(reversed([*case.facts.items()])), case.flags)
        # A child's earlier referrals may hold the case in a more urgent band than its facts alone.
        if forwards != backwards or forwards.band.more_urgent_than(case.band):
            raise Broken("risk does not hang on the order of facts", f"{case.reference}: {case.band}, {forwards.band}")
        for deadline in record.deadlines.values():
            worst = watch.worst.get(deadline.id)
            if deadline.case_id != case.id or worst is None or not deadline.is_open:
                continue
            kind = directory.agencies[deadline.agency].kind
            timed = due_instant(policy.milestones[deadline.kind], worst, policy.calendar, deadline.trigger_at, kind)
            if timed is not None and deadline.due_at > timed[1]:
                raise Broken("a raised risk stays counted", f"{deadline.kind} due {deadline.due_at}, not {timed[1]}")


def _audit(world: World, record: Record) -> None:
    if record.verdict.first_bad:
        raise Broken("the audit is whole", record.verdict.first_bad)
    members = groups.inside(record.notices)
    alone = [notice for notice in record.notices if notice.id not in members]
    counts = {
        Action.REFERRED: len(record.cases),
        Action.DEADLINE_OPENED: len(record.deadlines),
        Action.DEADLINE_MET: sum(not deadline.is_open for deadline in record.deadlines.values()),
        Action.SENT: sum(notice.state is NoticeState.SENT for notice in alone),
        Action.UNDELIVERABLE: sum(notice.state is NoticeState.UNDELIVERABLE for notice in alone),
        Action.ACKNOWLEDGED: sum(p.acknowledged is not None for c in record.cases.values() for p in c.parties),
    }
    found = dict.fromkeys(counts, 0)
    for entry in record.entries:
        again = entry.action == Action.ACKNOWLEDGED and entry.subject.endswith(" again")
        if entry.action in found and not again and groups.TOGETHER not in entry.subject:
            found[Action(entry.action)] += 1
    # A card posted for a line that belongs under it is on the audit beside the notices.
    extra = found[Action.SENT] - counts[Action.SENT]
    if 0 <= extra <= sum("card to channel" in entry.subject for entry in record.entries):
        found[Action.SENT] = counts[Action.SENT]
    groups.audited(record.notices, members, record.entries)
    if found != counts:
        raise Broken("the audit counts what happened", f"entries {found}, record {counts}")
    lost = [case_id for case_id in world.confirmed.values() if case_id not in record.cases]
    if lost:
        raise Broken("a confirmed referral exists", f"{lost} were confirmed and are not there")


def _sealed(record: Record, slack: Slack) -> None:
    for entry in record.entries:
        if CANARY in entry.subject:
            raise Broken("nothing of the child outside the seal", f"audit: {entry.action}")
    for notice in record.notices:
        if CANARY in str(notice.payload) or CANARY in notice.key or CANARY in notice.last_error:
            raise Broken("nothing of the child outside the seal", f"notice {notice.key}")
    seen: set[type] = set()
    for message in reversed(slack.messages):
        letter = message.outgoing.letter
        if type(letter) in seen and not isinstance(letter, CardLetter):
            continue
        seen.add(type(letter))
        drawn = draw(message.outgoing)
        if CANARY in drawn.text or CANARY in str(drawn.blocks):
            raise Broken("nothing of the child outside the seal", f"message {message.key}")


def _prompt(record: Record, slack: Slack) -> None:
    """Where nothing fails, what is due is said at once."""
    for notice in record.notices:
        messages: list[Message] = slack.by_key.get(notice.key, [])
        if notice.kind not in STEPS or not messages or notice.destination.kind is not DestinationKind.PERSON:
            continue
        at = notice.sent_at
        if at is not None and at > notice.not_before + PROMPT:
            raise Broken("what is due is said at once", f"{notice.key} due {notice.not_before}, said {at}")
