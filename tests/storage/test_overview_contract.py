"""Short lists and counts over many cases, the same from every store."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.cases import CaseStatus
from bot.domain.deadlines import Plan
from bot.domain.ids import AgencyId, CaseId, Reference, TeamId
from bot.domain.policy import Band, Repeat
from bot.ports import Store
from bot.repositories import ForcePicture, Owing, Tally
from tests.storage import samples
from tests.storage.samples import CARE, HOUR, NOW, OFFICER, PARTICULARS, POLICE, WORKER, act, answered, deadline, met

CARE_ID, POLICE_ID, HEALTH_ID = AgencyId("care"), AgencyId("police"), AgencyId("health")
FRONT_DOOR, HUB = TeamId("front-door"), TeamId("hub")
NOBODY = replace(POLICE, owner=None)


def fill(store: Store) -> None:
    """Case 1 taken on by both agencies, 2 by the police alone, 3 by nobody, 4 closed, 5 the police's own affair."""
    shown = deadline(9, "c1", kind="background", plan=Plan((), Repeat(HOUR)), next_at=None)
    police = {"agency": POLICE_ID, "team": HUB}
    with store.write() as uow:
        uow.cases.add(samples.case(1, parties=(POLICE, answered()), last_act_at=NOW + HOUR), PARTICULARS)
        uow.cases.add(samples.case(2, parties=(POLICE, CARE), opened_at=NOW - HOUR, band=Band.P1), PARTICULARS)
        uow.cases.add(samples.case(3, parties=(NOBODY, CARE), last_act_at=NOW - HOUR, referrer=WORKER), PARTICULARS)
        uow.cases.add(samples.case(4, status=CaseStatus.CLOSED, last_act_at=NOW - 9 * HOUR), PARTICULARS)
        uow.cases.add(samples.case(5, parties=(NOBODY,), referrer=WORKER, referring_agency=HEALTH_ID), PARTICULARS)
        uow.deadlines.add(
            [
                met(deadline(1, "c1")),
                deadline(2, "c1", kind="first_action", due_at=NOW + 5 * HOUR),
                deadline(3, "c1", kind="first_action", due_at=NOW + HOUR, **police),
                deadline(4, "c2", due_at=NOW + 3 * HOUR),
                deadline(5, "c2", kind="stall", due_at=NOW + 4 * HOUR),
                deadline(6, "c2", kind="first_action", due_at=NOW + 2 * HOUR, **police),
                deadline(7, "c3", due_at=NOW + 2 * HOUR),
                deadline(8, "c3", due_at=NOW + HOUR / 2, **police),
                shown,
            ]
        )
        uow.commit()


def test_what_waits_for_a_person_is_owed_on_the_parts_that_they_have_soonest_first(store: Store) -> None:
    fill(store)
    with store.read() as uow:
        assert uow.overview.owned(OFFICER, limit=9) == [
            Owing(CaseId("c1"), "first_action", NOW + HOUR),
            Owing(CaseId("c2"), "first_action", NOW + 2 * HOUR),
        ]
        assert uow.overview.owned(WORKER, limit=9) == [Owing(CaseId("c1"), "first_action", NOW + 5 * HOUR)]
        assert uow.overview.owned(OFFICER, limit=1) == [Owing(CaseId("c1"), "first_action", NOW + HOUR)]


def test_what_nobody_of_the_agency_has_waits_for_whoever_is_on_duty(store: Store) -> None:
    fill(store)
    with store.read() as uow:
        assert uow.overview.unowned(CARE_ID, [FRONT_DOOR], limit=9) == [
            Owing(CaseId("c3"), "acknowledgement", NOW + 2 * HOUR),
            Owing(CaseId("c2"), "acknowledgement", NOW + 3 * HOUR),
            Owing(CaseId("c2"), "stall", NOW + 4 * HOUR),
        ]
        assert uow.overview.unowned(CARE_ID, [], limit=9) == []
        assert uow.overview.unowned(POLICE_ID, [FRONT_DOOR], limit=9) == []


def test_a_team_owes_what_its_people_have_and_what_nobody_has_and_is_counted_by_case(store: Store) -> None:
    fill(store)
    with store.read() as uow:
        owed = uow.overview.owed(CARE_ID, [FRONT_DOOR, HUB], limit=9)
        assert [(each.case_id, each.kind) for each in owed] == [
            ("c3", "acknowledgement"),
            ("c2", "acknowledgement"),
            ("c2", "stall"),
            ("c1", "first_action"),
        ]
        assert uow.overview.tally(CARE_ID, [FRONT_DOOR], now=NOW + 2 * HOUR) == Tally(3, 1)
        assert uow.overview.tally(CARE_ID, [], now=NOW) == Tally(0, 0)
        assert uow.overview.tally(POLICE_ID, [HUB], now=NOW + HOUR) == Tally(4, 2)


def test_the_forces_picture_counts_open_cases_and_each_agency(store: Store) -> None:
    fill(store)
    with store.read() as uow:
        assert uow.overview.force(now=NOW + HOUR) == ForcePicture(
            by_band={Band.P1: 1, Band.P2: 3},
            by_agency={CARE_ID: Tally(3, 0), POLICE_ID: Tally(4, 2)},
            unowned=2,
            oldest_silent=Reference("SG-26-00003"),
            oldest_silent_since=NOW - HOUR,
        )


def test_an_empty_force_has_an_empty_picture(store: Store) -> None:
    with store.read() as uow:
        assert uow.overview.force(now=NOW) == ForcePicture({}, {}, 0, None, None)


def test_a_persons_last_cases_are_those_referred_taken_on_or_acted_on_newest_first(store: Store) -> None:
    fill(store)
    with store.write() as uow:
        uow.cases.record(act(600, case_id=CaseId("c2")))
        uow.cases.record(act(1, case_id=CaseId("c2")))
        uow.commit()
    with store.read() as uow:
        assert uow.overview.touched_by(WORKER, limit=9) == ["c2", "c1", "c3", "c5"]
        assert uow.overview.touched_by(WORKER, limit=2) == ["c2", "c1"]


def test_a_persons_open_cases_are_those_they_referred_or_have(store: Store) -> None:
    fill(store)
    with store.read() as uow:
        assert uow.overview.held_by(OFFICER, limit=9) == ["c2", "c1"]
        assert uow.overview.held_by(WORKER, limit=9) == ["c1", "c3", "c5"]


def test_cases_are_found_by_reference_only_where_the_agency_takes_part(store: Store) -> None:
    fill(store)
    two, five = Reference("SG-26-00002"), Reference("SG-26-00005")
    with store.read() as uow:
        find = uow.overview.referenced
        assert find(CARE_ID, exactly=[two, five], limit=9) == ["c2"]
        assert find(HEALTH_ID, exactly=[two, five], limit=9) == ["c5"]
        assert find(CARE_ID, beginning="SG-26-0000", limit=2) == ["c4", "c3"]
        assert find(CARE_ID, beginning="SG-27", limit=9) == []
        assert find(CARE_ID, limit=9) == []


def test_an_agency_finds_cases_by_its_own_record_number_and_by_no_others(store: Store) -> None:
    fill(store)
    with store.write() as uow:
        case = uow.cases.get(CaseId("c3"))
        uow.cases.save(case.with_party(replace(CARE, record_number="LA 9001")))
        uow.commit()
    with store.read() as uow:
        assert uow.overview.recorded_as(CARE_ID, "la-9001") == ["c3"]
        assert uow.overview.recorded_as(CARE_ID, "canary record LA 77/26") == ["c1"]
        assert uow.overview.recorded_as(POLICE_ID, "LA 9001") == []
        assert uow.overview.recorded_as(CARE_ID, "LA 900") == []


def test_several_cases_come_in_the_order_asked_for_and_none_that_is_not_there(store: Store) -> None:
    fill(store)
    wanted = [CaseId("c3"), CaseId("nowhere"), CaseId("c1")]
    with store.read() as uow:
        assert [case.id for case in uow.overview.cases(wanted)] == ["c3", "c1"]
