"""What a failure leads to: a wait, a doubt, a hold of the whole road, or the next route; nothing decided is given up."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.cases import Case
from bot.domain.directory import Directory
from bot.domain.errors import NotFound, Poisoned
from bot.domain.events import Action, Entry
from bot.domain.grouping import BESIDE
from bot.domain.ids import BOT, ChannelId, NoticeId
from bot.domain.notices import (
    NO_MAIL_SERVER,
    OPERATORS,
    Destination,
    DestinationKind,
    FailureKind,
    Notice,
    NoticeKind,
    NoticeState,
    Road,
    SendFailed,
)
from bot.domain.policy import Band
from bot.domain.restriction import kept_from, last_resort
from bot.domain.roads import next_roads, tried_already
from bot.ports import UnitOfWork
from bot.services.changes import AWAY
from bot.services.gathering import settle
from bot.services.pace import Pace
from bot.services.paging import control, is_control, page
from bot.services.tools import Tools

BACK_OFF = (1, 2, 5, 10, 30, 60)
"""Seconds before each further try; the last for ever."""
LEASE = timedelta(seconds=45)
"""Longer than three time-outs of the sender and any late landing in Slack's history."""
ROUND_AGAIN = timedelta(minutes=10)
"""After every road has failed, a message of the two highest bands goes by the last one again, for ever."""
NEVER_GIVEN_UP = frozenset({Band.P1, Band.P2})

log = structlog.get_logger()


def is_plain(notice: Notice) -> bool:
    """Whether the wording was refused before, so that it goes out as a bare sentence."""
    return notice.last_error.startswith(FailureKind.CONTENT_BAD.value)


def card_key(notice: Notice) -> str:
    """What marks the card that a notice draws."""
    return f"card:{notice.case_id}:{notice.destination.id}"


def works(uow: UnitOfWork, destination: Destination, now: datetime) -> None:
    """Something arrived there: a route that was marked as dead is not, and the audit says so."""
    if uow.routes.mend(destination):
        subject = f"{destination.kind} {destination.id}"
        uow.audit.append([Entry(now, BOT, Action.ROUTE_MENDED, subject)])


def dead(uow: UnitOfWork, destination: Destination, code: str, now: datetime) -> None:
    """Mark a route as dead, for the administrators and the nightly probe; once on the audit until it works again."""
    if uow.routes.mark(destination, code=code, at=now):
        subject = f"{destination.kind} {destination.id}: {code}"
        uow.audit.append([Entry(now, BOT, Action.ROUTE_DIED, subject)])


def failed(notice: Notice, failure: SendFailed, *, tools: Tools, pace: Pace) -> None:
    """Give the failure its next step, in a transaction of its own."""
    now = tools.clock.now()
    wait = failure.retry_after or _wait(notice)
    plain = is_plain(notice)
    kept = notice.last_error if plain else f"{failure.kind.value}: {failure.code}"
    if failure.retry_after is not None:
        pace.block(notice.destination, now + failure.retry_after)
    with tools.store.write() as uow:
        match failure.kind:
            case FailureKind.REFUSED:
                uow.outbox.put_back(notice.id, not_before=now + wait, error=kept)
            case FailureKind.UNKNOWN:
                uow.outbox.keep_in_doubt(notice.id, until=now + (failure.retry_after or LEASE), error=kept)
            case FailureKind.GONE:
                if notice.case_id is not None:
                    uow.cards.forget(notice.case_id, ChannelId(notice.destination.id))
                uow.outbox.put_back(notice.id, not_before=now, error=kept)
            case FailureKind.CREDENTIAL_DEAD:
                uow.outbox.put_back(notice.id, not_before=now, error=kept)
                _hold(uow, notice.destination.kind.road, failure.code, tools, now)
            case FailureKind.CONTENT_BAD if not plain:
                uow.outbox.put_back(notice.id, not_before=now, error=kept)
            case _:
                _next_route(uow, notice, failure, tools, now)
        if not failure.known:
            tools.watch.unknown(failure.code)
            line = {"what": "unknown_code", "code": failure.code}
            uow.outbox.add([control(tools, now, f"unknown_code:{failure.code}", line)])
        uow.commit()


def not_worded(notice: Notice, tools: Tools, now: datetime) -> None:
    """Try again later, when the record or the rules have been mended, and tell the administrators once a case."""
    with tools.store.write() as uow:
        uow.outbox.put_back(notice.id, not_before=now + _wait(notice), error=notice.last_error)
        if notice.kind is not NoticeKind.CONTROL:
            key = f"not_worded:{notice.case_id or notice.key}"
            line = {"what": "not_worded", "case": notice.case_id or "", "kind": notice.kind.value}
            uow.outbox.add([control(tools, now, key, line, band=notice.band)])
        uow.commit()


def _wait(notice: Notice) -> timedelta:
    return timedelta(seconds=BACK_OFF[min(notice.tries, len(BACK_OFF)) - 1])


def _hold(uow: UnitOfWork, road: Road, code: str, tools: Tools, now: datetime) -> None:
    """Hold everything that goes by a road, and raise the alarm by the other one, once an hour while it lasts."""
    held = uow.outbox.hold_all(road=road, error=code)
    log.error("credential_dead", road=road, code=code, held=held)
    key = f"credential_dead:{road}:{now:%Y-%m-%dT%H}"
    line = {"what": "credential_dead", "road": road.value, "code": code, "held": held}
    if road is Road.MAIL:
        uow.outbox.add([control(tools, now, key, line, band=Band.P1)])
    else:
        uow.outbox.add(page(tools, now, key, line))


def _next_route(uow: UnitOfWork, notice: Notice, failure: SendFailed, tools: Tools, now: datetime) -> None:
    """This road is dead: mark it, and go by the next one with the same words.

    In the two highest bands there is no end of it: when no road is left, the last is tried again.
    """
    directory = tools.rules.directory
    if failure.code == NO_MAIL_SERVER and BESIDE in notice.payload:  # one road only: nobody was promised the other
        uow.outbox.mark_superseded(notice.id, at=now)
        return
    dead(uow, notice.destination, failure.code, now)
    log.error("route_dead", notice=notice.id, destination=notice.destination.id, code=failure.code)
    instead = _rerouted(uow, notice, tools, now)
    uow.outbox.add([*_told(notice, failure, tools, now), *instead])
    if instead or not _must_arrive(notice, directory):
        uow.outbox.mark_undeliverable(notice.id, error=failure.code, at=now)
        settle(uow, notice, NoticeState.UNDELIVERABLE, now, code=failure.code)
        subject = f"{notice.kind} to {notice.destination.kind} {notice.destination.id}: {failure.code}"
        uow.audit.append([Entry(now, BOT, Action.UNDELIVERABLE, subject, notice.case_id)])
        return
    error = f"{failure.kind.value}: {failure.code}"
    uow.outbox.put_back(notice.id, not_before=now + ROUND_AGAIN, error=error)
    line = {"what": "unreached", "to": notice.destination.id, "to_kind": notice.destination.kind.value}
    key = f"unreached:{notice.key}"
    uow.outbox.add([control(tools, now, key, line, case_id=notice.case_id, band=notice.band)])
    uow.outbox.add(page(tools, now, key, line, case_id=notice.case_id))


def _must_arrive(notice: Notice, directory: Directory) -> bool:
    urgent = notice.band in NEVER_GIVEN_UP and notice.kind is not NoticeKind.CARD
    return urgent and BESIDE not in notice.payload and not is_control(notice.destination, directory)


def _told(notice: Notice, failure: SendFailed, tools: Tools, now: datetime) -> list[Notice]:
    """One line to the administrators that a road is dead; of their own channel the operators hear by e-mail."""
    if is_control(notice.destination, tools.rules.directory):
        return []
    return [
        control(
            tools,
            now,
            f"route:{card_key(notice) if notice.kind is NoticeKind.CARD else notice.key}",
            {
                "what": "route_dead",
                "kind": notice.kind.value,
                "to": notice.destination.id,
                "to_kind": notice.destination.kind.value,
                "code": failure.code,
            },
            case_id=notice.case_id,
            band=notice.band,
        )
    ]


def _rerouted(uow: UnitOfWork, notice: Notice, tools: Tools, now: datetime) -> list[Notice]:
    """The same notice by the next roads; a card has none, and what goes beside another needs none.

    What is restricted never goes to somebody off its list: where its own roads end, the last resort hears.
    """
    directory = tools.rules.directory
    if notice.destination == Destination.channel(directory.control_channel):
        operators = bool(directory.operators) and notice.kind is not NoticeKind.CARD
        return [_copy(notice, Destination.email(OPERATORS), {}, tools, now)] if operators else []
    if notice.kind is NoticeKind.CARD or BESIDE in notice.payload or is_control(notice.destination, directory):
        return []
    roads = next_roads(notice, directory, now)
    case = _restricted(uow, notice)
    if case is not None:
        roads = tuple(road for road in roads if not kept_from(case, road))
        if not roads:
            return _last_resort(case, notice, tools, now)
    own = Destination.email(notice.destination.id)
    tried = [*tried_already(notice)]
    copies = []
    for road in roads:
        if road == own and notice.destination.kind is DestinationKind.PERSON:
            beside = {BESIDE: True} if len(roads) > 1 else {}
            copies.append(_copy(notice, road, {"by_mail": True, "tried": tried, **beside}, tools, now))
        else:
            copies.append(_copy(notice, road, {"instead_of": notice.destination.id, "tried": tried}, tools, now))
    return copies


def _restricted(uow: UnitOfWork, notice: Notice) -> Case | None:
    """The case of a notice when it is restricted; None when it is not, or cannot be read."""
    if notice.case_id is None:
        return None
    try:
        case = uow.cases.get(notice.case_id)
    except (Poisoned, NotFound):
        return None
    return case if case.restricted else None


def _last_resort(case: Case, notice: Notice, tools: Tools, now: datetime) -> list[Notice]:
    """Word to chief officers and designated officers, none of whom has been tried, that somebody of the list is out of reach."""
    if notice.kind is NoticeKind.RESTRICTED and notice.payload.get("what") == AWAY:
        return []
    people = last_resort(case, tools.rules.directory, now)
    places = [Destination.person(person) for person in people if person != notice.destination.id]
    word = replace(notice, kind=NoticeKind.RESTRICTED, payload={})
    return [_copy(word, place, {"what": AWAY}, tools, now) for place in places]


def _copy(notice: Notice, road: Destination, more: dict[str, object], tools: Tools, now: datetime) -> Notice:
    name = road.id if road.kind is DestinationKind.PERSON else f"{road.kind.value}:{road.id}"
    return Notice(
        id=NoticeId(tools.new_id()),
        key=f"{notice.key}>{name}",
        kind=notice.kind,
        destination=road,
        created_at=now,
        not_before=now,
        case_id=notice.case_id,
        band=notice.band,
        payload={**notice.payload, **more},
    )
