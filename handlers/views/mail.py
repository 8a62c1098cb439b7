"""Letters as e-mail: a neutral subject, plain text, no Slack ids; nothing that identifies a child."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.domain.letters import (
    CardLetter,
    ControlLetter,
    DigestLetter,
    GroupLetter,
    LateItem,
    LineLetter,
    Outgoing,
    RestrictedLetter,
    StepLetter,
)
from bot.domain.wording import LONDON, clock_time, full_moment
from handlers.views.text import lateness, listed, time_left

REPEAT = "Repeat: an earlier copy of this message may have arrived."
NEW_REFERRAL = "new referral"
FOOT = (
    "Vigil sends this for the police and the agencies that work with them. Do not write anything about a child in a reply: "
    "nobody reads this mailbox."
)
DANGER = "If a child is in immediate danger call 999. This mailbox does not send officers."


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail's subject and text; messages with the same `thread` are shown together."""

    subject: str
    text: str
    thread: str = ""


def compose(outgoing: Outgoing) -> Mail:
    """The e-mail to be sent, as of `sent_at`; a bare sentence when the wording was refused before."""
    letter, now = outgoing.letter, outgoing.sent_at
    match letter:
        case StepLetter():
            mail = Mail(_subject(letter, now), _paragraphs(*_step(letter, now)), letter.case.reference)
        case GroupLetter():
            mail = _group(letter, now)
        case LineLetter():
            mail = Mail(
                f"{letter.case.reference}: news of a case", _paragraphs(letter.text, FOOT), letter.case.reference
            )
        case RestrictedLetter():
            mail = Mail(f"{letter.reference}: restricted", _paragraphs(letter.text, FOOT), letter.reference)
        case ControlLetter():
            mail = Mail("Vigil needs you", _paragraphs(letter.text))
        case DigestLetter():
            mail = Mail(
                letter.title, _paragraphs(letter.headline, "\n".join(f"{name}: {value}" for name, value in letter.rows))
            )
        case CardLetter():
            mail = Mail(f"{letter.case.reference}: a case", FOOT, letter.case.reference)
        case _:
            assert_never(letter)
    if outgoing.plain:
        mail = Mail(mail.subject, mail.subject, mail.thread)
    return Mail(mail.subject, f"{REPEAT}\n\n{mail.text}", mail.thread) if outgoing.repeat else mail


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _subject(letter: StepLetter, now: datetime) -> str:
    """Reference, what is owed and by when; no concern, no grade."""
    if not letter.items:
        return f"{letter.case.reference}: something is owed on this case"
    worst = min(letter.items, key=lambda item: item.due_at)
    title = worst.title[:1].lower() + worst.title[1:]
    if now >= worst.due_at:
        return f"{letter.case.reference}: {title} is overdue since {_short(worst.due_at, now)}"
    if worst.step_name == NEW_REFERRAL:
        return f"{letter.case.reference} needs your acknowledgement by {_short(worst.due_at, now)}"
    return f"{letter.case.reference}: {title} is due by {_short(worst.due_at, now)}"


def _short(at: datetime, now: datetime) -> str:
    local = at.astimezone(LONDON)
    day = "" if local.date() == now.astimezone(LONDON).date() else f" on {local:%A} {local.day} {local:%B}"
    return f"{local:%H:%M}{day}"


def _step(letter: StepLetter, now: datetime) -> Iterator[str]:
    case = letter.case
    if letter.to:
        yield f"{letter.to}{': you are told as ' + ' and as '.join(letter.roles) if letter.roles else ''}."
    yield "\n".join(_item(item, now) for item in letter.items)
    if letter.told:
        yield f"Told at the same time: {listed(letter.told)}."
    if case.next_step is not None:
        yield f"If it stays so, the next people are told on {full_moment(case.next_step.at)}."
    yield letter.note
    yield "Acknowledge and record in Slack where you can. Where you cannot, ring the police team that works this case."
    yield DANGER
    yield FOOT


def _item(item: LateItem, now: datetime) -> str:
    due = full_moment(item.due_at)
    if now >= item.due_at:
        said = f"- {item.agency_name}: {item.title} was due on {due} and is not done: {lateness(item.due_at, now)}."
    else:
        said = (
            f"- {item.agency_name}: {item.title} is due on {due}, {time_left(item.due_at, now)}, and is not done yet."
        )
    missed = f" Steps not sent in their time: {listed(item.missed)}." if item.missed else ""
    again = f" This is repeat {item.repeat}." if item.repeat else ""
    return f"{said}{missed}{again}"


def _group(letter: GroupLetter, now: datetime) -> Mail:
    count = len(letter.cases)
    subject = f"{count} {'case needs' if count == 1 else 'cases need'} you, sent at {clock_time(now)}"
    rows = ["\n".join((case.case.reference, *(_item(item, now) for item in case.items))) for case in letter.cases]
    behind = f"{letter.behind} more follow." if letter.behind else ""
    return Mail(subject, _paragraphs(*rows, behind, DANGER, FOOT))
