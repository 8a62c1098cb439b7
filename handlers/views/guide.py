"""Help: every command in one line each, and where commands do not work."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.views import limits
from handlers.views.blocks import Drawn, actions, context, section
from handlers.views.discovery import found_button
from handlers.views.text import escape

MORE = "… and {n} more."
UNKNOWN = "That is no word that this command knows. Nothing that you typed was kept."
WHERE = (
    "Commands work in every channel and direct message. Slack runs none in a thread, and none for people of another "
    "organisation: there, use the buttons on the case's card."
)
SHORTCUT = (
    "The menu of a message has *Safeguarding referral*: the message's words go into the sealed form, "
    "and the bot says them in no channel."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One command as it is typed, and what it does."""

    typed: str
    says: str


def guide(rows: Sequence[Row], *, phone: str, meant: str = "", unknown: bool = False) -> Drawn:
    """The list; `meant` is the command nearest to what was typed, which is never said back."""
    head = []
    if unknown:
        head.append(UNKNOWN)
    if meant:
        head.append(f"Did you mean `{meant}`?")
    lines = [f"`{row.typed}`  {escape(row.says)}" for row in rows]
    blocks = [*([section("\n".join(head))] if head else []), section(limits.fitted(lines, limits.SECTION_TEXT, MORE))]
    blocks.append(actions([found_button()], block_id="help"))
    small = context(
        WHERE, SHORTCUT, f"If a child is in immediate danger call 999. Phone {escape(phone)} if it cannot wait."
    )
    return Drawn(" ".join(head) or "The commands of this bot.", (*blocks, small))
