"""The week in numbers: the answer first, then the figures, the same facts as blocks and as text."""

from bot.domain.letters import ControlLetter, DigestLetter
from handlers.views import limits
from handlers.views.blocks import Drawn, context, header, section
from handlers.views.text import bold, escape, full_moment

MORE = "… and {n} more."


def digest(letter: DigestLetter) -> Drawn:
    """One team's week, or the force's."""
    rows = [f"• {escape(label)}: {bold(value)}" for label, value in letter.rows]
    said = "; ".join(f"{label}: {value}" for label, value in letter.rows)
    end = "." if said else ""
    period = f"From {full_moment(letter.from_at)} to {full_moment(letter.until_at)}."
    blocks = [header(letter.title), section(bold(letter.headline))]
    if rows:
        blocks.append(section(limits.fitted(rows, limits.SECTION_TEXT, MORE)))
    text = escape(f"{letter.title}. {letter.headline} {said}{end}")
    return Drawn(text, (*blocks, context(period)))


def control(letter: ControlLetter) -> Drawn:
    """One line for whoever runs the bot."""
    text = escape(letter.text)
    return Drawn(text, (section(text),))
