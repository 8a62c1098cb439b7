"""Taking steps of a case's ladders: who is told, the notices to them, and what found nobody."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from bot.domain.deadlines import Deadline, Due
from bot.domain.escalation import Told, take
from bot.domain.events import Action
from bot.domain.ids import ChannelId, PersonId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.policy import Band, Policy, Role
from bot.domain.wording import LONDON
from bot.services.changes import Change
from bot.services.tools import Tools

PRE_WARNING = 0
HURRIED = frozenset({Band.P1, Band.P2})
"""The bands to which quiet hours never apply."""


@dataclass(slots=True)
class _ForPerson:
    """Everything one person is told about one case at one moment: one message."""

    key: str
    items: list[list[object]] = field(default_factory=list)
    roles: dict[Role, None] = field(default_factory=dict)


def take_step(change: Change, steps: Iterable[tuple[Deadline, Due]], *, tools: Tools) -> tuple[PersonId, ...]:
    """Take these steps on one case: each person gets one message for all of them. Answers whom they reach."""
    directory, policy = tools.rules.directory, tools.rules.policy
    people: dict[PersonId, _ForPerson] = {}
    threads: dict[ChannelId, _ForPerson] = {}
    for deadline, due in steps:
        told = take(change.case, deadline, due, directory, policy.calendar, change.now)
        change.put(told.deadline)
        _audit(change, told)
        _gather(change, told, people, threads)
        if told.fell_through or told.nobody:
            reached = (recipient.person for recipient in told.recipients)
            change.nobody(told.deadline, told.fell_through, reached, about=_name(told.due))
    for person, gathered in people.items():
        _tell_person(change, person, gathered, policy)
    for channel, gathered in threads.items():
        payload = {"items": gathered.items, "told": list(people)}
        change.notify(NoticeKind.THREAD_STEP, gathered.key, Destination.channel(channel), payload)
    return tuple(people)


def _name(due: Due) -> str:
    return f"{due.step.number}" + (f".{due.repeat}" if due.repeat else "")


def _audit(change: Change, told: Told) -> None:
    deadline, due = told.deadline, told.due
    what = Action.STEP_REPEATED if due.repeat else Action.STEP_TAKEN
    names = " ".join(recipient.person for recipient in told.recipients) or "nobody"
    missed = f" passing over {','.join(map(str, due.missed))}" if due.missed else ""
    change.audit(what, f"{deadline.kind} {deadline.agency} step {_name(due)}{missed} told {names}")
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
    for recipient in told.recipients:
        here = people.setdefault(recipient.person, _ForPerson(f"{key}:{recipient.person}"))
        here.items.append(item)
        here.roles.update(dict.fromkeys(recipient.roles))
    party = change.case.party(deadline.agency)
    if due.step.number > PRE_WARNING and party is not None:
        threads.setdefault(party.channel, _ForPerson(f"{key}:thread:{party.channel}")).items.append(item)


def _tell_person(change: Change, person: PersonId, gathered: _ForPerson, policy: Policy) -> None:
    change.notify(
        NoticeKind.STEP,
        gathered.key,
        Destination.person(person),
        {"items": gathered.items, "roles": [role.value for role in gathered.roles]},
        not_before=_not_before(change, person, policy),
    )


def _not_before(change: Change, person: PersonId, policy: Policy) -> datetime:
    """Now, unless the person had a message about this case a moment ago, or sleeps while the case can wait."""
    at = change.now
    if change.case.band not in HURRIED:
        at = max(at, quiet_until(at, policy.notices.quiet_from, policy.notices.quiet_until))
    within = policy.notices.same_person_within
    before = change.uow.outbox.last_step_to(person, change.case.id, since=change.now - within)
    if before is not None and before.band is not None and not change.case.band.more_urgent_than(before.band):
        at = max(at, before.not_before + within)
    return at


def quiet_until(at: datetime, starts: time, ends: time) -> datetime:
    """The end of the quiet hours that hold at an instant, else the instant itself."""
    local = at.astimezone(LONDON)
    quiet = starts <= local.time() or local.time() < ends if starts > ends else starts <= local.time() < ends
    if not quiet:
        return at
    day = local.date() + timedelta(days=1) if starts > ends and local.time() >= starts else local.date()
    return datetime.combine(day, ends, LONDON).astimezone(at.tzinfo)
