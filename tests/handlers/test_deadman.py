"""An address outside hears from the bot after each clean minute, and at once when the self-audit finds something."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bot.watch import Figures
from handlers.deadman import DeadMansSwitch
from handlers.vitals import Vitals
from tests.handlers.pulse import FIGURES, FINDING, HandEar, Stopwatch, a_pulse, beat


class Outside:
    """A server that notes every call: its path and what came with it."""

    def __init__(self) -> None:
        outside = self
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.status = 200

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outside.calls.append((self.path, json.loads(body)))
                self.send_response(outside.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ping/abc?team=night"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.calls]


@pytest.fixture
def outside() -> Iterator[Outside]:
    found = Outside()
    yield found
    found.server.shutdown()
    found.server.server_close()


def figures() -> Figures:
    return FIGURES


def a_switch(url: str) -> tuple[DeadMansSwitch, Vitals, Stopwatch, HandEar]:
    vitals, watch, ear = a_pulse()
    return DeadMansSwitch(url, vitals, figures, monotonic=watch), vitals, watch, ear


def minutes(switch: DeadMansSwitch, vitals: Vitals, watch: Stopwatch, seconds: int) -> None:
    """Let time pass with the engine at work, looking each second."""
    for _ in range(seconds):
        watch.move(1)
        beat(vitals)
        switch.look()


def test_each_clean_minute_is_told_with_counts_and_the_audit_head_only(outside: Outside) -> None:
    switch, vitals, watch, _ = a_switch(outside.url)
    minutes(switch, vitals, watch, 59)
    assert outside.calls == []
    minutes(switch, vitals, watch, 1)
    assert outside.calls == [
        (
            "/ping/abc?team=night",
            {
                "open_deadlines": {"p1": 2},
                "overdue_untold": 0,
                "outbox": {"pending": 3},
                "audit_entries": 77,
                "audit_head": "4:abcd",
            },
        )
    ]
    minutes(switch, vitals, watch, 120)
    assert len(outside.calls) == 3


def test_calls_stop_while_the_engine_stands_still_and_go_on_after_a_clean_minute(outside: Outside) -> None:
    switch, vitals, watch, _ = a_switch(outside.url)
    minutes(switch, vitals, watch, 45)
    for _ in range(300):
        watch.move(1)
        switch.look()
    assert outside.calls == []
    minutes(switch, vitals, watch, 59)
    assert outside.calls == []
    minutes(switch, vitals, watch, 1)
    assert len(outside.calls) == 1


def test_minute_in_which_slack_could_not_reach_the_bot_is_not_clean(outside: Outside) -> None:
    switch, vitals, watch, ear = a_switch(outside.url)
    minutes(switch, vitals, watch, 30)
    ear.open = False
    minutes(switch, vitals, watch, 1)
    ear.open = True
    minutes(switch, vitals, watch, 59)
    assert outside.calls == []
    minutes(switch, vitals, watch, 1)
    assert outside.paths == ["/ping/abc?team=night"]


def test_finding_of_the_self_audit_calls_fail_at_once_and_once(outside: Outside) -> None:
    switch, vitals, watch, _ = a_switch(outside.url)
    vitals.audited([FINDING])
    for _ in range(90):
        watch.move(1)
        switch.look()
    assert outside.paths == ["/ping/abc/fail?team=night"]
    assert outside.calls[0][1]["overdue_untold"] == 1


@pytest.mark.parametrize("status", [404, 500])
def test_address_that_refuses_is_called_again_after_the_next_clean_minute(outside: Outside, status: int) -> None:
    switch, vitals, watch, _ = a_switch(outside.url)
    outside.status = status
    minutes(switch, vitals, watch, 120)
    assert len(outside.calls) == 2


def test_address_where_nobody_answers_stops_nothing() -> None:
    switch, vitals, watch, _ = a_switch("http://127.0.0.1:9/ping")
    minutes(switch, vitals, watch, 60)
    assert vitals.reasons() == ()
