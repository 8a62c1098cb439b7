"""The bot's own word on its health, over HTTP; time is moved by hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest

from bot.clock import SystemClock
from bot.domain.notices import FailureKind
from bot.jobs import Engine
from bot.ports import StorageDown
from bot.watch import Doubt, Figures
from handlers.health import RecordCollector, routes
from handlers.vitals import Reason, Vitals
from handlers.web import WebServer
from tests.handlers.desks import Front, StillClock
from tests.handlers.pulse import FIGURES, FINDING, NOON, HandEar, Stopwatch, a_pulse, asked, beat, health

READY = ({"schema": "in order"}, ())


@contextmanager
def served(vitals: Vitals, ready: tuple[dict[str, str], tuple[Reason, ...]] = READY) -> Iterator[str]:
    """The address of a health server."""
    server = WebServer("127.0.0.1:0")
    server.start(routes(vitals, lambda: ready))
    try:
        yield server.url
    finally:
        server.stop()


def codes(vitals: Vitals) -> list[str]:
    return [reason.code for reason in vitals.reasons()]


def test_health_is_green_while_everything_beats_and_says_nothing_more() -> None:
    vitals, watch, _ = a_pulse()
    watch.move(10)
    with served(vitals) as url:
        assert health(url) == (200, {"ok": True, "reasons": []})


@pytest.mark.parametrize(
    ("still", "code", "words"),
    [
        ("ticked", "tick_stale", "No whole tick of the engine has finished for 11 seconds."),
        ("delivered", "delivery_stale", "No delivery pass has finished for 11 seconds."),
        ("wrote", "write_stale", "The database has taken no write of the engine for 11 seconds."),
    ],
)
def test_health_is_red_eleven_seconds_after_one_part_stopped_and_names_it(still: str, code: str, words: str) -> None:
    vitals, watch, _ = a_pulse()
    watch.move(11)
    if still != "ticked":
        vitals.ticked(timedelta())
    if still != "delivered":
        vitals.delivered()
    if still != "wrote":
        vitals.wrote()
    with served(vitals) as url:
        status, body = health(url)
    assert status == 503
    assert body == {"ok": False, "reasons": [{"code": code, "said": words}]}


def test_bot_that_has_just_started_is_red_until_everything_was_done_once() -> None:
    vitals = Vitals(SystemClock(), Stopwatch())
    assert codes(vitals) == ["tick_stale", "delivery_stale", "write_stale", "slack_unheard"]
    beat(vitals)
    vitals.listen_by(HandEar())
    assert codes(vitals) == []


def test_silent_socket_turns_health_red_although_it_counts_as_connected() -> None:
    vitals, _, ear = a_pulse()
    ear.silent = 20
    assert codes(vitals) == []
    ear.silent = 21
    (reason,) = vitals.reasons()
    assert reason.said == "Slack's socket is open but silent: nothing was heard for 21 seconds."
    ear.open = False
    assert "is not connected" in vitals.reasons()[0].said


def test_finding_of_the_self_audit_turns_health_red_until_an_audit_is_clean() -> None:
    vitals, _, _ = a_pulse()
    vitals.audited([FINDING])
    (reason,) = vitals.reasons()
    assert reason == Reason(
        "untold",
        "1 overdue reminder is not known to have reached anybody in Slack, the oldest since 2026-11-23T12:00:00+00:00.",
    )
    vitals.audited([])
    assert codes(vitals) == []


def test_engine_whose_tick_hangs_turns_health_red_within_ten_seconds_and_green_when_it_goes_on() -> None:
    vitals, watch, _ = a_pulse()
    hangs, entered, go_on = Event(), Event(), Event()

    def tick() -> int:
        if hangs.is_set():
            entered.set()
            go_on.wait(20)
        vitals.wrote()
        return 0

    front = Front()
    front.answers |= {"audit_self": [], "next_at": None, "waiting_at": None, "deliver": 0}
    desk = front.desk(tick=tick)
    engine = Engine(desk, StillClock(NOON), SystemClock(), watch=vitals, still_ours=lambda: True, lost=lambda: None)
    engine.start()
    try:
        assert codes(vitals) == []
        hangs.set()
        engine.ring()
        assert entered.wait(20)
        watch.move(10.1)
        vitals.delivered()
        assert codes(vitals) == ["tick_stale", "write_stale"]
        with served(vitals) as url:
            assert health(url)[0] == 503
        hangs.clear()
        go_on.set()
        never = Event()
        assert any(not codes(vitals) or never.wait(0.01) for _ in range(2000))
    finally:
        go_on.set()
        engine.stop()


def test_ready_tells_what_is_in_order_and_what_is_not_with_the_mend() -> None:
    vitals, _, _ = a_pulse()
    with served(vitals) as url:
        assert asked(f"{url}/readyz") == (200, '{"ok":true,"schema":"in order","reasons":[]}')
    refused = Reason("schema", "The database is of schema 0001; take a backup and run `vigil migrate`.")
    with served(vitals, ({"keys": "in order"}, (refused,))) as url:
        status, text = asked(f"{url}/readyz")
    assert status == 503
    assert json.loads(text)["reasons"] == [{"code": "schema", "said": refused.said}]


def metrics(vitals: Vitals, ask: Figures | StorageDown = FIGURES) -> dict[str, float]:
    """Every sample of `/metrics` by its name and labels."""

    def figures() -> Figures:
        if isinstance(ask, StorageDown):
            raise ask
        return ask

    vitals.registry.register(RecordCollector(figures, vitals, StillClock(NOON)))
    with served(vitals) as url:
        status, text = asked(f"{url}/metrics")
    assert status == 200
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_metrics_count_what_is_owed_what_waits_and_how_late_it_came() -> None:
    vitals, _, _ = a_pulse()
    vitals.posted(late=timedelta(seconds=0.7))
    vitals.posted(late=timedelta(seconds=45))
    vitals.failed(FailureKind.UNKNOWN)
    vitals.failed(FailureKind.REFUSED)
    vitals.doubted(Doubt.FOUND)
    found = metrics(vitals)
    assert found['vigil_open_deadlines{band="p1"}'] == 2
    assert found['vigil_open_deadlines{band="p4"}'] == 0
    assert found["vigil_oldest_overdue_seconds"] == 300
    assert found['vigil_outbox_notices{state="pending"}'] == 3
    assert found["vigil_outbox_oldest_seconds"] == 40
    assert found["vigil_audit_entries"] == 77
    assert found['vigil_due_to_posted_seconds_bucket{le="1.0"}'] == 1
    assert found["vigil_due_to_posted_seconds_count"] == 2
    assert found['vigil_slack_errors_total{kind="unknown"}'] == 1
    assert found['vigil_slack_errors_total{kind="route_dead"}'] == 0
    assert found["vigil_ambiguous_posts_total"] == 1
    assert found['vigil_reconciled_posts_total{result="found"}'] == 1
    assert found["vigil_tick_seconds_count"] == 1
    assert found["vigil_last_tick_timestamp_seconds"] > 0
    assert found["vigil_socket_connected"] == 1
    assert found["vigil_overdue_untold"] == 0


def test_metrics_go_on_while_the_database_is_down_and_say_so() -> None:
    vitals, _, ear = a_pulse()
    ear.open, ear.silent = False, 5
    found = metrics(vitals, StorageDown("locked"))
    assert found["vigil_database_up"] == 0
    assert found["vigil_socket_connected"] == 0
    assert found["vigil_socket_silent_seconds"] == 5
    assert "vigil_audit_entries" not in found
