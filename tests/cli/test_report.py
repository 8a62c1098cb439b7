import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.commands import AskPartner, RecordAct
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


@pytest.fixture
def seized(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    """The record of one case of images with three devices, one of them examined."""
    with world(tmp_path, start=MONDAY - timedelta(days=14)) as here:
        concern = "Indecent images, adult suspect"
        reference = here.refer("Ola Reedham-Moss", "online-investigation", concern=concern, grade="High (KIRAT)")
        case = here.bot.desk.find(Reference(reference))
        for code, count in (("device_seized", 3), ("device_examined", 1)):
            here.bot.desk.case.record(RecordAct(case.id, code, count=count), actor(OFFICER), f"key {code}")
    return Operator(tmp_path, {"VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY)}, capsys)


def test_the_queue_of_devices_says_what_waits_in_each_band_and_since_when(seized: Operator) -> None:
    (row,) = json.loads(seized.types("report", "devices", "--json").out)["items"]
    assert {name: row[name] for name in ("band", "seized", "to_submit", "to_triage", "to_examine")} == {
        "band": "P2", "seized": 3, "to_submit": 3, "to_triage": 3, "to_examine": 2,
    }  # fmt: skip
    assert row["oldest_since"].startswith("2026-11-09")


def test_the_load_of_a_team_names_what_nobody_owns_and_a_team_that_is_none_is_refused(seized: Operator) -> None:
    rows = json.loads(seized.types("report", "load", "--json").out)["items"]
    assert sum(row["open"] for row in rows if "person" in row) == 1
    assert "for each of" in seized.types("report", "load").err
    assert "The directory has no such team." in seized.types("report", "load", "--team", "nobody").err
