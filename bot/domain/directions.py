"""A direction: what a leader told one person to do by an instant, as a deadline with its ladder like any other."""

from dataclasses import replace
from datetime import datetime

from bot.domain.cases import Case, Party
from bot.domain.deadlines import Deadline
from bot.domain.ids import DeadlineId, PersonId
from bot.domain.owed import owed_until
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
    owed = owed_until(policy, DIRECTION, case, party, deadline_id=deadline_id, now=now, until_at=until_at, kind=kind)
    return replace(owed, owner=to)
