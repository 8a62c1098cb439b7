"""Sharing a case with a further agency, or deciding not to, each with who decided and why."""

from bot.domain.answers import Said
from bot.domain.cases import HumanAct, Party
from bot.domain.commands import Actor, Share
from bot.domain.errors import FormRefusal
from bot.domain.events import Action
from bot.domain.owed import REFERRAL
from bot.domain.permissions import Verb
from bot.domain.redaction import ACKNOWLEDGE
from bot.ports import UnitOfWork
from bot.services.acts import begin, once, own_party
from bot.services.areas import settle_areas
from bot.services.referrals import tell_duty
from bot.services.tools import Tools

SHARED, NOT_SHARED = "shared", "not_shared"


def share(command: Share, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Tell a further agency: its own clocks run from now, and its duty is told. FormRefusal fields: agency, reason."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.ACT)
        own_party(change.case, actor)
        directory = tools.rules.directory
        if command.agency not in directory.agencies or change.case.party(command.agency) is not None:
            raise FormRefusal({"agency": "Select an agency that has not been told"})
        reason = _reason(command, change.policy.listed.get(NOT_SHARED, {}).get(command.listed, ""), tools)
        code = SHARED if command.shares else NOT_SHARED
        change.record(
            HumanAct(change.case.id, code, actor.person, actor.agency, change.now, protective=False, note=reason)
        )
        change.audit(Action.SHARED if command.shares else Action.NOT_SHARED, command.agency)
        change.acted()
        name = directory.agencies[command.agency].name
        if not command.shares:
            return f"Recorded on {change.save().reference}: not shared with {name}, with the reason."
        team = directory.team_for(command.agency, concern=change.case.concern)
        party = Party(command.agency, team.id, team.channel, change.now)
        change.case = change.case.joined_by(party)
        for deadline in change.open([REFERRAL], change.now):
            if deadline.kind == ACKNOWLEDGE and deadline.agency == command.agency:
                tell_duty(change, deadline, directory)
        settle_areas(change, directory)
        return f"Shared {change.save().reference} with {name}, which must acknowledge it now."

    return once(act, key, tools=tools)


def _reason(command: Share, listed: str, tools: Tools) -> str:
    reason = ". ".join(part for part in (listed, " ".join(command.reason.split())) if part)
    least = tools.rules.policy.reasons.least_characters
    if len(reason) < least:
        raise FormRefusal({"reason": f"Reason must be {least} characters or more"})
    return reason
