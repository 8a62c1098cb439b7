"""Delivery by e-mail: the second road, with a sender of its own that nothing in Slack can hold up."""

from datetime import datetime

from bot.domain.letters import CardLetter, Outgoing
from bot.domain.notices import FailureKind, Notice, Posted, Road, SendFailed
from bot.domain.roads import addresses
from bot.ports import Mailer
from bot.services.pace import Pace
from bot.services.routes import is_plain
from bot.services.sending import Sender, send_all, waiting_at, worded
from bot.services.tools import Tools


def deliver_mail(*, tools: Tools, mailer: Mailer, pace: Pace, holder: str) -> int:
    """Send whatever may go by e-mail now; how many notices were dealt with.

    A mailbox shows nobody what arrived in it: what is in doubt is sent again, marked as a repeat, under the same Message-ID.
    """

    def carry(notice: Notice, now: datetime) -> Posted | None:
        letter = worded(notice, tools)
        if letter is None or isinstance(letter, CardLetter):
            return None
        found = addresses(tools.rules.directory, notice.destination.id)
        if not found:
            raise SendFailed(FailureKind.ROUTE_DEAD, "no_address")
        pace.spend(notice.destination, now)
        outgoing = Outgoing(letter, notice.key, now, repeat=notice.in_doubt, plain=is_plain(notice))
        return mailer.send(outgoing, to=found)

    at = waiting_at(tools=tools, pace=pace, road=Road.MAIL)
    if at is None or at > tools.clock.now():  # mostly so: whoever writes is not held up for a look
        return 0
    return send_all(Sender(Road.MAIL, carry, pace, holder), tools)
