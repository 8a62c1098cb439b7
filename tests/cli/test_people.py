"""`vigil people`, `vigil permissions` and `vigil case replan`: the roster read and changed at the console, by whom it may be."""

import json
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.domain.permissions import Verb
from tests.cli.conftest import Answer, Operator
from tests.scenarios.world import QUIET

# The operator's clock is the machine's: what is set lies far ahead of it, or a day long from now.
FAR = "2027-06-07"


def items(answer: Answer) -> list[dict[str, object]]:
    assert answer.status == 0, answer.err
    found = json.loads(answer.out)
    assert list(found) == ["items"]
    rows: list[dict[str, object]] = found["items"]
    return rows


def test_everybody_is_listed_with_their_standing(operator: Operator) -> None:
    rows = {row["id"]: row for row in items(operator.types("people", "list", "--json"))}
    assert rows["harriet-willowmarsh"]["standing"] == "supervisor"
    assert rows["basil-oxenholme"]["active"] is False
    assert {"name", "agency", "team", "on_duty", "away_until", "covered_by"} <= rows["nadia-elderflower"].keys()
    assert "Harriet Willowmarsh" in operator.types("people", "list", COLUMNS="400").out


def test_duty_that_was_set_is_read_by_the_next_command(operator: Operator) -> None:
    said = operator.types(
        *("people", "duty", "front-door", "piotr-lanternby", "--until", _tomorrow(), "--by", "harriet-willowmarsh")
    )
    assert said.status == 0, said.err
    assert said.out.startswith("Piotr Lanternby is on duty for Front door today at ")
    (row,) = items(operator.types("people", "duty", "front-door", "--json"))
    assert row == {"team": "front-door", "name": "Front door", "on_duty": ["piotr-lanternby"], "set_by_hand": True}
    ended = operator.types("people", "duty", "front-door", "--end", "--by", "harriet-willowmarsh")
    assert ended.out.startswith("The change is ended.")
    assert items(operator.types("people", "duty", "front-door", "--json"))[0]["set_by_hand"] is False


def test_an_absence_with_cover_is_set_read_and_ended(operator: Operator) -> None:
    until = f"{FAR}T17:00"
    said = operator.types(
        "people", "cover", "nadia-elderflower", "owen-saltmarsh", "--from", f"{FAR}T09:00", "--until", until
    )
    assert said.out.endswith("Owen Saltmarsh covers.\n"), said.err
    for command in ("away", "cover"):
        rows = [row for row in items(operator.types("people", command, "--json")) if row["set_by_hand"]]
        assert rows == [
            {
                "person": "nadia-elderflower",
                "covered_by": "owen-saltmarsh",
                "from_at": "2027-06-07T08:00:00+00:00",
                "until_at": "2027-06-07T16:00:00+00:00",
                "set_by_hand": True,
            }
        ]
    assert "is taken back" in operator.types("people", "back", "nadia-elderflower").out


def test_a_gap_of_the_next_days_is_listed(operator: Operator) -> None:
    assert items(operator.types("people", "gaps", "--json")) == []
    until = _tomorrow()
    said = operator.types("people", "away", "siobhan-merrydown", "--until", until)
    assert "Nobody is on duty then: " in said.out
    (gap,) = items(operator.types("people", "gaps", "--json"))
    assert gap["until_at"] == until


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("duty", "front-door", "piotr-lanternby", "--until", f"{FAR}T10:00"), "--by: the directory names nobody"),
        (("duty", "front-door", "piotr-lanternby", "--by", "harriet-willowmarsh"), "--until is missing"),
        (("away", "owen-saltmarsh", "--until", "soon"), "--until: “soon” is no date and time"),
        (("away", "owen-saltmarsh", "--until", "2027-10-31T01:30"), "--until: the clocks change then"),
        (("away", "owen-saltmarsh", "--until", f"{FAR}T10:00", "--by", "nadia-elderflower"), "Only Owen Saltmarsh"),
        (("away", "owen-saltmarsh", "--until", "2020-01-01T10:00"), "The end must be"),
        (("cover", "owen-saltmarsh"), "Name whoever covers as well"),
        (("back", "owen-saltmarsh"), "is not away"),
        (("conflict", "SG-26-99999", "owen-saltmarsh", "--reason", "because"), "no case of that reference"),
    ],
)
def test_what_is_refused_is_one_sentence_and_status_one(
    operator: Operator, arguments: tuple[str, ...], words: str
) -> None:
    answer = operator.types("people", *arguments)
    assert answer.status == 1
    assert words in answer.err
    assert answer.err.count("\n") == 1


def test_a_conflict_declared_at_the_console_leaves_the_person_out(auditor: Operator) -> None:
    reason = "A canary reason: they are related to the family."
    said = auditor.types(
        "people", "conflict", "SG-26-00001", "owen-saltmarsh", "--reason", reason, "--by", "harriet-willowmarsh"
    )
    assert said.out == "Owen Saltmarsh is left out of SG-26-00001 from now.\n", said.err
    listed = auditor.types("audit", "list", "SG-26-00001", "--json").out
    assert "conflict_declared" in listed
    assert "canary" not in listed
    back = auditor.types("people", "conflict", "SG-26-00001", "owen-saltmarsh", "--end", "--by", "harriet-willowmarsh")
    assert "takes part in SG-26-00001 again" in back.out


def test_a_case_is_planned_anew_at_the_console_under_the_policy_that_is_set(auditor: Operator) -> None:
    own = auditor.place / "policy.toml"
    own.write_text('name = "Our own"\n', encoding="utf-8")
    command = (
        "case",
        "replan",
        "SG-26-00002",
        "--by",
        "harriet-willowmarsh",
        "--reason",
        "The force adopted its own policy.",
    )
    opened_under = str(QUIET)
    same = auditor.types(*command, VIGIL_POLICY=opened_under)
    assert same.out == "SG-26-00002 goes by the policy in force already.\n"
    said = auditor.types(*command, VIGIL_POLICY=str(own))
    assert "goes by the policy in force from now" in said.out, said.err
    assert "Nothing is due later." in said.out
    assert "replanned" in auditor.types("audit", "list", "SG-26-00002", "--json").out
    assert auditor.types("audit", "verify").status == 0


def test_the_matrix_has_a_cell_for_every_verb_and_role_and_says_why_not(newcomer: Operator) -> None:
    rows = items(newcomer.types("permissions", "--json"))
    cells = {(row["verb"], row["role"]): row for row in rows}
    assert {verb for verb, _ in cells} >= {verb.value for verb in Verb} | {"set_duty", "set_own_absence"}
    assert len(cells) == len({verb for verb, _ in cells}) * len({role for _, role in cells})
    for row in rows:
        assert row["allowed"] is (row["why_not"] is None)
    assert cells["acknowledge", "case participant"]["allowed"]
    assert not cells["acknowledge", "referrer"]["allowed"]
    assert not cells["decide", "case participant"]["allowed"]
    assert cells["refer", "stranger"]["allowed"]
    assert not any(cells[verb.value, "left out of the case"]["allowed"] for verb in Verb if verb is not Verb.REFER)
    assert "Who may do what" in newcomer.types("permissions", COLUMNS="400").out


def _tomorrow() -> str:
    """This hour tomorrow, with its offset."""
    at = SystemClock().now() + timedelta(days=1)
    return at.replace(minute=0, second=0, microsecond=0).isoformat()
