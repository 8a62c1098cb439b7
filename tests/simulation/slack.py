"""Slack as it can be: late, refusing, silent, forgetful of replies, away for half an hour; and honest in what it keeps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.directory import Person
from bot.domain.ids import ChannelId
from bot.domain.letters import CardLetter, Outgoing
from bot.domain.notices import Destination, FailureKind, Posted, SendFailed
from tests.simulation.process import Process
from tests.simulation.world import Killed, World

TIME_OUT = 10.0
"""Seconds after which the sender gives up on a call."""
LATE = 15.0
"""Seconds by which Slack may act on a request after the sender gave up."""


@dataclass
class Message:
    """A message that Slack took. `begun` is when it was sent on its way, in seconds of the history."""

    key: str
    to: str
    posted: Posted
    outgoing: Outgoing
    thread: str | None
    begun: float
    landed: float
    gone: bool = False


@dataclass
class Slack:
    """The workspace: what was posted and what was deleted."""

    world: World
    messages: list[Message] = field(default_factory=list)
    by_key: dict[str, list[Message]] = field(default_factory=dict)
    by_ts: dict[str, Message] = field(default_factory=dict)
    blind: Counter[str] = field(default_factory=Counter)
    """How often a key was posted although looking for it had failed."""
    deleted: Counter[str] = field(default_factory=Counter)
    redrawn: int = 0

    def land(self, outgoing: Outgoing, to: str, channel: ChannelId, thread: str | None, begun: float) -> Posted:
        """Take a message."""
        world = self.world
        posted = Posted(channel, f"{world.true_now().timestamp():.6f}-{len(self.messages)}")
        message = Message(outgoing.key, to, posted, outgoing, thread, begun, world.seconds)
        self.messages.append(message)
        self.by_key.setdefault(outgoing.key, []).append(message)
        self.by_ts[posted.ts] = message
        world.note(f"slack       took {outgoing.key}{' as a repeat' if outgoing.repeat else ''}")
        return posted

    def delete_card(self) -> None:
        """Somebody deletes the newest card."""
        cards = [each for each in self.messages if isinstance(each.outgoing.letter, CardLetter) and not each.gone]
        if cards:
            cards[-1].gone = True
            self.deleted[cards[-1].key] += 1
            self.world.note(f"somebody    deleted {cards[-1].key}")

    def is_gone(self, ts: str | None) -> bool:
        """Whether a message to be answered or redrawn is no longer there."""
        return ts is not None and (ts not in self.by_ts or self.by_ts[ts].gone)


class SlackLine:
    """One process's road to Slack: the Messenger port."""

    def __init__(self, slack: Slack, process: Process) -> None:
        self._slack = slack
        self._world = slack.world
        self._process = process
        self._unseen: set[str] = set()

    def post(self, outgoing: Outgoing, *, channel: ChannelId, thread: str | None) -> Posted:
        """Post into a channel, or under a message of it."""
        return self._post(outgoing, channel, channel, thread)

    def post_to(self, outgoing: Outgoing, *, person: Person) -> Posted:
        """Send a direct message."""
        if person.slack is None:
            raise SendFailed(FailureKind.ROUTE_DEAD, "no_slack_account")
        return self._post(outgoing, person.id, ChannelId(f"D-{person.id}"), None)

    def redraw(self, outgoing: Outgoing, *, posted: Posted) -> None:
        """Replace a message in place."""
        self._process.perhaps_die("redraw", self._world.profile.kill_call / 2)
        fate = self._fate("redraw")
        self._world.sleep(self._latency("redraw"))
        self._process.still_alive()
        if self._slack.is_gone(posted.ts):
            raise SendFailed(FailureKind.GONE, "message_not_found")
        if fate in {"429", "refused"}:
            self._refuse(fate)
        if fate:
            raise SendFailed(FailureKind.UNKNOWN, "http_500")
        self._slack.redrawn += 1

    def find(self, key: str, *, destination: Destination, person: Person | None, since: datetime) -> Posted | None:
        """A message that carries the key and was posted at or after an instant."""
        world = self._world
        self._process.perhaps_die("find", world.profile.kill_call / 2)
        failing = world.fault("look", world.profile.looks_fail) or self._away()
        world.sleep(self._latency("look") if not failing else world.chance.between("look fails", 0.1, TIME_OUT))
        self._process.still_alive()
        if failing:
            self._unseen.add(key)
            world.note(f"{self._process.name:<11} could not look for {key}")
            raise SendFailed(FailureKind.UNKNOWN, "TimeoutError")
        self._unseen.discard(key)
        oldest = since.timestamp()
        found = [
            each
            for each in self._slack.by_key.get(key, ())
            if each.to == destination.id and not each.gone and float(each.posted.ts.partition("-")[0]) >= oldest
        ]
        world.note(f"{self._process.name:<11} looked for {key}: {'there' if found else 'not there'}")
        return found[0].posted if found else None

    def _post(self, outgoing: Outgoing, to: str, channel: ChannelId, thread: str | None) -> Posted:
        world, process = self._world, self._process
        process.perhaps_die("before call", world.profile.kill_call / 3)
        begun = world.seconds
        fate = self._fate("post")
        world.note(f"{process.name:<11} posts {outgoing.key}{f' ({fate})' if fate else ''}")
        if outgoing.key in self._unseen:
            self._unseen.discard(outgoing.key)
            self._slack.blind[outgoing.key] += 1
        if world.fault("wire", world.profile.kill_call / 3):
            self._die_on_the_wire(outgoing, to, channel, thread, begun)
        if self._slack.is_gone(thread):
            raise SendFailed(FailureKind.GONE, "message_not_found")
        if fate in {"429", "refused", "dead"}:
            world.sleep(self._latency("post"))
            process.still_alive()
            self._refuse(fate)
        posted = self._send(fate, outgoing, to, channel, thread, begun)
        process.still_alive()
        process.perhaps_die("after call", world.profile.kill_call / 3)
        return posted

    def _send(
        self, fate: str, outgoing: Outgoing, to: str, channel: ChannelId, thread: str | None, begun: float
    ) -> Posted:
        """The call itself: when the message lands, and what the sender hears of it."""
        world = self._world
        if fate in {"never", "error before"}:
            world.sleep(TIME_OUT if fate == "never" else self._latency("post"))
            raise SendFailed(FailureKind.UNKNOWN, "TimeoutError" if fate == "never" else "http_503")
        if fate == "late":
            landing = TIME_OUT + world.chance.between("late by", 0, LATE)
            world.soon(landing, lambda: self._slack.land(outgoing, to, channel, thread, begun))
            world.sleep(TIME_OUT)
            raise SendFailed(FailureKind.UNKNOWN, "TimeoutError")
        world.sleep(self._latency("post") / 2)
        posted = self._slack.land(outgoing, to, channel, thread, begun)
        if fate == "reply lost":
            world.sleep(TIME_OUT - (world.seconds - begun))
            raise SendFailed(FailureKind.UNKNOWN, "TimeoutError")
        world.sleep(self._latency("post") / 2)
        if fate == "error after":
            raise SendFailed(FailureKind.UNKNOWN, "http_500")
        return posted

    def _die_on_the_wire(
        self, outgoing: Outgoing, to: str, channel: ChannelId, thread: str | None, begun: float
    ) -> None:
        world = self._world
        world.sleep(world.chance.between("wire at", 0, TIME_OUT))
        self._process.still_alive()
        if world.chance.falls("lands all the same", 0.7):
            world.soon(
                world.chance.between("lands after", 0, LATE),
                lambda: self._slack.land(outgoing, to, channel, thread, begun),
            )
        self._process.die("on the wire")
        raise Killed

    def _fate(self, call: str) -> str:
        """What will become of a call; "" when it goes well."""
        world = self._world
        if self._away():
            return world.chance.pick("away", ("refused", "never", "error before"))
        if not world.faults_on:
            return ""
        if world.fault("dead route", world.profile.dead_routes):
            return "dead" if call == "post" else ""
        fate = world.chance.weighed(call, world.profile.calls)
        if fate:
            world.figures.faults[fate] += 1
        return fate

    def _refuse(self, fate: str) -> None:
        if fate == "dead":
            raise SendFailed(FailureKind.ROUTE_DEAD, "user_not_found")
        wait = self._world.chance.pick("retry after", (1, 5, 30)) if fate == "429" else None
        raise SendFailed(
            FailureKind.REFUSED, "ratelimited", retry_after=timedelta(seconds=wait) if wait is not None else None
        )

    def _away(self) -> bool:
        return self._world.seconds < self._world.down_until

    def _latency(self, call: str) -> float:
        """Mostly quick, at times nearly as long as the sender waits."""
        chance = self._world.chance
        slow = not self._world.profile.faultless and chance.falls(f"{call} slow", self._world.profile.slow)
        return chance.between(call, 1, TIME_OUT - 0.5) if slow else chance.between(call, 0.05, 0.4)
