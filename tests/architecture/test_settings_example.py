import re
from itertools import pairwise
from pathlib import Path

import pytest

from bot import settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
LINES = EXAMPLE.read_text("utf-8").splitlines()
NAMED = [line.partition("=")[0] for line in LINES if re.match(r"[A-Z_]+=", line)]


def test_example_names_exactly_the_settings_that_are_read() -> None:
    assert sorted(NAMED) == sorted(settings.NAMES)


@pytest.mark.parametrize("name", settings.NAMES)
def test_each_setting_of_the_example_is_explained_above_it(name: str) -> None:
    above = {line.partition("=")[0]: previous for previous, line in pairwise(LINES)}
    assert re.fullmatch(r"# .+\.", above[name])


def test_example_as_it_stands_is_the_default_settings() -> None:
    assert settings.load({}, dotenv=EXAMPLE) == settings.load({}, dotenv=None)
