"""What two agencies see differently on a case, and how it ends: once both have recorded the same outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.calendar import Calendar
from bot.domain.cases import Case, Party
from bot.domain.deadlines import Deadline, Due, PlannedStep, open_deadline, rescheduled
from bot.domain.directory import AgencyKind, Directory
from bot.domain.escalation import counterpart
from bot.domain.ids import AgencyId, CaseId, DeadlineId, DisagreementId, PersonId
from bot.domain.policy import URGENT, Policy, Stage

KIND = "disagreement"
"""The milestone of settling one, its stages, the flag that it puts in force, and the list of what it can be about."""
SETTLED = "disagreement_settled"
"""The policy's list of outcomes, and the event that a settled one is."""
WITHDRAWN = "withdrawn"
"""The outcome that the agency that raised it can record alone."""


@dataclass(frozen=True, slots=True)
class Word:
    """How one agency says that it was settled: an outcome of the policy's list, by whom and when."""

    outcome: str
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One disagreement of the agency that raised it with another; `about` is a code of the policy's list.

    `own` and `other` are the last words of the two agencies. It ends when both have said the same, or with its withdrawal.
    """

    id: DisagreementId
    case_id: CaseId
    raised_by: AgencyId
    with_agency: AgencyId
    by: PersonId
    at: datetime
    about: str
    own: Word | None = None
    other: Word | None = None
    ended_at: datetime | None = None
    revision: int = 1

    @property
    def waits(self) -> bool:
        """Whether it is not settled yet."""
        return self.ended_at is None

    @property
    def agencies(self) -> tuple[AgencyId, AgencyId]:
        """Whoever raised it, then the other."""
        return self.raised_by, self.with_agency

    @property
    def outcome(self) -> str:
        """How it was settled; empty while it is not."""
        return self.own.outcome if self.own is not None and not self.waits else ""

    def word_of(self, agency: AgencyId) -> Word | None:
        """What one of the two has said."""
        return self.own if agency == self.raised_by else self.other

    def said(self, agency: AgencyId, word: Word) -> "Disagreement":
        """With the word of one of the two; ended when the other has said the same, or when it is withdrawn."""
        heard = replace(self, own=word) if agency == self.raised_by else replace(self, other=word)
        words = (heard.own, heard.other)
        same = all(words) and len({each.outcome for each in words if each is not None}) == 1
        return replace(heard, ended_at=word.at) if same or word.outcome == WITHDRAWN else heard


def with_whom(case: Case, agency: AgencyId, directory: Directory) -> AgencyId | None:
    """The agency with whom somebody disagrees who names none: the other side, never the agency's own."""
    found = counterpart(case, agency, directory)
    return found if found != agency else None


def deadline_of(disagreement: Disagreement, agency: AgencyId) -> DeadlineId:
    """The clock that one of the two agencies owes."""
    return DeadlineId(f"{disagreement.id}:{agency}")


def owed_by_both(
    disagreement: Disagreement, case: Case, policy: Policy, directory: Directory, now: datetime
) -> Sequence[Deadline]:
    """A deadline for each of the two agencies, whose ladder is the stages; none where the policy has no such row."""
    row = policy.milestones.get(KIND)
    found = []
    for agency in disagreement.agencies if row is not None else ():
        party: Party | None = case.party(agency)
        team = party.team if party else directory.team_for(agency, concern=case.concern).id
        opened = row and open_deadline(
            policy,
            row,
            deadline_id=deadline_of(disagreement, agency),
            case=case,
            agency=agency,
            team=team,
            trigger_at=now,
            kind=directory.agencies[agency].kind,
        )
        if opened:
            found.append(opened)
    return found


def stage_at(deadline: Deadline, stages: Sequence[Stage]) -> str:
    """Who has it now, in words."""
    reached = max(deadline.done, 0)
    if reached < len(stages):
        return stages[reached].who
    return deadline.plan.last.name


def ends_at(deadline: Deadline) -> datetime | None:
    """When the stage that runs now is over and the next is told; None at the top."""
    above = deadline.plan.after(max(deadline.done, 0))
    return above.at if above else None


def taken_up(deadline: Deadline, number: int, policy: Policy, now: datetime) -> tuple[Deadline, Due]:
    """The deadline with a step brought forward to `now` and every later stage counted from there; never later than it was."""
    stages, calendar = policy.stages[KIND], policy.calendar
    urgent = deadline.band in URGENT
    at, fresh = now, {}
    for step in deadline.plan.steps:
        if step.number < number:
            continue
        at = min(step.at, at if step.number == number else _after(stages[step.number - 1], at, calendar, urgent=urgent))
        fresh[step.number] = at
    moved = rescheduled(deadline, fresh, calendar)
    step = next(each for each in moved.plan.steps if each.number == number)
    missed = tuple(each.number for each in moved.plan.steps if max(deadline.done, 0) < each.number < number)
    return moved, Due(step, missed, 0, by_hand=True)


def _after(stage: Stage, at: datetime, calendar: Calendar, *, urgent: bool) -> datetime:
    return calendar.due_at(stage.lasts(urgent=urgent), at)


def next_stage(deadline: Deadline) -> PlannedStep | None:
    """The stage above the one that runs; None at the top."""
    return deadline.plan.after(max(deadline.done, 0))


def last_stage(stages: Sequence[Stage]) -> int:
    """The step at which the last stage is told, where an immediate risk goes at once."""
    return len(stages) - 1


def about_words(disagreement: Disagreement, listed: Mapping[str, Mapping[str, str]]) -> str:
    """What it is about, in words that follow a colon."""
    return listed.get(KIND, {}).get(disagreement.about, disagreement.about)


def outcome_words(code: str, listed: Mapping[str, Mapping[str, str]]) -> str:
    """How it was settled, in words."""
    return "Withdrawn" if code == WITHDRAWN else listed.get(SETTLED, {}).get(code, code)


def agencies_to_differ_with(case: Case, own: AgencyId | None, directory: Directory) -> tuple[AgencyId, ...]:
    """The agencies of a case with whom another can disagree, the usual one first."""
    usual = with_whom(case, own, directory) if own else None
    others = [party.agency for party in case.parties if party.agency not in {own, usual}]
    others.sort(key=lambda each: directory.agencies[each].kind is not AgencyKind.SOCIAL_CARE)
    return (*((usual,) if usual else ()), *others)
