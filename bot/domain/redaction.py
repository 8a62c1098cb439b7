"""The only view of a case that may reach a channel, a direct message or a lock screen.

Built from codes, instants, staff names and the policy's own words. It has no way to the particulars, so a view that
takes a ShareableCase cannot leak them: privacy is a type.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.authorisation import Grave
from bot.domain.cases import Case, HumanAct, Party
from bot.domain.concerns import ActInput
from bot.domain.deadlines import Deadline
from bot.domain.decisions import SECOND_ANSWER, Outcome
from bot.domain.directory import Directory
from bot.domain.disagreement_offers import differ_groups, differ_notes
from bot.domain.escalation import next_told
from bot.domain.gates import Transition
from bot.domain.ids import AgencyId, CaseId, Reference
from bot.domain.offers import Choice, Group, act_groups, more_groups, proposal_groups
from bot.domain.pending import Pending, pending_notes
from bot.domain.policy import Band, Policy
from bot.domain.wording import full_moment, ordinal

ACKNOWLEDGE = "acknowledgement"
"""The milestone code of an agency's acknowledgement."""
FIRST_ACTION = "first_action"
"""The milestone code of the first protective action."""
STALL = "stall"
"""The milestone code of the alarm for silence."""
FOR_LEADERS = "for leaders"
"""What stands in the place of a grade where no child is concerned."""
GRADED = "graded"
"""The milestone code of the first grading."""


class Tag(StrEnum):
    """The word that comes first on a card."""

    WAITING = "Waiting"
    TOLD_BY_PHONE = "Told by phone"
    ACKNOWLEDGED = "Acknowledged"
    OVERDUE = "Overdue"
    CLOSED = "Closed"


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """What one agency owes and has said. `by` and `at` belong to the acknowledgement, or the call while it is outstanding."""

    agency: AgencyId
    name: str
    tag: Tag
    due_at: datetime | None
    by: str = ""
    at: datetime | None = None
    record_number: str = ""
    raised_it: bool = False


@dataclass(frozen=True, slots=True)
class OwedLine:
    """One open or met deadline in words, with its basis. `main` marks those that ping: the card shows these."""

    kind: str
    title: str
    agency_name: str
    due_at: datetime
    basis: str
    met: bool
    late: bool
    main: bool = True
    met_by: str = ""
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the bot will do next if nobody acts, and whom that would reach."""

    at: datetime
    name: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareableCase:
    """A case as a card may show it."""

    id: CaseId
    reference: Reference
    version: int
    concern: str
    grade: str
    graded: bool
    band: Band
    tag: Tag
    asks_for: str
    floors: tuple[str, ...]
    opened_at: datetime
    first_aware_at: datetime
    children: int
    agencies: tuple[AgencyLine, ...]
    owed: tuple[OwedLine, ...]
    owners: tuple[str, ...]
    next_step: NextStep | None
    grades: tuple[Choice, ...]
    incomplete: bool
    notes: tuple[str, ...] = ()
    act_groups: tuple[Group, ...] = ()
    proposals: tuple[Group, ...] = ()
    more: tuple[Group, ...] = ()


def milestone_title(policy: Policy, kind: str) -> str:
    """What a kind of deadline is called; its code in words when today's policy no longer has it."""
    row = policy.milestones.get(kind)
    return row.title if row else _words(kind)


def grade_label(policy: Policy, concern: str, grade: str | None) -> str:
    """What a grade is called; its code in words when today's policy no longer has it."""
    if grade is None:
        return "Not graded yet"
    known = policy.concerns.get(concern)
    offered = {each.code: each.label for each in known.grades} if known else {}
    return offered.get(grade) or _words(grade)


def _words(code: str) -> str:
    """A code that today's policy no longer has, as people can read it: a running case outlives its policy."""
    return code.replace("_", " ").capitalize()


def shareable(
    case: Case,
    deadlines: Sequence[Deadline],
    *,
    children: int,
    policy: Policy,
    directory: Directory,
    now: datetime,
    pending: Pending | None = None,
) -> ShareableCase:
    """The card's view of a case at `now`, drawn from the record alone; `pending` is what stands beside it."""
    concern, beside = policy.concerns.get(case.concern), pending or Pending()
    agencies = tuple(_agency_line(party, deadlines, directory, now) for party in case.parties)
    owners = dict.fromkeys(directory.name_of(party.owner) for party in case.parties if party.owner)
    grade = case.effective_grade
    return ShareableCase(
        id=case.id,
        reference=case.reference,
        version=case.version,
        concern=concern.label if concern else _words(case.concern),
        grade=grade_label(policy, case.concern, grade) if case.status.concerns_a_child else FOR_LEADERS,
        graded=case.grade is not None,
        band=case.band,
        tag=_tag(case, agencies, deadlines, now),
        asks_for=policy.asks[case.asks_for].label if case.asks_for in policy.asks else _words(case.asks_for),
        floors=tuple(policy.floors[code].words if code in policy.floors else _words(code) for code in case.floors),
        opened_at=case.opened_at,
        first_aware_at=case.first_aware_at,
        children=children,
        agencies=agencies,
        owed=owed_lines((d for d in deadlines if _shown(d)), policy, directory, now),
        owners=tuple(owners),
        next_step=_next_step(case, deadlines, directory, now),
        grades=tuple(Choice(g.code, g.label) for g in concern.offered) if concern else (),
        incomplete=children == 0,
        notes=(
            *_times(beside.timed, policy),
            *_notes(case, policy, directory),
            *differ_notes(beside.disagreements, deadlines, policy, directory),
            *_persons(case, policy, beside),
            *pending_notes(beside, case, policy.snoozes, directory, now),
        ),
        more=(
            *differ_groups(case, deadlines, policy, directory, beside.disagreements),
            *more_groups(case, deadlines, policy, beside.handovers, directory, beside.requests),
        ),
        act_groups=act_groups(case, deadlines, policy, children),
        proposals=proposal_groups(case, policy),
    )


def _times(timed: Sequence[HumanAct], policy: Policy) -> Iterator[str]:
    """When a child was last seen and came back: the newest of each act, where its time was given or asked for."""
    newest = {act.code: act for act in timed}
    for act in sorted(newest.values(), key=lambda each: each.done_at):
        row = policy.acts.get(act.code)
        if row is not None and (act.happened_at is not None or ActInput.WHEN in row.asks):
            yield f"{row.label}: {full_moment(act.done_at)}"


def _notes(case: Case, policy: Policy, directory: Directory) -> Iterator[str]:
    """What else a card may say of the case as a whole."""
    if case.restricted_to is not None:
        listed = ", ".join(directory.name_of(person) for person in case.restricted_to if case.admits(person))
        yield f"Restricted: it exists for these people alone: {listed or 'nobody'}"
    if case.merged_into is not None:
        yield "Merged: this referral goes on in the earlier case of the same child"
    elif case.no_further_action:
        yield "Closed with no further action"
    if case.referral_number > 1:
        yield f"{ordinal(case.referral_number)} referral about the same child in 12 months"
    for code in sorted(case.flags):
        yield f"In force: {policy.flags[code].label if code in policy.flags else _words(code)}"
    for party in case.parties:
        if party.reads_as:
            ask = policy.asks[party.reads_as].label if party.reads_as in policy.asks else _words(party.reads_as)
            meant = "" if party.reads_as == case.asks_for else ", which is not what was asked"
            yield f"{directory.agencies[party.agency].name} reads the request as “{ask}”{meant}"
    if case.also_referred:
        yield f"Referred by {len(case.referrers)} people; each is told"


def _persons(case: Case, policy: Policy, beside: Pending) -> Iterator[str]:
    """What the children of the case are called where a gate stands before calling one of them a suspect."""
    step = Transition.CHILD_AS_SUSPECT
    if not any(step in gate.refuses and gate.covers(case.concern, case.flags) for gate in policy.gates.values()):
        return
    named = any(each.act is Grave.CHILD_AS_SUSPECT and each.outcome is Outcome.AGREED for each in beside.decisions)
    yield (
        "A child is recorded as a suspect, a supervisor agreeing; each child keeps a plan of their own"
        if named
        else "Every child here is a person involved, not a suspect"
    )


def owed_lines(
    deadlines: Iterable[Deadline], policy: Policy, directory: Directory, now: datetime
) -> tuple[OwedLine, ...]:
    """Deadlines in words, with what each rests on."""
    return tuple(_owed_line(deadline, policy, directory, now) for deadline in deadlines)


def _shown(deadline: Deadline) -> bool:
    if deadline.kind in {ACKNOWLEDGE, STALL} or (deadline.kind == SECOND_ANSWER and not deadline.is_open):
        return False
    return deadline.is_open or (deadline.ending is not None and deadline.ending.kind.value == "met")


def _agency_line(party: Party, deadlines: Sequence[Deadline], directory: Directory, now: datetime) -> AgencyLine:
    theirs = [d for d in deadlines if d.kind == ACKNOWLEDGE and d.agency == party.agency]
    owed = next((d for d in theirs if d.is_open), None)
    name = directory.agencies[party.agency].name
    due_at = owed.due_at if owed else None
    if party.acknowledged is not None:
        return AgencyLine(
            party.agency,
            name,
            Tag.ACKNOWLEDGED,
            None,
            directory.name_of(party.acknowledged.by),
            party.acknowledged.at,
            party.record_number,
        )
    if not party.owes_acknowledgement:
        return AgencyLine(party.agency, name, Tag.ACKNOWLEDGED, None, "", None, party.record_number, raised_it=True)
    if party.phone is not None:
        by = directory.name_of(party.phone.recorded_by)
        return AgencyLine(party.agency, name, Tag.TOLD_BY_PHONE, due_at, by, party.phone.at, party.record_number)
    late = owed is not None and owed.late_at(now)
    return AgencyLine(
        party.agency, name, Tag.OVERDUE if late else Tag.WAITING, due_at, record_number=party.record_number
    )


def _tag(case: Case, agencies: Sequence[AgencyLine], deadlines: Sequence[Deadline], now: datetime) -> Tag:
    if case.status.ended:
        return Tag.CLOSED
    if any(deadline.pings and deadline.late_at(now) for deadline in deadlines):
        return Tag.OVERDUE
    for tag in (Tag.WAITING, Tag.TOLD_BY_PHONE):
        if any(line.tag is tag for line in agencies):
            return tag
    return Tag.ACKNOWLEDGED


def _owed_line(deadline: Deadline, policy: Policy, directory: Directory, now: datetime) -> OwedLine:
    ending = deadline.ending
    return OwedLine(
        kind=deadline.kind,
        title=milestone_title(policy, deadline.kind)
        + (f": {directory.name_of(deadline.owner)}" if deadline.owner else ""),
        agency_name=directory.agencies[deadline.agency].name,
        due_at=deadline.due_at,
        basis=deadline.basis.words,
        met=ending is not None,
        late=deadline.late_at(now),
        main=deadline.pings,
        met_by=directory.name_of(ending.by) if ending else "",
        met_at=ending.at if ending else None,
    )


def _next_step(case: Case, deadlines: Sequence[Deadline], directory: Directory, now: datetime) -> NextStep | None:
    """The soonest step and everybody whom it reaches: two agencies' deadlines may come to one step at one instant."""
    waiting = [(deadline.next_at, deadline) for deadline in deadlines if deadline.next_at is not None]
    at = min((at for at, _ in waiting), default=None)
    steps = [next_told(case, deadline, directory, now) for next_at, deadline in waiting if next_at == at]
    told = [step for step in steps if step is not None]
    if at is None or not told:
        return None
    name = told[0][0].name
    people = dict.fromkeys(person for step, reached in told if step.name == name for person in reached)
    return NextStep(at, name, tuple(directory.name_of(person) for person in people))
