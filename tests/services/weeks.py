"""A seeded random week at the office: what people, Slack and the clock do, and what has to hold after every step."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from bot.domain.cases import CaseStatus
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId, DeadlineId, PersonId
from bot.domain.letters import StepLetter
from bot.domain.notices import FailureKind, NoticeKind, NoticeState, SendFailed
from bot.domain.policy import Band
from bot.domain.risk import Answer
from tests.builders import CARE, DIRECTORY, EDUCATION, POLICY, away, referral
from tests.services.office import Office

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MOST_CASES = 4
AGENCIES = ((CARE,), (CARE, EDUCATION), (CARE,))
PEOPLE = [person.id for person in DIRECTORY.people.values() if person.active and person.slack and not person.governance]
FAILURES = [FailureKind.REFUSED, FailureKind.UNKNOWN, FailureKind.ROUTE_DEAD, FailureKind.CONTENT_BAD]


class Week:
    """One random week at the office, with what the invariants have to remember."""

    def __init__(self, seed: int, office: Office) -> None:
        self.chance = Random(seed)
        self.office = office
        self.cases: list[CaseId] = []
        self.earliest: dict[DeadlineId, datetime] = {}

    def act(self) -> None:
        """Something happens; a refusal is an answer like another."""
        moves: list[Callable[[], object]] = [
            self.refer,
            self.pass_time,
            self.pass_time,
            self.go_down,
            self.absence,
            self.fault,
        ]
        if self.cases:
            moves += [
                self.acknowledge,
                self.acknowledge,
                self.grade,
                self.answer,
                self.record,
                self.phone,
                self.escalate,
            ]
        with suppress(Refusal):
            self.chance.choice(moves)()

    def refer(self) -> None:
        if len(self.cases) == MOST_CASES:
            return
        concern = self.chance.choice(list(POLICY.concerns.values()))
        grade = self.chance.choice([None, *(grade.code for grade in concern.offered)])
        agencies = self.chance.choice(AGENCIES)
        self.cases.append(self.office.refer(referral(concern.code, grade), agencies=agencies))

    def acknowledge(self) -> None:
        self.office.acknowledge(self.case(), self.person())

    def grade(self) -> None:
        case_id = self.case()
        offered = POLICY.concern(self.office.case(case_id).concern).offered
        self.office.grade(case_id, self.chance.choice(offered).code, self.person())

    def answer(self) -> None:
        case_id = self.case()
        facts = POLICY.concern(self.office.case(case_id).concern).facts
        self.office.answer(case_id, self.chance.choice(facts).code, self.chance.choice(list(Answer)), self.person())

    def record(self) -> None:
        case_id = self.case()
        acts = POLICY.acts_for(self.office.case(case_id).concern)
        self.office.act(case_id, self.chance.choice(acts).code, self.person())

    def phone(self) -> None:
        self.office.phone(self.case(), CARE, self.person())

    def escalate(self) -> None:
        case_id = self.case()
        drawn = self.office.case(case_id).version - self.chance.choice([0, 0, 1, 2])
        self.office.escalate(case_id, self.person(), as_of=drawn)

    def pass_time(self) -> None:
        self.office.run_for(self.chance.choice([1, 4, 16, 61, 300, 1500]) * MINUTE)

    def go_down(self) -> None:
        self.office.down_until(self.office.clock.now() + self.chance.choice([1, 90, 700]) * MINUTE)

    def absence(self) -> None:
        self.office.rules.directory = away(DIRECTORY, *self.chance.sample(PEOPLE, self.chance.choice([0, 3, 20])))

    def fault(self) -> None:
        to = self.chance.choice(["*", *PEOPLE])
        self.office.messenger.fail(to, SendFailed(self.chance.choice(FAILURES), "fault"))

    def case(self) -> CaseId:
        return self.chance.choice(self.cases)

    def person(self) -> PersonId:
        return self.chance.choice(PEOPLE)

    # ---- what holds

    def check(self) -> None:
        now = self.office.clock.now()
        self.office.tick()
        for deadline in self.office.store.state.deadlines.values():
            if deadline.is_open and deadline.plan.steps:
                assert deadline.next_at is not None, "an open ladder without a next instant"
                assert deadline.next_at > now, "a step that is due and was not taken"
            assert deadline.due_at <= self.earliest.get(deadline.id, deadline.due_at), "an instant moved later"
            self.earliest[deadline.id] = deadline.due_at
        waiting = Counter(
            (n.case_id, n.destination) for n in self.office.notices(NoticeKind.CARD, state=NoticeState.PENDING)
        )
        assert all(count == 1 for count in waiting.values()), "two redrawings of one card wait"
        self.check_agencies()

    def check_agencies(self) -> None:
        for case_id in self.cases:
            case = self.office.case(case_id)
            assert case.status is CaseStatus.OPEN
            owed = [d for d in self.office.deadlines(case_id) if d.kind == "acknowledgement"]
            assert Counter(d.agency for d in owed) == Counter(p.agency for p in case.parties if p.owes_acknowledgement)
            for deadline in owed:
                party = case.party(deadline.agency)
                assert party is not None
                assert deadline.is_open is (party.acknowledged is None), "an acknowledgement stops its own ladder alone"

    def check_end(self) -> None:
        """Once faults end everything that was decided has been said, or is on the audit as undeliverable."""
        office = self.office
        office.messenger.failing.clear()
        office.rules.directory = DIRECTORY
        office.run_for(12 * HOUR)
        for _ in range(30):
            office.settle()
        left = [n for n in office.notices() if n.state in {NoticeState.SENDING, NoticeState.HELD}]
        assert not left
        for notice in office.notices(state=NoticeState.PENDING):
            assert notice.not_before > office.clock.now(), "a notice that could go and did not"
        self.check_steps_told()
        self.check_spacing()

    def check_steps_told(self) -> None:
        """Whatever step was taken, a notice was decided for it or for one that took it in."""
        told = {n.key.split(":")[0] for n in self.office.notices() if n.kind is NoticeKind.STEP}
        listed = {str(item[0]) for n in self.office.notices(NoticeKind.STEP) for item in _items(n.payload)}
        nobody = {n.key.split(":")[1] for n in self.office.notices(NoticeKind.CONTROL) if n.key.startswith("nobody:")}
        for deadline in self.office.store.state.deadlines.values():
            if deadline.done >= 0:
                assert deadline.id in told | listed | nobody, "a step taken in silence"

    def check_spacing(self) -> None:
        """No person hears twice of one case within five minutes, unless it became more urgent or another could not be reached."""
        heard: dict[tuple[str, CaseId], tuple[datetime, Band]] = {}
        bands = {n.key: (n.band, "instead_of" in n.payload) for n in self.office.notices(NoticeKind.STEP)}
        for sent in self.office.messenger.sent:
            letter = sent.outgoing.letter
            band, instead = bands.get(sent.outgoing.key, (None, False))
            if not isinstance(letter, StepLetter) or band is None or instead or sent.outgoing.repeat:
                continue
            before = heard.get((sent.to, letter.case.id))
            if before is not None and not band.more_urgent_than(before[1]):
                assert sent.at - before[0] >= 5 * MINUTE, f"{sent.to} heard twice at {sent.at}"
            heard[sent.to, letter.case.id] = (sent.at, band)


def _items(payload: object) -> list[list[object]]:
    found = payload.get("items") if isinstance(payload, dict) else None
    return found if isinstance(found, list) else []
