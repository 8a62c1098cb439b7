"""The part of the Desk that works one case beside the core acts: hand-overs, holds, directions, answers, sharing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.domain.answers import ActForm, CaseChoices, RestrictionForm, Said
from bot.domain.commands import (
    Actor,
    AnswerRequest,
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
from bot.domain.ids import CaseId, DeadlineId, DisagreementId, HandoverId, Reference
from bot.domain.pending import Pending
from bot.domain.permissions import Verb
from bot.services import (
    choosing,
    directions,
    disagreements,
    feedback,
    handovers,
    holds,
    receiving,
    recording,
    requests,
    restricting,
    schools,
    sharing,
)
from bot.services.tools import Tools, again


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """Use cases on one case; the last argument of each act is the inbound idempotency key."""

    record: Callable[[RecordAct, Actor, str], Said]
    """Record an act with what its form asks: when it was done, whom it names, a link."""
    act_form: Callable[[OnCase, str, Actor], ActForm]
    """What the form of an act asks; Refusal when this person may not record it."""
    choices: Callable[[OnCase, Actor], CaseChoices]
    """What the forms of a case let this person choose from."""
    beside: Callable[[Reference], Pending]
    """Proposals, hand-overs and holds of a case, without reasons."""
    hand_over: Callable[[HandOver, Actor, str], Said]
    accept: Callable[[HandoverId, Actor, str], Said]
    decline: Callable[[HandoverId, Actor, str], Said]
    withdraw: Callable[[HandoverId, Actor, str], Said]
    snooze: Callable[[OnCase, str, Actor, str], Said]
    chase: Callable[[OnCase, Actor, str], Said]
    direct: Callable[[Direct, Actor, str], Said]
    direction_done: Callable[[CaseId, DeadlineId, Actor, str], Said]
    read_as: Callable[[OnCase, str, Actor, str], Said]
    cannot_help: Callable[[OnCase, str, Actor, str], Said]
    give_number: Callable[[RecordNumber, Actor, str], Said]
    tell_referrer: Callable[[OnCase, str, Actor, str], Said]
    heard: Callable[[OnCase, Actor, str], Said]
    differ: Callable[[Differ, Actor, str], Said]
    tell_school: Callable[[TellSchool, Actor, str], Said]
    school_told: Callable[[OnCase, int, Actor, str], Said]
    """The school's lead confirms that they were told, of one child or (0) of all."""
    take_up: Callable[[DisagreementId, int, Actor, str], Said]
    """Take a disagreement to a stage now."""
    settle: Callable[[DisagreementId, str, Actor, str], Said]
    """Say for one's agency how a disagreement was settled."""
    share: Callable[[Share, Actor, str], Said]
    ask: Callable[[AskPartner, Actor, str], Said]
    answer: Callable[[AnswerRequest, Actor, str], Said]
    restrict: Callable[[Restrict, Actor, str], Said]
    name: Callable[[Listing, Actor, str], Said]
    """Put somebody on the list of a restricted case."""
    take_off: Callable[[Listing, Actor, str], Said]
    lift: Callable[[OnCase, str, Actor, str], Said]
    break_glass: Callable[[OnCase, str, Actor, str], Said]
    """Come onto the list of a restricted case for a reason; the leads hear at once."""
    restriction: Callable[[OnCase, Verb, Actor], RestrictionForm]
    """What the form of a restriction offers; Refusal when this person may not take the act."""


def case_desk(tools: Tools) -> CaseDesk:
    """The use cases bound to their dependencies."""
    return CaseDesk(
        record=again(partial(recording.record, tools=tools)),
        act_form=partial(recording.act_form, tools=tools),
        choices=partial(choosing.choices, tools=tools),
        beside=partial(choosing.beside, tools=tools),
        hand_over=again(partial(handovers.offer, tools=tools)),
        accept=again(partial(handovers.accept, tools=tools)),
        decline=again(partial(handovers.decline, tools=tools)),
        withdraw=again(partial(handovers.withdraw, tools=tools)),
        snooze=again(partial(holds.snooze, tools=tools)),
        chase=again(partial(holds.chase, tools=tools)),
        direct=again(partial(directions.direct, tools=tools)),
        direction_done=again(partial(directions.direction_done, tools=tools)),
        read_as=again(partial(receiving.read_as, tools=tools)),
        cannot_help=again(partial(receiving.cannot_help, tools=tools)),
        give_number=again(partial(receiving.give_number, tools=tools)),
        tell_referrer=again(partial(feedback.tell_referrer, tools=tools)),
        heard=again(partial(feedback.heard, tools=tools)),
        differ=again(partial(disagreements.differ, tools=tools)),
        tell_school=again(partial(schools.tell_school, tools=tools)),
        school_told=again(partial(schools.confirm, tools=tools)),
        take_up=again(partial(disagreements.take_up, tools=tools)),
        settle=again(partial(disagreements.settle, tools=tools)),
        share=again(partial(sharing.share, tools=tools)),
        ask=again(partial(requests.ask, tools=tools)),
        answer=again(partial(requests.answer, tools=tools)),
        restrict=again(partial(restricting.restrict, tools=tools)),
        name=again(partial(restricting.name, tools=tools)),
        take_off=again(partial(restricting.take_off, tools=tools)),
        lift=again(partial(restricting.lift, tools=tools)),
        break_glass=again(partial(restricting.break_glass, tools=tools)),
        restriction=partial(restricting.restriction, tools=tools),
    )
