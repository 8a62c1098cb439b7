"""The workspace with the bot's connections and its clock follower: what every act of a person needs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot.practice import limits, payloads
from bot.practice.delivery import Ack, Delivery
from bot.practice.posting import bot_message, content
from bot.practice.records import Act, Message, Room
from bot.practice.settling import Follower
from bot.practice.wire import ApiError, ControlError, Json
from bot.practice.workspace import Workspace

PEEK = 0.1
SOON = timedelta(seconds=2)
"""A message that the bot means to send within this is waited for."""
INSTANT = timedelta(milliseconds=5)
MOST_HOPS = 1000


@dataclass(slots=True)
class Stage:
    """Everything an act touches; `background` holds the retries of events under way."""

    workspace: Workspace
    delivery: Delivery
    follower: Follower
    background: set[asyncio.Task[None]] = field(default_factory=set)

    @contextmanager
    def acting(self, seat_id: str) -> Iterator[Act]:
        """One act of a person: while it lasts, ephemerals to them and their updated views count as its results."""
        act = Act(seat_id)
        self.workspace.acts.append(act)
        try:
            yield act
        finally:
            self.workspace.acts.remove(act)

    async def settle(self, calls_before: int | None = None) -> None:
        """Return once the bot is idle; practice time moves on to each message that the bot's own pace holds back."""
        await self.follower.settle(calls_before)
        for _ in range(MOST_HOPS):
            at, now = self.follower.next_sending, self.workspace.clock.now()
            if at is None or at > now + SOON or not self.follower.following():
                return
            if at - now > INSTANT:
                self.workspace.clock.move_to(at)
            await asyncio.sleep(INSTANT.total_seconds())
            await self.follower.settle()

    async def event(self, body: Json, name: str, *, shared: bool = False) -> Ack | None:
        """Deliver an event the app has subscribed to; None when nobody took it, and then it is sent again."""
        if self.workspace.cast.events is not None and name not in self.workspace.cast.events:
            return None
        payload = payloads.event(self.workspace, body, shared=shared)
        try:
            return await self.delivery.send("events_api", payload, name)
        except ControlError:
            task = asyncio.create_task(self._again(payload, name))
            self.background.add(task)
            task.add_done_callback(self.background.discard)
            return None

    async def _again(self, payload: Json, name: str) -> None:
        first = self.workspace.clock.now()
        for number, after in enumerate(limits.RETRY_EVENTS_AFTER, start=1):
            while self.workspace.clock.now() < first + after:  # noqa: ASYNC110 - practice time runs by itself
                await asyncio.sleep(PEEK)
            if await self._taken(payload, name, number):
                return

    async def _taken(self, payload: Json, name: str, number: int) -> bool:
        try:
            await self.delivery.retry("events_api", payload, name, number)
        except ControlError:
            return False
        return True

    def answer_in(self, room: Room, act: Act, body: Json, *, thread_ts: str | None = None) -> Message:
        """Show what an ack or a response_url says: to the one person, unless `response_type` is in_channel."""
        text, blocks = content(self.workspace, body)
        reader = None if body.get("response_type") == "in_channel" else act.seat
        message = bot_message(
            self.workspace, room, text, blocks, thread_ts=body.get("thread_ts") or thread_ts, ephemeral_to=reader
        )
        act.replies.append(message)
        return self.workspace.add(message)

    def answer_ack(self, room: Room, act: Act, payload: object) -> None:
        """Show the text or blocks that came with the ack of a command; an ack without any shows nothing."""
        body = {"text": payload} if isinstance(payload, str) else payload
        if not isinstance(body, dict) or not (body.get("text") or body.get("blocks")):
            return
        try:
            self.answer_in(room, act, body)
        except ApiError as refusal:
            detail = "; ".join(refusal.messages) or None
            self.workspace.journal.write("delivery", "ack", ok=False, error=refusal.code, detail=detail)


def reply_of(act: Act) -> str | None:
    """The text a person was shown because of an act; several, one to a line; None when nothing was."""
    return "\n".join(message.text for message in act.replies) or None
