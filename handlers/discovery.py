"""The officer who comes upon images at another job: one press for what to do, one that opens a referral."""

from bot.domain.errors import Refusal
from bot.domain.risk import Answer
from handlers import parsing
from handlers.middleware import Asked
from handlers.views.confirmation import confirmation
from handlers.views.discovery import page

SENT = "{reference} has been sent: {told} told. Ring as well if children are there: {phone}."


def found(asked: Asked) -> None:
    """What to do now, and whom to ring."""
    asked.show(page(asked.desk.discovery()))


def report(asked: Asked) -> None:
    """Open the referral; its questions follow, where a form opens."""
    near = parsing.chosen(asked.body)
    if near not in {Answer.YES, Answer.UNKNOWN}:
        raise Refusal(parsing.OUTDATED)
    key = parsing.press_key(asked.body, asked.actor.person)
    answer = asked.desk.report_discovery(Answer(near), parsing.channel_for_card(asked.body), asked.actor, key)
    names = " and ".join(name for name, _ in answer.told) or "nobody"
    said = SENT.format(reference=answer.reference, told=names, phone=answer.phone)
    if asked.actor.external:
        asked.tell(said, title="Sent")
    else:
        asked.open_view(confirmation(answer, asked.now), otherwise=said)
