"""A Desk that remembers what it was asked and answers as it is told, and cases to draw."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.domain.answers import AgencyChoice, CaseDetail, Question, Referred, Review, Said
from bot.domain.cases import Child, ChildReference, HumanAct, Particulars
from bot.domain.commands import Actor
from bot.domain.ids import AgencyId, CaseId, DraftId, PersonId, Reference, TeamId
from bot.domain.letters import DigestLetter, LateItem, StepLetter
from bot.domain.offers import Choice, Group
from bot.domain.overview import AgencyOwes, CaseChoice, CaseRow, ForceNow, OverviewPage, OwnCases, TeamOwes
from bot.domain.policy import Band
from bot.domain.redaction import AgencyLine, NextStep, OwedLine, ShareableCase, Tag
from bot.domain.risk import Answer
from bot.domain.roster import Absence, Gap, RosterRead, TeamDuty
from bot.services.case_desk import CaseDesk
from bot.services.desk import Desk
from bot.services.leaders_desk import LeadersDesk
from tests.builders import HandRules

NOW = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
DUE = NOW + timedelta(minutes=20)
CASE_ID = CaseId("c" * 32)


@cache
def rules() -> HandRules:
    return HandRules()


@dataclass(frozen=True, slots=True)
class StillClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def a_case() -> ShareableCase:
    return ShareableCase(
        id=CASE_ID,
        reference=Reference("SG-26-00042"),
        version=3,
        concern="Domestic abuse with children",
        grade="High",
        graded=True,
        band=Band.P1,
        tag=Tag.WAITING,
        asks_for="Assess the risk",
        floors=(),
        opened_at=NOW - timedelta(minutes=40),
        first_aware_at=NOW - timedelta(hours=2),
        children=2,
        agencies=(
            AgencyLine(AgencyId("police"), "Northmere Police", Tag.ACKNOWLEDGED, None, "Priya Fernsby", NOW, "44-0001"),
            AgencyLine(AgencyId("childrens-services"), "Northmere Children's Social Care", Tag.WAITING, DUE),
        ),
        owed=(
            OwedLine(
                "first_action",
                "First protective action",
                "Northmere Police",
                DUE,
                "force default",
                met=False,
                late=False,
            ),
        ),
        owners=("Priya Fernsby",),
        next_step=NextStep(DUE, "supervisor", ("Harriet Willowmarsh", "Orla Pebblebrook")),
        grades=(Choice("high", "High"), Choice("medium", "Medium")),
        incomplete=False,
        act_groups=(
            Group("Still owed, the soonest first", (Choice("visit", "Child seen at home"),)),
            Group("Attempts", (Choice("call", "Voicemail left"),)),
        ),
        proposals=(Group("Close", (Choice("propose:close", "Close…"),)),),
    )


def longest_case(words: Callable[[int], str]) -> ShareableCase:
    """A case in which everything is as long and as much as it can be; `words` makes a text of a length."""
    agency = AgencyLine(AgencyId("a" * 60), words(200), Tag.TOLD_BY_PHONE, DUE, words(200), NOW, words(200))
    owed = OwedLine("strategy", words(200), words(200), DUE, words(60), met=False, late=True)
    return replace(
        a_case(),
        concern=words(300),
        grade=words(300),
        asks_for=words(300),
        agencies=(agency,) * 30,
        owed=(owed,) * 100,
        floors=(words(600),) * 30,
        owners=(words(200),) * 20,
        next_step=NextStep(DUE, words(200), (words(200),) * 30),
        grades=(Choice(words(120), words(200)),) * 120,
        act_groups=(Group(words(200), (Choice(words(120), words(200)),) * 40),) * 4,
        proposals=(Group(words(200), (Choice(words(200), words(200)),) * 40),) * 4,
    )


def a_reminder() -> StepLetter:
    item = LateItem(
        "Acknowledgement",
        "Northmere Children's Social Care",
        NOW - timedelta(minutes=20),
        late=True,
        step_name="supervisor",
        missed=("due",),
    )
    return StepLetter(
        case=replace(a_case(), tag=Tag.OVERDUE),
        items=(item,),
        to="Harriet Willowmarsh",
        roles=("supervisor", "team leader"),
        told=(),
        may_acknowledge=True,
        still_owed=True,
    )


def a_review() -> Review:
    social = AgencyId("childrens-services")
    return Review(
        draft=DraftId("d" * 32),
        concern="Neglect",
        grade="High",
        agencies=(
            AgencyChoice(
                social,
                "Northmere Children's Social Care",
                ticked=True,
                acknowledge_by=DUE,
                on_duty=("Nadia Elderflower",),
                needs_reason=True,
            ),
            AgencyChoice(AgencyId("health"), "Northmere Health", ticked=False, acknowledge_by=DUE, on_duty=()),
        ),
        always_told=(
            AgencyChoice(
                AgencyId("police"), "Northmere Police", ticked=True, acknowledge_by=DUE, on_duty=("Priya Fernsby",)
            ),
        ),
        first_action_by=DUE,
        now=NOW,
    )


def a_confirmation() -> Referred:
    return Referred(
        case_id=CASE_ID,
        reference=Reference("SG-26-00042"),
        told=(("Northmere Police", DUE), ("Northmere Children's Social Care", DUE)),
        first_action_by=DUE,
        phone="999 in an emergency, 101 for the police",
        questions=questions(),
        grade="High",
    )


def questions(answer: Answer | None = None) -> tuple[Question, ...]:
    return (
        Question("strangulation", "Was anybody strangled?", answer),
        Question("present", "Were children present?", None),
    )


def a_detail() -> CaseDetail:
    children = (Child(1, (ChildReference("police", "44-0001"), ChildReference("nhs", "999 000 0001"))),)
    return CaseDetail(
        case=a_case(),
        particulars=Particulars(children, "Synthetic words of what happened.", "Synthetic place"),
        acts=(
            HumanAct(
                CASE_ID, "visit", PersonId("priya-fernsby"), AgencyId("police"), NOW, protective=True, note="Seen"
            ),
        ),
        questions=questions(),
        agencies_to_phone=((AgencyId("childrens-services"), "Northmere Children's Social Care"),),
        staff={"priya-fernsby": "Priya Fernsby"},
    )


def a_row(number: int = 42, *, late: bool = False) -> CaseRow:
    due_at = NOW - timedelta(minutes=30) if late else DUE
    case_id, reference = CaseId(f"{number:032x}"), Reference(f"SG-26-{number:05d}")
    return CaseRow(case_id, reference, 3, "High", "Acknowledgement", due_at, late)


def a_choice(number: int = 42, *, is_open: bool = True) -> CaseChoice:
    return CaseChoice(
        CaseId(f"{number:032x}"), Reference(f"SG-26-{number:05d}"), 3, "High", NOW - timedelta(days=1), is_open
    )


def an_overview() -> OverviewPage:
    return OverviewPage(
        now=NOW,
        known=True,
        late=(a_row(41, late=True),),
        waiting=(a_row(42),),
        team=TeamOwes(("Front door",), 12, 3, (a_row(43),)),
        drafts=((DraftId("d" * 32), NOW - timedelta(hours=2)),),
    )


def a_roster() -> RosterRead:
    priya, dafydd = PersonId("priya-fernsby"), PersonId("dafydd-larkmoor")
    return RosterRead(
        now=NOW,
        teams=(
            TeamDuty(TeamId("response"), "Response, north and south", (priya, dafydd), by_hand=True),
            TeamDuty(TeamId("front-door"), "Front door", (PersonId("nadia-elderflower"),), by_hand=False),
        ),
        absences=(Absence(priya, dafydd, NOW, NOW + timedelta(days=1), by_hand=True),),
        gaps=(Gap(TeamId("response"), NOW + timedelta(days=2), NOW + timedelta(days=3)),),
    )


def a_force() -> ForceNow:
    return ForceNow(
        open_cases=15,
        by_band=(("p1", 1), ("p2", 2), ("p3", 12), ("p4", 0)),
        unowned=1,
        agencies=(AgencyOwes("Northmere Children's Social Care", 14, 3), AgencyOwes("Northmere Police", 15, 0)),
        oldest_silent=Reference("SG-26-00007"),
        oldest_silent_since=NOW - timedelta(days=3),
    )


def _answers() -> dict[str, Any]:
    return {
        "draft": a_review(),
        "refer": a_confirmation(),
        "typed": "44-0001\nSynthetic words of what happened.",
        "acknowledge": Said("You acknowledged SG-26-00042."),
        "grade": Said("Graded."),
        "escalate": Said("Escalated."),
        "record_act": Said("Recorded."),
        "answer_fact": questions(Answer.YES),
        "tell_by_phone": Said("Recorded: told by phone."),
        "open_case": a_detail(),
        "open_card": a_case(),
        "refused": None,
        "drafts": [],
        "discard_draft": Said("The draft is gone."),
        "overview": an_overview(),
        "roster": a_roster(),
        "how_tos_wanted": [],
        "how_to_posted": None,
        "concern_cards_wanted": [],
        "concern_card_posted": None,
        "raise_concern": Said("SG-26-00042 has been sent."),
        "set_duty": Said("Duty is set."),
        "hand_over_duty": Said("Handed over."),
        "end_duty": Said("Ended."),
        "set_away": Said("Saved."),
        "come_back": Said("Back."),
        "own_cases": OwnCases((a_choice(),), (a_choice(43),)),
        "search_cases": [a_choice(44, is_open=False)],
        "own_case": CASE_ID,
        "week_so_far": DigestLetter("Week so far: Front door", NOW, NOW, "Nothing is late.", (("Open now", "3"),)),
    }


@dataclass(slots=True)
class Front:
    """The desk's front: `asked` holds every call by name with its arguments; an exception as an answer is raised."""

    asked: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=_answers)

    def begin_anew(self) -> None:
        self.asked.clear()
        self.answers = _answers()

    def desk(self, **instead: Callable[..., Any]) -> Desk:
        names = list(Desk.__dataclass_fields__)
        case = CaseDesk(**{name: self._call(name) for name in CaseDesk.__dataclass_fields__})
        leaders = LeadersDesk(**{name: self._call(name) for name in LeadersDesk.__dataclass_fields__})
        calls = {name: self._call(name) for name in names if name not in {"rules", "case", "leaders"}}
        return Desk(**{**calls, **instead}, rules=rules(), case=case, leaders=leaders)

    def _call(self, name: str) -> Callable[..., Any]:
        def call(*arguments: object) -> object:
            self.asked.append((name, arguments))
            answer = self.answers.get(name)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def of(self, name: str) -> list[tuple[Any, ...]]:
        return [arguments for called, arguments in self.asked if called == name]

    def actor(self, name: str) -> Actor:
        """Who made the last call of that name."""
        return next(argument for argument in self.of(name)[-1] if isinstance(argument, Actor))
