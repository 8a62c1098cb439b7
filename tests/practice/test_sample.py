"""The sample directory as a practice workspace."""

import re

from bot.directory_file import read_directory
from bot.practice.sample import SAMPLE_DIRECTORY, sample_cast


def test_every_active_person_with_a_slack_identity_has_one_seat() -> None:
    cast = sample_cast()
    people = read_directory(SAMPLE_DIRECTORY).directory.people.values()
    seated = {(seat.workspace, seat.id) for seat in cast.seats}
    assert seated == {(person.workspace, person.slack) for person in people if person.active and person.slack}
    assert len(cast.seats) == len(seated)
    assert all(seat.role and seat.team for seat in cast.seats)


def test_partners_sit_in_their_own_organisations_and_one_of_them_is_a_guest() -> None:
    cast = sample_cast()
    outside = {seat.workspace for seat in cast.seats if cast.is_external(seat)}
    assert outside == {organisation.id for organisation in cast.organisations} - {cast.home}
    assert [seat.name for seat in cast.seats if seat.is_guest] == ["Cosmo Weatherstaff"]


def test_channel_holds_its_team_and_is_shared_with_every_organisation_that_sits_in_it() -> None:
    cast = sample_cast()
    home_of = {seat.id: seat.workspace for seat in cast.seats}
    for channel in cast.channels:
        assert channel.bot_is_member
        assert {home_of[member] for member in channel.members} <= {cast.home, *channel.shared_with}
    door = next(channel for channel in cast.channels if channel.name == "front-door")
    seats = {seat.name for seat in cast.seats if seat.id in door.members}
    assert {"Nadia Elderflower", "Harriet Willowmarsh", "Rowena Ashgrove"} <= seats


def test_channel_names_say_nothing_about_a_child() -> None:
    assert all(re.fullmatch(r"[a-z-]+", channel.name) for channel in sample_cast().channels)
