"""Inbound acts already taken, drafts not yet sent, cards and marks: the small memories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.domain.commands import Referral
from bot.domain.errors import NotFound
from bot.domain.ids import CaseId, ChannelId, DraftId, PersonId
from bot.domain.notices import Posted
from storage import mapping
from storage.statements import Write
from storage.tables import CARDS, DRAFTS, INBOX, MARKS
from storage.upsert import by_dialect, replacing
from storage.work import Work, reading_row

_ANSWER = select(INBOX.c.answer).where(INBOX.c.key == bindparam("wanted"))
_REMEMBER = Write(
    by_dialect(INBOX, lambda row: row.on_conflict_do_nothing(index_elements=["key"])),
    [column.name for column in INBOX.columns],
    conflict="this act was taken already",
)
_DRAFT = select(DRAFTS.c.person, DRAFTS.c.referral_sealed).where(DRAFTS.c.id == bindparam("wanted"))
_DRAFTS_OF = (
    select(DRAFTS.c.id, DRAFTS.c.at)
    .where(DRAFTS.c.person == bindparam("whose"))
    .order_by(DRAFTS.c.at.desc(), DRAFTS.c.id)
)
_PUT_DRAFT = replacing(DRAFTS, ["id"], ["person", "at", "referral_sealed"])
_FORGET_DRAFT = delete(DRAFTS).where(DRAFTS.c.id == bindparam("wanted"))
_CARD = select(CARDS.c.ts).where(CARDS.c.case_id == bindparam("of"), CARDS.c.channel == bindparam("there"))
_PUT_CARD = replacing(CARDS, ["case_id", "channel"], ["ts"])
_MARK = select(MARKS.c.at, MARKS.c.n).where(MARKS.c.name == bindparam("wanted"))
_PUT_INSTANT = replacing(MARKS, ["name"], ["at"])
_COUNTED = by_dialect(
    MARKS, lambda row: row.on_conflict_do_update(index_elements=["name"], set_={"n": MARKS.c.n + row.excluded.n})
)


class SqlInbox:
    """The `Inbox` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def answer_to(self, key: str) -> str | None:
        """Return the answer given before to this key, None for a new one."""
        answer: str | None = self._work.connection.scalar(_ANSWER, {"wanted": key})
        return answer

    def remember(self, key: str, answer: str, at: datetime) -> None:
        """Store the answer; raises Conflict when the key is there already."""
        self._work.behind.write(_REMEMBER, {"key": key, "answer": answer, "at": at})

    def forget_before(self, at: datetime) -> None:
        """Drop keys older than an instant."""
        self._work.connection.execute(delete(INBOX).where(INBOX.c.at < at))


class SqlDrafts:
    """The `Drafts` port on one connection; every draft has a data key of its own, destroyed with it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, draft_id: DraftId, *, person: PersonId, referral: Referral, at: datetime) -> None:
        """Store, or replace, a draft."""
        body = mapping.referral_text(referral)
        values = {
            "id": draft_id,
            "person": person,
            "at": at,
            "referral_sealed": self._work.sealer.seal(DRAFTS.name, "referral_sealed", _scope(draft_id), body),
        }
        self._work.connection.execute(_PUT_DRAFT[self._work.connection.dialect.name], values)
        self._work.vault.flush()

    def get(self, draft_id: DraftId) -> tuple[PersonId, Referral]:
        """Return the draft and whose it is; raises NotFound when it is gone."""
        row = self._work.connection.execute(_DRAFT, {"wanted": draft_id}).one_or_none()
        if row is None:
            raise NotFound("This draft is gone: it was sent, or left for too long.")
        with reading_row(DRAFTS, draft_id):
            body = self._work.sealer.open(DRAFTS.name, "referral_sealed", _scope(draft_id), bytes(row.referral_sealed))
            return PersonId(row.person), mapping.referral_of(body)

    def delete(self, draft_id: DraftId) -> None:
        """Forget a draft with its key."""
        self._work.connection.execute(_FORGET_DRAFT, {"wanted": draft_id})
        self._work.vault.drop(_scope(draft_id))
        self._work.sealer.forget()

    def of_person(self, person: PersonId) -> Sequence[tuple[DraftId, datetime]]:
        """Return a person's own drafts and when each was last kept, the newest first."""
        found = self._work.connection.execute(_DRAFTS_OF, {"whose": person})
        return [(DraftId(row.id), row.at) for row in found]

    def forget_before(self, at: datetime) -> int:
        """Drop drafts older than an instant; returns how many."""
        old = self._work.connection.scalars(select(DRAFTS.c.id).where(DRAFTS.c.at < at)).all()
        for draft_id in old:
            self.delete(DraftId(draft_id))
        return len(old)


class SqlCards:
    """The `Cards` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, case_id: CaseId, channel: ChannelId) -> Posted | None:
        """Return where the card lies, None before it is posted."""
        ts: str | None = self._work.connection.scalar(_CARD, {"of": case_id, "there": channel})
        return Posted(channel, ts) if ts is not None else None

    def put(self, case_id: CaseId, posted: Posted) -> None:
        """Remember (or replace) the card of a case in a channel."""
        values = {"case_id": case_id, "channel": posted.channel, "ts": posted.ts}
        self._work.connection.execute(_PUT_CARD[self._work.connection.dialect.name], values)

    def forget(self, case_id: CaseId, channel: ChannelId) -> None:
        """Forget a card that somebody deleted."""
        self._work.connection.execute(delete(CARDS).where(CARDS.c.case_id == case_id, CARDS.c.channel == channel))


class SqlMarks:
    """The `Marks` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def instant(self, name: str) -> datetime | None:
        """Return an instant remembered by name."""
        row = self._work.connection.execute(_MARK, {"wanted": name}).one_or_none()
        return row.at if row is not None else None

    def set_instant(self, name: str, at: datetime) -> None:
        """Remember an instant."""
        values = {"name": name, "at": at, "n": 0}
        self._work.connection.execute(_PUT_INSTANT[self._work.connection.dialect.name], values)

    def count(self, name: str) -> int:
        """Return a count by name, 0 when it was never kept."""
        row = self._work.connection.execute(_MARK, {"wanted": name}).one_or_none()
        return row.n if row is not None else 0

    def add(self, name: str, n: int = 1) -> None:
        """Add to a count."""
        self._work.connection.execute(_COUNTED[self._work.connection.dialect.name], {"name": name, "n": n})


def _scope(draft_id: DraftId) -> str:
    return f"draft:{draft_id}"
