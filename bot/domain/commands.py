"""What people ask of the bot: frozen values, imperative names, already parsed and not yet judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.authorisation import Grave
from bot.domain.cases import Child
from bot.domain.ids import AgencyId, CaseId, ChannelId, DecisionId, DraftId, PersonId, RequestId, SlackUser, Workspace
from bot.domain.requests import RequestState
from bot.domain.risk import Answer


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking: a person of the directory, or a stranger recorded as given.

    `agency` is None for a stranger outside every team channel. `external` says that the person sits in
    another Slack organisation, where no modal opens.
    """

    person: PersonId
    known: bool
    agency: AgencyId | None
    workspace: Workspace
    user: SlackUser
    external: bool = False


@dataclass(frozen=True, slots=True)
class Referral:
    """The six inputs of the form, and what the concern's own details ask: choices by code, and the time that they give."""

    concern: str
    grade: str | None
    asks_for: str
    children: tuple[Child, ...] = field(repr=False)
    narrative: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    channel: ChannelId | None = None
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """The review step: the draft, the agencies ticked, and when the concern was first known.

    `also_in` is a channel whose team gets a card too, while the concern's own team has the case.
    """

    draft: DraftId
    agencies: tuple[AgencyId, ...]
    left_out_reason: str = field(default="", repr=False)
    first_aware_at: datetime | None = None
    also_in: ChannelId | None = None


@dataclass(frozen=True, slots=True)
class OnCase:
    """A press on a card: the case, and the version that the card was drawn for (None: not from a card)."""

    case_id: CaseId
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class TellByPhone:
    """Somebody at an agency was told by phone: who, and their reference if they gave one."""

    case_id: CaseId
    agency: AgencyId
    told: str = field(repr=False)
    reference: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """An answer to one of the concern's fact questions; a later answer corrects an earlier one."""

    case_id: CaseId
    fact: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class RecordAct:
    """Something done, from the policy's list: at an earlier instant, naming a member of staff, with a link, as the act asks.

    `listed` are codes of the list that it asks from, `count` how many it is about (None: nothing was counted);
    `child` is the number of the one child that it is about, None all of them.
    """

    case_id: CaseId
    code: str
    note: str = field(default="", repr=False)
    done_at: datetime | None = None
    named: PersonId | None = None
    link: str = field(default="", repr=False)
    listed: tuple[str, ...] = ()
    count: int | None = None
    child: int | None = None


@dataclass(frozen=True, slots=True)
class Propose:
    """A grave act wanted on a case, and why.

    `subject` is the grade to lower to, the deadline to extend (until `until_at`) or waive, the floor to override or the
    reference of the case to merge with; empty for the others. `listed` is the code of a reason from the policy's list,
    which partners may read; what was typed comes after it and stays sealed.
    """

    case_id: CaseId
    act: Grave
    reason: str = field(repr=False)
    subject: str = ""
    until_at: datetime | None = None
    listed: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The actor's agency's part of a case offered to one person, or to whoever is on duty (None)."""

    case_id: CaseId
    to: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Direct:
    """Somebody directed to do something by an instant: typed, or the code of a listed thing to do, or both."""

    case_id: CaseId
    to: PersonId
    until_at: datetime | None
    what: str = field(default="", repr=False)
    listed: str = ""


@dataclass(frozen=True, slots=True)
class AskPartner:
    """What is asked of another agency on the case, by codes of the policy's lists; `until_at` None is the policy's limit."""

    case_id: CaseId
    agency: AgencyId
    what: str
    basis: str
    why: str = field(default="", repr=False)
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TellSchool:
    """The school of a child, as somebody typed its name, that is to be told; `child` None means all of the case."""

    case_id: CaseId
    school: str
    child: int | None = None


@dataclass(frozen=True, slots=True)
class Differ:
    """What one's agency sees differently, by a code of the policy's list, and from whom (None: the other side as a rule).

    `at_once`: a child is at immediate risk, so that it goes to the last stage now.
    """

    case_id: CaseId
    about: str
    agency: AgencyId | None = None
    words: str = field(default="", repr=False)
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """What became of a request at the asked agency; a refusal names a reason of the policy's list."""

    request: RequestId
    state: RequestState
    reason: str = ""
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RecordNumber:
    """An agency's own number for a case."""

    case_id: CaseId
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RaiseConcern:
    """A concern raised by a partner from the pinned card of a channel: codes of the policy, and their own record number."""

    concern: str
    asks_for: str
    number: str = field(repr=False)
    channel: ChannelId | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Sharing with a further agency decided, or decided against: typed reason, or the code of a listed one, or both."""

    case_id: CaseId
    agency: AgencyId
    shares: bool
    reason: str = field(default="", repr=False)
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Endorse:
    """A leader's answer to what they were asked to endorse; the reason is sealed, and asked for when they do not."""

    matter: CaseId
    agrees: bool
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was done about a recommendation; it is kept sealed."""

    matter: CaseId
    what: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decide:
    """A second person's word on a proposal as they saw it: `version` is the one they read."""

    decision: DecisionId
    version: int
    agree: bool


@dataclass(frozen=True, slots=True)
class Restrict:
    """A lead restricts a case to a named list; `about` is whom it is about, when the directory has them."""

    case_id: CaseId
    reason: str = field(repr=False)
    about: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A lead names somebody on the list of a restricted case, or takes them off it."""

    case_id: CaseId
    person: PersonId
    reason: str = field(repr=False)
