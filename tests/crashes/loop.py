"""The parent: forks the bot, has it escalate cases, kills it at every point and at random, and counts what came of it.

`python -m tests.crashes.loop URL KEYS KILLS` prints the figures of one database as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from select import select

from storage.database import open_database
from storage.encryption import Keyring, load_keyring
from tests.builders import MONDAY
from tests.crashes.account import Account, account
from tests.crashes.bugs import BUGS, SOUND, Bug
from tests.crashes.child import SENDERS, Child, Life, live, quiet
from tests.crashes.record import Record
from tests.crashes.wire import Echo, Gone, Line, Words, pair

LANDS_WITHIN = 24.9
LANDS_AT_ALL = 0.7
DOWN = (0.2, 3.0)
RANDOM_WITHIN = 0.04
"""Seconds of real time in which a random kill falls: about as long as a command takes."""
SETTLES_WITHIN = timedelta(seconds=60)
OFTEN = 0.5
NOWHERE: Mapping[str, int] = {}
A_MOMENT = timedelta(milliseconds=50)
PHASES = ("refer", "told", "first step", "second step", "care answers", "police answer", "answered")
"""What happens to each case, one after the other; every phase with somebody's act is followed by one of the engine's."""
ACTS = {"refer", "care answers", "police answer"}


@dataclass
class Figures:
    """What a loop came to. `points` is how many places there are in one escalation, each of which was killed at once."""

    kills: int = 0
    points: int = 0
    posts: int = 0
    cases: int = 0
    late_landings: int = 0
    lost: list[str] = field(default_factory=list)
    repeated: int = 0
    audit_entries: int = 0
    not_whole: str = ""
    seconds: float = 0.0

    @property
    def words(self) -> str:
        """The figures in one line."""
        return (
            f"{self.kills:,} kills, {self.cases:,} cases, {self.posts:,} posts, {len(self.lost)} lost, "
            f"{self.repeated} repeated, {self.late_landings} landed after the kill, {self.points} points in one "
            f"escalation, {self.audit_entries:,} audit entries {self.not_whole or 'whole'}, {self.seconds:.0f} s"
        )


class Loop:
    """One database, one Slack, and child after child."""

    def __init__(self, url: str, keyring: Keyring, bug: Bug = SOUND, seed: int = 0) -> None:
        self._url, self._keyring, self._bug = url, keyring, bug
        self._database = open_database(url)
        self._chance = random.Random(seed)
        self._record = Record()
        self._now = MONDAY
        self._line: Line | None = None
        self._pid = 0
        self._inside: Child | None = None
        self._senders = 1
        self.kills = 0
        self.late = 0
        self.confirmed: dict[str, datetime | None] = {}
        """Each case that somebody was told of, and when everybody had answered."""

    # ---- children

    def _child(self) -> Line:
        if self._line is None:
            mine, its = pair()
            self._pid = os.fork()
            if self._pid == 0:
                mine.close()
                live(its, self._life())
            its.close()
            self._line = mine
        return self._line

    def _life(self) -> Life:
        bug = self._bug
        return Life(self._database, self._keyring, self._now, self._senders, bug.change, blind=bug.blind)

    def _at_home(self) -> dict[str, int]:
        """One case lived in this process: all children are born knowing its statements, and with no connection open."""
        self._inside = Child(Echo(self._answered), self._life())
        points = self.case("at home")
        self._inside.leave()
        self._inside = None
        self._database.close()
        gc.freeze()
        return points

    def _answered(self, words: Words) -> Words:
        return self._record.answer(words, self._now)

    def end(self) -> None:
        """Kill the child, and let what it had said on its way reach Slack, or not."""
        line, self._line = self._line, None
        if line is None:
            return
        os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        if not os.WIFSIGNALED(status):
            raise RuntimeError(f"the child ended by itself: {status}")
        try:
            while True:
                words = line.hear()
                if words.get("call") == "post":
                    self._flies(words)
        except Gone:
            line.close()

    def _flies(self, words: Words) -> None:
        """A request whose sender is dead: it lands late, or never."""
        if self._chance.random() < LANDS_AT_ALL:
            wait = timedelta(seconds=self._chance.uniform(0, LANDS_WITHIN))
            self._record.lands_at(self._now + wait, words["key"], words["to"])
            self.late += 1

    def _killed(self) -> None:
        self.end()
        self.kills += 1
        self._now += timedelta(seconds=self._chance.uniform(*DOWN))

    # ---- commands

    def command(self, asked: Words, *, die_at: int = 0, kill_within: float = 0.0) -> Words:
        """Have something done, by the next child where this one dies of it; what the last one said."""
        while True:
            self._record.move_to(self._now)
            whole = {**asked, "now": self._now.isoformat(), "die_at": die_at}
            if self._inside is not None:
                return self._inside.answer(whole)
            line = self._child()
            line.say(whole)
            until = time.monotonic() + self._chance.uniform(0, kill_within) if kill_within else None
            said = self._attend(line, until)
            if said is not None:
                return said
            self._killed()
            die_at, kill_within = 0, 0.0

    def _attend(self, line: Line, until: float | None) -> Words | None:
        """Be Slack for the child until it is done; None when it died."""
        while True:
            if until is not None and not select([line], [], [], max(0.0, until - time.monotonic()))[0]:
                return None
            try:
                words = line.hear()
                if "call" not in words:
                    return words
                if words.get("wire"):
                    self._flies(words)
                    return None
                line.say(self._record.answer(words, self._now))
            except Gone:
                return None

    # ---- cases

    def case(self, name: str, *, die_at: Mapping[str, int] = NOWHERE, kill_within: float = 0.0) -> dict[str, int]:
        """One case from referral to answer, killed at a point of some phases, or at random; how many points each has."""
        points: dict[str, int] = {}
        case_id = ""
        for phase in PHASES:
            asked = {"do": phase if phase in ACTS else "go", "key": f"{phase} {name}", "case": case_id}
            often = kill_within if self._chance.random() < OFTEN else 0.0
            said = self.command(asked, die_at=die_at.get(phase, 0), kill_within=often)
            points[phase] = said["points"]
            if phase == "refer":
                case_id = said["said"]
                self.confirmed[case_id] = None
            elif phase == "police answer":
                self.confirmed[case_id] = self._now
            elif phase not in ACTS:
                said = self._settle(said)
            if phase in {"told", "first step"}:
                self._now = max(self._now, datetime.fromisoformat(said["next_at"]))
        return points

    def _settle(self, said: Words) -> Words:
        """Let time pass until nothing waits that was to go soon."""
        while said["waiting_at"] is not None:
            waiting_at = datetime.fromisoformat(said["waiting_at"])
            if waiting_at > self._now + SETTLES_WITHIN:
                break
            self._now = max(waiting_at, self._now + A_MOMENT)
            said = self.command({"do": "go"})
        return said

    def run(self, kills: int) -> Figures:
        """Kill so often: at every point of one escalation, then at random with several senders; what came of it."""
        began = time.monotonic()
        points = self._at_home()
        for number in range(1, max(points.values()) + 1):
            if self.kills < kills:
                self.case(f"at {number}", die_at={phase: number for phase in PHASES if number <= points[phase]})
        self.end()
        self._senders = SENDERS if self._bug is SOUND else 1
        count = 0
        while self.kills < kills:
            self.case(f"random {count}", kill_within=RANDOM_WITHIN)
            count += 1
        self._settle(self.command({"do": "go"}))
        self.end()
        found = account(self._url, self._keyring, self._record, self.confirmed)
        return self._figures(found, sum(points.values()), time.monotonic() - began)

    def _figures(self, found: Account, points: int, seconds: float) -> Figures:
        return Figures(
            kills=self.kills,
            points=points,
            posts=len(self._record.messages) + self._record.redrawn,
            cases=len(self.confirmed),
            late_landings=self.late,
            lost=found.lost,
            repeated=self._record.repeats,
            audit_entries=found.entries,
            not_whole=found.not_whole,
            seconds=seconds,
        )


def main(arguments: list[str]) -> int:
    """Run one loop: address, key file, kills, the name of a planted bug ("" for none), seed; the figures as JSON."""
    url, keys, kills, bug, seed = arguments
    quiet()
    loop = Loop(url, load_keyring(Path(keys)), BUGS[bug] if bug else SOUND, int(seed))
    figures = loop.run(int(kills))
    sys.stdout.write(json.dumps(asdict(figures)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
