"""Restricted cases: the closed card, and the forms by which leads say who may know and somebody senior breaks the glass."""

from bot.domain.answers import RestrictionForm
from bot.domain.letters import RestrictedLetter
from bot.domain.offers import Choice
from handlers.views.blocks import Drawn, Json, actions, asked, button, section, text_input
from handlers.views.controls import OPEN_CASE, verb_button
from handlers.views.forms import REASON, FormView, chosen_from
from handlers.views.text import escape

ABOUT, PERSON, DECISION = "about", "person", "decision"
NAME, TAKE_OFF, LIFT = "name", "take_off", "lift"
DECISIONS = (
    Choice(NAME, "Put them on the list"),
    Choice(TAKE_OFF, "Take them off the list"),
    Choice(LIFT, "Lift the restriction for everybody"),
)
RESTRICTS = (
    "It is closed to a named list: its owners, whoever referred it, the leads of the agencies on it, and you. "
    "Nobody else can find or open it, its channels hear nothing more, and no reminder of it reaches anybody else."
)
BREAKS = (
    "You are not on its list. Your reason is sealed and stays with the case, its leads are told at once by name, "
    "and you stay on its list until one of them takes you off."
)


def restricted(letter: RestrictedLetter) -> Drawn:
    """The closed card, or word of the restriction to one person: reference and whom to ask."""
    if letter.listed:
        value = f"{letter.id}:{letter.version}"
        press = button("Open", action_id=OPEN_CASE, value=value, label=f"Open {letter.reference}")
    else:
        press = verb_button(Choice("break_glass", "Open with a reason"), letter.reference)
    text = escape(letter.text)
    return Drawn(
        text, (section(f"*Restricted* · {text}"), actions([press], block_id=f"case:{letter.id}:{letter.version}"))
    )


def restrict(form: RestrictionForm) -> FormView:
    """Restricting a case, and whom it is about."""
    about = _about(form)
    return FormView(
        "Restrict the case", (section(f"{form.reference}: {RESTRICTS}"), *about, _reason(form)), "Restrict it"
    )


def _about(form: RestrictionForm) -> list[Json]:
    """Whom the case is about, when they work here."""
    if not form.people:
        return []
    return [chosen_from("Whom it is about, if they work here", ABOUT, form.people, optional=True)]


def listed(form: RestrictionForm) -> FormView:
    """Who is on the list, and a change to it."""
    names = ", ".join(choice.label for choice in form.listed)
    blocks = (
        section(f"{form.reference} exists for these people alone: {escape(names)}."),
        chosen_from("Decision", DECISION, DECISIONS),
        chosen_from("Person", PERSON, _everybody(form), optional=True),
        _reason(form),
    )
    return FormView("Who is on its list", blocks, "Record it")


def _everybody(form: RestrictionForm) -> tuple[Choice, ...]:
    """Those on the list first: a list of Slack's has an end."""
    return tuple(dict.fromkeys((*form.listed, *form.people)))


def break_glass(form: RestrictionForm) -> FormView:
    """Somebody senior comes onto the list for a reason."""
    return FormView("Open with a reason", (section(f"{form.reference}: {BREAKS}"), _reason(form)), "Open it")


def _reason(form: RestrictionForm) -> Json:
    hint = f"At least {form.least} characters. It is kept sealed, and no message carries it."
    return asked("Reason", text_input(REASON, multiline=True), block_id=REASON, hint=hint)
