"""What the record holds about an address or a child, for whoever goes there; every case shown is an audited view."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.domain.briefs import MOST_HELD, NOTHING_HELD, REASONS, AskBrief, Brief, BriefBy, HeldCase
from bot.domain.cases import Case, CaseStatus, Child
from bot.domain.commands import Actor
from bot.domain.directory import Directory
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action, Entry
from bot.domain.ids import CaseId, PersonId
from bot.domain.permissions import may_brief
from bot.domain.redaction import shareable
from bot.domain.restriction import leads_on
from bot.domain.risk import Answer
from bot.domain.wording import moment
from bot.ports import UnitOfWork
from bot.services.changes import Change
from bot.services.reviewing import phone_words
from bot.services.tools import Tools

PACK = "background_pack_sent"
"""The event by which "background given to the attending unit" is met."""
AT_THE_DOOR = frozenset({"attending", "dispatching"})
"""The reasons for which reading a brief means that the unit has been given it."""
SEEN = frozenset({"child_seen", "child_seen_safe"})


def brief(ask: AskBrief, actor: Actor, *, tools: Tools) -> Brief:
    """What is held about an address or a child; FormRefusal names inputs that are wrong, Refusal says who may ask."""
    _check(ask, actor, tools)
    with tools.store.write() as uow:
        found = _about(uow, ask)
        answer = _answer(
            uow, found, actor, ask.reason, tools, subject="address" if ask.by is BriefBy.ADDRESS else "child"
        )
        uow.audit.append(
            [Entry(tools.clock.now(), actor.person, Action.BRIEFED, f"by {ask.by} for {ask.reason}: {len(found)} held")]
        )
        uow.commit()
    return answer


def brief_on(case_id: CaseId, actor: Actor, *, tools: Tools) -> Brief:
    """The brief on a live incident's address and children, from its own button: whoever reads it is going there."""
    no = may_brief(actor, tools.rules.directory, phone=phone_words(tools.rules.policy))
    if no is not None:
        raise Refusal(no)
    with tools.store.write() as uow:
        uow.cases.get(case_id)
        found = [*related(uow, case_id), case_id]
        answer = _answer(uow, found, actor, "attending", tools, subject="address")
        uow.audit.append(
            [
                Entry(
                    tools.clock.now(),
                    actor.person,
                    Action.BRIEFED,
                    f"live incident: {len(found) - 1} more held",
                    case_id,
                )
            ]
        )
        uow.commit()
    return answer


def related(uow: UnitOfWork, case_id: CaseId) -> list[CaseId]:
    """Every other case about the same address or any of the same children, oldest first."""
    sealed = uow.cases.particulars(case_id)
    return [other for other in about(uow, sealed.address, sealed.children) if other != case_id]


def about(uow: UnitOfWork, address: str, children: Iterable[Child]) -> list[CaseId]:
    """Every case about an address or any of these children, oldest first of each."""
    found = dict.fromkeys(uow.cases.at_address(address) if address else ())
    for child in children:
        for reference in child.references:
            found.update(dict.fromkeys(uow.cases.with_reference(reference.kind, reference.value)))
    return list(found)


def _check(ask: AskBrief, actor: Actor, tools: Tools) -> None:
    no = may_brief(actor, tools.rules.directory, phone=phone_words(tools.rules.policy))
    if no is not None:
        raise Refusal(no)
    wrong: dict[str, str] = {}
    if not any(char.isalnum() for char in ask.value):
        wrong["value"] = "Enter an address, or one record number of a child"
    if ask.by is BriefBy.CHILD and ask.value and not any(char.isdigit() for char in ask.value):
        wrong["value"] = "A child is looked up by a record number with a digit in it, not by a name"
    if ask.reason not in REASONS:
        wrong["reason"] = "Select why you ask"
    if wrong:
        raise FormRefusal(wrong)


def _about(uow: UnitOfWork, ask: AskBrief) -> Sequence[CaseId]:
    if ask.by is BriefBy.ADDRESS:
        return uow.cases.at_address(ask.value)
    return uow.cases.with_reference(ask.kind, ask.value)


def _answer(
    uow: UnitOfWork, found: Sequence[CaseId], actor: Actor, reason: str, tools: Tools, *, subject: str
) -> Brief:
    """The newest cases in full, each view on the record of its case, and whom to ring about those that are open."""
    now = tools.clock.now()
    every = uow.overview.cases(list(reversed(found)))
    seen = [case for case in every if case.admits(actor.person)]
    cases, kept = seen[:MOST_HELD], [case for case in every if hinted_to(case, actor.person)]
    held = tuple(_held(uow, case, tools, now) for case in cases)
    entries = [
        Entry(now, actor.person, Action.VIEWED, f"brief on {case.reference} for {reason}", case.id) for case in cases
    ]
    entries += [
        Entry(now, actor.person, Action.BRIEFED, f"told whom to ring about {case.reference}", case.id) for case in kept
    ]
    uow.audit.append(entries)
    if reason in AT_THE_DOOR:
        for case in cases:
            _given(uow, case, actor, tools, now)
    return Brief(
        asked_at=now,
        held=held,
        more=len(seen) - len(cases),
        ring=tuple(_ring(cases, tools, now)),
        nothing="" if held or kept else NOTHING_HELD.format(subject=subject),
        restricted=tuple(dict.fromkeys(_ring_a_lead(case, tools.rules.directory) for case in kept)),
    )


def hinted_to(case: Case, person: PersonId) -> bool:
    """Whether somebody off the list of a restricted case is told that there is more; never who is left out of it."""
    return case.restricted and not case.admits(person) and person not in case.left_out


def _ring_a_lead(case: Case, directory: Directory) -> str:
    leads = (directory.people[person] for person in leads_on(case, directory) if person in directory.people)
    names = " or ".join(f"{lead.name} {lead.phone}".strip() for lead in leads) or "a chief officer"
    return f"There is more that is restricted: ring {names}."


def _held(uow: UnitOfWork, case: Case, tools: Tools, now: datetime) -> HeldCase:
    policy, directory = tools.rules.policy_of(case.policy_version, uow), tools.rules.directory
    children = uow.cases.particulars(case.id).children
    deadlines = uow.deadlines.of_case(case.id)
    shown = shareable(case, deadlines, children=len(children), policy=policy, directory=directory, now=now)
    concern = policy.concerns.get(case.concern)
    questions = {fact.code: fact.question for fact in concern.facts} if concern else {}
    return HeldCase(
        case_id=case.id,
        reference=case.reference,
        concern=shown.concern,
        grade=shown.grade,
        tag=shown.tag,
        opened_at=case.opened_at,
        asked_for=shown.asks_for,
        children=children,
        markers=tuple(
            f"{questions[code]} {'Yes.' if answer is Answer.YES else 'Not known: count it as yes.'}"
            for code, answer in case.facts.items()
            if answer.counts and code in questions
        ),
        warnings=(*shown.floors, *shown.notes),
        owed=tuple(f"{line.title} ({line.agency_name})" for line in shown.owed if line.late and line.main),
        working_it=(*shown.owners, *_seen(uow, case, now)),
    )


def _seen(uow: UnitOfWork, case: Case, now: datetime) -> Iterator[str]:
    """When a child of the case was last seen and heard, in words."""
    seen = [act for act in uow.cases.acts(case.id) if act.code in SEEN]
    if seen:
        yield f"a child was last seen {moment(seen[-1].at, now)}"


def _given(uow: UnitOfWork, case: Case, actor: Actor, tools: Tools, now: datetime) -> None:
    """Meet "background given to the attending unit" where a live case still owes it. Reading it is no human act on the case."""
    if case.status is not CaseStatus.OPEN:
        return
    change = Change(uow, tools, case, actor=actor.person, now=now)
    if change.happen([PACK], record="brief read"):
        change.save()


def _ring(cases: Iterable[Case], tools: Tools, now: datetime) -> Iterator[str]:
    """Whom to ring: whoever is on duty for each team with an open case, then the standing numbers."""
    directory = tools.rules.directory
    open_cases = (case for case in cases if case.status is CaseStatus.OPEN)
    parties = dict.fromkeys((party.agency, party.team) for case in open_cases for party in case.parties)
    for agency, team in parties:
        on_duty = [directory.people[person] for person in directory.on_duty(team, now) if person in directory.people]
        names = ", ".join(f"{person.name} {person.phone}".strip() for person in on_duty) or "nobody on duty"
        known = directory.agencies[agency]
        yield f"{known.name}: {names}{f'; {known.phone}' if known.phone else ''}"
    yield phone_words(tools.rules.policy)
