"""The action plan: recommendations that somebody owes, evidenced, signed off by a second person, and never forgotten."""

from datetime import UTC, datetime
from pathlib import Path
from tomllib import loads

import pytest

from bot.domain.authorisation import Grave
from bot.domain.commands import Actor, Evidence, Propose
from bot.domain.errors import Refusal
from bot.domain.ids import PersonId, SlackUser
from bot.domain.plan import PlanImport
from tests.scenarios.world import CHIEF, World

SAMPLE = Path(__file__).parents[2] / "bot" / "action_plan.toml"
ROOM = "online-investigation"
OWNER, ABOVE = "Gareth Winterlea", "Obinna Larchfield"
DONE = "Every open case was looked at, and each child seen."


def person(w: World, name: str) -> Actor:
    found = PersonId(name.lower().replace(" ", "-"))
    known = w.bot.desk.rules.directory.people[found]
    return Actor(found, known=True, agency=known.agency, workspace=known.workspace, user=known.slack or SlackUser(""))


def taken(w: World, text: str, *, dry: bool = False) -> PlanImport:
    found = w.bot.desk.leaders.import_plan(loads(text), person(w, "Rowena Ashgrove"), dry)
    w.driver.advance("1s")
    return found


ONE = """
[[recommendation]]
code = "R3"
wording = "Online investigation puts the safety of children ahead of criminal-justice outcomes."
owner = "online-investigation"
due = "immediately"
"""


def test_the_sample_is_owed_by_its_owners_dry_first_and_a_second_import_doubles_nothing(w: World) -> None:
    text = SAMPLE.read_text("utf-8")
    dry = taken(w, text, dry=True)
    assert (len(dry.taken), dry.returned, dry.measures) == (6, (), 2)
    assert w.bot.desk.leaders.plan() == ()
    w.nothing_else()
    assert [one.already for one in taken(w, text).taken] == [False] * 6
    assert [one.already for one in taken(w, text).taken] == [True] * 6
    for owner, code in (
        (CHIEF, "R1"),
        ("Farah Quillfeather", "R2"),
        (OWNER, "R3"),
        ("Dominic Yarrowfield", "R4"),
        ("Rowena Ashgrove", "R5"),
        (OWNER, "R6"),
    ):
        w.expect_told(owner, f"to meet recommendation {code} of the action plan")
    w.nothing_else()
    assert [row.matter.code for row in w.bot.desk.leaders.plan()][:4] == ["R1", "R2", "R3", "R4"]


def test_one_bad_row_comes_back_with_its_reason_and_the_others_are_taken(w: World) -> None:
    bad = ONE.replace("R3", "R9").replace('owner = "online-investigation"', 'owner = "nobody-at-all"')
    found = taken(w, bad + ONE)
    assert [one.code for one in found.taken] == ["R3"]
    assert found.returned[0].row == 1
    assert "owner must be chief_officer" in found.returned[0].reason
    w.expect_told(OWNER, "recommendation R3")


def test_a_recommendation_that_nobody_evidences_reaches_the_chief_officer_three_working_days_after_it_was_due(
    w: World,
) -> None:
    taken(w, ONE)
    w.expect_told(OWNER, "AP-R3", "recommendation R3 of the action plan by Monday 30 November 2026 at 5:00pm")
    w.clock_to("2026-11-27 12:00")
    w.expect_told(OWNER, "Recommendation met and signed off owed by Gareth Winterlea is not done yet")
    w.clock_to("2026-11-30 17:00")
    w.overlook("The week's numbers on Monday morning.", containing="Week to")
    w.expect_told(OWNER, "it was due on Monday 30 November 2026 at 5:00pm")
    w.clock_to("2026-12-01 17:00")
    w.expect_told(ABOVE, "1 day late")
    w.nothing_else()
    assert w.to_next_step().replace(microsecond=0) == datetime(2026, 12, 3, 17, tzinfo=UTC)
    for seat in (OWNER, CHIEF):
        w.expect_told(seat, "AP-R3", "3 days late")
    w.nothing_else()


def test_evidence_and_a_second_person_end_it_and_its_owner_cannot_be_that_person(w: World) -> None:
    taken(w, ONE)
    asked = w.expect_told(OWNER, "recommendation R3")
    assert "criminal-justice" not in asked.words
    desk, (row,) = w.bot.desk, w.bot.desk.leaders.plan()
    with pytest.raises(Refusal, match="has no evidence yet"):
        desk.propose(Propose(row.matter.id, Grave.SIGN_OFF, DONE), person(w, OWNER), "early")
    room = f"@{OWNER}"
    message = next(m for m in w.driver.messages(room) if "AP-R3" in m["text"])
    view = w.driver.click(OWNER, room, message["ts"], "Open and report")["view_id"]
    then = {"What was done": DONE, "And then": "Record it, and ask a second person to sign it off"}
    assert "errors" not in w.driver.submit(OWNER, view, then)
    w.expect_told("Rowena Ashgrove", "AP-R3", "sign the recommendation off as met")
    w.nothing_else()
    w.answer("Rowena Ashgrove", "AP-R3", "Agree")
    w.expect_told(OWNER, "Rowena Ashgrove agreed as the second person")
    w.nothing_else()
    (row,) = desk.leaders.plan()
    assert (row.matter.state.value, row.evidence) == ("done", 1)
    with pytest.raises(Refusal, match="not an open recommendation"):
        desk.leaders.evidence(Evidence(row.matter.id, DONE), person(w, OWNER), "late")
    w.clock_to("2026-12-31 12:00")
    w.overlook("The digests of a month.", containing="Week to")
    w.nothing_else()


def test_anybody_of_the_force_reads_the_plan_in_slack_and_its_evidence_only_leads(w: World) -> None:
    taken(w, ONE)
    w.expect_told(OWNER, "recommendation R3")
    w.bot.desk.leaders.evidence(Evidence(w.bot.desk.leaders.plan()[0].matter.id, DONE), person(w, OWNER), "k")
    w.driver.command(OWNER, ROOM, "/safeguarding", "plan")
    w.expect_answer(OWNER, "Action plan: 0 of 1 recommendations signed off, 0 late.", channel=ROOM)
    matter = w.bot.desk.leaders.recommendation("R3")
    assert w.bot.desk.leaders.read(matter.id, person(w, "Priya Fernsby")).evidence == ()
    assert w.bot.desk.leaders.read(matter.id, person(w, CHIEF)).evidence[0].what == DONE
