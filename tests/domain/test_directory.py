"""Who a role means at an instant: duty, shifts, covers, leavers, and nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.concerns import Role
from bot.domain.directory import (
    Agency,
    AgencyKind,
    Cover,
    Department,
    Directory,
    Person,
    Route,
    School,
    Seats,
    Shift,
    Standing,
    Team,
)
from bot.domain.directory_rules import cover_loops, faults
from bot.domain.ids import AgencyId, ChannelId, DepartmentId, PersonId, SchoolId, SlackUser, TeamId, Workspace, stranger

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

FORCE, CARE = AgencyId("force"), AgencyId("care")
CID, DOOR, NIGHT = TeamId("cid"), TeamId("door"), TeamId("night")
OFFICER, SERGEANT, INSPECTOR, SUPER, CHIEF = map(PersonId, ("officer", "sergeant", "inspector", "super", "chief"))
WORKER, MANAGER, HEAD, DIRECTOR = map(PersonId, ("worker", "manager", "head", "director"))
GONE = PersonId("gone")


def person(name: PersonId, agency: AgencyId, **more: object) -> Person:
    space = Workspace(f"T0{agency.upper()}")
    made = Person(name, name.title(), agency, None, SlackUser(f"U0{name.upper()}"), space)
    return replace(made, **more)  # type: ignore[arg-type]  # the keywords are checked where the tests name them


def directory(*, shifts: tuple[Shift, ...] = (), covers: tuple[Cover, ...] = ()) -> Directory:
    police = Agency(FORCE, "Force", AgencyKind.POLICE, Workspace("T0FORCE"), (INSPECTOR,), (SUPER,), (CHIEF,))
    care = Agency(CARE, "Council", AgencyKind.SOCIAL_CARE, Workspace("T0CARE"), (MANAGER,), (HEAD,), (DIRECTOR,))
    department = Department(DepartmentId("crime"), FORCE, "Crime", (INSPECTOR,), (SUPER,))
    teams = (
        Team(CID, FORCE, "CID", ChannelId("C0CID"), (SERGEANT,), (OFFICER,), department.id),
        Team(DOOR, CARE, "Front door", ChannelId("C0DOOR"), (MANAGER,), (WORKER,)),
        Team(NIGHT, CARE, "Night", ChannelId("C0NIGHT"), (HEAD,), (GONE,)),
    )
    people = (
        person(OFFICER, FORCE, supervisor=SERGEANT),
        *(person(name, FORCE) for name in (SERGEANT, INSPECTOR, SUPER, CHIEF)),
        *(person(name, CARE) for name in (WORKER, MANAGER, HEAD, DIRECTOR)),
        person(GONE, CARE, active=False),
        person(PersonId("auditor"), FORCE, governance=True),
    )
    return Directory(
        agencies={FORCE: police, CARE: care},
        departments={department.id: department},
        teams={team.id: team for team in teams},
        people={one.id: one for one in people},
        routes=(Route(CARE, DOOR), Route(CARE, NIGHT, concern="missing")),
        shifts=shifts,
        covers=covers,
        control_channel=ChannelId("C0CONTROL"),
        force_channel=ChannelId("C0FORCE"),
        version="1",
    )


def seats(**more: object) -> Seats:
    made = Seats(owner=None, team=DOOR, police_team=CID, partner_team=DOOR, referrer=OFFICER)
    return replace(made, **more)  # type: ignore[arg-type]  # the keywords are checked where the tests name them


@pytest.mark.parametrize(
    ("role", "people"),
    [
        (Role.OWNER, (WORKER,)),
        (Role.OWNER_SUPERVISOR, (MANAGER,)),
        (Role.TEAM_LEADERS, (MANAGER, SERGEANT)),
        (Role.DEPARTMENT_LEAD, (INSPECTOR,)),
        (Role.PARTNER_LEAD, (MANAGER,)),
        (Role.SUPERINTENDENT, (SUPER,)),
        (Role.HEAD_OF_SERVICE, (HEAD,)),
        (Role.CHIEF_OFFICER, (CHIEF,)),
        (Role.PARTNER_EXECUTIVE, (DIRECTOR,)),
        (Role.REFERRER, (OFFICER,)),
    ],
)
def test_role_of_a_deadline_nobody_owns_yet_means_its_seats(role: Role, people: tuple[PersonId, ...]) -> None:
    assert directory().resolve(role, seats(), NOON) == people


def test_without_a_police_team_the_force_itself_answers() -> None:
    nowhere = seats(police_team=None, partner_team=None)
    assert directory().resolve(Role.DEPARTMENT_LEAD, nowhere, NOON) == (INSPECTOR,)
    assert directory().resolve(Role.SUPERINTENDENT, nowhere, NOON) == (SUPER,)
    assert directory().resolve(Role.PARTNER_LEAD, nowhere, NOON) == ()


def test_every_referrer_of_the_directory_is_told() -> None:
    joined = seats(also_referred=(WORKER, PersonId("slack:T0:U0STRANGER")))
    assert directory().resolve(Role.REFERRER, joined, NOON) == (OFFICER, WORKER)


def test_owner_is_told_alone_and_then_their_own_supervisor() -> None:
    owned = seats(owner=OFFICER, team=CID)
    assert directory().resolve(Role.OWNER, owned, NOON) == (OFFICER,)
    assert directory().resolve(Role.OWNER_SUPERVISOR, owned, NOON) == (SERGEANT,)


def test_owner_who_has_left_gives_way_to_whoever_is_on_duty() -> None:
    assert directory().resolve(Role.OWNER, seats(owner=GONE), NOON) == (WORKER,)


def test_dated_shift_replaces_standing_duty_from_its_first_instant_until_its_last() -> None:
    here = directory(shifts=(Shift(DOOR, HEAD, NOON, NOON + HOUR),))
    assert here.on_duty(DOOR, NOON - timedelta(seconds=1)) == (WORKER,)
    assert here.on_duty(DOOR, NOON) == (HEAD,)
    assert here.on_duty(DOOR, NOON + HOUR) == (WORKER,)


def test_somebody_away_is_replaced_by_their_cover_and_by_the_cover_of_the_cover() -> None:
    covers = (Cover(WORKER, HEAD, NOON, NOON + DAY), Cover(HEAD, DIRECTOR, NOON + HOUR, NOON + DAY))
    here = directory(covers=covers)
    assert here.on_duty(DOOR, NOON) == (HEAD,)
    assert here.on_duty(DOOR, NOON + HOUR) == (DIRECTOR,)
    assert here.on_duty(DOOR, NOON + DAY) == (WORKER,)


def test_absence_that_nobody_covers_leaves_nobody_so_that_the_step_falls_through() -> None:
    here = directory(covers=(Cover(WORKER, None, NOON, NOON + DAY),))
    assert here.resolve(Role.OWNER, seats(), NOON) == ()


def test_covers_of_each_other_resolve_to_nobody_instead_of_for_ever() -> None:
    here = directory(covers=(Cover(WORKER, HEAD, NOON, NOON + DAY), Cover(HEAD, WORKER, NOON, NOON + DAY)))
    assert here.on_duty(DOOR, NOON) == ()


def test_leaver_is_never_told() -> None:
    assert directory().on_duty(NIGHT, NOON) == ()


def test_one_person_in_two_seats_is_named_once() -> None:
    here = directory(covers=(Cover(SERGEANT, MANAGER, NOON, NOON + DAY),))
    assert here.resolve(Role.TEAM_LEADERS, seats(), NOON) == (MANAGER,)


def test_referrer_outside_the_directory_is_nobody_to_ping() -> None:
    outsider = stranger(Workspace("T0ELSE"), SlackUser("U0ELSE"))
    assert directory().resolve(Role.REFERRER, seats(referrer=outsider), NOON) == ()
    assert directory().name_of(outsider) == "somebody outside the directory"


def test_deadline_without_a_partner_has_no_partner_lead() -> None:
    assert directory().resolve(Role.PARTNER_LEAD, seats(partner_team=None), NOON) == ()


def test_channel_decides_the_team_before_the_route_and_the_route_of_the_concern_before_the_rest() -> None:
    here = directory()
    assert here.team_for(CARE, concern="missing", channel=ChannelId("C0DOOR")).id == DOOR
    assert here.team_for(CARE, concern="missing", channel=ChannelId("C0CID")).id == NIGHT
    assert here.team_for(CARE, concern="neglect").id == DOOR
    assert here.team_for(FORCE, concern="neglect").id == CID


@pytest.mark.parametrize(
    ("who", "standing"),
    [
        (OFFICER, Standing.MEMBER),
        (SERGEANT, Standing.SUPERVISOR),
        (INSPECTOR, Standing.LEAD),
        (SUPER, Standing.LEAD),
        (HEAD, Standing.LEAD),
        (CHIEF, Standing.CHIEF),
        (DIRECTOR, Standing.CHIEF),
        (PersonId("auditor"), Standing.GOVERNANCE),
        (PersonId("nobody"), Standing.MEMBER),
    ],
)
def test_standing_follows_the_highest_place_somebody_holds(who: PersonId, standing: Standing) -> None:
    assert directory().standing(who) is standing


def test_loop_of_covers_is_found_only_where_they_overlap_and_only_once() -> None:
    ring = (Cover(WORKER, HEAD, NOON, NOON + DAY), Cover(HEAD, WORKER, NOON + HOUR, NOON + DAY))
    assert list(cover_loops(ring)) == [(WORKER, HEAD, WORKER)]
    assert list(cover_loops((ring[0], replace(ring[1], from_at=NOON + DAY, until_at=NOON + 2 * DAY)))) == []


def test_chain_of_covers_longer_than_eight_is_a_fault() -> None:
    names = [PersonId(f"p{number}") for number in range(10)]
    covers = [Cover(one, by, NOON, NOON + DAY) for one, by in pairwise(names)]
    assert list(cover_loops(covers))
    assert not list(cover_loops(covers[:7]))


def test_faults_of_a_directory_name_the_key() -> None:
    assert [fault.key for fault in faults(directory())] == ["team.night.duty"]


def test_only_a_team_of_the_force_can_take_its_duty_from_a_user_group() -> None:
    here = directory()
    teams = {team.id: replace(team, duty_group="S0DUTY") for team in here.teams.values()}
    found = [fault.key for fault in faults(replace(here, teams=teams)) if fault.key.endswith("duty_group")]
    assert found == ["team.door.duty_group", "team.night.duty_group"]


def test_a_school_has_somebody_who_is_told_and_a_name_of_its_own() -> None:
    schools = (
        School(SchoolId("one"), "Fernhill", (WORKER,)),
        School(SchoolId("two"), "Fernhill", ()),
        School(SchoolId("three"), "Elmside", (PersonId("nobody"),)),
    )
    here = replace(directory(), schools={school.id: school for school in schools})
    found = {fault.key: fault.wrong for fault in faults(here) if fault.key.startswith("school")}
    assert found == {
        "school.two.leads": "nobody is told for this school.",
        "school.two.name": '"one" has this name too.',
        "school.three.leads": 'there is no person "nobody".',
    }


def test_what_a_leader_owes_in_person_climbs_through_the_force_itself() -> None:
    here, nobody = directory(), seats(team=None, police_team=None, partner_team=None)
    assert here.resolve(Role.OWN_LEADS, nobody, NOON) == (INSPECTOR,)
    assert here.resolve(Role.OWN_HEADS, nobody, NOON) == (SUPER,)
    assert here.resolve(Role.OWN_LEADERS, nobody, NOON) == ()
