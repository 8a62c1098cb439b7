"""A child: the bot's services over a real database, with its road to Slack on a line to the parent that will kill it."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

import structlog

from bot.domain.commands import OnCase, Send
from bot.domain.directory import Person
from bot.domain.ids import CaseId, ChannelId
from bot.domain.letters import Outgoing
from bot.domain.notices import Destination, Posted
from bot.domain.redaction import ACKNOWLEDGE
from bot.ports import UnitOfWork
from bot.services import casework, delivery, escalations, leases, referrals, sending
from bot.services.pace import Pace
from bot.services.tools import Tools, again
from storage.database import Database
from storage.encryption import Keyring
from storage.engine_lock import EngineLock, hold_engine
from storage.errors import EngineHeld
from storage.holders import holder_name, surely_gone
from storage.unit_of_work import SqlStore
from tests.builders import CARE, OFFICER, OTHER_OFFICER, POLICY, WORKER, Bell, HandClock, HandRules, actor, referral
from tests.crashes.points import KillableStore, Points
from tests.crashes.wire import Gone, Line, Talk, Words

MILESTONES = {
    code: milestone if code == ACKNOWLEDGE else replace(milestone, clocks={})
    for code, milestone in POLICY.milestones.items()
}
RULES = HandRules(policy=replace(POLICY, milestones=MILESTONES))
"""One ladder a case, so that each case comes to rest when it is answered."""
SENDERS = 3


@dataclass(frozen=True)
class Life:
    """What a child is born with: a database opened by its parent, with no connection left open.

    `change` plants a bug in each unit of work; `blind` makes it find nothing in Slack.
    """

    database: Database
    keyring: Keyring
    now: datetime
    senders: int = 1
    change: Callable[[UnitOfWork], None] = lambda _: None
    blind: bool = False


class Road:
    """The Messenger port: each call goes to the parent, one at a time, with a point on the wire of each post.

    To die before a call is to die after the last commit, and to die after it is to die before the next: those are points.
    """

    def __init__(self, line: Talk, points: Points, *, blind: bool) -> None:
        self._line = line
        self._points = points
        self._blind = blind
        self._turn = threading.Lock()

    def post(self, outgoing: Outgoing, *, channel: ChannelId, thread: str | None) -> Posted:
        """Post into a channel."""
        return self._post(outgoing, channel, channel)

    def post_to(self, outgoing: Outgoing, *, person: Person) -> Posted:
        """Send a direct message."""
        return self._post(outgoing, person.id, ChannelId(f"D-{person.id}"))

    def redraw(self, outgoing: Outgoing, *, posted: Posted) -> None:
        """Replace a message."""
        self._ask({"call": "redraw"})

    def find(self, key: str, *, destination: Destination, person: Person | None, since: datetime) -> Posted | None:
        """Look for a message."""
        found = self._ask({"call": "find", "key": key, "to": destination.id, "since": since.isoformat()})["ts"]
        channel = destination.id if person is None else f"D-{person.id}"
        return Posted(ChannelId(channel), found) if found and not self._blind else None

    def _post(self, outgoing: Outgoing, to: str, channel: ChannelId) -> Posted:
        wire = self._points.comes_now()
        answer = self._ask({"call": "post", "key": outgoing.key, "to": to, "wire": wire})
        return Posted(channel, answer["ts"])

    def _ask(self, words: Words) -> Words:
        with self._turn:
            self._line.say(words)
            return self._line.hear()


class Child:
    """The bot in a child."""

    def __init__(self, line: Talk, life: Life) -> None:
        self._line = line
        self._points = Points()
        self._clock = HandClock(life.now)
        self._senders = life.senders
        self._pace = Pace()
        self._road = Road(line, self._points, blind=life.blind)
        self._holder = holder_name(os.urandom(4).hex())
        self._lock = _hold(lambda: hold_engine(life.database, life.now, leases=self._holder))
        store = KillableStore(SqlStore(life.database, life.keyring), self._points, life.change)
        self._tools = Tools(store, RULES, self._clock, Bell(), lambda: os.urandom(16).hex())
        leases.take_over(tools=self._tools, gone=lambda other: surely_gone(other, me=self._holder))
        again(escalations.started)(tools=self._tools)

    def serve(self) -> None:
        """Do what the parent asks until it kills or hangs up."""
        while True:
            self._line.say(self.answer(self._line.hear()))

    def answer(self, asked: Words) -> Words:
        """Do one thing; what it said, how many points it passed, and when there is more to do."""
        self._clock.to(datetime.fromisoformat(asked["now"]))
        self._points.choose(asked.get("die_at", 0))
        said = self._do(asked)
        return {"said": said, "points": self._points.passed, **self._waits()}

    def leave(self) -> None:
        """Let another have the engine."""
        self._lock.release()

    def _do(self, asked: Words) -> str:
        tools, key = self._tools, str(asked.get("key", ""))
        match asked["do"]:
            case "refer":
                who = actor(OFFICER)
                review = referrals.draft(referral(grade="high"), who, tools=tools)
                return referrals.refer(Send(review.draft, (CARE,)), who, key, tools=tools).case_id
            case "care answers" | "police answer" as what:
                who = actor(WORKER if what == "care answers" else OTHER_OFFICER)
                return casework.acknowledge(OnCase(CaseId(asked["case"])), who, key, tools=tools).text
            case _:
                return self._go()

    def _go(self) -> str:
        again(escalations.tick)(tools=self._tools)
        senders = [threading.Thread(target=self._send) for _ in range(self._senders - 1)]
        for sender in senders:
            sender.start()
        self._send()
        for sender in senders:
            sender.join()
        return ""

    def _send(self) -> None:
        delivery.deliver(tools=self._tools, messenger=self._road, pace=self._pace, holder=self._holder)

    def _waits(self) -> Words:
        step_at = escalations.next_at(tools=self._tools)
        notice_at = sending.waiting_at(tools=self._tools, pace=self._pace)
        return {
            "next_at": step_at.isoformat() if step_at else None,
            "waiting_at": notice_at.isoformat() if notice_at else None,
        }


def quiet() -> None:
    """Keep the log lines of thousands of deaths out of the figures."""
    structlog.configure(processors=[_drop])


def live(line: Line, life: Life) -> NoReturn:
    """Be the child until the end."""
    status = 1
    try:
        Child(line, life).serve()
    except Gone:
        status = 0
    finally:
        if sys.exception() is not None:
            traceback.print_exc()
        os._exit(status)


def _hold(take: Callable[[], EngineLock]) -> EngineLock:
    # The server hears of the last holder's death a moment after the kill.
    while True:
        try:
            return take()
        except EngineHeld:
            continue


def _drop(_logger: object, _method: str, _event: object) -> NoReturn:
    raise structlog.DropEvent
