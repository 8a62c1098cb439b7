"""docs/policy.md explains every key that the loader knows, and no other."""

import re
from pathlib import Path

import pytest

from bot.domain.concerns import ActInput, ActKind, Basis, Count, Role
from bot.domain.gates import State, Transition
from bot.domain.policy import EVENTS, Owed
from bot.policy_file import PolicyProblems, load_policy

DOCUMENT = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")

STEP = '{ number = 1, name = "due", to = ["owner"], zzz = 1 }'
TABLES = {
    "Top level": "zzz = 1",
    "A limit": '[milestones.stall]\ndue.P1 = { clock = "hub_hours", amount = "1h", zzz = 1 }',
    "`[calendar]`": "[calendar]\nzzz = 1",
    "`[calendar.school_closures.<council>]`": "[calendar.school_closures.x]\nzzz = 1",
    "`[phones]`": "[phones]\nzzz = 1",
    "`[notices]`": "[notices]\nzzz = 1",
    "`[notices.second_road]`": "[notices.second_road]\nzzz = 1",
    "`[reasons]`": "[reasons]\nzzz = 1",
    "`[leadership]`": "[leadership]\nzzz = 1",
    "`[ladders.<band>]`": "[ladders.P1]\nzzz = 1",
    "A step of a ladder": f"[ladders.P1]\nsteps = [{STEP}]",
    "`[snoozes.<code>]`": "[snoozes.visit]\nzzz = 1",
    "`[[stages.<name>]]`": 'stages.disagreement = [{ who = "x", to = ["owner"], within = "1h", urgent = "1h", zzz = 1 }]',
    "`[facts.<code>]`": "[facts.under_13]\nzzz = 1",
    "`[concerns.<code>]`": "[concerns.cse]\nzzz = 1",
    "`[concerns.<code>.grades.<grade>]`": "[concerns.cse.grades.emerging]\nzzz = 1",
    "`[details.<code>]`": "[details.age]\nzzz = 1",
    "`[details.<code>.choices.<code>]`": "[details.age.choices.adult]\nzzz = 1",
    "`[flags.<code>]`": "[flags.police_protection]\nzzz = 1",
    "`[acts.<code>]`": "[acts.child_found]\nzzz = 1",
    "`[milestones.<code>]`": "[milestones.acknowledgement]\nzzz = 1",
    "`[floors.<code>]`": "[floors.third_referral]\nzzz = 1",
    "`[floors.<code>.history]`": "[floors.third_referral.history]\nzzz = 1",
    "`[gates.<code>]`": "[gates.g2_close]\nzzz = 1",
    "`[gates.<code>.needs.<code>]`": "[gates.g2_close.needs.seen]\nzzz = 1",
    "`[[phrases]]`": 'phrases = [{ words = "x", instead = "y", zzz = 1 }]',
}


def section(heading: str) -> str:
    found = re.search(rf"^### {re.escape(heading)}$(.*?)(?=^##|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, f"docs/policy.md has no section {heading}"
    return found[1]


@pytest.mark.parametrize("heading", TABLES)
def test_the_document_explains_every_key_of_a_table_and_no_other(heading: str, tmp_path: Path) -> None:
    path = tmp_path / "force.toml"
    path.write_text(TABLES[heading], encoding="utf-8")
    with pytest.raises(PolicyProblems) as caught:
        load_policy(path)
    (fault,) = [problem for problem in caught.value.problems if problem.key.endswith("zzz")]
    known = fault.mend.removeprefix("Keep to ").removesuffix(".").split(", ")
    explained = re.findall(r"^\| `(\w+)` \|", section(heading).split("| clock |")[0], re.MULTILINE)
    assert sorted(explained) == sorted(known)


def test_the_document_has_no_further_section_of_keys() -> None:
    assert set(re.findall(r"^### (.*)$", DOCUMENT, re.MULTILINE)) == set(TABLES)


@pytest.mark.parametrize("codes", [Basis, Role, ActInput, ActKind, Owed, Transition, State, Count, sorted(EVENTS)])
def test_the_document_names_every_code_that_a_key_takes(codes: list[str]) -> None:
    assert not [code for code in codes if f"`{code}`" not in DOCUMENT]


def test_the_example_of_the_document_can_be_used(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
    assert example
    path = tmp_path / "force.toml"
    path.write_text(example[1], encoding="utf-8")
    assert load_policy(path).name == "Example Constabulary"
