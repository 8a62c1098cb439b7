"""/brief, and the button under a live incident: what responders are shown, never in a channel."""

from bot.domain.briefs import AskBrief, Brief, BriefBy
from bot.domain.commands import OnCase
from bot.domain.errors import FormRefusal, Refusal
from handlers import parsing
from handlers.filled import Filled
from handlers.middleware import Asked
from handlers.views.blocks import Json
from handlers.views.brief import BY, KINDS, REASON, VALUE, form, shown

NOT_OPENED = "The brief did not open. Try again, or ring the control room: {phone}."
NOTHING_KEPT = "Nothing that you typed after /brief was kept. Use the form: it keeps what you type away from channels."
EXTERNAL = "A brief opens inside the force's own workspace alone."


def command(asked: Asked) -> None:
    """Open the form; what was typed after the command is never looked at."""
    if parsing.typed(asked.body):
        asked.ack(NOTHING_KEPT)
    asked.open_view(form(), otherwise=NOT_OPENED.format(phone=asked.phone))


def submitted(asked: Asked) -> None:
    """Look it up and show it in place of the form."""
    filled = Filled(asked.body)
    by = filled.choice(BY)
    if by not in KINDS:
        raise FormRefusal({BY: "Select what you look up by"})
    ask = AskBrief(
        BriefBy.ADDRESS if by == BriefBy.ADDRESS.value else BriefBy.CHILD,
        filled.text(VALUE, "Address or number"),
        filled.choice(REASON),
        kind=by,
    )
    asked.ack(response_action="update", view=_drawn(asked.desk.brief(ask, asked.actor), asked))


def on_case(asked: Asked, on: OnCase, _about: str) -> None:
    """The brief on a live incident, from its own button."""
    if asked.actor.external:
        raise Refusal(EXTERNAL)
    answer = asked.desk.brief_on(on.case_id, asked.actor)
    asked.open_view(_drawn(answer, asked), otherwise=NOT_OPENED.format(phone=asked.phone))


def _drawn(answer: Brief, asked: Asked) -> Json:
    return shown(answer, reader=asked.desk.rules.directory.name_of(asked.actor.person))
