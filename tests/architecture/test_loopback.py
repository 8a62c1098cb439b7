import socket
import sys

import pytest


def test_name_of_another_machine_is_not_looked_up_in_tests() -> None:
    with pytest.raises(RuntimeError, match="tests speak to this machine only"):
        socket.getaddrinfo("elsewhere.invalid", 443)


# The event is raised by hand, so that nothing leaves this machine even if the guard were gone.
@pytest.mark.parametrize("event", ["socket.connect", "socket.bind", "socket.sendto"])
@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", ""])
def test_socket_to_another_machine_is_refused_in_tests(event: str, host: str) -> None:
    with socket.socket() as connection, pytest.raises(RuntimeError, match="tests speak to this machine only"):
        sys.audit(event, connection, (host, 443))


def test_socket_to_this_machine_is_let_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
