"""The referrer hears the outcome and says that they have; who sees it differently says that with a disagreement."""

from bot.domain.answers import Said
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor, OnCase
from bot.domain.errors import Refusal
from bot.domain.events import Action
from bot.domain.notices import NoticeKind
from bot.domain.permissions import Verb
from bot.ports import UnitOfWork
from bot.services.acts import begin, once, own_party
from bot.services.changes import Change
from bot.services.receiving import tell_people
from bot.services.tools import Tools

TOLD, HEARD = "referrer_told", "referrer_heard"


def tell_referrer(on: OnCase, code: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Tell whoever referred it what came of it, in words of the policy's list; they are asked to answer."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT)
        own_party(change.case, actor)
        words = change.policy.listed.get("told_referrer", {}).get(code)
        if words is None:
            raise Refusal("Select one of the outcomes in the list.")
        met = _record(change, TOLD, actor, words)
        referrers = [person for person in change.case.referrers if person in tools.rules.directory.people]
        payload: dict[str, object] = {"code": code, "by": actor.person}
        tell_people(change, NoticeKind.FEEDBACK, referrers, payload, about=f"v{change.case.version}")
        case = change.save()
        names = (
            ", ".join(map(tools.rules.directory.name_of, referrers)) or "nobody: the referrer is not in the directory"
        )
        return f"Told of the outcome of {case.reference}: {names}.{met}"

    return once(act, key, tools=tools)


def heard(on: OnCase, actor: Actor, key: str, *, tools: Tools) -> Said:
    """The referrer says that they have heard and agree."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT)
        if actor.person not in change.case.referrers:
            raise Refusal("Only whoever referred it can say that they have heard.")
        _record(change, HEARD, actor, "")
        return f"Recorded on {change.save().reference}: you have heard the outcome."

    return once(act, key, tools=tools)


def _record(change: Change, code: str, actor: Actor, note: str) -> str:
    """A record that ends what it ends; what that was, in words."""
    change.record(HumanAct(change.case.id, code, actor.person, actor.agency, change.now, protective=False, note=note))
    change.audit(Action.ACTION_RECORDED, code)
    change.acted()
    met = change.happen(sorted(change.policy.records_of(code)), record=code)
    titles = dict.fromkeys(change.policy.milestones[each.kind].title.lower() for each in met)
    return f" Done with it: {', '.join(titles)}." if titles else ""
