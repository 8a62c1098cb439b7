"""What Slack says of people and channels when nobody is messaged, against the practice workspace."""

import pytest

from bot.domain.ids import ChannelId, PersonId, SlackUser
from bot.domain.notices import SendFailed
from handlers.messenger import web_client
from handlers.prober import SlackProber
from tests.builders import CARE_CHANNEL, CONTROL, DIRECTORY, WORKER
from tests.handlers.conftest import Office

WORKER_IN_SLACK = DIRECTORY.people[WORKER]


@pytest.fixture
def prober(office: Office) -> SlackProber:
    return SlackProber(web_client(office.environment["SLACK_BOT_TOKEN"], office.environment["SLACK_API_URL"]))


def test_everybody_and_every_channel_of_the_sample_can_be_reached_and_nobody_was_messaged(
    office: Office, prober: SlackProber
) -> None:
    people = [person for person in DIRECTORY.people.values() if person.slack and person.active]
    assert {prober.person(person) for person in people} == {""}
    assert {prober.channel(team.channel) for team in DIRECTORY.teams.values()} == {""}
    assert not office.driver.messages(f"@{WORKER_IN_SLACK.name}")


def test_a_deactivated_account_and_one_that_never_was_are_told_apart(office: Office, prober: SlackProber) -> None:
    office.driver.post("membership", seat=WORKER_IN_SLACK.name, deactivated=True)
    assert prober.person(WORKER_IN_SLACK) == "deactivated"
    nobody = type(WORKER_IN_SLACK)(
        PersonId("x"), "X", WORKER_IN_SLACK.agency, None, SlackUser("U0NOBODY"), WORKER_IN_SLACK.workspace
    )
    assert prober.person(nobody) == "user_not_found"


def test_an_archived_channel_one_without_the_bot_and_one_that_never_was_are_told_apart(
    office: Office, prober: SlackProber
) -> None:
    office.driver.post("membership", channel="vigil-administration", archived=True)
    office.driver.post("membership", channel="front-door", seat="bot", **{"in": False})
    assert prober.channel(CONTROL) == "is_archived"
    assert prober.channel(CARE_CHANNEL) in {"not_in_channel", "channel_not_found"}
    assert prober.channel(ChannelId("C0NOWHERE1")) == "channel_not_found"


def test_a_user_group_names_its_members_and_one_that_is_gone_is_a_failure(office: Office, prober: SlackProber) -> None:
    office.driver.post("group", group="S0DUTY", members=[WORKER_IN_SLACK.slack])
    assert prober.group("S0DUTY") == [WORKER_IN_SLACK.slack]
    office.driver.post("group", group="S0DUTY", members=None)
    with pytest.raises(SendFailed, match="no_such_subteam"):
        prober.group("S0DUTY")


def test_slack_that_will_not_say_now_says_nothing_of_the_place(office: Office, prober: SlackProber) -> None:
    office.driver.post("fault", kind="429", method="users.info")
    with pytest.raises(SendFailed, match="ratelimited"):
        prober.person(WORKER_IN_SLACK)
