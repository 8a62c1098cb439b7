"""A case in every order of what people and the engine do to it: forwards only, and in memory and on SQLite the same."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.answers import Proposed
from bot.domain.authorisation import Grave
from bot.domain.cases import Case, CaseStatus
from bot.domain.commands import Decide, Propose
from bot.domain.deadlines import Deadline
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId, DeadlineId, PersonId
from bot.domain.policy import Band
from bot.domain.risk import Answer
from bot.services import decisions
from tests.builders import (
    CARE,
    CARE_LEADER,
    GRADES,
    INSPECTOR,
    OFFICER,
    OTHER_OFFICER,
    POLICY,
    SERGEANT,
    WORKER,
    actor,
    referral,
)
from tests.services.office import Office
from tests.simulation.files import FileStore

WHO = (OFFICER, OTHER_OFFICER, SERGEANT, WORKER, CARE_LEADER)
REASON = "The child was seen today and is safe with an aunt."
READY = ("referrer_told", "child_seen", "record_system_ref", "school_told")

people = st.sampled_from(WHO)


class CaseMachine(RuleBasedStateMachine):
    """Referred once; then acknowledged, graded, acted on, rung about, escalated, closed and opened again."""

    def __init__(self) -> None:
        super().__init__()
        self.file = FileStore()
        self.offices = (Office(), Office(kept_in=self.file.store))
        self.before: Case | None = None
        self.due: dict[DeadlineId, datetime] = {}

    def teardown(self) -> None:
        self.file.close()

    def both(self, do: Callable[[Office], object]) -> object:
        """Do the same in both; what people are told is the same, a refusal too."""
        answers: list[object] = []
        for office in self.offices:
            try:
                answers.append(do(office))
            except Refusal as refusal:
                answers.append(refusal.sentence)
        assert answers[0] == answers[1]
        return answers[0]

    @initialize(band=st.sampled_from(Band))
    def somebody_refers(self, band: Band) -> None:
        concern, grade = GRADES[band]
        found = self.both(lambda office: office.refer(referral(concern, grade)))
        self.case_id = CaseId(str(found))

    @rule(by=people)
    def somebody_acknowledges(self, by: PersonId) -> None:
        self.both(lambda office: office.acknowledge(self.case_id, by))

    @rule(by=people, number=st.integers(0, 3))
    def somebody_grades(self, by: PersonId, number: int) -> None:
        offered = POLICY.concern(self.case().concern).offered
        grade = offered[number % len(offered)].code
        self.both(lambda office: office.grade(self.case_id, grade, by))

    @rule(by=people, number=st.integers(0, 9), said=st.sampled_from(Answer))
    def somebody_answers(self, by: PersonId, number: int, said: Answer) -> None:
        facts = POLICY.concern(self.case().concern).facts
        fact = facts[number % len(facts)].code
        self.both(lambda office: len(office.answer(self.case_id, fact, said, by)))

    @rule(by=people, act=st.sampled_from(("child_seen_safe", "officers_sent", "message_sent", *READY)))
    def somebody_acts(self, by: PersonId, act: str) -> None:
        self.both(lambda office: office.act(self.case_id, act, by, note="Seen."))

    @rule(by=people)
    def somebody_rings(self, by: PersonId) -> None:
        self.both(lambda office: office.phone(self.case_id, CARE, by))

    @rule(by=people)
    def somebody_escalates(self, by: PersonId) -> None:
        self.both(lambda office: office.escalate(self.case_id, by))

    @rule(by=people, second=st.sampled_from((SERGEANT, INSPECTOR)), act=st.sampled_from((Grave.CLOSE, Grave.REOPEN)))
    def two_people_close_or_reopen(self, by: PersonId, second: PersonId, act: Grave) -> None:
        def do(office: Office) -> str:
            command = Propose(self.case_id, act, REASON)
            proposed: Proposed = decisions.propose(command, actor(by), next(office.keys), tools=office.tools)
            with office.tools.store.read() as uow:
                version = uow.decisions.get(proposed.decision).version
            agreed = Decide(proposed.decision, version, agree=True)
            return decisions.decide(agreed, actor(second), next(office.keys), tools=office.tools).text

        self.both(do)

    @rule(minutes=st.sampled_from((1, 16, 61, 300, 26 * 60)))
    def time_passes(self, minutes: int) -> None:
        def do(office: Office) -> int:
            office.clock.move(timedelta(minutes=minutes))
            moved = office.tick()
            office.pace.ready_at.clear()
            office.deliver()
            return moved

        self.both(do)

    @invariant()
    def both_hold_the_same(self) -> None:
        if not hasattr(self, "case_id"):
            return
        found = [self._held(office) for office in self.offices]
        assert found[0] == found[1]

    @invariant()
    def a_case_goes_forwards_only(self) -> None:
        if not hasattr(self, "case_id"):
            return
        case, deadlines = self._held(self.offices[0])
        if self.before is not None:
            assert case.version >= self.before.version
            assert case.opened_at == self.before.opened_at
            said = {p.agency for p in self.before.parties if p.acknowledged} - {
                p.agency for p in case.parties if p.acknowledged
            }
            assert said == set(), "what was acknowledged stays acknowledged"
        for each in deadlines:
            assert each.due_at <= self.due.setdefault(each.id, each.due_at), (
                "no act of one person moves an instant later"
            )
            self.due[each.id] = each.due_at
        if case.status is CaseStatus.CLOSED:
            assert [each.kind for each in deadlines if each.is_open and each.next_at is not None] == []
        self.before = case

    def case(self) -> Case:
        return self._held(self.offices[0])[0]

    def _held(self, office: Office) -> tuple[Case, list[Deadline]]:
        with office.tools.store.read() as uow:
            return uow.cases.get(self.case_id), list(uow.deadlines.of_case(self.case_id))


TestCase = CaseMachine.TestCase
TestCase.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
