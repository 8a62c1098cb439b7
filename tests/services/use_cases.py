"""Every use case of the Desk that somebody asks for: how it is asked, what has to be there first, and whose it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.authorisation import Grave
from bot.domain.briefs import AskBrief, BriefBy
from bot.domain.commands import (
    Actor,
    AnswerFact,
    AnswerRequest,
    AskPartner,
    Decide,
    Differ,
    Direct,
    HandOver,
    Listing,
    OnCase,
    Propose,
    RaiseConcern,
    RecordAct,
    RecordNumber,
    Restrict,
    Send,
    Share,
    TellByPhone,
    TellSchool,
)
from bot.domain.directions import DIRECTION
from bot.domain.ids import CaseId, PersonId
from bot.domain.permissions import Verb
from bot.domain.requests import BASIS, WHAT, RequestState
from bot.domain.risk import Answer
from bot.domain.roster import SetAway, SetDuty
from bot.services import requests
from bot.services.case_desk import CaseDesk
from bot.services.desk import Desk
from tests import builders as b
from tests.services.office import Office

FACT = b.POLICY.concern("domestic_abuse").facts[0].code
WHY = "A synthetic reason that is long enough."
ROLES: Mapping[str, Actor] = {
    "stranger": b.outsider(),
    "outsider in a team's channel": b.outsider(b.CARE),
    "agency not told": b.actor(b.NURSE),
    "referrer": b.actor(b.OFFICER),
    "member of the force": b.actor(b.OTHER_OFFICER),
    "partner's member": b.actor(b.OTHER_WORKER),
    "partner's team leader": b.actor(b.CARE_LEADER),
    "partner's lead": b.actor(b.CARE_LEAD),
    "force's lead": b.actor(b.INSPECTOR),
    "chief officer": b.actor(b.CHIEF),
    "governance": b.actor(b.GOVERNANCE),
}
Roles = frozenset[str]
EVERYBODY = Roles(ROLES)
KNOWN = EVERYBODY - {"stranger", "outsider in a team's channel"}
SENIOR = Roles({"partner's team leader", "partner's lead", "force's lead", "chief officer"})
LEADS = SENIOR - {"partner's team leader"}
WORK = SENIOR | {"referrer", "member of the force", "partner's member"}
PARTNER = Roles(role for role in WORK if role.startswith("partner"))
VIEW = WORK | {"governance"}
ROSTER = Roles({"partner's team leader", "partner's lead"})
NOBODY: Roles = Roles()
REFERRER = Roles({"referrer"})


@dataclass(frozen=True)
class Try:
    """One person trying one use case on a case that police and social care were told of; `given` is what was prepared."""

    office: Office
    desk: Desk
    case_id: CaseId
    by: Actor
    given: Any = None

    @property
    def on(self) -> OnCase:
        return OnCase(self.case_id)

    @property
    def work(self) -> CaseDesk:
        return self.desk.case

    @property
    def now(self) -> datetime:
        return self.office.clock.now()

    def sees(self, *shown: object) -> bool:
        """Whether the case's reference stands in what is shown."""
        return self.office.case(self.case_id).reference in repr(shown)


@dataclass(frozen=True)
class Row:
    """A use case: how it is asked (a falsy answer is a no), to whom it is open, and what has to be there first."""

    ask: Callable[[Try], object]
    open_to: Roles
    first: Callable[[Try], object] = lambda _: None


# ---- what has to be there first; `first.by` is whoever will try


def draft(first: Try) -> object:
    """A draft of the referrer's."""
    return first.desk.draft(b.referral(), b.actor(b.OFFICER), None).draft


def proposal(first: Try) -> object:
    """A lower grade put forward by the referrer, who owns nothing."""
    put = Propose(first.case_id, Grave.LOWER_GRADE, WHY, "standard")
    return first.desk.propose(put, b.actor(b.OFFICER), "put")


def hand_over(first: Try) -> object:
    """An offer to a worker of social care by their leader."""
    first.work.hand_over(HandOver(first.case_id, b.OTHER_WORKER), b.actor(b.CARE_LEADER), "offered")
    return next(iter(first.office.store.state.handovers))


def direction(first: Try) -> object:
    """A worker of social care directed to do something."""
    at = first.now + timedelta(hours=2)
    first.work.direct(Direct(first.case_id, b.OTHER_WORKER, at, "Ring the school."), b.actor(b.CARE_LEAD), "directed")
    return first.office.deadline(first.case_id, DIRECTION).id


def request(first: Try) -> object:
    """The police have asked social care for something."""
    offered = b.POLICY.listed
    wanted = AskPartner(first.case_id, b.CARE, next(iter(offered[WHAT])), next(iter(offered[BASIS])), WHY)
    requests.ask(wanted, b.actor(b.OFFICER), "asked", tools=first.office.tools)
    return next(iter(first.office.store.state.requests))


def school_notice(first: Try) -> None:
    """A school was sent its notice, which its own lead alone can confirm."""
    first.work.tell_school(TellSchool(first.case_id, "fernhill"), b.actor(b.OFFICER), "school")


def disagreement(first: Try) -> object:
    """Social care sees the grade differently from the police."""
    first.work.differ(Differ(first.case_id, "grade"), b.actor(b.WORKER), "differs")
    return next(iter(first.office.store.state.disagreements))


def away_person(first: Try) -> None:
    """A worker of social care is away."""
    wanted = SetAway(b.WORKER, None, first.now, first.now + timedelta(days=1))
    first.desk.set_away(wanted, b.actor(b.WORKER), "away")


def dated_duty(first: Try) -> None:
    """Somebody was put on duty for the front door by its leader."""
    wanted = SetDuty(b.FRONT_DOOR, (b.OTHER_WORKER,), first.now, first.now + timedelta(hours=8))
    first.desk.set_duty(wanted, b.actor(b.CARE_LEADER), "duty")


def left_out(first: Try) -> None:
    """A superintendent is left out of the case."""
    first.desk.leave_out(first.on, b.SUPERINTENDENT, WHY, b.actor(b.CHIEF), "left out")


def closed_to_all(first: Try) -> None:
    """Restricted to a sergeant and to nobody else."""
    _restrict(first, (b.SERGEANT,))


def listed(first: Try) -> None:
    """Restricted to everybody who may try."""
    _restrict(first, (b.SERGEANT, *(actor.person for actor in ROLES.values())))


def _restrict(first: Try, people: tuple[PersonId, ...]) -> None:
    cases = first.office.store.state.cases
    cases[first.case_id] = replace(cases[first.case_id], restricted_to=people)


def graded_draft(first: Try) -> object:
    """A draft of the referrer's, ready to be sent."""
    return Send(first.desk.draft(b.referral(), b.actor(b.OFFICER), None).draft, (b.CARE,))


# ---- how some are asked


def _direct(t: Try) -> object:
    to = b.WORKER if t.by.agency == b.CARE else b.SERGEANT
    return t.work.direct(Direct(t.case_id, to, t.now + timedelta(hours=2), "Ring the school."), t.by, "k")


def _hand_over(t: Try) -> object:
    to = b.WORKER if t.by.agency == b.CARE else b.SERGEANT
    return t.work.hand_over(HandOver(t.case_id, to), t.by, "k")


def _ask(t: Try) -> object:
    whom = b.POLICE if t.by.agency == b.CARE else b.CARE
    offered = b.POLICY.listed
    wanted = AskPartner(t.case_id, whom, next(iter(offered[WHAT])), next(iter(offered[BASIS])), WHY)
    return t.work.ask(wanted, t.by, "k")


def _set_duty(t: Try) -> object:
    return t.desk.set_duty(SetDuty(b.FRONT_DOOR, (b.WORKER,), t.now, t.now + timedelta(hours=8)), t.by, "k")


def _raise(t: Try) -> object:
    wanted = RaiseConcern(next(iter(b.POLICY.concerns)), next(iter(b.POLICY.asks)), "LA-1", b.CARE_CHANNEL)
    return t.desk.raise_concern(wanted, t.by, "k")


def _decide(t: Try) -> object:
    return t.desk.decide(Decide(t.given.decision, t.given.version, agree=True), t.by, "d")


def _refused(t: Try) -> object:
    t.desk.refused(t.by, "view_detail", t.case_id)
    return "on the audit"


SNOOZE = next(iter(b.POLICY.snoozes))
CANNOT = next(iter(b.POLICY.cannot_help))
TOLD = next(iter(b.POLICY.listed["told_referrer"]))
FLAG = next(iter(b.POLICY.flags))
ATTENDING = AskBrief(BriefBy.ADDRESS, "1 Synthetic Road", "attending")

ROWS: Mapping[str, Row] = {
    # referring, and one's own drafts
    "draft": Row(lambda t: t.desk.draft(b.referral(), t.by, None), EVERYBODY),
    "begin_draft": Row(lambda t: t.desk.begin_draft("Words of a message.", None, t.by, "k"), EVERYBODY),
    "drafts": Row(lambda t: t.desk.drafts(t.by), REFERRER, draft),
    "take_up_draft": Row(lambda t: t.desk.take_up_draft(t.given, t.by), REFERRER, draft),
    "discard_draft": Row(lambda t: t.desk.discard_draft(t.given, t.by, "k"), REFERRER, draft),
    "refer": Row(lambda t: t.desk.refer(t.given, t.by, "k"), REFERRER, graded_draft),
    "typed": Row(lambda t: t.desk.typed(t.given, t.by), REFERRER, graded_draft),
    "report_discovery": Row(lambda t: t.desk.report_discovery(Answer.YES, None, t.by, "k"), EVERYBODY),
    "raise_concern": Row(_raise, PARTNER | {"agency not told", "outsider in a team's channel"}),
    # finding and looking
    "overview": Row(lambda t: t.sees(t.desk.overview(t.by)), WORK),
    "own_cases": Row(lambda t: t.sees(t.desk.own_cases(t.by)), REFERRER),
    "search_cases": Row(lambda t: t.desk.search_cases(t.office.case(t.case_id).reference, t.by), VIEW),
    "own_case": Row(lambda t: t.desk.own_case(t.office.case(t.case_id).reference, t.by), VIEW),
    "week_so_far": Row(lambda t: t.desk.week_so_far(t.by), KNOWN - {"governance"}),
    "open_case": Row(lambda t: t.desk.open_case(t.case_id, t.by), VIEW),
    "open_card": Row(lambda t: t.desk.open_card(t.case_id, t.by), VIEW),
    "brief": Row(lambda t: t.desk.brief(ATTENDING, t.by), REFERRER | {"member of the force", "force's lead"}),
    "brief_on": Row(lambda t: t.desk.brief_on(t.case_id, t.by), REFERRER | {"member of the force", "force's lead"}),
    "led_devices": Row(lambda t: t.desk.led_devices(t.by) is not None, Roles({"force's lead", "chief officer"})),
    "led_load": Row(lambda t: t.desk.led_load(t.by), Roles({"force's lead", "chief officer"})),
    # working the case
    "acknowledge": Row(lambda t: t.desk.acknowledge(t.on, t.by, "k"), WORK - REFERRER),
    "grade": Row(lambda t: t.desk.grade(t.on, "high", t.by, "k"), WORK),
    "escalate": Row(lambda t: t.desk.escalate(t.on, t.by, "k"), WORK),
    "record_act": Row(lambda t: t.desk.record_act(t.on, "child_seen", "", t.by, "k"), WORK),
    "case.record": Row(lambda t: t.work.record(RecordAct(t.case_id, "child_seen", done_at=t.now), t.by, "k"), WORK),
    "case.act_form": Row(lambda t: t.work.act_form(t.on, "child_seen", t.by), WORK),
    "answer_fact": Row(lambda t: t.desk.answer_fact(AnswerFact(t.case_id, FACT, Answer.YES), t.by, "k"), WORK),
    "tell_by_phone": Row(lambda t: t.desk.tell_by_phone(TellByPhone(t.case_id, b.CARE, "the desk"), t.by, "k"), WORK),
    "raise_flag": Row(lambda t: t.desk.raise_flag(t.on, FLAG, t.by, "k"), WORK),
    "case.choices": Row(lambda t: t.work.choices(t.on, t.by), WORK),
    "case.snooze": Row(lambda t: t.work.snooze(t.on, SNOOZE, t.by, "k"), WORK),
    "case.chase": Row(lambda t: t.work.chase(t.on, t.by, "k"), WORK),
    "case.read_as": Row(lambda t: t.work.read_as(t.on, "act_now", t.by, "k"), PARTNER),
    "case.cannot_help": Row(lambda t: t.work.cannot_help(t.on, CANNOT, t.by, "k"), WORK),
    "case.give_number": Row(lambda t: t.work.give_number(RecordNumber(t.case_id, "LA-1"), t.by, "k"), WORK),
    "case.tell_referrer": Row(lambda t: t.work.tell_referrer(t.on, TOLD, t.by, "k"), WORK),
    "case.heard": Row(lambda t: t.work.heard(t.on, t.by, "k"), REFERRER),
    "case.tell_school": Row(
        lambda t: t.work.tell_school(TellSchool(t.case_id, "Fernhill Primary School"), t.by, "k"), WORK
    ),
    "case.school_told": Row(lambda t: t.work.school_told(t.on, 0, t.by, "k"), Roles(), school_notice),
    "case.differ": Row(lambda t: t.work.differ(Differ(t.case_id, "grade"), t.by, "k"), WORK),
    "case.take_up": Row(lambda t: t.work.take_up(t.given, 1, t.by, "k"), WORK, disagreement),
    "case.settle": Row(lambda t: t.work.settle(t.given, "kept", t.by, "k"), WORK, disagreement),
    "case.share": Row(lambda t: t.work.share(Share(t.case_id, b.HEALTH, True, WHY), t.by, "k"), WORK),  # noqa: FBT003 - a value's field
    "case.ask": Row(_ask, WORK),
    "case.answer": Row(
        lambda t: t.work.answer(AnswerRequest(t.given, RequestState.NOTHING_HELD), t.by, "k"), PARTNER, request
    ),
    "case.hand_over": Row(_hand_over, WORK),
    "case.accept": Row(lambda t: t.work.accept(t.given, t.by, "k"), Roles({"partner's member"}), hand_over),
    "case.decline": Row(lambda t: t.work.decline(t.given, t.by, "k"), Roles({"partner's member"}), hand_over),
    "case.withdraw": Row(lambda t: t.work.withdraw(t.given, t.by, "k"), PARTNER, hand_over),
    "case.direct": Row(_direct, SENIOR),
    "case.direction_done": Row(lambda t: t.work.direction_done(t.case_id, t.given, t.by, "k"), PARTNER, direction),
    # what takes two people, or somebody senior
    "propose": Row(
        lambda t: t.desk.propose(Propose(t.case_id, Grave.LOWER_GRADE, WHY, "standard", listed="fact"), t.by, "p"),
        WORK,
    ),
    "proposal_form": Row(lambda t: t.desk.proposal_form(t.case_id, Grave.CLOSE, t.by), WORK),
    "read_proposal": Row(lambda t: t.desk.read_proposal(t.given.decision, t.by), SENIOR, proposal),
    "decide": Row(_decide, SENIOR, proposal),
    "leave_out": Row(lambda t: t.desk.leave_out(t.on, b.SUPERINTENDENT, WHY, t.by, "k"), SENIOR),
    "let_back_in": Row(lambda t: t.desk.let_back_in(t.on, b.SUPERINTENDENT, t.by, "k"), SENIOR, left_out),
    "replan": Row(lambda t: t.desk.replan(t.on, WHY, t.by, "k"), SENIOR),
    "case.restrict": Row(lambda t: t.work.restrict(Restrict(t.case_id, WHY), t.by, "k"), LEADS),
    "case.restriction": Row(lambda t: t.work.restriction(t.on, Verb.RESTRICT, t.by), LEADS),
    "case.name": Row(lambda t: t.work.name(Listing(t.case_id, b.WORKER, WHY), t.by, "k"), LEADS, listed),
    "case.take_off": Row(lambda t: t.work.take_off(Listing(t.case_id, b.SERGEANT, WHY), t.by, "k"), LEADS, listed),
    "case.lift": Row(lambda t: t.work.lift(t.on, WHY, t.by, "k"), LEADS, listed),
    "case.break_glass": Row(lambda t: t.work.break_glass(t.on, WHY, t.by, "k"), SENIOR, closed_to_all),
    # the roster
    "set_duty": Row(_set_duty, ROSTER),
    "hand_over_duty": Row(
        lambda t: t.desk.hand_over_duty(b.FRONT_DOOR, b.WORKER, t.by, "k"), ROSTER | {"partner's member"}, dated_duty
    ),
    "end_duty": Row(lambda t: t.desk.end_duty(b.FRONT_DOOR, t.by, "k"), ROSTER, dated_duty),
    "set_away": Row(
        lambda t: t.desk.set_away(SetAway(b.WORKER, None, t.now, t.now + timedelta(days=1)), t.by, "k"), ROSTER
    ),
    "come_back": Row(lambda t: t.desk.come_back(b.WORKER, t.by, "k"), ROSTER, away_person),
    # said of whoever was refused, whoever they are
    "refused": Row(_refused, EVERYBODY),
}
"""By name in the Desk, `case.` for what works one case."""
UNSEEN: Mapping[str, Row] = {
    "open_case": Row(lambda t: t.desk.open_case(t.case_id, t.by), NOBODY, closed_to_all),
    "open_card": Row(lambda t: t.desk.open_card(t.case_id, t.by), NOBODY, closed_to_all),
    "own_case": Row(lambda t: t.desk.own_case(t.office.case(t.case_id).reference, t.by), NOBODY, closed_to_all),
    "search_cases": Row(lambda t: t.desk.search_cases(t.office.case(t.case_id).reference, t.by), NOBODY, closed_to_all),
    "overview": Row(lambda t: t.sees(t.desk.overview(t.by)), NOBODY, closed_to_all),
    "acknowledge": Row(lambda t: t.desk.acknowledge(t.on, t.by, "k"), NOBODY, closed_to_all),
    "propose": Row(
        lambda t: t.desk.propose(Propose(t.case_id, Grave.LOWER_GRADE, WHY, "standard", listed="fact"), t.by, "p"),
        NOBODY,
        closed_to_all,
    ),
}
"""The same on a case that is restricted to somebody else."""
