"""Taking steps of a case's ladders: who is told, the notices to them, and what found nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from bot.domain.deadlines import Deadline, Due
from bot.domain.escalation import Told, take
from bot.domain.events import Action, AuditedEntry
from bot.domain.holds import holding
from bot.domain.ids import ChannelId, PersonId
from bot.domain.letters import NEW, codes, items_of, numbers
from bot.domain.notices import Destination, Notice, NoticeKind, NoticeState
from bot.domain.policy import Band, Policy, Role
from bot.domain.wording import LONDON
from bot.services.changes import Change
from bot.services.tools import Tools

PRE_WARNING = 0
HURRIED = frozenset({Band.P1, Band.P2})
"""The bands to which quiet hours never apply."""
WAITING = frozenset({NoticeState.PENDING, NoticeState.HELD})
LOOK_BACK = timedelta(days=1)
"""Longer than any message to a person waits by design: the quiet hours."""
AS_OF = " as of v"
"""Before the version of the case at which a step was taken, in its entry on the audit."""
_STEPS = frozenset({Action.STEP_TAKEN, Action.STEP_REPEATED})


@dataclass(slots=True)
class _ForPerson:
    """Everything one person is told about one case at one moment: one message."""

    key: str
    band: Band
    items: list[list[object]] = field(default_factory=list)
    roles: dict[str, None] = field(default_factory=dict)

    def add(self, item: list[object], band: Band, roles: Iterable[Role] = ()) -> None:
        """One more thing to say."""
        self.items.append(item)
        self.band = self.band.most_urgent(band)
        self.roles.update(dict.fromkeys(role.value for role in roles))

    def take_in(self, waiting: Mapping[str, object]) -> None:
        """Say what an earlier message was to say; a step of it that this person never heard of counts as missed."""
        here = {item[0]: item for item in self.items}
        for earlier in items_of(waiting):
            item = here.get(earlier[0])
            if item is None:
                self.items.append(earlier)
            else:
                item[3] = sorted({*numbers(item[3]), *numbers(earlier[3]), *numbers([earlier[1]])} - {NEW, item[1]})
        self.roles.update(dict.fromkeys(codes(waiting, "roles")))


def take_step(change: Change, steps: Iterable[tuple[Deadline, Due]], *, tools: Tools) -> tuple[PersonId, ...]:
    """Take these steps on one case: each person gets one message for all of them. Answers whom they reach."""
    directory, policy = tools.rules.directory, tools.rules.policy
    people: dict[PersonId, _ForPerson] = {}
    threads: dict[ChannelId, _ForPerson] = {}
    due_at = change.now
    for deadline, due in steps:
        due_at = due_at if due.by_hand else min(due_at, deadline.next_at or due_at)
        told = take(change.case, deadline, due, directory, change.policy_of(deadline).calendar, change.now)
        told = _without_holders(change, told, again=deadline.done >= due.step.number)
        change.put(told.deadline)
        _audit(change, told)
        _gather(change, told, people, threads)
        if told.fell_through or told.nobody:
            reached = (recipient.person for recipient in told.recipients)
            change.nobody(told.deadline, told.fell_through, reached, about=_name(told.due))
    for person, gathered in people.items():
        _tell_person(change, person, gathered, policy, due_at)
    for channel, gathered in threads.items():
        payload = {"items": gathered.items, "told": list(people)}
        change.notify(NoticeKind.THREAD_STEP, gathered.key, Destination.channel(channel), payload, band=gathered.band)
    return tuple(people)


def _without_holders(change: Change, told: Told, *, again: bool) -> Told:
    """A pre-warning or a repeat without those who put their own reminders off; a next step reaches everybody.

    `again`: this step was taken before. A last step that an outage brings together with its repeats is new to its people.
    """
    if told.due.by_hand or (told.due.step.number > PRE_WARNING and not again):
        return told
    holders = {hold.person for hold in holding(change.uow.holds.of_case(change.case.id), change.now)}
    if not holders:
        return told
    return replace(told, recipients=tuple(each for each in told.recipients if each.person not in holders))


def _name(due: Due) -> str:
    return f"{due.step.number}" + (f".{due.repeat}" if due.repeat else "")


def _audit(change: Change, told: Told) -> None:
    deadline, due = told.deadline, told.due
    what = Action.STEP_REPEATED if due.repeat else Action.STEP_TAKEN
    names = " ".join(recipient.person for recipient in told.recipients) or "nobody"
    missed = f" passing over {','.join(map(str, due.missed))}" if due.missed else ""
    subject = f"{deadline.kind} {deadline.agency} step {_name(due)}{missed} told {names}"
    change.audit(what, f"{subject}{AS_OF}{change.case.version}")
    for number in told.fell_through:
        change.audit(Action.STEP_FELL_THROUGH, f"{deadline.kind} {deadline.agency} step {number} found nobody")


def _gather(
    change: Change, told: Told, people: dict[PersonId, _ForPerson], threads: dict[ChannelId, _ForPerson]
) -> None:
    deadline, due = told.deadline, told.due
    item: list[object] = [deadline.id, due.step.number, due.repeat, list(due.missed)]
    key = f"{deadline.id}:{_name(due)}"
    if due.by_hand:
        item.append(change.actor)
        key += f":by-hand-v{change.case.version}"
    band = deadline.band
    for recipient in told.recipients:
        here = people.setdefault(recipient.person, _ForPerson(f"{key}:{recipient.person}", change.case.band))
        here.add(list(item), band, recipient.roles)
    party = change.case.party(deadline.agency)
    if due.step.number > PRE_WARNING and party is not None and change.case.status.concerns_a_child:
        here = threads.setdefault(party.channel, _ForPerson(f"{key}:thread:{party.channel}", change.case.band))
        here.add(item, band)


def _tell_person(change: Change, person: PersonId, gathered: _ForPerson, policy: Policy, due_at: datetime) -> None:
    """Tell somebody now; later if they sleep and it can wait, or heard of this case a moment ago.

    A message to them about this case that still waits is taken in, so that nobody gets a burst after a night or an outage.
    """
    at = change.now
    if gathered.band not in HURRIED:
        at = quiet_until(at, policy.notices.quiet_from, policy.notices.quiet_until)
    before = change.uow.outbox.last_step_to(change.road_to(person), change.case.id, since=change.now - LOOK_BACK)
    if before is not None:
        hurried = before.band is None or gathered.band.more_urgent_than(before.band)
        free_at = _free_at(before, policy.notices.same_person_within, change.now)
        at = at if hurried else max(at, free_at)
        if before.state in WAITING:
            gathered.take_in(before.payload)
            change.uow.outbox.mark_superseded(before.id, at=change.now)
    change.notify(
        NoticeKind.STEP,
        gathered.key,
        Destination.person(person),
        {
            **_instead_of(before),
            "items": gathered.items,
            "roles": list(gathered.roles),
            "due_at": (due_at if at == change.now else at).isoformat(),
        },
        not_before=at,
        band=gathered.band,
    )


def _instead_of(before: Notice | None) -> Mapping[str, object]:
    """What says in whose place a message that is taken in was to be sent, and whom it could not reach."""
    if before is None or before.state not in WAITING:
        return {}
    return {name: value for name, value in before.payload.items() if name in {"instead_of", "tried"}}


def _free_at(before: Notice, within: timedelta, now: datetime) -> datetime:
    """From when somebody may hear of the case again after this message."""
    if before.state in WAITING or before.state is NoticeState.TAKEN_IN:
        return before.not_before
    if before.state is NoticeState.UNDELIVERABLE:
        return now
    return (before.sent_at or now) + within


def was_overtaken_by(entries: Iterable[AuditedEntry], version: int) -> AuditedEntry | None:
    """The newest step taken after the case had a version; None when there was none. Entries come newest first."""
    for entry in entries:
        _, found, taken_at = entry.subject.rpartition(AS_OF)
        if entry.action in _STEPS and found and int(taken_at) >= version:
            return entry
    return None


def quiet_until(at: datetime, starts: time, ends: time) -> datetime:
    """The end of the quiet hours that hold at an instant, else the instant itself."""
    local = at.astimezone(LONDON)
    quiet = starts <= local.time() or local.time() < ends if starts > ends else starts <= local.time() < ends
    if not quiet:
        return at
    day = local.date() + timedelta(days=1) if starts > ends and local.time() >= starts else local.date()
    return datetime.combine(day, ends, LONDON).astimezone(at.tzinfo)
