"""What must hold at every commit and after every tick, looked at between two states of the store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile

from bot.domain.deadlines import Deadline
from bot.domain.letters import items_of, numbers
from bot.domain.notices import Notice, NoticeKind
from bot.domain.policy import Band
from tests.memory.state import State
from tests.simulation import groups
from tests.simulation.world import Broken, World


class Watch:
    """Sees every commit. `worst` keeps the most urgent band that a case has had while each of its deadlines was open."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.worst: dict[str, Band] = {}

    def committed(self, before: State, after: State) -> None:
        """Hold a commit to what no commit may do."""
        # What is decided is put at the end.
        newest = takewhile(lambda item: item[0] not in before.notices, reversed(after.notices.items()))
        fresh = [notice for _, notice in newest]
        groups.committed(before, after)
        if before.deadlines == after.deadlines and before.cases == after.cases:
            return
        for deadline in after.deadlines.values():
            earlier = before.deadlines.get(deadline.id)
            case = after.cases[deadline.case_id]
            if earlier is not deadline:
                self._deadline(earlier, deadline, fresh)
            if earlier is not deadline or before.cases.get(case.id) is not case:
                self.worst[deadline.id] = case.band.most_urgent(self.worst.get(deadline.id, case.band))
        if len(after.deadlines) < len(before.deadlines) or len(after.cases) < len(before.cases):
            raise Broken("nothing is forgotten", "a case or a deadline has gone from the record")

    def ticked(self, now: datetime, state: State | None) -> None:
        """After a tick nothing is due that has not been taken."""
        for deadline in state.deadlines.values() if state else ():
            if deadline.is_open and deadline.next_at is not None and deadline.next_at <= now:
                raise Broken("no due step without its notice", f"{_name(deadline)} still waits after the tick of {now}")

    def _deadline(self, before: Deadline | None, after: Deadline, fresh: Iterable[Notice]) -> None:
        if after.is_open and after.pings and after.next_at is None:
            raise Broken("no open deadline without a next instant", _name(after))
        if before is None:
            return
        if not before.is_open and before.ending != after.ending:
            raise Broken("what has ended stays ended", _name(after))
        if before.is_open and not after.is_open:
            self._world.ended[after.id] = self._world.seconds
        if after.due_at > before.due_at:
            raise Broken("no due instant moves later", f"{_name(after)} from {before.due_at} to {after.due_at}")
        self._instants(before, after)
        if (after.done, after.repeats) != (before.done, before.repeats) and after.is_open:
            self._taken(before, after, fresh)

    def _instants(self, before: Deadline, after: Deadline) -> None:
        was = {step.number: step.at for step in before.plan.steps}
        for step in after.plan.steps:
            if step.at > was.get(step.number, step.at):
                raise Broken("no due instant moves later", f"step {step.number} of {_name(after)}")
        untaken = (after.done, after.repeats) == (before.done, before.repeats)
        held = after.held_until != before.held_until and after.held_until == after.next_at
        if untaken and not held and before.next_at and after.next_at and after.next_at > before.next_at:
            raise Broken("no due instant moves later", f"next of {_name(after)}: {before.next_at} to {after.next_at}")
        hold = self._world.rules.policy.notices.phone_hold
        if held and after.held_until and after.held_until > self._world.now() + hold + timedelta(seconds=5):
            raise Broken("no due instant moves later", f"{_name(after)} is held for longer than the policy's hold")

    def _taken(self, before: Deadline, after: Deadline, fresh: Iterable[Notice]) -> None:
        if after.done < before.done or after.repeats < before.repeats:
            raise Broken("steps go up only", f"{_name(after)} from {before.done} to {after.done}")
        if not any(speaks_of(notice, after) for notice in fresh):
            raise Broken("no due step without its notice", f"{_name(after)} step {after.done}, repeat {after.repeats}")


def speaks_of(notice: Notice, deadline: Deadline) -> bool:
    """Whether a notice says of a deadline that its newest step was taken, or that it found nobody."""
    if notice.kind is NoticeKind.CONTROL:
        return deadline.id in notice.key
    for item in items_of(notice.payload):
        said = {int(str(item[1])), *numbers(item[3])}
        if item[0] == deadline.id and deadline.done in said:
            return True
    return False


def _name(deadline: Deadline) -> str:
    return f"{deadline.kind} of {deadline.agency} ({deadline.id})"
