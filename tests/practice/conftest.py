"""A practice server, a driver for it, and a small bot that talks to it over its real transport."""

from collections.abc import Iterator

import pytest

from bot.practice.cast import default_cast
from bot.practice.driver import Driver
from bot.practice.server import PracticeServer
from tests.practice.small_bot import SmallBot


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    with PracticeServer(default_cast(), port=0) as running:
        yield running


@pytest.fixture
def driver(server: PracticeServer) -> Driver:
    return Driver(server.url)


@pytest.fixture
def bot(server: PracticeServer) -> Iterator[SmallBot]:
    with SmallBot(server) as running:
        yield running
