"""How partners answered in a month: counts and times of agencies, never of people or children."""

from collections.abc import Sequence
from datetime import date, datetime, time

from bot.domain.requests import PartnerRow, partner_rows
from bot.domain.wording import LONDON
from bot.services.tools import Tools

DECEMBER = 12


def partner_table(month: date, *, tools: Tools) -> Sequence[PartnerRow]:
    """The table of the month in which a day lies, in the time of London; the month that runs ends now."""
    now = tools.clock.now()
    from_at = _midnight(month.replace(day=1), now)
    until_at = min(_midnight(_next(month), now), now)
    with tools.store.read() as uow:
        requests = uow.requests.between(from_at, until_at)
        due = {each.deadline: uow.deadlines.get(each.deadline).due_at for each in requests if each.waits}
    return partner_rows(requests, due, from_at=from_at, until_at=until_at)


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), LONDON).astimezone(now.tzinfo)


def _next(month: date) -> date:
    if month.month == DECEMBER:
        return date(month.year + 1, 1, 1)
    return date(month.year, month.month + 1, 1)
