"""What must hold of acts and of details: codes that exist, and a step of criminal justice that is no child's safety."""

from collections.abc import Iterator

from bot.domain.concerns import Act, ActInput, ActKind, ConcernType
from bot.domain.policy import Policy
from bot.policy_faults import Fault, unknown

KINDS = ("police", "social_care", "health", "education", "probation")
LEAST = ("supervisor", "lead", "chief")


def act_faults(policy: Policy) -> Iterator[Fault]:
    """Everything in the acts that contradicts itself or names what is not there."""
    for act in policy.acts.values():
        yield from unknown(f"acts.{act.code}.concerns", "concern", act.concerns or (), policy.concerns)
        yield from unknown(f"acts.{act.code}.implies", "act", act.implies, policy.acts)
        for name, codes in (("apart_from", act.apart_from), ("after", act.after)):
            yield from unknown(f"acts.{act.code}.{name}", "act", codes, policy.acts)
        yield from unknown(f"acts.{act.code}.owns", "milestone", act.owns, policy.milestones)
        yield from _agency_faults(act)
        for name, flag in (("raises", act.raises), ("ends", act.ends)):
            yield from unknown(f"acts.{act.code}.{name}", "flag", (flag,) if flag else (), policy.flags)
        if act.kind is ActKind.ATTEMPT and act.implies:
            wrong = "an attempt is no record of anything else."
            yield Fault(f"acts.{act.code}.implies", wrong, 'Leave out implies, or write kind = "record".')
        yield from unknown(f"acts.{act.code}.answers", "fact", act.answers, policy.facts)
        if act.inputs is not None and act.inputs.listed:
            yield from unknown(f"acts.{act.code}.inputs.from", "list", (act.inputs.listed,), policy.listed)
        yield from _justice_faults(act, policy)
    if not any(act.protective for act in policy.acts.values()):
        yield Fault(
            "acts",
            "there is no protective act, so a first action can never be recorded.",
            'Give one kind = "protective".',
        )


def _justice_faults(act: Act, policy: Policy) -> Iterator[Fault]:
    """A step of criminal justice meets nothing that has to come before it, and is no protective act."""
    if act.kind is not ActKind.JUSTICE:
        return
    before = (gate for gate in policy.gates.values() if act.passes in gate.refuses | gate.flagged)
    first = frozenset(code for gate in before for alternative in gate.records for code in alternative)
    safer = {other.code for other in policy.acts.values() if other.protective}
    for record in sorted(policy.records_of(act.code) & (first | safer)):
        wrong = (
            f"a step of criminal justice is no record of {record!r}, which makes a child safer or has to come first."
        )
        yield Fault(f"acts.{act.code}.implies", wrong, f"Leave out {record}; people record it itself.")


def _agency_faults(act: Act) -> Iterator[Fault]:
    """Kinds of agency and standings that there are not, and names that no form asks for."""
    key = f"acts.{act.code}"
    for name, kind in (("names", act.names), ("only", act.only)):
        yield from unknown(f"{key}.{name}", "kind of agency", (kind,) if kind else (), KINDS)
    yield from unknown(f"{key}.least", "standing", (act.least,) if act.least else (), LEAST)
    if (ActInput.WHO in act.asks) != (act.names is not None):
        yield Fault(f"{key}.asks", "asks who and names go together.", 'Write asks = ["who"] and names = "police".')


def detail_faults(concern: ConcernType, policy: Policy) -> Iterator[Fault]:
    """What the form of a concern asks: facts and concerns that there are, and an act that keeps it."""
    key = f"concerns.{concern.code}"
    yield from unknown(f"{key}.opens_with", "act", (concern.opens_with,) if concern.opens_with else (), policy.acts)
    if sum(detail.is_time for detail in concern.details) > 1:
        yield Fault(f"{key}.details", "two of them ask for a time.", "Keep one: it is when the case began.")
    if concern.details and not concern.opens_with:
        yield Fault(f"{key}.opens_with", "nothing keeps what the details say.", "Name the act that they open it with.")
    for detail in concern.details:
        for choice in detail.choices:
            at = f"details.{detail.code}.choices.{choice.code}"
            yield from unknown(f"{at}.yes", "fact", choice.yes | choice.no | choice.unknown, policy.facts)
            yield from unknown(f"{at}.concern", "concern", (choice.concern,) if choice.concern else (), policy.concerns)
