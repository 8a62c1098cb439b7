"""What people choose from: concern types with their own grades and questions, risk floors, acts and requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.domain.acts import Answer, Inputs
from bot.domain.calendar import Span
from bot.domain.gates import Transition


class Band(StrEnum):
    """The four bands inside, whatever the grades are called outside; P1 is the most urgent."""

    P1 = "p1"
    P2 = "p2"
    P3 = "p3"
    P4 = "p4"

    @property
    def rank(self) -> int:
        """1 for the most urgent band to 4."""
        return int(self.value[1])

    @property
    def label(self) -> str:
        """The band as people read it: "P1"."""
        return self.value.upper()

    def more_urgent_than(self, other: "Band") -> bool:
        """Whether this band has the shorter clocks of the two."""
        return self.rank < other.rank

    def most_urgent(self, *others: "Band") -> "Band":
        """The most urgent of this band and the others."""
        return min((self, *others), key=lambda band: band.rank)


class Basis(StrEnum):
    """What a rule rests on; only the first two may be called law or statutory guidance."""

    STATUTE = "statute"
    STATUTORY_GUIDANCE = "statutory_guidance"
    NATIONAL_PRACTICE = "national_practice"
    LOCAL_PRACTICE = "local_practice"
    OUR_DEFAULT = "our_default"

    @property
    def binding(self) -> bool:
        """Whether a force may tighten but never loosen it."""
        return self in (Basis.STATUTE, Basis.STATUTORY_GUIDANCE)

    @property
    def words(self) -> str:
        """The basis as it stands beside a deadline: "statutory guidance", "force default"."""
        return "force default" if self is Basis.OUR_DEFAULT else self.value.replace("_", " ")


class Role(StrEnum):
    """Whom a step of a ladder means; the directory says who that is at the moment."""

    OWNER = "owner"
    OWNER_SUPERVISOR = "owner_supervisor"
    REFERRER = "referrer"
    TEAM_LEADERS = "team_leaders"
    DEPARTMENT_LEAD = "department_lead"
    PARTNER_LEAD = "partner_lead"
    SUPERINTENDENT = "superintendent"
    HEAD_OF_SERVICE = "head_of_service"
    CHIEF_OFFICER = "chief_officer"
    PARTNER_EXECUTIVE = "partner_executive"
    OWN_LEADERS = "own_leaders"
    OWN_LEADS = "own_leads"
    OWN_HEADS = "own_heads"


LEADERS = frozenset({Role.CHIEF_OFFICER, Role.PARTNER_EXECUTIVE})
"""The roles without which a ladder has no top."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One native grade of a concern. `offered` is False for a grade that is not used for anybody under 18."""

    code: str
    label: str
    band: Band
    offered: bool = True


@dataclass(frozen=True, slots=True)
class FactQuestion:
    """A question answered by yes, no or don't know; don't know counts as yes."""

    code: str
    question: str


@dataclass(frozen=True, slots=True)
class DetailChoice:
    """One answer to a detail: the facts that it answers, the concern that it makes it, or why it is no referral at all."""

    code: str
    label: str
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    concern: str | None = None
    refusal: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """What the form of a concern asks beside the six inputs: one of its choices, `several` of them, or with none a time."""

    code: str
    label: str
    hint: str = ""
    choices: tuple[DetailChoice, ...] = ()
    several: bool = False

    @property
    def is_time(self) -> bool:
        """Whether it asks for a day and a time, which have passed."""
        return not self.choices


@dataclass(frozen=True, slots=True)
class ConcernType:
    """One type of concern: its grades (most urgent first), its three to five questions, and who else to think of.

    `details` are what its form asks beside; what they say is recorded as the act `opens_with`, done at the time that they give.
    """

    code: str
    label: str
    grades: tuple[Grade, ...]
    facts: tuple[FactQuestion, ...]
    specialist: str = ""
    details: tuple[Detail, ...] = ()
    opens_with: str = ""

    def grade(self, code: str) -> Grade:
        """The grade with that code; KeyError when the concern has none."""
        found = next((grade for grade in self.grades if grade.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    @property
    def lowest(self) -> Grade:
        """The least urgent grade."""
        return self.grades[-1]

    @property
    def offered(self) -> tuple[Grade, ...]:
        """The grades that a person may choose, most urgent first."""
        return tuple(grade for grade in self.grades if grade.offered)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something in force on a case beside its concern, such as police protection."""

    code: str
    label: str


class Count(StrEnum):
    """What a floor on history counts for one child, this referral included."""

    REFERRALS = "referrals"
    MISSING_EPISODES = "missing_episodes"
    AGENCIES = "agencies"
    NO_FURTHER_ACTIONS = "no_further_actions"


@dataclass(frozen=True, slots=True)
class Repeats:
    """A condition on a child's history: at least so many of something within a span before now."""

    what: Count
    at_least: int
    within: Span


@dataclass(frozen=True, slots=True)
class Floor:
    """A rule that raises risk and never lowers it.

    It fires when every fact in `all_of`, one in `any_of` (if there are any), one of `flags` (if any) and `history` (if any) hold,
    and, with `at_grade`, only once the grade is at least that. It gives the least grade (`grade`), the least band (`band`) or
    raises the grade by `raise_by` levels. `opens` names milestones that it makes due, `tells` roles told at once, `restricts`
    closes the case to a named list.
    """

    code: str
    sentence: str
    basis: Basis
    source: str
    concerns: frozenset[str] | None = None
    all_of: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    history: Repeats | None = None
    at_grade: str | None = None
    grade: str | None = None
    band: Band | None = None
    raise_by: int = 0
    opens: tuple[str, ...] = ()
    tells: tuple[Role, ...] = ()
    restricts: bool = False

    @property
    def words(self) -> str:
        """The floor as the card shows it: "Floor: child in the household of an image suspect"."""
        return f"Floor: {self.sentence}"

    def covers(self, concern: str) -> bool:
        """Whether the floor is about that concern."""
        return self.concerns is None or concern in self.concerns


class ActKind(StrEnum):
    """What recording an act is worth: a protective act meets the first-action deadline, an attempt meets nothing.

    A step of criminal justice is recorded at once, and no child is safer by it alone.
    """

    PROTECTIVE = "protective"
    ATTEMPT = "attempt"
    RECORD = "record"
    JUSTICE = "justice"


class ActInput(StrEnum):
    """What the form of an act asks beside a note: the time at which it was done, who it names, a link."""

    WHEN = "when"
    WHO = "who"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person records from a list. `implies` names further acts that it is a record of as well.

    `passes` is the step that it is, which gates watch; `raises` and `ends` name the flag that it puts in force or ends.
    With `asks` it is recorded by a form. It names somebody of an agency of the kind `names`, who owns the milestones in `owns`
    and is nobody whom an act in `apart_from` names. It was done after whatever is on record of `after`. People of the kind
    `only` alone record it, and no one below the standing `least`. `answers` are the questions that it answers; `inputs` is what
    else has to be given. What is recorded of `each_child` is done only once it stands for every child of the case.
    """

    code: str
    label: str
    kind: ActKind
    concerns: frozenset[str] | None = None
    implies: frozenset[str] = frozenset()
    passes: Transition | None = None
    raises: str | None = None
    ends: str | None = None
    asks: frozenset[ActInput] = frozenset()
    names: str | None = None
    owns: frozenset[str] = frozenset()
    apart_from: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    only: str | None = None
    least: str | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    inputs: Inputs | None = None
    each_child: bool = False

    @property
    def has_form(self) -> bool:
        """Whether a press is not enough to record it."""
        return bool(self.asks) or self.inputs is not None

    @property
    def protective(self) -> bool:
        """Whether it makes a child safer and so meets the first-action deadline."""
        return self.kind is ActKind.PROTECTIVE


@dataclass(frozen=True, slots=True)
class Ask:
    """What the referrer asks for."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """A reason to put reminders off, from the policy, and for how long."""

    code: str
    label: str
    within: timedelta


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that blame a child, why not, and neutral words instead."""

    words: str
    instead: str


@dataclass(frozen=True, slots=True)
class Phones:
    """Whom to ring when it cannot wait; `others` are further numbers by their label."""

    emergency: str
    police: str
    out_of_hours: str
    others: Mapping[str, str] = field(default_factory=dict)
