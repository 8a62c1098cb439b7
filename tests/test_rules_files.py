"""Policy and directory read again while the bot runs: both are put in force together, or neither is, and it is said why."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.events import Action
from bot.domain.ids import CaseId
from bot.domain.roster import SetAway, SetDuty
from bot.practice.sample import SAMPLE_DIRECTORY
from bot.rules_files import Reloading, live_rules
from bot.services import people
from bot.settings import load
from tests.builders import CARE, CARE_LEADER, CONTROL, FRONT_DOOR, MONDAY, NIGHT_WORKER, OTHER_WORKER, WORKER, actor
from tests.services.office import Office

COVER = """
[[cover]]
person = "owen-saltmarsh"
by = "nadia-elderflower"
from = 2026-11-23T12:00:00
until = 2026-11-23T13:00:00
"""


@dataclass
class Deployment:
    """A running office whose rules stand in two files of its own."""

    policy: Path
    directory: Path

    def __post_init__(self) -> None:
        self.policy.write_text("", encoding="utf-8")
        self.directory.write_text(SAMPLE_DIRECTORY.read_text(encoding="utf-8"), encoding="utf-8")
        self.settings = load({"VIGIL_POLICY": str(self.policy), "VIGIL_DIRECTORY": str(self.directory)}, dotenv=None)
        self.rules = live_rules(self.settings)
        self.office = Office(rules=self.rules)  # type: ignore[arg-type]  # real rules where others are put in by hand
        self.reload = Reloading(self.settings, self.rules, self.office.tools)

    def edit(self, old: str, new: str) -> None:
        text = self.directory.read_text(encoding="utf-8")
        assert old in text, old
        self.directory.write_text(text.replace(old, new), encoding="utf-8")

    def control(self) -> list[str]:
        self.office.settle()
        return self.office.lines_to(CONTROL)


@pytest.fixture
def here(tmp_path: Path) -> Deployment:
    return Deployment(tmp_path / "policy.toml", tmp_path / "directory.toml")


def refer(here: Deployment) -> CaseId:
    return here.office.refer()


def test_files_that_can_be_relied_on_are_put_in_force_and_the_control_channel_is_told(here: Deployment) -> None:
    before = here.rules.policy.version
    here.policy.write_text('name = "Another name"\n', encoding="utf-8")
    assert here.reload() == ()
    assert here.rules.policy.name == "Another name"
    (told,) = here.control()
    assert told.startswith("The rules were read again and are in force: policy ")
    assert "(new: cases opened from now on go by it, every other case goes on by its own)" in told
    directory = here.rules.base.version
    assert here.office.audit(Action.RULES_RELOADED) == [
        f"policy {before} to {here.rules.policy.version} directory {directory} to {directory}"
    ]
    assert here.office.store.state.policies[here.rules.policy.version] == here.rules.policy.text


def test_a_policy_that_cannot_be_loaded_never_replaces_the_running_one(here: Deployment) -> None:
    before = here.rules.policy, here.rules.base
    here.policy.write_text("reference_prefix = 7\n", encoding="utf-8")
    here.edit('name = "Northmere Children', 'name = "Southmere Children')
    (line,) = here.reload()
    assert str(here.policy) in line
    assert "reference_prefix" in line
    assert (here.rules.policy, here.rules.base) == before
    (told,) = here.control()
    assert told.startswith(
        "The rules were read again and are NOT in force; the running ones stay. policy.toml: reference_prefix: "
    )
    assert here.office.audit(Action.RULES_REFUSED) == ["1 faults"]


def test_a_directory_that_cannot_be_loaded_never_replaces_the_running_one(here: Deployment) -> None:
    before = here.rules.base
    here.edit('duty = ["siobhan-merrydown"]', "duty = []")
    (line,) = here.reload()
    assert "nobody is named" in line
    assert here.rules.base is before
    (told,) = here.control()
    assert "directory.toml: team." in told
    assert "Name at least one person of" in told


def test_the_channel_hears_of_five_faults_and_how_many_more_the_log_has(here: Deployment) -> None:
    here.directory.write_text(
        'control_channel = "C0VIGILADM"\nforce_channel = "C0SAFEGRD1"\n' + "[[team]]\n" * 3, encoding="utf-8"
    )
    lines = here.reload()
    assert len(lines) > 5
    (told,) = here.control()
    assert told.endswith(f"And {len(lines) - 5} more, on the log.")


def test_a_team_that_an_open_case_rests_on_cannot_be_taken_out(here: Deployment) -> None:
    refer(here)
    text = here.directory.read_text(encoding="utf-8").replace('"front-door"', '"new-door"')
    here.directory.write_text(text, encoding="utf-8")
    (line,) = here.reload()
    assert "team.front-door: the team is gone, and an open case rests on it. Put it back until they are closed" in line
    assert FRONT_DOOR in here.rules.directory.teams


def test_a_dated_change_outlives_the_reading_of_another_file(here: Deployment) -> None:
    wanted = SetDuty(FRONT_DOOR, (NIGHT_WORKER,), MONDAY, MONDAY + timedelta(hours=8))
    people.set_duty(wanted, actor(CARE_LEADER), "key", tools=here.office.tools)
    here.edit('duty = ["nadia-elderflower", "owen-saltmarsh"]', 'duty = ["owen-saltmarsh"]')
    assert here.reload() == ()
    assert here.rules.directory.on_duty(FRONT_DOOR, MONDAY) == (NIGHT_WORKER,)
    assert here.rules.directory.on_duty(FRONT_DOOR, MONDAY + timedelta(hours=30)) == (OTHER_WORKER,)


def test_administrators_hear_who_left_and_what_they_still_hold(here: Deployment) -> None:
    case_id = refer(here)
    here.office.acknowledge(case_id, WORKER)
    wanted = SetAway(OTHER_WORKER, WORKER, MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2))
    people.set_away(wanted, actor(OTHER_WORKER), "key", tools=here.office.tools)
    here.edit('id = "nadia-elderflower"\n', 'id = "nadia-elderflower"\nactive = false\n')
    assert here.reload() == ()
    told = [line for line in here.control() if "has left" in line]
    (line,) = told
    assert "still owns SG-26-00001; covers Owen Saltmarsh." in line
    assert here.office.case(case_id).party(CARE).owner == WORKER  # type: ignore[union-attr]  # it was told


def test_administrators_hear_of_a_loop_that_file_and_dated_changes_make_together(here: Deployment) -> None:
    wanted = SetAway(WORKER, OTHER_WORKER, MONDAY, MONDAY + timedelta(hours=8))
    people.set_away(wanted, actor(WORKER), "key", tools=here.office.tools)
    here.directory.write_text(here.directory.read_text(encoding="utf-8") + COVER, encoding="utf-8")
    assert here.reload() == ()
    assert any(line.startswith("The covers go round in a loop") for line in here.control())
    assert here.rules.directory.on_duty(FRONT_DOOR, MONDAY + timedelta(hours=2.5)) == ()
