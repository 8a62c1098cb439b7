"""The rows of what leaders owe in person: how each use case is asked, what has to be there first, and whose it is."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.commands import Endorse, Evidence
from bot.domain.grade_samples import GradeRead, Reading
from bot.domain.ids import TeamId
from bot.domain.takeover import Columns
from bot.services import counting, endorsements, plan
from tests import builders as b
from tests.services.use_cases import REFERRER, WHY, Roles, Row, Try

FORCES_LEADS = Roles({"force's lead", "chief officer"})
FORCE = FORCES_LEADS | REFERRER | {"member of the force"}
ROW = {"code": "R1", "wording": "Synthetic words.", "owner": "chief_officer", "due": "six_months"}


def asked(first: Try) -> object:
    """The chief officer's own endorsement."""
    endorsements.begin(b.actor(b.INSPECTOR), "begin", tools=first.office.tools)
    return next(iter(first.office.store.state.matters))


def planned(first: Try) -> object:
    """A recommendation that the chief officer owns."""
    plan.import_plan({"recommendation": [ROW]}, b.actor(b.INSPECTOR), dry=False, tools=first.office.tools)
    return next(iter(first.office.store.state.matters))


def missing(first: Try) -> object:
    """Counts that the lead of response owes: nobody counted there yesterday, and somebody elsewhere did."""
    lead, day = b.actor(b.INSPECTOR), first.now.date()
    for unit in ("custody", "cid", "child-protection", "missing-exploitation", "online-investigation", "neighbourhood"):
        counting.give(TeamId(unit), day, 0, lead, unit, tools=first.office.tools)
    counting.give(TeamId("control-room"), day, 0, lead, "control-room", tools=first.office.tools)
    counting.give(b.RESPONSE, day, 5, lead, "response", tools=first.office.tools)
    first.office.clock.to(first.now + timedelta(days=2))
    with first.office.store.write() as uow:
        counting.reconcile(uow, first.office.tools, first.now)
        uow.commit()
    return next(m.id for m in first.office.store.state.matters.values() if m.post == "response")


def drawn(first: Try) -> object:
    """The grade of the case, drawn for a second reader."""
    read = GradeRead("g1", "2026-11", "domestic_abuse", first.case_id, "medium", "seed", 1, b.INSPECTOR, first.now)
    with first.office.store.write() as uow:
        uow.grade_reads.add([read])
        uow.commit()
    return read.id


LEADER_ROWS: Mapping[str, Row] = {
    "leaders.begin": Row(lambda t: t.desk.leaders.begin(t.by, "k"), FORCES_LEADS),
    "leaders.endorse": Row(
        lambda t: t.desk.leaders.endorse(Endorse(t.given, agrees=True), t.by, "k"), Roles({"chief officer"}), asked
    ),
    "leaders.read": Row(lambda t: t.desk.leaders.read(t.given, t.by), FORCE | {"governance"}, planned),
    "leaders.import_plan": Row(lambda t: t.desk.leaders.import_plan({}, t.by, False), FORCES_LEADS),  # noqa: FBT003 - bound by place
    "leaders.evidence": Row(
        lambda t: t.desk.leaders.evidence(Evidence(t.given, WHY), t.by, "k"), FORCES_LEADS, planned
    ),
    "leaders.count": Row(lambda t: t.desk.leaders.count(b.RESPONSE, t.now.date(), 0, t.by, "k"), FORCE),
    "leaders.import_counts": Row(
        lambda t: (
            t.desk.leaders.import_counts([{"unit": "response", "day": "2020-01-01", "number": 0}], t.by, False).taken  # noqa: FBT003 - same
        ),
        FORCE,
    ),
    "leaders.explain": Row(lambda t: t.desk.leaders.explain(t.given, WHY, t.by, "k"), Roles({"force's lead"}), missing),
    "leaders.take_over": Row(lambda t: t.desk.leaders.take_over([], Columns({}, {}), t.by, False), FORCES_LEADS),  # noqa: FBT003 - same
    "leaders.read_grade": Row(
        lambda t: t.desk.leaders.read_grade(t.given, Reading.RIGHT, t.by, "k"), FORCES_LEADS, drawn
    ),
}
"""By name in the Desk."""
