"""One world per scenario; the empty database is migrated once and copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.directory_file import load_directory
from bot.policy_file import load_policy
from bot.practice.sample import SAMPLE_DIRECTORY
from handlers.views.concern_card import concern_card, fingerprint
from storage.database import open_database
from storage.schema import migrate
from storage.tables import MARKS
from tests.scenarios.accounts import listening
from tests.scenarios.world import MONDAY, QUIET, World, strict
from tests.scenarios.world import world as open_world


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row but this: every channel has its how-to and its concern card up already."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    directory = load_directory(SAMPLE_DIRECTORY)
    channels = {team.channel for team in directory.teams.values()}
    card = fingerprint(concern_card(load_policy(QUIET), directory))
    with database.writing() as connection:
        for name, n in (("how_to", 0), ("concern_card", card)):
            up = [{"name": f"{name}:{channel}", "at": MONDAY, "n": n} for channel in channels]
            connection.execute(insert(MARKS), up)
    database.close()
    return path


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    """The bot in a practice workspace on a Monday at 10:00, accounted for as to what goes wrong, not to what is said."""
    with listening() as heard:
        with open_world(tmp_path, template=empty_database) as here:
            here.accounts.heard = heard
            yield here
            here.tolerate("tick_rearmed")  # a machine that stood still for six seconds is no fault of the story
            here.accounts.check_errors()
        here.accounts.check_log()


@pytest.fixture
def w(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    """The same, accounted for to the last message: README.md here says how a scenario is written."""
    with strict(tmp_path, template=empty_database) as here:
        yield here
