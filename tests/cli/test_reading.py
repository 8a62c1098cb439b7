import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cli.conftest import NARRATIVE, Operator


def items(operator: Operator, *command: str) -> list[dict[str, Any]]:
    """The items of a read command: exactly one object on standard output, nothing on standard error."""
    answer = operator.types(*command, "--json")
    assert answer.status == 0
    assert answer.err == ""
    assert answer.out.count("\n") == 1
    told = json.loads(answer.out)
    assert list(told) == (["items", "decisions"] if command[0] == "why" else ["items"])
    found: list[dict[str, Any]] = told["items"]
    return found


def test_cases_are_listed_most_urgent_first_with_who_still_owes_an_answer(auditor: Operator) -> None:
    high, medium = items(auditor, "cases")
    assert (high["reference"], medium["reference"]) == ("SG-26-00002", "SG-26-00001")
    assert (high["band"], medium["band"]) == ("p2", "p3")
    assert high["waiting_for"] == ["police", "childrens-services"]
    assert medium["waiting_for"] == ["police"]
    assert medium["owners"] == ["nadia-elderflower"]
    opened = datetime.fromisoformat(high["opened_at"])
    assert opened.utcoffset() == datetime(2026, 1, 1, tzinfo=UTC).utcoffset()
    assert opened.date().isoformat() == "2026-11-23"


def test_the_table_of_cases_is_read_in_words_and_london_time(auditor: Operator) -> None:
    answer = auditor.types("cases")
    assert answer.status == 0
    for words in ("SG-26-00001", "domestic abuse", "medium", "Mon 23 Nov 10:00:0", "waiting for"):
        assert words in answer.out


def test_due_lists_what_is_owed_in_the_order_of_the_next_look(auditor: Operator) -> None:
    owed = items(auditor, "due")
    looks = [item["next_at"] for item in owed if item["next_at"]]
    assert looks == sorted(looks)
    assert all(item["ended"] is None for item in owed)
    acknowledgements = [item for item in owed if item["kind"] == "acknowledgement"]
    assert {(item["reference"], item["agency"]) for item in acknowledgements} == {
        ("SG-26-00001", "police"),
        ("SG-26-00002", "police"),
        ("SG-26-00002", "childrens-services"),
    }
    ended = [item for item in items(auditor, "due", "--all") if item["ended"]]
    assert ("acknowledgement", "met", "nadia-elderflower") in {
        (item["kind"], item["ended"], item["ended_by"]) for item in ended
    }
    assert "acknowledgement" in auditor.types("due").out


def test_outbox_lists_every_notice_with_its_state(auditor: Operator) -> None:
    assert items(auditor, "outbox") == []
    assert auditor.types("outbox").out.strip() == "Nothing waits to be sent."
    sent = items(auditor, "outbox", "--all")
    assert {item["state"] for item in sent} <= {"sent", "superseded"}
    assert {"card", "step"} <= {item["kind"] for item in sent}
    assert len({item["key"] for item in sent}) == len(sent)
    assert "nadia-elderflower" in auditor.types("outbox", "--all").out


def test_why_tells_one_ladder_with_what_was_taken_ended_and_is_to_come(auditor: Operator) -> None:
    steps = [
        (item["agency"], item["step"], item["state"])
        for item in items(auditor, "why", "SG-26-00001")
        if item["kind"] == "acknowledgement"
    ]
    assert steps == [
        *[("police", n, "taken") for n in (0, 1)],
        *[("police", n, "to come") for n in (2, 3, 4, 5)],
        *[("childrens-services", n, "taken") for n in (0, 1)],
        *[("childrens-services", n, "ended") for n in (2, 3, 4, 5)],
    ] or steps == [
        *[("childrens-services", n, "taken") for n in (0, 1)],
        *[("childrens-services", n, "ended") for n in (2, 3, 4, 5)],
        *[("police", n, "taken") for n in (0, 1)],
        *[("police", n, "to come") for n in (2, 3, 4, 5)],
    ]
    assert "Ladder of SG-26-00001" in auditor.types("why", "SG-26-00001").out


def test_why_of_an_unknown_reference_is_refused_on_standard_error(auditor: Operator) -> None:
    answer = auditor.types("why", "SG-26-09999", "--json")
    assert answer.status == 1
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1


def test_reading_the_audit_is_itself_on_the_audit(auditor: Operator) -> None:
    before = items(auditor, "audit", "--limit", "500")
    assert {"referred", "sent", "acknowledged", "step_taken"} <= {item["action"] for item in before}
    own = items(auditor, "audit", "list", "SG-26-00001", "--limit", "500")
    assert own
    assert len({item["chain"] for item in own}) == 1
    read = [item for item in items(auditor, "audit", "--limit", "500") if item["action"] == "read_at_console"]
    assert sorted(item["subject"] for item in read) == ["audit of SG-26-00001", "audit of everything"]
    assert not any(item["action"] == "read_at_console" for item in before)
    assert auditor.types("audit", "verify").status == 0


@pytest.mark.parametrize(
    "command", [("cases",), ("due", "--all"), ("outbox", "--all"), ("audit", "--limit", "500"), ("why", "SG-26-00001")]
)
def test_no_read_command_shows_anything_of_the_child(auditor: Operator, command: tuple[str, ...]) -> None:
    for flags in ((), ("--json",)):
        said = auditor.types(*command, *flags).out
        assert said
        assert not any(word in said for word in (NARRATIVE, "Zanzibar", "44-0001"))


@pytest.mark.parametrize("command", ["cases", "due", "outbox"])
def test_an_empty_record_is_an_empty_list_and_a_sentence(operator: Operator, command: str) -> None:
    assert items(operator, command) == []
    said = operator.types(command)
    assert said.status == 0
    assert len(said.out.splitlines()) == 1
