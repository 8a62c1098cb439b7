"""Grave acts: lowering a grade, extending, waiving, closing, re-opening, merging, overriding a floor: a reason and two people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import PersonId
from bot.domain.policy import Basis, Reasons


class Grave(StrEnum):
    """An act that one person alone may not take; the first grading of a case is not one of them."""

    LOWER_GRADE = "lower_grade"
    EXTEND = "extend"
    WAIVE = "waive"
    CLOSE = "close"
    NO_FURTHER_ACTION = "no_further_action"
    REOPEN = "reopen"
    MERGE = "merge"
    OVERRIDE_FLOOR = "override_floor"
    SIGN_OFF = "sign_off"
    CHILD_AS_SUSPECT = "child_as_suspect"


ACT_WORDS = {
    Grave.LOWER_GRADE: "lower the grade",
    Grave.EXTEND: "extend a deadline",
    Grave.WAIVE: "waive a deadline",
    Grave.CLOSE: "close the case",
    Grave.NO_FURTHER_ACTION: "close the case with no further action",
    Grave.REOPEN: "open the case again",
    Grave.MERGE: "merge with another case",
    Grave.OVERRIDE_FLOOR: "set a risk floor aside",
    Grave.SIGN_OFF: "sign the recommendation off as met",
    Grave.CHILD_AS_SUSPECT: "record a child as a suspect",
}
"""What each is called in a sentence."""


OF_A_DEADLINE = frozenset({Grave.EXTEND, Grave.WAIVE})
"""The acts whose subject is a deadline."""
OF_MATTERS = frozenset({Grave.SIGN_OFF, *OF_A_DEADLINE})
"""The acts on a leader's own matter."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants to do and why; `version` rises with every edit."""

    act: Grave
    reason: str
    by: PersonId
    version: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """That a second person agreed, and to which version of the proposal."""

    by: PersonId
    to_version: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What else decides: who owns the case, when a floor last fired on it, and whether the fact behind it was corrected since."""

    owners: frozenset[PersonId]
    floor_fired_at: datetime | None = None
    fact_corrected: bool = False


def refusals(
    proposal: Proposal, agreement: Agreement | None, standing: Standing, rules: Reasons, now: datetime
) -> tuple[str, ...]:
    """Every reason why the act may not be taken now, a sentence each; none when it may."""
    return (
        *proposal_refusals(proposal, standing, rules, now),
        *second_person_refusals(proposal, agreement, standing),
    )


def proposal_refusals(proposal: Proposal, standing: Standing, rules: Reasons, now: datetime) -> tuple[str, ...]:
    """Every reason why the act may not even be put forward now."""
    return (*_reason_refusals(proposal, rules), *_floor_refusals(proposal, standing, rules, now))


def _reason_refusals(proposal: Proposal, rules: Reasons) -> Iterator[str]:
    if len(" ".join(proposal.reason.split())) < rules.least_characters:
        yield f"Reason must be {rules.least_characters} characters or more."


def second_person_refusals(proposal: Proposal, agreement: Agreement | None, standing: Standing) -> Iterator[str]:
    """Every reason why this person cannot be the second one, or not yet."""
    if agreement is None:
        yield "A second person must agree. Ask somebody who neither proposed it nor owns the case."
        return
    if agreement.by == proposal.by:
        yield "The person who proposed it cannot agree to it. Ask somebody else."
    if agreement.by in standing.owners:
        yield "The owner of the case cannot be the second person. Ask somebody else."
    if agreement.to_version != proposal.version:
        yield "It was changed after the second person agreed. Ask them again."


def _floor_refusals(proposal: Proposal, standing: Standing, rules: Reasons, now: datetime) -> Iterator[str]:
    if proposal.act is not Grave.LOWER_GRADE or standing.floor_fired_at is None or standing.fact_corrected:
        return
    if now < standing.floor_fired_at + rules.floor_holds:
        hours = int(rules.floor_holds.total_seconds() // 3600)
        yield f"A floor fired less than {hours} hours ago. Correct the answer behind it, or wait until they have passed."


def extension_refusal(basis: Basis, due_at: datetime, until_at: datetime) -> str | None:
    """Why a deadline may not be moved to that instant; None when it may. What the law limits is never moved later."""
    if until_at <= due_at:
        return "An extension must be later than the time at which it is due now."
    if basis.binding:
        return f"This is a limit of {basis.words} and cannot be extended. Record what was done, or that it is late."
    return None
