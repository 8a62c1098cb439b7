"""The outbox in every order of what senders do to it: in memory and on SQLite it comes to the same, and loses nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain.ids import CaseId, ChannelId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind, NoticeState, Posted
from bot.domain.policy import Band
from bot.ports import Outbox, Store
from tests.fakes import MemoryStore
from tests.simulation.files import FileStore
from tests.storage import samples

SECOND = timedelta(seconds=1)
LEASE = 45 * SECOND
HOLDERS = ("one", "two")
PLACES = (Destination.channel(ChannelId("C1")), Destination.person(samples.WORKER))
CASES = (CaseId("c1"), CaseId("c2"))
WAITS = {NoticeState.PENDING, NoticeState.SENDING, NoticeState.HELD}
ENDS = {NoticeState.SENT, NoticeState.SUPERSEDED, NoticeState.UNDELIVERABLE}

seconds = st.sampled_from((0, 1, 5, 25, 45, 120))


class OutboxMachine(RuleBasedStateMachine):
    """Two senders, a person who acts, a token that dies, and a clock that is set back."""

    def __init__(self) -> None:
        super().__init__()
        self.file = FileStore()
        self.stores: tuple[Store, Store] = (MemoryStore(), self.file.store)
        self.now = samples.NOW
        self.numbers = count(1)
        self.flying: dict[NoticeId, str] = {}
        self.ended: dict[NoticeId, NoticeState] = {}
        self.doubted: set[NoticeId] = set()
        for store in self.stores:
            with store.write() as uow:
                for number in range(1, len(CASES) + 1):
                    uow.cases.add(samples.case(number), samples.PARTICULARS)
                uow.commit()

    def teardown(self) -> None:
        self.file.close()

    def both(self, do: Callable[[Outbox], object]) -> object:
        """Do the same to both; what they answer is the same."""
        answers = []
        for store in self.stores:
            with store.write() as uow:
                answers.append(do(uow.outbox))
                uow.commit()
        assert answers[0] == answers[1]
        return answers[0]

    @rule(
        wait=seconds,
        place=st.sampled_from(PLACES),
        case=st.sampled_from((None, *CASES)),
        band=st.sampled_from((None, *Band)),
        kind=st.sampled_from((NoticeKind.STEP, NoticeKind.CARD)),
        again=st.booleans(),
    )
    def something_is_decided(
        self, wait: int, place: Destination, case: CaseId | None, band: Band | None, kind: NoticeKind, *, again: bool
    ) -> None:
        number = next(self.numbers)
        notice = samples.notice(
            number,
            key=f"k{max(1, number - 1) if again else number}",
            kind=kind,
            destination=place,
            created_at=self.now,
            not_before=self.now + wait * SECOND,
            case_id=case,
            band=band,
        )
        self.both(lambda outbox: outbox.add([notice]))

    @rule(by=st.sampled_from(HOLDERS), passing=st.sampled_from((None, *PLACES)))
    def a_sender_claims(self, by: str, passing: Destination | None) -> None:
        over = frozenset({passing} if passing else ())
        taken = self.both(
            lambda outbox: outbox.claim(self.now, lease_until=self.now + LEASE, holder=by, passing_over=over)
        )
        if isinstance(taken, Notice):
            assert taken.id not in self.ended, "what has ended is never sent again"
            assert taken.destination not in over
            was_flying = taken.id in self.flying
            assert taken.in_doubt or not was_flying, "what may have arrived is in doubt"
            self.flying[taken.id] = by
            if taken.in_doubt:
                self.doubted.add(taken.id)

    @precondition(lambda self: self.flying)
    @rule(how=st.sampled_from(("sent", "superseded", "undeliverable")), data=st.data())
    def a_sender_is_done(self, how: str, data: st.DataObject) -> None:
        one = self._one(data)
        match how:
            case "sent":
                self.both(lambda outbox: outbox.mark_sent(one, posted=Posted(ChannelId("C1"), "1.1"), at=self.now))
            case "superseded":
                self.both(lambda outbox: outbox.mark_superseded(one, at=self.now))
            case _:
                self.both(lambda outbox: outbox.mark_undeliverable(one, error="channel_not_found", at=self.now))
        self.ended[one] = NoticeState(how)
        self.flying.pop(one, None)

    @precondition(lambda self: self.flying)
    @rule(wait=seconds, data=st.data())
    def a_sender_was_refused(self, wait: int, data: st.DataObject) -> None:
        one = self._one(data)
        self.both(lambda outbox: outbox.put_back(one, not_before=self.now + wait * SECOND, error="ratelimited"))
        self.flying.pop(one)

    @precondition(lambda self: self.flying)
    @rule(wait=seconds, data=st.data())
    def a_sender_heard_nothing(self, wait: int, data: st.DataObject) -> None:
        one = self._one(data)
        self.both(lambda outbox: outbox.keep_in_doubt(one, until=self.now + wait * SECOND, error="TimeoutError"))

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def a_sender_is_killed_and_its_leases_are_taken_over(self, data: st.DataObject) -> None:
        dead = self.flying[self._one(data)]
        theirs = [one for one, by in self.flying.items() if by == dead]
        taken = self.both(lambda outbox: outbox.take_over([dead], self.now, lands_until=self.now + 25 * SECOND))
        assert isinstance(taken, int)
        assert taken <= len(theirs)

    @rule(case=st.sampled_from(CASES), place=st.sampled_from((None, *PLACES)))
    def a_person_overtakes(self, case: CaseId, place: Destination | None) -> None:
        self.both(lambda outbox: outbox.supersede(case, [NoticeKind.STEP], destination=place))
        self._note_overtaken()

    @rule()
    def the_token_dies(self) -> None:
        self.both(lambda outbox: outbox.hold_all(error="token_revoked"))

    @rule()
    def the_token_lives(self) -> None:
        self.both(lambda outbox: outbox.release_held())

    @rule(wait=seconds)
    def time_passes(self, wait: int) -> None:
        self.now += wait * SECOND

    @rule(back=st.sampled_from((30, 3600)))
    def the_clock_is_set_back(self, back: int) -> None:
        was_at, self.now = self.now, self.now - back * SECOND
        lease_until = self.now + 120 * SECOND
        self.both(lambda outbox: outbox.set_back(self.now, was_at=was_at, lease_until=lease_until))
        for notice in self._listed(self.stores[0]):
            assert notice.lease_until is None or notice.lease_until <= lease_until

    @invariant()
    def both_tell_the_same(self) -> None:
        one, other = (self._listed(store) for store in self.stores)
        assert one == other
        looks: list[tuple[datetime | None, dict[str, int], list[str]]] = []
        for store in self.stores:
            with store.read() as uow:
                holders = sorted(uow.outbox.holders())
                looks.append((uow.outbox.next_at(self.now), dict(uow.outbox.depth()), holders))
        assert looks[0] == looks[1]

    @invariant()
    def what_has_ended_stays_ended_and_nothing_is_forgotten(self) -> None:
        stored = {notice.id: notice for notice in self._listed(self.stores[0])}
        assert len({notice.key for notice in stored.values()}) == len(stored)
        for one, state in self.ended.items():
            assert stored[one].state is state
        for one in self.doubted - self.ended.keys():
            assert stored[one].in_doubt, "a doubt is never forgotten"
        assert all(notice.state in WAITS | ENDS for notice in stored.values())

    @invariant()
    def a_destination_has_one_notice_in_flight(self) -> None:
        live = [n for n in self._listed(self.stores[0]) if n.lease_until is not None and n.lease_until > self.now]
        places = [n.destination for n in live if n.state is NoticeState.SENDING]
        assert len(places) == len(set(places))

    def _one(self, data: st.DataObject) -> NoticeId:
        """One of those in flight."""
        return data.draw(st.sampled_from(sorted(self.flying)))

    def _note_overtaken(self) -> None:
        for notice in self._listed(self.stores[0]):
            if notice.state is NoticeState.SUPERSEDED:
                self.ended.setdefault(notice.id, NoticeState.SUPERSEDED)

    def _listed(self, store: Store) -> list[Notice]:
        with store.read() as uow:
            return list(uow.outbox.listed(unsent_only=False))


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
