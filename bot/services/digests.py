"""The weekly digest: decided once per week and destination whatever restarts, every figure from the record."""

from datetime import datetime, timedelta

from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, ChannelId, NoticeId
from bot.domain.notices import Destination, Notice, NoticeKind
from bot.domain.policy import Policy
from bot.domain.wording import LONDON, full_moment, length
from bot.ports import UnitOfWork, WeekCounts
from bot.services.leading import leaders_lines
from bot.services.tools import Tools

LAST_DIGEST = "last_digest"
LAST_MINUTE = "last_minute"
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


def watched_minutes(week_from_at: datetime) -> str:
    """The name of the count of minutes in which a tick was done, in the week that begins at an instant."""
    return f"minutes:{week_from_at.isoformat()}"


def digest_instant(now: datetime, policy: Policy) -> datetime:
    """The latest instant, not after now, at which the weekly digest was due."""
    local = now.astimezone(LONDON)
    back = (local.weekday() - policy.notices.digest_weekday) % 7
    day = local.date() - timedelta(days=back)
    at = datetime.combine(day, policy.notices.digest_at, LONDON)
    if at > now:
        at = datetime.combine(day - timedelta(days=7), policy.notices.digest_at, LONDON)
    return at.astimezone(now.tzinfo)


def count_minute(uow: UnitOfWork, policy: Policy, now: datetime) -> None:
    """Count a minute as watched at its first tick; a clock that steps back counts none of them again."""
    minute = now.replace(second=0, microsecond=0)
    last = uow.marks.instant(LAST_MINUTE)
    if last is None or last < minute:
        uow.marks.set_instant(LAST_MINUTE, minute)
        uow.marks.add(watched_minutes(digest_instant(now, policy)))


def decide_digests(uow: UnitOfWork, tools: Tools, now: datetime) -> None:
    """When the digest's hour has come, put one into each team's channel and the force's; counts as of now."""
    policy, directory = tools.rules.policy, tools.rules.directory
    until_at = digest_instant(now, policy)
    last = uow.marks.instant(LAST_DIGEST)
    if last is not None and last >= until_at:
        return
    uow.marks.set_instant(LAST_DIGEST, until_at)
    if last is None:
        return
    from_at = digest_instant(until_at - MINUTE, policy)
    watched = uow.marks.count(watched_minutes(from_at))
    places: list[tuple[ChannelId, str | None, str]] = [(directory.force_channel, None, "the whole force")]
    places += [(team.channel, team.id, team.name) for team in directory.teams.values()]
    notices = []
    for channel, team, name in places:
        week = uow.reports.week(team=team, from_at=from_at, until_at=until_at)
        rows = figures(week, watched, from_at=from_at, until_at=until_at)
        if team is None:
            rows += leaders_lines(uow, tools, now)
        notices.append(_notice(tools, channel, name, week, rows, from_at=from_at, until_at=until_at, now=now))
    uow.outbox.add(notices)
    uow.audit.append([Entry(now, BOT, Action.DIGEST_DECIDED, f"week to {until_at.isoformat()}, {len(notices)} places")])


def _notice(
    tools: Tools,
    channel: ChannelId,
    name: str,
    week: WeekCounts,
    rows: list[tuple[str, str]],
    *,
    from_at: datetime,
    until_at: datetime,
    now: datetime,
) -> Notice:
    return Notice(
        id=NoticeId(tools.new_id()),
        key=f"digest:{until_at.isoformat()}:{name}:{channel}",
        kind=NoticeKind.DIGEST,
        destination=Destination.channel(channel),
        created_at=now,
        not_before=now,
        payload={
            "title": f"Week to {full_moment(until_at)}: {name}",
            "from": from_at.isoformat(),
            "until": until_at.isoformat(),
            "headline": headline(week, now),
            "rows": [list(row) for row in rows],
        },
    )


def headline(week: WeekCounts, now: datetime) -> str:
    """What needs a leader today, in one sentence."""
    if week.unassigned:
        return (
            f"{_cases(week.unassigned)} with nobody's name on {'it' if week.unassigned == 1 else 'them'}: assign today."
        )
    if week.late_now:
        return f"{_cases(week.late_now)} late now: ask each owner today what is being done."
    if week.oldest_silent and week.oldest_silent_since:
        silent = length(now - week.oldest_silent_since)
        return f"Nothing is late. The longest silence is {week.oldest_silent}, {silent}."
    return "Nothing is open."


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"


def figures(week: WeekCounts, watched: int, *, from_at: datetime, until_at: datetime) -> list[tuple[str, str]]:
    """The week in label and value, each with what it is counted of."""
    silent = "none"
    if week.oldest_silent and week.oldest_silent_since:
        silent = f"{week.oldest_silent}, no recorded act since {full_moment(week.oldest_silent_since)}"
    due = int((until_at - from_at) / MINUTE)
    return [
        ("Open now", str(week.open_now)),
        ("Acknowledged in time, of all that fell due", f"{week.acknowledged_in_time} of {week.acknowledgements_due}"),
        ("Acknowledged late, or not yet", str(week.acknowledgements_due - week.acknowledged_in_time)),
        ("Told by phone, own confirmation outstanding", str(week.told_by_phone)),
        ("Late now", str(week.late_now)),
        ("Unassigned", str(week.unassigned)),
        ("Oldest silent case", silent),
        ("Minutes in which this bot kept watch, of the week", f"{watched:,} of {due:,}"),
    ]
