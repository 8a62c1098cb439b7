"""Everything chosen under a card's selects and pressed under a message that asks: one registry of verbs.

A choice is a verb and what it is about, `agree:<proposal>:<version>`; it is a hint, and the desk judges it anew.
"""

from collections.abc import Callable, Mapping

from bot.domain.answers import Said
from bot.domain.commands import Actor, AnswerRequest, Decide, Differ, HandOver, OnCase, Propose
from bot.domain.errors import Refusal
from bot.domain.grade_samples import Reading
from bot.domain.ids import DeadlineId, DecisionId, DisagreementId, HandoverId, RequestId
from bot.domain.requests import RequestState
from bot.services.case_desk import CaseDesk
from handlers import briefs, parsing
from handlers.actions import NOT_OPENED, open_case
from handlers.forms import FORMS, grave, open_form
from handlers.middleware import Asked
from handlers.views.forms import proposal_read

EXTERNAL_REASON = (
    "What was typed opens inside the force's own workspace alone. The reason from the list stands in the message; "
    "ask whoever put it forward for more."
)

Verb = Callable[[Asked, OnCase, str], None]


def choose(asked: Asked) -> None:
    """Do what was chosen."""
    on = parsing.on_case(asked.body)
    name, _, about = parsing.chosen(asked.body).partition(":")
    verb = VERBS.get(name)
    if verb is None:
        raise Refusal(parsing.OUTDATED)
    verb(asked, on, about)


def _key(asked: Asked) -> str:
    return parsing.press_key(asked.body, asked.actor.person)


def _propose(asked: Asked, on: OnCase, about: str) -> None:
    """Put a grave act forward: with a listed reason at once, else by its form."""
    code, _, listed = about.partition(":")
    if not listed:
        open_form(asked, on, "propose", code)
        return
    command = Propose(on.case_id, grave(code), "", listed=listed)
    said = asked.desk.propose(command, asked.actor, _key(asked))
    asked.tell(said.text, title="Put forward")


def _decide(asked: Asked, about: str, *, agree: bool) -> None:
    decision, _, version = about.partition(":")
    if not version.isdigit():
        raise Refusal(parsing.OUTDATED)
    said = asked.desk.decide(Decide(DecisionId(decision), int(version), agree), asked.actor, _key(asked))
    asked.tell(said.text, title="Agreed" if agree else "Turned down")


def _agree(asked: Asked, _on: OnCase, about: str) -> None:
    _decide(asked, about, agree=True)


def _turn_down(asked: Asked, _on: OnCase, about: str) -> None:
    _decide(asked, about, agree=False)


def _read_reason(asked: Asked, _on: OnCase, about: str) -> None:
    if asked.actor.external:
        raise Refusal(EXTERNAL_REASON)
    answer = asked.desk.read_proposal(DecisionId(about), asked.actor)
    asked.open_view(proposal_read(answer), otherwise=NOT_OPENED.format(phone=asked.phone))


def _form(asked: Asked, on: OnCase, about: str) -> None:
    if about not in FORMS:
        raise Refusal(parsing.OUTDATED)
    open_form(asked, on, about)


def _answered(title: str, act: Callable[[CaseDesk, OnCase, str, Actor, str], Said]) -> Verb:
    """A verb that is done at once and answered in one sentence."""

    def verb(asked: Asked, on: OnCase, about: str) -> None:
        asked.tell(act(asked.desk.case, on, about, asked.actor, _key(asked)).text, title=title)

    return verb


def _read(reading: Reading) -> Verb:
    """What the second reader finds of a grade."""

    def verb(asked: Asked, _on: OnCase, about: str) -> None:
        said = asked.desk.leaders.read_grade(about, reading, asked.actor, _key(asked))
        asked.tell(said.text, title="Recorded")

    return verb


def _answer(state: RequestState) -> Verb:
    """What became of a request, `<request>` or `<request>:<reason>` when it is refused."""

    def verb(asked: Asked, _on: OnCase, about: str) -> None:
        request, _, reason = about.partition(":")
        command = AnswerRequest(RequestId(request), state, reason)
        asked.tell(asked.desk.case.answer(command, asked.actor, _key(asked)).text, title="Recorded")

    return verb


def _school_told(asked: Asked, on: OnCase, about: str) -> None:
    """A school's lead has been told, of the child of that number or (0) of all."""
    if not about.isdecimal():
        raise Refusal(parsing.OUTDATED)
    said = asked.desk.case.school_told(on, int(about[:3]), asked.actor, _key(asked))
    asked.tell(said.text, title="Recorded")


def _take_up(asked: Asked, _on: OnCase, about: str) -> None:
    """A disagreement taken to a stage, `<disagreement>:<stage>`."""
    disagreement, _, stage = about.partition(":")
    if not stage.isdigit():
        raise Refusal(parsing.OUTDATED)
    said = asked.desk.case.take_up(DisagreementId(disagreement), int(stage), asked.actor, _key(asked))
    asked.tell(said.text, title="Taken up")


def _settled(asked: Asked, _on: OnCase, about: str) -> None:
    """What an agency says of how a disagreement was settled, `<disagreement>:<outcome>`."""
    disagreement, _, outcome = about.partition(":")
    said = asked.desk.case.settle(DisagreementId(disagreement), outcome, asked.actor, _key(asked))
    asked.tell(said.text, title="Recorded")


VERBS: Mapping[str, Verb] = {
    "open": lambda asked, _on, _about: open_case(asked),
    **{f"read_{reading.value}": _read(reading) for reading in Reading},
    "answered": _answer(RequestState.ANSWERED),
    "nothing_held": _answer(RequestState.NOTHING_HELD),
    "refused": _answer(RequestState.REFUSED),
    "propose": _propose,
    "agree": _agree,
    "turn_down": _turn_down,
    "read_reason": _read_reason,
    "form": _form,
    "chase": _answered("On the card", lambda desk, on, _, actor, key: desk.chase(on, actor, key)),
    "snooze": _answered("Put off", lambda desk, on, code, actor, key: desk.snooze(on, code, actor, key)),
    "hand_over": _answered("Offered", lambda desk, on, _, actor, key: desk.hand_over(HandOver(on.case_id), actor, key)),
    "accept": _answered("Accepted", lambda desk, _, offer, actor, key: desk.accept(HandoverId(offer), actor, key)),
    "decline": _answered("Declined", lambda desk, _, offer, actor, key: desk.decline(HandoverId(offer), actor, key)),
    "withdraw": _answered("Withdrawn", lambda desk, _, offer, actor, key: desk.withdraw(HandoverId(offer), actor, key)),
    "directed": _answered(
        "Recorded",
        lambda desk, on, about, actor, key: desk.direction_done(on.case_id, DeadlineId(about), actor, key),
    ),
    "read_as": _answered("Recorded", lambda desk, on, code, actor, key: desk.read_as(on, code, actor, key)),
    "cannot_help": _answered("Recorded", lambda desk, on, code, actor, key: desk.cannot_help(on, code, actor, key)),
    "told": _answered("Told", lambda desk, on, code, actor, key: desk.tell_referrer(on, code, actor, key)),
    "heard": _answered("Recorded", lambda desk, on, _, actor, key: desk.heard(on, actor, key)),
    "differ": _answered(
        "On the record", lambda desk, on, about, actor, key: desk.differ(Differ(on.case_id, about), actor, key)
    ),
    "school_told": _school_told,
    "take_up": _take_up,
    "settled": _settled,
    "brief": briefs.on_case,
    "break_glass": lambda asked, on, _: open_form(asked, on, "break_glass"),
}
