"""Duty and absence set by people: who may, what is refused with which words, and what holds afterwards."""

from datetime import timedelta

import pytest

from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.ids import PersonId, TeamId
from bot.domain.roster import SetAway, SetDuty
from bot.services import people
from tests.builders import (
    CARE_LEAD,
    CARE_LEADER,
    DIRECTORY,
    FRONT_DOOR,
    GOVERNANCE,
    INSPECTOR,
    LEAVER,
    MONDAY,
    NIGHT_WORKER,
    NURSE,
    OFFICER,
    OTHER_WORKER,
    SERGEANT,
    WORKER,
    HandRules,
    actor,
    outsider,
)
from tests.services.office import Office

HOUR = timedelta(hours=1)


def set_duty(office: Office, *who: PersonId, by: PersonId = CARE_LEADER, hours: tuple[int, int] = (0, 8)) -> str:
    wanted = SetDuty(FRONT_DOOR, who, MONDAY + hours[0] * HOUR, MONDAY + hours[1] * HOUR)
    return people.set_duty(wanted, actor(by), next(office.keys), tools=office.tools).text


def set_away(
    office: Office, who: PersonId, cover: PersonId | None = None, *, by: PersonId | None = None, hours: int = 8
) -> str:
    wanted = SetAway(who, cover, office.clock.now(), office.clock.now() + hours * HOUR)
    return people.set_away(wanted, actor(by or who), next(office.keys), tools=office.tools).text


def come_back(office: Office, who: PersonId, by: PersonId | None = None) -> str:
    return people.come_back(who, actor(by or who), next(office.keys), tools=office.tools).text


def on_duty(office: Office) -> tuple[PersonId, ...]:
    return office.rules.directory.on_duty(FRONT_DOOR, office.clock.now())


def test_a_team_leader_sets_who_is_on_duty_and_it_holds_at_once() -> None:
    office = Office()
    said = set_duty(office, NIGHT_WORKER)
    assert said == "Piotr Lanternby is on duty for Front door today at 10:00am until today at 6:00pm."
    assert on_duty(office) == (NIGHT_WORKER,)
    assert office.audit(Action.DUTY_SET) == [
        "front-door piotr-lanternby from 2026-11-23T10:00:00+00:00 until 2026-11-23T18:00:00+00:00"
    ]


def test_the_same_press_twice_sets_duty_once() -> None:
    office = Office()
    wanted = SetDuty(FRONT_DOOR, (NIGHT_WORKER,), MONDAY, MONDAY + HOUR)
    first, again = (people.set_duty(wanted, actor(CARE_LEADER), "key", tools=office.tools) for _ in range(2))
    assert first == again
    assert len(office.store.state.roster) == 1


@pytest.mark.parametrize("by", [WORKER, OFFICER, SERGEANT, INSPECTOR, GOVERNANCE, NURSE])
def test_duty_is_set_by_the_teams_leaders_and_the_leads_of_its_agency_alone(by: PersonId) -> None:
    office = Office()
    with pytest.raises(Refusal, match=r"leaders of Front door|Information governance"):
        set_duty(office, NIGHT_WORKER, by=by)
    assert not office.store.state.roster
    set_duty(office, NIGHT_WORKER, by=CARE_LEAD)


def test_a_stranger_sets_nothing() -> None:
    office = Office()
    with pytest.raises(Refusal, match="Only people named in the directory"):
        people.set_away(SetAway(WORKER, None, MONDAY, MONDAY + HOUR), outsider(), "k", tools=office.tools)


@pytest.mark.parametrize(
    ("wanted", "field", "words"),
    [
        (SetDuty(FRONT_DOOR, (), MONDAY, MONDAY + HOUR), "people", "Select who is on duty for Front door"),
        (
            SetDuty(FRONT_DOOR, (OFFICER,), MONDAY, MONDAY + HOUR),
            "people",
            "Select people of Northmere Children's Social Care",
        ),
        (SetDuty(FRONT_DOOR, (LEAVER,), MONDAY, MONDAY + HOUR), "people", "who have not left"),
        (SetDuty(FRONT_DOOR, (WORKER,), MONDAY, MONDAY), "until_at", "The end must be later than the beginning"),
        (SetDuty(FRONT_DOOR, (WORKER,), MONDAY - 2 * HOUR, MONDAY), "until_at", "The end must be in the future"),
        (SetDuty(FRONT_DOOR, (WORKER,), MONDAY, MONDAY + timedelta(days=93)), "until_at", "at most 92 days"),
    ],
)
def test_what_is_wrong_with_a_duty_change_is_said_at_its_field(wanted: SetDuty, field: str, words: str) -> None:
    office = Office()
    with pytest.raises(FormRefusal) as refused:
        people.set_duty(wanted, actor(CARE_LEADER), "key", tools=office.tools)
    assert words in refused.value.fields[field]
    assert not office.store.state.roster


def test_a_team_that_is_not_there_is_refused() -> None:
    office = Office()
    wanted = SetDuty(TeamId("nowhere"), (WORKER,), MONDAY, MONDAY + HOUR)
    with pytest.raises(Refusal):
        people.set_duty(wanted, actor(CARE_LEADER), "key", tools=office.tools)


def test_a_change_that_began_in_the_past_begins_now() -> None:
    office = Office()
    set_duty(office, NIGHT_WORKER, hours=(-5, 5))
    assert [change.from_at for change in office.store.state.roster.values()] == [MONDAY]


def test_whoever_is_on_duty_hands_the_rest_of_the_shift_to_somebody_and_the_others_stay() -> None:
    office = Office()
    assert on_duty(office) == (WORKER, OTHER_WORKER)
    said = people.hand_over_duty(FRONT_DOOR, NIGHT_WORKER, actor(WORKER), "key", tools=office.tools).text
    assert said.startswith("Owen Saltmarsh and Piotr Lanternby are on duty for Front door")
    assert said.endswith("until today at 5:00pm.")
    assert on_duty(office) == (OTHER_WORKER, NIGHT_WORKER)


def test_a_shift_is_handed_on_by_nobody_who_is_neither_on_duty_nor_leads() -> None:
    office = Office()
    with pytest.raises(Refusal, match="can say who is on duty"):
        people.hand_over_duty(FRONT_DOOR, WORKER, actor(NIGHT_WORKER), "key", tools=office.tools)
    with pytest.raises(FormRefusal, match="on duty already"):
        people.hand_over_duty(FRONT_DOOR, OTHER_WORKER, actor(WORKER), "key", tools=office.tools)


def test_ending_a_change_brings_the_file_back() -> None:
    office = Office()
    before = on_duty(office)
    set_duty(office, NIGHT_WORKER)
    said = people.end_duty(FRONT_DOOR, actor(CARE_LEADER), "end", tools=office.tools).text
    assert said == "The change is ended. On duty for Front door now: Nadia Elderflower and Owen Saltmarsh."
    assert on_duty(office) == before
    with pytest.raises(Refusal, match="the directory file counts"):
        people.end_duty(FRONT_DOOR, actor(CARE_LEADER), "again", tools=office.tools)


def test_somebody_says_that_they_are_away_and_their_cover_is_told() -> None:
    office = Office()
    said = set_away(office, WORKER, OTHER_WORKER)
    assert said == "Nadia Elderflower is away today at 10:00am until today at 6:00pm. Owen Saltmarsh covers."
    assert office.rules.directory.standing_in([WORKER], MONDAY) == (OTHER_WORKER,)
    office.settle()
    (told,) = office.lines_to(OTHER_WORKER)
    assert told.startswith("You cover Nadia Elderflower from Monday 23 November 2026 at 10:00am until Monday")
    assert told.endswith("What is sent to Nadia Elderflower in that time comes to you.")


@pytest.mark.parametrize("by", [WORKER, CARE_LEADER, CARE_LEAD])
def test_an_absence_is_set_by_the_person_their_leaders_and_the_leads_of_their_agency(by: PersonId) -> None:
    office = Office()
    set_away(office, WORKER, OTHER_WORKER, by=by)
    assert office.audit(Action.AWAY_SET)


@pytest.mark.parametrize("by", [OTHER_WORKER, SERGEANT, INSPECTOR, OFFICER])
def test_nobody_else_sets_an_absence(by: PersonId) -> None:
    office = Office()
    with pytest.raises(Refusal, match="Only Nadia Elderflower, their supervisor"):
        set_away(office, WORKER, OTHER_WORKER, by=by)


@pytest.mark.parametrize(
    ("cover", "words"),
    [(WORKER, "Select somebody else to cover"), (OFFICER, "Select somebody of"), (LEAVER, "Select somebody of")],
)
def test_a_cover_that_could_not_answer_is_refused(cover: PersonId, words: str) -> None:
    office = Office()
    with pytest.raises(FormRefusal) as refused:
        set_away(office, WORKER, cover)
    assert words in refused.value.fields["by"]


def test_two_who_would_cover_each_other_are_refused_when_it_is_saved() -> None:
    office = Office()
    set_away(office, WORKER, OTHER_WORKER)
    with pytest.raises(FormRefusal) as refused:
        set_away(office, OTHER_WORKER, WORKER)
    assert refused.value.fields["by"].startswith("Nobody would be there: ")
    assert on_duty(office) == (OTHER_WORKER,)


def test_an_absence_that_leaves_a_team_with_nobody_is_taken_and_says_so() -> None:
    office = Office()
    set_away(office, WORKER)
    said = set_away(office, OTHER_WORKER, hours=3)
    assert "Nobody is on duty then: Front door, today at 10:00am until today at 1:00pm." in said
    assert on_duty(office) == ()


def test_somebody_who_comes_back_early_gets_their_own_messages_again() -> None:
    office = Office()
    set_away(office, WORKER, OTHER_WORKER)
    office.clock.move(HOUR)
    assert come_back(office, WORKER).startswith("Nadia Elderflower is back")
    assert office.rules.directory.standing_in([WORKER], office.clock.now()) == (WORKER,)
    with pytest.raises(Refusal, match="is not away"):
        come_back(office, WORKER)


def test_an_absence_of_the_directory_file_can_be_ended_early_too() -> None:
    rules = HandRules()
    office = Office(rules=rules)
    office.clock.to(MONDAY + timedelta(days=3))
    assert DIRECTORY.cover_at(OTHER_WORKER, office.clock.now())
    come_back(office, OTHER_WORKER)
    assert on_duty(office) == (WORKER, OTHER_WORKER)
    rules.directory = DIRECTORY  # the file read again
    assert on_duty(office) == (WORKER, OTHER_WORKER)


def test_an_absence_that_is_to_come_is_taken_back() -> None:
    office = Office()
    wanted = SetAway(WORKER, OTHER_WORKER, MONDAY + HOUR, MONDAY + 2 * HOUR)
    people.set_away(wanted, actor(WORKER), "key", tools=office.tools)
    assert "is taken back" in come_back(office, WORKER)
    assert office.rules.directory.cover_at(WORKER, MONDAY + 1.5 * HOUR) is None


def test_the_roster_reads_who_is_there_who_is_away_and_where_nobody_is() -> None:
    office = Office()
    set_duty(office, NIGHT_WORKER)
    set_away(office, NIGHT_WORKER, hours=2)
    found = people.roster(tools=office.tools)
    front_door = next(team for team in found.teams if team.team == FRONT_DOOR)
    assert (front_door.people, front_door.by_hand) == ((), True)
    assert [(gap.team, gap.until_at) for gap in found.gaps] == [(FRONT_DOOR, MONDAY + 2 * HOUR)]
    assert (NIGHT_WORKER, True) in [(absence.person, absence.by_hand) for absence in found.absences]
    assert (OTHER_WORKER, False) in [(absence.person, absence.by_hand) for absence in found.absences]
