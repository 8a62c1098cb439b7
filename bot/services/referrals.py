"""Referring: a draft kept sealed while it is reviewed, then a case with its clocks running."""

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.answers import Referred, Review
from bot.domain.cases import Case, CaseStatus, HumanAct, Particulars, Party
from bot.domain.commands import Actor, Referral, Send
from bot.domain.deadlines import Deadline
from bot.domain.details import Detailed, detailed, wrong
from bot.domain.directory import AgencyKind, Directory
from bot.domain.errors import FormRefusal, NotFound
from bot.domain.events import Action, Entry
from bot.domain.ids import AgencyId, CaseId, ChannelId, DraftId
from bot.domain.letters import NEW
from bot.domain.notices import Destination, NoticeKind
from bot.domain.owed import REFERRAL
from bot.domain.policy import Policy
from bot.domain.redaction import ACKNOWLEDGE, GRADED
from bot.domain.restriction import first_list
from bot.domain.risk import Answer, Assessment, assess
from bot.ports import UnitOfWork
from bot.services.areas import settle_areas
from bot.services.changes import HUMAN_ACT, Change
from bot.services.passages import SHARE_DECISION
from bot.services.reviewing import confirmation, raised_by, review, told_by
from bot.services.risks import FLOOR, closing, history_of, referral_number, tell_floors
from bot.services.tools import Tools

LONDON = ZoneInfo("Europe/London")
SOMEBODY_ELSES = "This draft belongs to somebody else."
SCHOOL_REFERRAL = "school_referral"
"""The flag of a case that a school referred."""


def draft(referral: Referral, actor: Actor, begun: DraftId | None = None, *, tools: Tools) -> Review:
    """Keep what was typed, sealed, and answer who would be told and by when. FormRefusal names inputs that are wrong.

    `begun` is the draft that the form was opened for: the same form sent again replaces it. NotFound when it is somebody
    else's.
    """
    policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
    _check(referral, policy, now)
    draft_id = begun or DraftId(tools.new_id())
    with tools.store.write() as uow:
        check_own(uow, draft_id, actor)
        uow.drafts.put(draft_id, person=actor.person, referral=referral, at=now)
        uow.audit.append([Entry(now, actor.person, Action.DRAFTED, f"draft {draft_id}")])
        uow.commit()
    return review(draft_id, referral, actor, policy=policy, directory=directory, now=now)


def check_own(uow: UnitOfWork, draft_id: DraftId, actor: Actor) -> None:
    """NotFound when the draft is somebody else's; one that is not there yet is anybody's."""
    try:
        person, _ = uow.drafts.get(draft_id)
    except NotFound:
        return
    if person != actor.person:
        raise NotFound(SOMEBODY_ELSES)


def typed(send: Send, actor: Actor, *, tools: Tools) -> str:
    """What the person typed, to be given back to them when sending failed; empty when the draft cannot be read."""
    try:
        with tools.store.read() as uow:
            person, referral = uow.drafts.get(send.draft)
    except NotFound:
        return ""
    if person != actor.person:
        return ""
    lines = [", ".join(ref.value for ref in child.references) for child in referral.children]
    return "\n".join(part for part in (*lines, referral.narrative, referral.address) if part)


def refer(send: Send, actor: Actor, key: str, *, tools: Tools) -> Referred:
    """Open the case: deadlines for every agency told, its cards and first notices, all in one transaction.

    The same key answers the same case again. NotFound when the draft is gone, FormRefusal when an input is wrong.
    """
    policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
    with tools.store.write() as uow:
        before = uow.inbox.answer_to(key)
        if before is not None:
            opened = uow.cases.get(CaseId(before))
            return confirmation(uow, opened, tools.rules.policy_of(opened.policy_version, uow), directory)
        person, referral = uow.drafts.get(send.draft)
        if person != actor.person:
            raise NotFound(SOMEBODY_ELSES)
        _check(referral, policy, now)
        _check_sending(send, actor, policy, directory, now)
        known = detailed(policy, referral.concern, referral.details)
        given = replace(referral, concern=known.concern)
        case = open_case(uow, given, send, actor, tools=tools, now=now, facts=known.facts)
        _keep(uow, case, referral, known, policy)
        uow.drafts.delete(send.draft)
        uow.inbox.remember(key, case.id, now)
        answer = confirmation(uow, case, policy, directory)
        uow.commit()
    tools.alarm.ring()
    return answer


def _keep(uow: UnitOfWork, case: Case, referral: Referral, known: Detailed, policy: Policy) -> None:
    """Put what the details say on the record as the act that the concern opens with, done at the time that they give."""
    code = policy.concern(case.concern).opens_with
    if code and (known.words or referral.happened_at is not None):
        uow.cases.record(
            HumanAct(
                case.id,
                code,
                case.referrer,
                case.referring_agency,
                case.opened_at,
                protective=False,
                note=known.words,
                happened_at=referral.happened_at,
            )
        )


def _check(referral: Referral, policy: Policy, now: datetime) -> None:
    if referral.concern not in policy.concerns:
        raise FormRefusal({"concern": "Select what kind of concern this is"})
    amiss = wrong(policy.concern(referral.concern), referral.details, referral.happened_at, now)
    if amiss:
        raise FormRefusal(amiss)
    offered = {grade.code for grade in policy.concern(referral.concern).offered}
    if referral.grade is not None and referral.grade not in offered:
        raise FormRefusal({"grade": "Select how serious the risk is"})
    if referral.asks_for not in policy.asks:
        raise FormRefusal({"asks_for": "Select what you are asking for"})


def _check_sending(send: Send, actor: Actor, policy: Policy, directory: Directory, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if any(agency not in directory.agencies for agency in send.agencies):
        wrong["agencies"] = "Select agencies from the list"
    social_care = directory.agency_of_kind(AgencyKind.SOCIAL_CARE)
    least = policy.reasons.least_characters
    told = {*send.agencies, raised_by(actor)}
    if social_care and social_care.id not in told and len(send.left_out_reason.strip()) < least:
        wrong["left_out_reason"] = f"Enter why {social_care.name} is left out, in {least} characters or more"
    if send.first_aware_at is not None and send.first_aware_at > now:
        wrong["first_aware_at"] = "When it was first known must be in the past"
    if wrong:
        raise FormRefusal(wrong)


def _origin(channel: ChannelId | None, told: Container[AgencyId], directory: Directory) -> ChannelId | None:
    """The channel of the command gets a card only as a team's own of an agency told: who is left out reads none there."""
    team = directory.team_of_channel(channel) if channel is not None else None
    return channel if team is not None and team.agency in told else None


def _flags(actor: Actor, policy: Policy, directory: Directory) -> frozenset[str]:
    """What is in force from the start: a school is answered the same school day."""
    agency = directory.agencies.get(actor.agency) if actor.agency else None
    from_school = agency is not None and agency.kind is AgencyKind.EDUCATION
    return frozenset({SCHOOL_REFERRAL} & policy.flags.keys()) if from_school else frozenset()


def open_case(
    uow: UnitOfWork,
    referral: Referral,
    send: Send,
    actor: Actor,
    *,
    tools: Tools,
    now: datetime,
    facts: Mapping[str, Answer] | None = None,
    record_number: str = "",
) -> Case:
    """A new case in this transaction, its clocks running and its people told; what was typed has been checked before.

    `facts` are those that are known at once, `record_number` the raising agency's own number for it.
    """
    policy, directory = tools.rules.policy, tools.rules.directory
    flags = _flags(actor, policy, directory)
    history = history_of(uow, referral.children, at=now, agency=actor.agency)
    known = dict(facts or {})
    found = assess(policy, referral.concern, referral.grade, known, flags, history)
    told = told_by(referral, send.agencies, actor, directory)
    case = Case(
        id=CaseId(tools.new_id()),
        reference=uow.cases.next_reference(now.astimezone(LONDON).year),
        version=1,
        concern=referral.concern,
        grade=referral.grade,
        effective_grade=found.grade,
        band=found.band,
        floors=tuple(fired.code for fired in found.floors),
        flags=flags,
        asks_for=referral.asks_for,
        status=CaseStatus.OPEN,
        opened_at=now,
        first_aware_at=send.first_aware_at or now,
        referrer=actor.person,
        referring_agency=actor.agency,
        origin_channel=_origin(send.also_in or referral.channel, {agency for agency, _, _ in told}, directory),
        parties=tuple(
            Party(
                agency, team.id, team.channel, now, owes, record_number=record_number if agency == actor.agency else ""
            )
            for agency, team, owes in told
        ),
        facts=known,
        policy_version=policy.version,
        last_act_at=now,
        graded_at=now if referral.grade else None,
        fired_at={fired.code: now for fired in found.floors},
        referral_number=referral_number(history, policy.calendar),
    )
    uow.rulebook.keep(policy.version, policy.text, now)
    if closing(found, policy, known):
        case = replace(case, restricted_to=first_list(case, directory))
    uow.cases.add(case, Particulars(referral.children, referral.narrative, referral.address, send.left_out_reason))
    _start(uow, case, actor, found, tools=tools, now=now)
    return case


def _start(uow: UnitOfWork, case: Case, actor: Actor, found: Assessment, *, tools: Tools, now: datetime) -> None:
    """Open the clocks of a new case, put it on the audit, and tell whoever is on duty."""
    directory = tools.rules.directory
    change = Change(uow, tools, case, actor=actor.person, now=now)
    change.audit(Action.REFERRED, f"{case.reference} {case.concern} {case.grade or 'ungraded'} {case.band}")
    for code in case.floors:
        change.audit(Action.FLOOR_FIRED, code)
    if case.restricted_to is not None:
        change.close_to(case.restricted_to, FLOOR)
    social_care = directory.agency_of_kind(AgencyKind.SOCIAL_CARE)
    if social_care and case.party(social_care.id) is None:
        change.audit(Action.AGENCY_LEFT_OUT, social_care.id)
    change.open([REFERRAL, HUMAN_ACT, *([GRADED] if case.grade else [])], now, named=found.opens)
    change.happen([*sorted(case.flags), SHARE_DECISION])
    settle_areas(change, directory)
    change.redraw()
    for deadline in change.deadlines:
        if deadline.kind == ACKNOWLEDGE:
            tell_duty(change, deadline, directory)
    tell_floors(change, found.floors, tools)
    change.store_parts()
    uow.outbox.add(change.decided)


def tell_duty(change: Change, deadline: Deadline, directory: Directory) -> None:
    """One direct message to each person on duty for a team that owes an acknowledgement; its leaders when nobody is.

    Of a restricted case only its list hears, which has its card.
    """
    if change.case.restricted:
        return
    on_duty = directory.on_duty(deadline.team, change.now)
    people = [person for person in on_duty if person != change.case.referrer] or on_duty
    if not people:
        people = directory.standing_in(directory.teams[deadline.team].leaders, change.now)
        change.nobody(deadline, (NEW,), people)
    for person in people:
        change.notify(
            NoticeKind.STEP,
            f"{deadline.id}:{NEW}:{person}",
            Destination.person(person),
            {"items": [[deadline.id, NEW, 0, []]], "roles": ["owner"]},
        )
