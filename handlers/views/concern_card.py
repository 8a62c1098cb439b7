"""The pinned card with which people of partner agencies raise a concern: two choices, a record number and a button."""

import json
import zlib

from bot.domain.directory import AgencyKind, Directory
from bot.domain.policy import Policy
from handlers.views.blocks import (
    Drawn,
    actions,
    asked,
    button,
    confirm,
    context,
    header,
    option,
    section,
    select,
    text_input,
)
from handlers.views.referral import WARNING
from handlers.views.text import escape

SEND = "raise_concern"
CONCERN, ASKS_FOR, NUMBER = "concern", "asks_for", "record_number"
TEXT = "Partner agencies raise a concern in this channel with the pinned card."
ABOUT = "*For people of partner agencies.* {told}"
AND_CARE = "{police} is told at once and must acknowledge it. So must {care}, unless you work there."
POLICE_ALONE = "{police} is told at once and must acknowledge it."
HINT = (
    "From your own system, with a digit in it and no name. The case's card shows it, so that both sides find the case."
)
SMALL = (
    "Only you see what you choose and type here, until you send it. The answer is for you alone; the case's own card comes "
    "into this channel. Phone {phone} if it cannot wait."
)


def concern_card(policy: Policy, directory: Directory) -> Drawn:
    """The message, as policy and directory stand."""
    police, care = directory.police.name, directory.agency_of_kind(AgencyKind.SOCIAL_CARE)
    told = AND_CARE.format(police=police, care=care.name) if care else POLICE_ALONE.format(police=police)
    concerns = [option(concern.code, concern.label) for concern in policy.concerns.values()]
    asks = [option(ask.code, ask.label) for ask in policy.asks.values()]
    send = button(
        f"Send to {police}",
        action_id=SEND,
        value=SEND,
        label=f"Send to {police}: this concern",
        style="primary",
        confirm=confirm(f"Send to {police}?", told, "Send"),
    )
    blocks = (
        header("Raise a concern"),
        section(WARNING.format(emergency=escape(policy.phones.emergency))),
        section(ABOUT.format(told=escape(told))),
        asked("Concern type", select(CONCERN, concerns, "Select the concern type"), block_id=CONCERN),
        asked(
            "What are you asking for?",
            select(ASKS_FOR, asks, "Select what you are asking for"),
            block_id=ASKS_FOR,
        ),
        asked("Your own record number", text_input(NUMBER), block_id=NUMBER, hint=HINT),
        actions([send], block_id=SEND),
        context(SMALL.format(phone=escape(policy.phones.police))),
    )
    return Drawn(TEXT, blocks)


def fingerprint(drawn: Drawn) -> int:
    """A number of 31 bits that is another one when the card is drawn otherwise."""
    return zlib.crc32(json.dumps([drawn.text, *drawn.blocks], sort_keys=True).encode()) >> 1
