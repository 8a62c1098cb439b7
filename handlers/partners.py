"""What people of partner agencies do from the pinned card of a shared channel."""

from bot.domain.commands import RaiseConcern
from handlers import parsing
from handlers.filled import Filled
from handlers.middleware import Asked
from handlers.views.concern_card import ASKS_FOR, CONCERN, NUMBER


def raise_concern(asked: Asked) -> None:
    """A concern sent from the card; the reference is for that person alone."""
    filled = Filled(asked.body)
    command = RaiseConcern(
        filled.choice(CONCERN),
        filled.choice(ASKS_FOR),
        filled.text(NUMBER, "Your own record number"),
        parsing.channel_for_card(asked.body),
    )
    pressed = asked.body["actions"][0].get("action_ts", "")
    key = f"{parsing.press_key(asked.body, asked.actor.person)}:{pressed}"
    asked.tell(asked.desk.raise_concern(command, asked.actor, key).text, title="Sent")
