"""Storms: hundreds of cases at once, and each person reads one message with all of theirs, the most urgent first."""

import re
from datetime import UTC, datetime, timedelta

from bot.bootstrap import open_desk
from bot.domain.cases import Child, ChildReference
from bot.domain.commands import Actor, Referral, Send
from bot.domain.ids import AgencyId, ChannelId, PersonId
from bot.practice.wire import Json
from bot.services.desk import Desk
from bot.settings import load
from tests.scenarios.world import CARE_DUTY, CARE_LEADER, OFFICER, REFERENCE, World

P1 = ("physical", "immediate_danger")
MEDIUM = ("domestic_abuse", "medium")
MINUTE = timedelta(seconds=60)
GROUPED = re.compile(r"\d+ (further )?cases? .*needs? you")


def refer(desk: Desk, count: int, first: int, concern: str, grade: str) -> list[str]:
    """Cases through the services on the bot's own record; their references."""
    officer = desk.rules.directory.people[PersonId("dafydd-larkmoor")]
    assert officer.slack is not None
    actor = Actor(officer.id, known=True, agency=officer.agency, workspace=officer.workspace, user=officer.slack)
    found = []
    for number in range(first, first + count):
        child = Child(1, (ChildReference("police", f"44-{number:04}"),))
        given = Referral(concern, grade, "act_now", (child,), "Seen at the door.", channel=ChannelId("C0RESPONSE"))
        review = desk.draft(given, actor, None)
        send = Send(review.draft, (AgencyId("childrens-services"),))
        found.append(desk.refer(send, actor, f"storm-{number}").reference)
    return [str(reference) for reference in found]


def while_down(world: World, *floods: tuple[int, tuple[str, str]]) -> list[list[str]]:
    """Stop the bot and put cases on its record, so that none of them has been told to anybody."""
    world.down()
    found: list[list[str]] = []
    with open_desk(load(world.environment, dotenv=None)) as desk:
        for count, (concern, grade) in floods:
            found.append(refer(desk, count, 1000 * (len(found) + 1), concern, grade))
    return found


def summaries(world: World, seat: str) -> list[Json]:
    """The grouped messages to a person, their further parts in the thread too, oldest first."""
    return [m for m in world.driver.messages(f"@{seat}") if GROUPED.search(m["text"])]


def named(messages: list[Json]) -> list[str]:
    """The references that messages name, in their order."""
    return [found for m in messages for found in dict.fromkeys(REFERENCE.findall(str(m["blocks"])))]


def run_for(world: World, seconds: int) -> None:
    """Let time run in small moves: in each of them dozens of messages go out."""
    for _ in range(seconds):
        world.driver.let_run("1s")


def sent_at(message: Json) -> datetime:
    """When a message was posted, by the workspace's clock."""
    return datetime.fromtimestamp(float(message["ts"]), tz=UTC)


def test_t3_down_with_200_overdue_cases_is_one_summary_a_recipient_most_urgent_first_and_throttled(
    world: World,
) -> None:
    medium, urgent = while_down(world, (160, MEDIUM), (40, P1))
    world.driver.post("clock", advance="30h", wait=False)
    back_at = world.now()
    world.up()
    run_for(world, 15)
    for seat in (CARE_DUTY, CARE_LEADER):
        parts = summaries(world, seat)
        (first,) = [m for m in parts if not m["thread_ts"] or m["thread_ts"] == m["ts"]]
        assert first["text"] == "200 cases need you, 40 of them most urgent."
        assert sorted(named(parts)) == sorted([*urgent, *medium]), "every case, and each once"
        assert named(parts)[:40] == urgent
        assert {m["thread_ts"] for m in parts[1:]} == {first["ts"]}
        assert len(world.told(seat)) <= len(parts) + 2, "and next to nothing beside it"
        paged = [sent_at(m) for m in parts if set(named([m])) & set(urgent)]
        assert max(paged) - back_at < MINUTE
    at = sorted(map(sent_at, summaries(world, CARE_DUTY)))
    assert at[-1] - at[0] > timedelta(seconds=len(at) - 6), "one message a second, after the first five"
    world.allow("storm")
    (storm,) = [m for m in world.driver.messages("vigil-administration") if m["text"].startswith("A storm")]
    assert "more than 10 reminders within 10 minutes" in storm["text"]
    late = str([block for m in summaries(world, CARE_LEADER) for block in m["blocks"]])
    assert "1 day" in late
    assert "Steps not sent in their time" in late


def test_w8_1_000_cases_due_in_one_minute_are_all_told_within_a_minute_the_most_urgent_first(world: World) -> None:
    *_, urgent = while_down(world, (800, MEDIUM), (200, P1))
    back_at = world.now()
    world.up()
    run_for(world, 54)
    world.allow("storm")
    for seat in (OFFICER, CARE_DUTY):
        parts = summaries(world, seat)
        found = named(parts)
        assert len(found) == len(set(found)) == 1000
        assert found[:200] == urgent
        assert max(map(sent_at, parts)) - back_at < MINUTE
        assert max(sent_at(m) for m in parts if set(named([m])) & set(urgent)) - back_at < MINUTE / 4
    assert list(world.bot.desk.audit_self(world.now())) == []
