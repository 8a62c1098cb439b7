"""A concern raised by a partner from the pinned card of a shared channel: a case from two choices and a record number."""

from datetime import datetime, timedelta

from bot.domain.answers import Said
from bot.domain.cases import Case, CaseStatus
from bot.domain.commands import Actor, RaiseConcern, Referral, Send
from bot.domain.directory import AgencyKind
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import AgencyId, DraftId
from bot.domain.policy import Policy
from bot.domain.redaction import ACKNOWLEDGE
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.acts import once
from bot.services.receiving import MOST_NUMBER
from bot.services.referrals import open_case
from bot.services.reviewing import phone_words
from bot.services.tools import Tools

SAME_WITHIN = timedelta(minutes=10)
"""The same three answers of the same person within this time are one concern sent twice: the card keeps what was chosen."""
OUR_OWN = "This card is for people of partner agencies. Type /refer: its form asks for what your own referral needs."
NO_AGENCY = (
    "Raised from the card of a shared channel by somebody of no agency in the directory. Their record number: {number}"
)


def raise_concern(command: RaiseConcern, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Open the case: the police, and children's social care unless it raised it, are told and owe an acknowledgement.

    Nobody has graded it, so it runs on the shortest limits. FormRefusal fields: concern, asks_for, record_number.
    """

    def act(uow: UnitOfWork) -> str:
        policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
        if not actor.external and actor.agency in {None, directory.police.id}:
            raise Refusal(OUR_OWN)
        number = " ".join(command.number.split())
        _check(command, number, policy)
        before = _sent_just_now(uow, command, number, actor, now)
        if before is not None:
            return f"{before.reference} was sent with these answers a moment ago. Nothing was sent twice."
        social_care = directory.agency_of_kind(AgencyKind.SOCIAL_CARE)
        raised_by = actor.agency if actor.known else None
        told: tuple[AgencyId, ...] = (social_care.id,) if social_care and social_care.id != raised_by else ()
        case = open_case(
            uow,
            Referral(
                concern=command.concern,
                grade=None,
                asks_for=command.asks_for,
                children=(),
                narrative="" if actor.agency else NO_AGENCY.format(number=number),
                channel=command.channel,
            ),
            Send(DraftId(""), told),
            actor,
            tools=tools,
            now=now,
            record_number=number,
        )
        return _answer(uow, case, tools)

    return once(act, key, tools=tools)


def _check(command: RaiseConcern, number: str, policy: Policy) -> None:
    wrong: dict[str, str] = {}
    if command.concern not in policy.concerns:
        wrong["concern"] = "Select what kind of concern this is"
    if command.asks_for not in policy.asks:
        wrong["asks_for"] = "Select what you are asking for"
    if not any(char.isdigit() for char in number):
        wrong["record_number"] = "Enter your own record number, with a digit in it and no name"
    elif len(number) > MOST_NUMBER:
        wrong["record_number"] = f"Your own record number must be {MOST_NUMBER} characters or fewer"
    if wrong:
        raise FormRefusal(wrong)


def _sent_just_now(uow: UnitOfWork, command: RaiseConcern, number: str, actor: Actor, now: datetime) -> Case | None:
    if actor.agency is None:
        return None
    for case_id in uow.overview.recorded_as(actor.agency, number):
        case = uow.cases.get(case_id)
        same = (case.referrer, case.concern, case.asks_for) == (actor.person, command.concern, command.asks_for)
        if same and case.status is CaseStatus.OPEN and now - case.opened_at < SAME_WITHIN:
            return case
    return None


def _answer(uow: UnitOfWork, case: Case, tools: Tools) -> str:
    """The reference, who owes the acknowledgement and by when, and whom to ring."""
    directory = tools.rules.directory
    owed = [deadline for deadline in uow.deadlines.of_case(case.id) if deadline.kind == ACKNOWLEDGE]
    who = " · ".join(f"{directory.agencies[each.agency].name} by {full_moment(each.due_at)}" for each in owed)
    phone = phone_words(tools.rules.policy)
    return f"{case.reference} has been sent. To acknowledge it: {who}. Phone {phone} if it cannot wait."
