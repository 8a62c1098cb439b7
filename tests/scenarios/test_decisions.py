"""Grave acts and repeats in the whole bot: a case closed by two, a third referral, police protection."""

from datetime import timedelta

import pytest

from bot.domain.answers import Proposed
from bot.domain.authorisation import Grave
from bot.domain.commands import Decide, OnCase, Propose
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId, PersonId, Reference
from tests import builders as people
from tests.scenarios.world import CARE_LEADER, DEPARTMENT_LEAD, OFFICER, POLICE_DUTY, POLICE_LEADER, World

REASON = "The CANARYREASON child was seen today and is safe."


def put_forward(world: World, reference: Reference, act: Grave, subject: str = "", *, key: str) -> Proposed:
    desk = world.bot.desk
    wanted = Propose(desk.find(reference).id, act, REASON, subject)
    return desk.propose(wanted, people.actor(people.OFFICER), key)


def agree(world: World, proposed: Proposed, by: PersonId = people.SERGEANT, *, key: str) -> str:
    word = Decide(proposed.decision, proposed.version, agree=True)
    return world.bot.desk.decide(word, people.actor(by), key).text


def record(world: World, case_id: CaseId, *codes: str) -> None:
    for code in codes:
        world.bot.desk.record_act(OnCase(case_id), code, "", people.actor(people.OFFICER), f"act {case_id} {code}")


def reminded(world: World, seat: str) -> bool:
    """Whether somebody was told in so many words that the power expires."""
    return any("End of police protection: the power expires" in str(m) for m in world.driver.messages(f"@{seat}"))


def test_two_people_close_a_case_its_ladders_end_and_opened_again_it_goes_on(world: World) -> None:
    reference = world.refer(grade="High")
    case_id = world.bot.desk.find(reference).id
    with pytest.raises(Refusal, match="Still missing: the referrer is told the outcome"):
        put_forward(world, reference, Grave.CLOSE, key="1")
    record(world, case_id, "child_seen", "referrer_told", "record_system_ref", "school_told")
    proposed = put_forward(world, reference, Grave.CLOSE, key="2")
    with pytest.raises(Refusal, match="Only a team leader"):
        agree(world, proposed, people.OFFICER, key="3")
    world.driver.advance("1m")
    asked = f"{reference}: {OFFICER} asks a second person to agree: close the case."
    assert asked in world.thread(reference)
    assert "It is closed" in agree(world, proposed, key="4")
    world.driver.advance("1m")
    (closed,) = [m for m in world.driver.messages("front-door") if f"{reference} is closed." in m["text"]]
    assert "Closed" in str(closed["blocks"])
    before = len(world.told(CARE_LEADER, reference))
    world.driver.advance("5h")
    assert len(world.told(CARE_LEADER, reference)) == before, "a closed case pings nobody"
    assert "It is open again" in agree(world, put_forward(world, reference, Grave.REOPEN, key="5"), key="6")
    world.driver.advance("1m")
    assert "Overdue" in world.words(reference)
    assert len(world.told(CARE_LEADER, reference)) > before, "what came due meanwhile is due now"
    raw = b"".join(path.read_bytes() for path in world.place.glob("vigil.db*"))
    assert b"CANARYREASON" not in raw
    assert world.bot.desk.verify().first_bad == ""


def test_a_childs_third_referral_is_on_the_card_and_told_to_the_department_lead_without_naming_it(world: World) -> None:
    for children in ("police 44-CANARY-1", "police 44-CANARY-1, council LA-CANARY-1", "council LA-CANARY-1"):
        reference = world.refer(grade="Standard", children=children)
    assert "3rd referral about the same child in 12 months" in world.words(reference)
    told = [text for text in world.told(DEPARTMENT_LEAD, reference) if "third referral in 12 months" in text]
    assert len(told) == 1
    assert "CANARY" not in str(world.driver.messages("front-door")) + str(world.told(DEPARTMENT_LEAD))
    assert world.bot.desk.find(reference).band == "p3"


def test_police_protection_reminds_its_owner_and_climbs_when_the_power_has_expired(world: World) -> None:
    reference = world.refer(concern="Neglect", grade="Green")
    card = world.card(reference, "response-duty")
    opened = world.driver.click(POLICE_DUTY, "response-duty", card["ts"], "record_act", "Police protection used")
    world.driver.submit(POLICE_DUTY, opened["view_id"])
    assert "In force: Police protection (section 46)" in world.words(reference)
    start = world.now()
    world.driver.move_to((start + timedelta(hours=71, minutes=30)).isoformat())
    assert reminded(world, POLICE_DUTY)
    assert not reminded(world, POLICE_LEADER)
    world.driver.move_to((start + timedelta(hours=72, minutes=20)).isoformat())
    assert reminded(world, POLICE_LEADER)
