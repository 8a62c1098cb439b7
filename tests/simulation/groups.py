"""What must hold of grouped messages: whatever one takes in is said by it, once it goes, and waits for nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.events import AuditedEntry
from bot.domain.grouping import Grouped, cases_in
from bot.domain.letters import GroupLetter, items_of
from bot.domain.notices import DestinationKind, Notice, NoticeKind, NoticeState
from tests.memory.state import State
from tests.simulation.slack import TIME_OUT, Message, Slack
from tests.simulation.world import Broken, World

TICK = 2.0
TOGETHER = "in one message of"
"""In the audit's entry of a reminder that was told with others."""


@dataclass(frozen=True)
class Inside:
    """One reminder inside a grouped message."""

    group: Notice
    case: Grouped


def inside(notices: Iterable[Notice]) -> Mapping[str, list[Inside]]:
    """By which messages each reminder was taken in, by its id; copies and messages that were overtaken count too."""
    found: dict[str, list[Inside]] = {}
    for notice in notices:
        for case in cases_in(notice.payload):
            for member in case.members:
                found.setdefault(member.notice, []).append(Inside(notice, case))
    return found


def committed(before: State, after: State) -> None:
    """No commit leaves a reminder inside a message that is not there."""
    fresh = [
        notice
        for notice_id, notice in after.notices.standing.items()
        if notice.state is NoticeState.TAKEN_IN and before.notices.get(notice_id) is not notice
    ]
    if not fresh:
        return
    waits = {NoticeState.PENDING, NoticeState.SENDING, NoticeState.HELD}
    held = inside(n for n in after.notices.values() if n.kind is NoticeKind.GROUP and n.state in waits)
    for notice in fresh:
        if notice.id not in held:
            raise Broken("a reminder taken in is in a message", f"{notice.key} is in none")


def arrived(notice: Notice, found: Iterable[Inside], slack: Slack) -> None:
    """A reminder marked as told by a grouped message is in it, in Slack as on the record."""
    told = [each.group for each in found if each.group.state is NoticeState.SENT]
    if not told:
        raise Broken("no notice decided and never delivered", f"{notice.key} is marked told and its message did not go")
    if any(group.destination.kind is DestinationKind.EMAIL for group in told):
        return
    letters = [message.outgoing.letter for group in told for message in slack.by_key.get(group.key, ())]
    if not any(_speaks_of(notice, letter) for letter in letters if isinstance(letter, GroupLetter)):
        raise Broken("no grouped message drops a case", f"{notice.key} is marked told, and no message names its case")


def _speaks_of(notice: Notice, letter: GroupLetter) -> bool:
    return notice.case_id in {case.case.id for case in letter.cases} or notice.case_id in letter.unread


def silent(world: World, notice: Notice, message: Message) -> None:
    """A grouped message says nothing of a case of which everything it would say is done."""
    letter = message.outgoing.letter
    if not isinstance(letter, GroupLetter):
        return
    said = {case.case.id for case in letter.cases}
    heard = min(message.landed, message.begun + TIME_OUT)
    for case in cases_in(notice.payload):
        ended = [world.ended.get(str(item[0])) for item in case.items]
        last = max((at for at in ended if at is not None), default=None)
        if case.case_id not in said or last is None or None in ended:
            continue
        if heard > last + TICK + 1.5 * TIME_OUT:
            raise Broken("nothing is said of what is done", f"{message.key} of {case.case_id} at {heard:.1f}")


def audited(notices: Iterable[Notice], members: Mapping[str, list[Inside]], entries: Sequence[AuditedEntry]) -> None:
    """Of every reminder told by a grouped message the audit of its case says to whom and by which message."""
    said = {(entry.chain, entry.subject.partition(f" {TOGETHER}")[0]) for entry in entries}
    for notice in notices:
        if notice.id in members and notice.state is NoticeState.SENT and notice.posted is not None:
            told = f"{notice.kind} to {notice.destination.kind} {notice.destination.id} as {notice.posted.ts}"
            elsewhere = any(">" in each.group.key for each in members[notice.id])
            if (notice.case_id, told) not in said and not elsewhere:
                raise Broken("the audit counts what happened", f"{notice.key} is told, and not on its case's audit")


def steps_in(notice: Notice) -> Iterator[tuple[object, tuple[int, int]]]:
    """The deadlines of a reminder or a grouped message, with the step that it says of each."""
    items = [list(item) for case in cases_in(notice.payload) for item in case.items] or items_of(notice.payload)
    for item in items:
        yield item[0], (int(str(item[1])), int(str(item[2])))
