"""The Desk that console commands read from."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.services.desk import Desk


@contextmanager
def reading_desk() -> Iterator[Desk]:
    """A Desk that only reads; the bot may run meanwhile."""
    from bot.bootstrap import open_desk
    from bot.settings import load

    with open_desk(load()) as desk:
        yield desk
