"""What a use case tells the person who asked: values for the views, never markup."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.acts import Inputs
from bot.domain.authorisation import Grave
from bot.domain.cases import HumanAct, Particulars
from bot.domain.concerns import ActInput
from bot.domain.ids import AgencyId, CaseId, DecisionId, DraftId, PersonId, Reference
from bot.domain.offers import Choice, Group
from bot.domain.redaction import OwedLine, ShareableCase
from bot.domain.risk import Answer


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """One agency on the review step: who would be told there and by when they must acknowledge.

    `needs_reason` marks the agency that may be left out only with a reason (children's social care).
    """

    agency: AgencyId
    name: str
    ticked: bool
    acknowledge_by: datetime
    on_duty: tuple[str, ...]
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """The review step: what will happen on Send. `always_told` is the force's own team, which cannot be unticked."""

    draft: DraftId
    concern: str
    grade: str
    agencies: tuple[AgencyChoice, ...]
    always_told: tuple[AgencyChoice, ...]
    first_action_by: datetime | None
    now: datetime
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One of the concern's fact questions with the answer given so far."""

    code: str
    words: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Referred:
    """The confirmation: stored, so it is true. `told` pairs each agency's name with its acknowledgement instant."""

    case_id: CaseId
    reference: Reference
    told: tuple[tuple[str, datetime], ...]
    first_action_by: datetime | None
    phone: str
    questions: tuple[Question, ...]
    grade: str
    floors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One neutral sentence back to the person who acted."""

    text: str


@dataclass(frozen=True, slots=True)
class GradeChange:
    """One grade that a case was given: when, by whom, and what it is called."""

    at: datetime
    by: PersonId
    label: str


@dataclass(frozen=True, slots=True)
class Look:
    """One view of a case's detail: who of which agency, when, and why."""

    at: datetime
    name: str
    agency: str
    why: str


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case opened by somebody who may see it; shown in a modal only, and the view is in the audit.

    `looked` is who has looked, newest first; empty for everybody but its owners and leads.
    """

    case: ShareableCase
    particulars: Particulars = field(repr=False)
    acts: tuple[HumanAct, ...] = field(repr=False)
    questions: tuple[Question, ...]
    agencies_to_phone: tuple[tuple[AgencyId, str], ...]
    staff: dict[str, str] = field(default_factory=dict)
    grades: tuple[GradeChange, ...] = ()
    looked: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposalForm:
    """What a grave act can be put forward with. `words` name it; `subjects` are what it can be about, or its outcome.

    `missing` is what gates still ask for, a sentence each; `owed` what is not done; `least` how long a reason must be;
    `listed` are reasons in words that may be said to a partner.
    """

    case_id: CaseId
    reference: Reference
    act: Grave
    words: str
    subject_label: str
    subjects: tuple[Choice, ...]
    missing: tuple[str, ...]
    owed: tuple[OwedLine, ...]
    least: int
    listed: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovery:
    """Whom to ring about a device that holds indecent images, a line each."""

    ring: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseChoices:
    """What the forms of a case let one person choose from."""

    reference: Reference
    people: tuple[Choice, ...]
    agencies: tuple[Choice, ...]
    questions: tuple[Question, ...]
    acts: tuple[Group, ...]
    directions: tuple[Choice, ...]
    not_shared: tuple[Choice, ...]
    partners: tuple[Choice, ...] = ()
    requests: tuple[Choice, ...] = ()
    bases: tuple[Choice, ...] = ()
    children: tuple[Choice, ...] = ()
    """All of them, then each by its number; nothing for a case of one child."""
    differences: tuple[Choice, ...] = ()
    """What can be seen differently; `differs_with` are the agencies, the usual one first."""
    differs_with: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ActForm:
    """What the form of an act asks, whom it can name, what it chooses from, and how long a typed reason must be."""

    reference: Reference
    code: str
    label: str
    asks: frozenset[ActInput]
    people: tuple[Choice, ...] = ()
    inputs: Inputs = field(default_factory=Inputs)
    choices: tuple[Choice, ...] = ()
    least: int = 0


@dataclass(frozen=True, slots=True)
class RestrictionForm:
    """What a form about who may know of a case offers: everybody who may be named, who is on its list, the least reason."""

    reference: Reference
    people: tuple[Choice, ...]
    listed: tuple[Choice, ...]
    least: int


@dataclass(frozen=True, slots=True)
class ProposalRead:
    """A proposal opened by whoever is to answer it, with its reason; for a modal only."""

    decision: DecisionId
    case_id: CaseId
    as_of: int
    reference: Reference
    version: int
    words: str
    subject: str
    by: str
    at: datetime
    reason: str = field(repr=False)
    owed: tuple[OwedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal that waits for a second person, at the version to which they would agree."""

    decision: DecisionId
    version: int
    text: str
