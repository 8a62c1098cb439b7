"""The part of the Desk that is about leaders: endorsements, the action plan, units' counts, grades read a second time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.domain.answers import Said
from bot.domain.commands import Actor, Endorse, Evidence
from bot.domain.counts import CountsImport, UnitDay
from bot.domain.grade_samples import BeforeAfter, GradeRead, Reading
from bot.domain.ids import CaseId, TeamId
from bot.domain.matters import EndorsementRow, Matter, Measure
from bot.domain.plan import MatterRead, PlanImport, PlanRow
from bot.domain.takeover import Below, Columns, TakeOver
from bot.services import counting, endorsements, gradings, leading, plan, takeovers
from bot.services.tools import Tools, again


@dataclass(frozen=True, slots=True)
class LeadersDesk:
    """Use cases of leaders; the last argument of each act is the inbound idempotency key."""

    begin: Callable[[Actor, str], Said]
    """Ask leaders to endorse, the chief officer first; from then on it renews itself."""
    endorse: Callable[[Endorse, Actor, str], Said]
    endorsements: Callable[[], Sequence[EndorsementRow]]
    read: Callable[[CaseId, Actor], MatterRead]
    """A matter opened, with its words and its evidence."""
    import_plan: Callable[[Mapping[str, object], Actor, bool], PlanImport]
    """Take a plan in, or only say what would become of it."""
    evidence: Callable[[Evidence, Actor, str], Said]
    plan: Callable[[], Sequence[PlanRow]]
    recommendation: Callable[[str], Matter]
    measures: Callable[[], Sequence[Measure]]
    count: Callable[[TeamId, date, int, Actor, str], Said]
    """Give a unit's count of a day."""
    import_counts: Callable[[Sequence[object], Actor, bool], CountsImport]
    unit_days: Callable[[int], Sequence[UnitDay]]
    """Every unit on each of the last days: counted, not reported, and what the record holds."""
    amiss: Callable[[CaseId], Sequence[UnitDay]]
    explain: Callable[[CaseId, str, Actor, str], Said]
    take_over: Callable[[Sequence[object], Columns, Actor, bool], TakeOver]
    """Open investigations of a force's own export, row by row; the last argument says that nothing is kept."""
    below: Callable[[], Sequence[Below]]
    """Open cases that floors hold above the grade somebody gave them, the longest known first."""
    read_grade: Callable[[str, Reading, Actor, str], Said]
    grade_reads: Callable[[str | None], Sequence[GradeRead]]
    references: Callable[[Sequence[GradeRead]], Mapping[CaseId, str]]
    before_after: Callable[[Measure], Sequence[BeforeAfter]]


def leaders_desk(tools: Tools) -> LeadersDesk:
    """The use cases bound to their dependencies."""

    def import_plan(document: Mapping[str, object], actor: Actor, dry: bool) -> PlanImport:  # noqa: FBT001 - bound by place
        return again(partial(plan.import_plan, tools=tools))(document, actor, dry=dry)

    def import_counts(rows: Sequence[object], actor: Actor, dry: bool) -> CountsImport:  # noqa: FBT001 - same
        return again(partial(counting.import_counts, tools=tools))(rows, actor, dry=dry)

    def take_over(rows: Sequence[object], columns: Columns, actor: Actor, dry: bool) -> TakeOver:  # noqa: FBT001 - same
        return takeovers.take_over(rows, columns, actor, dry=dry, tools=tools)

    return LeadersDesk(
        begin=again(partial(endorsements.begin, tools=tools)),
        endorse=again(partial(endorsements.endorse, tools=tools)),
        endorsements=partial(endorsements.endorsements, tools=tools),
        read=again(partial(plan.read_matter, tools=tools)),
        import_plan=import_plan,
        evidence=again(partial(plan.evidence, tools=tools)),
        plan=partial(plan.plan, tools=tools),
        recommendation=partial(plan.open_recommendation, tools=tools),
        measures=partial(plan.measures, tools=tools),
        count=again(partial(counting.give, tools=tools)),
        import_counts=import_counts,
        unit_days=partial(counting.table, tools=tools),
        amiss=partial(counting.amiss, tools=tools),
        explain=again(partial(counting.explain, tools=tools)),
        take_over=take_over,
        below=partial(takeovers.below, tools=tools),
        read_grade=again(partial(gradings.read, tools=tools)),
        grade_reads=partial(gradings.listed, tools=tools),
        references=partial(gradings.references, tools=tools),
        before_after=partial(leading.before_after, tools=tools),
    )
