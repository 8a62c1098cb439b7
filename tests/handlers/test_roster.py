"""Duty, absence and cover in Slack, over the practice workspace."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import PersonId, TeamId
from bot.domain.roster import SetAway, SetDuty
from bot.practice.blocks import view_breaches
from bot.practice.wire import Json
from handlers.views import roster as view
from tests.handlers.conftest import Office
from tests.handlers.desks import NOW

OFFICER, LEADER, SCHOOLS = "Priya Fernsby", "Callum Thistlewood", "Ailsa Corncrake"
UNTIL = {"Until": "2026-03-07T08:00"}
MORNING = datetime(2026, 3, 7, 8, tzinfo=UTC)


def command(office: Office, word: str, seat: str = LEADER) -> Json:
    answer: Json = office.driver.command(
        seat, "response-duty" if seat != SCHOOLS else f"@{seat}", "/safeguarding", word
    )
    return answer


def buttons(office: Office, seat: str) -> list[str]:
    return [button["text"] for button in office.view(seat)["buttons"]]


def test_duty_shows_whoever_is_there_the_gaps_ahead_and_only_the_changes_that_one_may_make(office: Office) -> None:
    command(office, "duty")
    said = " ".join(office.view(LEADER)["texts"])
    assert "*Response, north and south*: Priya Fernsby and Dafydd Larkmoor\nSet by hand for now." in said
    assert "Front door" not in said
    assert "Response, north and south, on Sunday 8 March 2026 at 4:00pm until Monday 9 March 2026 at 4:00pm" in said
    assert buttons(office, LEADER) == ["Hand over the shift", "Set duty", "End the change"]
    command(office, "duty", OFFICER)
    assert buttons(office, OFFICER) == ["Hand over the shift"]


def test_somebody_whose_team_is_not_shown_reads_that_in_words(office: Office) -> None:
    command(office, "duty", SCHOOLS)
    assert any("You are in no team" in text for text in office.view(SCHOOLS)["texts"])


def test_duty_is_set_for_a_team_from_now_until_a_time(office: Office) -> None:
    view_id = command(office, "duty")["view_id"]
    form = office.driver.click_view(LEADER, view_id, "Set duty")["view_id"]
    options = next(field for field in office.view(LEADER)["inputs"] if field["label"] == "On duty")["options"]
    assert options[:4] == ["Callum Thistlewood", "Dafydd Larkmoor", "Imani Oakhollow", "Priya Fernsby"]
    assert "Nadia Elderflower" not in options
    done = office.driver.submit(LEADER, form, {"On duty": ["Dafydd Larkmoor", "Imani Oakhollow"], **UNTIL})
    assert done["view"]["texts"] == ["Duty is set."]
    (wanted, actor, key) = office.front.of("set_duty")[-1]
    people = (PersonId("dafydd-larkmoor"), PersonId("imani-oakhollow"))
    assert wanted == SetDuty(TeamId("response"), people, NOW, MORNING)
    assert (actor.person, key) == ("callum-thistlewood", f"view:{form}")


def test_what_is_wrong_is_said_under_its_own_field(office: Office) -> None:
    form = office.driver.click_view(LEADER, command(office, "duty")["view_id"], "Set duty")["view_id"]
    office.front.answers["set_duty"] = FormRefusal({"until_at": "The end must be later than the beginning"})
    errors = office.driver.submit(LEADER, form, {"On duty": ["Dafydd Larkmoor"], **UNTIL})["errors"]
    assert errors == {"Until": "The end must be later than the beginning"}


def test_a_shift_is_handed_over_to_somebody_who_is_not_on_it(office: Office) -> None:
    form = office.driver.click_view(OFFICER, command(office, "duty", OFFICER)["view_id"], "Hand over")["view_id"]
    (field,) = office.view(OFFICER)["inputs"]
    assert "Priya Fernsby" not in field["options"]
    assert office.driver.submit(OFFICER, form, {"Hand over to": "Callum Thistlewood"})["view"]["texts"] == [
        "Handed over."
    ]
    assert office.front.of("hand_over_duty")[-1][:2] == ("response", "callum-thistlewood")


def test_a_change_of_duty_is_ended_and_a_refusal_is_said_on_top(office: Office) -> None:
    view_id = command(office, "duty")["view_id"]
    office.driver.click_view(LEADER, view_id, "End the change")
    assert office.front.of("end_duty")[-1][0] == "response"
    assert office.view(LEADER)["texts"] == ["Ended."]
    office.front.answers["end_duty"] = Refusal("No dated change of duty holds for this team.")
    office.driver.post("close", seat=LEADER, view_id=office.view(LEADER)["id"])
    office.driver.click_view(LEADER, view_id, "End the change")
    assert office.view(LEADER)["texts"] == ["No dated change of duty holds for this team."]


def test_away_begins_with_oneself_now_and_needs_no_cover(office: Office) -> None:
    form = command(office, "away", OFFICER)["view_id"]
    fields = {field["label"]: field for field in office.view(OFFICER)["inputs"]}
    assert fields["Who is away"]["value"] == "Priya Fernsby"
    assert fields["Who covers"]["optional"]
    office.driver.submit(OFFICER, form, UNTIL)
    me = PersonId("priya-fernsby")
    assert office.front.of("set_away")[-1][0] == SetAway(me, None, NOW, MORNING)


def test_cover_asks_who_covers(office: Office) -> None:
    form = command(office, "cover", LEADER)["view_id"]
    errors = office.driver.submit(LEADER, form, {"Who is away": "Priya Fernsby", **UNTIL})["errors"]
    assert list(errors) == ["Who covers"]
    office.driver.submit(LEADER, form, {"Who covers": "Dafydd Larkmoor"})
    wanted = office.front.of("set_away")[-1][0]
    assert (wanted.person, wanted.by) == ("priya-fernsby", "dafydd-larkmoor")


def test_an_absence_that_one_may_end_is_shown_with_its_button(office: Office) -> None:
    view_id = command(office, "away")["view_id"]
    said = office.view(LEADER)["texts"][0]
    assert said == "*Priya Fernsby* is away today at 4:00pm until tomorrow at 4:00pm, covered by Dafydd Larkmoor."
    office.driver.click_view(LEADER, view_id, "come_back")
    assert office.front.of("come_back")[-1][0] == "priya-fernsby"
    office.driver.command(SCHOOLS, f"@{SCHOOLS}", "/safeguarding", "away")
    assert "is away" not in str(office.view(SCHOOLS)["texts"])


def test_the_longest_rosters_stay_inside_slacks_limits() -> None:
    long = "<!channel> & " * 30
    people = [(f"p{n}", long) for n in range(150)]
    line = view.TeamLine("t", long, (long,) * 40, by_hand=True, may_set=True, may_hand_over=True)
    teams = [replace(line, team=f"t{n}") for n in range(60)]
    absences = [view.AwayLine("p1", long, long, NOW, NOW + timedelta(days=1))] * 10
    for drawn in (
        view.duty(teams, [long] * 60),
        view.duty([], []),
        view.set_duty("t", long, people, NOW),
        view.hand_over("t", long, people),
        view.away(view.COVER_WORD, "p1", people, absences, NOW),
    ):
        assert view_breaches(drawn, kind="modal") == []
        assert "<!channel>" not in str([block.get("text") for block in drawn["blocks"]])
