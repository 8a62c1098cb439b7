"""Presses on cards, reminders and modals. Each is stored before it is answered; the answer is for that person alone."""

import structlog

from bot.domain.commands import RecordAct
from bot.domain.errors import Refusal
from handlers import parsing
from handlers.case_forms import RECORD
from handlers.forms import open_form
from handlers.middleware import Asked
from handlers.views.card import INSIDE, whole
from handlers.views.confirmation import redrawn
from handlers.views.detail import detail
from handlers.views.phone import phone_told

EXTERNAL = f"{INSIDE} Everything you need to act is on this card."
EXTERNAL_PHONE = (
    "A call is recorded by people inside the force's own workspace. To answer for your agency press Acknowledge."
)
NOT_OPENED = "This did not open in Slack and nothing was changed. Press again; phone {phone} if it cannot wait."
NOTE = ""
"""A card's select has no room for a note."""

log = structlog.get_logger()


def acknowledge(asked: Asked) -> None:
    """The person's agency has it."""
    said = asked.desk.acknowledge(parsing.on_case(asked.body), asked.actor, _key(asked))
    asked.tell(said.text, title="Acknowledged")


def escalate(asked: Asked) -> None:
    """The next step now."""
    said = asked.desk.escalate(parsing.on_case(asked.body), asked.actor, _key(asked))
    asked.tell(said.text, title="Escalated")


def grade(asked: Asked) -> None:
    """A grade chosen on the card."""
    said = asked.desk.grade(parsing.on_case(asked.body), parsing.chosen(asked.body), asked.actor, _key(asked))
    asked.tell(said.text, title="Graded")


def record_act(asked: Asked) -> None:
    """An act chosen on the card; one that asks for more than that opens its form."""
    on, code = parsing.on_case(asked.body), parsing.chosen(asked.body)
    name, child = parsing.act_and_child(code)
    known = asked.desk.rules.policy.acts.get(name)
    if known is not None and known.has_form:
        open_form(asked, on, RECORD, code)
        return
    if child is None:
        said = asked.desk.record_act(on, name, NOTE, asked.actor, _key(asked))
    else:
        said = asked.desk.case.record(RecordAct(on.case_id, name, NOTE, child=child), asked.actor, _key(asked))
    asked.tell(said.text, title="Recorded")


def open_case(asked: Asked) -> None:
    """The detail, in a modal; for people of other workspaces all that a card may say, in a message for them alone."""
    on_case = parsing.on_case(asked.body)
    if asked.actor.external:
        asked.show(whole(asked.desk.open_card(on_case.case_id, asked.actor)))
        return
    answer = asked.desk.open_case(on_case.case_id, asked.actor)
    reader = asked.desk.rules.directory.name_of(asked.actor.person)
    asked.open_view(detail(answer, reader=reader), otherwise=NOT_OPENED.format(phone=asked.phone))


def tell_by_phone(asked: Asked) -> None:
    """The form for a call; the agencies that have not confirmed come with the press."""
    on_case = parsing.on_case(asked.body)
    if asked.actor.external:
        raise Refusal(EXTERNAL_PHONE)
    known = asked.desk.rules.directory.agencies
    agencies = [
        (agency.id, agency.name) for agency in known.values() if agency.id in parsing.chosen(asked.body).split(",")
    ]
    if not agencies:
        raise Refusal(parsing.OUTDATED)
    asked.open_view(phone_told(on_case.case_id, agencies), otherwise=NOT_OPENED.format(phone=asked.phone))


def answer_fact(asked: Asked) -> None:
    """One answer to one fact question; the modal is drawn again with it."""
    command = parsing.fact_answer(asked.body)
    questions = asked.desk.answer_fact(command, asked.actor, _key(asked))
    asked.redraw_view(redrawn(asked.body["view"], command.case_id, questions))


def outdated(asked: Asked) -> None:
    """A control that no message of today has: drawn by an earlier version of the bot."""
    log.warning("unknown_control")
    asked.tell(parsing.OUTDATED)


def _key(asked: Asked) -> str:
    return parsing.press_key(asked.body, asked.actor.person)
