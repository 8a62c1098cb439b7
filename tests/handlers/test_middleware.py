from dataclasses import replace

from bot.domain.errors import places
from bot.domain.ids import ChannelId, SlackUser, Workspace
from handlers.middleware import actor_of
from handlers.parsing import Identity
from tests.handlers.desks import rules

FORCE, COUNCIL = Workspace("T0FORCE001"), Workspace("T0COUNCIL1")
FRONT_DOOR = ChannelId("C0FRONTDR1")


def slack_of(person: str) -> SlackUser:
    found = next(known for known in rules().directory.people.values() if known.id == person)
    assert found.slack is not None
    return found.slack


def test_a_person_of_the_directory_is_known_by_user_and_workspace_together() -> None:
    user = slack_of("nadia-elderflower")
    actor = actor_of(Identity(user, COUNCIL, FRONT_DOOR), rules().directory, FORCE)
    assert (actor.person, actor.known, actor.agency, actor.external) == (
        "nadia-elderflower",
        True,
        "childrens-services",
        True,
    )
    other = actor_of(Identity(user, FORCE, FRONT_DOOR), rules().directory, FORCE)
    assert not other.known


def test_somebody_outside_the_directory_is_recorded_as_given() -> None:
    actor = actor_of(Identity(SlackUser("U0NOBODY"), FORCE, None), rules().directory, FORCE)
    assert (actor.person, actor.known, actor.agency, actor.external) == (
        "slack:T0FORCE001:U0NOBODY",
        False,
        None,
        False,
    )


def test_a_stranger_counts_as_of_a_channels_agency_only_from_that_agencys_own_workspace() -> None:
    council = actor_of(Identity(SlackUser("U0NOBODY"), COUNCIL, FRONT_DOOR), rules().directory, FORCE)
    police = actor_of(Identity(SlackUser("U0NOBODY"), FORCE, FRONT_DOOR), rules().directory, FORCE)
    assert council.agency == "childrens-services"
    assert police.agency is None


def test_somebody_who_has_left_is_a_stranger() -> None:
    directory = rules().directory
    person = directory.people[next(person for person in directory.people if person == "priya-fernsby")]
    left = replace(directory, people={**directory.people, person.id: replace(person, active=False)})
    assert person.slack is not None
    assert not actor_of(Identity(person.slack, FORCE, None), left, FORCE).known


def test_the_place_of_a_fault_is_files_and_lines_without_its_words() -> None:
    try:
        raise ValueError("Canary Childname")
    except ValueError as error:
        found = places(error)
    assert found[-1].startswith("test_middleware.py:")
    assert "Canary" not in str(found)
