"""How long the calendar is vouched for: the administrators hear in time, and every day once it has run out."""

from datetime import date, datetime, timedelta

from bot.domain.ids import NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind
from bot.ports import UnitOfWork
from bot.services.tools import Tools

WARN_WITHIN = timedelta(days=90)
CALENDAR = "calendar"
"""What a control line of this kind says it is about."""


def warn_of_calendar(uow: UnitOfWork, tools: Tools, now: datetime) -> None:
    """Put one line a week before the administrators from 90 days before the calendar's end, and one a day after it."""
    calendar = tools.rules.policy.calendar
    today, until = calendar.day_of(now), calendar.known_until
    if until - today > WARN_WITHIN:
        return
    day = today if today > until else today - timedelta(days=today.weekday())
    uow.outbox.add(
        [
            Notice(
                id=NoticeId(tools.new_id()),
                key=f"{CALENDAR}:{until.isoformat()}:{day.isoformat()}",
                kind=NoticeKind.CONTROL,
                destination=Destination.channel(tools.rules.directory.control_channel),
                created_at=now,
                not_before=now,
                payload={"what": CALENDAR, "until": until.isoformat(), "today": today.isoformat()},
            )
        ]
    )


def calendar_words(until: date, today: date) -> str:
    """The line: how long the calendar is vouched for, what happens after, and the mend."""
    said = (
        f"is vouched for until {until:%-d %B %Y} only, and then"
        if today <= until
        else f"was vouched for until {until:%-d %B %Y}; since then"
    )
    return (
        f"The calendar of the policy {said} only weekends are skipped, so that what counts working days is due too early rather "
        "than too late. Put the bank holidays that follow into [calendar] of the policy file and move known_until on."
    )
