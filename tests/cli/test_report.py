import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.commands import AskPartner
from bot.domain.ids import Reference
from bot.practice.sample import SAMPLE_DIRECTORY
from tests.builders import CARE, OFFICER, actor
from tests.cli.conftest import Operator
from tests.scenarios.world import MONDAY, world


@pytest.fixture
def asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    """The record of one request that nobody answered."""
    with world(tmp_path, start=MONDAY - timedelta(days=14)) as here:
        case = here.bot.desk.find(Reference(here.refer(grade="High")))
        here.bot.desk.case.ask(
            AskPartner(case.id, CARE, "held", "section_47", "A canary reason."), actor(OFFICER), "key"
        )
    return Operator(tmp_path, {"VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY)}, capsys)


def test_the_partner_table_names_agencies_and_counts_and_never_why(asked: Operator) -> None:
    month = f"{MONDAY - timedelta(days=14):%Y-%m}"
    (row,) = json.loads(asked.types("report", "partners", "--month", month, "--json").out)["items"]
    assert (row["agency"], row["asked"], row["open"], row["median"]) == (CARE, 1, 1, None)
    shown = asked.types("report", "partners", "--month", month)
    assert "Northmere Children's Social Care" in shown.out
    assert "canary" not in shown.out


def test_a_month_that_is_none_is_refused_and_an_empty_one_said(asked: Operator) -> None:
    assert asked.types("report", "partners", "--month", "November").status == 2
    assert "Nobody was asked" in asked.types("report", "partners", "--month", "2020-01").out
