"""The second road: what Slack has not confirmed within its limit goes by e-mail as well, once, and the operators are paged."""

from datetime import datetime, timedelta

from bot.domain.events import Action, Entry
from bot.domain.grouping import BESIDE
from bot.domain.ids import BOT, NoticeId
from bot.domain.notices import Destination, Notice
from bot.domain.roads import second_roads
from bot.services.paging import page
from bot.services.tools import Tools

MOST = 50
"""Notices in one transaction."""
PAGED_EVERY = timedelta(minutes=15)


def second_road(*, tools: Tools) -> int:
    """Send every reminder that Slack has not confirmed in its band's time by e-mail too; how many there were.

    It stays in the outbox: Slack is tried all the same. Source: policy notices.second_road.
    """
    now = tools.clock.now()
    before = {band: now - within for band, within in tools.rules.policy.notices.second_road.items()}
    with tools.store.read() as uow:
        if not uow.outbox.unconfirmed(before, limit=1):
            return 0
    with tools.store.write() as uow:
        waiting = uow.outbox.unconfirmed(before, limit=MOST)
        mailed = 0
        for notice in waiting:
            copies = _copies(notice, tools, now)
            uow.outbox.add(copies)
            uow.outbox.mark_unconfirmed(notice.id, at=now)
            mailed += bool(copies)
            names = " ".join(copy.destination.id for copy in copies) or "nobody"
            subject = f"{notice.kind} to {notice.destination.kind} {notice.destination.id} by e-mail to {names}"
            uow.audit.append([Entry(now, BOT, Action.SECOND_ROAD_TAKEN, subject, notice.case_id)])
        if waiting:
            line = {"what": "second_road", "found": len(waiting), "mailed": mailed}
            uow.outbox.add(page(tools, now, f"second_road:{_quarter(now).isoformat()}", line))
        uow.commit()
    if waiting:
        tools.alarm.ring()
    return len(waiting)


def _copies(notice: Notice, tools: Tools, now: datetime) -> list[Notice]:
    return [_copy(notice, road, tools, now) for road in second_roads(notice, tools.rules.directory, now)]


def _copy(notice: Notice, road: Destination, tools: Tools, now: datetime) -> Notice:
    """One copy; a mailbox that several people's messages go to gets each step once."""
    own = road.id == notice.destination.id
    key = notice.key if own else notice.key.removesuffix(f":{notice.destination.id}")
    return Notice(
        id=NoticeId(tools.new_id()),
        key=f"{key}@{road.id}",
        kind=notice.kind,
        destination=road,
        created_at=now,
        not_before=now,
        case_id=notice.case_id,
        band=notice.band,
        payload={**notice.payload, BESIDE: True, "unconfirmed": notice.destination.id},
    )


def _quarter(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % (PAGED_EVERY.seconds // 60), second=0, microsecond=0)
