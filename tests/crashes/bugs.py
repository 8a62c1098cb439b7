"""The classical ways to lose or double a message in a crash, planted one at a time, so that the loops show that they see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.ids import ChannelId
from bot.domain.notices import Notice, Posted
from bot.ports import Outbox, UnitOfWork

NOWHERE = Posted(ChannelId("C0NOWHERE1"), "0")


class Over:
    """An outbox with a method or two replaced."""

    def __init__(self, inner: Outbox) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of the port
        return getattr(self.inner, name)


class MarkFirst(Over):
    """At most once: what is claimed counts as sent."""

    def claim(self, now: datetime, **how: Any) -> Notice | None:  # noqa: ANN401 - passed on
        notice = self.inner.claim(now, **how)
        if notice is not None:
            self.inner.mark_sent(notice.id, posted=NOWHERE, at=now)
        return notice


class PostFirst(Over):
    """At least once: nothing is written down before the post, so nobody knows after a crash that there was one."""

    def claim(self, now: datetime, **how: Any) -> Notice | None:  # noqa: ANN401 - passed on
        notice = self.inner.claim(now, **how)
        if notice is not None:
            self.inner.put_back(notice.id, not_before=now, error="")
        return notice


class Impatient(Over):
    """What a killed sender was sending counts as landed at once."""

    def take_over(self, holders: Sequence[str], now: datetime, *, lands_until: datetime) -> int:
        return self.inner.take_over(holders, now, lands_until=now)


@dataclass(frozen=True)
class Bug:
    """What is wrong, and which figure must show it. `blind` finds nothing in Slack."""

    shows: str
    over: type[Over] | None = None
    blind: bool = False

    def change(self, uow: UnitOfWork) -> None:
        """Plant it in a unit of work."""
        if self.over is not None:
            uow.outbox = self.over(uow.outbox)


SOUND = Bug("")
BUGS = {
    "marked first": Bug("lost", MarkFirst),
    "posted first": Bug("repeated", PostFirst),
    "no look": Bug("repeated", blind=True),
    "nothing lands late": Bug("repeated", Impatient),
}
Change = Callable[[UnitOfWork], None]
