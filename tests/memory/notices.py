"""Every notice by its id in the order of decision, with what still stands beside it: nothing else is walked through."""

from __future__ import annotations

from datetime import datetime

from bot.domain.ids import NoticeId
from bot.domain.notices import Notice, NoticeState

STANDING = frozenset({NoticeState.PENDING, NoticeState.SENDING, NoticeState.HELD, NoticeState.TAKEN_IN})


class Notices(dict[NoticeId, Notice]):
    """Notices by id. `standing` holds those not done with, in the same order; `keys_decided` every key."""

    def __init__(self) -> None:
        super().__init__()
        self.standing: dict[NoticeId, Notice] = {}
        self.keys_decided: set[str] = set()
        self.heads: tuple[datetime, list[Notice]] | None = None
        """What may go next as of an instant, worked out by the outbox, until anything changes."""

    def __setitem__(self, notice_id: NoticeId, notice: Notice) -> None:
        super().__setitem__(notice_id, notice)
        self.keys_decided.add(notice.key)
        self.heads = None
        if notice.state in STANDING:
            self.standing[notice_id] = notice
        else:
            self.standing.pop(notice_id, None)

    def copy(self) -> Notices:
        """Another of the same content."""
        other = Notices()
        other.update(self)
        other.standing = self.standing.copy()
        other.keys_decided = self.keys_decided.copy()
        other.heads = self.heads
        return other

    def without(self, case_id: str) -> Notices:
        """All but those about a case."""
        other = Notices()
        for notice_id, notice in self.items():
            if notice.case_id != case_id:
                other[notice_id] = notice
        return other
