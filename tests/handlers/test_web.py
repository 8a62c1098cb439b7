import socket

import pytest

from handlers.slack_http import Listening
from handlers.web import WebServer
from tests.handlers.pulse import asked


def test_server_takes_its_address_when_made_serves_from_start_and_gives_it_back_at_the_end() -> None:
    server = WebServer("127.0.0.1:0")
    ear = Listening(server.serving)
    assert not ear.connected()
    server.start([])
    assert asked(server.url)[0] == 404
    assert (ear.connected(), ear.silent_for()) == (True, 0)
    address = server.url.removeprefix("http://")
    with pytest.raises(OSError, match="in use"):
        WebServer(address)
    server.stop()
    assert not ear.connected()
    WebServer(address).stop()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_address_of_ipv6_is_written_in_brackets() -> None:
    server = WebServer("[::1]:0")
    server.start([])
    assert server.url.startswith("http://[::1]:")
    assert asked(server.url)[0] == 404
    server.stop()
