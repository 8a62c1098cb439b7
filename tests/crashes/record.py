"""Slack as the parent keeps it: honest in its history, and there when the child that posted is dead."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from tests.crashes.wire import Words


@dataclass(frozen=True)
class Message:
    """A message that was taken."""

    key: str
    to: str
    at: datetime
    ts: str


@dataclass
class Record:
    """The workspace's history, and requests whose sender was killed and which will still be acted on."""

    messages: list[Message] = field(default_factory=list)
    by_key: dict[str, list[Message]] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)
    flying: list[tuple[datetime, str, str]] = field(default_factory=list)
    redrawn: int = 0
    looks: int = 0

    def land(self, key: str, to: str, at: datetime) -> str:
        """Take a message; its `ts`."""
        message = Message(key, to, at, f"{at.timestamp():.6f}-{len(self.messages)}")
        self.messages.append(message)
        self.by_key.setdefault(key, []).append(message)
        self.copies[key] += 1
        return message.ts

    def lands_at(self, at: datetime, key: str, to: str) -> None:
        """A request whose sender is dead becomes a message at an instant."""
        self.flying.append((at, key, to))

    def move_to(self, now: datetime) -> None:
        """Let everything land that has until now."""
        for at, key, to in sorted(self.flying):
            if at <= now:
                self.land(key, to, at)
        self.flying = [each for each in self.flying if each[0] > now]

    def answer(self, call: Words, now: datetime) -> Words:
        """Answer a call of the bot."""
        match call["call"]:
            case "post":
                return {"ts": self.land(call["key"], call["to"], now)}
            case "redraw":
                self.redrawn += 1
                return {}
            case _:
                self.looks += 1
                since = datetime.fromisoformat(call["since"])
                copies = self.by_key.get(call["key"], ())
                found = [each.ts for each in copies if each.to == call["to"] and each.at >= since]
                return {"ts": found[0] if found else ""}

    @property
    def repeats(self) -> int:
        """How many messages were there already when they were posted."""
        return sum(count - 1 for count in self.copies.values())
