"""What stands beside a case and is not part of it: what waits for somebody's word, and what somebody has put off."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.authorisation import ACT_WORDS
from bot.domain.decisions import Decision
from bot.domain.directory import Directory


@dataclass(frozen=True, slots=True)
class Pending:
    """Everything that a card shows beside the record of its case. `decisions` are all of the case, decided ones too."""

    decisions: tuple[Decision, ...] = ()


def pending_notes(pending: Pending, directory: Directory) -> Iterator[str]:
    """One neutral sentence for each; reasons are left out."""
    for decision in pending.decisions:
        if decision.waits:
            who = directory.name_of(decision.by)
            yield f"Waits for a second person: {ACT_WORDS[decision.act]} (put forward by {who})"
