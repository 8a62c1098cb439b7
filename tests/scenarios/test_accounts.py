"""The harness itself: a message that nobody expected fails a scenario, and so does a failure that nobody allowed."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

from bot.practice.wire import ControlError
from tests.scenarios.accounts import UnexpectedError
from tests.scenarios.world import CARE_DUTY, CARE_LEADER, CARE_SECOND, CHIEF, OFFICER, POLICE_DUTY, World, strict

CHIEF_IS_NOT_IN_THE_CHANNEL = "user_not_in_channel"
Fails = Callable[[Callable[[World], object]], str]


@pytest.fixture
def failing(tmp_path: Path, empty_database: Path) -> Fails:
    """Plays a scenario that must fail at its end; with what words it did."""

    def play(scenario: Callable[[World], object]) -> str:
        with strict(tmp_path, template=empty_database) as w:
            scenario(w)
        return ""

    def fails(scenario: Callable[[World], object]) -> str:
        with pytest.raises(UnexpectedError) as said:
            play(scenario)
        return str(said.value)

    return fails


def press_from_outside(w: World) -> None:
    reference = w.referred()
    with pytest.raises(ControlError):
        w.press(CHIEF, reference, "acknowledge")


def test_message_that_nobody_expected_fails_the_scenario_with_its_place_and_words(failing: Fails) -> None:
    said = failing(lambda w: w.opening(w.refer(), told=(POLICE_DUTY, CARE_DUTY)))
    assert said.startswith("1 sent that the scenario did not expect:\n  @Owen Saltmarsh: SG-26-00001, Medium: new")


def test_second_copy_of_an_expected_message_has_to_be_expected_too(w: World) -> None:
    reference = w.referred()
    with pytest.raises(UnexpectedError, match="Nobody said 'SG-26-00001' in @Nadia Elderflower"):
        w.expect_told(CARE_DUTY, reference)


def test_step_of_a_ladder_is_one_line_in_the_thread_and_one_message_to_each(w: World) -> None:
    reference = w.referred(grade="High")
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    w.driver.advance("61m")
    with pytest.raises(UnexpectedError, match="#front-door, in a thread: SG-26-00001"):
        w.expect_post("front-door", "1 minute late")
    w.expect_step(reference, (OFFICER, CARE_DUTY, CARE_SECOND, CARE_LEADER), "1 minute late")


def test_card_that_does_not_say_what_is_expected_fails(w: World) -> None:
    reference = w.referred(grade="High")
    w.expect_card(reference, "Waiting", "Monday 23 November 2026 at 11:00am")
    with pytest.raises(UnexpectedError, match=r"does not say \['Done by'\]"):
        w.expect_card(reference, "Done by")


def test_overlooking_nothing_fails(w: World) -> None:
    w.referred()
    with pytest.raises(UnexpectedError, match="nothing in @Marguerite Stormvale to overlook"):
        w.overlook("The chief is not what this is about.", f"@{CHIEF}")


def test_failure_in_the_workspaces_log_fails_the_scenario_unless_allowed(failing: Fails) -> None:
    assert "1 went wrong that the scenario did not allow:\n  control click" in failing(press_from_outside)


def test_allowed_failure_passes_and_one_allowed_that_never_came_fails(failing: Fails) -> None:
    def scenario(w: World) -> None:
        w.allow(CHIEF_IS_NOT_IN_THE_CHANNEL, "channel_not_found")
        press_from_outside(w)

    assert failing(scenario) == "Allowed and never happened, so take it out:\n  channel_not_found"


def test_warning_in_the_bots_log_fails_the_scenario_unless_allowed(failing: Fails) -> None:
    def scenario(w: World) -> None:
        w.allow("something_expected")
        structlog.get_logger().error("something_expected")
        structlog.get_logger().info("something_quiet")
        structlog.get_logger().warning("something_new", code="x")
        logging.getLogger("a.library").warning("a library's words")

    said = failing(scenario)
    assert said.startswith("2 went wrong that the scenario did not allow:")
    assert "the bot's log, warning: something_new code=x" in said
    assert "the log of a.library, warning: a library's words" in said


def test_e_mail_counts_like_any_message(tmp_path: Path, empty_database: Path) -> None:
    with strict(tmp_path, template=empty_database, mail=True) as w:
        w.allow("user_disabled", "notice_not_sent", "route_dead")
        w.driver.post("membership", seat=CARE_DUTY, deactivated=True)
        reference = w.refer(grade="High")
        w.opening(reference, told=(POLICE_DUTY, CARE_SECOND, CARE_LEADER))
        w.expect_post("vigil-administration", f"could not be delivered to {CARE_DUTY}")
        with pytest.raises(UnexpectedError, match=f"e-mail to {CARE_DUTY}: {reference} needs your acknowledgement"):
            w.nothing_else()
        w.expect_mail(CARE_DUTY, f"{reference} needs your acknowledgement by 11:00")
