"""The second road as it can be: slow, refusing, silent after it took a message; a mailbox shows nobody what is in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.domain.ids import ChannelId
from bot.domain.letters import Outgoing
from bot.domain.notices import FailureKind, Posted, SendFailed
from tests.simulation.process import Process
from tests.simulation.slack import TIME_OUT
from tests.simulation.world import World


@dataclass
class Mailboxes:
    """Everything that arrived by e-mail, by the key of its notice, and how often each was left in doubt."""

    world: World
    by_key: dict[str, list[Outgoing]] = field(default_factory=dict)
    doubts: Counter[str] = field(default_factory=Counter)

    def land(self, outgoing: Outgoing) -> None:
        """Take a message."""
        self.by_key.setdefault(outgoing.key, []).append(outgoing)
        self.world.note(f"mail        took {outgoing.key}{' as a repeat' if outgoing.repeat else ''}")


class MailLine:
    """One process's road to the mail server: the Mailer port."""

    usable = True

    def __init__(self, boxes: Mailboxes, process: Process) -> None:
        self._boxes = boxes
        self._world = boxes.world
        self._process = process

    def send(self, outgoing: Outgoing, *, to: tuple[str, ...]) -> Posted:
        """Hand a message in."""
        world, process = self._world, self._process
        self._boxes.doubts[outgoing.key] += 1  # whoever dies from here on leaves it in doubt
        process.perhaps_die("before mail", world.profile.kill_call / 3)
        fate = world.chance.weighed("mail", {"refused": 0.05, "silent": 0.03, "lost": 0.03}) if world.faults_on else ""
        fate = "" if world.profile.faultless else fate
        world.sleep(TIME_OUT if fate in {"silent", "lost"} else world.chance.between("mail takes", 0.05, 2.0))
        process.still_alive()
        if fate == "refused":
            self._boxes.doubts[outgoing.key] -= 1
            raise SendFailed(FailureKind.REFUSED, "recipient_450")
        if fate != "lost":
            self._boxes.land(outgoing)
        if fate:
            raise SendFailed(FailureKind.UNKNOWN, "TimeoutError")
        process.perhaps_die("after mail", world.profile.kill_call / 3)
        return Posted(ChannelId("mail"), f"<{outgoing.key}@vigil.example>")
