"""Putting one's own reminders off: a snooze with a reason, and "I am chasing it". Neither is an act, and no next step waits."""

from bot.domain.answers import Said
from bot.domain.commands import Actor, OnCase
from bot.domain.errors import Refusal
from bot.domain.events import Action
from bot.domain.holds import Hold, HoldKind, snooze_refusal
from bot.domain.permissions import Verb
from bot.domain.wording import moment
from bot.ports import UnitOfWork
from bot.services.acts import begin, once, own_party
from bot.services.tools import Tools


def snooze(on: OnCase, code: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Put one's reminders off for a reason of the policy's list; Refusal past the instant at which something is due."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT)
        party = own_party(change.case, actor)
        reason = tools.rules.policy.snoozes.get(code)
        if reason is None:
            raise Refusal("Select one of the reasons in the list.")
        until_at = change.now + reason.within
        no = snooze_refusal(change.deadlines, party.agency, until_at, change.now)
        if no is not None:
            raise Refusal(no)
        uow.holds.add(Hold(change.case.id, actor.person, HoldKind.SNOOZE, change.now, until_at, code))
        change.audit(Action.SNOOZED, f"{code} until {until_at.isoformat()}")
        case = change.save()
        return (
            f"Your reminders about {case.reference} wait until {moment(until_at, change.now).removeprefix('on ')}. "
            "What is owed and every step after it stay, and the card shows it."
        )

    return once(act, key, tools=tools)


def chase(on: OnCase, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Say that one is chasing it: one's own repeats wait for the policy's time, the next step does not."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT)
        until_at = change.now + tools.rules.policy.notices.chase_hold
        uow.holds.add(Hold(change.case.id, actor.person, HoldKind.CHASE, change.now, until_at))
        change.audit(Action.CHASED, f"until {until_at.isoformat()}")
        case = change.save()
        return (
            f"The card of {case.reference} shows that you are chasing it. Repeats to you wait until "
            f"{moment(until_at, change.now).removeprefix('on ')}; the next step does not, and nothing is met by it."
        )

    return once(act, key, tools=tools)
