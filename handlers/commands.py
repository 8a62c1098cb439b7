"""Slash commands."""

from handlers import parsing
from handlers.middleware import Asked
from handlers.views.referral import form

NOTHING_KEPT = "Nothing that you typed after /refer was kept. Use the form: it keeps what you type away from channels."
NOT_OPENED = "The form did not open and nothing was sent. Type /refer again; phone {phone} now if it cannot wait."


def refer(asked: Asked) -> None:
    """Open the referral form. What was typed after the command is never looked at, stored or echoed."""
    if parsing.typed_after_command(asked.body):
        asked.ack(NOTHING_KEPT)
    channel = parsing.command_channel(asked.body) or ""
    asked.open_view(form(asked.desk.rules.policy, channel=channel), otherwise=NOT_OPENED.format(phone=asked.phone))
