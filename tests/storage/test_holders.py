"""A name for leases says of a process on this machine whether it is surely gone, and of any other nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.holders import holder_name, surely_gone

ROOT = Path(__file__).parents[2]
NAME = "from storage.holders import holder_name; import sys; print(holder_name('x'), flush=True); sys.stdin.read()"

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/ns/pid").exists(), reason="process numbers can be told apart on Linux only"
)


def test_a_process_that_has_ended_is_surely_gone_and_one_that_lives_is_not() -> None:
    me = holder_name("me")
    with subprocess.Popen(
        [sys.executable, "-c", NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as other:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        assert not surely_gone(name, me=me)
        other.kill()
    assert surely_gone(name, me=me)
    assert not surely_gone(me, me=me)


def test_who_had_our_process_number_before_us_is_surely_gone() -> None:
    assert surely_gone(holder_name("before"), me=holder_name("now"))


def test_of_another_machine_or_an_unreadable_name_nothing_is_known() -> None:
    host, pid, numbering, unique = holder_name("me").split(":")
    assert pid == str(os.getpid())
    for other in (
        f"{host}:{pid}:elsewhere.1:{unique}",
        f"{host}:{pid}::{unique}",
        f"{host}:x:{numbering}:{unique}",
        "?",
    ):
        assert not surely_gone(other, me="me")
