"""What the details of a concern's form come to: the concern that it is, the facts that are known, and words for the record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.concerns import ConcernType, Detail, DetailChoice
from bot.domain.policy import Policy
from bot.domain.risk import Answer

FIELD = "detail_"
"""The field of a detail in a form is this with its code."""
STRONGER = (Answer.NO, Answer.UNKNOWN, Answer.YES)
"""Where two choices answer one fact, the later of these holds."""

Chosen = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Detailed:
    """The details as the rules read them; `words` are what was chosen, a line each, to be sealed."""

    concern: str
    facts: Mapping[str, Answer]
    notes: tuple[str, ...] = ()
    words: str = field(default="", repr=False)


def wrong(concern: ConcernType, chosen: Chosen, happened_at: datetime | None, now: datetime) -> dict[str, str]:
    """What cannot be, by the field of its detail: a time that has not come, or a choice that is no referral of this form."""
    found = {
        f"{FIELD}{detail.code}": f"{choice.refusal}." for detail, choice in _choices(concern, chosen) if choice.refusal
    }
    if happened_at is not None and happened_at > now:
        found |= {
            f"{FIELD}{detail.code}": f"{detail.label} must be in the past"
            for detail in concern.details
            if detail.is_time
        }
    return found


def detailed(policy: Policy, concern: str, chosen: Chosen) -> Detailed:
    """What the choices come to; what is not chosen is not answered, and is asked after the referral is sent."""
    picked = list(_choices(policy.concern(concern), chosen))
    here = next((choice.concern for _, choice in picked if choice.concern is not None), concern)
    asked = {fact.code for fact in policy.concern(here).facts}
    facts: dict[str, Answer] = {}
    for _, choice in picked:
        for answer, codes in ((Answer.NO, choice.no), (Answer.UNKNOWN, choice.unknown), (Answer.YES, choice.yes)):
            for code in sorted(codes & asked):
                facts[code] = max(answer, facts.get(code, Answer.NO), key=STRONGER.index)
    notes = dict.fromkeys(choice.note for _, choice in picked if choice.note)
    words = "\n".join(f"{detail.label}: {choice.label}" for detail, choice in picked)
    return Detailed(here, facts, tuple(notes), words)


def _choices(concern: ConcernType, chosen: Chosen) -> Iterator[tuple[Detail, DetailChoice]]:
    for detail in concern.details:
        for choice in detail.choices:
            if choice.code in chosen.get(detail.code, ()):
                yield detail, choice
