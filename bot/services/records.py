"""Read sides: a case opened by somebody who may see it, and what the console lists. Every view is in the audit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.domain.answers import CaseDetail, GradeChange, Look
from bot.domain.briefs import REASONS
from bot.domain.cases import Case
from bot.domain.commands import Actor
from bot.domain.deadlines import Deadline
from bot.domain.directory import Directory
from bot.domain.errors import Refusal
from bot.domain.events import Action, AuditedEntry, Entry, Verdict
from bot.domain.ids import BOT, CaseId, Reference
from bot.domain.notices import Notice
from bot.domain.pending import Pending
from bot.domain.permissions import LEADS, Verb, may
from bot.domain.policy import Policy
from bot.domain.redaction import ShareableCase, grade_label, shareable
from bot.ports import UnitOfWork
from bot.services.reviewing import phone_words, questions
from bot.services.tools import Tools

GRADINGS = frozenset({Action.GRADED, Action.GRADE_LOWERED})
LOOK_BACK = 1000
"""Audit entries of one case among which its grades are looked for."""


def open_case(case_id: CaseId, actor: Actor, *, tools: Tools) -> CaseDetail:
    """Everything about a case, for a modal; the view is written to the audit before anything is shown."""
    rules, now = tools.rules, tools.clock.now()
    with tools.store.write() as uow:
        case = uow.cases.get(case_id)
        policy = rules.policy_of(case.policy_version, uow)
        no = may(actor, Verb.VIEW_DETAIL, case, rules.directory, phone=phone_words(rules.policy))
        if no is not None:
            raise Refusal(no)
        particulars = uow.cases.particulars(case_id)
        acts = tuple(uow.cases.acts(case_id))
        deadlines = uow.deadlines.of_case(case_id)
        pending = pending_on(uow, case_id, policy.shown_times(case.concern))
        entries = uow.audit.listed(case_id=case_id, limit=LOOK_BACK)
        grades = _grades(entries, case, policy)
        uow.audit.append([Entry(now, actor.person, Action.VIEWED, f"detail of {case.reference}", case_id)])
        uow.commit()
    staff = (case.referrer, *(act.by for act in acts), *(act.who for act in acts), *(each.by for each in grades))
    names = {person: rules.directory.name_of(person) for person in staff}
    return CaseDetail(
        case=shareable(
            case,
            deadlines,
            children=len(particulars.children),
            policy=policy,
            directory=rules.directory,
            now=now,
            pending=pending,
        ),
        particulars=particulars,
        acts=acts,
        questions=questions(case, policy),
        agencies_to_phone=tuple(
            (party.agency, rules.directory.agencies[party.agency].name)
            for party in case.parties
            if party.owes_acknowledgement and party.acknowledged is None
        ),
        staff={str(person): name for person, name in names.items()},
        grades=grades,
        looked=tuple(looks(entries, rules.directory)) if _hears_who_looked(actor, case, rules.directory) else (),
    )


def open_card(case_id: CaseId, actor: Actor, *, tools: Tools) -> ShareableCase:
    """What every agency on a case may know of it, whole and nothing sealed; the card that the reader has may say as much.

    It is no view of the detail, so the audit has none; Refusal for whoever may not open the case.
    """
    rules, now = tools.rules, tools.clock.now()
    with tools.store.read() as uow:
        case = uow.cases.get(case_id)
        no = may(actor, Verb.VIEW_DETAIL, case, rules.directory, phone=phone_words(rules.policy))
        if no is not None:
            raise Refusal(no)
        policy = rules.policy_of(case.policy_version, uow)
        return shareable(
            case,
            uow.deadlines.of_case(case_id),
            children=uow.cases.children(case_id),
            policy=policy,
            directory=rules.directory,
            now=now,
            pending=pending_on(uow, case_id, policy.shown_times(case.concern)),
        )


def _hears_who_looked(actor: Actor, case: Case, directory: Directory) -> bool:
    return actor.person in case.owners or directory.standing(actor.person) in LEADS


def looks(entries: Iterable[AuditedEntry], directory: Directory) -> Iterator[Look]:
    """Who has looked at a case's detail, in the order given.

    What information governance and professional standards look at is never shown: somebody on the case may be under enquiry.
    """
    for entry in entries:
        known = directory.people.get(entry.actor)
        if known is None or known.governance:
            continue
        why = _why(entry)
        if why:
            yield Look(entry.at, known.name, directory.agencies[known.agency].name, why)


def _why(entry: AuditedEntry) -> str:
    """Why somebody looked, in words; empty when the entry is no look."""
    if entry.action == Action.GLASS_BROKEN:
        return "came onto its list with a reason"
    if entry.action != Action.VIEWED:
        return ""
    what, _, reason = entry.subject.partition(" for ")
    if what.startswith("brief"):
        return f"brief: {REASONS.get(reason, reason)}"
    return "read why something was put forward" if what.startswith("reason") else "opened it"


def pending_on(uow: UnitOfWork, case_id: CaseId, timed: frozenset[str] = frozenset()) -> Pending:
    """Everything that stands beside a case; `timed` are the acts whose time is said (`Policy.shown_times`)."""
    acts = uow.cases.acts(case_id) if timed else ()
    return Pending(
        tuple(uow.decisions.of_case(case_id)),
        tuple(uow.handovers.of_case(case_id)),
        tuple(uow.holds.of_case(case_id)),
        tuple(uow.requests.of_case(case_id)),
        tuple(uow.disagreements.of_case(case_id)),
        tuple(replace(act, note="") for act in acts if act.code in timed),
    )


def _grades(entries: Sequence[AuditedEntry], case: Case, policy: Policy) -> tuple[GradeChange, ...]:
    """How the grade came to be what it is, oldest first, the first one too."""
    first = next((entry.subject.split()[2] for entry in entries if entry.action == Action.REFERRED), "")
    begun = GradeChange(case.opened_at, case.referrer, grade_label(policy, case.concern, _code(first)))
    changes = [
        GradeChange(entry.at, entry.actor, grade_label(policy, case.concern, _code(entry.subject.split()[-1])))
        for entry in reversed(entries)
        if entry.action in GRADINGS
    ]
    return (begun, *changes)


def _code(code: str) -> str | None:
    return None if code in {"", "ungraded"} else code


def refused(actor: Actor, tried: str, case_id: CaseId | None, *, tools: Tools) -> None:
    """Put a refusal on the audit."""
    with tools.store.write() as uow:
        uow.audit.append([Entry(tools.clock.now(), actor.person, Action.REFUSED, tried, case_id)])
        uow.commit()


def cases(limit: int, *, tools: Tools) -> Sequence[Case]:
    """Cases, most urgent band first, then oldest."""
    with tools.store.read() as uow:
        return list(uow.cases.listed(limit=limit))


def find(reference: Reference, *, tools: Tools) -> Case:
    """The case by its reference; NotFound when there is none."""
    with tools.store.read() as uow:
        return uow.cases.find(reference)


def due(open_only: bool, limit: int, *, tools: Tools) -> Sequence[tuple[Reference, Deadline]]:
    """Deadlines with their case's reference, the soonest next instant first."""
    with tools.store.read() as uow:
        found = uow.deadlines.listed(open_only=open_only, limit=limit)
        references = {case_id: uow.cases.get(case_id).reference for case_id in {d.case_id for d in found}}
    return [(references[deadline.case_id], deadline) for deadline in found]


def ladder(reference: Reference, *, tools: Tools) -> Sequence[Deadline]:
    """Everything ever owed on one case, in order of due instant; NotFound when there is no such case."""
    with tools.store.read() as uow:
        return list(uow.deadlines.of_case(uow.cases.find(reference).id))


def outbox(unsent_only: bool, limit: int, *, tools: Tools) -> Sequence[Notice]:
    """Notices, oldest first."""
    with tools.store.read() as uow:
        return list(uow.outbox.listed(unsent_only=unsent_only, limit=limit))


def depth(*, tools: Tools) -> Mapping[str, int]:
    """How many notices wait, by state."""
    with tools.store.read() as uow:
        return dict(uow.outbox.depth())


def audit(reference: Reference | None, limit: int, *, tools: Tools) -> Sequence[AuditedEntry]:
    """Entries, newest first; of one case when its reference is given. Reading at the console is itself on the audit."""
    now = tools.clock.now()
    with tools.store.write() as uow:
        case_id = uow.cases.find(reference).id if reference else None
        found = list(uow.audit.listed(case_id=case_id, limit=limit))
        uow.audit.append([Entry(now, BOT, Action.READ_AT_CONSOLE, f"audit of {reference or 'everything'}", case_id)])
        uow.commit()
    return found


def verify(*, tools: Tools) -> Verdict:
    """Check every chain and anchor of the audit."""
    with tools.store.read() as uow:
        return uow.audit.verify()
