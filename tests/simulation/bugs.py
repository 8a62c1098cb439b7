"""Bugs that others have shipped, planted one at a time, so that the simulation shows that it would see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.cases import Case, Particulars
from bot.domain.deadlines import Deadline
from bot.domain.directory import Person
from bot.domain.events import Action, Entry
from bot.domain.ids import CaseId, ChannelId, NoticeId
from bot.domain.letters import Outgoing
from bot.domain.notices import FailureKind, Notice, NoticeKind, NoticeState, Posted, SendFailed
from bot.domain.redaction import ACKNOWLEDGE
from bot.ports import Messenger
from tests.memory.outbox import MemoryOutbox
from tests.memory.state import State
from tests.simulation.process import Process, Unit, Variant


class Over:
    """Something with a few of its methods replaced."""

    def __init__(self, inner: Any) -> None:  # noqa: ANN401 - any repository
        self.inner = inner

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - same
        return getattr(self.inner, name)


class Line(Over):
    """A road to people that says something else of its failures."""

    def heard(self, failed: SendFailed) -> Posted:
        """What the sender makes of a failure."""
        raise failed

    def post(self, outgoing: Outgoing, *, channel: ChannelId, thread: str | None) -> Posted:
        try:
            posted: Posted = self.inner.post(outgoing, channel=channel, thread=thread)
        except SendFailed as failed:
            return self.heard(failed)
        return posted

    def post_to(self, outgoing: Outgoing, *, person: Person) -> Posted:
        try:
            posted: Posted = self.inner.post_to(outgoing, person=person)
        except SendFailed as failed:
            return self.heard(failed)
        return posted


NOWHERE = Posted(ChannelId("C0NOWHERE1"), "0")


def deadlines_saved(change: Callable[[Deadline, Deadline, State], Deadline]) -> type[Variant]:
    """A bug in what becomes of a deadline: given as it was, as it should be, and the state."""

    class Saved(Over):
        def __init__(self, inner: Any, state: State) -> None:  # noqa: ANN401 - a repository
            super().__init__(inner)
            self._state = state

        def save(self, deadlines: Iterable[Deadline]) -> None:
            self.inner.save([change(self._state.deadlines[each.id], each, self._state) for each in deadlines])

    class Bug(Variant):
        def unit(self, unit: Unit, process: Process) -> None:
            unit.deadlines = Saved(unit.deadlines, unit.state)  # type: ignore[attr-defined]

    return Bug


# ---------------------------------------------------------------------------------------------------- delivery


class MarkBeforeSend(Variant):
    """At most once: what is claimed counts as sent."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Marked(Over):
            def claim(self, now: datetime, **how: Any) -> Notice | None:  # noqa: ANN401
                notice: Notice | None = self.inner.claim(now, **how)
                if notice is not None:
                    self.inner.mark_sent(notice.id, posted=NOWHERE, at=now)
                return notice

        unit.outbox = Marked(unit.outbox)  # type: ignore[attr-defined]


class NoLookBeforeRepeat(Variant):
    """A doubt is settled by posting again."""

    def messenger(self, messenger: Messenger) -> Messenger:
        class Blind(Over):
            def find(self, key: str, **how: Any) -> None:  # noqa: ANN401
                return None

        return Blind(messenger)


class LeaseOfASecond(Variant):
    """Another sender takes what is being sent."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Short(Over):
            def claim(self, now: datetime, *, lease_until: datetime, **how: Any) -> Notice | None:  # noqa: ANN401
                notice: Notice | None = self.inner.claim(now, lease_until=now + timedelta(seconds=1), **how)
                return notice

        unit.outbox = Short(unit.outbox)  # type: ignore[attr-defined]


class NothingLandsLate(Variant):
    """What a killed process was sending is posted again as soon as a look has not found it."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Impatient(Over):
            def take_over(self, holders: Sequence[str], now: datetime, *, lands_until: datetime) -> int:
                taken: int = self.inner.take_over(holders, now, lands_until=now)
                return taken

        unit.outbox = Impatient(unit.outbox)  # type: ignore[attr-defined]


class NeverLookedAtAgain(Variant):
    """What a killed process was sending stays "sending" for ever."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Pending(MemoryOutbox):
            def claim(self, now: datetime, **how: Any) -> Notice | None:  # noqa: ANN401
                return super().claim(now, **how)

            def _heads(self, now: datetime) -> list[Notice]:
                return [notice for notice in super()._heads(now) if notice.state is NoticeState.PENDING]

        unit.outbox = Pending(unit.state)  # type: ignore[attr-defined]


class OldTimeIsWaitedFor(Variant):
    """A clock that is set back holds up what was being sent until the old time comes round again."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Patient(Over):
            def set_back(self, now: datetime, **how: Any) -> int:  # noqa: ANN401
                return 0

        unit.outbox = Patient(unit.outbox)  # type: ignore[attr-defined]


class NewestFirst(Variant):
    """What was decided last goes first."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Newest(MemoryOutbox):
            def _heads(self, now: datetime) -> list[Notice]:
                return list(reversed(self._in({NoticeState.PENDING, NoticeState.SENDING})))

        unit.outbox = Newest(unit.state)  # type: ignore[attr-defined]


class DoubtIsLeftBehind(Variant):
    """What may have arrived holds nothing of its case back: the next step is said, and then the doubt is looked into."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Hurried(MemoryOutbox):
            def _heads(self, now: datetime) -> list[Notice]:
                return self._in({NoticeState.PENDING, NoticeState.SENDING})

        unit.outbox = Hurried(unit.state)  # type: ignore[attr-defined]


class RateLimitIsSuccess(Variant):
    """A 429 is an answer, so it was sent."""

    def messenger(self, messenger: Messenger) -> Messenger:
        class Glad(Line):
            def heard(self, failed: SendFailed) -> Posted:
                if failed.kind is FailureKind.REFUSED:
                    return NOWHERE
                raise failed

        return Glad(messenger)


class SilenceIsSuccess(Variant):
    """No answer in time: it will have arrived."""

    def messenger(self, messenger: Messenger) -> Messenger:
        class Hopeful(Line):
            def heard(self, failed: SendFailed) -> Posted:
                if failed.kind is FailureKind.UNKNOWN:
                    return NOWHERE
                raise failed

        return Hopeful(messenger)


class SilenceIsRefusal(Variant):
    """No answer in time: it will not have arrived, so post it again at once."""

    def messenger(self, messenger: Messenger) -> Messenger:
        class Hasty(Line):
            def heard(self, failed: SendFailed) -> Posted:
                kind = FailureKind.REFUSED if failed.kind is FailureKind.UNKNOWN else failed.kind
                raise SendFailed(kind, failed.code, retry_after=failed.retry_after)

        return Hasty(messenger)


class FiveTries(Variant):
    """After five tries a message is given up."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Tired(Over):
            def put_back(self, notice_id: NoticeId, *, not_before: datetime, error: str) -> None:
                if unit.state.notices[notice_id].tries >= 5:
                    self.inner.mark_undeliverable(notice_id, error=error, at=not_before)
                else:
                    self.inner.put_back(notice_id, not_before=not_before, error=error)

        unit.outbox = Tired(unit.outbox)  # type: ignore[attr-defined]


class DeadRouteForgotten(Variant):
    """A dead route is noted, and nobody else is told."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Short(Over):
            def add(self, notices: Iterable[Notice]) -> None:
                self.inner.add([n for n in notices if not n.key.startswith("route:") and ">" not in n.key])

        unit.outbox = Short(unit.outbox)  # type: ignore[attr-defined]


class NotReadAgain(Variant):
    """A reminder says what was true when it was decided, done or not."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Stale(Over):
            def of_case(self, case_id: CaseId) -> Sequence[Deadline]:
                return [replace(each, ending=None, next_at=each.due_at) for each in self.inner.of_case(case_id)]

        if not unit.writes:
            unit.deadlines = Stale(unit.deadlines)  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------------------------- transactions


class NoticesAfterTheCommit(Variant):
    """The step in one transaction, its notices in the next."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Later(Over):
            def __init__(self, inner: Any) -> None:  # noqa: ANN401 - a repository
                super().__init__(inner)
                self.later: list[Notice] = []

            def add(self, notices: Iterable[Notice]) -> None:
                self.later.extend(notices)

        unit.outbox = Later(unit.outbox)  # type: ignore[attr-defined]

    def commit(self, unit: Unit, commit: Callable[[], None]) -> None:
        later = unit.outbox.later  # type: ignore[attr-defined]
        commit()
        if later:
            with unit.store.write() as second:
                second.outbox.inner.add(later)  # type: ignore[attr-defined]
                second.outbox.later.clear()  # type: ignore[attr-defined]
                second.commit()


class AuditAfterTheCommit(Variant):
    """The act in one transaction, its entry on the audit in the next."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Later(Over):
            def __init__(self, inner: Any) -> None:  # noqa: ANN401 - a repository
                super().__init__(inner)
                self.later: list[Entry] = []

            def append(self, entries: Iterable[Entry]) -> None:
                self.later.extend(entries)

        unit.audit = Later(unit.audit)  # type: ignore[attr-defined]

    def commit(self, unit: Unit, commit: Callable[[], None]) -> None:
        later = unit.audit.later  # type: ignore[attr-defined]
        commit()
        if later:
            with unit.store.write() as second:
                second.audit.inner.append(later)  # type: ignore[attr-defined]
                second.audit.later.clear()  # type: ignore[attr-defined]
                second.commit()


class AnswerBeforeTheCommit(Variant):
    """The person is told that it is recorded, then it is recorded."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Early(Over):
            def add(self, case: Case, particulars: Particulars) -> None:
                self.inner.add(case, particulars)
                process.world.confirmed[f"early {case.id}"] = case.id

        unit.cases = Early(unit.cases)  # type: ignore[attr-defined]


class RedeliveryIsNew(Variant):
    """An act that Slack delivers again is taken again."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Forgetful(Over):
            def answer_to(self, key: str) -> None:
                return None

            def remember(self, key: str, answer: str, at: datetime) -> None:
                pass

        unit.inbox = Forgetful(unit.inbox)  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------------------------- ladders


class LateIsSkipped(Variant):
    """The scheduler's rule: what is more than a second late is not run."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Missing(Over):
            def due_cases(self, now: datetime, *, limit: int) -> Sequence[CaseId]:
                found = self.inner.due_cases(now, limit=limit)
                second = timedelta(seconds=1)
                return [
                    case_id
                    for case_id in found
                    if any(d.next_at and now - second <= d.next_at <= now for d in self.inner.of_case(case_id))
                ]

        unit.deadlines = Missing(unit.deadlines)  # type: ignore[attr-defined]


def _counted_from_when_it_ran(before: Deadline, after: Deadline, state: State) -> Deadline:
    last = max((entry.at for entry, _ in state.entries), default=after.due_at)
    if after.done == before.done or after.next_at is None or before.next_at is None:
        return after
    late = max(timedelta(), last - before.next_at)
    steps = tuple(replace(s, at=s.at + late) if s.number > after.done else s for s in after.plan.steps)
    return replace(after, plan=replace(after.plan, steps=steps), next_at=after.next_at + late)


CountedFromWhenItRan = deadlines_saved(_counted_from_when_it_ran)


def _silent_at_the_top(before: Deadline, after: Deadline, state: State) -> Deadline:
    top = after.plan.steps and after.done == after.plan.last.number
    return replace(after, next_at=None) if top else after


SilentAtTheTop = deadlines_saved(_silent_at_the_top)


def _one_answer_stops_all(before: Deadline, after: Deadline, state: State) -> Deadline:
    if after.kind == ACKNOWLEDGE and after.ending and not before.ending:
        for other in state.deadlines.values():
            if other.case_id == after.case_id and other.kind == ACKNOWLEDGE and other.is_open and other.id != after.id:
                state.deadlines[other.id] = replace(other, ending=after.ending, next_at=None)
    return after


OneAnswerStopsAll = deadlines_saved(_one_answer_stops_all)


def _answer_stops_nothing(before: Deadline, after: Deadline, state: State) -> Deadline:
    stopped = after.kind == ACKNOWLEDGE and after.ending is not None and before.ending is None
    return replace(after, ending=None, next_at=before.next_at) if stopped else after


AnswerStopsNothing = deadlines_saved(_answer_stops_nothing)


def _phone_buys_time(before: Deadline, after: Deadline, state: State) -> Deadline:
    held = after.held_until is not None and after.held_until != before.held_until
    return replace(after, due_at=after.due_at + timedelta(hours=4)) if held else after


PhoneBuysTime = deadlines_saved(_phone_buys_time)


def _a_raise_moves_nothing(before: Deadline, after: Deadline, state: State) -> Deadline:
    return replace(before, version=after.version) if after.band is not before.band else after


ARaiseMovesNothing = deadlines_saved(_a_raise_moves_nothing)


# ---------------------------------------------------------------------------------------------------- words


class NarrativeInTheNotice(Variant):
    """What was typed travels with the notice."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Chatty(Over):
            def add(self, notices: Iterable[Notice]) -> None:
                kept = unit.state.particulars
                self.inner.add(
                    replace(n, payload={**n.payload, "narrative": kept[n.case_id].narrative})
                    if n.kind is NoticeKind.STEP and n.case_id in kept
                    else n
                    for n in notices
                )

        unit.outbox = Chatty(unit.outbox)  # type: ignore[attr-defined]


class NarrativeOnTheAudit(Variant):
    """What was typed is quoted on the audit."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Chatty(Over):
            def append(self, entries: Iterable[Entry]) -> None:
                kept = unit.state.particulars
                self.inner.append(
                    replace(e, subject=f"{e.subject} {kept[e.case_id].narrative}")
                    if e.action is Action.REFERRED and e.case_id in kept
                    else e
                    for e in entries
                )

        unit.audit = Chatty(unit.audit)  # type: ignore[attr-defined]


BUGS: dict[str, type[Variant]] = {
    "mark before send": MarkBeforeSend,
    "no look before a repeat": NoLookBeforeRepeat,
    "a lease of a second": LeaseOfASecond,
    "nothing lands late": NothingLandsLate,
    "what was being sent is never looked at again": NeverLookedAtAgain,
    "the old time is waited for": OldTimeIsWaitedFor,
    "newest first": NewestFirst,
    "a doubt is left behind": DoubtIsLeftBehind,
    "429 is success": RateLimitIsSuccess,
    "silence is success": SilenceIsSuccess,
    "silence is refusal": SilenceIsRefusal,
    "given up after five tries": FiveTries,
    "a dead route is forgotten": DeadRouteForgotten,
    "a reminder is not read again": NotReadAgain,
    "notices after the commit": NoticesAfterTheCommit,
    "audit after the commit": AuditAfterTheCommit,
    "answer before the commit": AnswerBeforeTheCommit,
    "a redelivery is new": RedeliveryIsNew,
    "what is late is skipped": LateIsSkipped,
    "steps count from when they ran": CountedFromWhenItRan,
    "silent at the top": SilentAtTheTop,
    "one answer stops every ladder": OneAnswerStopsAll,
    "an answer stops nothing": AnswerStopsNothing,
    "a call buys time": PhoneBuysTime,
    "a raise moves nothing": ARaiseMovesNothing,
    "the narrative is in the notice": NarrativeInTheNotice,
    "the narrative is on the audit": NarrativeOnTheAudit,
}
"""Each planted bug by what it gets wrong."""
