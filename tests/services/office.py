"""The whole of the services over the store in memory, with a clock moved by hand and a messenger that keeps what it sends."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.answers import Question, Referred, Review
from bot.domain.cases import Case
from bot.domain.commands import Actor, AnswerFact, OnCase, RecordAct, Referral, Send, TellByPhone
from bot.domain.deadlines import Deadline
from bot.domain.directory import Person
from bot.domain.ids import AgencyId, CaseId, ChannelId, PersonId
from bot.domain.letters import CardLetter, ControlLetter, LineLetter, Outgoing, StepLetter
from bot.domain.notices import Destination, FailureKind, Notice, NoticeKind, NoticeState, Posted, Road, SendFailed
from bot.domain.redaction import ACKNOWLEDGE
from bot.domain.risk import Answer
from bot.ports import Store
from bot.services import casework, delivery, escalations, mailing, recording, referrals, second_road, sending
from bot.services.pace import Pace
from bot.services.tools import Tools
from tests.builders import CARE, OFFICER, POLICY, Bell, HandClock, HandRules, actor, counted_ids, referral
from tests.fakes import MemoryStore

REASON = "A synthetic reason, long enough to stand."


@dataclass(frozen=True)
class Sent:
    """One message that reached Slack. `to` is a channel or a person; `redrawn` says that it replaced a message."""

    at: datetime
    to: str
    outgoing: Outgoing
    posted: Posted
    thread: str | None = None
    redrawn: bool = False


@dataclass
class RecordingMessenger:
    """A road to people that keeps what was sent, and fails as it is told to."""

    clock: HandClock
    sent: list[Sent] = field(default_factory=list)
    failing: dict[str, list[SendFailed]] = field(default_factory=dict)
    """Failures still to come, by destination id; "*" is every destination."""
    landing: set[str] = field(default_factory=set)
    """Destinations whose failing messages arrive all the same."""
    blind: SendFailed | None = None
    """What looking for a message answers with, when it cannot be done."""
    looked: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    """Timestamps of messages that somebody deleted."""
    unanswered: set[str] = field(default_factory=set)
    """Keys of messages that Slack never answers, and never takes."""

    def fail(self, to: str, *failures: SendFailed) -> None:
        self.failing.setdefault(to, []).extend(failures)

    def post(self, outgoing: Outgoing, *, channel: ChannelId, thread: str | None) -> Posted:
        return self._post(outgoing, channel, channel, thread)

    def post_to(self, outgoing: Outgoing, *, person: Person) -> Posted:
        return self._post(outgoing, person.id, ChannelId(f"D-{person.id}"), None)

    def redraw(self, outgoing: Outgoing, *, posted: Posted) -> None:
        self._meet(posted.channel, posted.ts)
        self.sent.append(Sent(self.clock.now(), posted.channel, outgoing, posted, redrawn=True))

    def find(self, key: str, *, destination: Destination, person: Person | None, since: datetime) -> Posted | None:
        self.looked.append(key)
        if self.blind is not None:
            raise self.blind
        found = [s for s in self.sent if s.outgoing.key == key and s.to == destination.id and s.at >= since]
        return found[0].posted if found else None

    def _post(self, outgoing: Outgoing, to: str, channel: ChannelId, thread: str | None) -> Posted:
        if outgoing.key in self.unanswered:
            raise SendFailed(FailureKind.UNKNOWN, "http_500")
        posted = Posted(channel, f"ts-{len(self.sent) + 1:04}")
        sent = Sent(self.clock.now(), to, outgoing, posted, thread)
        if to in self.landing:
            self.sent.append(sent)
        self._meet(to, thread)
        self.sent.append(sent)
        return posted

    def _meet(self, to: str, ts: str | None) -> None:
        for name in (to, "*"):
            if self.failing.get(name):
                raise self.failing[name].pop(0)
        if ts in self.gone:
            raise SendFailed(FailureKind.GONE, "message_not_found")


@dataclass
class RecordingMailer:
    """A mail server that keeps what was sent, and fails as it is told to."""

    clock: HandClock
    sent: list[tuple[datetime, tuple[str, ...], Outgoing]] = field(default_factory=list)
    failing: dict[str, list[SendFailed]] = field(default_factory=dict)
    """Failures still to come, by address; "*" is every address."""
    usable: bool = True

    def fail(self, to: str, *failures: SendFailed) -> None:
        self.failing.setdefault(to, []).extend(failures)

    def send(self, outgoing: Outgoing, *, to: tuple[str, ...]) -> Posted:
        for name in (*to, "*"):
            if self.failing.get(name):
                raise self.failing[name].pop(0)
        self.sent.append((self.clock.now(), to, outgoing))
        return Posted(ChannelId("mail"), f"<{outgoing.key}@vigil.example>")


@dataclass
class Office:
    """The services at work. Acts take the person's id; `keys` gives each act a key of its own."""

    clock: HandClock = field(default_factory=HandClock)
    rules: HandRules = field(default_factory=HandRules)
    store: MemoryStore = field(default_factory=MemoryStore)
    kept_in: Store | None = None
    """Where the record is kept when it is not in memory; the questions below that look into memory then find nothing."""
    bell: Bell = field(default_factory=Bell)
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        ids, self.keys = counted_ids(), counted_ids("key")
        self.tools = Tools(self.kept_in or self.store, self.rules, self.clock, self.bell, lambda: next(ids))
        self.messenger = RecordingMessenger(self.clock)
        self.mailer = RecordingMailer(self.clock)
        escalations.tick(tools=self.tools)

    # ---- what people do

    def draft(self, given: Referral | None = None, by: Actor | PersonId = OFFICER) -> Review:
        return referrals.draft(given or referral(), self._actor(by), tools=self.tools)

    def refer(
        self,
        given: Referral | None = None,
        *,
        by: Actor | PersonId = OFFICER,
        agencies: tuple[AgencyId, ...] = (CARE,),
        key: str = "",
        left_out_reason: str = "",
        first_aware_at: datetime | None = None,
    ) -> CaseId:
        return self.referred(
            given, by=by, agencies=agencies, key=key, left_out_reason=left_out_reason, first_aware_at=first_aware_at
        ).case_id

    def referred(
        self,
        given: Referral | None = None,
        *,
        by: Actor | PersonId = OFFICER,
        agencies: tuple[AgencyId, ...] = (CARE,),
        key: str = "",
        left_out_reason: str = "",
        first_aware_at: datetime | None = None,
    ) -> Referred:
        review = referrals.draft(given or referral(), self._actor(by), tools=self.tools)
        sending = Send(review.draft, agencies, left_out_reason, first_aware_at)
        return referrals.refer(sending, self._actor(by), key or next(self.keys), tools=self.tools)

    def acknowledge(self, case_id: CaseId, by: PersonId, *, key: str = "") -> str:
        return casework.acknowledge(OnCase(case_id), actor(by), key or next(self.keys), tools=self.tools).text

    def grade(self, case_id: CaseId, code: str, by: PersonId = OFFICER, *, key: str = "") -> str:
        return casework.grade(OnCase(case_id), code, actor(by), key or next(self.keys), tools=self.tools).text

    def answer(self, case_id: CaseId, fact: str, given: Answer, by: Actor | PersonId = OFFICER) -> Sequence[Question]:
        command = AnswerFact(case_id, fact, given)
        return casework.answer_fact(command, self._actor(by), next(self.keys), tools=self.tools)

    def act(self, case_id: CaseId, code: str, by: PersonId = OFFICER, *, note: str = "", key: str = "") -> str:
        """Record an act, what it asks for given somehow."""
        key = key or next(self.keys)
        inputs = POLICY.acts[code].inputs if code in POLICY.acts else None
        command = RecordAct(case_id, code, note)
        if inputs is not None:
            listed = tuple(POLICY.listed.get(inputs.listed, {}))[:1]
            command = replace(command, listed=listed, count=1, note=note or (REASON if inputs.reason else ""))
        return recording.record(command, actor(by), key, tools=self.tools).text

    def phone(
        self, case_id: CaseId, agency: AgencyId = CARE, by: PersonId = OFFICER, told: str = "the duty desk"
    ) -> str:
        command = TellByPhone(case_id, agency, told)
        return casework.tell_by_phone(command, actor(by), next(self.keys), tools=self.tools).text

    def escalate(self, case_id: CaseId, by: PersonId = OFFICER, *, as_of: int | None = None, key: str = "") -> str:
        on = OnCase(case_id, as_of)
        return casework.escalate(on, actor(by), key or next(self.keys), tools=self.tools).text

    def _actor(self, by: Actor | PersonId) -> Actor:
        return by if isinstance(by, Actor) else actor(by, self.rules.directory)

    # ---- what the engine does

    def tick(self) -> int:
        return escalations.tick(tools=self.tools)

    def deliver(self) -> int:
        return delivery.deliver(tools=self.tools, messenger=self.messenger, pace=self.pace, holder="office")

    def mail(self) -> int:
        return mailing.deliver_mail(tools=self.tools, mailer=self.mailer, pace=self.pace, holder="office")

    def settle(self) -> None:
        """Tick and deliver at this instant, pacing aside."""
        self.tick()
        second_road.second_road(tools=self.tools)
        self.pace.ready_at.clear()
        self.deliver()
        self.mail()

    def run_to(self, at: datetime) -> None:
        """Let time pass, waking whenever the engine would, and settle at the end."""
        while True:
            soonest = min((due for due in (self.next_at(), self.waiting_at()) if due is not None), default=at)
            if soonest >= at:
                break
            self.clock.to(max(soonest, self.clock.now()))
            self.settle()
        self.clock.to(at)
        self.settle()

    def run_for(self, by: timedelta) -> None:
        self.run_to(self.clock.now() + by)

    def down_until(self, at: datetime) -> None:
        """The bot is not running until an instant; then it starts and ticks once."""
        self.clock.to(at)
        self.started()
        self.settle()

    def started(self) -> None:
        escalations.started(tools=self.tools)

    def next_at(self) -> datetime | None:
        return escalations.next_at(tools=self.tools)

    def waiting_at(self) -> datetime | None:
        self.pace.ready_at.clear()
        both = (sending.waiting_at(tools=self.tools, pace=self.pace, road=road) for road in Road)
        return min((at for at in both if at is not None), default=None)

    # ---- what the record says

    def case(self, case_id: CaseId) -> Case:
        return self.store.state.cases[case_id]

    def deadline(self, case_id: CaseId, kind: str = ACKNOWLEDGE, agency: AgencyId = CARE) -> Deadline:
        """The newest deadline of a kind that an agency owes on a case."""
        found = [d for d in self.deadlines(case_id) if d.kind == kind and d.agency == agency]
        return found[-1]

    def deadlines(self, case_id: CaseId) -> list[Deadline]:
        return [d for d in self.store.state.deadlines.values() if d.case_id == case_id]

    def only(self, case_id: CaseId, *kinds: str, agency: AgencyId | None = None) -> None:
        """Take every other deadline off the case, so that a test looks at one ladder."""
        for deadline in self.deadlines(case_id):
            if deadline.kind not in kinds or agency not in {None, deadline.agency}:
                del self.store.state.deadlines[deadline.id]

    def notices(self, *kinds: NoticeKind, state: NoticeState | None = None) -> list[Notice]:
        return [
            n for n in self.store.state.notices.values() if (not kinds or n.kind in kinds) and state in {None, n.state}
        ]

    def audit(self, action: str = "") -> list[str]:
        return [each.subject for each, _ in self.store.state.entries if action in {"", each.action}]

    # ---- what people read

    def said_to(self, to: str) -> list[Sent]:
        return [sent for sent in self.messenger.sent if sent.to == to]

    def steps_to(self, to: str) -> list[tuple[datetime, str]]:
        """When each reminder reached somebody, and which step it was of the first thing it names."""
        letters = [(sent.at, sent.outgoing.letter) for sent in self.said_to(to)]
        return [(at, letter.items[0].step_name) for at, letter in letters if isinstance(letter, StepLetter)]

    def lines_to(self, to: str) -> list[str]:
        letters = [sent.outgoing.letter for sent in self.said_to(to)]
        return [letter.text for letter in letters if isinstance(letter, LineLetter | ControlLetter)]

    def cards_in(self, channel: ChannelId) -> list[CardLetter]:
        letters = [sent.outgoing.letter for sent in self.said_to(channel)]
        return [letter for letter in letters if isinstance(letter, CardLetter)]

    def reached(self, since: int = 0) -> set[str]:
        """Everybody and every channel that was sent something, from the nth message on."""
        return {sent.to for sent in self.messenger.sent[since:]}
