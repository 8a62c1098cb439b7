"""Home: drawn when it is opened, and again after each act of a person who has it; and the lists that say the same in words."""

from collections.abc import Callable
from threading import Lock

from bot.domain.ids import SlackUser, Workspace
from bot.ports import StorageDown
from handlers.middleware import Asked
from handlers.views import lists
from handlers.views.blocks import Json
from handlers.views.digest import digest as drawn_digest
from handlers.views.home import home, unreadable

MOST = 5000
"""People whose Home is kept in mind at once; whoever falls out has theirs drawn when they open it."""
ACTS = frozenset({"block_actions", "message_action", "view_submission"})

Who = tuple[Workspace, SlackUser]


class Homes:
    """Who has opened Home since the start. An act of anybody else need not redraw it: opening it does."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[Who, None] = {}
        self._due: set[Who] = set()

    def opened(self, asked: Asked) -> None:
        """Somebody opened the bot: their Home, when that is the tab."""
        asked.ack()
        if asked.body["event"].get("tab") == "home":
            self._remember(_who(asked))
            self._draw(asked)

    def acted(self, asked: Asked) -> None:
        """Somebody did something: their Home, when they have it; a press in Home itself shows that they do."""
        if asked.body.get("type") not in ACTS:
            return
        if (asked.body.get("view") or {}).get("type") == "home":
            self._remember(_who(asked))
        if _who(asked) in self._open:
            self._draw(asked)

    def _remember(self, who: Who) -> None:
        with self._lock:
            self._open.pop(who, None)
            self._open[who] = None
            while len(self._open) > MOST:
                del self._open[next(iter(self._open))]

    def _draw(self, asked: Asked) -> None:
        """Once for all that happens before its turn comes."""
        who = _who(asked)
        with self._lock:
            if who in self._due:
                return
            self._due.add(who)
        asked.publish_home(self._drawing(asked, who))

    def _drawing(self, asked: Asked, who: Who) -> Callable[[], Json]:
        def drawn() -> Json:
            with self._lock:
                self._due.discard(who)
            try:
                return home(asked.desk.overview(asked.actor))
            except StorageDown:
                return unreadable(asked.phone)

        return drawn


def mine(asked: Asked) -> None:
    """What waits for the person."""
    asked.show(lists.mine(asked.desk.overview(asked.actor)))


def team(asked: Asked) -> None:
    """What the person's teams owe."""
    asked.show(lists.team(asked.desk.overview(asked.actor)))


def digest(asked: Asked) -> None:
    """This week's numbers as they stand."""
    asked.show(drawn_digest(asked.desk.week_so_far(asked.actor)))


def _who(asked: Asked) -> Who:
    return asked.actor.workspace, asked.actor.user
