"""`vigil case show` and `vigil why` tell what two people decided, in codes, and open nothing that is sealed."""

import io
import json
import shutil
from pathlib import Path

import pytest

from bot.domain.authorisation import Grave
from bot.domain.commands import Decide, HandOver, OnCase, Propose
from bot.domain.ids import Reference
from bot.practice.sample import SAMPLE_DIRECTORY
from tests.builders import CARE_LEAD, CARE_LEADER, OFFICER, OTHER_OFFICER, SERGEANT, actor
from tests.cli.conftest import NARRATIVE, Operator
from tests.scenarios.world import world

REASON = "A canary reason: the aunt keeps the child."
COMMANDS = [("why",), ("case", "show")]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the record of a referral graded lower by two people, and a closure put forward."""
    place = tmp_path_factory.mktemp("decided")
    with world(place) as here:
        reference = here.refer(grade="High", happened=NARRATIVE)
        desk = here.bot.desk
        case_id = desk.find(Reference(reference)).id
        lower = desk.propose(Propose(case_id, Grave.LOWER_GRADE, REASON, "standard"), actor(OFFICER), "key-1")
        desk.decide(Decide(lower.decision, lower.version, agree=True), actor(SERGEANT), "key-2")
        for n, code in enumerate(("referrer_told", "child_seen", "record_system_ref", "school_told")):
            desk.record_act(OnCase(case_id), code, "", actor(OFFICER), f"key-act-{n}")
        desk.propose(Propose(case_id, Grave.CLOSE, REASON, listed="done"), actor(CARE_LEADER), "key-3")
        desk.case.hand_over(HandOver(case_id, SERGEANT), actor(OFFICER), "key-4")
        desk.case.chase(OnCase(case_id), actor(OFFICER), "key-5")
    return place


@pytest.fixture
def reader(decided: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    for name in ("vigil.db", "vigil.keys"):
        shutil.copy(decided / name, tmp_path / name)
    return Operator(tmp_path, {"VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY)}, capsys)


@pytest.mark.parametrize("command", COMMANDS)
def test_decisions_are_told_with_both_people(reader: Operator, command: tuple[str, ...]) -> None:
    answer = reader.types(*command, "SG-26-00001", "--json")
    assert (answer.status, answer.err) == (0, "")
    lower, close = json.loads(answer.out)["decisions"]
    assert (lower["act"], lower["subject"], lower["outcome"]) == ("lower_grade", "standard", "agreed")
    assert (lower["by"], lower["decided_by"]) == (OFFICER, SERGEANT)
    assert (close["act"], close["outcome"], close["decided_by"]) == ("close", "waiting", None)
    words = reader.types(*command, "SG-26-00001").out
    assert "Decisions" in words
    assert "agreed" in words


def test_a_case_is_shown_with_the_hand_over_that_waits_and_who_is_chasing_it(reader: Operator) -> None:
    found = json.loads(reader.types("case", "show", "SG-26-00001", "--json").out)
    (offered,) = found["handovers"]
    assert (offered["agency"], offered["to"], offered["state"]) == ("police", [SERGEANT], "waiting")
    (held,) = found["holds"]
    assert (held["person"], held["kind"]) == (OFFICER, "chase")
    words = reader.types("case", "show", "SG-26-00001").out
    assert "Hand-overs" in words
    assert "Reminders put off" in words


def test_a_case_is_handed_over_from_the_console_and_changes_owner_only_when_it_is_accepted(reader: Operator) -> None:
    said = reader.types("case", "handover", "SG-26-00001", "--to", OTHER_OFFICER, "--by", SERGEANT)
    assert said.status == 0
    assert "Offered SG-26-00001 to Dafydd Larkmoor." in said.out
    found = json.loads(reader.types("case", "show", "SG-26-00001", "--json").out)
    assert [each["state"] for each in found["handovers"]] == ["withdrawn", "waiting"]
    refused = reader.types("case", "handover", "SG-26-00001", "--to", CARE_LEADER, "--by", SERGEANT)
    assert refused.status == 1
    assert "Select somebody of your own agency" in refused.err


def test_what_was_done_is_recorded_at_the_console_by_the_rules_of_every_front_end(reader: Operator) -> None:
    record = ("case", "record", "SG-26-00001")
    said = reader.types(*record, "police_protection_used", "--who", OTHER_OFFICER, "--by", SERGEANT)
    assert "Recorded on SG-26-00001: Police protection used, by the initiating officer." in said.out
    same = reader.types(*record, "designated_officer_named", "--who", OTHER_OFFICER, "--by", SERGEANT)
    assert (same.status, "must be somebody else" in same.err) == (1, True)
    late = reader.types(*record, "protection_ended", "--at", "2099-01-01T09:00", "--by", SERGEANT)
    assert (late.status, "must be in the past" in late.err) == (1, True)
    assert "police_protection" in json.loads(reader.types("case", "show", "SG-26-00001", "--json").out)["case"]["flags"]


@pytest.mark.parametrize("command", COMMANDS)
def test_neither_a_reason_nor_anything_of_the_child_is_shown(reader: Operator, command: tuple[str, ...]) -> None:
    for flags in ((), ("--json",)):
        said = reader.types(*command, "SG-26-00001", *flags).out
        assert not any(word in said for word in (NARRATIVE, "canary", "44-0001"))


def test_a_case_is_shown_in_codes(reader: Operator) -> None:
    told = json.loads(reader.types("case", "show", "SG-26-00001", "--json").out)
    assert list(told) == ["case", "agencies", "deadlines", "decisions", "handovers", "holds"]
    case = told["case"]
    assert (case["status"], case["grade"], case["band"], case["referral_number"]) == ("open", "standard", "p4", 1)
    assert [agency["agency"] for agency in told["agencies"]] == ["police", "childrens-services"]
    assert "first_action" in {deadline["kind"] for deadline in told["deadlines"]}
    assert "False" not in reader.types("case", "show", "SG-26-00001").out


def test_a_case_that_is_not_there_is_one_sentence(reader: Operator) -> None:
    answer = reader.types("case", "show", "SG-26-00009")
    assert (answer.status, answer.out) == (1, "")
    assert len(answer.err.splitlines()) == 1


def test_a_case_is_restricted_named_and_lifted_at_the_console_by_a_lead_alone(
    reader: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def types(*words: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(REASON))
        answer = reader.types("case", *words)
        return f"{answer.out}{answer.err}"

    assert "Only a lead or a chief officer" in types("restrict", "SG-26-00001", "--by", SERGEANT)
    assert "SG-26-00001 is restricted from now." in types("restrict", "SG-26-00001", "--by", CARE_LEAD)
    named = ("name", "SG-26-00001", "--person", SERGEANT)
    assert "Callum Thistlewood is on the list of SG-26-00001" in types(*named, "--by", CARE_LEAD)
    shown = json.loads(reader.types("case", "show", "SG-26-00001", "--json").out)["case"]
    assert {SERGEANT, CARE_LEAD} <= set(shown["restricted_to"])
    assert "Callum Thistlewood is off the list" in types(*named, "--off", "--by", CARE_LEAD)
    assert "is not restricted any more" in types("lift", "SG-26-00001", "--by", CARE_LEAD)
