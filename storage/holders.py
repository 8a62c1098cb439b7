"""Who holds a lease: a name that tells a later process on the same machine whether its owner is surely gone."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_SPACE = Path("/proc/self/ns/pid")
_BOOT_SHOWN = 12
_PARTS = 4


def holder_name(unique: str) -> str:
    """Return this process's name for leases: host, process number, where that number counts, and what makes it unique."""
    return f"{socket.gethostname()}:{os.getpid()}:{_numbering()}:{unique}"


def surely_gone(holder: str, *, me: str) -> bool:
    """Whether the process of that name has ended; False where that cannot be proved, as for another machine's.

    A process number counts within one start of one machine (and one container): only there can its absence be seen.
    """
    parts = holder.split(":")
    if holder == me or len(parts) != _PARTS or not parts[1].isdecimal() or not parts[2] or parts[2] != _numbering():
        return False
    # Another process once had the number that is ours now.
    return int(parts[1]) == os.getpid() or not _lives(int(parts[1]))


def _numbering() -> str:
    """Within what process numbers are unique: this start of this machine and this process-number space; "" unknown."""
    with suppress(OSError):
        return f"{_BOOT.read_text('ascii').strip()[-_BOOT_SHOWN:]}.{_SPACE.stat().st_ino}"
    return ""


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
