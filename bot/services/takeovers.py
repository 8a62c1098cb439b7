"""Investigations that were open already, taken over as cases with clocks; what the floors hold above their grade is listed."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from bot.domain.cases import Case
from bot.domain.commands import Actor, Referral, Send
from bot.domain.directory import AgencyKind
from bot.domain.errors import Refusal
from bot.domain.events import Action, Entry
from bot.domain.ids import AgencyId, DraftId, TeamId
from bot.domain.incidents import Incident, NotTaken
from bot.domain.permissions import may_lead
from bot.domain.redaction import grade_label
from bot.domain.risk import Assessment, assess
from bot.domain.takeover import Below, Columns, TakenOver, TakeOver, in_order, read_investigation
from bot.ports import UnitOfWork
from bot.services.matters import may_or_refuse
from bot.services.referrals import open_case
from bot.services.reviewing import phone_words
from bot.services.tools import Tools, again

BATCH = 50
"""Investigations in one transaction: nobody else waits longer for their turn."""
ALONE = "Taken over from the force's own records as an open investigation; its grade is not below the floors."
MOST_BELOW = 1000


def take_over(rows: Sequence[object], columns: Columns, actor: Actor, *, dry: bool, tools: Tools) -> TakeOver:
    """Make a case of every row, with its clocks from now; the others come back with their reasons. Dry, nothing is kept.

    A number that the record has gives its case again. Children's social care is told of what is graded below the floors.
    """
    directory, policy, now = tools.rules.directory, tools.rules.policy, tools.clock.now()
    may_or_refuse(may_lead(actor, directory, phone=phone_words(policy)))
    taken: list[TakenOver] = []
    returned: list[NotTaken] = []
    seen: set[str] = set()
    numbered = iter(enumerate(rows, 1))
    while part := list(islice(numbered, BATCH)):
        done = again(_batch)(part, columns, actor, seen, dry=dry, tools=tools)
        taken += done.taken
        returned += done.returned
        seen |= {one.number for one in done.taken}
    if not dry:
        with tools.store.write() as uow:
            subject = f"{len(taken)} taken {len(returned)} returned"
            uow.audit.append([Entry(now, actor.person, Action.CASES_IMPORTED, subject)])
            uow.commit()
        tools.alarm.ring()
    return TakeOver(in_order(taken), tuple(returned), dry)


def _batch(
    part: Sequence[tuple[int, object]], columns: Columns, actor: Actor, seen: set[str], *, dry: bool, tools: Tools
) -> TakeOver:
    taken: list[TakenOver] = []
    returned: list[NotTaken] = []
    with tools.store.write() as uow:
        for number, row in part:
            try:
                with uow.savepoint():
                    taken.append(_one(uow, number, row, columns, actor, seen, dry=dry, tools=tools))
            except Refusal as refusal:
                returned.append(NotTaken(number, refusal.sentence))
        if not dry:
            uow.commit()
    return TakeOver(tuple(taken), tuple(returned), dry)


def _one(
    uow: UnitOfWork,
    row: int,
    given: object,
    columns: Columns,
    actor: Actor,
    seen: set[str],
    *,
    dry: bool,
    tools: Tools,
) -> TakenOver:
    policy, now = tools.rules.policy, tools.clock.now()
    found = read_investigation(given, columns, policy, now)
    before = uow.overview.recorded_as(tools.rules.directory.police.id, found.number)
    case = uow.cases.get(before[0]) if before else None
    already = case is not None or found.number in seen
    risk = assess(policy, found.concern, found.grade, found.facts, frozenset())
    below = risk.grade != found.grade
    if case is None and not already:
        case = _open(uow, found, actor, below=below, tools=tools, now=now)
    return _taken(row, found, case, risk, already=already, dry=dry, tools=tools)


def _taken(
    row: int, found: Incident, case: Case | None, risk: Assessment, *, already: bool, dry: bool, tools: Tools
) -> TakenOver:
    policy = tools.rules.policy
    return TakenOver(
        row=row,
        number=found.number,
        reference=None if case is None or (dry and not already) else case.reference,
        known_since=found.at,
        grade=grade_label(policy, found.concern, found.grade),
        least=grade_label(policy, found.concern, risk.grade),
        below=risk.grade != found.grade,
        floors=tuple(floor.sentence for floor in risk.floors),
        already=already,
    )


def _open(uow: UnitOfWork, found: Incident, actor: Actor, *, below: bool, tools: Tools, now: datetime) -> Case:
    directory = tools.rules.directory
    team = directory.teams.get(TeamId(found.team)) if found.team else None
    if found.team and (team is None or team.agency != directory.police.id):
        raise Refusal("team must be the id of a team of the force, as the directory names it.")
    social_care = directory.agency_of_kind(AgencyKind.SOCIAL_CARE)
    told: tuple[AgencyId, ...] = (social_care.id,) if below and social_care else ()
    return open_case(
        uow,
        Referral(
            concern=found.concern,
            grade=found.grade,
            asks_for=found.asks_for,
            children=found.children,
            narrative=found.narrative,
            address=found.address,
            channel=team.channel if team else None,
        ),
        Send(DraftId(""), told, "" if told else ALONE, first_aware_at=found.at),
        actor,
        tools=tools,
        now=now,
        facts=found.facts,
        record_number=found.number,
    )


def below(*, tools: Tools) -> Sequence[Below]:
    """Open cases that floors hold above the grade somebody gave them, the longest known first, with what is due next."""
    with tools.store.read() as uow:
        cases = uow.overview.cases(uow.grade_reads.held_above(limit=MOST_BELOW))
        owed = uow.deadlines.of_cases([case.id for case in cases])
        return [
            _below(case, min((d.due_at for d in owed[case.id] if d.is_open and d.pings), default=None), tools, uow)
            for case in cases
            if case.restricted_to is None
        ]


def _below(case: Case, next_due_at: datetime | None, tools: Tools, uow: UnitOfWork) -> Below:
    policy = tools.rules.policy_of(case.policy_version, uow)
    return Below(
        case_id=case.id,
        reference=case.reference,
        concern=policy.concern(case.concern).label if case.concern in policy.concerns else case.concern,
        given=grade_label(policy, case.concern, case.grade),
        held=grade_label(policy, case.concern, case.effective_grade),
        floors=tuple(policy.floors[code].sentence for code in case.floors if code in policy.floors),
        known_since=case.first_aware_at,
        next_due_at=next_due_at,
    )
