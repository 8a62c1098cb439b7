"""Something looked at each second, in a thread of its own that nothing else can hold up."""

from collections.abc import Callable
from threading import Event, Thread

EVERY = 1.0
ENDS_WITHIN = 1.0


class Rounds:
    """Calls `look` each second from `start` until `stop`."""

    def __init__(self, name: str, look: Callable[[], None]) -> None:
        self._look = look
        self._stopping = Event()
        self._thread = Thread(target=self._go_round, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what is under way is waited for, but not for long: it may hang."""
        self._stopping.set()
        self._thread.join(ENDS_WITHIN)

    def _go_round(self) -> None:
        while not self._stopping.wait(EVERY):
            self._look()
