"""One line of JSON at a time between a process and the children it kills."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any, Protocol

Words = dict[str, Any]


class Gone(Exception):
    """Nobody is at the other end any more."""


class Talk(Protocol):
    """Somebody to ask."""

    def say(self, words: Words) -> None:
        """Send."""
        ...

    def hear(self) -> Words:
        """The next words."""
        ...


class Line:
    """One end of a pair of sockets."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._rest = b""

    def fileno(self) -> int:
        """What to wait on."""
        return self._end.fileno()

    def say(self, words: Words) -> None:
        """Send; Gone when nobody is there."""
        try:
            self._end.sendall(json.dumps(words).encode() + b"\n")
        except OSError as error:
            raise Gone from error

    def hear(self) -> Words:
        """The next words; Gone when nobody is there."""
        while b"\n" not in self._rest:
            try:
                more = self._end.recv(65536)
            except OSError as error:
                raise Gone from error
            if not more:
                raise Gone
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        heard: Words = json.loads(line)
        return heard

    def close(self) -> None:
        """Hang up."""
        self._end.close()


class Echo:
    """Nobody at the other end: what is asked is answered at once, in the same process."""

    def __init__(self, answer: Callable[[Words], Words]) -> None:
        self._answer = answer
        self._asked: Words = {}

    def say(self, words: Words) -> None:
        """Ask."""
        self._asked = words

    def hear(self) -> Words:
        """The answer to what was asked last."""
        return self._answer(self._asked)


def pair() -> tuple[Line, Line]:
    """Both ends."""
    one, other = socket.socketpair()
    return Line(one), Line(other)
