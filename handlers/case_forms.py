"""The forms of a case beside grave acts: each drawn from what the desk offers this person, and taken to the desk when sent."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.domain.answers import CaseChoices, RestrictionForm
from bot.domain.commands import (
    AnswerFact,
    AskPartner,
    Differ,
    Direct,
    HandOver,
    Listing,
    OnCase,
    RecordAct,
    RecordNumber,
    Restrict,
    Share,
    TellSchool,
)
from bot.domain.errors import FormRefusal
from bot.domain.ids import AgencyId, PersonId
from bot.domain.permissions import Verb
from bot.domain.risk import Answer
from handlers import parsing
from handlers.filled import Filled, Form
from handlers.middleware import Asked
from handlers.views import case_forms as views
from handlers.views import restriction
from handlers.views.forms import REASON, UNTIL, FormView

RECORD = "record"
"""The form of one act: what it asks beside a note."""


def _drawn(view: Callable[[CaseChoices], FormView]) -> Callable[[Asked, OnCase, str], FormView]:
    """The view filled with what this person may choose from."""

    def draw(asked: Asked, on: OnCase, _about: str) -> FormView:
        choices = asked.desk.case.choices(on, asked.actor)
        return replace(view(choices), reference=choices.reference)

    return draw


def _chosen(filled: Filled, name: str, what: str) -> str:
    code = filled.choice(name)
    if not code:
        raise FormRefusal({name: f"Select {what}"})
    return code


def _hand_over(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    to = PersonId(_chosen(filled, views.TO, "whom to hand it over to"))
    return asked.desk.case.hand_over(HandOver(on.case_id, to), asked.actor, key).text


def _direct(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    command = Direct(
        on.case_id,
        PersonId(_chosen(filled, views.TO, "who is to do it")),
        filled.instant(UNTIL),
        filled.text(views.WHAT, "In your own words"),
        filled.choice(views.LISTED),
    )
    return asked.desk.case.direct(command, asked.actor, key).text


def _number(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    command = RecordNumber(on.case_id, filled.text(views.NUMBER, "Our record number"))
    return asked.desk.case.give_number(command, asked.actor, key).text


def _fact(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    code, answer = _chosen(filled, views.FACT, "the question"), _chosen(filled, views.ANSWER, "the answer")
    if answer not in set(Answer):
        raise FormRefusal({views.ANSWER: "Select the answer"})
    asked.desk.answer_fact(AnswerFact(on.case_id, code, Answer(answer)), asked.actor, key)
    return "The answer is recorded. The card shows the grade and the limits that hold since."


def _draw_record(asked: Asked, on: OnCase, about: str) -> FormView:
    return views.record(asked.desk.case.act_form(on, parsing.act_and_child(about)[0], asked.actor))


def _record(asked: Asked, on: OnCase, about: str, filled: Filled, key: str) -> str:
    """The act that the form was opened for, or the one chosen in it."""
    code, child = parsing.act_and_child(about or _chosen(filled, views.ACT, "what was done"))
    who, one = filled.choice(views.WHO), filled.choice(views.LISTED)
    command = RecordAct(
        on.case_id,
        code,
        filled.text(views.NOTE, "Note"),
        filled.instant(views.WHEN),
        PersonId(who) if who else None,
        filled.text(views.LINK, "Link"),
        (one,) if one else filled.choices(views.LISTED),
        filled.whole(views.COUNT),
        child,
    )
    return asked.desk.case.record(command, asked.actor, key).text


def _share(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    command = Share(
        on.case_id,
        AgencyId(_chosen(filled, views.AGENCY, "the agency")),
        _chosen(filled, views.SHARES, "the decision") == "yes",
        filled.text(REASON, "Reason"),
        filled.choice(views.LISTED),
    )
    return asked.desk.case.share(command, asked.actor, key).text


def _ask(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    command = AskPartner(
        on.case_id,
        AgencyId(_chosen(filled, views.AGENCY, "the agency")),
        _chosen(filled, views.WHAT, "what you ask for"),
        _chosen(filled, views.BASIS, "the lawful basis"),
        filled.text(REASON, "Why"),
        filled.instant(UNTIL),
    )
    return asked.desk.case.ask(command, asked.actor, key).text


def _school(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    child = filled.choice(views.CHILD)
    command = TellSchool(on.case_id, filled.text(views.SCHOOL, "School"), int(child) if child.isdecimal() else None)
    return asked.desk.case.tell_school(command, asked.actor, key).text


def _differ(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    command = Differ(
        on.case_id,
        _chosen(filled, views.WHAT, "what you see differently"),
        AgencyId(_chosen(filled, views.AGENCY, "the agency")),
        filled.text(REASON, "In your own words"),
        at_once=filled.choice(views.AT_ONCE) == "yes",
    )
    return asked.desk.case.differ(command, asked.actor, key).text


def _restriction(view: Callable[[RestrictionForm], FormView], verb: Verb) -> Callable[[Asked, OnCase, str], FormView]:
    def draw(asked: Asked, on: OnCase, _about: str) -> FormView:
        return view(asked.desk.case.restriction(on, verb, asked.actor))

    return draw


def _restrict(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    about = filled.choice(restriction.ABOUT)
    command = Restrict(on.case_id, filled.text(REASON, "Reason"), PersonId(about) if about else None)
    return asked.desk.case.restrict(command, asked.actor, key).text


def _listed(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    desk, reason = asked.desk.case, filled.text(REASON, "Reason")
    decision = _chosen(filled, restriction.DECISION, "the decision")
    if decision == restriction.LIFT:
        return desk.lift(on, reason, asked.actor, key).text
    act = desk.take_off if decision == restriction.TAKE_OFF else desk.name
    command = Listing(on.case_id, PersonId(_chosen(filled, restriction.PERSON, "whom it concerns")), reason)
    return act(command, asked.actor, key).text


def _break_glass(asked: Asked, on: OnCase, _about: str, filled: Filled, key: str) -> str:
    return asked.desk.case.break_glass(on, filled.text(REASON, "Reason"), asked.actor, key).text


CASE_FORMS: Mapping[str, Form] = {
    "ask": Form(_drawn(views.ask), _ask, "Asked"),
    "school": Form(_drawn(views.school), _school, "Sent"),
    "differ": Form(_drawn(views.differ), _differ, "On the record"),
    "hand_over": Form(_drawn(views.hand_over), _hand_over, "Offered"),
    "direct": Form(_drawn(views.direct), _direct, "Directed"),
    "number": Form(_drawn(views.number), _number, "Recorded"),
    "fact": Form(_drawn(views.fact), _fact, "Recorded"),
    "held": Form(_drawn(views.held), _record, "Recorded"),
    RECORD: Form(_draw_record, _record, "Recorded"),
    "share": Form(_drawn(views.share), _share, "Recorded"),
    "restrict": Form(_restriction(restriction.restrict, Verb.RESTRICT), _restrict, "Restricted"),
    "listed": Form(_restriction(restriction.listed, Verb.RESTRICT), _listed, "Recorded"),
    "break_glass": Form(_restriction(restriction.break_glass, Verb.BREAK_GLASS), _break_glass, "Open to you"),
}
