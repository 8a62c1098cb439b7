"""The self-audit after each tick: any overdue step of any age whose notice is missing is an error that is told, and pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.policy import Band
from bot.services.paging import control, page
from bot.services.tools import Tools
from bot.watch import Figures, Finding

GRACE = timedelta(seconds=30)
"""How long after its instant a step must have been taken."""
SENT_WITHIN = {
    Band.P1: timedelta(minutes=2),
    Band.P2: timedelta(minutes=5),
    Band.P3: timedelta(minutes=30),
    Band.P4: timedelta(minutes=30),
}
"""How long a reminder that may go can wait for Slack to confirm it."""
MOST = 100
"""Findings looked at in one audit, longest overdue first."""
NAMED = 10
"""References named in the control channel."""

log = structlog.get_logger()


@dataclass(slots=True)
class Known:
    """What earlier audits of this process saw, and since when it runs: what waited while it was down is not counted.

    A lapse counts when two audits running have found it: one that is being mended this moment is none.
    """

    running_since: datetime | None = None
    seen: frozenset[str] = frozenset()
    told: set[str] = field(default_factory=set)


def audit_self(at: datetime, *, tools: Tools, known: Known) -> Sequence[Finding]:
    """What was overdue at an instant before the last tick began, and nobody was told of; each is told once."""
    known.running_since = known.running_since or at
    before = {band: at - within for band, within in SENT_WITHIN.items() if at - within >= known.running_since}
    with tools.store.read() as uow:
        found = uow.reports.untold(steps_before=at - GRACE, notices_before=before, limit=MOST)
    lasting = [finding for finding in found if finding.key in known.seen]
    known.seen = frozenset(finding.key for finding in found)
    fresh = [finding for finding in lasting if finding.key not in known.told]
    if fresh:
        _tell(fresh, tools)
        known.told.update(finding.key for finding in fresh)
    known.told &= known.seen
    return lasting


def figures(*, tools: Tools) -> Figures:
    """How much is owed and waits now."""
    with tools.store.read() as uow:
        return uow.reports.figures(tools.clock.now())


def _tell(fresh: Sequence[Finding], tools: Tools) -> None:
    for finding in fresh:
        log.error(
            "overdue_and_nobody_told",
            lapse=finding.lapse,
            id=finding.id,
            case=finding.reference,
            since=finding.since_at.isoformat(),
        )
    now = tools.clock.now()
    references = list(dict.fromkeys(finding.reference for finding in fresh))
    key = f"self_audit:{fresh[0].key}"
    line = {
        "what": "self_audit",
        "found": len(fresh),
        "references": references[:NAMED],
        "more": len(references[NAMED:]),
        "since": fresh[0].since_at.isoformat(),
    }
    with tools.store.write() as uow:
        uow.outbox.add([control(tools, now, key, line, band=Band.P1), *page(tools, now, key, line)])
        uow.commit()
    tools.alarm.ring()
