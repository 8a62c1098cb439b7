"""Need to know in the whole bot: a case restricted to a named list, the glass broken, and who has looked."""

import json

from tests.scenarios.world import (
    CARE_DUTY,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    DEPARTMENT_LEAD,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    SUPERINTENDENT,
    World,
)

REASON = "A CANARYREASON that is long enough: it is about a colleague."
POLICE = "response-duty"


def form(world: World, seat: str, reference: str, choice: str, values: dict[str, object]) -> str:
    """Choose a form on the force's card, fill it in and send it; what the person is told."""
    world.press(seat, reference, "more", choice, channel=POLICE)
    return sent(world, seat, values)


def sent(world: World, seat: str, values: dict[str, object]) -> str:
    answer = world.driver.submit(seat, world.driver.views(seat)[-1]["id"], values)
    assert "errors" not in answer, answer
    said = str(world.driver.views(seat)[-1]["texts"])
    world.driver.post("close", seat=seat, view_id=world.driver.views(seat)[-1]["id"])
    world.driver.advance("2s")
    return said


def restrict(world: World, reference: str, seat: str = DEPARTMENT_LEAD, **values: object) -> str:
    return form(world, seat, reference, "Restrict it to a named list…", {"Reason": REASON, **values})


def closed_card(world: World, reference: str, channel: str) -> dict[str, object]:
    cards = [m for m in world.driver.messages(channel) if reference in m["text"] and not m["thread_ts"]]
    assert len(cards) == 1, [m["text"] for m in cards]
    return dict(cards[0])


def everything(world: World) -> str:
    rooms = ["front-door", POLICE, "vigil-administration", "safeguarding"]
    seats = [OFFICER, POLICE_DUTY, POLICE_LEADER, SUPERINTENDENT, CHIEF, CARE_DUTY, CARE_LEADER, CARE_LEAD]
    return json.dumps([world.driver.messages(room) for room in (*rooms, *(f"@{seat}" for seat in seats))])


def test_a_restricted_case_leaves_its_channels_and_climbs_only_to_its_list(world: World) -> None:
    reference = world.refer(concern="Neglect", grade="Amber")
    said = restrict(world, reference)
    assert f"{reference} is restricted from now. It exists for these people alone:" in said
    for channel in ("front-door", POLICE):
        card = closed_card(world, reference, channel)
        assert card["text"] == f"{reference} is restricted to a named list. Ask {DEPARTMENT_LEAD} or {CARE_LEAD}."
        assert "Neglect" not in str(card["blocks"])
    before = {seat: len(world.told(seat)) for seat in (POLICE_DUTY, POLICE_LEADER, CARE_DUTY, CARE_LEADER, CHIEF)}
    posts = {room: len(world.driver.messages(room)) for room in ("front-door", POLICE, "vigil-administration")}
    late = len(world.told(CARE_LEAD, reference))
    for _ in range(9):
        world.driver.advance("1h")
    assert {seat: len(world.told(seat)) for seat in before} == before
    assert {room: len(world.driver.messages(room)) for room in posts} == posts
    assert len(world.told(CARE_LEAD, reference)) > late
    assert "CANARY" not in everything(world)


def test_a_restricted_case_is_nowhere_for_somebody_off_its_list_and_the_subject_is_never_reached(world: World) -> None:
    reference = world.refer(concern="Neglect", grade="Amber", place="1 Synthetic Road")
    restrict(world, reference, **{"Whom it is about, if they work here": POLICE_DUTY})
    answer = world.driver.command(POLICE_LEADER, POLICE, "/case", reference)
    assert answer["reply"] == "There is no such case, or it is not one of yours."
    world.driver.command(POLICE_LEADER, POLICE, "/case")
    assert reference not in str(world.driver.views(POLICE_LEADER)[-1])
    heard = len(world.told(POLICE_DUTY))
    glass = world.driver.click(
        POLICE_DUTY, POLICE, str(closed_card(world, reference, POLICE)["ts"]), "Open with a reason"
    )
    assert glass["reply"] == "There is no such case, or it is not one of yours."
    world.driver.advance("24h")
    assert len(world.told(POLICE_DUTY, reference)) <= heard
    assert not any("overdue" in text.lower() for text in world.told(POLICE_DUTY, reference))


def test_a_question_answered_yes_after_sending_restricts_the_case_at_once(world: World) -> None:
    reference = world.refer(concern="Neglect", grade="Amber")
    view = world.driver.views(OFFICER)[-1]
    block = next(b["block_id"] for b in view["buttons"] if b["block_id"].endswith(":subject_is_employee"))
    world.driver.post("click", seat=OFFICER, view_id=view["id"], action="answer:yes", block_id=block)
    world.driver.advance("2s")
    assert "restricted to a named list" in str(closed_card(world, reference, "front-door")["text"])
    assert world.bot.desk.find(reference).restricted


def test_the_glass_is_broken_with_a_reason_and_the_leads_hear_at_once(world: World) -> None:
    reference = world.refer(concern="Neglect", grade="Amber")
    restrict(world, reference)
    ts = str(closed_card(world, reference, POLICE)["ts"])
    assert "Open with a reason?" in str(closed_card(world, reference, POLICE)["blocks"]), "it asks once more"
    world.driver.click(POLICE_LEADER, POLICE, ts, "Open with a reason")
    view = world.driver.views(POLICE_LEADER)[-1]
    refused = world.driver.submit(POLICE_LEADER, view["id"], {"Reason": "urgent"})
    assert "characters or more" in str(refused["errors"])
    assert f"{reference} is open to you from now" in sent(world, POLICE_LEADER, {"Reason": REASON})
    for lead in (DEPARTMENT_LEAD, CARE_LEAD):
        assert any(f"{POLICE_LEADER} has opened it with a reason" in text for text in world.told(lead, reference))
    world.driver.command(POLICE_LEADER, POLICE, "/case", reference)
    assert "CANARYREASON" in str(world.driver.views(POLICE_LEADER)[-1]["texts"])
    assert "CANARY" not in everything(world)
    raw = b"".join(path.read_bytes() for path in world.place.glob("vigil.db*"))
    assert b"CANARYREASON" not in raw
    assert world.bot.desk.verify().first_bad == ""


def test_owner_and_lead_see_who_has_looked_and_others_do_not(world: World) -> None:
    reference = world.refer(grade="High")
    world.press(POLICE_DUTY, reference, "acknowledge", channel=POLICE)
    for seat in (POLICE_LEADER, POLICE_DUTY, DEPARTMENT_LEAD):
        world.press(seat, reference, "open_case", channel=POLICE)
    assert "Who has looked" not in str(world.driver.views(POLICE_LEADER)[-1]["texts"])
    owner = str(world.driver.views(POLICE_DUTY)[-1]["texts"])
    assert f"{POLICE_LEADER}, Northmere Police: opened it" in owner
    lead = str(world.driver.views(DEPARTMENT_LEAD)[-1]["texts"])
    assert f"{POLICE_DUTY}, Northmere Police: opened it" in lead
