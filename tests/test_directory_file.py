"""The directory file: what it says becomes people and teams, and every fault is told at once with its mend."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.directory_file import DirectoryProblems, load_directory, read_directory
from bot.directory_format import TABLES, TOP
from bot.domain.ids import ChannelId, PersonId, SlackUser, TeamId, Workspace
from bot.policy_file import load_policy

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "bot" / "practice" / "directory.toml"

SMALL = """
control_channel = "C0CONTROL"
force_channel = "C0FORCE"

[[agency]]
id = "police"
name = "A Force"
kind = "police"
workspace = "T0FORCE"
leads = ["ann"]
executives = ["ann"]

[[agency]]
id = "care"
name = "A Council"
kind = "social_care"
workspace = "T0CARE"
leads = ["cat"]

[[department]]
id = "cid"
agency = "police"
name = "CID"
leads = ["ann"]
superintendents = ["ann"]

[[team]]
id = "duty"
agency = "police"
name = "Duty"
department = "cid"
channel = "C0DUTY"
leaders = ["ann"]
duty = ["bob"]

[[team]]
id = "door"
agency = "care"
name = "Front door"
channel = "C0DOOR"
leaders = ["cat"]
duty = ["dee"]

[[person]]
id = "ann"
name = "Ann Example"
agency = "police"
slack = "U0ANN"

[[person]]
id = "bob"
name = "Bob Example"
agency = "police"
team = "duty"
slack = "U0BOB"
supervisor = "ann"

[[person]]
id = "cat"
name = "Cat Example"
agency = "care"
slack = "U0CAT"

[[person]]
id = "dee"
name = "Dee Example"
agency = "care"
team = "door"
slack = "U0DEE"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "directory.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path: Path, text: str) -> dict[str, str]:
    with pytest.raises(DirectoryProblems) as caught:
        load_directory(written(tmp_path, text))
    assert all(problem.mend.endswith(".") for problem in caught.value.problems)
    return {problem.key: problem.wrong for problem in caught.value.problems}


def shift(start: str, until: str) -> str:
    return f'[[shift]]\nteam = "door"\nperson = "dee"\nfrom = {start}\nuntil = {until}\n'


def cover(person: str, by: str, start: int = 1, until: int = 5) -> str:
    times = f"from = 2026-12-{start:02}T00:00:00\nuntil = 2026-12-{until:02}T00:00:00\n"
    return f'[[cover]]\nperson = "{person}"\nby = "{by}"\n{times}'


def channel(channel_id: str, name: str) -> str:
    return f'[[channel]]\nid = "{channel_id}"\nname = "{name}"\n'


def test_small_directory_loads_and_finds_people_by_slack_identity(tmp_path: Path) -> None:
    directory = load_directory(written(tmp_path, SMALL))
    found = directory.person_of(Workspace("T0CARE"), SlackUser("U0CAT"))
    assert found is not None
    assert found.name == "Cat Example"
    assert directory.person_of(Workspace("T0FORCE"), SlackUser("U0CAT")) is None


def test_version_changes_with_the_content_and_only_then(tmp_path: Path) -> None:
    first = load_directory(written(tmp_path, SMALL)).version
    assert load_directory(written(tmp_path, SMALL)).version == first
    assert load_directory(written(tmp_path, SMALL + "\n# a note\n")).version != first


def test_time_without_offset_is_london_and_with_offset_is_as_written(tmp_path: Path) -> None:
    summer = shift("2026-07-01T09:00:00", "2026-07-01T17:00:00+00:00")
    found = load_directory(written(tmp_path, SMALL + summer)).shifts[0]
    assert found.from_at == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert found.until_at == datetime(2026, 7, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize("moment", ["2026-10-25T01:30:00", "2026-03-29T01:30:00"])
def test_local_time_in_the_hour_the_clocks_change_needs_an_offset(tmp_path: Path, moment: str) -> None:
    with pytest.raises(DirectoryProblems, match=r"write the offset"):
        load_directory(written(tmp_path, SMALL + shift(moment, "2026-12-01T00:00:00")))


def test_quoted_time_is_refused_with_an_example(tmp_path: Path) -> None:
    with pytest.raises(DirectoryProblems, match=r"without quotes, such as 2026-11-27T18:00:00"):
        load_directory(written(tmp_path, SMALL + shift('"2026-12-01T00:00:00"', "2026-12-02T00:00:00")))


def test_every_problem_is_told_at_once_with_file_key_and_mend(tmp_path: Path) -> None:
    text = SMALL.replace('leads = ["cat"]', 'leads = ["nobody-here"]').replace('duty = ["bob"]', "duty = []")
    path = written(tmp_path, text.replace('name = "CID"', 'nmae = "CID"'))
    with pytest.raises(DirectoryProblems) as caught:
        load_directory(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems) == 4
    assert all(line.startswith(f"{path}: ") for line in lines)
    mend = "Name a person of this file, or add [[person]]."
    assert f'{path}: agency.care.leads: there is no person "nobody-here". {mend}' in lines
    assert any("department.cid.nmae: there is no such key. Keep to id, agency, name" in line for line in lines)
    assert any("department.cid.name: it is missing." in line for line in lines)
    assert any("team.duty.duty: nobody is named." in line for line in lines)


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('control_channel = "C0CONTROL"', "", "control_channel", "missing"),
        ('force_channel = "C0FORCE"', "", "force_channel", "missing"),
        ('force_channel = "C0FORCE"', 'force_channel = "C0FORCE"\ncolour = "blue"', "colour", "no such key"),
        ('kind = "police"', 'kind = "fire"', "agency.police.kind", '"fire" does not fit'),
        ('kind = "police"', 'kind = "other"', "agency", "no agency is the police"),
        ('kind = "social_care"', 'kind = "police"', "agency.care.kind", "a second agency is the police"),
        ('workspace = "T0CARE"', 'workspace = "council"', "agency.care.workspace", '"council" does not fit'),
        ('leads = ["cat"]', "leads = []", "agency.care.leads", "nobody is named"),
        ('leads = ["cat"]', 'leads = ["ann"]', "agency.care.leads", 'cannot answer for "care"'),
        ('executives = ["ann"]', "", "agency.police.executives", "nobody is named"),
        ('superintendents = ["ann"]', 'superintendents = ["zoe"]', "department.cid.superintendents", 'no person "zoe"'),
        ('name = "Duty"\ndepartment = "cid"', 'name = "Duty"', "team.duty.department", "no department"),
        (
            'name = "Front door"',
            'name = "Front door"\ndepartment = "cid"',
            "team.door.department",
            "a department of another agency",
        ),
        ('department = "cid"', 'department = "dvla"', "team.duty.department", 'no department "dvla"'),
        ('channel = "C0DUTY"', 'channel = "duty"', "team.duty.channel", '"duty" does not fit'),
        ('channel = "C0DOOR"', 'channel = "C0DUTY"', "team.door.channel", "already team.duty.channel"),
        ('channel = "C0DOOR"', 'channel = "C0FORCE"', "team.door.channel", "already force_channel"),
        ('leaders = ["cat"]', "", "team.door.leaders", "missing"),
        ('duty = ["dee"]', 'duty = "dee"', "team.door.duty", '"dee" does not fit'),
        ('duty = ["dee"]', "duty = []", "team.door.duty", "nobody is named"),
        ('team = "door"', 'team = "window"', "person.dee.team", 'no team "window"'),
        ('team = "door"', 'team = "duty"', "person.dee.team", "a team of another agency"),
        ('slack = "U0DEE"', "", "person.dee", "no way to reach"),
        ('slack = "U0DEE"', 'slack = "U0CAT"', "person.dee.slack", 'already "cat"'),
        ('slack = "U0DEE"', 'slack = "@dee"', "person.dee.slack", '"@dee" does not fit'),
        ('slack = "U0DEE"', 'slack = "U0DEE"\nactive = "no"', "person.dee.active", '"no" does not fit'),
        ('slack = "U0DEE"', 'slack = "U0DEE"\nactive = false', "team.door.duty", "everybody named has left"),
        ('slack = "U0ANN"', 'slack = "U0ANN"\nsupervisor = "bob"', "person.ann.supervisor", "ann -> bob -> ann"),
        ('supervisor = "ann"', 'supervisor = "cat"', "person.bob.supervisor", '"cat" belongs to another agency'),
        ('id = "dee"', 'id = "cat"', "person.cat.id", "used twice"),
        ('id = "dee"', 'id = "Dee!"', "person.Dee!.id", '"Dee!" does not fit'),
        ('id = "dee"', 'id = "vigil"', "person.vigil", "the bot itself"),
        ('id = "door"', "", "team[2].id", "missing"),
    ],
)
def test_fault_names_its_key_and_what_is_wrong(tmp_path: Path, old: str, new: str, key: str, says: str) -> None:
    assert old in SMALL
    found = problems(tmp_path, SMALL.replace(old, new))
    assert says in found[key]


@pytest.mark.parametrize(
    ("added", "key", "says"),
    [
        ('[[route]]\nagency = "care"\nteam = "duty"\n', "route[1].team", 'a team of "police", not of "care"'),
        ('[[route]]\nagency = "care"\nteam = "door"\n' * 2, "route[2]", "an earlier route"),
        ('[[route]]\nagency = "mars"\nteam = "door"\n', "route[1].agency", 'no agency "mars"'),
        (shift("2026-12-02T00:00:00", "2026-12-01T00:00:00"), "shift[1].until", "ends before it starts"),
        (shift("2026-12-01T00:00:00", "2026-12-01T00:00:00"), "shift[1].until", "ends before it starts"),
        (
            shift("2026-12-01T00:00:00", "2026-12-02T00:00:00").replace("dee", "bob"),
            "shift[1].person",
            "not of the agency",
        ),
        (
            shift("2026-12-01T00:00:00", "2026-12-02T00:00:00").replace("dee", "eve"),
            "shift[1].person",
            'no person "eve"',
        ),
        (cover("cat", "dee") + cover("dee", "cat"), "cover.cat", "loop or are too many: cat -> dee -> cat"),
        (cover("cat", "cat"), "cover.cat", "cat -> cat"),
        (cover("cat", "ann"), "cover[1].by", "another agency"),
        (cover("cat", "dee", 5, 1), "cover[1].until", "ends before it starts"),
        (cover("cat", "dee", 1, 5) + cover("cat", "dee", 4, 9), "cover[2].from", "an earlier cover"),
        ('[[agency]]\nid = "nhs"\nname = "N"\nkind = "health"\nworkspace = "T0NHS"\n', "agency.nhs", "has no team"),
        ('[channel]\nid = "C0X"\n', "channel", "not a list of tables"),
        ('[[chanel]]\nid = "C0X"\n', "chanel", "no such key"),
        ('[[channel]]\nid = "C0X"\nname = "Big One"\n', "channel.C0X.name", '"Big One" does not fit'),
        (channel("C0X", "a") + channel("C0Y", "a"), "channel.C0Y.name", 'the name of "C0X"'),
        (channel("C0X", "a") + channel("C0X", "b"), "channel.C0X.id", "used twice"),
        ('[[channel]]\nid = "C0X"\nname = "a"\nmembers = ["eve"]\n', "channel.C0X.members", 'no person "eve"'),
        ('[[channel]]\nid = "C0DOOR"\nname = "a"\n', "channel.C0DOOR.shared_with", "another Slack workspace"),
    ],
)
def test_added_fault_names_its_key_and_what_is_wrong(tmp_path: Path, added: str, key: str, says: str) -> None:
    found = problems(tmp_path, SMALL + added)
    assert says in found[key]


def test_route_of_a_concern_that_the_policy_does_not_have_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL + '[[route]]\nagency = "care"\nteam = "door"\nconcern = "neglct"\n')
    assert load_directory(path).routes
    with pytest.raises(
        DirectoryProblems, match=r'route\[1\].concern: the policy has no concern "neglct". Write one of neglect'
    ):
        load_directory(path, concerns=["neglect", "other"])


def test_covers_of_each_other_at_different_times_are_no_loop(tmp_path: Path) -> None:
    directory = load_directory(written(tmp_path, SMALL + cover("cat", "dee", 1, 5) + cover("dee", "cat", 5, 9)))
    assert directory.on_duty(TeamId("door"), datetime(2026, 12, 6, tzinfo=UTC)) == (PersonId("cat"),)


def test_one_wrong_id_is_not_told_again_for_every_reference_to_it(tmp_path: Path) -> None:
    found = problems(tmp_path, SMALL.replace('"ann"', '"Ann"'))
    assert not [wrong for wrong in found.values() if "there is no" in wrong]


@pytest.mark.parametrize("text", ["", "\n# nothing but a remark\n"])
def test_empty_file_says_that_it_is_empty(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == {"file": "the directory is empty."}


def test_file_that_is_not_toml_names_the_line(tmp_path: Path) -> None:
    found = problems(tmp_path, SMALL.replace('name = "CID"', "name = CID"))
    assert "not TOML" in found["file"]
    assert f"at line {SMALL[: SMALL.index('CID')].count(chr(10)) + 1}," in found["file"]


def test_missing_file_and_other_encoding_are_told_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(DirectoryProblems, match="cannot be read"):
        load_directory(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    with pytest.raises(DirectoryProblems, match="not UTF-8"):
        load_directory(tmp_path / "latin.toml")


def test_sample_directory_has_a_force_of_eight_departments_and_its_partners() -> None:
    file = read_directory(SAMPLE)
    directory = file.directory
    assert len(directory.departments) == 8
    assert {agency.kind.value for agency in directory.agencies.values()} == {
        "police",
        "social_care",
        "health",
        "education",
        "probation",
        "other_force",
        "other_council",
    }
    assert all(agency.executives for agency in directory.agencies.values())
    assert {team.channel for team in directory.teams.values()} <= set(file.channels)
    assert {directory.control_channel, directory.force_channel} <= set(file.channels)


def test_sample_directory_uses_invented_addresses_and_drama_numbers_only() -> None:
    directory = load_directory(SAMPLE, concerns=load_policy().concerns)
    people = directory.people.values()
    assert all(not person.email or person.email.endswith(".example.org") for person in people)
    numbers = [*(person.phone for person in people), *(agency.phone for agency in directory.agencies.values())]
    assert all(re.fullmatch(r"07700 900\d{3}|01632 960\d{3}", number) for number in numbers if number)


def test_sample_emergency_duty_stands_in_for_the_front_door_at_the_weekend() -> None:
    directory = load_directory(SAMPLE)
    night = directory.on_duty(TeamId("front-door"), datetime(2026, 11, 28, 2, tzinfo=UTC))
    day = directory.on_duty(TeamId("front-door"), datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert [directory.people[person].team for person in night] == ["emergency-duty"]
    assert [directory.people[person].team for person in day] == ["front-door", "front-door"]


def test_documentation_names_every_key_of_every_table_and_no_other() -> None:
    parts = re.split(r"^## ", (ROOT / "docs" / "directory.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    told = {part.splitlines()[0]: part for part in parts}
    headed = {"Before the first table": TOP, **{f"`[[{table}]]`": keys for table, keys in TABLES.items()}}
    assert set(told) == set(headed)
    for heading, keys in headed.items():
        rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", told[heading], flags=re.MULTILINE)
        assert [name for name, _ in rows] == list(keys)
        needed = {name for name, key in keys.items() if key.required}
        assert {name for name, word in rows if word == "yes"} == needed


def test_channel_row_is_private_unless_said_otherwise(tmp_path: Path) -> None:
    file = read_directory(written(tmp_path, SMALL + '[[channel]]\nid = "C0DUTY"\nname = "duty"\n'))
    assert file.channels[ChannelId("C0DUTY")].private


def test_duty_mailbox_and_operators_are_read(tmp_path: Path) -> None:
    text = SMALL.replace("force_channel", 'operators = ["ops@example.org"]\nforce_channel', 1)
    text = text.replace("[[team]]\n", '[[team]]\nemail = "duty@example.org"\n', 1)
    directory = load_directory(written(tmp_path, text))
    assert directory.operators == ("ops@example.org",)
    assert "duty@example.org" in {team.email for team in directory.teams.values()}


def test_a_mailbox_that_is_no_address_or_shares_its_id_is_a_fault(tmp_path: Path) -> None:
    found = problems(tmp_path, SMALL.replace("force_channel", 'operators = "ops"\nforce_channel', 1))
    assert "does not fit" in found["operators"]
    team = re.search(r'\[\[team\]\]\nid = "([^"]+)"', SMALL)
    assert team is not None
    twin = SMALL.replace("[[team]]\n", '[[team]]\nemail = "duty@example.org"\n', 1).replace(f'"{team[1]}"', '"ann"')
    assert "the team's mailbox could not be told from theirs" in problems(tmp_path, twin)["team.ann.email"]
    reserved = SMALL.replace(f'"{team[1]}"', '"operators"')
    assert "is the mailbox of the operators" in problems(tmp_path, reserved)["team.operators.id"]
