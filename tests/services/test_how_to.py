"""Which channels lack the pinned how-to."""

from bot.services import how_to
from tests.builders import CARE_CHANNEL, RESPONSE_CHANNEL
from tests.services.office import Office


def test_each_teams_channel_wants_its_how_to_once_and_partners_get_theirs() -> None:
    office = Office()
    wanted = {each.channel: each.partner for each in how_to.wanted(tools=office.tools)}
    assert len(wanted) == len({team.channel for team in office.rules.directory.teams.values()})
    assert (wanted[RESPONSE_CHANNEL], wanted[CARE_CHANNEL]) == (False, True)
    how_to.posted(CARE_CHANNEL, tools=office.tools)
    assert CARE_CHANNEL not in {each.channel for each in how_to.wanted(tools=office.tools)}
    assert office.audit("sent") == [f"how_to {CARE_CHANNEL}"]
