"""Every letter as a message: which view draws it, the mark of a repeat, and the plain wording."""

from typing import assert_never

from bot.domain.letters import (
    CardLetter,
    ControlLetter,
    DigestLetter,
    GroupLetter,
    LineLetter,
    Outgoing,
    RestrictedLetter,
    StepLetter,
)
from handlers.views.blocks import Drawn, context
from handlers.views.card import card
from handlers.views.digest import control, digest
from handlers.views.group import group
from handlers.views.limits import MESSAGE_TEXT, clip
from handlers.views.reminder import line, reminder
from handlers.views.restriction import restricted

REPEAT = "(repeat: an earlier copy may have arrived)"


def draw(outgoing: Outgoing) -> Drawn:
    """The message to be sent, as of `sent_at`."""
    drawn = _drawn(outgoing)
    if outgoing.repeat:
        drawn = Drawn(f"{REPEAT} {drawn.text}", (context(REPEAT), *drawn.blocks))
    drawn = Drawn(clip(drawn.text, MESSAGE_TEXT), drawn.blocks)
    return drawn.plainly() if outgoing.plain else drawn


def _drawn(outgoing: Outgoing) -> Drawn:
    letter = outgoing.letter
    match letter:
        case CardLetter():
            return card(letter.case, outgoing.sent_at)
        case StepLetter():
            return reminder(letter, outgoing.sent_at)
        case GroupLetter():
            return group(letter, outgoing.sent_at)
        case LineLetter():
            return line(letter)
        case RestrictedLetter():
            return restricted(letter)
        case ControlLetter():
            return control(letter)
        case DigestLetter():
            return digest(letter)
        case _:
            assert_never(letter)
