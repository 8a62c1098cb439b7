"""One world per scenario; the empty database is migrated once and copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import open_database
from storage.schema import migrate
from tests.scenarios.world import World, strict
from tests.scenarios.world import world as open_world


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture
def world(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    """The bot in a practice workspace on a Monday at 10:00; nothing may have gone wrong between the two at the end."""
    with open_world(tmp_path, template=empty_database) as here:
        yield here
        assert here.errors() == []


@pytest.fixture
def w(tmp_path: Path, empty_database: Path) -> Iterator[World]:
    """The same, accounted for to the last message: README.md here says how a scenario is written."""
    with strict(tmp_path, template=empty_database) as here:
        yield here
