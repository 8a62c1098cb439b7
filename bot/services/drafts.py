"""A person's own drafts: begun from a message, listed without opening any, taken up again, thrown away."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.answers import Said
from bot.domain.commands import Actor, Referral
from bot.domain.errors import NotFound
from bot.domain.events import Action, Entry
from bot.domain.ids import ChannelId, DraftId
from bot.ports import UnitOfWork
from bot.services.acts import once
from bot.services.referrals import SOMEBODY_ELSES
from bot.services.tools import Tools

DISCARDED = "The draft is gone, and what was typed into it with it. Nobody was told."


def begin(words: str, channel: ChannelId | None, actor: Actor, key: str, *, tools: Tools) -> DraftId:
    """Seal the words of a message as the beginning of a referral; the same key answers the same draft again."""
    now = tools.clock.now()
    with tools.store.write() as uow:
        before = uow.inbox.answer_to(key)
        if before is not None:
            return DraftId(before)
        draft_id = DraftId(tools.new_id())
        begun = Referral(concern="", grade=None, asks_for="", children=(), narrative=words, channel=channel)
        uow.drafts.put(draft_id, person=actor.person, referral=begun, at=now)
        uow.inbox.remember(key, draft_id, now)
        uow.audit.append([Entry(now, actor.person, Action.DRAFTED, f"draft {draft_id}")])
        uow.commit()
    return draft_id


def listed(actor: Actor, *, tools: Tools) -> Sequence[tuple[DraftId, datetime]]:
    """The person's own drafts and when each was last kept, the newest first."""
    with tools.store.read() as uow:
        return uow.drafts.of_person(actor.person)


def take_up(draft_id: DraftId, actor: Actor, *, tools: Tools) -> Referral:
    """What the person typed into their own draft; NotFound when it is gone or somebody else's. The opening is audited."""
    with tools.store.write() as uow:
        person, referral = uow.drafts.get(draft_id)
        if person != actor.person:
            raise NotFound(SOMEBODY_ELSES)
        entry = Entry(tools.clock.now(), actor.person, Action.DRAFT_OPENED, f"draft {draft_id}")
        uow.audit.append([entry])
        uow.commit()
    return referral


def discard(draft_id: DraftId, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Forget the person's own draft with its key; NotFound when it is gone or somebody else's."""

    def act(uow: UnitOfWork) -> str:
        person, _ = uow.drafts.get(draft_id)
        if person != actor.person:
            raise NotFound(SOMEBODY_ELSES)
        uow.drafts.delete(draft_id)
        uow.audit.append([Entry(tools.clock.now(), actor.person, Action.DRAFT_DISCARDED, f"draft {draft_id}")])
        return DISCARDED

    return once(act, key, tools=tools)
