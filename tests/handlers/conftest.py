"""The app over its real transport: a practice workspace, a desk that remembers, and somebody to drive."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bot.practice.driver import Driver
from bot.practice.sample import sample_cast
from bot.practice.server import PracticeServer
from bot.practice.wire import Json
from handlers.app import build
from handlers.messenger import SlackMessenger, web_client
from handlers.transport import SocketTransport
from tests.handlers.desks import Front, StillClock


@dataclass(slots=True)
class Office:
    """Everything of one test: drive the seats, look at what the desk was asked."""

    driver: Driver
    front: Front
    messenger: SlackMessenger
    environment: dict[str, str]

    def view(self, seat: str) -> Json:
        """The topmost form of a seat."""
        return self.driver.views(seat)[-1]


@pytest.fixture(scope="session")
def running() -> Iterator[Office]:
    """One workspace and one bot for all tests: connecting takes longer than any of them."""
    with PracticeServer(sample_cast(), port=0) as server:
        front = Front()
        environment = server.bot_environment
        client = web_client(environment["SLACK_BOT_TOKEN"], environment["SLACK_API_URL"])
        transport = SocketTransport(build(client, front.desk(), StillClock()), environment["SLACK_APP_TOKEN"])
        transport.start()
        assert transport.connected()
        yield Office(Driver(server.url), front, SlackMessenger(client), environment)
        transport.stop()


@pytest.fixture
def office(running: Office) -> Office:
    """The workspace as at its start, and a desk that was asked nothing."""
    running.driver.post("reset")
    running.front.begin_anew()
    return running
