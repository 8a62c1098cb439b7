"""The pinned how-to of a team's channel: what comes here, what to press, what never to write here."""

from handlers.views.blocks import Drawn, context, header, section
from handlers.views.text import escape

TEXT = "How referrals work in this channel: read the pinned message."
CARDS = (
    "*What comes here.* One card for each case, redrawn as it changes. Reminders go into its thread, and by name to "
    "whoever is on duty."
)
BUTTONS = (
    "*What to press.* *Acknowledge* says that your agency has it: it is not an action. *Record action* says what was done. "
    "*Escalate now* tells the next people at once. Silence climbs by itself until somebody acts."
)
PARTNER = (
    "*No command is needed.* Everything that your agency owes is done with the buttons on the card. To raise a concern of "
    "your own, fill in the pinned card *Raise a concern*."
)
COMMANDS = (
    "*Commands.* `/refer` a child · `/missing` child · `/case` opens a case · `/safeguarding` lists the rest. They work in "
    "every channel and direct message; Slack runs none in a thread. On a message, its menu has *Safeguarding referral*."
)
NEVER = (
    "*Never write here* a child's name, date of birth, address, school or picture. The card carries references only; "
    "details open from it for those who may see them."
)


def how_to(*, partner: bool, emergency: str, phone: str) -> Drawn:
    """The message; `partner` for a channel that people of another organisation read."""
    doing = section(PARTNER) if partner else section(COMMANDS)
    safety = (
        f"If a child is in immediate danger call {escape(emergency)}. This bot does not send officers. "
        f"Phone {escape(phone)} if it cannot wait."
    )
    blocks = (header("How this works"), section(CARDS), section(BUTTONS), doing, section(NEVER), context(safety))
    return Drawn(TEXT, blocks)
