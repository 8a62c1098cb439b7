"""What stands beside a case and is not part of it: what waits for somebody's word, and what somebody has put off."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.authorisation import ACT_WORDS, Grave
from bot.domain.cases import Case, CaseStatus, HumanAct
from bot.domain.concerns import Snooze
from bot.domain.decisions import Decision
from bot.domain.directory import Directory
from bot.domain.disagreements import Disagreement
from bot.domain.handovers import Handover
from bot.domain.holds import Hold, HoldKind, holding
from bot.domain.requests import Request
from bot.domain.wording import full_moment


@dataclass(frozen=True, slots=True)
class Pending:
    """Everything that a card shows beside the record of its case: of all time, what has ended too.

    `timed` are acts whose time it says, never their note.
    """

    decisions: tuple[Decision, ...] = ()
    handovers: tuple[Handover, ...] = ()
    holds: tuple[Hold, ...] = ()
    requests: tuple[Request, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    timed: tuple[HumanAct, ...] = ()


def pending_notes(
    pending: Pending, case: Case, snoozes: Mapping[str, Snooze], directory: Directory, now: datetime
) -> Iterator[str]:
    """One neutral sentence for each thing that stands at `now`; reasons that were typed are left out.

    On a case that is not open there is nothing left to hand over or to put off, and nothing to decide but to open it again.
    """
    closed = case.status is not CaseStatus.OPEN
    for decision in pending.decisions:
        if decision.waits and (not closed or decision.act is Grave.REOPEN):
            who = directory.name_of(decision.by)
            yield f"Waits for a second person: {ACT_WORDS[decision.act]} (put forward by {who})"
    if closed:
        return
    for offered in pending.handovers:
        if offered.waits:
            yield _offered(offered, case, directory)
    for request in pending.requests:
        if request.waits:
            asking, asked = (directory.agencies[each].name for each in (request.asking, request.asked))
            yield f"{asking} asked {asked} on {full_moment(request.at)}, not answered yet"
    for hold in holding(pending.holds, now):
        yield _held(hold, snoozes, directory)


def _offered(offered: Handover, case: Case, directory: Directory) -> str:
    to = " or ".join(map(directory.name_of, offered.to))
    party = case.party(offered.agency)
    owner = f"{directory.name_of(party.owner)} stays the owner" if party and party.owner else "nobody owns it yet"
    agency = directory.agencies[offered.agency].name
    return f"Offered to {to} for {agency} on {full_moment(offered.at)}, not accepted: {owner}"


def _held(hold: Hold, snoozes: Mapping[str, Snooze], directory: Directory) -> str:
    who = directory.name_of(hold.person)
    if hold.kind is HoldKind.CHASE:
        return f"{who} is chasing it, since {full_moment(hold.at)}"
    reason = snoozes.get(hold.code)
    why = f" ({reason.label})" if reason else ""
    return f"{who} put their own reminders off until {full_moment(hold.until_at)}{why}"
