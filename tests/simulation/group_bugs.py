"""Bugs of grouped messages, planted one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bot.domain.directory import Person
from bot.domain.ids import ChannelId, NoticeId
from bot.domain.letters import GroupLetter, Outgoing
from bot.domain.notices import Notice, NoticeKind, NoticeState, Posted
from bot.ports import Messenger
from tests.simulation.bugs import Over
from tests.simulation.process import Process, Unit, Variant


class GroupDropsMembers(Variant):
    """A message takes in more than it keeps."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Short(Over):
            def add(self, notices: Iterable[Notice]) -> None:
                self.inner.add([_shortened(notice) for notice in notices])

        unit.outbox = Short(unit.outbox)  # type: ignore[attr-defined]


def _shortened(notice: Notice) -> Notice:
    cases = notice.payload.get("cases")
    if notice.kind is not NoticeKind.GROUP or not isinstance(cases, list) or len(cases) < 2:
        return notice
    return replace(notice, payload={**notice.payload, "cases": cases[:-1]})


class GroupSaysLess(Variant):
    """A message is cut to what fits, and all of it counts as told."""

    def messenger(self, messenger: Messenger) -> Messenger:
        class Cut(Over):
            def post(self, outgoing: Outgoing, *, channel: ChannelId, thread: str | None) -> Posted:
                posted: Posted = self.inner.post(_cut(outgoing), channel=channel, thread=thread)
                return posted

            def post_to(self, outgoing: Outgoing, *, person: Person) -> Posted:
                posted: Posted = self.inner.post_to(_cut(outgoing), person=person)
                return posted

        return Cut(messenger)


def _cut(outgoing: Outgoing) -> Outgoing:
    letter = outgoing.letter
    return (
        replace(outgoing, letter=replace(letter, cases=letter.cases[:1]))
        if isinstance(letter, GroupLetter)
        else outgoing
    )


class GroupInTwoTransactions(Variant):
    """The reminders are taken in by one transaction, the message that says them is added by the next."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Later(Over):
            def __init__(self, inner: Any) -> None:  # noqa: ANN401 - a repository
                super().__init__(inner)
                self.later: list[Notice] = []

            def add(self, notices: Iterable[Notice]) -> None:
                given = list(notices)
                self.later.extend(notice for notice in given if notice.kind is NoticeKind.GROUP)
                self.inner.add([notice for notice in given if notice.kind is not NoticeKind.GROUP])

        unit.outbox = Later(unit.outbox)  # type: ignore[attr-defined]

    def commit(self, unit: Unit, commit: Callable[[], None]) -> None:
        later = unit.outbox.later  # type: ignore[attr-defined]
        commit()
        if later:
            with unit.store.write() as second:
                second.outbox.inner.add(later)  # type: ignore[attr-defined]
                second.commit()


class ToldWhenTakenIn(Variant):
    """A reminder counts as told as soon as a message has taken it in."""

    def unit(self, unit: Unit, process: Process) -> None:
        class Early(Over):
            def take_in(self, notices: Iterable[NoticeId]) -> frozenset[NoticeId]:
                taken: frozenset[NoticeId] = self.inner.take_in(notices)
                now = process.tools.clock.now()
                for notice_id in taken:
                    posted = Posted(ChannelId("C0NOWHERE1"), "0")
                    self.inner.end(notice_id, NoticeState.SENT, at=now, posted=posted, error="")
                return taken

        unit.gathering = Early(unit.gathering)  # type: ignore[attr-defined]


GROUP_BUGS: dict[str, type[Variant]] = {
    "a group drops members": GroupDropsMembers,
    "a group says less than it took in": GroupSaysLess,
    "grouping in two transactions": GroupInTwoTransactions,
    "told when taken in": ToldWhenTakenIn,
}
"""Each planted bug of grouped messages by what it gets wrong."""
