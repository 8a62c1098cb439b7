"""Opening a case without its card: by reference, from the picker, or by looking for it."""

from bot.domain.errors import Refusal
from bot.domain.ids import CaseId
from handlers import arguments, parsing
from handlers.actions import EXTERNAL
from handlers.middleware import Asked
from handlers.views.detail import detail
from handlers.views.picker import found, offers, picker

NO_REFERENCE = "That is no case reference. Nothing that you typed was kept; choose a case here."
NOT_OPENED = "This did not open in Slack and nothing was changed. Type /case again; phone {phone} if it cannot wait."


def case(asked: Asked) -> None:
    """The case of the reference that was typed, else the picker. Anything else that was typed is never looked at."""
    typed = parsing.typed(asked.body)
    reference = arguments.reference(typed, asked.desk.rules.policy.reference_prefix, asked.now)
    if reference is not None:
        _inside(asked)
        _open(asked, asked.desk.own_case(reference, asked.actor))
        return
    if typed:
        asked.ack(NO_REFERENCE)
    pick(asked)


def pick(asked: Asked) -> None:
    """The picker."""
    _inside(asked)
    choices = asked.desk.own_cases(asked.actor)
    asked.open_view(picker(choices), otherwise=NOT_OPENED.format(phone=asked.phone))


def find(asked: Asked) -> None:
    """The case chosen in the search."""
    _inside(asked)
    _open(asked, CaseId(parsing.chosen(asked.body)))


def offer(asked: Asked) -> None:
    """What the search offers: the person's own before anything is typed, then what matches and they may open."""
    typed = str(asked.body.get("value") or "").strip()
    if asked.actor.external:
        asked.ack(options=[])
    elif typed:
        asked.ack(**found(asked.desk.search_cases(typed, asked.actor)))
    else:
        asked.ack(**offers(asked.desk.own_cases(asked.actor)))


def _inside(asked: Asked) -> None:
    if asked.actor.external:
        raise Refusal(EXTERNAL)


def _open(asked: Asked, case_id: CaseId) -> None:
    answer = asked.desk.open_case(case_id, asked.actor)
    reader = asked.desk.rules.directory.name_of(asked.actor.person)
    asked.open_view(detail(answer, reader=reader), otherwise=NOT_OPENED.format(phone=asked.phone))
