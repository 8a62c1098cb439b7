"""Who may do what, cell by cell and both ways, asked of the use cases themselves: each verb by each role."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.authorisation import Grave
from bot.domain.briefs import AskBrief, BriefBy
from bot.domain.commands import (
    Actor,
    AnswerFact,
    AskPartner,
    Decide,
    Direct,
    HandOver,
    Listing,
    OnCase,
    Propose,
    RecordNumber,
    Restrict,
    Share,
    TellByPhone,
)
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId, PersonId
from bot.domain.requests import BASIS, WHAT
from bot.domain.risk import Answer
from bot.domain.roster import SetAway, SetDuty
from bot.services import (
    briefs,
    casework,
    choosing,
    conflicts,
    decisions,
    directions,
    feedback,
    flags,
    handovers,
    holds,
    lookups,
    people,
    proposing,
    receiving,
    records,
    referrals,
    replans,
    requests,
    restricting,
    sharing,
)
from tests import builders as b
from tests.services.office import Office

FACT = b.POLICY.concern("domestic_abuse").facts[0].code
WHY = "A synthetic reason that is long enough."
ROLES = {
    "stranger": b.outsider(),
    "outsider in a team's channel": b.outsider(b.CARE),
    "agency not told": b.actor(b.NURSE),
    "member of the force": b.actor(b.OTHER_OFFICER),
    "partner's member": b.actor(b.OTHER_WORKER),
    "partner's team leader": b.actor(b.CARE_LEADER),
    "partner's lead": b.actor(b.CARE_LEAD),
    "force's lead": b.actor(b.INSPECTOR),
    "chief officer": b.actor(b.CHIEF),
    "governance": b.actor(b.GOVERNANCE),
}
EVERYBODY = frozenset(ROLES)
FORCE = {"member of the force", "force's lead", "chief officer"}
SENIOR = {"partner's team leader", "partner's lead", "force's lead", "chief officer"}
LEADS = SENIOR - {"partner's team leader"}
WORK = SENIOR | {"member of the force", "partner's member"}
PARTNER = {role for role in WORK if role.startswith("partner")}
VIEW = WORK | {"governance"}

Act = Callable[[Office, CaseId, Actor], object]


def lowered(office: Office, case_id: CaseId, by: Actor) -> object:
    return decisions.propose(Propose(case_id, Grave.LOWER_GRADE, WHY, "standard"), by, "p", tools=office.tools)


def decided(office: Office, case_id: CaseId, by: Actor) -> object:
    put = Propose(case_id, Grave.LOWER_GRADE, WHY, "standard")
    found = decisions.propose(put, b.actor(b.OFFICER), "put", tools=office.tools)
    return decisions.decide(Decide(found.decision, found.version, agree=True), by, "d", tools=office.tools)


def read_reason(office: Office, case_id: CaseId, by: Actor) -> object:
    put = Propose(case_id, Grave.LOWER_GRADE, WHY, "standard")
    found = decisions.propose(put, b.actor(b.OFFICER), "put", tools=office.tools)
    return proposing.read_proposal(found.decision, by, tools=office.tools)


def closed(office: Office, case_id: CaseId) -> None:
    """Restricted to the officer who referred it and to nobody else."""
    state = office.store.state
    state.cases[case_id] = replace(state.cases[case_id], restricted_to=(b.OFFICER,))


def restricted_view(office: Office, case_id: CaseId, by: Actor) -> object:
    closed(office, case_id)
    return records.open_case(case_id, by, tools=office.tools)


def broken(office: Office, case_id: CaseId, by: Actor) -> object:
    closed(office, case_id)
    return restricting.break_glass(OnCase(case_id), WHY, by, "g", tools=office.tools)


def named(office: Office, case_id: CaseId, by: Actor) -> object:
    state = office.store.state
    listed = tuple(actor.person for actor in ROLES.values())
    state.cases[case_id] = replace(state.cases[case_id], restricted_to=listed)
    return restricting.name(Listing(case_id, b.OFFICER, WHY), by, "n", tools=office.tools)


def directed(office: Office, case_id: CaseId, by: Actor) -> object:
    to = b.WORKER if by.agency == b.CARE else b.SERGEANT
    at = office.clock.now() + timedelta(hours=2)
    return directions.direct(Direct(case_id, to, at, "Ring the school."), by, "k", tools=office.tools)


def handed(office: Office, case_id: CaseId, by: Actor) -> object:
    to = b.WORKER if by.agency == b.CARE else b.SERGEANT
    return handovers.offer(HandOver(case_id, to), by, "k", tools=office.tools)


def asked(office: Office, case_id: CaseId, by: Actor) -> object:
    whom = b.POLICE if by.agency == b.CARE else b.CARE
    offered = b.POLICY.listed
    wanted = AskPartner(case_id, whom, next(iter(offered[WHAT])), next(iter(offered[BASIS])), WHY)
    return requests.ask(wanted, by, "k", tools=office.tools)


def duty(office: Office, _: CaseId, by: Actor) -> object:
    now = office.clock.now()
    wanted = SetDuty(b.FRONT_DOOR, (b.WORKER,), now, now + timedelta(hours=8))
    return people.set_duty(wanted, by, "k", tools=office.tools)


def absent(office: Office, _: CaseId, by: Actor) -> object:
    now = office.clock.now()
    return people.set_away(SetAway(b.WORKER, None, now, now + timedelta(days=1)), by, "k", tools=office.tools)


def briefed(office: Office, _: CaseId, by: Actor) -> object:
    return briefs.brief(AskBrief(BriefBy.ADDRESS, "1 Synthetic Road", "attending"), by, tools=office.tools)


MATRIX: dict[str, tuple[Act, frozenset[str] | set[str]]] = {
    "refer": (lambda o, _, by: referrals.draft(b.referral(), by, tools=o.tools), EVERYBODY),
    "view detail": (lambda o, c, by: records.open_case(c, by, tools=o.tools), VIEW),
    "find by reference": (lambda o, c, by: lookups.own_case(o.case(c).reference, by, tools=o.tools), VIEW),
    "acknowledge": (lambda o, c, by: casework.acknowledge(OnCase(c), by, "k", tools=o.tools), WORK),
    "record an act": (lambda o, c, by: casework.record_act(OnCase(c), "child_seen", "", by, "k", tools=o.tools), WORK),
    "answer a question": (
        lambda o, c, by: casework.answer_fact(AnswerFact(c, FACT, Answer.YES), by, "k", tools=o.tools),
        WORK,
    ),
    "told by phone": (
        lambda o, c, by: casework.tell_by_phone(TellByPhone(c, b.CARE, "the desk"), by, "k", tools=o.tools),
        WORK,
    ),
    "grade": (lambda o, c, by: casework.grade(OnCase(c), "high", by, "k", tools=o.tools), WORK),
    "escalate": (lambda o, c, by: casework.escalate(OnCase(c), by, "k", tools=o.tools), WORK),
    "what forms offer": (lambda o, c, by: choosing.choices(OnCase(c), by, tools=o.tools), WORK),
    "put a grave act forward": (lowered, WORK),
    "draw a grave act": (lambda o, c, by: proposing.proposal_form(c, Grave.CLOSE, by, tools=o.tools), WORK),
    "be the second person": (decided, SENIOR),
    "read the reason": (read_reason, SENIOR),
    "hand over": (handed, WORK),
    "chase": (lambda o, c, by: holds.chase(OnCase(c), by, "k", tools=o.tools), WORK),
    "direct": (directed, SENIOR),
    "say how it is read": (lambda o, c, by: receiving.read_as(OnCase(c), "act_now", by, "k", tools=o.tools), PARTNER),
    "give a number": (lambda o, c, by: receiving.give_number(RecordNumber(c, "LA-1"), by, "k", tools=o.tools), WORK),
    "challenge": (lambda o, c, by: feedback.challenge(OnCase(c), "grade", by, "k", tools=o.tools), WORK),
    "share": (lambda o, c, by: sharing.share(Share(c, b.HEALTH, True, WHY), by, "k", tools=o.tools), WORK),  # noqa: FBT003 - a value's field
    "ask a partner": (asked, WORK),
    "raise a flag": (
        lambda o, c, by: flags.raise_flag(OnCase(c), next(iter(b.POLICY.flags)), by, "k", tools=o.tools),
        WORK,
    ),
    "leave somebody out": (
        lambda o, c, by: conflicts.leave_out(OnCase(c), b.SUPERINTENDENT, WHY, by, "k", tools=o.tools),
        SENIOR,
    ),
    "plan anew": (lambda o, c, by: replans.replan(OnCase(c), WHY, by, "k", tools=o.tools), SENIOR),
    "restrict": (lambda o, c, by: restricting.restrict(Restrict(c, WHY), by, "k", tools=o.tools), LEADS),
    "name on the list": (named, LEADS),
    "view a restricted case": (restricted_view, set()),
    "break the glass": (broken, SENIOR),
    "set duty": (duty, {"partner's team leader", "partner's lead"}),
    "set another's absence": (absent, {"partner's team leader", "partner's lead"}),
    "ask for a brief": (briefed, {"member of the force", "force's lead"}),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", MATRIX)
def test_each_use_case_is_open_to_the_roles_of_the_page_and_to_no_other(verb: str, role: str) -> None:
    act, allowed = MATRIX[verb]
    office = Office()
    case_id = office.refer()
    if role in allowed:
        act(office, case_id, ROLES[role])
        return
    before = len(office.store.state.notices), office.case(case_id).version
    with pytest.raises(Refusal):
        act(office, case_id, ROLES[role])
    assert (len(office.store.state.notices), office.case(case_id).version) >= before


def test_nobody_acknowledges_for_another_agency_or_their_own_referral() -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(Refusal, match="You referred"):
        office.acknowledge(case_id, b.OFFICER)
    office.acknowledge(case_id, b.OTHER_OFFICER)
    care = office.case(case_id).party(b.CARE)
    assert care is not None
    assert care.acknowledged is None


@pytest.mark.parametrize("second", [b.SERGEANT, b.INSPECTOR], ids=["owner", "author"])
def test_nobody_agrees_to_their_own_proposal_or_to_one_on_what_they_own(second: PersonId) -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, b.SERGEANT)
    put = Propose(case_id, Grave.LOWER_GRADE, WHY, "standard")
    found = decisions.propose(put, b.actor(b.INSPECTOR), "put", tools=office.tools)
    with pytest.raises(Refusal, match=r"second person|The person who proposed it"):
        decisions.decide(Decide(found.decision, found.version, agree=True), b.actor(second), "d", tools=office.tools)
