"""The second person of a grave act: who is asked, what they are told, and how the author hears of the answer."""

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.authorisation import ACT_WORDS, OF_A_DEADLINE, Grave
from bot.domain.cases import Case
from bot.domain.deadlines import Deadline, Ending, EndingKind, end, open_deadline
from bot.domain.decisions import SECOND_ANSWER, Decision
from bot.domain.directory import Directory
from bot.domain.events import Action
from bot.domain.ids import AgencyId, DeadlineId, DecisionId, PersonId
from bot.domain.letters import LineLetter
from bot.domain.notices import Destination, Notice, NoticeKind
from bot.domain.offers import Choice
from bot.domain.permissions import SENIOR
from bot.domain.policy import Policy
from bot.domain.redaction import STALL, ShareableCase, milestone_title
from bot.domain.rules import RulesInForce
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.changes import Change
from bot.services.tools import Tools


def ask_second(change: Change, decision: Decision, tools: Tools) -> tuple[PersonId, ...]:
    """Put the proposal before whoever can be its second person, by direct message; whom it reaches."""
    agency = deciding_agency(decision, change.deadlines, tools.rules.directory)
    people = second_people(change.case, decision, agency, tools)
    for person in people:
        change.notify(
            NoticeKind.PROPOSAL,
            f"proposal:{decision.id}:v{decision.version}:{person}",
            Destination.person(person),
            {"decision": decision.id, "version": decision.version},
        )
    return people


def owe_answer(change: Change, decision: Decision, tools: Tools) -> None:
    """Let the deciding agency owe its answer: repeated to its leaders, then to those above them. An edit starts nothing anew."""
    directory, row = tools.rules.directory, change.policy.milestones.get(SECOND_ANSWER)
    agency = deciding_agency(decision, change.deadlines, directory)
    if row is None or agency is None or agency not in directory.agencies or _answer_owed(change, decision) is not None:
        return
    party = change.case.party(agency)
    opened = open_deadline(
        change.policy,
        row,
        deadline_id=DeadlineId(decision.id),
        case=change.case,
        agency=agency,
        team=party.team if party else directory.team_for(agency, concern=change.case.concern).id,
        trigger_at=change.now,
        kind=directory.agencies[agency].kind,
    )
    if opened is not None:
        change.add(opened)
        change.audit(Action.DEADLINE_OPENED, f"{opened.kind} {agency} due {opened.due_at.isoformat()}")


def answered(change: Change, decision: Decision) -> None:
    """The answer has come: its clock stops."""
    owed = _answer_owed(change, decision)
    if owed is not None and owed.is_open:
        change.put(end(owed, Ending(EndingKind.MET, change.now, change.actor, decision.outcome.value)))
        change.audit(Action.DEADLINE_MET, f"{owed.kind} {owed.agency}")


def _answer_owed(change: Change, decision: Decision) -> Deadline | None:
    return next((each for each in change.deadlines if each.id == DeadlineId(decision.id)), None)


def answer_choices(decision: Decision) -> tuple[Choice, ...]:
    """The buttons that answer a proposal as it now stands."""
    word = f"{decision.id}:{decision.version}"
    read = Choice(f"read_reason:{decision.id}", "Read the reason")
    return read, Choice(f"agree:{word}", "Agree"), Choice(f"turn_down:{word}", "Do not agree")


def waiting_for(
    person: PersonId, case: Case, deadlines: Iterable[Deadline], uow: UnitOfWork, directory: Directory
) -> tuple[Choice, ...]:
    """The buttons of the first proposal among these deadlines that somebody can answer; none for its author or an owner."""
    known = directory.people.get(person)
    for owed in deadlines:
        if owed.kind != SECOND_ANSWER or known is None or known.agency != owed.agency or not owed.is_open:
            continue
        decision = uow.decisions.get(DecisionId(owed.id))
        able = person not in {decision.by, *case.owners} and directory.standing(person) in SENIOR
        if able and decision.waits:
            return answer_choices(decision)
    return ()


def tell_author(change: Change, decision: Decision) -> None:
    """Tell whoever put it forward what became of it."""
    change.notify(
        NoticeKind.DECISION,
        f"decided:{decision.id}:{decision.by}",
        Destination.person(decision.by),
        {
            "decision": decision.id,
            "act": decision.act.value,
            "outcome": decision.outcome.value,
            "by": decision.decided_by or decision.by,
        },
    )


def second_people(case: Case, decision: Decision, agency: AgencyId | None, tools: Tools) -> tuple[PersonId, ...]:
    """Who is asked to agree: the leaders of the agency's team on the case, else more senior people; never author or owner."""
    directory, now = tools.rules.directory, tools.clock.now()
    barred = {decision.by, *case.owners}
    for people in _seniors(case, agency, directory):
        able = [
            person
            for person in directory.standing_in(people, now)
            if person not in barred and case.admits(person) and directory.standing(person) in SENIOR
        ]
        if able:
            return tuple(able)
    return ()


def _seniors(case: Case, agency: AgencyId | None, directory: Directory) -> Iterator[Iterable[PersonId]]:
    party = case.party(agency) if agency else None
    if agency is None or agency not in directory.agencies:
        return
    team = directory.teams.get(party.team) if party is not None else None
    if team is not None:
        yield team.leaders
        if team.department is not None:
            yield directory.departments[team.department].leads
    here = directory.agencies[agency]
    yield here.leads
    yield here.heads
    yield here.executives


def deciding_agency(decision: Decision, deadlines: Sequence[Deadline], directory: Directory) -> AgencyId | None:
    """Whose second person it takes: the agency that owes a deadline, else the author's own."""
    if decision.act in OF_A_DEADLINE:
        return next((deadline.agency for deadline in deadlines if deadline.id == decision.subject), None)
    author = directory.people.get(decision.by)
    return author.agency if author else None


def subject_words(
    decision: Decision, case: Case, deadlines: Sequence[Deadline], policy: Policy, directory: Directory
) -> str:
    """On what a proposal bears, in words; empty when it is the whole case."""
    match decision.act:
        case Grave.LOWER_GRADE:
            return f"to {policy.grade(case.concern, decision.subject).label}"
        case Grave.OVERRIDE_FLOOR:
            floor = policy.floors.get(decision.subject)
            return floor.words if floor else ""
        case Grave.MERGE:
            return f"with {decision.subject}"
        case Grave.EXTEND | Grave.WAIVE:
            found = next((deadline for deadline in deadlines if deadline.id == decision.subject), None)
            return _bearing(decision, found, policy, directory) if found else ""
        case _:
            return ""


def _bearing(decision: Decision, deadline: Deadline, policy: Policy, directory: Directory) -> str:
    title, agency = milestone_title(policy, deadline.kind), directory.agencies[deadline.agency].name
    until = f", until {full_moment(decision.until_at)}" if decision.until_at else ""
    return f"{title} ({agency}), due {full_moment(deadline.due_at)}, {deadline.basis.words}{until}"


def proposal_letter(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter | None:
    """What the second person is sent, with its buttons; None once it was decided, or changed after this was written.

    What was typed is sealed and opens from its button; a reason from the policy's list is said, to partners too.
    """
    decision = uow.decisions.get(DecisionId(str(notice.payload["decision"])))
    if not decision.waits or decision.version != notice.payload["version"]:
        return None
    case, deadlines = uow.cases.get(decision.case_id), uow.deadlines.of_case(decision.case_id)
    what = ACT_WORDS[decision.act]
    subject = subject_words(decision, case, deadlines, rules.policy, rules.directory)
    listed = listed_part(decision, rules.policy)
    owed = sum(deadline.is_open and deadline.kind not in {STALL, SECOND_ANSWER} for deadline in deadlines)
    parts = (
        f"{case.reference}: {rules.directory.name_of(decision.by)} asks you to agree as the second person: {what}",
        f" {subject}" if subject else "",
        f". Reason: {listed}." if listed else ".",
        "" if decision.reason == listed else " What was typed opens from the button.",
        f" Still owed on it: {owed}." if owed else " Nothing is owed on it.",
        " Nothing changes before you agree.",
    )
    read, *answers = answer_choices(decision)
    return LineLetter(shown, "".join(parts), tuple(answers) if decision.reason == listed else (read, *answers))


def listed_part(decision: Decision, policy: Policy) -> str:
    """The part of a reason that is of the policy's list, which may be said; what was typed comes after it and is sealed."""
    listed = policy.listed.get(decision.act, {}).values()
    return next((words for words in listed if decision.reason == words or decision.reason.startswith(f"{words}. ")), "")
