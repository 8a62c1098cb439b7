"""Risk inside a change: the case assessed with its facts, flags, history and overridden floors, and what a floor sets off."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.authorisation import Grave
from bot.domain.calendar import Calendar, Clock, Span
from bot.domain.cases import Case, Child, ChildReference
from bot.domain.concerns import Floor
from bot.domain.decisions import Decision, Outcome
from bot.domain.errors import Poisoned
from bot.domain.escalation import case_seats
from bot.domain.events import Action
from bot.domain.ids import AgencyId, CaseId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.owed import REFERRAL
from bot.domain.policy import Policy, Role
from bot.domain.restriction import first_list
from bot.domain.risk import Answer, Assessment, Earlier, Fired, History, assess, window_start
from bot.ports import UnitOfWork
from bot.services.areas import settle_areas
from bot.services.changes import Change
from bot.services.tools import Tools

FLOOR = "floor"
"""Why a case was restricted: a floor of the policy asks for it."""

log = structlog.get_logger()

MISSING = frozenset({"missing", "missing_from_care"})
"""The concerns of which each case is one missing episode."""
A_YEAR = Span(Clock.MONTHS, 12)
MOST_REFERENCES = 50
"""References followed from one child: more than that is a placeholder that many cases share, not a child."""
ABOVE = (Role.SUPERINTENDENT, Role.CHIEF_OFFICER)
"""Who is told where a floor's own role has nobody."""


def history_of(
    uow: UnitOfWork, children: Iterable[Child], *, at: datetime, agency: AgencyId | None, besides: Case | None = None
) -> History:
    """What is known of these children's referrals before one that came `at` an instant; `besides` is that one, once stored.

    A case that took in later referrals of the same child is looked at as of the last of them.
    """
    found = [case for case_id in cases_of(uow, children) if (case := _readable(uow, case_id)) is not None]
    if besides is not None:
        others = [case for case in found if case.id != besides.id]
        last = max((besides, *(case for case in others if case.merged_into == besides.id)), key=_came)
        found = [case for case in (*others, besides) if _came(case) < _came(last)]
        at, agency = last.opened_at, last.referring_agency
    return History(at, agency or "", tuple(_earlier(case) for case in found))


def _readable(uow: UnitOfWork, case_id: CaseId) -> Case | None:
    """An earlier case; None for a damaged one, which is reported elsewhere and must not hold up a new referral."""
    try:
        return uow.cases.get(case_id)
    except Poisoned:
        log.exception("earlier_case_unreadable", case_id=case_id)
        return None


def _came(case: Case) -> tuple[datetime, str]:
    return case.opened_at, case.reference


def cases_of(uow: UnitOfWork, children: Iterable[Child]) -> tuple[CaseId, ...]:
    """Every case about any of these children.

    Any of a child's references joins its cases, through the references that other agencies gave for the same child too.
    """
    waiting = [reference for child in children for reference in child.references]
    seen: set[ChildReference] = set()
    found: dict[CaseId, None] = {}
    while waiting and len(seen) < MOST_REFERENCES:
        reference = waiting.pop(0)
        if reference in seen:
            continue
        seen.add(reference)
        for case_id, child in uow.cases.known_as(reference.kind, reference.value):
            found[case_id] = None
            waiting.extend(child.references)
    return tuple(found)


def _earlier(case: Case) -> Earlier:
    ended_at = case.closed_at if case.no_further_action else None
    return Earlier(case.opened_at, case.referring_agency or "", case.concern in MISSING, ended_at)


def referral_number(history: History, calendar: Calendar) -> int:
    """Which referral about the same child in twelve months this is, itself included."""
    start_at = window_start(A_YEAR, history.at, calendar)
    return 1 + sum(start_at <= earlier.at <= history.at for earlier in history.earlier)


def overridden(decisions: Iterable[Decision], fired_at: Mapping[str, datetime]) -> frozenset[str]:
    """The floors that two people set aside since they last fired; one that fires anew counts again."""
    agreed = (
        (d.subject, d.decided_at) for d in decisions if d.act is Grave.OVERRIDE_FLOOR and d.outcome is Outcome.AGREED
    )
    return frozenset(code for code, at in agreed if at is not None and code in fired_at and at >= fired_at[code])


def reassess(change: Change, tools: Tools) -> Assessment:
    """Assess the case of a change as it now stands and put the outcome on it; open deadlines move earlier only."""
    case, policy, uow = change.case, change.policy, change.uow
    history = history_of(
        uow,
        uow.cases.particulars(case.id).children,
        at=case.opened_at,
        agency=case.referring_agency,
        besides=case,
    )
    aside = overridden(uow.decisions.of_case(case.id), case.fired_at)
    found = assess(policy, case.concern, case.grade, case.facts, case.flags, history, aside)
    fresh = [fired for fired in found.floors if fired.code not in case.fired_at]
    for fired in fresh:
        change.audit(Action.FLOOR_FIRED, fired.code)
    change.case = replace(
        case,
        effective_grade=found.grade,
        band=found.band,
        floors=tuple(fired.code for fired in found.floors if not fired.overridden),
        fired_at={fired.code: case.fired_at.get(fired.code, change.now) for fired in found.floors},
    )
    if not case.restricted and _restricts(change, found, fresh):
        change.close_to(first_list(change.case, tools.rules.directory), FLOOR)
    change.open((), change.now, named=[code for fired in fresh for code in fired.opens])
    tell_floors(change, fresh, tools)
    earlier = change.raise_to(found.band)
    if earlier:
        moved = [[old.id, old.due_at.isoformat()] for old in earlier]
        change.line(NoticeKind.RETIMED, {"deadlines": moved}, about=f"v{case.version}")
    return found


def put_facts(change: Change, answers: Mapping[str, Answer], tools: Tools) -> None:
    """Put answers to the concern's questions on the case: floors and what they open follow, and nothing becomes later.

    An answer that stands already, and one to a question of another concern, changes nothing.
    """
    asked = {fact.code for fact in change.policy.concern(change.case.concern).facts}
    facts = {
        fact: answer for fact, answer in answers.items() if fact in asked and change.case.facts.get(fact) != answer
    }
    if not facts:
        return
    for fact, answer in facts.items():
        change.audit(Action.FACT_ANSWERED, f"{fact} {answer}")
    change.case = replace(change.case, facts={**change.case.facts, **facts})
    reassess(change, tools)
    change.open([REFERRAL], change.case.opened_at)
    settle_areas(change, tools.rules.directory)


def _restricts(change: Change, found: Assessment, fresh: Iterable[Fired]) -> bool:
    """Whether a floor closes the case now: one that fires anew, or whose facts are known from now. Never a second time."""
    before = change.uow.cases.get(change.case.id).facts
    new = {fired.code for fired in fresh}
    for fired in closing(found, change.policy, change.case.facts):
        if fired.code in new or fired not in closing(found, change.policy, before):
            return True
    return False


def closing(found: Assessment, policy: Policy, facts: Mapping[str, Answer]) -> tuple[Fired, ...]:
    """The floors that close a case to a named list: their facts answered yes. Don't know raises risk and closes nothing."""
    return tuple(
        fired
        for fired in found.floors
        if fired.restricts and not fired.overridden and surely(policy.floors[fired.code], facts)
    )


def surely(floor: Floor, facts: Mapping[str, Answer]) -> bool:
    """Whether the facts of a floor are answered yes in so many words."""
    known = {code for code, answer in facts.items() if answer is Answer.YES}
    return known.issuperset(floor.all_of) and (not floor.any_of or bool(known.intersection(floor.any_of)))


def tell_floors(change: Change, fired: Iterable[Fired], tools: Tools) -> None:
    """Tell the roles that floors name, once for each case and floor; whoever is above them where there is nobody."""
    directory = tools.rules.directory
    seats = case_seats(change.case, directory)
    for floor in fired:
        for role in floor.tells:
            tried = (directory.resolve(each, seats, change.now) for each in (role, *ABOVE))
            people = next((found for found in tried if found), directory.listed(seats, change.now))
            places = [Destination.person(person) for person in people] or [
                Destination.channel(directory.control_channel)
            ]
            for place in places:
                key = f"floor:{change.case.id}:{floor.code}:{place.id}"
                change.notify(NoticeKind.FLOOR, key, place, {"floor": floor.code, "role": role.value})
