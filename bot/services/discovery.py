"""Indecent images come upon at another job: whom to ring, and a referral from one answer, before anybody has typed a word."""

from datetime import timedelta

from bot.domain.answers import Discovery, Referred
from bot.domain.commands import Actor, Referral, Send
from bot.domain.directory import AgencyKind
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId, ChannelId, DraftId
from bot.domain.risk import Answer
from bot.services.referrals import open_case
from bot.services.reviewing import confirmation, phone_words
from bot.services.tools import Tools

CONCERN, CHILD_NEAR = "indecent_images_adult_suspect", "child_in_household"
SAME_WITHIN = timedelta(minutes=10)
"""A second press of one officer within this time is about the same device: the first case is shown again."""
NO_CONCERN = "The policy has no such concern. Type /refer and refer the children as it is."


def discovery(*, tools: Tools) -> Discovery:
    """Whom to ring about a device now: whoever is on duty for the concern, and the standing numbers."""
    directory, now = tools.rules.directory, tools.clock.now()
    team = directory.team_for(directory.police.id, concern=CONCERN, channel=None)
    on_duty = [directory.people[person] for person in directory.on_duty(team.id, now) if person in directory.people]
    names = ", ".join(f"{person.name} {person.phone}".strip() for person in on_duty) or "nobody on duty"
    return Discovery((f"{team.name}: {names}", phone_words(tools.rules.policy)))


def report(near: Answer, channel: ChannelId | None, actor: Actor, key: str, *, tools: Tools) -> Referred:
    """Open the case: nobody has graded it, so it runs on the shortest limits; police and social care are told at once.

    `near` says whether children are there now. The same officer's second press within ten minutes answers the first case again.
    """
    policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
    if CONCERN not in policy.concerns:
        raise Refusal(NO_CONCERN)
    mark = f"discovery:{actor.person}"
    with tools.store.write() as uow:
        last_at = uow.marks.instant(mark)
        recent = last_at is not None and now - last_at < SAME_WITHIN
        before = uow.inbox.answer_to(key) or (uow.inbox.answer_to(f"{mark}:{last_at}") if recent else None)
        if before is not None:
            case = uow.cases.get(CaseId(before))
            return confirmation(uow, case, tools.rules.policy_of(case.policy_version, uow), directory)
        social_care = directory.agency_of_kind(AgencyKind.SOCIAL_CARE)
        case = open_case(
            uow,
            Referral(CONCERN, None, next(iter(policy.asks)), ()),
            Send(DraftId(""), (social_care.id,) if social_care is not None else (), also_in=channel),
            actor,
            tools=tools,
            now=now,
            facts={CHILD_NEAR: near},
        )
        uow.marks.set_instant(mark, now)
        uow.inbox.remember(f"{mark}:{now}", case.id, now)
        uow.inbox.remember(key, case.id, now)
        answer = confirmation(uow, case, policy, directory)
        uow.commit()
    tools.alarm.ring()
    return answer
