"""Leases of a sender that was killed: taken over by the next one at once, in doubt."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.services.tools import Tools

LANDING = timedelta(seconds=25)
"""How long after its start a request may become a message that Slack's history shows: a time-out and fifteen seconds."""

log = structlog.get_logger()


def take_over(*, tools: Tools, gone: Callable[[str], bool]) -> int:
    """Take what senders were sending who are surely gone; how many notices.

    Each is looked for at once, and again before it is posted anew: not before its request can no longer land.
    """
    now = tools.clock.now()
    with tools.store.write() as uow:
        dead = [holder for holder in uow.outbox.holders() if gone(holder)]
        taken = uow.outbox.take_over(dead, now, lands_until=now + LANDING) if dead else 0
        uow.commit()
    if taken:
        log.info("leases_taken_over", count=taken)
        tools.alarm.ring()
    return taken
