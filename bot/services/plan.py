"""The action plan: taken in, evidenced by its owners, and each recommendation signed off by a second person."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.answers import Said
from bot.domain.authorisation import Grave
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor, Evidence
from bot.domain.deadlines import Deadline
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action, Entry
from bot.domain.ids import CaseId, DeadlineId
from bot.domain.incidents import NotTaken
from bot.domain.matters import MATTER_BAND, Matter, MatterKind, Measure, matter_deadline
from bot.domain.permissions import may_lead, may_report_on
from bot.domain.plan import (
    EvidenceRead,
    MatterRead,
    PlanImport,
    PlanRow,
    PlanTaken,
    Recommendation,
    plan_rows,
    read_measure,
    read_recommendation,
)
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.acts import once
from bot.services.changes import Change
from bot.services.matters import (
    EVIDENCE,
    MET,
    PROGRESS,
    change_on,
    is_staff,
    may_or_refuse,
    meet,
    open_matter,
    reference_of,
)
from bot.services.reviewing import phone_words
from bot.services.tools import Tools

MOST_EVIDENCE = 2000


def import_plan(document: Mapping[str, object], actor: Actor, *, dry: bool, tools: Tools) -> PlanImport:
    """Let each recommendation be owed by its owner from now; one whose code is there already stays as it is.

    A row that is none comes back with its reason and the others are taken. Dry, nothing is kept and nobody is told.
    """
    directory, now = tools.rules.directory, tools.clock.now()
    may_or_refuse(may_lead(actor, directory, phone=phone_words(tools.rules.policy)))
    taken: list[PlanTaken] = []
    returned: list[NotTaken] = []
    with tools.store.write() as uow:
        there = {matter.code: matter for matter in _recommendations(uow)}
        for number, row in enumerate(_rows(document, "recommendation"), 1):
            try:
                wanted = read_recommendation(row, tools.rules.policy, directory, now)
                matter = there.get(wanted.code) or _open(uow, tools, wanted, actor, now)
                already = wanted.code in there
                there[wanted.code] = matter
            except Refusal as refusal:
                returned.append(NotTaken(number, refusal.sentence))
            else:
                taken.append(
                    PlanTaken(number, matter.code, matter.reference, matter.owner, matter.due_at, already=already)
                )
        measures = _measures(uow, document, returned)
        uow.audit.append(
            [Entry(now, actor.person, Action.PLAN_IMPORTED, f"{len(taken)} taken {len(returned)} returned")]
        )
        if not dry:
            uow.commit()
    if not dry:
        tools.alarm.ring()
    return PlanImport(tuple(taken), tuple(returned), measures, dry)


def _rows(document: Mapping[str, object], name: str) -> Sequence[object]:
    rows = document.get(name, [])
    return rows if isinstance(rows, list) else []


def _measures(uow: UnitOfWork, document: Mapping[str, object], returned: list[NotTaken]) -> int:
    count = 0
    for number, row in enumerate(_rows(document, "measure"), 1):
        try:
            uow.matters.put_measure(read_measure(row))
            count += 1
        except Refusal as refusal:
            returned.append(NotTaken(number, f"measure: {refusal.sentence}"))
    return count


def _open(uow: UnitOfWork, tools: Tools, wanted: Recommendation, actor: Actor, now: datetime) -> Matter:
    policy = tools.rules.policy
    matter = Matter(
        id=CaseId(tools.new_id()),
        reference=reference_of(uow, MatterKind.RECOMMENDATION, wanted.code),
        kind=MatterKind.RECOMMENDATION,
        code=wanted.code,
        post=wanted.post,
        owner=wanted.owner,
        opened_at=now,
        due_at=wanted.due_at,
        words=wanted.wording,
        term=wanted.term,
    )
    month_at = policy.calendar.due_at(policy.milestones[PROGRESS].clocks[MATTER_BAND], now)
    progress = {PROGRESS: None} if month_at < wanted.due_at else {}
    return open_matter(uow, tools, matter, {MET: wanted.due_at, **progress}, by=actor.person)


def evidence(command: Evidence, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Record what was done about a recommendation; the month's progress is met by it. FormRefusal field: what."""

    def act(uow: UnitOfWork) -> str:
        policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
        matter = uow.matters.get(command.matter)
        may_or_refuse(may_report_on(actor, matter.owner, directory, phone=phone_words(policy)))
        what, least = " ".join(command.what.split()), policy.reasons.least_characters
        if matter.kind is not MatterKind.RECOMMENDATION or not matter.is_open:
            raise Refusal(f"{matter.reference} is not an open recommendation.")
        if not least <= len(what) <= MOST_EVIDENCE:
            raise FormRefusal({"what": f"Enter what was done, in {least} to {MOST_EVIDENCE:,} characters"})
        change = change_on(uow, tools, matter.id, actor.person, now)
        change.record(HumanAct(matter.id, EVIDENCE, actor.person, actor.agency, now, protective=False, note=what))
        change.audit(Action.EVIDENCE_GIVEN, matter.code)
        meet(change, PROGRESS, record=EVIDENCE)
        again = _next_progress(change, matter, tools)
        change.save()
        more = f" The next word on it is due {full_moment(again.due_at)}." if again else ""
        return f"Recorded on {matter.code}: your evidence.{more} It is met once a second person signs it off."

    return once(act, key, tools=tools)


def _next_progress(change: Change, matter: Matter, tools: Tools) -> Deadline | None:
    """The next month's progress, as long as the recommendation itself is due after it."""
    opened = matter_deadline(
        change.policy,
        change.case,
        PROGRESS,
        deadline_id=DeadlineId(tools.new_id()),
        owner=matter.owner,
        now=change.now,
    )
    if opened.due_at >= matter.due_at:
        return None
    change.add(opened)
    return opened


# ---- reading


def plan(*, tools: Tools) -> Sequence[PlanRow]:
    """The plan as it stands, what is due soonest first."""
    with tools.store.read() as uow:
        found = _recommendations(uow)
        told = {matter.id: [act.at for act in uow.cases.acts(matter.id) if act.code == EVIDENCE] for matter in found}
        asked = frozenset(
            matter.id
            for matter in found
            if any(each.waits and each.act is Grave.SIGN_OFF for each in uow.decisions.of_case(matter.id))
        )
    return plan_rows(found, told, asked)


def _recommendations(uow: UnitOfWork) -> list[Matter]:
    return [matter for matter in uow.matters.listed() if matter.kind is MatterKind.RECOMMENDATION]


def measures(*, tools: Tools) -> Sequence[Measure]:
    """What the force began by itself, and when."""
    with tools.store.read() as uow:
        return uow.matters.measures()


def open_recommendation(code: str, *, tools: Tools) -> Matter:
    """The recommendation of a code or a reference; Refusal when there is none."""
    with tools.store.read() as uow:
        found = [each for each in _recommendations(uow) if code in {each.code, each.reference}]
    if not found:
        raise Refusal(f"The action plan has no recommendation {code!r}. `vigil plan list` shows them.")
    return found[0]


def read_matter(matter_id: CaseId, actor: Actor, *, tools: Tools) -> MatterRead:
    """A matter opened: its words and its evidence, for its owner and the leads of the force; the view is on the audit."""
    policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
    with tools.store.write() as uow:
        matter = uow.matters.get(matter_id)
        if not is_staff(actor, tools):
            may_or_refuse(may_report_on(actor, matter.owner, directory, phone=phone_words(policy)))
        leads = may_report_on(actor, matter.owner, directory, phone=phone_words(policy)) is None
        acts = uow.cases.acts(matter.id) if leads else ()
        case = uow.cases.get(matter.id)
        asked = any(each.waits for each in uow.decisions.of_case(matter.id))
        uow.audit.append([Entry(now, actor.person, Action.VIEWED, f"{matter.kind} {matter.code}", matter.id)])
        uow.commit()
    return MatterRead(
        id=matter.id,
        version=case.version,
        reference=matter.reference,
        kind=matter.kind.value,
        code=matter.code,
        owner=directory.name_of(matter.owner),
        words=matter.words,
        state=matter.state.value,
        due_at=matter.due_at,
        late=matter.late_at(now),
        own=actor.person == matter.owner,
        least=policy.reasons.least_characters,
        reason=matter.reason if leads else "",
        evidence=tuple(
            EvidenceRead(act.at, directory.name_of(act.by), act.note) for act in acts if act.code == EVIDENCE
        ),
        asked=asked,
        may_report=leads,
    )
