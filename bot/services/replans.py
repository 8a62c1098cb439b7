"""A case planned anew under the policy in force: explicit, with a reason, and never to anybody's later."""

from bot.domain.answers import Said
from bot.domain.cases import Case
from bot.domain.commands import Actor, OnCase
from bot.domain.deadlines import Deadline
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.notices import NoticeKind
from bot.domain.permissions import Verb
from bot.domain.policy import Policy
from bot.domain.replanning import replanned
from bot.ports import UnitOfWork
from bot.services.acts import begin, once
from bot.services.changes import Change
from bot.services.risks import reassess
from bot.services.tools import Tools


def replan(on: OnCase, reason: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Let a case go by the policy in force, with what it still owes. Every instant becomes the earlier of old and new.

    What the new policy asks for beside that is owed from what happens next; nothing is opened for what is past.
    """

    def act(uow: UnitOfWork) -> str:
        change, policy = begin(uow, tools, on.case_id, actor, Verb.REPLAN), tools.rules.policy
        least = policy.reasons.least_characters
        if len(reason.strip()) < least:
            raise FormRefusal({"reason": f"Reason must be {least} characters or more"})
        before = change.case.policy_version
        if before == policy.version:
            return f"{change.case.reference} goes by the policy in force already."
        _check(change.case, policy)
        uow.rulebook.keep(policy.version, policy.text, change.now)
        change.go_by(policy)
        moved = _plan_anew(change, policy, tools)
        earlier = [old for old, new in moved if new.due_at < old.due_at]
        if earlier:
            payload = {"deadlines": [[old.id, old.due_at.isoformat()] for old in earlier]}
            change.line(NoticeKind.RETIMED, payload, about=f"replan:{policy.version}")
        reassess(change, tools)
        change.audit(Action.REPLANNED, f"{before} to {policy.version}", {"reason": reason.strip()})
        case = change.save()
        return (
            f"{case.reference} goes by the policy in force from now. Planned anew: {len(moved)} of what it owes, "
            f"{len(earlier)} due earlier than before. Nothing is due later."
        )

    return once(act, key, tools=tools)


def _check(case: Case, policy: Policy) -> None:
    concern = policy.concerns.get(case.concern)
    if concern is None:
        raise Refusal(f"The policy in force has no such kind of concern, so {case.reference} goes on by its own.")
    known = {grade.code for grade in concern.grades}
    if {case.grade, case.effective_grade} - known - {None}:
        raise Refusal(f"The policy in force has no such grade, so {case.reference} goes on by its own.")


def _plan_anew(change: Change, policy: Policy, tools: Tools) -> list[tuple[Deadline, Deadline]]:
    """Everything still owed that the policy knows, before and after."""
    moved = []
    for deadline in [each for each in change.deadlines if each.is_open]:
        row = policy.milestones.get(deadline.kind)
        if row is None:
            continue
        kind: str = tools.rules.directory.agencies[deadline.agency].kind
        fresh = replanned(deadline, policy, row, kind)
        if fresh == deadline:
            continue
        change.put(fresh)
        change.audit(
            Action.DEADLINE_RETIMED,
            f"{deadline.kind} {deadline.agency} from {deadline.due_at.isoformat()} to {fresh.due_at.isoformat()} "
            f"by policy {policy.version}",
        )
        moved.append((deadline, fresh))
    return moved
