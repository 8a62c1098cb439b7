"""Answers to people, in threads of their own: once nobody waits for an acknowledgement any more, or a moment later at most."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from threading import Condition

import structlog

from bot.domain.errors import places

ANSWERERS = 20
"""Answers on their way to Slack at once."""
GIVES_WAY_FOR = 0.05
"""Seconds. Calling Slack costs as much of the processor as an acknowledgement: of people who act in one instant, all are
acknowledged before the first is answered. The three seconds in which Slack opens a form are not in danger."""

log = structlog.get_logger()


class Answers:
    """What is said and shown after the ack."""

    def __init__(self) -> None:
        self._sent = ThreadPoolExecutor(ANSWERERS, thread_name_prefix="answer")
        self._quiet = Condition()
        self._acting = 0

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Somebody waits for their acknowledgement inside the block."""
        with self._quiet:
            self._acting += 1
        try:
            yield
        finally:
            with self._quiet:
                self._acting -= 1
                if not self._acting:
                    self._quiet.notify_all()

    def send(self, work: Callable[[], object]) -> None:
        """Do it soon, with the log's context of now; what goes wrong is on the log."""
        self._sent.submit(copy_context().run, self._in_turn, work).add_done_callback(_log_failure)

    def _in_turn(self, work: Callable[[], object]) -> object:
        with self._quiet:
            self._quiet.wait_for(lambda: not self._acting, GIVES_WAY_FOR)
        return work()


def _log_failure(done: Future[object]) -> None:
    error = done.exception()
    if error is not None:
        log.error("answer_failed", error=type(error).__name__, where=places(error))
