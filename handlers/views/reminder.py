"""What a person or a thread is told when something is owed: who has not done what, how late, and who is told next."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.letters import LateItem, LineLetter, StepLetter
from handlers.views import limits
from handlers.views.blocks import Drawn, Json, actions, context, section
from handlers.views.card import MORE, next_words
from handlers.views.controls import acknowledge_button, block_id, open_button, verb_button
from handlers.views.text import bold, escape, full_moment, lateness, listed, time_left

NEW_REFERRAL = "new referral"
"""The step before the ladder's own: whoever is on duty hears of the case."""


def reminder(letter: StepLetter, now: datetime) -> Drawn:
    """A reminder to one person, or into a card's thread when `to` is empty."""
    case = letter.case
    lines = [item_line(item, now) for item in letter.items]
    head = f"{bold(case.grade)} · {bold(case.reference)} · {escape(case.concern)}"
    blocks = [section(limits.fitted([head, *lines], limits.SECTION_TEXT, MORE))]
    small = list(_small_print(letter))
    if small:
        blocks.append(context(limits.fitted(small, limits.SECTION_TEXT, MORE)))
    if letter.to:
        blocks.append(actions(list(_buttons(letter)), block_id=block_id(case)))
    return Drawn(_sentence(letter, now), tuple(blocks))


def line(letter: LineLetter) -> Drawn:
    """One neutral line, and the buttons to answer it; the words are ours, with staff and agency names in them."""
    text = escape(letter.text)
    if not letter.choices:
        return Drawn(text, (section(text),))
    buttons = [verb_button(choice, letter.case.reference, nth) for nth, choice in enumerate(letter.choices)]
    return Drawn(text, (section(text), actions(buttons, block_id=block_id(letter.case))))


def _buttons(letter: StepLetter) -> Iterator[Json]:
    yield from own_buttons(letter, able=letter.may_acknowledge)


def own_buttons(letter: StepLetter, *, able: bool) -> Iterator[Json]:
    """The buttons of one thing in a reminder: a case's, or a leader's own matter's."""
    if letter.choices:
        yield from (verb_button(choice, letter.case.reference) for choice in letter.choices)
        return
    if able:
        yield acknowledge_button(letter.case)
    yield open_button(letter.case)
    for nth, choice in enumerate(letter.answers):
        yield verb_button(choice, letter.case.reference, nth)


def item_line(item: LateItem, now: datetime) -> str:
    """One thing that is owed, by whom, how late, and which steps were not sent in their time."""
    what = f"• {bold(item.agency_name)}: {escape(item.title)}"
    due = full_moment(item.due_at)
    if item.late or now >= item.due_at:
        said = f"{what} was due on {due} and is not done: *{lateness(item.due_at, now)}*."
    else:
        said = f"{what} is due on {due}, {time_left(item.due_at, now)}, and is not done yet."
    return said + _extra(item)


def _extra(item: LateItem) -> str:
    parts = []
    if item.step_name and item.step_name != NEW_REFERRAL:
        again = f", repeat {item.repeat}" if item.repeat else ""
        parts.append(f"This is the ladder's step “{escape(item.step_name)}”{again}.")
    if item.missed:
        parts.append(f"Steps not sent in their time: {escape(listed(item.missed))}.")
    if item.by_hand:
        parts.append(f"Escalated by {escape(item.by_hand)}.")
    return f"\n   {' '.join(parts)}" if parts else ""


def _small_print(letter: StepLetter) -> Iterator[str]:
    if letter.to and letter.roles:
        yield f"{escape(letter.to)}, you are told as {' and as '.join(escape(role) for role in letter.roles)}."
    if letter.told:
        yield f"Told now: {listed(map(escape, letter.told))}."
    if letter.case.next_step is not None:
        yield next_words(letter.case.next_step)
    if letter.note:
        yield escape(letter.note)


def _sentence(letter: StepLetter, now: datetime) -> str:
    """The lock screen's line: reference, grade, the worst of what is owed; no concern."""
    case = letter.case
    if not letter.items:
        return f"{case.reference}, {escape(case.grade)}: something is owed on this case."
    worst = min(letter.items, key=lambda item: item.due_at)
    about = f"{case.reference}, {escape(case.grade)}"
    agency, title, due = escape(worst.agency_name), escape(worst.title), full_moment(worst.due_at)
    others = f" {len(letter.items) - 1} more owed." if len(letter.items) > 1 else ""
    if worst.step_name == NEW_REFERRAL:
        return f"{about}: new referral. {agency} must acknowledge it by {due}.{others}"
    state = f"{lateness(worst.due_at, now)}; it was due on" if now >= worst.due_at else "not done yet; it is due on"
    return f"{about}: {title} owed by {agency} is {state} {due}.{others}"
