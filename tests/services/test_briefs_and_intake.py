"""Live incidents taken in, and what a responder is shown of an address or a child."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.briefs import AskBrief, Brief, BriefBy
from bot.domain.cases import Child, ChildReference
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import INTAKE, PersonId
from bot.domain.notices import NoticeKind
from bot.services import briefs, intake
from tests.builders import CHIEF, MONDAY, OFFICER, OTHER_OFFICER, WORKER, actor, referral
from tests.services.office import Office

DOOR = "12 Elm Road, Northmere, NM1 1AA"
SAME_DOOR = "12 elm rd nm11aa"


def incident(number: str = "INC-1", **changed: object) -> dict[str, object]:
    row: dict[str, object] = {
        "incident": number,
        "concern": "domestic_abuse",
        "at": (MONDAY - timedelta(minutes=5)).isoformat(),
        "grade": "high",
        "address": DOOR,
        "children": [["police 44-0001"]],
        "facts": {"child_present": "yes"},
        "team": "response",
    }
    return row | changed


def asked(
    office: Office,
    value: str,
    *,
    by: BriefBy = BriefBy.ADDRESS,
    reason: str = "visit",
    who: PersonId = OFFICER,
    kind: str = "police",
) -> Brief:
    return briefs.brief(AskBrief(by, value, reason, kind), actor(who), tools=office.tools)


@pytest.fixture
def office() -> Office:
    return Office()


def test_an_incident_is_a_case_at_once_with_the_forces_number_and_its_own_first_known_instant(office: Office) -> None:
    found = intake.take_in([incident()], tools=office.tools)
    (taken,) = found.taken
    case = office.store.state.cases[next(iter(office.store.state.cases))]
    assert (taken.reference, taken.already, found.returned) == (case.reference, False, ())
    assert case.referrer == INTAKE
    assert case.first_aware_at == MONDAY - timedelta(minutes=5)
    assert [party.record_number for party in case.parties] == ["INC-1", ""]
    assert case.facts["child_present"].value == "yes"


def test_a_number_delivered_again_gives_the_same_case_and_opens_no_other(office: Office) -> None:
    first = intake.take_in([incident()], tools=office.tools).taken[0]
    again = intake.take_in([incident(grade="standard"), incident()], tools=office.tools).taken
    assert [(one.reference, one.already) for one in again] == [(first.reference, True)] * 2
    assert len(office.store.state.cases) == 1


def test_a_bad_row_comes_back_with_its_reason_and_the_others_are_taken(office: Office) -> None:
    rows: list[object] = [incident("INC-1"), incident("INC-2", concern="burglary"), incident("INC-3")]
    found = intake.take_in(rows, tools=office.tools)
    assert [one.incident for one in found.taken] == ["INC-1", "INC-3"]
    ((row, reason),) = [(one.row, one.reason) for one in found.returned]
    assert row == 2
    assert reason.startswith("concern must be one of")


def test_a_team_that_is_none_of_the_forces_is_refused(office: Office) -> None:
    for team in ("front-door", "nowhere"):
        assert "team must be" in intake.take_in([incident(team=team)], tools=office.tools).returned[0].reason


def test_whoever_is_on_duty_is_told_unasked_that_a_brief_is_there_and_how_much_it_holds(office: Office) -> None:
    office.refer(replace(referral(), address=SAME_DOOR))
    intake.take_in([incident(children=[])], tools=office.tools)
    notices = [n for n in office.store.state.notices.values() if n.kind is NoticeKind.BRIEF]
    assert {n.destination.id for n in notices} == {OFFICER, OTHER_OFFICER}
    assert {n.payload["held"] for n in notices} == {1}
    office.deliver()
    (said,) = {s.outgoing.letter.text for s in office.messenger.sent if s.outgoing.key.startswith("brief:")}  # type: ignore[union-attr]  # a line
    assert "1 more case about the same address or children" in said
    assert "Elm" not in said


def test_an_address_is_found_however_the_street_is_written_and_a_child_by_any_of_its_numbers(office: Office) -> None:
    case_id = office.refer(
        replace(
            referral(),
            address=DOOR,
            children=(Child(1, (ChildReference("police", "44-0001"), ChildReference("council", "9001"))),),
        )
    )
    for found in (
        asked(office, SAME_DOOR),
        asked(office, "44 0001", by=BriefBy.CHILD),
        asked(office, "9001", by=BriefBy.CHILD, kind="council"),
    ):
        assert [case.case_id for case in found.held] == [case_id]
        assert not found.nothing


def test_an_empty_result_never_says_that_there_is_no_concern(office: Office) -> None:
    found = asked(office, "1 Nowhere, NM9 9ZZ")
    assert found.held == ()
    assert found.nothing.startswith("Nothing is held here about this address. That is not the same as no concern")


def test_a_brief_has_the_markers_the_warnings_and_whom_to_ring(office: Office) -> None:
    intake.take_in(
        [incident(facts={"child_present": "yes", "strangulation_weapon_pregnancy": "unknown"})], tools=office.tools
    )
    (held,) = asked(office, DOOR).held
    assert any("child present" in marker and marker.endswith("Yes.") for marker in held.markers)
    assert any(marker.endswith("Not known: count it as yes.") for marker in held.markers)
    assert any("Nadia Elderflower" in line for line in asked(office, DOOR).ring)


def test_only_responders_and_dispatchers_of_the_force_may_ask(office: Office) -> None:
    for who in (WORKER, CHIEF):
        with pytest.raises(Refusal, match="Only responders and dispatchers of the force"):
            asked(office, DOOR, who=who)


@pytest.mark.parametrize(
    ("value", "by", "reason", "field"),
    [
        ("  ", BriefBy.ADDRESS, "visit", "value"),
        ("A Name", BriefBy.CHILD, "visit", "value"),
        (DOOR, BriefBy.ADDRESS, "curiosity", "reason"),
    ],
)
def test_what_is_missing_is_said_under_its_field(
    office: Office, value: str, by: BriefBy, reason: str, field: str
) -> None:
    with pytest.raises(FormRefusal) as refused:
        asked(office, value, by=by, reason=reason)
    assert field in refused.value.fields


def test_every_case_shown_is_a_view_on_its_own_record_and_the_question_is_on_the_systems(office: Office) -> None:
    office.refer(replace(referral(), address=DOOR))
    asked(office, DOOR)
    said = [(entry.action, entry.subject) for entry, _ in office.store.state.entries]
    assert ("viewed", "brief on SG-26-00001 for visit") in said
    assert ("briefed", "by address for visit: 1 held") in said
    assert not any("Elm" in subject for _, subject in said)


def test_reading_a_brief_on_the_way_there_is_the_unit_being_given_the_background_and_no_human_act(
    office: Office,
) -> None:
    intake.take_in([incident()], tools=office.tools)
    (case,) = office.store.state.cases.values()
    office.clock.move(timedelta(minutes=2))

    def pack() -> bool:
        return next(d for d in office.store.state.deadlines.values() if d.kind == "background_pack").is_open

    asked(office, DOOR, reason="visit")
    assert pack()
    briefs.brief_on(case.id, actor(OFFICER), tools=office.tools)
    assert not pack()
    assert office.store.state.cases[case.id].last_act_at == case.last_act_at
