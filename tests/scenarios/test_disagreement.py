"""What agencies see differently, from one button to an end that both have recorded, or to the chief officers."""

from datetime import UTC, datetime, timedelta

from tests.scenarios.world import (
    CARE_DUTY,
    CARE_EXECUTIVE,
    CARE_HEAD,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    DEPARTMENT_LEAD,
    POLICE_DUTY,
    POLICE_LEADER,
    SUPERINTENDENT,
    World,
)

STAGES = (
    (datetime(2026, 11, 25, 17, tzinfo=UTC), "their line managers", (POLICE_LEADER, CARE_LEADER)),
    (datetime(2026, 12, 2, 17, tzinfo=UTC), "senior managers of both agencies", (DEPARTMENT_LEAD, CARE_LEAD)),
    (datetime(2026, 12, 4, 17, tzinfo=UTC), "independent chair", (SUPERINTENDENT, CARE_HEAD)),
    (datetime(2026, 12, 8, 17, tzinfo=UTC), "chief officer", (CHIEF, CARE_EXECUTIVE)),
)
"""Raised on Monday: two working days, five, two and two, at five in the afternoon, and who is told then in both agencies."""


def test_a_disagreement_that_nobody_settles_is_with_both_chief_officers_after_eleven_working_days(world: World) -> None:
    reference = world.refer()
    for seat, channel in ((CARE_DUTY, "front-door"), (POLICE_DUTY, "response-duty")):
        world.press(seat, reference, "acknowledge", channel=channel)
    assert "see it differently" in world.press(CARE_DUTY, reference, "more", "How serious the risk is: the grade")
    world.driver.advance("1s")
    for at, level, seats in STAGES:
        world.driver.move_to((at - timedelta(minutes=10)).isoformat())
        before = {seat: told_of_it(world, seat, reference) for seat in seats}
        world.driver.move_to(at.isoformat())
        for seat in seats:
            fresh = [each for each in told_of_it(world, seat, reference) if each not in before[seat]]
            assert [told_at for told_at, _ in fresh] == [at], seat
            assert level in fresh[0][1]
    assert "Now with chief officer and partner executive" in world.words(reference)


def told_of_it(world: World, seat: str, reference: str) -> list[tuple[datetime, str]]:
    """When somebody was told of the disagreement, and in which words."""
    return [
        (datetime.fromtimestamp(int(float(message["ts"])), UTC), str(message["text"]) + str(message["blocks"]))
        for message in world.driver.messages(f"@{seat}")
        if reference in message["text"] and "Disagreement settled" in str(message)
    ]


def test_a_partner_raises_an_immediate_risk_from_the_cards_button_and_both_sides_settle_it(world: World) -> None:
    reference = world.refer()
    world.driver.click(CARE_DUTY, "front-door", world.card(reference)["ts"], "We see this differently…")
    form = [each for each in world.driver.messages("front-door", CARE_DUTY) if each["ephemeral_to"]][-1]
    assert "We see this differently, a form for you alone." in form["text"]
    values = {
        "What we see differently": "What is done to keep the child safe, and how soon",
        "From whom": "Northmere Police",
        "Is a child at immediate risk now?": "Yes: the last stage in both agencies is told now",
        "In your own words": "A CANARY reason.",
    }
    press = {"seat": CARE_DUTY, "channel": "front-door", "ts": form["ts"]}
    sent = world.driver.post("click", **press, action="Put it on the record", values=values)
    assert "as an immediate risk" in str(sent["reply"])
    at = world.now()
    world.driver.advance("1s")
    for seat in (SUPERINTENDENT, CARE_HEAD):
        (told,) = told_of_it(world, seat, reference)
        assert told[0] - at <= timedelta(seconds=1)
    assert not told_of_it(world, CARE_LEAD, reference)
    assert not world.driver.views(CARE_DUTY)
    kept = "Settled: Something else was agreed, and it is in the plan"
    assert "once Northmere Police says the same" in world.press(CARE_DUTY, reference, "more", kept)
    world.driver.advance("1s")
    assert "have settled it" in world.answer(POLICE_DUTY, reference, "We say the same")
    world.driver.advance("1s")
    assert "is not settled" not in world.words(reference)
    everywhere = str([world.driver.messages(c) for c in ("front-door", "response-duty", f"@{SUPERINTENDENT}")])
    assert "CANARY" not in everywhere
