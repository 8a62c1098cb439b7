"""Values to store, each valid as it is; a test changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.domain.authorisation import Grave
from bot.domain.calendar import Clock, Span
from bot.domain.cases import (
    Acknowledgement,
    Case,
    CaseStatus,
    Child,
    ChildReference,
    HumanAct,
    Particulars,
    Party,
    PhoneTold,
)
from bot.domain.commands import Referral
from bot.domain.deadlines import Deadline, Ending, EndingKind, Plan, PlannedStep
from bot.domain.decisions import Decision
from bot.domain.ids import AgencyId, CaseId, ChannelId, DeadlineId, DecisionId, NoticeId, PersonId, Reference, TeamId
from bot.domain.notices import Destination, Notice, NoticeKind
from bot.domain.policy import Band, Basis, Repeat, Role
from bot.domain.redaction import ACKNOWLEDGE
from bot.domain.risk import Answer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICER = PersonId("p-officer")
WORKER = PersonId("p-worker")
POLICE = Party(AgencyId("police"), TeamId("hub"), ChannelId("C1"), NOW, owes_acknowledgement=False, owner=OFFICER)
CARE = Party(AgencyId("care"), TeamId("front-door"), ChannelId("C2"), NOW)
PARTICULARS = Particulars(
    children=(
        Child(1, (ChildReference("police", "44-0001"), ChildReference("nhs", "900 000 0001"))),
        Child(2, ()),
        Child(3, (ChildReference("council", "LA 77"),)),
    ),
    narrative="canary narrative",
    address="1 Canary Street",
    left_out_reason="canary reason",
)
REFERRAL = Referral(
    concern="neglect",
    grade="high",
    asks_for="assess",
    children=PARTICULARS.children,
    narrative="canary draft",
    address="2 Canary Street",
    channel=ChannelId("C1"),
    details={"age": ("under_13",), "known": ("medication", "weather")},
    happened_at=NOW,
)


def case(number: int = 1, **changes: object) -> Case:
    values: dict[str, object] = {
        "id": CaseId(f"c{number}"),
        "reference": Reference(f"SG-26-{number:05d}"),
        "version": 1,
        "concern": "neglect",
        "grade": "high",
        "effective_grade": "high",
        "band": Band.P2,
        "floors": ("under_two", "weapon"),
        "flags": frozenset({"care", "repeat"}),
        "asks_for": "assess",
        "status": CaseStatus.OPEN,
        "opened_at": NOW,
        "first_aware_at": NOW - HOUR,
        "referrer": OFFICER,
        "referring_agency": AgencyId("police"),
        "origin_channel": ChannelId("C1"),
        "parties": (POLICE, CARE),
        "facts": {"seen_today": Answer.NO, "under_two": Answer.UNKNOWN},
        "policy_version": "v1",
        "last_act_at": NOW,
    }
    return Case(**{**values, **changes})  # type: ignore[arg-type]  # a sample takes whatever the test is about


def answered(party: Party = CARE) -> Party:
    return Party(
        party.agency,
        party.team,
        party.channel,
        party.told_at,
        owner=WORKER,
        acknowledged=Acknowledgement(WORKER, NOW + HOUR),
        phone=PhoneTold(OFFICER, NOW + HOUR / 2, NOW + 4 * HOUR),
        record_number="canary record LA 77/26",
    )


def deadline(number: int = 1, case_id: str = "c1", **changes: object) -> Deadline:
    values: dict[str, object] = {
        "id": DeadlineId(f"d{number}"),
        "case_id": CaseId(case_id),
        "kind": ACKNOWLEDGE,
        "agency": AgencyId("care"),
        "team": TeamId("front-door"),
        "owner": WORKER,
        "basis": Basis.OUR_DEFAULT,
        "source": "Our default",
        "span": Span(Clock.HUB_HOURS, timedelta(hours=4), time(12, 0)),
        "band": Band.P2,
        "trigger_at": NOW,
        "due_at": NOW + 2 * HOUR,
        "plan": Plan(
            (
                PlannedStep(0, NOW + HOUR, (Role.OWNER,), "warning"),
                PlannedStep(1, NOW + 2 * HOUR, (Role.OWNER, Role.OWNER_SUPERVISOR), "due"),
            ),
            Repeat(HOUR),
        ),
        "policy_version": "v1",
        "next_at": NOW + HOUR,
    }
    return Deadline(**{**values, **changes})  # type: ignore[arg-type]  # same


def met(deadline: Deadline, at: datetime = NOW + HOUR) -> Deadline:
    return replace(deadline, ending=Ending(EndingKind.MET, at, WORKER, "acknowledged"), next_at=None)


def notice(number: int = 1, **changes: object) -> Notice:
    values: dict[str, object] = {
        "id": NoticeId(f"n{number}"),
        "key": f"d{number}:1:p-worker",
        "kind": NoticeKind.STEP,
        "destination": Destination.person(WORKER),
        "created_at": NOW,
        "not_before": NOW,
        "case_id": CaseId("c1"),
        "band": Band.P2,
        "payload": {"deadlines": ["d1"], "step": 1, "at": "2026-03-02T09:00:00Z"},
    }
    return Notice(**{**values, **changes})  # type: ignore[arg-type]  # same


def act(minutes: int = 0, **changes: object) -> HumanAct:
    values: dict[str, object] = {
        "case_id": CaseId("c1"),
        "code": "visited",
        "by": WORKER,
        "agency": AgencyId("care"),
        "at": NOW + timedelta(minutes=minutes),
        "protective": True,
        "note": "canary note",
        "count": 3,
    }
    return HumanAct(**{**values, **changes})  # type: ignore[arg-type]  # same


def decision(number: int = 1, case_id: str = "c1", **changes: object) -> Decision:
    values: dict[str, object] = {
        "id": DecisionId(f"e{number}"),
        "case_id": CaseId(case_id),
        "act": Grave.CLOSE,
        "subject": "",
        "reason": "canary reason of some length",
        "by": OFFICER,
        "at": NOW,
    }
    return Decision(**{**values, **changes})  # type: ignore[arg-type]  # same
