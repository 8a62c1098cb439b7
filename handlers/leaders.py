"""Leaders in Slack: endorsing, the action plan, and the forms behind the buttons of their direct messages."""

from collections.abc import Mapping

from bot.domain.authorisation import Grave
from bot.domain.commands import Endorse, Evidence, OnCase, Propose
from bot.domain.counts import DAY, units
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import TeamId
from bot.domain.offers import Choice
from bot.domain.permissions import STRANGER, may_count, may_lead
from bot.domain.wording import LONDON
from handlers import parsing
from handlers.filled import Filled, Form
from handlers.middleware import Asked
from handlers.views import leaders as views
from handlers.views.confirmation import message
from handlers.views.forms import REASON, FormView

NO_UNIT = "Only people of {force} count for a unit, and the directory names you in none."
NOT_OPENED = "The form did not open in Slack and nothing was changed. Type /safeguarding count again."


def endorse(asked: Asked) -> None:
    """How endorsements stand, the person's own with its button."""
    _inside(asked)
    rows = asked.desk.leaders.endorsements()
    directory, me = asked.desk.rules.directory, asked.actor.person
    may_begin = may_lead(asked.actor, directory, phone=asked.phone) is None
    asked.show(views.endorsements(rows, directory, me, asked.now, may_begin=may_begin))


def _inside(asked: Asked) -> None:
    """Refusal for whoever the directory does not name."""
    if asked.actor.person not in asked.desk.rules.directory.people:
        raise Refusal(STRANGER.format(phone=asked.phone))


def begin(asked: Asked) -> None:
    """Leaders asked to endorse for the first time."""
    said = asked.desk.leaders.begin(asked.actor, parsing.press_key(asked.body, asked.actor.person))
    asked.tell(said.text, title="Asked")


def plan(asked: Asked) -> None:
    """The action plan."""
    _inside(asked)
    asked.show(views.plan(asked.desk.leaders.plan(), asked.desk.rules.directory, asked.now))


def _draw_endorse(asked: Asked, on: OnCase, _about: str) -> FormView:
    return views.endorse(asked.desk.leaders.read(on.case_id, asked.actor))


def _endorse(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    answer = filled.choice(views.ANSWER)
    if answer not in {views.AGREES, views.DECLINES}:
        raise FormRefusal({views.ANSWER: "Select your answer"})
    command = Endorse(on.case_id, answer == views.AGREES, filled.text(REASON, "Reason"))
    return asked.desk.leaders.endorse(command, asked.actor, key).text


def _draw_progress(asked: Asked, on: OnCase, _about: str) -> FormView:
    return views.progress(asked.desk.leaders.read(on.case_id, asked.actor))


def _progress(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    what, then = filled.text(views.WHAT, "What was done"), filled.choice(views.NEXT)
    if then not in {views.EVIDENCE, views.SIGN_OFF}:
        raise FormRefusal({views.NEXT: "Select what comes next"})
    said = asked.desk.leaders.evidence(Evidence(on.case_id, what), asked.actor, f"{key}:evidence").text
    if then == views.EVIDENCE:
        return said
    return asked.desk.propose(Propose(on.case_id, Grave.SIGN_OFF, what), asked.actor, key).text


def _draw_counts(asked: Asked, on: OnCase, _about: str) -> FormView:
    read = asked.desk.leaders.read(on.case_id, asked.actor)
    return views.counts(read, asked.desk.leaders.amiss(on.case_id), asked.desk.rules.directory)


def _counts(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    return asked.desk.leaders.explain(on.case_id, filled.text(REASON, "What you found"), asked.actor, key).text


def count(asked: Asked) -> None:
    """The form for a unit's count: the units that the person may count for."""
    directory = asked.desk.rules.directory
    own = [u for u in units(directory) if may_count(asked.actor, u, directory, phone=asked.phone) is None]
    if not own:
        raise Refusal(NO_UNIT.format(force=directory.police.name))
    first = directory.people[asked.actor.person].team
    choices = [Choice(unit, directory.teams[unit].name) for unit in sorted(own, key=lambda unit: unit != first)]
    yesterday = asked.now.astimezone(LONDON).date() - DAY
    asked.open_view(views.count(choices, yesterday), otherwise=NOT_OPENED)


def counted(asked: Asked) -> None:
    """The form sent: a unit's count."""
    sent = Filled(asked.body)
    unit, day, typed = sent.choice(views.UNIT), sent.day(views.DAY), sent.text(views.NUMBER, "How many")
    wrong = {
        **({} if unit else {views.UNIT: "Select the unit"}),
        **({} if day else {views.DAY: "Select the day"}),
        **(
            {}
            if typed.isascii() and typed.isdigit()
            else {views.NUMBER: "How many must be a number; 0 when there was none"}
        ),
    }
    if wrong or day is None:
        raise FormRefusal(wrong)
    said = asked.desk.leaders.count(TeamId(unit), day, int(typed), asked.actor, parsing.submit_key(asked.body))
    asked.ack(response_action="update", view=message("Counted", said.text, close="Done", clear_on_close=True))


LEADER_FORMS: Mapping[str, Form] = {
    "endorse": Form(_draw_endorse, _endorse, "On record"),
    "counts": Form(_draw_counts, _counts, "Recorded"),
    "progress": Form(_draw_progress, _progress, "Recorded"),
}
