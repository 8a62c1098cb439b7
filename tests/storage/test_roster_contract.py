"""One contract for the dated changes of the roster and the policies ever in force: in memory, on SQLite, on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.cases import CaseStatus
from bot.domain.ids import PersonId, Reference, RosterChangeId, TeamId
from bot.domain.roster import RosterChange, RosterKind
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import HOUR, NOW, OFFICER, PARTICULARS, WORKER

FRONT_DOOR = TeamId("front-door")


def duty(number: int = 1, **changes: object) -> RosterChange:
    values: dict[str, object] = {
        "id": RosterChangeId(f"r{number}"),
        "kind": RosterKind.DUTY,
        "people": (WORKER, OFFICER),
        "from_at": NOW,
        "until_at": NOW + 8 * HOUR,
        "set_by": OFFICER,
        "set_at": NOW,
        "team": FRONT_DOOR,
    }
    return RosterChange(**{**values, **changes})  # type: ignore[arg-type]  # a sample takes whatever the test is about


def put(store: Store, *changes: RosterChange) -> None:
    with store.write() as uow:
        for change in changes:
            uow.roster.add(change)
        uow.commit()


def test_dated_changes_come_back_as_they_were_in_the_order_of_setting(store: Store) -> None:
    away = duty(1, kind=RosterKind.AWAY, people=(WORKER,), by=OFFICER, team=None)
    put(store, duty(2), away)
    with store.read() as uow:
        assert list(uow.roster.listed()) == [duty(2), away]


def test_a_change_that_was_ended_holds_no_longer_than_until_then(store: Store) -> None:
    put(store, duty(1), duty(2))
    with store.write() as uow:
        uow.roster.end(RosterChangeId("r1"), NOW + HOUR)
        uow.commit()
    with store.read() as uow:
        assert list(uow.roster.listed()) == [replace(duty(1), ended_at=NOW + HOUR), duty(2)]
        assert [change.id for change in uow.roster.listed(since=NOW + HOUR)] == ["r2"]
        assert list(uow.roster.listed(since=NOW + 8 * HOUR)) == []


def test_who_was_seen_on_duty_is_kept_a_team(store: Store) -> None:
    with store.write() as uow:
        uow.roster.see(FRONT_DOOR, [WORKER])
        uow.roster.see(TeamId("hub"), [])
        uow.roster.see(FRONT_DOOR, [OFFICER, WORKER])
        uow.commit()
    with store.read() as uow:
        assert dict(uow.roster.seen()) == {FRONT_DOOR: (OFFICER, WORKER), TeamId("hub"): ()}


def test_a_policy_is_kept_once_a_version_whole(store: Store) -> None:
    with store.write() as uow:
        assert uow.rulebook.keep("v1", '{"name": "Ærlig"}', NOW)
        assert not uow.rulebook.keep("v1", "something else", NOW + HOUR)
        uow.commit()
    with store.read() as uow:
        assert uow.rulebook.text("v1") == '{"name": "Ærlig"}'
        assert uow.rulebook.text("v2") is None


def test_only_open_cases_rest_on_their_teams_and_owners(store: Store) -> None:
    with store.write() as uow:
        uow.cases.add(samples.case(1), PARTICULARS)
        uow.cases.add(samples.case(2, opened_at=NOW - HOUR), PARTICULARS)
        uow.cases.add(samples.case(3, status=CaseStatus.CLOSED, closed_at=NOW), PARTICULARS)
        uow.commit()
    with store.read() as uow:
        assert dict(uow.rulebook.teams_in_use()) == {TeamId("hub"): 2, FRONT_DOOR: 2}
        assert list(uow.rulebook.owned_by(OFFICER)) == [Reference("SG-26-00002"), Reference("SG-26-00001")]
        assert list(uow.rulebook.owned_by(PersonId("nobody"))) == []
