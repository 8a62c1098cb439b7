"""Modals sent: the referral form, its review, a call recorded; and the form redrawn when a concern is chosen."""

import structlog

from bot.domain.commands import Send
from bot.domain.errors import Refusal
from bot.ports import StorageDown
from handlers import parsing
from handlers.middleware import Asked
from handlers.views.confirmation import confirmation, message
from handlers.views.referral import form, kept_of
from handlers.views.review import not_sent, review

UNREADABLE = (StorageDown, Refusal)
"""Why a draft cannot be given back: no database, or no such draft of this person."""

log = structlog.get_logger()


def concern_chosen(asked: Asked) -> None:
    """Draw the form again with the grades of that concern; what was typed stays, because its ids do."""
    view = asked.body["view"]
    drawn = form(
        asked.desk.rules.policy,
        place=view.get("private_metadata", ""),
        concern=parsing.chosen_concern(asked.body),
        kept=kept_of(view),
    )
    asked.redraw_view(drawn, unchanged=True)


def referral(asked: Asked) -> None:
    """Keep the form as a draft and show who would be told; wrong fields are named in place."""
    view = asked.body["view"]
    command = parsing.refer(view)
    try:
        answer = asked.desk.draft(command, asked.actor, parsing.place(view)[1])
    except StorageDown:
        _give_back(asked, parsing.given_back(view))
    else:
        asked.ack(response_action="push", view=review(answer))


def reviewed(asked: Asked) -> None:
    """Send: the case is stored before this says so."""
    view = asked.body["view"]
    command = parsing.send(view)
    try:
        answer = asked.desk.refer(command, asked.actor, parsing.submit_key(asked.body))
    except StorageDown:
        _give_back(asked, "\n\n".join(part for part in (_typed(asked, command), parsing.given_back(view)) if part))
    else:
        asked.ack(response_action="update", view=confirmation(answer, asked.now))


def _give_back(asked: Asked, typed: str) -> None:
    log.error("storage_down")
    asked.ack(response_action="push", view=not_sent(asked.phone, typed))


def _typed(asked: Asked, command: Send) -> str:
    """What lies in the draft; nothing when that cannot be read either, and then it is still in the form beneath."""
    try:
        return asked.desk.typed(command, asked.actor)
    except UNREADABLE:
        log.warning("draft_not_read")
        return ""


def phone_told(asked: Asked) -> None:
    """Record that an agency was told by phone."""
    said = asked.desk.tell_by_phone(parsing.phone_told(asked.body["view"]), asked.actor, parsing.submit_key(asked.body))
    asked.ack(response_action="update", view=message("Recorded", said.text, close="Done", clear_on_close=True))
