"""Ladders: who is told, in what order and when, while something that is owed is not done; and ladders made of stages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.calendar import Span
from bot.domain.concerns import Role


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder.

    `share` is set on the pre-warning alone (that share of the counted time has passed); `after` is the offset from the due
    instant on every other step: spans counted one after another, none on the step at the due instant.
    """

    number: int
    name: str
    to: tuple[Role, ...]
    after: tuple[Span, ...] = ()
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """How the last step repeats for ever: at an interval, or each hub morning."""

    every: timedelta | None
    each_hub_morning: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who is told, in what order, when something is late."""

    steps: tuple[Step, ...]
    repeat: Repeat


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of something that people settle between them: who holds it, and for how long (`urgent`: in P1 and P2)."""

    number: int
    who: str
    to: tuple[Role, ...]
    within: Span
    urgent: Span

    def lasts(self, *, urgent: bool) -> Span:
        """How long it may take."""
        return self.urgent if urgent else self.within


def staged(stages: Sequence[Stage], band: Ladder, *, urgent: bool) -> Ladder:
    """The ladder of stages: each is told when the time of the one before has passed, the top of the band's ladder last.

    What is owed is due when the first stage ends. The pre-warning and the repeats are those of the band.
    """
    spans = tuple(stage.lasts(urgent=urgent) for stage in stages)
    before = [
        Step(step.number, step.name, stages[0].to, share=step.share) for step in band.steps if step.share is not None
    ]
    later = [Step(place, stage.who, stage.to, spans[1:place]) for place, stage in enumerate(stages) if place > 0]
    top = replace(band.steps[-1], number=len(stages), after=spans[1:])
    return Ladder((*before, *later, top), band.repeat)
