"""Forms of acts on a case: one registry; each is drawn from the desk's answer and taken to the desk when it is sent."""

from collections.abc import Mapping

from bot.domain.authorisation import Grave
from bot.domain.commands import OnCase, Propose
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId
from handlers import parsing
from handlers.case_forms import CASE_FORMS
from handlers.filled import Filled, Form
from handlers.leaders import LEADER_FORMS
from handlers.middleware import Asked
from handlers.views.confirmation import message
from handlers.views.forms import LISTED, REASON, SUBJECT, UNTIL, FormView, as_message, as_modal, proposal

NOT_OPENED = "The form did not open in Slack and nothing was changed. Choose it again; phone {phone} if it cannot wait."


def open_form(asked: Asked, on: OnCase, name: str, about: str = "") -> None:
    """Show a form: a modal, or a message to the person alone where no modal opens."""
    drawn = FORMS[name].draw(asked, on, about)
    if asked.actor.external:
        asked.show(as_message(drawn, on, name, about))
    else:
        asked.open_view(as_modal(drawn, on, name, about), otherwise=NOT_OPENED.format(phone=asked.phone))


def submitted(asked: Asked) -> None:
    """A form sent as a modal."""
    match str(asked.body["view"].get("private_metadata", "")).split(":", 3):
        case [case_id, version, name, about] if case_id and version.isdigit() and name in FORMS:
            on = OnCase(CaseId(case_id), int(version))
        case _:
            raise Refusal(parsing.OUTDATED)
    form = FORMS[name]
    said = form.take(asked, on, about, Filled(asked.body), parsing.submit_key(asked.body))
    asked.ack(response_action="update", view=message(form.done, said, close="Done", clear_on_close=True))


def sent(asked: Asked) -> None:
    """A form sent from a message."""
    name, _, about = parsing.chosen(asked.body).partition(":")
    form = FORMS.get(name)
    if form is None:
        raise Refusal(parsing.OUTDATED)
    filled = Filled(asked.body)
    asked.tell(form.take(asked, parsing.on_case(asked.body), about, filled, _key(asked)), title=form.done)


def _key(asked: Asked) -> str:
    """A message's form can be mended and sent again: the instant of the press tells that from a second delivery."""
    pressed = asked.body["actions"][0].get("action_ts", "")
    return f"{parsing.press_key(asked.body, asked.actor.person)}:{pressed}"


# ---- grave acts


def _draw_proposal(asked: Asked, on: OnCase, about: str) -> FormView:
    return proposal(asked.desk.proposal_form(on.case_id, grave(about), asked.actor))


def _propose(asked: Asked, on: OnCase, about: str, filled: Filled, key: str) -> str:
    act, subject = grave(about), filled.choice(SUBJECT)
    if act is Grave.CLOSE:
        act, subject = grave(subject or about), ""
    reason, listed = filled.text(REASON, "Reason"), filled.choice(LISTED)
    command = Propose(on.case_id, act, reason, subject, filled.instant(UNTIL), listed)
    return asked.desk.propose(command, asked.actor, key).text


def grave(code: str) -> Grave:
    """The grave act of a code that came with a press."""
    try:
        return Grave(code)
    except ValueError:
        raise Refusal(parsing.OUTDATED) from None


FORMS: Mapping[str, Form] = {
    "propose": Form(_draw_proposal, _propose, "Put forward"),
    **CASE_FORMS,
    **LEADER_FORMS,
}
