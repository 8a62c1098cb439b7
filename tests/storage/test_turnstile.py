"""Writers pass one at a time in the order in which they came."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from storage.errors import DatabaseBusy
from storage.turnstile import MOST_BEFORE, Turnstile


def test_writers_pass_in_the_order_in_which_they_came() -> None:
    turnstile = Turnstile()
    passed: list[int] = []

    def write(number: int) -> None:
        with turnstile.turn():
            passed.append(number)

    threads = []
    with turnstile.turn():
        for number in range(8):
            threads.append(threading.Thread(target=write, args=(number,)))
            threads[-1].start()
            while turnstile.waiting < number + 1:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert passed == list(range(8))


def test_the_engine_lets_people_go_first_and_is_never_starved() -> None:
    turnstile = Turnstile()
    passed: list[str] = []

    def write(name: str, *, gives_way: bool) -> None:
        with turnstile.turn(gives_way=gives_way):
            passed.append(name)

    threads = []
    with turnstile.turn():
        for number, name in enumerate(["engine", "engine", *(f"person {n}" for n in range(MOST_BEFORE + 2))]):
            threads.append(threading.Thread(target=write, args=(name,), kwargs={"gives_way": name == "engine"}))
            threads[-1].start()
            while turnstile.waiting < number + 1:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    people = [f"person {n}" for n in range(MOST_BEFORE + 2)]
    assert passed == [*people[:MOST_BEFORE], "engine", *people[MOST_BEFORE:], "engine"]


def test_a_writer_who_waits_too_long_is_told_that_nothing_was_written() -> None:
    turnstile = Turnstile(timedelta(milliseconds=20))
    refused: list[str] = []

    def write() -> None:
        with pytest.raises(DatabaseBusy) as busy, turnstile.turn():
            pass
        refused.append(str(busy.value))

    with turnstile.turn():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert refused == ["The database was busy with other writers for 0.02 seconds; nothing was written."]
    with turnstile.turn():
        assert turnstile.waiting == 0


def test_the_engine_does_not_give_up_while_turns_pass_however_many_are_before_it() -> None:
    turnstile = Turnstile(timedelta(seconds=10), engine_within=timedelta(milliseconds=100))
    passed: list[str] = []

    def write(name: str) -> None:
        with turnstile.turn(gives_way=name == "engine"):
            passed.append(name)
            threading.Event().wait(0.03)

    threads = []
    with turnstile.turn():
        for number, name in enumerate(["engine", *["person"] * MOST_BEFORE]):
            threads.append(threading.Thread(target=write, args=(name,)))
            threads[-1].start()
            while turnstile.waiting < number + 1:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert passed == [*["person"] * MOST_BEFORE, "engine"]


STANDS_STILL = """
import sys, threading
from datetime import timedelta
from storage.turnstile import Turnstile

turnstile, passed = Turnstile(timedelta(seconds=1)), []

def write():
    with turnstile.turn():
        passed.append("a person")

with turnstile.turn():
    waiting = threading.Thread(target=write)
    waiting.start()
    while not turnstile.waiting:
        threading.Event().wait(0.001)
    print("waits", flush=True)
    sys.stdin.readline()
waiting.join()
print(*passed)
"""


def test_a_machine_that_stood_still_has_not_used_up_anybodys_patience() -> None:
    child = [sys.executable, "-c", STANDS_STILL]
    with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        process.send_signal(signal.SIGSTOP)
        threading.Event().wait(1.2)
        process.send_signal(signal.SIGCONT)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.read() == "a person\n"


def test_a_unit_of_work_inside_another_of_the_same_thread_is_a_bug_and_not_a_hang() -> None:
    turnstile = Turnstile()
    with turnstile.turn(), pytest.raises(RuntimeError, match="already writes"), turnstile.turn():
        pass
    with turnstile.turn():
        assert turnstile.waiting == 0
