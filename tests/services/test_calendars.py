"""The calendar's end is told in time, without moving anything that is owed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.letters import ControlLetter
from tests.builders import CONTROL, MONDAY, POLICY
from tests.services.office import Office


def office_until(until: date) -> Office:
    office = Office()
    office.rules.policy = replace(POLICY, calendar=replace(POLICY.calendar, known_until=until))
    return office


def said(office: Office) -> list[str]:
    office.tick()
    office.deliver()
    letters = (sent.outgoing.letter for sent in office.said_to(CONTROL))
    return [letter.text for letter in letters if isinstance(letter, ControlLetter) and "calendar" in letter.text]


def test_91_days_before_its_end_nothing_is_said_and_90_days_before_one_line_a_week() -> None:
    day = MONDAY.date()
    office = office_until(day + timedelta(days=92))
    office.clock.move(timedelta(hours=2))
    assert said(office) == []
    office.clock.move(timedelta(days=2))
    (line,) = said(office)
    assert "only weekends are skipped" in line
    assert "known_until" in line
    office.clock.move(timedelta(hours=5))
    assert said(office) == [line]
    office.clock.move(timedelta(days=7))
    assert len(said(office)) == 2


@pytest.mark.parametrize("days", [1, 400])
def test_past_its_end_the_line_comes_every_day_and_a_referral_is_taken_all_the_same(days: int) -> None:
    office = office_until(MONDAY.date() - timedelta(days=days))
    office.clock.move(timedelta(hours=2))
    assert office.refer()
    assert len(said(office)) == 1
    office.clock.move(timedelta(days=1))
    assert len(said(office)) == 2
