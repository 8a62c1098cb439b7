"""What the workspace keeps: rooms, messages, views, triggers and response addresses. Mutable, one event loop only."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from bot.practice.wire import Json


@dataclass(slots=True, eq=False)
class Act:
    """One thing a person did, and what they were shown because of it."""

    seat: str
    replies: list["Message"] = field(default_factory=list)
    views: list["View"] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One message as stored; `seat` is the author's user id, `ephemeral_to` the only reader's."""

    channel: str
    ts: str
    seat: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    ephemeral_to: str | None = None
    edited: str | None = None
    bot_id: str | None = None
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Room:
    """A channel or a direct message (`peer` is then the person's id)."""

    id: str
    name: str
    members: set[str]
    private: bool = False
    archived: bool = False
    shared_with: tuple[str, ...] = ()
    topic: str = ""
    peer: str | None = None
    messages: list[Message] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    tokens: float = 0.0
    refilled_at: datetime | None = None


@dataclass(slots=True)
class View:
    """A modal or a Home tab as Slack keeps it; `body` is what the app sent, ids of blocks filled in."""

    id: str
    seat: str
    body: Json
    hash: str
    values: dict[str, dict[str, Json]]
    root_id: str
    previous_id: str | None = None

    @property
    def blocks(self) -> list[Json]:
        """The blocks shown."""
        blocks: list[Json] = self.body.get("blocks", [])
        return blocks


@dataclass(slots=True)
class Trigger:
    """A trigger id: who may be shown a view because of it, for 3 s of real time, once."""

    seat: str
    act: Act
    issued: float = field(default_factory=time.monotonic)
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where to answer an act for 30 practice minutes, five times."""

    channel: str
    seat: str
    act: Act
    expires_at: datetime
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0
