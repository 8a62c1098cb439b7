"""What happens in a history, drawn from its seed: what people do and what goes wrong, each a line that can be left out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.domain.ids import AgencyId, PersonId
from tests.builders import (
    CARE,
    CARE_LEADER,
    DIRECTORY,
    EDUCATION,
    HEALTH,
    NURSE,
    OFFICER,
    OTHER_OFFICER,
    OTHER_WORKER,
    POLICY,
    SERGEANT,
    TEACHER,
    WORKER,
)
from tests.simulation.chance import Chance

MINUTE = 60.0
HOUR = 3600.0
WORK = 2 * HOUR
CALM = 40 * MINUTE
"""Longer than the longest wait between tries, shorter than the largest step of the clock."""

OUTAGES = (30.0, 30.0, 5 * MINUTE, 5 * MINUTE, 5 * MINUTE, 30 * MINUTE)
"""How long Slack is away; a history with a long outage costs as much as five others."""

STARTS = (
    datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    datetime(2026, 11, 27, 16, 20, tzinfo=UTC),
    datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
    datetime(2026, 11, 21, 22, 45, tzinfo=UTC),
    datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
    datetime(2026, 12, 24, 15, 30, tzinfo=UTC),
)
"""A working morning, a Friday afternoon, the hour of the digest, a Saturday night, a night with two 01:30s, Christmas Eve."""

REFERRERS = (OFFICER, OTHER_OFFICER, WORKER, TEACHER, NURSE)
PARTNERS = (CARE, HEALTH, EDUCATION)
ANSWERING = (WORKER, OTHER_WORKER, CARE_LEADER, OFFICER, OTHER_OFFICER, SERGEANT, TEACHER, NURSE)
ACTS = ("child_seen_safe", "officers_sent", "strategy_held", "suspect_arrested", *list(POLICY.acts)[-6:])
MOVED = (OFFICER, OTHER_OFFICER, SERGEANT, WORKER, OTHER_WORKER, CARE_LEADER, TEACHER, NURSE)


@dataclass(frozen=True, eq=False)
class Profile:
    """How often each fault falls: shares of calls to Slack, of looks, of commits; and how many timed events."""

    name: str
    calls: dict[str, float] = field(default_factory=dict)
    looks_fail: float = 0.0
    kill_commit: float = 0.0
    kill_call: float = 0.0
    timed_kills: int = 0
    outages: int = 0
    overlaps: int = 0
    clock_steps: int = 0
    deleted: int = 0
    dead_routes: float = 0.0
    slow: float = 0.02

    @property
    def faultless(self) -> bool:
        """Whether nothing goes wrong in it."""
        return self.name == "calm"


NETWORK = {
    "429": 0.05,
    "refused": 0.03,
    "never": 0.02,
    "error after": 0.03,
    "reply lost": 0.08,
    "late": 0.03,
    "error before": 0.03,
}
PROFILES = (
    Profile("calm"),
    Profile("network", NETWORK, looks_fail=0.15, outages=2, deleted=1, dead_routes=0.02),
    Profile("network", NETWORK, looks_fail=0.05, outages=1, overlaps=1),
    Profile("kills", kill_commit=0.006, kill_call=0.04, timed_kills=3, overlaps=1),
    Profile("kills", {"late": 0.05}, kill_commit=0.01, kill_call=0.02, timed_kills=4),
    Profile("everything", NETWORK, 0.1, 0.004, 0.02, 3, 2, 2, 0, 1, 0.01),
    Profile("everything", NETWORK, 0.1, 0.004, 0.02, 3, 2, 1, 1, 1, 0.01),
    Profile("late", {"late": 0.3, "reply lost": 0.1}, 0.02, kill_call=0.05, timed_kills=2, overlaps=1),
    Profile("blind", {**NETWORK, "reply lost": 0.2}, looks_fail=0.7, outages=1, timed_kills=1),
    Profile("clock", {"reply lost": 0.05}, clock_steps=2, timed_kills=1),
    Profile("clock", {"reply lost": 0.3, "429": 0.3}, clock_steps=3),
    Profile("slow", {"late": 0.1, "reply lost": 0.2}, 0.05, kill_call=0.1, timed_kills=1, deleted=2, slow=0.4),
)


@dataclass(frozen=True)
class Happening:
    """Something that happens at a second of the history; `what` is the name of the world's method for it."""

    at: float
    what: str
    case: int = 0
    person: PersonId = OFFICER
    code: str = ""
    length: float = 0.0
    how: str = ""
    agencies: tuple[AgencyId, ...] = ()

    def line(self) -> str:
        """The happening in words, for a history that failed."""
        told = [f"case {self.case}" if self.what in CASE_ACTS or self.what == "refer" else "", self.person, self.code]
        told += [self.how, ",".join(self.agencies), f"{self.length:.0f}s" if self.length else ""]
        return f"{self.at:8.1f}s {self.what:<12} {' '.join(part for part in told if part)}"


@dataclass(frozen=True)
class Plan:
    """A whole history before it is lived."""

    seed: int
    start_at: datetime
    profile: Profile
    happenings: tuple[Happening, ...]


CASE_ACTS = {"acknowledge": 5, "grade": 2, "answer": 3, "act": 2, "escalate": 2, "phone": 1}
_WEIGHTED = tuple(name for name, weight in CASE_ACTS.items() for _ in range(weight))


def plan_of(seed: int) -> Plan:
    """The history of a seed."""
    chance = Chance(seed)
    profile = chance.pick("profile", PROFILES)
    found: list[Happening] = []
    for case in range(chance.pick("cases", (1, 1, 2))):
        found += _case(chance, case)
    found += _faults(chance, profile)
    found += [_moved(chance, n) for n in range(chance.whole("moves", 0, 3))]
    if chance.falls("surge", 0.025):
        # So many at once that people's reminders are grouped.
        found += [replace(each, at=max(each.at, 60.0)) for case in range(2, 5) for each in _case(chance, case)]
    return Plan(seed, chance.pick("start", STARTS), profile, tuple(sorted(found, key=lambda each: each.at)))


def _case(chance: Chance, case: int) -> list[Happening]:
    concern = chance.pick("concern", tuple(POLICY.concerns))
    kind = POLICY.concern(concern)
    # The fast bands say more in an afternoon.
    grades = [grade.code for grade in kind.offered][:2]
    code = chance.pick("grade", (*grades, grades[0], ""))
    agencies = tuple(agency for agency in PARTNERS if agency == CARE or chance.falls("told", 0.3))
    at = chance.between("referred", 1, WORK / 3)
    found = [
        Happening(
            at, "refer", case, chance.pick("referrer", REFERRERS), f"{concern}/{code}", 0, _again(chance), agencies
        )
    ]
    acts = range(chance.whole("acts", 0, 8))
    return [*found, *(_act(chance, case, concern, chance.between("act at", at, WORK)) for _ in acts)]


def _again(chance: Chance) -> str:
    return chance.weighed("again", {"redelivered": 0.15, "double": 0.15, "hourly": 0.05})


def _act(chance: Chance, case: int, concern: str, at: float) -> Happening:
    what = chance.pick("what", _WEIGHTED)
    kind = POLICY.concern(concern)
    person, code, agencies = chance.pick("who", ANSWERING), "", (chance.pick("agency", PARTNERS),)
    if what == "grade":
        code = chance.pick("raised", [grade.code for grade in kind.offered])
    elif what == "answer":
        code = (
            f"{chance.pick('fact', [fact.code for fact in kind.facts])}={chance.pick('said', ('yes', 'no', 'unknown'))}"
        )
    elif what == "act":
        code = chance.pick("done", ACTS)
    elif what == "escalate":
        code = chance.pick("as of", ("", "now", "stale"))
    return Happening(at, what, case, person, code, 0, _again(chance), agencies if what == "phone" else ())


def _faults(chance: Chance, profile: Profile) -> list[Happening]:
    found = [Happening(chance.between("kill", 1, WORK), "kill") for _ in range(profile.timed_kills)]
    for _ in range(profile.outages):
        length = chance.pick("outage", OUTAGES)
        found.append(Happening(chance.between("outage at", 1, WORK), "outage", length=length))
    for _ in range(profile.overlaps):
        length = chance.between("overlap", 5, 20 * MINUTE)
        found.append(Happening(chance.between("overlap at", 1, WORK), "overlap", length=length))
    for number in range(profile.clock_steps):
        back = chance.pick("step", (2.0, 30.0, 10 * MINUTE, *(() if number else (HOUR, HOUR))))
        # What a large step holds up must still be held up when the history ends, or nobody would see it.
        soonest = WORK - 5 * MINUTE if back >= HOUR else 1.0
        at = chance.between("step at", soonest, WORK)
        found += [Happening(at - 3, "escalate"), Happening(at, "clock_back", length=back)]
    deleted = [Happening(chance.between("delete at", 1, WORK), "delete_card") for _ in range(profile.deleted)]
    return [*found, *deleted]


def _moved(chance: Chance, number: int) -> Happening:
    how = chance.pick("move", ("away", "covered", "left", "off duty"))
    person = chance.pick("moved", MOVED)
    other = chance.pick("covers", [each for each in MOVED if each != person and _same_agency(each, person)] or [person])
    return Happening(chance.between("moved at", 1, WORK), "people_move", number, person, other, 0, how)


def _same_agency(one: PersonId, other: PersonId) -> bool:
    return DIRECTORY.people[one].agency == DIRECTORY.people[other].agency
