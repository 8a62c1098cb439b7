"""Finding a case without remembering its reference: the person's own, or by what may be looked for. Only what they may open."""

import re
from collections.abc import Sequence

from bot.domain.cases import Case, CaseStatus
from bot.domain.commands import Actor
from bot.domain.directory import AgencyKind
from bot.domain.errors import NotFound
from bot.domain.ids import AgencyId, CaseId, Reference
from bot.domain.overview import CaseChoice, OwnCases
from bot.domain.redaction import grade_label
from bot.domain.wording import LONDON
from bot.ports import UnitOfWork
from bot.services.overview import may_see
from bot.services.tools import Tools

NO_SUCH = "There is no such case, or it is not one of yours."
LAST, HELD, MOST_FOUND = 5, 20, 50
LONGEST = 60
"""Characters of what is looked for: references and record numbers are shorter."""
YEARS_BACK = 2
KINDS = {
    AgencyKind.POLICE: "police",
    AgencyKind.OTHER_FORCE: "police",
    AgencyKind.SOCIAL_CARE: "council",
    AgencyKind.OTHER_COUNCIL: "council",
    AgencyKind.HEALTH: "nhs",
}
"""The kind of a child's reference that is an agency's own record number."""


def choices(actor: Actor, *, tools: Tools) -> OwnCases:
    """The person's last five cases, and their open ones beside those."""
    with tools.store.read() as uow:
        last = uow.overview.touched_by(actor.person, limit=LAST)
        held = [case_id for case_id in uow.overview.held_by(actor.person, limit=HELD) if case_id not in last]
        return OwnCases(tuple(_choices(uow, last, actor, tools=tools)), tuple(_choices(uow, held, actor, tools=tools)))


def search(typed: str, actor: Actor, *, tools: Tools) -> Sequence[CaseChoice]:
    """Cases by reference, its end or its beginning, or by the agency's own record number; never by what is sealed.

    What was typed goes no further than these look-ups.
    """
    wanted = typed.strip()
    if not wanted or len(wanted) > LONGEST or not actor.known or actor.agency is None:
        return ()
    exactly, beginning = _references(wanted, tools)
    with tools.store.read() as uow:
        found = list(uow.overview.referenced(actor.agency, exactly=exactly, beginning=beginning, limit=MOST_FOUND))
        found += _by_own_record(uow, actor.agency, wanted, tools=tools)
        return _choices(uow, list(dict.fromkeys(found))[:MOST_FOUND], actor, tools=tools)


def own_case(reference: Reference, actor: Actor, *, tools: Tools) -> CaseId:
    """The case of a reference; the same NotFound whether there is none or it is not for this person."""
    with tools.store.read() as uow:
        try:
            case = uow.cases.find(reference)
        except NotFound:
            raise NotFound(NO_SUCH) from None
        if not may_see([case], actor, tools=tools):
            raise NotFound(NO_SUCH)
        return case.id


def _references(wanted: str, tools: Tools) -> tuple[list[Reference], str]:
    """The references that a number alone may mean, of this year and the two before, or how the reference begins."""
    prefix = tools.rules.policy.reference_prefix
    if re.fullmatch(r"[0-9]{1,7}", wanted):
        year = tools.clock.now().astimezone(LONDON).year
        number = int(wanted)
        return [Reference(f"{prefix}-{(year - back) % 100:02d}-{number:05d}") for back in range(YEARS_BACK + 1)], ""
    begun = re.fullmatch(rf"{re.escape(prefix)}(?:-([0-9]{{0,2}})(-[0-9]{{0,7}})?)?", wanted.upper())
    return [], wanted.upper() if begun else ""


def _by_own_record(uow: UnitOfWork, agency: AgencyId, wanted: str, *, tools: Tools) -> list[CaseId]:
    known = tools.rules.directory.agencies.get(agency)
    kind = KINDS.get(known.kind) if known else None
    found = list(uow.overview.recorded_as(agency, wanted))
    return [*found, *(uow.cases.with_reference(kind, wanted) if kind else ())]


def _choices(uow: UnitOfWork, case_ids: Sequence[CaseId], actor: Actor, *, tools: Tools) -> list[CaseChoice]:
    cases = may_see(uow.overview.cases(case_ids), actor, tools=tools)
    return [_choice(uow, case, tools) for case in cases]


def _choice(uow: UnitOfWork, case: Case, tools: Tools) -> CaseChoice:
    policy = tools.rules.policy_of(case.policy_version, uow)
    grade = grade_label(policy, case.concern, case.effective_grade)
    return CaseChoice(
        case.id, case.reference, case.version, grade, case.opened_at, is_open=case.status is CaseStatus.OPEN
    )
