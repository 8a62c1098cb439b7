"""What a card's selects offer, in groups: what is still owed first, then everything else; pure, from codes alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.authorisation import Grave
from bot.domain.cases import Case, CaseStatus
from bot.domain.concerns import Act, ActKind
from bot.domain.deadlines import Deadline
from bot.domain.policy import Policy

PROPOSE = "propose"
"""The verb under which a grave act is put forward: `propose:close` opens its form, `propose:close:done` names a listed reason."""
ELLIPSIS = "…"
"""Ends the words of what opens a form."""

OWED_FIRST = "Still owed, the soonest first"
KINDS = {
    ActKind.PROTECTIVE: "Protective actions",
    ActKind.RECORD: "Records",
    ActKind.ATTEMPT: "Attempts: kept, and nothing is met by them",
}
FORMS = {
    Grave.CLOSE: "Close, in your own words",
    Grave.LOWER_GRADE: "Lower the grade",
    Grave.EXTEND: "Extend a deadline",
    Grave.WAIVE: "Waive a deadline",
    Grave.OVERRIDE_FLOOR: "Set a risk floor aside",
    Grave.MERGE: "Merge with another case of the same child",
}
LISTED = {Grave.CLOSE: "Close", Grave.NO_FURTHER_ACTION: "No further action"}


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select: code and words."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Options of a select under one heading."""

    title: str
    choices: tuple[Choice, ...]


def act_groups(case: Case, deadlines: Sequence[Deadline], policy: Policy) -> tuple[Group, ...]:
    """What may be recorded: whatever ends something owed comes first, the soonest due at the top, then by kind."""
    acts = policy.acts_for(case.concern, case.known_flags)
    rank = {act.code: place for act in acts if (place := _place(act, deadlines, policy)) is not None}
    owed = sorted((act for act in acts if act.code in rank), key=lambda act: rank[act.code])
    rest = [
        (title, [act for act in acts if act.kind is kind and act.code not in rank]) for kind, title in KINDS.items()
    ]
    return tuple(
        Group(title, tuple(Choice(act.code, act.label) for act in found))
        for title, found in ((OWED_FIRST, owed), *rest)
        if found
    )


def _place(act: Act, deadlines: Sequence[Deadline], policy: Policy) -> tuple[bool, float] | None:
    """How soon what the act ends is due, what pings nobody after everything else; None when it ends nothing owed."""
    records = policy.records_of(act.code)
    found = [
        (not deadline.pings, deadline.due_at.timestamp())
        for deadline in deadlines
        if deadline.is_open and (row := policy.milestones.get(deadline.kind)) and row.met_by & records
    ]
    return min(found, default=None)


def proposal_groups(case: Case, policy: Policy) -> tuple[Group, ...]:
    """The grave acts that may be put forward to a second person; none on a case that was merged away."""
    if case.status is CaseStatus.MERGED:
        return ()
    if case.status is CaseStatus.CLOSED:
        again = Choice(f"{PROPOSE}:{Grave.REOPEN}", f"Open the case again{ELLIPSIS}")
        return (Group("After closing", (again,)),)
    return tuple(_proposals(policy))


def _proposals(policy: Policy) -> Iterator[Group]:
    for act, words in LISTED.items():
        reasons = policy.listed.get(act, {})
        if reasons:
            choices = (Choice(f"{PROPOSE}:{act}:{code}", f"{words}: {reason}") for code, reason in reasons.items())
            yield Group(f"{words}, a second person agreeing", tuple(choices))
    yield Group(
        "With a reason of your own, a second person agreeing",
        tuple(Choice(f"{PROPOSE}:{act}", f"{words}{ELLIPSIS}") for act, words in FORMS.items()),
    )
