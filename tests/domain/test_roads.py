"""By which road somebody is told, whom the second road reaches, and who is next when one is dead."""

from dataclasses import replace

import pytest

from bot.domain.directory import Directory
from bot.domain.ids import AgencyId, ChannelId, NoticeId, PersonId, TeamId
from bot.domain.notices import OPERATORS, Destination, Notice, NoticeKind, Road
from bot.domain.roads import addresses, duty_list, next_roads, reader, road_to, second_roads, tried_already
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    CHIEF,
    CONTROL,
    DIRECTORY,
    FRONT_DOOR,
    LEAVER,
    MONDAY,
    NO_SLACK,
    OTHER_WORKER,
    WORKER,
)

DESK = "front-door@social-care.example.org"
STRANGER = PersonId("nobody-here")


def with_desk(directory: Directory = DIRECTORY) -> Directory:
    team = replace(directory.teams[FRONT_DOOR], email=DESK)
    return replace(directory, teams={**directory.teams, FRONT_DOOR: team}, operators=("ops@police.example.org",))


def without_mail(directory: Directory, *people: PersonId) -> Directory:
    changed = {person: replace(directory.people[person], email="") for person in people}
    return replace(directory, people={**directory.people, **changed})


def to(destination: Destination, **payload: object) -> Notice:
    return Notice(NoticeId("n1"), "k", NoticeKind.STEP, destination, MONDAY, MONDAY, payload=payload)


def test_each_kind_of_destination_has_its_road() -> None:
    assert Destination.channel(CONTROL).kind.road is Road.SLACK
    assert Destination.person(WORKER).kind.road is Road.SLACK
    assert Destination.email(WORKER).kind.road is Road.MAIL


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Destination.person(WORKER), Destination.person(WORKER)),
        (Destination.person(NO_SLACK), Destination.email(NO_SLACK)),
        (Destination.person(STRANGER), Destination.person(STRANGER)),
        (Destination.channel(CONTROL), Destination.channel(CONTROL)),
    ],
    ids=["in Slack", "not in Slack", "a stranger", "a channel"],
)
def test_whoever_is_not_in_slack_is_told_by_e_mail_first(given: Destination, expected: Destination) -> None:
    assert road_to(DIRECTORY, given) == expected


def test_somebody_with_neither_stays_where_they_are() -> None:
    directory = without_mail(DIRECTORY, NO_SLACK)
    assert road_to(directory, Destination.person(NO_SLACK)) == Destination.person(NO_SLACK)


def test_the_addresses_of_a_mailbox_are_those_of_now() -> None:
    directory = with_desk()
    assert addresses(directory, OPERATORS) == ("ops@police.example.org",)
    assert addresses(directory, FRONT_DOOR) == (DESK,)
    assert addresses(directory, WORKER) == (DIRECTORY.people[WORKER].email,)
    assert addresses(directory, LEAVER) == ()
    assert addresses(directory, "response") == ()
    assert addresses(directory, "nowhere") == ()


def test_who_reads_a_destination_is_a_person_a_team_or_nobody_in_particular() -> None:
    directory = with_desk()
    assert reader(directory, Destination.channel(CONTROL)) == ("", None)
    assert reader(directory, Destination.person(WORKER)) == ("Nadia Elderflower", CARE)
    assert reader(directory, Destination.email(FRONT_DOOR)) == (directory.teams[FRONT_DOOR].name, CARE)
    assert reader(directory, Destination.email(OPERATORS)) == ("somebody outside the directory", None)


def test_a_teams_duty_list_is_its_mailbox_else_who_is_on_duty_else_its_leaders() -> None:
    assert duty_list(with_desk(), FRONT_DOOR, MONDAY) == (Destination.email(FRONT_DOOR),)
    on_duty = (Destination.email(WORKER), Destination.email(OTHER_WORKER))
    assert duty_list(DIRECTORY, FRONT_DOOR, MONDAY) == on_duty
    unreached = without_mail(DIRECTORY, WORKER, OTHER_WORKER)
    assert duty_list(unreached, FRONT_DOOR, MONDAY) == (Destination.email(CARE_LEADER),)
    assert duty_list(without_mail(unreached, CARE_LEADER), FRONT_DOOR, MONDAY) == ()
    assert duty_list(DIRECTORY, TeamId("nowhere"), MONDAY) == ()


def test_the_second_road_reaches_the_person_and_the_duty_mailbox() -> None:
    notice = to(Destination.person(WORKER))
    assert second_roads(notice, with_desk(), MONDAY) == (Destination.email(WORKER), Destination.email(FRONT_DOOR))
    assert second_roads(notice, DIRECTORY, MONDAY) == (Destination.email(WORKER),)


def test_whoever_has_no_address_is_stood_in_for_by_the_duty_list() -> None:
    directory = without_mail(DIRECTORY, WORKER)
    assert second_roads(to(Destination.person(WORKER)), directory, MONDAY) == (Destination.email(OTHER_WORKER),)


def test_the_second_road_of_a_channel_is_its_teams_duty_list_and_of_a_stranger_none() -> None:
    channel = to(Destination.channel(CARE_CHANNEL))
    assert second_roads(channel, with_desk(), MONDAY) == (Destination.email(FRONT_DOOR),)
    assert second_roads(to(Destination.channel(ChannelId("C0NOWHERE"))), DIRECTORY, MONDAY) == ()
    assert second_roads(to(Destination.person(STRANGER)), DIRECTORY, MONDAY) == ()
    assert second_roads(to(Destination.person(CHIEF)), DIRECTORY, MONDAY) == (Destination.email(CHIEF),)


def test_a_dead_person_is_stood_in_for_by_the_leader_and_told_at_their_own_mailbox() -> None:
    found = next_roads(to(Destination.person(WORKER)), DIRECTORY, MONDAY)
    assert found == (Destination.person(CARE_LEADER), Destination.email(WORKER))


def test_a_dead_mailbox_of_a_team_is_stood_in_for_by_its_leaders() -> None:
    assert next_roads(to(Destination.email(FRONT_DOOR)), with_desk(), MONDAY) == (Destination.person(CARE_LEADER),)


def test_a_dead_channel_is_stood_in_for_by_everybody_on_duty_and_the_leaders() -> None:
    found = next_roads(to(Destination.channel(CARE_CHANNEL)), DIRECTORY, MONDAY)
    assert found == tuple(map(Destination.person, (WORKER, OTHER_WORKER, CARE_LEADER)))


def test_where_there_is_nobody_else_the_chief_officers_are_told_and_nobody_twice() -> None:
    dead = to(Destination.person(CARE_LEADER), tried=[WORKER])
    assert tried_already(dead) == (WORKER, CARE_LEADER)
    found = next_roads(dead, DIRECTORY, MONDAY)
    assert found == (Destination.person(CHIEF), Destination.email(CARE_LEADER))
    last = to(Destination.email(CHIEF), tried=[WORKER, CARE_LEADER, CHIEF])
    assert next_roads(last, DIRECTORY, MONDAY) == ()
    assert tried_already(last)[-1] == f"email:{CHIEF}"


def test_a_stranger_without_a_team_is_stood_in_for_by_the_chief_officers() -> None:
    assert next_roads(to(Destination.person(STRANGER)), DIRECTORY, MONDAY) == (Destination.person(CHIEF),)


def test_a_person_without_a_team_likewise() -> None:
    alone = replace(DIRECTORY.people[WORKER], team=None, agency=AgencyId(CARE))
    directory = replace(DIRECTORY, people={**DIRECTORY.people, WORKER: alone})
    assert next_roads(to(Destination.person(WORKER)), directory, MONDAY)[0] == Destination.person(CHIEF)
