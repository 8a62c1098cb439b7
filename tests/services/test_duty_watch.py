"""Whoever comes on duty in the middle of an unanswered referral hears of it at once; gaps are told a week ahead, once a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.directory import Shift
from bot.domain.events import Action
from bot.domain.ids import ChannelId, PersonId
from bot.domain.letters import StepLetter
from bot.domain.notices import NoticeKind
from bot.domain.roster import SetAway, SetDuty
from bot.services import people
from tests.builders import (
    CARE_CHANNEL,
    CARE_LEADER,
    CONTROL,
    DIRECTORY,
    FRONT_DOOR,
    MONDAY,
    NIGHT_WORKER,
    OTHER_WORKER,
    RESPONSE_CHANNEL,
    WORKER,
    HandRules,
    actor,
)
from tests.services.office import Office

HOUR = timedelta(hours=1)
NOTE = "Sent to you because you are on duty for Front door now, after Nadia Elderflower and Owen Saltmarsh."


def office_of(*shifts: Shift) -> Office:
    """An office whose front door has these shifts and no others, and nobody away."""
    office = Office(rules=HandRules(directory=replace(DIRECTORY, shifts=shifts, covers=())))
    office.settle()
    return office


def put_on_duty(office: Office, *who: PersonId, hours: int = 8) -> None:
    wanted = SetDuty(FRONT_DOOR, who, office.clock.now(), office.clock.now() + hours * HOUR)
    people.set_duty(wanted, actor(CARE_LEADER), next(office.keys), tools=office.tools)


def away(office: Office, who: PersonId, by: PersonId | None = None, hours: int = 8) -> None:
    wanted = SetAway(who, by, office.clock.now(), office.clock.now() + hours * HOUR)
    people.set_away(wanted, actor(who), next(office.keys), tools=office.tools)


def reminders(office: Office, to: str) -> list[StepLetter]:
    return [sent.outgoing.letter for sent in office.said_to(to) if isinstance(sent.outgoing.letter, StepLetter)]


def duty_lines(office: Office, channel: ChannelId = CARE_CHANNEL) -> list[str]:
    return [line for line in office.lines_to(channel) if "on duty for" in line]


def test_whoever_is_put_on_duty_hears_of_an_unanswered_referral_within_the_tick_and_both_are_named() -> None:
    office = office_of()
    office.refer()
    office.settle()
    office.clock.move(10 * timedelta(minutes=1))
    put_on_duty(office, NIGHT_WORKER)
    office.settle()
    (letter,) = reminders(office, NIGHT_WORKER)
    assert letter.note == NOTE
    assert [item.step_name for item in letter.items] == ["new referral"]
    assert letter.may_acknowledge
    (line,) = duty_lines(office)
    assert line.startswith(
        "SG-26-00001: on duty for Front door now after Nadia Elderflower and Owen Saltmarsh: Piotr Lanternby"
    )
    assert line.endswith("who was told. The acknowledgement is still owed.")
    assert duty_lines(office, RESPONSE_CHANNEL) == []
    assert "front-door nadia-elderflower owen-saltmarsh to piotr-lanternby" in office.audit(Action.DUTY_CHANGED)


def test_a_shift_that_begins_by_the_clock_does_the_same_and_only_once() -> None:
    office = office_of(Shift(FRONT_DOOR, NIGHT_WORKER, MONDAY + HOUR, MONDAY + 9 * HOUR))
    office.only(office.refer(), "acknowledgement")
    office.settle()
    office.clock.to(MONDAY + HOUR - timedelta(seconds=1))
    office.settle()
    assert reminders(office, NIGHT_WORKER) == []
    for _ in range(3):
        office.clock.move(timedelta(seconds=1))
        office.settle()
    assert len(reminders(office, NIGHT_WORKER)) == 1
    assert len(duty_lines(office)) == 1


def test_a_cover_that_begins_brings_the_one_who_covers_in_at_once() -> None:
    office = office_of()
    office.refer()
    office.settle()
    away(office, WORKER, NIGHT_WORKER)
    office.settle()
    (letter,) = reminders(office, NIGHT_WORKER)
    assert letter.note == "Sent to you because you are on duty for Front door now, after Nadia Elderflower."


def test_what_was_acknowledged_is_nobody_elses_news() -> None:
    office = office_of()
    office.acknowledge(office.refer(), WORKER)
    office.settle()
    put_on_duty(office, NIGHT_WORKER)
    office.settle()
    assert reminders(office, NIGHT_WORKER) == []
    assert duty_lines(office) == []


def test_where_nobody_comes_the_leaders_hear_of_it_and_the_control_channel_too() -> None:
    office = office_of()
    office.only(office.refer(), "acknowledgement")
    office.settle()
    away(office, WORKER)
    away(office, OTHER_WORKER)
    office.settle()
    (letter,) = reminders(office, CARE_LEADER)
    assert letter.note.startswith("Sent to you because nobody is on duty for Front door now")
    assert duty_lines(office)[0].startswith("SG-26-00001: nobody is on duty for Front door now")
    assert office.lines_to(CONTROL)[0].startswith("Nobody is on duty for Front door from ")


def test_somebody_who_heard_of_the_case_a_moment_ago_is_not_told_again() -> None:
    office = office_of()
    office.refer()
    put_on_duty(office, WORKER)
    office.settle()
    office.clock.move(timedelta(minutes=1))
    put_on_duty(office, WORKER, OTHER_WORKER)
    office.settle()
    assert len(reminders(office, OTHER_WORKER)) == 1


def test_a_turn_while_the_bot_was_away_is_seen_at_its_start() -> None:
    office = office_of(Shift(FRONT_DOOR, NIGHT_WORKER, MONDAY + HOUR, MONDAY + 9 * HOUR))
    office.only(office.refer(), "acknowledgement")
    office.settle()
    restarted = Office(rules=HandRules(directory=office.rules.directory), store=office.store, clock=office.clock)
    office.clock.to(MONDAY + HOUR + timedelta(minutes=1))
    restarted.settle()
    assert [notice.destination.id for notice in office.notices(NoticeKind.DUTY)] == [CARE_CHANNEL]


def test_the_first_look_of_all_tells_nobody() -> None:
    office = Office(rules=HandRules(directory=replace(DIRECTORY, shifts=(), covers=())))
    assert office.notices(NoticeKind.DUTY) == []
    assert set(office.store.state.duty_seen) == set(DIRECTORY.teams)


@pytest.mark.parametrize("days", [1, 6])
def test_a_gap_is_told_seven_days_ahead_to_the_control_channel_and_the_teams_leaders_once_a_day(days: int) -> None:
    office = office_of()
    start = MONDAY + timedelta(days=days)
    for worker in (WORKER, OTHER_WORKER):
        people.set_away(
            SetAway(worker, None, start, start + HOUR), actor(worker), next(office.keys), tools=office.tools
        )
    for _ in range(3):
        office.settle()
        office.clock.move(timedelta(minutes=1))
    for place in (CONTROL, CARE_LEADER):
        (told,) = office.lines_to(place)
        assert told.startswith("Nobody is on duty for Front door from ")
        assert "Harriet Willowmarsh" in told
    office.clock.to(MONDAY + timedelta(days=1))
    office.settle()
    assert len(office.lines_to(CONTROL)) == 2


def test_a_gap_more_than_seven_days_ahead_is_told_on_its_seventh_day() -> None:
    office = office_of()
    start = MONDAY + timedelta(days=8)
    for worker in (WORKER, OTHER_WORKER):
        people.set_away(
            SetAway(worker, None, start, start + HOUR), actor(worker), next(office.keys), tools=office.tools
        )
    office.settle()
    assert office.lines_to(CONTROL) == []
    office.clock.to(MONDAY + timedelta(days=2))
    office.settle()
    assert len(office.lines_to(CONTROL)) == 1


def test_leaders_hear_of_a_gap_in_the_morning_when_it_is_found_at_night() -> None:
    office = office_of()
    office.clock.to(MONDAY + 13 * HOUR)
    away(office, WORKER, hours=24)
    away(office, OTHER_WORKER, hours=24)
    office.settle()
    assert office.lines_to(CARE_LEADER) == []
    assert len(office.lines_to(CONTROL)) == 1
    office.run_to(MONDAY + 21 * HOUR)
    assert office.lines_to(CARE_LEADER)
