"""Keeps one pinned "Raise a concern" card in each channel shared with a partner, drawn as policy and directory stand."""

from datetime import date

import structlog
from slack_sdk import WebClient

from bot.domain.ids import ChannelId
from bot.domain.notices import FailureKind, SendFailed
from bot.ports import StorageDown
from bot.services.concern_cards import NOT_DRAWN, ConcernCard
from bot.services.desk import Desk
from handlers.pinning import Pinboard
from handlers.views.blocks import Drawn
from handlers.views.concern_card import concern_card, fingerprint

log = structlog.get_logger()


class ConcernBoard:
    """The bot's concern cards."""

    def __init__(self, client: WebClient, desk: Desk) -> None:
        self._pins = Pinboard(client)
        self._desk = desk
        self._day: date | None = None

    def put_up(self) -> None:
        """Post and pin what is missing, redraw what is out of date; the first dead credential ends the round.

        Each new day every card is drawn anew: that is how one that somebody deleted is found and put up again.
        """
        rules = self._desk.rules
        drawn, today = concern_card(rules.policy, rules.directory), self._desk.now().date()
        known = fingerprint(drawn) if self._day in {None, today} else NOT_DRAWN
        try:
            for wanted in self._desk.concern_cards_wanted(known):
                if not self._put(wanted, drawn):
                    return
            self._day = today
        except StorageDown:
            log.warning("concern_cards_not_looked_for")

    def _put(self, wanted: ConcernCard, drawn: Drawn) -> bool:
        """Whether to go on with the next channel."""
        try:
            ts = self._up_to_date(wanted, drawn)
            self._pins.pin(wanted.channel, ts)
        except SendFailed as failed:
            log.warning("concern_card_not_pinned", channel=wanted.channel, code=failed.code)
            return failed.kind is not FailureKind.CREDENTIAL_DEAD
        self._desk.concern_card_posted(ConcernCard(wanted.channel, ts), fingerprint(drawn))
        return True

    def _up_to_date(self, wanted: ConcernCard, drawn: Drawn) -> str:
        """The message that shows it as drawn now: the one that is known or was posted before a crash, else a new one."""
        ts = wanted.ts or self._pins.earlier(_key(wanted.channel), wanted.channel)
        if ts is not None:
            try:
                self._pins.redraw(drawn, wanted.channel, ts)
            except SendFailed as failed:
                if failed.kind is not FailureKind.GONE:
                    raise
            else:
                return ts
        return self._pins.post(drawn, _key(wanted.channel), wanted.channel)


def _key(channel: ChannelId) -> str:
    return f"concern_card:{channel}"
