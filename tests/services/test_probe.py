"""Each night every person and channel is looked at, nobody is messaged, and the administrators hear what is to be mended."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.directory import Person
from bot.domain.ids import ChannelId, SlackUser
from bot.domain.notices import Destination, FailureKind, SendFailed
from bot.services import probe
from tests.builders import CARE_CHANNEL, CONTROL, DIRECTORY, MONDAY, NO_SLACK, WORKER
from tests.services.office import Office

NIGHT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EVERYBODY = len(list(probe.places(DIRECTORY)))


@dataclass
class Slack:
    """A workspace that says what is wrong with places, by id; a SendFailed is raised."""

    wrong: dict[str, str | SendFailed] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def person(self, person: Person) -> str:
        return self._say(person.id)

    def channel(self, channel: ChannelId) -> str:
        return self._say(channel)

    def group(self, group: str) -> Sequence[SlackUser]:
        return [SlackUser(self._say(group))]

    def _say(self, place: str) -> str:
        self.asked.append(place)
        said = self.wrong.get(place, "")
        if isinstance(said, SendFailed):
            raise said
        return said


@dataclass
class Night:
    """An office with its look at everybody. The clock stands at ten in the morning, and nothing has been looked at yet."""

    office: Office = field(default_factory=Office)
    slack: Slack = field(default_factory=Slack)
    looking: probe.Looking = field(default_factory=probe.Looking)

    def look(self) -> int:
        return probe.probe(tools=self.office.tools, prober=self.slack, looking=self.looking)

    def to(self, at: datetime) -> None:
        """Let time pass to an instant, looking every half minute."""
        clock = self.office.clock
        while clock.now() < at:
            clock.to(min(at, clock.now() + timedelta(minutes=30)))
            while self.look():
                clock.move(timedelta(seconds=30))
        self.office.settle()

    def dead(self) -> dict[str, str]:
        routes = probe.dead_routes(tools=self.office.tools)
        return {route.destination.id: route.code for route in routes}


@pytest.fixture
def night() -> Night:
    return Night()


def test_nothing_is_looked_at_before_the_time_of_night_and_then_all_of_it_in_parts(night: Night) -> None:
    night.office.clock.to(NIGHT - SECOND)
    assert night.look() == 0
    night.office.clock.to(NIGHT)
    night.looking.next_at = None
    assert night.look() == 20
    assert night.look() == 0, "Slack allows so many questions a minute"
    night.to(NIGHT + timedelta(hours=1))
    elsewhere = {person.id for person in DIRECTORY.people.values() if person.active and person.slack is None}
    assert NO_SLACK in elsewhere
    assert len(night.slack.asked) == len(set(night.slack.asked)) == EVERYBODY - len(elsewhere)
    assert elsewhere.isdisjoint(night.slack.asked)
    assert night.office.audit("probed") == [f"{EVERYBODY} places looked at, 0 out of reach"]


def test_nobody_is_messaged_and_what_is_in_order_is_not_reported(night: Night) -> None:
    night.to(NIGHT + timedelta(hours=1))
    assert not night.office.messenger.sent
    assert not night.dead()


def test_leavers_guests_and_shut_channels_are_one_line_to_the_administrators_and_known_as_dead(night: Night) -> None:
    night.slack.wrong = {WORKER: "deactivated", CARE_CHANNEL: "not_in_channel"}
    night.to(NIGHT + timedelta(hours=1))
    (line,) = night.office.lines_to(CONTROL)
    assert f"2 of {EVERYBODY} cannot be reached as they should" in line
    assert "Nadia Elderflower: the Slack account is deactivated" in line
    assert f"channel {CARE_CHANNEL}: the bot is not in it" in line
    assert night.dead() == {CARE_CHANNEL: "not_in_channel", WORKER: "deactivated"}


def test_a_place_that_was_mended_is_found_well_the_next_night(night: Night) -> None:
    night.slack.wrong = {WORKER: "deactivated"}
    night.to(NIGHT + timedelta(hours=1))
    night.slack.wrong = {}
    night.to(NIGHT + timedelta(days=1, hours=1))
    assert not night.dead()
    assert len(night.office.audit("probed")) == 2
    assert len(night.office.audit("route_mended")) == 1


def test_somebody_with_neither_slack_nor_an_address_is_named(night: Night) -> None:
    rules = night.office.rules
    person = replace(DIRECTORY.people[NO_SLACK], email="")
    rules.directory = replace(DIRECTORY, people={**DIRECTORY.people, NO_SLACK: person})
    night.to(NIGHT + timedelta(hours=1))
    (line,) = night.office.lines_to(CONTROL)
    assert "Night switchboard: neither in Slack nor with an e-mail address" in line


def test_while_slack_will_not_say_what_was_known_stays_as_it_was(night: Night) -> None:
    with night.office.store.write() as uow:
        uow.routes.mark(Destination.person(WORKER), code="cannot_dm_user", at=MONDAY)
        uow.commit()
    night.slack.wrong = {WORKER: SendFailed(FailureKind.REFUSED, "ratelimited")}
    night.to(NIGHT + timedelta(hours=1))
    assert night.dead() == {WORKER: "cannot_dm_user"}


def test_a_bot_that_was_down_at_that_hour_looks_when_it_is_back_and_once(night: Night) -> None:
    night.to(NIGHT + timedelta(hours=1))
    night.looking = probe.Looking()
    night.office.clock.to(NIGHT + timedelta(days=1, hours=3))
    night.to(NIGHT + timedelta(days=1, hours=6))
    assert len(night.office.audit("probed")) == 2
