"""A team whose duty follows a Slack user group: whoever is in the group is told, and a group that is no help changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.domain.directory import Person
from bot.domain.events import Action
from bot.domain.ids import ChannelId, PersonId, SlackUser
from bot.domain.notices import FailureKind, SendFailed
from bot.domain.roster import SetDuty
from bot.services import duty_groups, people
from tests.builders import (
    CONTROL,
    DIRECTORY,
    INSPECTOR,
    OFFICER,
    OTHER_OFFICER,
    RESPONSE,
    WORKER,
    HandRules,
    actor,
)
from tests.services.office import Office

GROUP = "S0DUTY"
FIVE = duty_groups.EVERY


@dataclass
class Slack:
    """A workspace with one user group, or none that can be read."""

    members: Sequence[PersonId | str] = ()
    fails: str = ""
    asked: int = 0

    def person(self, person: Person) -> str:
        raise AssertionError(person)

    def channel(self, channel: ChannelId) -> str:
        raise AssertionError(channel)

    def group(self, group: str) -> Sequence[SlackUser]:
        assert group == GROUP
        self.asked += 1
        if self.fails:
            raise SendFailed(FailureKind.ROUTE_DEAD, self.fails)
        return [slack_of(member) for member in self.members]


def slack_of(member: str) -> SlackUser:
    known = DIRECTORY.people.get(PersonId(member))
    return known.slack or SlackUser("") if known else SlackUser(member)


def with_group() -> HandRules:
    team = replace(DIRECTORY.teams[RESPONSE], duty_group=GROUP)
    return HandRules(directory=replace(DIRECTORY, teams={**DIRECTORY.teams, RESPONSE: team}, shifts=(), covers=()))


@dataclass
class Desk:
    """An office in which the response team's duty follows the group."""

    office: Office = field(default_factory=lambda: Office(rules=with_group()))
    slack: Slack = field(default_factory=Slack)
    following: duty_groups.Following = field(default_factory=duty_groups.Following)

    def read(self, after: timedelta = FIVE) -> int:
        self.office.clock.move(after)
        changed = duty_groups.follow_groups(tools=self.office.tools, prober=self.slack, following=self.following)
        self.office.settle()
        return changed

    @property
    def on_duty(self) -> set[PersonId]:
        return set(self.office.tools.rules.directory.on_duty(RESPONSE, self.office.clock.now()))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_whoever_is_in_the_group_and_in_the_directory_is_on_duty_until_the_group_changes(desk: Desk) -> None:
    desk.slack.members = [OTHER_OFFICER, WORKER, "U0NOBODY"]
    assert desk.read() == 1
    assert desk.on_duty == {OTHER_OFFICER}, "a partner's worker and a stranger are not of the force"
    desk.slack.members = [OFFICER]
    assert desk.read() == 1
    assert desk.on_duty == {OFFICER}
    assert len(desk.office.audit(Action.DUTY_SET)) == 2


def test_the_group_is_read_every_five_minutes_and_the_same_people_are_kept_without_a_new_entry(desk: Desk) -> None:
    desk.slack.members = [OTHER_OFFICER]
    desk.read()
    assert desk.read(FIVE - timedelta(seconds=1)) == 0
    assert desk.slack.asked == 1
    for _ in range(40):
        assert desk.read(timedelta(hours=1)) == 0
    assert desk.on_duty == {OTHER_OFFICER}, "it is prolonged for as long as the group says so"
    assert len(desk.office.audit(Action.DUTY_SET)) == 1


@pytest.mark.parametrize("fault", ["nobody", "strangers", "no_such_subteam"])
def test_a_group_that_is_no_help_changes_nothing_for_a_day_and_the_control_channel_hears_once(
    desk: Desk, fault: str
) -> None:
    desk.slack.members = [OTHER_OFFICER]
    desk.read()
    desk.slack.members = [WORKER] if fault == "strangers" else []
    desk.slack.fails = fault if fault.startswith("no_such") else ""
    for _ in range(3):
        assert desk.read() == 0
    assert desk.on_duty == {OTHER_OFFICER}
    (line,) = [line for line in desk.office.lines_to(CONTROL) if "user group" in line]
    assert "Mend the group in Slack" in line
    desk.read(timedelta(hours=24))
    assert desk.on_duty == set(DIRECTORY.teams[RESPONSE].duty), "then the directory file counts"


def test_what_a_person_sets_lies_above_the_group_and_is_what_ending_a_change_ends(desk: Desk) -> None:
    office = desk.office
    desk.slack.members = [OTHER_OFFICER]
    desk.read()
    wanted = SetDuty(RESPONSE, (OFFICER,), office.clock.now(), office.clock.now() + timedelta(hours=8))
    people.set_duty(wanted, actor(INSPECTOR), next(office.keys), tools=office.tools)
    desk.slack.members = [OTHER_OFFICER, OFFICER]
    desk.read()
    assert desk.on_duty == {OFFICER}
    assert [team.by_hand for team in people.roster(tools=office.tools).teams if team.team == RESPONSE] == [True]
    people.end_duty(RESPONSE, actor(INSPECTOR), next(office.keys), tools=office.tools)
    office.settle()
    assert desk.on_duty == {OTHER_OFFICER, OFFICER}
    assert not any(team.by_hand for team in people.roster(tools=office.tools).teams)
