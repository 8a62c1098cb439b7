"""The ladder of one deadline alone, driven in every order: a model of thirty lines says what must hold."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.deadlines import (
    Deadline,
    Due,
    Ending,
    EndingKind,
    due_step,
    end,
    hold,
    next_by_hand,
    retime,
    taken,
)
from bot.domain.policy import Band
from tests.builders import CARE, MONDAY, POLICY, WORKER, a_case, a_deadline

CALENDAR = POLICY.calendar
KINDS = ("acknowledgement", "first_action", "stall", "graded")


class Ladder(RuleBasedStateMachine):
    """Time passes, steps are taken late or by hand, risk is raised, somebody rings, and at last it is done."""

    deadline: Deadline
    now: datetime

    @initialize(band=st.sampled_from(Band), kind=st.sampled_from(KINDS))
    def opens(self, band: Band, kind: str) -> None:
        self.deadline = a_deadline(band, kind=kind, case=a_case(band))
        self.now = MONDAY
        self.said: list[tuple[int, int]] = []

    @rule(minutes=st.sampled_from((1, 7, 15, 60, 240, 24 * 60, 3 * 24 * 60)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def the_engine_ticks(self) -> None:
        before, due = self.deadline, due_step(self.deadline, self.now, CALENDAR)
        if due is None:
            assert before.next_at is None or before.next_at > self.now
            return
        assert before.next_at is not None
        assert before.next_at <= self.now
        assert due.step.number >= before.done
        self._take(due)
        assert due_step(self.deadline, self.now, CALENDAR) is None, "twice at one instant is one step"

    @precondition(lambda self: self.deadline.is_open)
    @rule()
    def somebody_escalates(self) -> None:
        due = next_by_hand(self.deadline)
        assert due is not None
        self._take(due)

    @precondition(lambda self: self.deadline.is_open)
    @rule(band=st.sampled_from(Band))
    def risk_is_raised(self, band: Band) -> None:
        before = self.deadline
        after = retime(before, POLICY, POLICY.milestones[before.kind], band)
        assert after.due_at <= before.due_at
        was = {step.number: step.at for step in before.plan.steps}
        assert all(step.at <= was.get(step.number, step.at) for step in after.plan.steps)
        assert before.next_at is not None
        assert after.next_at is not None
        assert after.next_at <= before.next_at
        self.deadline = after

    @precondition(lambda self: self.deadline.is_open)
    @rule()
    def somebody_rings(self) -> None:
        before, until_at = self.deadline, self.now + POLICY.notices.phone_hold
        self.deadline = hold(before, until_at, CALENDAR)
        assert self.deadline.due_at == before.due_at
        assert self.deadline.plan == before.plan
        assert before.next_at is not None
        assert self.deadline.next_at in {until_at, before.next_at} or before.held_until is not None

    @precondition(lambda self: self.deadline.is_open)
    @rule()
    def it_is_done(self) -> None:
        self.deadline = end(self.deadline, Ending(EndingKind.MET, self.now, WORKER))

    @invariant()
    def what_is_open_has_a_next_instant(self) -> None:
        assert (self.deadline.next_at is not None) is self.deadline.is_open

    @invariant()
    def steps_come_in_order_and_once(self) -> None:
        assert self.said == sorted(set(self.said))
        numbers = [step.number for step in self.deadline.plan.steps]
        assert numbers == sorted(numbers)
        instants = [step.at for step in self.deadline.plan.steps]
        assert instants == sorted(instants)

    @invariant()
    def it_is_owed_by_whom_it_was(self) -> None:
        assert (self.deadline.agency, self.deadline.trigger_at) == (CARE, MONDAY)

    def _take(self, due: Due) -> None:
        before = self.deadline
        self.deadline = taken(before, due, CALENDAR)
        assert self.deadline.done >= before.done
        assert self.deadline.repeats >= before.repeats
        assert self.deadline.due_at == before.due_at
        if not due.by_hand:
            self.said.append((due.step.number, due.repeat))
            assert not [number for number in due.missed if number >= due.step.number]


TestLadder = Ladder.TestCase
TestLadder.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
