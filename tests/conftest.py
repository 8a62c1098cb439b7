"""What holds for every test: sockets stay on this machine, examples repeat, and a lacking browser is said."""

import ipaddress
import os
import shutil
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every machine, however slow it is.
settings.register_profile("vigil", deadline=None, derandomize=True)
settings.load_profile("vigil")

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
NO_BROWSER = (
    "no Chromium found: install one (Debian: 'apt-get install chromium', macOS: 'brew install --cask chromium') "
    "or name its program in VIGIL_CHROMIUM"
)


class NotLoopbackError(RuntimeError):
    """A test reached for an address outside this machine."""


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


def _keep_to_loopback(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in {"socket.connect", "socket.bind", "socket.sendto"}:
        connection, address = args
        if not isinstance(connection, socket.socket) or connection.family not in {socket.AF_INET, socket.AF_INET6}:
            return
        # An empty host binds every interface, so here only a named one will do.
        host = (address[0] or "every interface") if isinstance(address, tuple) else address
    else:
        return
    if not _is_loopback(host):
        msg = f"{event} to {host}: tests speak to this machine only."
        raise NotLoopbackError(msg)


sys.addaudithook(_keep_to_loopback)


def find_chromium() -> str | None:
    """The path of a Chromium: the one named in VIGIL_CHROMIUM, else the first that is installed, else None."""
    named = os.environ.get("VIGIL_CHROMIUM")
    candidates = (named,) if named else BROWSERS
    return next((found for found in map(shutil.which, candidates) if found), None)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium that browser tests start."""
    found = find_chromium()
    assert found is not None, NO_BROWSER
    return Path(found)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A browser test without a browser is skipped with the mend, or fails where a browser is required."""
    if item.get_closest_marker("browser") is None or find_chromium() is not None:
        return
    if os.environ.get("VIGIL_REQUIRE_BROWSER") == "1":
        pytest.fail(NO_BROWSER, pytrace=False)
    pytest.skip(NO_BROWSER)
