"""What people do, through a process that may die of it: the same key again when they never heard an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.cases import Case
from bot.domain.commands import AnswerFact, OnCase, Referral, Send, TellByPhone
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId
from bot.domain.redaction import ACKNOWLEDGE
from bot.domain.risk import Answer
from bot.services import casework, recording, referrals
from bot.services.tools import Tools
from tests.builders import RESPONSE_CHANNEL, actor, children
from tests.simulation.plan import Happening
from tests.simulation.world import Broken, World

if TYPE_CHECKING:
    from tests.simulation.process import Process

CANARY = "zebedee-quorn"
"""A word that people type into everything that is sealed."""
REDELIVERED = (60.0, 300.0)
HOURLY = (3600.0,)


@dataclass
class People:
    """Everybody who refers, answers and presses, and what the bot told them."""

    world: World
    process: Callable[[], Process | None]
    look: Callable[[CaseId], Case | None]
    owed: Callable[[CaseId], dict[tuple[str, str], tuple[object, ...]]]
    cases: dict[int, CaseId] = field(default_factory=dict)
    _acts: int = 0

    def do(self, happening: Happening) -> None:
        """Do what the plan says, once or as impatiently as it says."""
        self._acts += 1
        key = f"act-{happening.what}-{happening.at:.3f}-{happening.person}"
        times = {"redelivered": REDELIVERED, "hourly": HOURLY, "double": (0.3,)}.get(happening.how, ())
        self._try(happening, key)
        for wait in times:
            self.world.soon(wait, lambda: self._try(happening, key))

    def _try(self, happening: Happening, key: str) -> None:
        process = self.process()
        if process is None:
            # Nobody answers: people try again until somebody does.
            self.world.soon(45.0, lambda: self._try(happening, key))
            return
        self.world.figures.acts += 1
        said = process.serve(lambda: self._act(happening, key, process.tools))
        self.world.note(f"{happening.person:<11} {happening.what} {happening.code}: {said or 'no answer'}")
        if said is None:
            self.world.soon(20.0, lambda: self._try(happening, key))

    def _act(self, happening: Happening, key: str, tools: Tools) -> str:
        try:
            if happening.what == "refer":
                return self._refer(happening, key, tools)
            case_id = self.cases.get(happening.case)
            if case_id is None:
                return "nothing to act on"
            return self._on_case(happening, case_id, key, tools)
        except Refusal as refusal:
            return f"refused: {refusal.sentence}"

    def _refer(self, happening: Happening, key: str, tools: Tools) -> str:
        concern, _, grade = happening.code.partition("/")
        typed = Referral(
            concern,
            grade or None,
            "act_now",
            children(f"44-{CANARY}"),
            f"{CANARY} was seen",
            f"1 {CANARY} Lane",
            RESPONSE_CHANNEL,
        )
        who = actor(happening.person, self.world.rules.directory)
        review = referrals.draft(typed, who, tools=tools)
        sent = referrals.refer(Send(review.draft, happening.agencies, f"left out: {CANARY}"), who, key, tools=tools)
        before = self.world.confirmed.setdefault(key, sent.case_id)
        if before != sent.case_id:
            raise Broken("one key, one case", f"{before} and then {sent.case_id} were confirmed for one submission")
        self.cases[happening.case] = sent.case_id
        return f"confirmed {sent.reference}"

    def _on_case(self, happening: Happening, case_id: CaseId, key: str, tools: Tools) -> str:
        who, on, code = actor(happening.person, self.world.rules.directory), OnCase(case_id), happening.code
        match happening.what:
            case "acknowledge":
                return self._acknowledge(on, happening, key, tools)
            case "grade":
                return casework.grade(on, code, who, key, tools=tools).text
            case "answer":
                fact, _, answer = code.partition("=")
                casework.answer_fact(AnswerFact(case_id, fact, Answer(answer)), who, key, tools=tools)
                return "answered"
            case "act":
                return recording.record_act(on, code, f"note {CANARY}", who, key, tools=tools).text
            case "escalate":
                case = self.look(case_id)
                version = case.version if case else 1
                as_of = {"now": version, "stale": max(1, version - 2)}.get(code)
                return casework.escalate(OnCase(case_id, as_of), who, key, tools=tools).text
            case _:
                told = TellByPhone(case_id, happening.agencies[0], f"{CANARY} at the desk")
                return casework.tell_by_phone(told, who, key, tools=tools).text

    def _acknowledge(self, on: OnCase, happening: Happening, key: str, tools: Tools) -> str:
        who = actor(happening.person, self.world.rules.directory)
        before = self.owed(on.case_id)
        said = casework.acknowledge(on, who, key, tools=tools).text
        after = self.owed(on.case_id)
        if who.agency and after.get((ACKNOWLEDGE, who.agency), (False,))[0]:
            raise Broken("an acknowledgement stops its own ladder", f"{who.agency}'s is open after {said!r}")
        for name, was in before.items():
            if name[0] == ACKNOWLEDGE and name[1] != who.agency and after.get(name) != was:
                raise Broken("an acknowledgement stops no other ladder", f"{name[1]}'s changed with {who.agency}'s")
        return said
