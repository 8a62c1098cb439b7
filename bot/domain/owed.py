"""What a case owes, to whom and from when: milestones of the policy opened as deadlines by what has happened."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot.domain.cases import Case, HumanAct, Party
from bot.domain.deadlines import Deadline, extended, open_deadline
from bot.domain.directory import AgencyKind, Directory
from bot.domain.ids import AgencyId, DeadlineId, TeamId
from bot.domain.policy import Milestone, Owed, Policy
from bot.domain.risk import Answer

REFERRAL = "referral"
"""The event that opens a case."""

KIND_OF = {
    Owed.LEAD_AGENCY: AgencyKind.SOCIAL_CARE,
    Owed.POLICE: AgencyKind.POLICE,
    Owed.SOCIAL_CARE: AgencyKind.SOCIAL_CARE,
    Owed.HEALTH: AgencyKind.HEALTH,
    Owed.EDUCATION: AgencyKind.EDUCATION,
}


def owing(case: Case, milestone: Milestone, directory: Directory) -> tuple[tuple[AgencyId, TeamId], ...]:
    """The agencies and teams that owe a milestone; the police when the agency that should was not told."""
    if milestone.per_agency:
        return tuple((p.agency, p.team) for p in case.parties if p.owes_acknowledgement)
    kind = KIND_OF.get(milestone.owed_by, AgencyKind.POLICE)
    kinds = {directory.agencies[party.agency].kind: (party.agency, party.team) for party in reversed(case.parties)}
    found = kinds.get(kind) or kinds.get(AgencyKind.POLICE)
    return (found,) if found else ()


def opened(
    case: Case,
    *,
    triggers: Iterable[str],
    at: datetime,
    existing: Sequence[Deadline],
    policy: Policy,
    directory: Directory,
    new_id: Callable[[], str],
    named: Iterable[str] = (),
) -> list[Deadline]:
    """The deadlines that these events start at `at`; what is already owed (or owed only once) is not opened again.

    `named` are milestones that a floor makes due beside them, whatever their trigger.
    """
    facts = frozenset(code for code, answer in case.facts.items() if answer is not Answer.NO)
    found = []
    started = policy.milestones_for(case.concern, case.flags, facts, triggers)
    rows = {row.code: row for row in (*started, *policy.opened_by_floors(named, case.concern))}
    for milestone in rows.values():
        for agency, team in owing(case, milestone, directory):
            if _already(milestone, agency, existing):
                continue
            deadline = open_deadline(
                policy,
                milestone,
                deadline_id=DeadlineId(new_id()),
                case=case,
                agency=agency,
                team=team,
                trigger_at=at,
                kind=directory.agencies[agency].kind,
            )
            if deadline is not None:
                found.append(deadline)
    return found


def owed_until(
    policy: Policy,
    milestone: str,
    case: Case,
    party: Party,
    *,
    deadline_id: DeadlineId,
    now: datetime,
    until_at: datetime | None,
    kind: str | None = None,
) -> Deadline:
    """What an agency owes from now: until the instant that somebody named, else by the policy's limit for the case's band.

    `kind` is the kind of the agency. ValueError where the policy sets no limit.
    """
    row = policy.milestones[milestone]
    found = open_deadline(
        policy,
        row,
        deadline_id=deadline_id,
        case=case,
        agency=party.agency,
        team=party.team,
        trigger_at=now,
        kind=kind,
    )
    if found is None:
        raise ValueError(f"the policy sets no limit for {milestone} in {case.band}")
    if until_at is not None:
        found = extended(found, until_at, policy, row, now=now)
    return found


def _already(milestone: Milestone, agency: AgencyId, existing: Sequence[Deadline]) -> bool:
    same = [d for d in existing if d.kind == milestone.code and d.agency == agency]
    only_once = milestone.once or milestone.trigger == REFERRAL
    return any(d.is_open for d in same) or (only_once and bool(same))


def met_by(events: Iterable[str], deadlines: Iterable[Deadline], policy: Policy) -> list[Deadline]:
    """The open deadlines that these events or acts meet."""
    happened = frozenset(events)
    return [
        deadline
        for deadline in deadlines
        if deadline.is_open and (row := policy.milestones.get(deadline.kind)) and row.met_by & happened
    ]


def left_of(milestone: Milestone, acts: Iterable[HumanAct], policy: Policy) -> int:
    """How many were started and are not done, counted from the acts on the record; never less than none."""
    started = done = 0
    for act in acts:
        records = policy.records_of(act.code)
        started += act.count if milestone.trigger in records else 0
        done += act.count if milestone.met_by & records else 0
    return max(0, started - done)
