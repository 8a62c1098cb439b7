"""The Desk: every use case with its dependencies bound; all that listeners, jobs and the console see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.answers import (
    CaseDetail,
    Discovery,
    ProposalForm,
    ProposalRead,
    Proposed,
    Question,
    Referred,
    Review,
    Said,
)
from bot.domain.authorisation import Grave
from bot.domain.briefs import AskBrief, Brief
from bot.domain.cases import Case
from bot.domain.commands import Actor, AnswerFact, Decide, OnCase, Propose, RaiseConcern, Referral, Send, TellByPhone
from bot.domain.deadlines import Deadline
from bot.domain.decisions import Decision
from bot.domain.events import AuditedEntry, Verdict
from bot.domain.ids import CaseId, ChannelId, DecisionId, DraftId, PersonId, Reference, TeamId
from bot.domain.incidents import Intake
from bot.domain.letters import DigestLetter
from bot.domain.notices import Notice
from bot.domain.overview import CaseChoice, OverviewPage, OwnCases
from bot.domain.redaction import ShareableCase
from bot.domain.requests import PartnerRow
from bot.domain.risk import Answer
from bot.domain.roads import DeadRoute
from bot.domain.roster import RosterRead, SetAway, SetDuty
from bot.domain.workloads import DeviceRow, TeamLoad
from bot.ports import Rules
from bot.services.callsheet import ToRing
from bot.services.case_desk import CaseDesk
from bot.services.concern_cards import ConcernCard
from bot.services.how_to import HowTo
from bot.services.leaders_desk import LeadersDesk
from bot.watch import Figures, Finding


@dataclass(frozen=True, slots=True)
class Desk:
    """All use cases.

    `key` is the inbound idempotency key (view id; message, action, person and case version). A Refusal says no in one
    sentence; StorageDown means that nothing was stored.
    """

    rules: Rules
    draft: Callable[[Referral, Actor, DraftId | None], Review]
    """Keep the form; the draft that it was opened for is replaced."""
    begin_draft: Callable[[str, ChannelId | None, Actor, str], DraftId]
    """Seal the words of a message as the beginning of a referral."""
    drafts: Callable[[Actor], Sequence[tuple[DraftId, datetime]]]
    take_up_draft: Callable[[DraftId, Actor], Referral]
    discard_draft: Callable[[DraftId, Actor, str], Said]
    overview: Callable[[Actor], OverviewPage]
    """What waits for the person, their teams and, for leaders, the force."""
    own_cases: Callable[[Actor], OwnCases]
    search_cases: Callable[[str, Actor], Sequence[CaseChoice]]
    own_case: Callable[[Reference, Actor], CaseId]
    """The case of a reference when the person may open it; else NotFound, whether it exists or not."""
    week_so_far: Callable[[Actor], DigestLetter]
    how_tos_wanted: Callable[[], Sequence[HowTo]]
    """Team channels without the pinned how-to."""
    how_to_posted: Callable[[ChannelId], None]
    concern_cards_wanted: Callable[[int], Sequence[ConcernCard]]
    """Channels shared with a partner without the card for raising a concern, as its fingerprint is now."""
    concern_card_posted: Callable[[ConcernCard, int], None]
    raise_concern: Callable[[RaiseConcern, Actor, str], Said]
    """Open a case from that card."""
    discovery: Callable[[], Discovery]
    """Whom to ring about indecent images come upon at another job."""
    report_discovery: Callable[[Answer, ChannelId | None, Actor, str], Referred]
    """Open the case of such a device; the answer says whether children are there now."""
    refer: Callable[[Send, Actor, str], Referred]
    typed: Callable[[Send, Actor], str]
    """What the person typed into a draft, to be given back when sending failed."""
    acknowledge: Callable[[OnCase, Actor, str], Said]
    grade: Callable[[OnCase, str, Actor, str], Said]
    escalate: Callable[[OnCase, Actor, str], Said]
    record_act: Callable[[OnCase, str, str, Actor, str], Said]
    answer_fact: Callable[[AnswerFact, Actor, str], Sequence[Question]]
    tell_by_phone: Callable[[TellByPhone, Actor, str], Said]
    raise_flag: Callable[[OnCase, str, Actor, str], Said]
    propose: Callable[[Propose, Actor, str], Proposed]
    proposal_form: Callable[[CaseId, Grave, Actor], ProposalForm]
    """What a grave act can be put forward with, and what still stands in its way."""
    read_proposal: Callable[[DecisionId, Actor], ProposalRead]
    decide: Callable[[Decide, Actor, str], Said]
    leaders: LeadersDesk
    """Endorsements, the action plan, units' counts, grades read a second time."""
    case: CaseDesk
    """Hand-overs, holds, directions, answers and sharing."""
    open_case: Callable[[CaseId, Actor], CaseDetail]
    open_card: Callable[[CaseId, Actor], ShareableCase]
    """The whole of what a card may say, for people of other organisations."""
    brief: Callable[[AskBrief, Actor], Brief]
    """What is held about an address or a child, for responders."""
    brief_on: Callable[[CaseId, Actor], Brief]
    take_in: Callable[[Sequence[object]], Intake]
    """Live incidents of the force's own systems, row by row."""
    set_duty: Callable[[SetDuty, Actor, str], Said]
    hand_over_duty: Callable[[TeamId, PersonId, Actor, str], Said]
    """Hand the rest of a team's running shift to somebody."""
    end_duty: Callable[[TeamId, Actor, str], Said]
    set_away: Callable[[SetAway, Actor, str], Said]
    come_back: Callable[[PersonId, Actor, str], Said]
    roster: Callable[[], RosterRead]
    leave_out: Callable[[OnCase, PersonId, str, Actor, str], Said]
    """Leave somebody with a conflict of interest out of a case; the text is the sealed reason."""
    let_back_in: Callable[[OnCase, PersonId, Actor, str], Said]
    replan: Callable[[OnCase, str, Actor, str], Said]
    """Let a case go by the policy in force, nothing of it later; the text is the sealed reason."""
    refused: Callable[[Actor, str, CaseId | None], None]
    """Put a refusal on the audit: who, what they tried (an action code), on which case."""

    tick: Callable[[], int]
    audit_self: Callable[[datetime], Sequence[Finding]]
    deliver: Callable[[], int]
    prove: Callable[[], bool]
    """Read the bot's own case back from Slack and acknowledge it."""
    started: Callable[[], None]
    next_at: Callable[[], datetime | None]
    waiting_at: Callable[[], datetime | None]
    second_road: Callable[[], int]
    """Send by e-mail too what Slack has not confirmed in its time; without a mail server, nothing."""
    deliver_mail: Callable[[], int]
    mail_waiting_at: Callable[[], datetime | None]
    probe: Callable[[], int]
    """Go on with the nightly look at every person and channel, when its time has come; it messages nobody."""
    follow_groups: Callable[[], int]
    """Read the Slack user groups that teams' duty follows, when it is time; how many teams changed hands."""
    dead_routes: Callable[[], Sequence[DeadRoute]]
    call_sheet: Callable[[], Sequence[ToRing]]
    """Whom to ring: what no road has carried, with telephone numbers, most urgent first."""

    now: Callable[[], datetime]
    devices: Callable[[], Sequence[DeviceRow]]
    """Devices that wait, by band."""
    team_load: Callable[[TeamId], TeamLoad]
    """A team's open cases against its people; NotFound when there is no such team."""
    led_devices: Callable[[Actor], Sequence[DeviceRow]]
    """The same for somebody who leads; Refusal for everybody else."""
    led_load: Callable[[Actor], tuple[str, TeamLoad]]
    """The name and load of the team to which cases of images go, for somebody who leads."""
    partner_table: Callable[[date], Sequence[PartnerRow]]
    """How each agency answered what it was asked in the month of a day."""
    cases: Callable[[int], Sequence[Case]]
    find: Callable[[Reference], Case]
    due: Callable[[bool, int], Sequence[tuple[Reference, Deadline]]]
    ladder: Callable[[Reference], Sequence[Deadline]]
    decisions: Callable[[Reference], Sequence[Decision]]
    """Grave acts put forward on a case, without their reasons."""
    outbox: Callable[[bool, int], Sequence[Notice]]
    depth: Callable[[], Mapping[str, int]]
    audit: Callable[[Reference | None, int], Sequence[AuditedEntry]]
    verify: Callable[[], Verdict]
    figures: Callable[[], Figures]
