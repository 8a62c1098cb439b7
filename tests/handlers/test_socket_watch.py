"""A socket that goes deaf is found by monotonic seconds and replaced; when nothing helps the bot is to end."""

from collections.abc import Callable, Iterator
from threading import Event

import pytest
from slack_bolt import App

from bot.practice.cast import default_cast
from bot.practice.driver import Driver
from bot.practice.server import PracticeServer
from handlers.messenger import web_client
from handlers.socket_watch import SocketWatch
from handlers.transport import SocketTransport
from tests.handlers.pulse import HandEar, Stopwatch


def until(happened: Callable[[], object]) -> None:
    """Wait for what another thread does."""
    never = Event()
    assert any(happened() or never.wait(0.01) for _ in range(2000)), "it did not happen in time"


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    with PracticeServer(default_cast(), port=0) as running:
        yield running


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def transport(server: PracticeServer, stopwatch: Stopwatch) -> Iterator[SocketTransport]:
    bot = server.cast.bot
    app = App(client=web_client(bot.bot_token, server.api_url), token_verification_enabled=False)
    socket = SocketTransport(app, bot.app_token, monotonic=stopwatch)
    socket.start()
    until(lambda: server.stage.delivery.connected)
    yield socket
    socket.stop()


def test_deaf_socket_is_replaced_after_twenty_silent_seconds(
    server: PracticeServer, transport: SocketTransport, stopwatch: Stopwatch
) -> None:
    ended: list[None] = []
    watch = SocketWatch(transport, dead=lambda: ended.append(None), monotonic=stopwatch)
    until(lambda: transport.silent_for() == 0)
    deaf = server.stage.delivery.connections[0]
    Driver(server.url).post("fault", kind="deaf")
    stopwatch.move(20)
    watch.look()
    assert server.stage.delivery.connections == [deaf]
    stopwatch.move(1)
    assert transport.connected()
    assert transport.silent_for() == 21
    watch.look()
    until(lambda: [each for each in server.stage.delivery.connections if each is not deaf])
    until(lambda: transport.silent_for() == 0)
    assert transport.connected()
    assert ended == []


def test_dropped_socket_comes_back_and_its_hello_counts_as_heard(
    server: PracticeServer, transport: SocketTransport, stopwatch: Stopwatch
) -> None:
    until(lambda: transport.silent_for() == 0)
    first = server.stage.delivery.connections[0]
    stopwatch.move(15)
    Driver(server.url).post("fault", kind="drop_socket")
    until(lambda: [each for each in server.stage.delivery.connections if each is not first])
    until(lambda: transport.silent_for() == 0)


def test_answered_ping_counts_as_heard(transport: SocketTransport, stopwatch: Stopwatch) -> None:
    until(lambda: transport.silent_for() == 0)
    stopwatch.move(15)
    until(lambda: transport.silent_for() == 0)


def test_new_connection_is_tried_each_twenty_seconds_and_after_two_minutes_the_bot_is_told_to_end_once() -> None:
    ear, stopwatch = HandEar(open=False), Stopwatch()
    ended: list[float] = []
    watch = SocketWatch(ear, dead=lambda: ended.append(ear.silent), monotonic=stopwatch)
    for _ in range(200):
        ear.silent += 1
        stopwatch.move(1)
        watch.look()
    until(lambda: len(ear.tries) == 6)
    assert ended == [141]


def test_socket_that_is_heard_again_starts_the_count_anew() -> None:
    ear, stopwatch = HandEar(silent=139), Stopwatch()
    ended: list[None] = []
    watch = SocketWatch(ear, dead=lambda: ended.append(None), monotonic=stopwatch)
    watch.look()
    ear.silent = 0
    watch.look()
    ear.silent = 21
    watch.look()
    until(lambda: len(ear.tries) == 2)
    assert ended == []
