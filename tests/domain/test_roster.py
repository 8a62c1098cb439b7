"""Dated changes lie over the directory file, the later one above the earlier; hours in which nobody is there are found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.directory import Cover, Directory, Shift
from bot.domain.ids import PersonId, RosterChangeId, TeamId
from bot.domain.roster import Gap, RosterChange, RosterKind, SetAway, SetDuty, gaps, merged, new_loops
from bot.domain.roster_checks import wrong_away, wrong_duty
from tests.builders import CARE_LEADER, DIRECTORY, FRONT_DOOR, NIGHT_WORKER, OTHER_WORKER, WORKER

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BARE = replace(DIRECTORY, shifts=(), covers=())
STANDING = DIRECTORY.teams[FRONT_DOOR].duty


def change(kind: RosterKind, *people: PersonId, hours: tuple[int, int] = (0, 8), **more: object) -> RosterChange:
    values: dict[str, object] = {
        "id": RosterChangeId("r1"),
        "kind": kind,
        "people": people,
        "from_at": NOON + hours[0] * HOUR,
        "until_at": NOON + hours[1] * HOUR,
        "set_by": CARE_LEADER,
        "set_at": NOON,
        "team": FRONT_DOOR if kind is RosterKind.DUTY else None,
    }
    return RosterChange(**{**values, **more})  # type: ignore[arg-type]  # a sample takes whatever the test is about


def on_duty(directory: Directory, hour: float) -> tuple[PersonId, ...]:
    return directory.on_duty(FRONT_DOOR, NOON + hour * HOUR)


def test_a_duty_change_takes_the_place_of_standing_duty_from_its_first_instant_to_before_its_last() -> None:
    found = merged(BARE, [change(RosterKind.DUTY, NIGHT_WORKER)])
    assert [on_duty(found, hour) for hour in (-0.01, 0, 7.99, 8)] == [
        STANDING,
        (NIGHT_WORKER,),
        (NIGHT_WORKER,),
        STANDING,
    ]


def test_a_duty_change_takes_the_place_of_the_files_shifts_for_its_hours_alone() -> None:
    file = replace(BARE, shifts=(Shift(FRONT_DOOR, OTHER_WORKER, NOON - 2 * HOUR, NOON + 10 * HOUR),))
    found = merged(file, [change(RosterKind.DUTY, NIGHT_WORKER, CARE_LEADER)])
    assert on_duty(found, -1) == (OTHER_WORKER,)
    assert on_duty(found, 1) == (NIGHT_WORKER, CARE_LEADER)
    assert on_duty(found, 9) == (OTHER_WORKER,)


def test_of_two_changes_of_the_same_hours_the_later_one_holds() -> None:
    found = merged(BARE, [change(RosterKind.DUTY, NIGHT_WORKER), change(RosterKind.DUTY, CARE_LEADER, hours=(2, 4))])
    assert [on_duty(found, hour) for hour in (1, 3, 5)] == [(NIGHT_WORKER,), (CARE_LEADER,), (NIGHT_WORKER,)]


def test_a_change_that_was_ended_leaves_the_file_as_it_was_from_then_on() -> None:
    found = merged(BARE, [change(RosterKind.DUTY, NIGHT_WORKER, ended_at=NOON + HOUR)])
    assert on_duty(found, 0.5) == (NIGHT_WORKER,)
    assert on_duty(found, 1) == STANDING
    assert merged(BARE, [change(RosterKind.DUTY, NIGHT_WORKER, ended_at=NOON)]) == BARE


def test_an_absence_takes_the_place_of_the_files_cover_and_gives_the_pings_to_the_new_one() -> None:
    file = replace(BARE, covers=(Cover(WORKER, OTHER_WORKER, NOON - HOUR, NOON + 10 * HOUR),))
    found = merged(file, [change(RosterKind.AWAY, WORKER, by=CARE_LEADER)])
    assert found.standing_in([WORKER], NOON) == (CARE_LEADER,)
    assert found.standing_in([WORKER], NOON + 9 * HOUR) == (OTHER_WORKER,)


def test_somebody_who_is_back_early_is_there_though_the_file_says_away() -> None:
    file = replace(BARE, covers=(Cover(WORKER, OTHER_WORKER, NOON - HOUR, NOON + 8 * HOUR),))
    found = merged(file, [change(RosterKind.BACK, WORKER)])
    assert found.standing_in([WORKER], NOON - 0.5 * HOUR) == (OTHER_WORKER,)
    assert found.standing_in([WORKER], NOON) == (WORKER,)


def test_what_names_a_team_or_a_person_that_the_file_has_no_more_is_passed_over() -> None:
    gone = PersonId("gone")
    found = merged(BARE, [change(RosterKind.DUTY, WORKER, team=TeamId("gone")), change(RosterKind.AWAY, gone)])
    assert found == BARE
    assert on_duty(merged(BARE, [change(RosterKind.DUTY, gone)]), 1) == ()


def test_two_who_cover_each_other_are_found_when_the_second_is_laid_over_the_file() -> None:
    file = replace(BARE, covers=(Cover(WORKER, OTHER_WORKER, NOON, NOON + 8 * HOUR),))
    found = merged(file, [change(RosterKind.AWAY, OTHER_WORKER, by=WORKER)])
    assert [set(chain) for chain in new_loops(file, found)] == [{WORKER, OTHER_WORKER}]
    assert found.standing_in([WORKER], NOON) == ()
    later = merged(file, [change(RosterKind.AWAY, OTHER_WORKER, by=WORKER, hours=(8, 9))])
    assert new_loops(file, later) == ()


def test_the_hours_in_which_everybody_of_a_team_is_away_are_one_gap() -> None:
    away = [change(RosterKind.AWAY, person) for person in STANDING[:-1]]
    away.append(change(RosterKind.AWAY, STANDING[-1], hours=(2, 12)))
    found = gaps(merged(BARE, away), NOON, NOON + timedelta(days=7))
    assert found == (Gap(FRONT_DOOR, NOON + 2 * HOUR, NOON + 8 * HOUR),)


def test_a_gap_that_goes_on_ends_where_the_look_ahead_ends() -> None:
    empty = replace(BARE, teams={FRONT_DOOR: replace(BARE.teams[FRONT_DOOR], duty=())})
    assert gaps(empty, NOON, NOON + 2 * HOUR) == (Gap(FRONT_DOOR, NOON, NOON + 2 * HOUR),)


def test_the_sample_directory_has_no_gap_in_the_week_of_the_demonstration() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert gaps(DIRECTORY, monday, monday + timedelta(days=14)) == ()


def test_a_change_of_a_team_or_of_somebody_unknown_says_what_to_select() -> None:
    at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    until = at + timedelta(hours=8)
    assert wrong_duty(SetDuty(TeamId("nowhere"), (WORKER,), at, until), DIRECTORY, at) == {
        "team": "Select a team of the directory"
    }
    assert wrong_duty(SetDuty(FRONT_DOOR, (), at, until), DIRECTORY, at)["people"].startswith("Select who is on duty")
    away = wrong_away(SetAway(PersonId("nobody"), None, at, until), DIRECTORY, at)
    assert away == {"person": "Select somebody of the directory who has not left"}
