"""What comes back from a form, as it was filled in or tampered with: read as a value or as nothing, never as a failure."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.errors import FormRefusal
from handlers import parsing
from handlers.filled import Filled


def form(state: dict[str, Any], *, modal: bool = True) -> dict[str, Any]:
    held = {"state": {"values": {"field": {"field": state}}}}
    return {"view": held} if modal else held


@pytest.mark.parametrize("modal", [True, False])
def test_a_form_is_read_the_same_from_a_modal_and_from_a_message(modal: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert Filled(form({"value": "  typed\u200b words "}, modal=modal)).text("field", "Field") == "typed words"
    assert Filled(form({"selected_option": {"value": "code"}}, modal=modal)).choice("field") == "code"
    assert Filled(form({"selected_date": "2026-11-23"}, modal=modal)).day("field") == date(2026, 11, 23)
    seconds = {"selected_date_time": 1795449600}
    assert Filled(form(seconds, modal=modal)).instant("field") == datetime(2026, 11, 23, 16, tzinfo=UTC)


@pytest.mark.parametrize("state", [{}, {"value": None}, {"selected_option": None}, {"selected_date": "soon"}])
def test_what_was_left_empty_or_cannot_be_read_is_nothing(state: dict[str, Any]) -> None:
    filled = Filled(form(state))
    assert (filled.text("field", "Field"), filled.choice("field")) == ("", "")
    assert (filled.day("field"), filled.instant("field")) == (None, None)
    assert filled.text("another", "Another") == ""


@pytest.mark.parametrize("seconds", ["now", -1, 10**18, 0, None, [1]])
def test_an_instant_that_no_picker_gives_is_nothing(seconds: object) -> None:
    assert Filled(form({"selected_date_time": seconds})).instant("field") is None


def test_what_is_too_long_is_refused_in_its_field_with_its_label() -> None:
    with pytest.raises(FormRefusal) as caught:
        Filled(form({"value": "x" * 1001})).text("field", "Reason")
    assert caught.value.fields == {"field": "Reason must be 1,000 characters or fewer"}


def test_a_refused_form_is_put_on_the_audit_of_its_case() -> None:
    view = {"callback_id": "case_form", "private_metadata": "c1:3:propose:close"}
    assert parsing.case_of({"view": view}) == "c1"
