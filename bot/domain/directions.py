"""A direction: what a leader told one person to do by an instant, as a deadline with its ladder like any other."""

from dataclasses import replace
from datetime import datetime

from bot.domain.cases import Case, Party
from bot.domain.deadlines import Deadline, extended, open_deadline
from bot.domain.ids import DeadlineId, PersonId
from bot.domain.policy import Policy

DIRECTION = "direction"
"""The milestone code of a leader's direction."""


def direction(
    policy: Policy,
    case: Case,
    party: Party,
    *,
    deadline_id: DeadlineId,
    to: PersonId,
    until_at: datetime,
    now: datetime,
    kind: str,
) -> Deadline:
    """The deadline that one person owes by an instant; `kind` is the kind of their agency."""
    row = policy.milestones[DIRECTION]
    opened = open_deadline(
        policy,
        row,
        deadline_id=deadline_id,
        case=case,
        agency=party.agency,
        team=party.team,
        trigger_at=now,
        kind=kind,
    )
    if opened is None:
        raise ValueError(f"the policy sets no limit for a direction in {case.band}")
    return replace(extended(opened, until_at, policy, row, now=now), owner=to)
