"""Gates: what must be recorded before a case may take a step, so that a child's safety comes before everything else.

A gate refuses closing, no further action, forensic submission and a lower grade. What protects a child or has already happened
(an arrest, a release, the end of a power) is never refused: it is flagged as having come first, and what is missing is due now.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Transition(StrEnum):
    """A step that a gate watches."""

    CLOSE = "close"
    NO_FURTHER_ACTION = "no_further_action"
    SUBMIT_FORENSICS = "submit_forensics"
    LOWER_GRADE = "lower_grade"
    CHILD_AS_SUSPECT = "child_as_suspect"
    PLANNED_ARREST = "planned_arrest"
    SEARCH = "search"
    VOLUNTARY_ATTENDANCE = "voluntary_attendance"
    CHARGE_CHILD = "charge_child"
    RELEASE_SUSPECT = "release_suspect"
    END_POLICE_PROTECTION = "end_police_protection"
    TURN_EIGHTEEN = "turn_eighteen"


REFUSABLE = frozenset(
    {
        Transition.CLOSE,
        Transition.NO_FURTHER_ACTION,
        Transition.SUBMIT_FORENSICS,
        Transition.LOWER_GRADE,
        Transition.CHILD_AS_SUSPECT,
    }
)
"""The steps that may be refused; everything else has happened already and is recorded whatever is missing."""


class State(StrEnum):
    """What a gate may ask for beside acts on the record: the caller adds these when they hold."""

    REASON = "reason"
    SECOND_PERSON = "second_person"
    SUPERVISOR = "supervisor"
    PARTNER_TOLD = "partner_told"
    NO_OPEN_DISAGREEMENT = "no_open_disagreement"
    NAMED_OWNER = "named_owner"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that must be on record: any one of the alternatives, each a set of acts or states that hold together."""

    code: str
    sentence: str
    any_of: tuple[frozenset[str], ...]

    def met_by(self, recorded: frozenset[str]) -> bool:
        """Whether one alternative is on record in full."""
        return any(alternative <= recorded for alternative in self.any_of)


@dataclass(frozen=True, slots=True)
class Gate:
    """What stands before some steps of some cases.

    It holds for `concerns` (None: all), for cases under one of `flags` and with all of `facts` (yes or don't know)
    where these are named. `below` narrows it to steps that lead below that grade; with `only_grade` the step also needs
    that grade; a fact in `never_with` makes the step impossible.
    """

    code: str
    title: str
    source: str
    refuses: frozenset[Transition]
    flagged: frozenset[Transition]
    needs: tuple[Need, ...]
    concerns: frozenset[str] | None = None
    flags: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    below: str | None = None
    only_grade: str | None = None
    never_with: frozenset[str] = frozenset()

    def covers(self, concern: str, flags: frozenset[str]) -> bool:
        """Whether the gate stands before cases of that concern with those flags."""
        if self.flags and not self.flags & flags:
            return False
        return self.concerns is None or concern in self.concerns

    def watches(self, transition: Transition, situation: "Situation") -> bool:
        """Whether this step of this case passes the gate."""
        if transition not in self.refuses | self.flagged or not self.covers(situation.concern, situation.flags):
            return False
        return self.facts <= situation.facts and (self.below is None or self.below in situation.grades_above)

    @property
    def records(self) -> tuple[frozenset[str], ...]:
        """Every alternative of every need."""
        return tuple(alternative for need in self.needs for alternative in need.any_of)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a gate looks at: the case and what is on its record (acts with what they imply, and states that hold).

    `facts` are those answered yes or don't know. `grades_above` are the grades more urgent than the one the step leads to.
    """

    concern: str
    flags: frozenset[str]
    facts: frozenset[str]
    recorded: frozenset[str]
    grade: str | None = None
    grades_above: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Missing:
    """One need of one gate that is not on record."""

    gate: str
    need: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a step may be taken. `missing` is what is not on record; when nothing is refused it is flagged instead."""

    refused: bool
    missing: tuple[Missing, ...]

    @property
    def flagged(self) -> bool:
        """Whether the step is recorded although child-safety steps are missing."""
        return not self.refused and bool(self.missing)


def check(gates: Iterable[Gate], transition: Transition, situation: Situation) -> Verdict:
    """What the gates say to a step: refused or flagged, and everything that is still missing."""
    refused = False
    missing: list[Missing] = []
    for gate in gates:
        if not gate.watches(transition, situation):
            continue
        lacking = tuple(_lacking(gate, situation))
        missing.extend(lacking)
        refused = refused or (bool(lacking) and transition in gate.refuses)
    return Verdict(refused, tuple(missing))


def _lacking(gate: Gate, situation: Situation) -> Iterator[Missing]:
    """What this gate does not find on record, the impossible first."""
    if gate.never_with & situation.facts:
        yield Missing(
            gate.code, "never", f"{gate.title}: not possible while the answer to a question stands against it"
        )
    if gate.only_grade is not None and situation.grade != gate.only_grade:
        yield Missing(gate.code, "grade", f"the grade is {gate.only_grade.replace('_', ' ')}")
    for need in gate.needs:
        if not need.met_by(situation.recorded):
            yield Missing(gate.code, need.code, need.sentence)
