"""Commands, shortcuts, Home and the roster with the whole bot: what one does is seen by the others."""

from bot.practice.wire import Json
from tests.scenarios.world import (
    CHIEF,
    DEPARTMENT_LEAD,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    REFERENCE,
    World,
)

SAID = "CANARYWORDS: two children seen alone at the bus stop."
NEUTRAL = "There is no such case, or it is not one of yours."


def command(world: World, seat: str, text: str, *, name: str = "/safeguarding", channel: str = "") -> Json:
    answer: Json = world.driver.command(seat, channel or f"@{seat}", name, text)
    return answer


def home(world: World, seat: str) -> str:
    return " ".join(world.driver.post("home", seat=seat)["view"]["texts"])


def read_home(world: World, seat: str) -> str:
    """Home as it lies there, without opening it anew."""
    return " ".join(world.driver.get("home", seat=seat)["view"]["texts"])


def test_a_message_becomes_a_case_and_its_words_stay_out_of_every_channel(world: World) -> None:
    ts = world.driver.post("say", seat=OFFICER, channel="response-duty", text=SAID)["ts"]
    before = len(world.driver.messages("response-duty"))
    opened = world.driver.post(
        "shortcut", seat=OFFICER, callback_id="raise_referral_from_message", channel="response-duty", ts=ts
    )
    assert "Begun today at 10:00am" in home(world, OFFICER)
    values = {"Concern type": "Neglect", "Risk grade": "Not graded yet", "What are you asking for?": "Assess"}
    review = world.driver.submit(OFFICER, opened["view_id"], values)
    assert "errors" not in review, review
    world.driver.submit(OFFICER, review["view_id"], {})
    found = REFERENCE.search(str(world.driver.views(OFFICER)[-1]["texts"]))
    assert found
    assert "My drafts" not in read_home(world, OFFICER)
    command(world, POLICE_DUTY, found.group(), name="/case")
    assert SAID in str(world.driver.views(POLICE_DUTY)[-1]["texts"])
    said = str(world.driver.messages("response-duty")[before:]) + str(world.driver.messages("front-door"))
    assert "CANARYWORDS" not in said
    raw = b"".join(path.read_bytes() for path in world.place.glob("vigil.db*"))
    assert b"CANARYWORDS" not in raw


def test_case_opens_for_those_who_may_and_is_neutral_to_the_rest(world: World) -> None:
    reference = world.refer()
    command(world, POLICE_DUTY, reference, name="/case")
    assert world.driver.views(POLICE_DUTY)[-1]["title"] == reference
    viewed = [entry for entry in world.bot.desk.audit(None, 20) if entry.action == "viewed"]
    assert [entry.actor for entry in viewed] == ["dafydd-larkmoor"]
    governance = "Wilfred Inkwell-Shaw"
    assert command(world, governance, "SG-26-09999", name="/case")["reply"] == NEUTRAL


def test_the_picker_finds_by_number_and_by_own_record_and_not_by_what_is_sealed(world: World) -> None:
    reference = world.refer(children="police 44-7001", happened="Canary at the door.")
    view_id = command(world, POLICE_DUTY, "", name="/case")["view_id"]
    ask = {"seat": POLICE_DUTY, "view_id": view_id, "action": "find_case"}
    for typed, hits in (("1", 1), (reference, 1), ("44-7001", 1), ("Canary", 0), ("44-70", 0)):
        assert len(world.driver.post("options", **ask, query=typed)["options"]) == hits, typed
    option = world.driver.post("options", **ask, query="1")["options"][0]
    world.driver.click_view(POLICE_DUTY, view_id, "find_case", option)
    assert world.driver.views(POLICE_DUTY)[-1]["title"] == reference


def test_home_follows_what_its_owner_does_and_what_time_does(world: World) -> None:
    reference = world.refer(grade="High")
    assert "Acknowledgement" not in home(world, OFFICER), "nobody is asked to acknowledge their own referral"
    assert "Acknowledgement" in home(world, POLICE_DUTY)
    world.driver.advance("61m")
    assert "Overdue*, 1 minute" in home(world, POLICE_DUTY)
    world.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    assert "Acknowledgement" not in read_home(world, POLICE_DUTY)
    assert reference in read_home(world, POLICE_DUTY)
    assert "The force now" in home(world, CHIEF)
    assert "The force now" in home(world, DEPARTMENT_LEAD)
    assert "The force now" not in home(world, POLICE_LEADER)


def test_a_shift_handed_over_in_slack_decides_who_the_next_referral_waits_for(world: World) -> None:
    view_id = command(world, POLICE_LEADER, "duty")["view_id"]
    form = world.driver.click_view(POLICE_LEADER, view_id, "Hand over the shift")["view_id"]
    done = world.driver.submit(POLICE_LEADER, form, {"Hand over to": DEPARTMENT_LEAD})
    assert "errors" not in done, done
    reference = world.refer()
    assert reference in home(world, DEPARTMENT_LEAD)
    assert world.told(DEPARTMENT_LEAD, reference)
    command(world, DEPARTMENT_LEAD, "away")
    away = world.driver.views(DEPARTMENT_LEAD)[-1]
    until = {"Who covers": POLICE_DUTY, "Until": "2026-11-24T08:00"}
    assert "errors" not in world.driver.submit(DEPARTMENT_LEAD, away["id"], until)
    later = world.refer(children="police 44-0002")
    assert later in home(world, POLICE_DUTY)


def test_digest_mine_and_team_answer_the_person_alone(world: World) -> None:
    world.refer()
    world.driver.advance("5m")
    for word, part in (("digest", "Week so far"), ("mine", "wait"), ("team", "1 open case")):
        reply = command(world, POLICE_DUTY, word, channel="response-duty")["reply"]
        assert part in reply
        assert world.driver.messages("response-duty", OFFICER)[-1]["text"] != reply
