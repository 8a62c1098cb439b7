"""The inbox, drafts, cards, marks and the audit, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.commands import Referral
from bot.domain.errors import Conflict
from bot.domain.events import AuditedEntry, Entry, Verdict
from bot.domain.ids import CaseId, ChannelId, DraftId, PersonId
from bot.domain.notices import Posted
from tests.memory.state import State, found


class MemoryInbox:
    def __init__(self, state: State) -> None:
        self._state = state

    def answer_to(self, key: str) -> str | None:
        return self._state.inbox.get(key, (None,))[0]

    def remember(self, key: str, answer: str, at: datetime) -> None:
        if key in self._state.inbox:
            raise Conflict("this act was taken already")
        self._state.inbox[key] = (answer, at)

    def forget_before(self, at: datetime) -> None:
        self._state.inbox = {key: kept for key, kept in self._state.inbox.items() if kept[1] >= at}


class MemoryDrafts:
    def __init__(self, state: State) -> None:
        self._state = state

    def put(self, draft_id: DraftId, *, person: PersonId, referral: Referral, at: datetime) -> None:
        self._state.drafts[draft_id] = (person, referral, at)

    def get(self, draft_id: DraftId) -> tuple[PersonId, Referral]:
        return found(self._state.drafts, draft_id)[:2]

    def delete(self, draft_id: DraftId) -> None:
        self._state.drafts.pop(draft_id, None)

    def of_person(self, person: PersonId) -> Sequence[tuple[DraftId, datetime]]:
        theirs = [(draft_id, draft[2]) for draft_id, draft in self._state.drafts.items() if draft[0] == person]
        return sorted(sorted(theirs), key=lambda each: each[1], reverse=True)

    def forget_before(self, at: datetime) -> int:
        old = [draft_id for draft_id, draft in self._state.drafts.items() if draft[2] < at]
        for draft_id in old:
            self.delete(draft_id)
        return len(old)


class MemoryCards:
    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, case_id: CaseId, channel: ChannelId) -> Posted | None:
        return self._state.cards.get((case_id, channel))

    def put(self, case_id: CaseId, posted: Posted) -> None:
        self._state.cards[case_id, posted.channel] = posted

    def forget(self, case_id: CaseId, channel: ChannelId) -> None:
        self._state.cards.pop((case_id, channel), None)


class MemoryMarks:
    def __init__(self, state: State) -> None:
        self._state = state

    def instant(self, name: str) -> datetime | None:
        return self._state.instants.get(name)

    def set_instant(self, name: str, at: datetime) -> None:
        self._state.instants[name] = at

    def count(self, name: str) -> int:
        return self._state.counts.get(name, 0)

    def add(self, name: str, n: int = 1) -> None:
        self._state.counts[name] = self.count(name) + n


class MemoryAudit:
    def __init__(self, state: State) -> None:
        self._state = state

    def append(self, entries: Iterable[Entry]) -> None:
        heads = self._heads()
        for entry in entries:
            chain = entry.case_id or "system"
            heads[chain] = heads.get(chain, 0) + 1
            audited = AuditedEntry(chain, heads[chain], entry.at, entry.actor, entry.action.value, entry.subject)
            self._state.entries.append((audited, entry))

    def listed(self, *, case_id: CaseId | None = None, limit: int = 200) -> Sequence[AuditedEntry]:
        wanted = [audited for audited, _entry in self._state.entries if case_id in {None, audited.chain}]
        wanted.sort(key=lambda each: (each.at, each.n), reverse=True)
        return wanted[:limit]

    def anchor(self, at: datetime) -> None:
        seen: dict[str, int] = {}
        for anchor in self._state.anchors:
            seen.update(anchor)
        moved = {chain: n for chain, n in self._heads().items() if seen.get(chain) != n}
        if moved:
            self._state.anchors.append(moved)

    def verify(self) -> Verdict:
        return Verdict(len(self._state.entries), len(self._heads()), len(self._state.anchors))

    def _heads(self) -> dict[str, int]:
        return {audited.chain: audited.n for audited, _entry in self._state.entries}
