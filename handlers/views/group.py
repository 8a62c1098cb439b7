"""Many reminders as one message: every case with what is owed on it, how late, and its own buttons."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.letters import GroupLetter, StepLetter
from handlers.views import limits
from handlers.views.blocks import Drawn, Json, actions, context, section
from handlers.views.card import MORE
from handlers.views.controls import UNCONFIRMED, block_id
from handlers.views.reminder import item_line, own_buttons
from handlers.views.text import bold, escape, listed

MINE = "/safeguarding mine"


def group(letter: GroupLetter, now: datetime) -> Drawn:
    """The message; its sentence says how many cases there are and nothing of any of them."""
    sentence = _sentence(letter)
    blocks = [section(f"*{sentence}*{_order(letter)}")]
    for case in letter.cases:
        blocks.extend(_case(case, now))
    if letter.unread:
        records = ", ".join(map(escape, letter.unread))
        blocks.append(
            section(f"Could not be read, and waits for you as well: case record {records}. Tell the administrators.")
        )
    small = list(_small_print(letter))
    if small:
        blocks.append(context(*small))
    return Drawn(sentence, tuple(blocks))


def _sentence(letter: GroupLetter) -> str:
    """The lock screen's line: how many cases, or matters of leaders, and how many of them in the highest band."""
    here = len(letter.cases) + len(letter.unread)
    what = "matter" if letter.cases and all(case.choices for case in letter.cases) else "case"
    if letter.follows:
        return (
            f"{here} further {what}{'' if here == 1 else 's'} of the message above need{'s' if here == 1 else ''} you."
        )
    count = here + letter.behind
    who = "this team" if letter.cases and not letter.cases[0].to else "you"
    urgent = f", {letter.most_urgent} of them most urgent" if letter.most_urgent else ""
    return f"{count} {what}{'' if count == 1 else 's'} need{'s' if count == 1 else ''} {who}{urgent}."


def _order(letter: GroupLetter) -> str:
    if letter.behind and not letter.follows:
        return (
            f"\nThese {len(letter.cases)} first; the other {letter.behind} follow in this thread, and are under {MINE}."
        )
    return "\nThe most urgent first." if len(letter.cases) > 1 else ""


def _case(letter: StepLetter, now: datetime) -> Iterator[Json]:
    case = letter.case
    head = f"{bold(case.grade)} · {bold(case.reference)} · {escape(case.concern)}"
    lines = [item_line(item, now) for item in letter.items]
    yield section(limits.fitted([head, *lines], limits.SECTION_TEXT, MORE))
    able = letter.may_acknowledge if letter.to else any(line.tag in UNCONFIRMED for line in case.agencies)
    yield actions(list(own_buttons(letter, able=able)), block_id=block_id(case))


def _small_print(letter: GroupLetter) -> Iterator[str]:
    if not letter.cases:
        return
    first = letter.cases[0]
    roles = list(dict.fromkeys(role for case in letter.cases for role in case.roles))
    if first.to and roles:
        yield f"{escape(first.to)}, you are told as {' and as '.join(map(escape, roles))}."
    told = list(dict.fromkeys(name for case in letter.cases for name in case.told))
    if told:
        yield f"Told now: {listed(map(escape, told))}."
    if first.note:
        yield escape(first.note)
