"""A partner that is asked and does not answer, and one that answers from the card alone."""

import json

from tests.scenarios.world import CARE_DUTY, CARE_EXECUTIVE, CARE_HEAD, CARE_LEAD, CARE_LEADER, OFFICER, World


def ask(world: World, reference: str) -> None:
    """Ask social care through the form on the force's card."""
    world.press(OFFICER, reference, "more", "Ask an agency for what it holds…", channel="response-duty")
    form = world.driver.views(OFFICER)[-1]
    values = {
        "Agency": "Northmere Children's Social Care",
        "What is asked": "What you hold about the child and the family",
        "Lawful basis": "Enquiry under Children Act 1989, section 47",
        "Why": "A canary reason.",
    }
    answer = world.driver.submit(OFFICER, form["id"], values)
    assert "errors" not in answer, answer
    world.driver.post("close", seat=OFFICER, view_id=world.driver.views(OFFICER)[-1]["id"])
    world.driver.advance("1s")


def test_partner_silent_for_16_days_is_late_before_its_own_leaders_up_to_its_executive(world: World) -> None:
    reference = world.refer(grade="High")
    world.press(CARE_DUTY, reference, "acknowledge")
    ask(world, reference)
    for _ in range(30):
        world.driver.advance("1h")
    world.driver.advance("15d")
    for seat in (CARE_LEADER, CARE_LEAD, CARE_HEAD, CARE_EXECUTIVE):
        said = json.dumps(world.driver.messages(f"@{seat}"))
        assert "Answer to what was asked was due" in said, seat


def test_partner_answers_from_its_card_without_any_form_and_the_asker_is_told(world: World) -> None:
    reference = world.refer(grade="High")
    ask(world, reference)
    everything = json.dumps([world.driver.messages(c) for c in ("front-door", "response-duty", f"@{CARE_DUTY}")])
    assert "canary" not in everything
    assert [text for text in world.told(CARE_DUTY, reference) if "asks Northmere Children's Social Care" in text]
    more = next(b for b in world.card(reference)["buttons"] if b["action_id"] == "more")
    choice = next(text for text in map(str, more["options"]) if "holds nothing" in text)
    said = world.press(CARE_DUTY, reference, "more", choice)
    assert said == f"Recorded on {reference}. {OFFICER} is told."
    world.driver.advance("1s")
    (told,) = [text for text in world.told(OFFICER, reference) if "holds nothing" in text]
    assert "that is not the same as no concern" in told
