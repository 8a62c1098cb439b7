"""What leaders owe in person, on the one mechanism: opened, met, handed on with the post, and asked anew."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.cases import Particulars
from bot.domain.commands import Actor
from bot.domain.deadlines import Ending, EndingKind, end
from bot.domain.decisions import Decision
from bot.domain.errors import Refusal
from bot.domain.events import Action
from bot.domain.ids import CaseId, DeadlineId, PersonId, Reference
from bot.domain.matters import PREFIX, Matter, MatterKind, MatterState, matter_case, matter_deadline
from bot.domain.notices import Destination, NoticeKind
from bot.ports import UnitOfWork
from bot.services.changes import Change
from bot.services.tools import Tools

ENDORSEMENT, PROGRESS, MET, COUNTS = "endorsement", "recommendation", "recommendation_met", "unit_counts"
"""The milestones of a leader's matters."""
MILESTONES = {MatterKind.ENDORSEMENT: ENDORSEMENT, MatterKind.RECOMMENDATION: MET, MatterKind.COUNTS: COUNTS}
"""The milestone by which each kind is called."""
ASKED, DECLINED, HANDED_ON = "asked", "declined", "handed_on"
"""What word of a matter says."""
EVIDENCE = "recommendation_reported"
"""The act that a piece of evidence is."""


def reference_of(uow: UnitOfWork, kind: MatterKind, code: str = "") -> Reference:
    """The reference of the next matter of a kind: by its own code, else numbered."""
    return Reference(f"{PREFIX[kind]}-{code.replace(' ', '-') or f'{uow.matters.next_number():04d}'}")


def open_matter(
    uow: UnitOfWork,
    tools: Tools,
    wanted: Matter,
    owed: Mapping[str, datetime | None],
    *,
    by: PersonId,
) -> Matter:
    """Let a leader owe something from now: `owed` are its milestones, each with the instant by which, None: by the policy.

    The matter comes back with the instant by which the first of them is due. They are told, and it climbs if it is late.
    """
    policy, directory, now = tools.rules.policy, tools.rules.directory, wanted.opened_at
    case = matter_case(wanted, directory.police.id, policy=policy, referrer=by, now=now)
    uow.rulebook.keep(policy.version, policy.text, now)
    uow.cases.add(case, Particulars(children=()))
    change = Change(uow, tools, case, actor=by, now=now)
    opened = [
        matter_deadline(
            policy,
            case,
            code,
            deadline_id=DeadlineId(tools.new_id()),
            owner=wanted.owner,
            now=now,
            until_at=until_at,
        )
        for code, until_at in owed.items()
    ]
    for deadline in opened:
        change.add(deadline)
        change.audit(Action.DEADLINE_OPENED, f"{deadline.kind} {deadline.agency} due {deadline.due_at.isoformat()}")
    matter = replace(wanted, due_at=opened[0].due_at)
    uow.matters.add(matter)
    change.audit(Action.MATTER_ASKED, f"{matter.kind} {matter.code} {matter.post} of {matter.owner}")
    tell(change, matter, ASKED, [matter.owner])
    change.store_parts()
    uow.outbox.add(change.decided)
    return matter


def tell(change: Change, matter: Matter, what: str, people: Iterable[PersonId]) -> None:
    """Word of a matter to each of these people, by a message of their own."""
    for person in dict.fromkeys(people):
        key = f"matter:{matter.id}:{what}:{matter.revision}:{person}"
        change.notify(NoticeKind.MATTER, key, Destination.person(person), {"what": what})


def change_on(uow: UnitOfWork, tools: Tools, matter_id: CaseId, by: PersonId, now: datetime) -> Change:
    """A change on the row of a matter; NotFound when there is none."""
    return Change.on(uow, tools, matter_id, actor=by, now=now)


def settle(change: Change, state: MatterState, *, reason: str = "", record: str = "") -> Matter:
    """End the matter of a change with everything that is owed on it."""
    matter = change.uow.matters.get(change.case.id)
    kind = EndingKind.SUPERSEDED if state is MatterState.SUPERSEDED else EndingKind.MET
    meet(change, kind=kind, record=record)
    done = matter.ended(state, change.actor, change.now, reason)
    change.uow.matters.save(done)
    return done


def meet(change: Change, *codes: str, kind: EndingKind = EndingKind.MET, record: str = "") -> None:
    """End what is owed of these milestones, or everything."""
    for deadline in list(change.deadlines):
        if deadline.is_open and (not codes or deadline.kind in codes):
            change.put(end(deadline, Ending(kind, change.now, change.actor, record)))
            change.audit(
                Action.DEADLINE_MET if kind is EndingKind.MET else Action.DEADLINE_ENDED,
                f"{deadline.kind} {deadline.agency}",
            )


def hand_on(uow: UnitOfWork, tools: Tools, matter: Matter, to: PersonId, *, by: PersonId, now: datetime) -> None:
    """Let whoever holds the post now owe it: every instant stays where it is."""
    change = change_on(uow, tools, matter.id, by, now)
    (party,) = change.case.parties
    change.case = change.case.with_party(party.owned_by(to))
    for deadline in change.deadlines:
        if deadline.is_open:
            change.put(replace(deadline, owner=to))
    uow.matters.save(replace(uow.matters.get(matter.id), owner=to))
    change.audit(Action.MATTER_HANDED_ON, f"{matter.kind} {matter.code} from {matter.owner} to {to}")
    tell(change, matter, HANDED_ON, [to])
    change.save()


# ---- the second person of a recommendation


def check_sign_off(change: Change, _wanted: Decision, _tools: Tools) -> None:
    """Refusal unless it is an open recommendation with evidence on its record."""
    matter = change.uow.matters.get(change.case.id)
    if matter.kind is not MatterKind.RECOMMENDATION or not matter.is_open:
        raise Refusal(f"{matter.reference} is not an open recommendation.")
    if not any(act.code == EVIDENCE for act in change.uow.cases.acts(matter.id)):
        raise Refusal(f"{matter.reference} has no evidence yet. Record what was done first.")


def sign_off(change: Change, decided: Decision, _tools: Tools) -> str:
    """The recommendation met: nothing of it is owed any more."""
    matter = change.uow.matters.get(change.case.id)
    settle(change, MatterState.DONE, record=decided.id)
    change.audit(Action.SIGNED_OFF, f"{matter.code} {decided.id}")
    return f"Recommendation {matter.code} is signed off."


def may_or_refuse(no: str | None) -> None:
    """Refusal with the sentence, unless there is none."""
    if no is not None:
        raise Refusal(no)


def is_staff(actor: Actor, tools: Tools) -> bool:
    """Whether somebody is of the force."""
    known = tools.rules.directory.people.get(actor.person)
    return actor.known and known is not None and known.agency == tools.rules.directory.police.id
