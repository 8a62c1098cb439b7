"""Each month a sample of grades, drawn by lot, is read a second time by somebody who did not give them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time

from bot.domain.answers import Said
from bot.domain.calendar import Clock, Span
from bot.domain.cases import Case
from bot.domain.commands import Actor
from bot.domain.directions import direction
from bot.domain.directory import Directory, Standing
from bot.domain.disagreements import KIND, Disagreement, agencies_to_differ_with
from bot.domain.events import Action, Entry
from bot.domain.grade_samples import Graded, GradeRead, Reading, by_area, drawn, lot, seed_of
from bot.domain.ids import BOT, CaseId, DeadlineId, DisagreementId, PersonId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.permissions import LEADS, Verb
from bot.domain.wording import LONDON, full_moment
from bot.ports import UnitOfWork
from bot.services.acts import begin, once, own_party
from bot.services.changes import Change
from bot.services.disagreements import put_on_record
from bot.services.matters import may_or_refuse
from bot.services.tools import Tools

DRAWN = "grades_drawn"
ABOUT, LOOK_AGAIN = "grade", "grade_again"
"""What a disagreement about a grade is about, and what is directed where there is no other agency, in the policy's lists."""
TOO_LOW = "A second reader, by lot, finds the grade too low."
READERS = frozenset({Standing.SUPERVISOR, Standing.LEAD})
GRADINGS = frozenset({Action.GRADED, Action.GRADE_LOWERED, Action.DECIDED, Action.PROPOSED})
LOOK_BACK = 1000
WORDS = {
    Reading.RIGHT: "the grade is right",
    Reading.TOO_LOW: "the grade is too low",
    Reading.TOO_HIGH: "the grade is too high",
}


def follow(uow: UnitOfWork, tools: Tools, now: datetime) -> None:
    """Draw last month's sample on the first hub morning of a month, once."""
    policy = tools.rules.policy
    local = now.astimezone(LONDON)
    month_at = policy.calendar.local(local.date().replace(day=1), time(0))
    if policy.leadership.sample_per_area == 0 or now < policy.calendar.next_hub_morning(month_at):
        return
    last = uow.marks.instant(DRAWN)
    if last is not None and last >= month_at:
        return
    uow.marks.set_instant(DRAWN, month_at)
    before = _month_before(local.date())
    draw_month(uow, tools, before, until_at=month_at, now=now)


def _month_before(day: date) -> date:
    return date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)


def draw_month(uow: UnitOfWork, tools: Tools, month: date, *, until_at: datetime, now: datetime) -> list[GradeRead]:
    """Draw from every graded case of a month, area by area; the seed comes out of the audit, so that nobody can choose it."""
    policy, name = tools.rules.policy, f"{month:%Y-%m}"
    from_at = policy.calendar.local(month, time(0))
    head = uow.reports.figures(now).audit_head
    made: list[GradeRead] = []
    for area, population in by_area(uow.grade_reads.between(from_at, until_at)).items():
        seed = seed_of(name, area, head)
        chosen = drawn(population, seed, policy.leadership.sample_per_area)
        made += [_offer(uow, tools, one, name, seed, len(population), now) for one in chosen]
        subject = f"{name} {area}: {len(chosen)} of {len(population)} by seed {seed} of anchor {head.partition(':')[0]}"
        uow.audit.append([Entry(now, BOT, Action.GRADES_DRAWN, subject)])
    uow.grade_reads.add(made)
    return made


def _offer(
    uow: UnitOfWork, tools: Tools, one: Graded, month: str, seed: str, population: int, now: datetime
) -> GradeRead:
    case = uow.cases.get(one.case_id)
    able = _readers(uow, case, tools.rules.directory, now)
    reader = min(able, key=lambda person: lot(seed, f"{one.case_id}:{person}"), default=None)
    read = GradeRead(tools.new_id(), month, one.area, one.case_id, one.grade, seed, population, reader, now)
    if reader is not None:
        change = Change(uow, tools, case, actor=BOT, now=now)
        change.notify(NoticeKind.GRADE_READ, f"grade_read:{read.id}", Destination.person(reader), {"read": read.id})
        uow.outbox.add(change.decided)
    return read


def _readers(uow: UnitOfWork, case: Case, directory: Directory, now: datetime) -> list[PersonId]:
    """Supervisors and leads of the force who neither gave the grade nor own or referred the case, and are there."""
    barred = _graders(uow, case.id) | set(case.referrers) | case.owners
    people = (p for p in directory.people.values() if p.agency == directory.police.id and p.active)
    named = [person.id for person in people if directory.standing(person.id) in READERS]
    there = set(directory.standing_in(named, now))
    return sorted(p for p in named if p in there and p not in barred and case.admits(p))


def _graders(uow: UnitOfWork, case_id: CaseId) -> set[PersonId]:
    return {e.actor for e in uow.audit.listed(case_id=case_id, limit=LOOK_BACK) if e.action in GRADINGS}


def read(read_id: str, reading: Reading, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Record what the second reader finds. Too low challenges the grade, as any challenge does."""

    def act(uow: UnitOfWork) -> str:
        found = uow.grade_reads.get(read_id)
        change = begin(uow, tools, found.case_id, actor, Verb.VIEW_DETAIL)
        may_or_refuse(_no(uow, found, change.case, actor, tools.rules.directory))
        if found.reading is not None:
            read_at = full_moment(found.read_at or change.now)
            return f"{change.case.reference} was read already, {read_at}: {WORDS[found.reading]}."
        uow.grade_reads.save(found.read(reading, actor.person, change.now))
        change.audit(Action.GRADE_READ, f"{found.id} {reading}")
        said = f"Recorded on {change.case.reference}: {WORDS[reading]}."
        if reading is Reading.TOO_LOW and not change.case.status.ended:
            said += _challenge(change, actor, tools)
        change.save()
        return said

    return once(act, key, tools=tools)


def _challenge(change: Change, actor: Actor, tools: Tools) -> str:
    """What is done about a grade that is too low: the agencies settle it, or the force's owner looks at it again."""
    directory, own = tools.rules.directory, actor.agency or tools.rules.directory.police.id
    open_now = [
        each for each in change.uow.disagreements.of_case(change.case.id) if each.waits and own in each.agencies
    ]
    if open_now:
        return " A disagreement on it is open already."
    others = agencies_to_differ_with(change.case, own, directory)
    if not others or ABOUT not in change.policy.listed.get(KIND, {}):
        return _look_again(change, actor, tools)
    raised = Disagreement(
        DisagreementId(tools.new_id()), change.case.id, own, others[0], actor.person, change.now, ABOUT
    )
    put_on_record(change, raised, TOO_LOW, tools)
    return " Both agencies settle it between them, level by level, and the case does not close before."


def _look_again(change: Change, actor: Actor, tools: Tools) -> str:
    """Its owner, else its team's leaders, are directed to look at the grade again by the end of the next working day."""
    directory, party = tools.rules.directory, own_party(change.case, actor)
    leaders = directory.standing_in(directory.teams[party.team].leaders, change.now)
    to = party.owner or next((person for person in leaders if person != actor.person), None)
    if to is None:
        return " Nobody owns it: tell its team's leaders."
    until_at = change.policy.calendar.due_at(Span(Clock.WORKING_DAY, 1), change.now)
    kind = directory.agencies[party.agency].kind
    deadline_id = DeadlineId(tools.new_id())
    owed = direction(
        change.policy, change.case, party, deadline_id=deadline_id, to=to, until_at=until_at, now=change.now, kind=kind
    )
    change.add(owed)
    change.audit(Action.DIRECTED, f"{owed.id} {party.agency} to {to} until {until_at.isoformat()}")
    payload = {"deadline": owed.id, "by": actor.person, "listed": LOOK_AGAIN}
    change.notify(NoticeKind.DIRECTION, f"direction:{owed.id}:{to}", Destination.person(to), payload)
    return f" {directory.name_of(to)} is directed to look at it again by {full_moment(until_at)}."


def _no(uow: UnitOfWork, found: GradeRead, case: Case, actor: Actor, directory: Directory) -> str | None:
    if actor.person in _graders(uow, case.id) | set(case.referrers):
        return f"You had a hand in the grade of {case.reference}: somebody else reads it a second time."
    if actor.person == found.reader or (directory.standing(actor.person) in LEADS and _of_force(actor, directory)):
        return None
    who = directory.name_of(found.reader) if found.reader else "a lead of the force"
    return f"The grade of {case.reference} was offered to {who} for the second reading."


def _of_force(actor: Actor, directory: Directory) -> bool:
    return actor.agency == directory.police.id


def listed(month: str | None, *, tools: Tools) -> Sequence[GradeRead]:
    """Every drawn grade of a month, or of all."""
    with tools.store.read() as uow:
        return uow.grade_reads.listed(month)


def references(reads: Sequence[GradeRead], *, tools: Tools) -> Mapping[CaseId, str]:
    """The references of the drawn cases."""
    with tools.store.read() as uow:
        return dict(_references(uow, reads))


def _references(uow: UnitOfWork, reads: Sequence[GradeRead]) -> Iterator[tuple[CaseId, str]]:
    for case in uow.overview.cases([each.case_id for each in reads]):
        yield case.id, case.reference
