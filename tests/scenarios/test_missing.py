"""Missing children in the whole app: from the first report to closure, and each worst case with who senior heard, and when."""

from datetime import timedelta

from tests.scenarios.tracks import (
    OTHER_COUNCIL_DUTY,
    OTHER_FORCE_CHIEF,
    OTHER_FORCE_DUTY,
    OTHER_FORCE_LEAD,
    SOUTHMERE,
    act,
    act_in_place,
    close,
    first_told,
    heard_at,
    live_until,
    missing,
    more,
    reported,
)
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_EXECUTIVE,
    CARE_HEAD,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    DEPARTMENT_LEAD,
    MONDAY,
    OFFICER,
    POLICE_DUTY,
    POLICE_LEADER,
    SUPERINTENDENT,
    World,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CHILDREN_S_CARE = "Northmere Children's Social Care"
LIVES_ELSEWHERE = "Yes, and lives outside that area"
LIVES_HERE = "Yes, and lives in the area"
RAISED = {"Agencies to tell": [CHILDREN_S_CARE, *SOUTHMERE]}
RECORDED_BEFORE_CLOSING = ("Referrer told of the outcome", "Reference in the force's record system")


def test_a_child_missing_from_care_out_of_area_from_the_first_report_to_closure(world: World) -> None:
    w = world
    form = w.driver.command(OFFICER, "response-duty", "/missing")["view_id"]
    impossible = reported(**{"Time last seen": "2027-11-23T08:00", "How old is the child?": "18 or over"})
    errors = w.driver.submit(OFFICER, form, impossible)["errors"]
    assert errors["Time last seen"] == "Time last seen must be in the past"
    assert "For a missing adult phone 101, or 999 in danger" in errors["How old is the child?"]
    mended = {
        "Time last seen": "2026-11-23T08:00",
        "How old is the child?": "13 to 15",
        "Is the child looked after": LIVES_ELSEWHERE,
        "What is known": ["Needs medication"],
    }
    review = w.fill_in(OFFICER, form, mended)  # what was typed before is still there
    said = " ".join(w.driver.views(OFFICER)[-1]["texts"])
    assert "Missing from care" in said
    assert "High" in said
    assert "missing child needs medication" in said
    assert "Both councils and both forces are to be told" in said
    reference = w.send(OFFICER, review, RAISED)
    asked = " ".join(w.driver.views(OFFICER)[-1]["texts"])
    assert "Is there any sign of sexual or criminal exploitation?" in asked
    assert "Floor: missing child needs medication" in asked
    w.driver.advance("1s")
    _both_areas_answer(w, reference)
    _looked_for(w, reference)
    _found_and_closed(w, reference)
    assert "CANARYFORM" not in str(w.driver.get("messages"))
    assert b"CANARYFORM" not in b"".join(path.read_bytes() for path in w.place.glob("vigil.db*"))
    assert w.bot.desk.verify().first_bad == ""


def _both_areas_answer(w: World, reference: str) -> None:
    """Each agency acknowledges for itself; the other force does not, until its own chief has heard of it."""
    assert "Reported missing, child last seen: Monday 23 November 2026 at 8:00am" in w.words(reference)
    assert "children's home" not in w.words(reference)
    assert "Acknowledged" in w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    assert "Acknowledged" in w.press(CARE_DUTY, reference, "acknowledge")
    assert "Acknowledged" in w.press(OTHER_COUNCIL_DUTY, reference, "acknowledge", channel="southmere-care")
    live_until(
        w, MONDAY + 2 * HOUR + 16 * MINUTE
    )  # the other force has not looked, and its own people hear of it, then its chief
    heard_at(w, OTHER_FORCE_DUTY, reference, MONDAY, "new referral")
    heard_at(w, OTHER_FORCE_LEAD, reference, MONDAY + 15 * MINUTE, "Acknowledgement")
    heard_at(w, OTHER_FORCE_CHIEF, reference, MONDAY + 15 * MINUTE + 2 * HOUR, "Acknowledgement")
    assert "Acknowledged" in w.press(OTHER_FORCE_DUTY, reference, "acknowledge", channel="southmere-missing")


def _looked_for(w: World, reference: str) -> None:
    for title in ("Responsible and host council told", "Home force and host force told"):
        assert f"{title} (Northmere Police): Done" in w.expect_card(reference)
    act(w, OFFICER, reference, "Recorded as missing")
    act(w, OFFICER, reference, "First action to find the child")
    act(w, OFFICER, reference, "Child rescue alert considered")
    link = {"Link": "the form is in my desk"}
    assert "begins with https" in act(w, OFFICER, reference, "Philomena form held and received", link)
    link = {"Link": "https://forms.example.org/CANARYFORM"}
    assert "Philomena form" in act(w, OFFICER, reference, "Philomena form held and received", link)
    assert "Only a team leader" in act(w, OFFICER, reference, "Supervisor's review recorded")
    assert "supervisor's review" in act(w, POLICE_LEADER, reference, "Supervisor's review recorded")


def _found_and_closed(w: World, reference: str) -> None:
    w.clock_to("2026-11-23 15:00")
    for when, words in (
        ("2026-11-23T07:30", "must be after Monday 23 November 2026 at 8:00am: reported missing, child last seen"),
        ("2027-11-23T07:30", "must be in the past"),
    ):
        assert words in act(w, OFFICER, reference, "Child found and safe", {"When it was done": when})
    found = act(w, OFFICER, reference, "Child found and safe", {"When it was done": "2026-11-23T13:40"})
    assert "Prevention interview: due Tuesday 24 November 2026 at 1:40pm." in found
    assert "Return home interview, by somebody independent of the child's care: due Thursday 26 November" in found
    w.driver.advance("2s")
    assert "Child found and safe: Monday 23 November 2026 at 1:40pm" in w.words(reference)
    act(w, POLICE_LEADER, reference, "Prevention interview done")
    refused = close(w, OFFICER, POLICE_LEADER, reference)
    assert "a return home interview is offered by a named council worker" in refused
    offered = act_in_place(w, CARE_LEADER, reference, "Return home interview offered", {"Who": "Owen Saltmarsh"})
    assert "Recorded" in offered
    w.driver.advance("1s")
    assert "independent of the child's care: Owen Saltmarsh" in w.words(reference)
    done = "Return home interview done by somebody independent"
    assert "return home interview" in w.press(CARE_LEADER, reference, "record_act", done)
    for label in RECORDED_BEFORE_CLOSING:
        act(w, OFFICER, reference, label)
    assert "It is closed" in close(w, OFFICER, POLICE_LEADER, reference)


def test_eleven_children_missing_from_homes_on_one_day_and_nobody_looks_for_them(world: World) -> None:
    w = world
    w.tolerate("storm")
    opened = {}
    for number in range(11):
        values = reported(**{"Is the child looked after": LIVES_HERE, "Child or children": f"police 44-{number:04d}"})
        reference = missing(w, OFFICER, values)
        opened[reference] = w.now()
    live_until(w, MONDAY + 25 * HOUR + 10 * MINUTE)
    for reference, at in opened.items():
        case = w.bot.desk.find(reference)
        assert (case.concern, case.effective_grade, case.band) == ("missing_from_care", "medium", "p2")
        late = {
            seat: told - at
            for seat in (POLICE_LEADER, DEPARTMENT_LEAD, CARE_LEAD, SUPERINTENDENT, CHIEF)
            if (told := first_told(w, seat, reference)) is not None
        }
        # Recorded as missing is due in half an hour, the acknowledgement and the first action in one: each then climbs.
        assert late[POLICE_LEADER] <= 35 * MINUTE
        assert late[DEPARTMENT_LEAD] <= 4 * HOUR + 5 * MINUTE
        assert late[CARE_LEAD] <= 4 * HOUR + 5 * MINUTE
        assert late[SUPERINTENDENT] <= 7 * HOUR + 5 * MINUTE
        assert late[CHIEF] <= 25 * HOUR + 5 * MINUTE


def test_a_missing_child_graded_too_low_is_held_up_by_the_facts_and_nobody_lowers_it(world: World) -> None:
    w = world
    form = w.driver.command(OFFICER, "response-duty", "/missing")["view_id"]
    (grade,) = [field for field in w.driver.views(OFFICER)[-1]["inputs"] if field["label"] == "Risk grade"]
    assert grade["options"] == ["High", "Medium", "Low", "Not graded yet"], "no absent, and no lowest grade for a child"
    values = reported(
        **{
            "Risk grade": "Low",
            "Is the child looked after": LIVES_HERE,
            "What is known": ["A sign of sexual or criminal exploitation"],
        }
    )
    reference = w.send(OFFICER, w.fill_in(OFFICER, form, values))
    w.driver.advance("1s")
    assert "High" in w.words(reference)
    assert "Floor: missing child with a sign of exploitation" in w.words(reference)
    lowered = w.driver.click(
        POLICE_LEADER, "response-duty", w.card(reference, "response-duty")["ts"], "put_forward", "Lower the grade…"
    )
    assert "There is no lower grade for this case." in lowered["reply"]
    live_until(w, MONDAY + 3 * HOUR)
    assert w.bot.desk.find(reference).effective_grade == "high"
    heard_at(w, SUPERINTENDENT, reference, MONDAY + 15 * MINUTE + HOUR)
    heard_at(w, CHIEF, reference, MONDAY + 15 * MINUTE + 2 * HOUR)


def test_the_unread_inbox_of_the_council_is_read_by_its_director_at_the_minute_that_the_ladder_says(
    world: World,
) -> None:
    w = world
    reference = missing(w, OFFICER, reported())
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    act(w, OFFICER, reference, "First action to find the child")
    live_until(w, MONDAY + 26 * HOUR)
    # Medium: an hour to acknowledge, then the ladder of that band.
    heard_at(w, CARE_DUTY, reference, MONDAY, "new referral")
    for seat, after in (
        (CARE_LEADER, HOUR),
        (CARE_LEAD, 4 * HOUR),
        (CARE_HEAD, 7 * HOUR),
        (CARE_EXECUTIVE, 25 * HOUR),
        (CHIEF, 25 * HOUR),
    ):
        heard_at(w, seat, reference, MONDAY + after, "Acknowledgement")


def test_the_third_episode_in_thirty_days_opens_a_strategy_meeting_and_tells_the_department_lead(world: World) -> None:
    w = world
    for children in ("police 44-7, council LA-7", "council LA-7", "police 44-7"):
        reference = missing(w, OFFICER, reported(**{"Child or children": children}))
        w.driver.advance("10s")
    said = w.words(reference)
    assert "Floor: third missing episode in 30 days" in said
    assert "Strategy meeting on three episodes in 30 days (Northmere Children's Social Care): due" in said
    assert w.bot.desk.find(reference).effective_grade == "high"
    assert first_told(w, DEPARTMENT_LEAD, reference, "third missing episode in 30 days") is not None


def test_still_missing_after_a_day_a_strategy_discussion_and_a_superintendents_review_are_late(world: World) -> None:
    w = world
    reference = missing(w, OFFICER, reported(**{"Risk grade": "High"}))
    for seat, channel in ((POLICE_DUTY, "response-duty"), (CARE_DUTY, "front-door")):
        w.press(seat, reference, "acknowledge", channel=channel)
    act(w, OFFICER, reference, "First action to find the child")
    for number in range(1, 7):
        live_until(w, MONDAY + number * (4 * HOUR - 10 * MINUTE))
        act(w, POLICE_LEADER, reference, "Supervisor's review recorded")
    live_until(w, MONDAY + 26 * HOUR)
    heard_at(w, CARE_LEADER, reference, MONDAY + 24 * HOUR, "Strategy discussion on a child still missing")
    heard_at(w, SUPERINTENDENT, reference, MONDAY + 25 * HOUR, "Superintendent's review")
    assert "Only a department lead" in act(w, POLICE_LEADER, reference, "Superintendent's review recorded")
    assert "Recorded" in act(w, SUPERINTENDENT, reference, "Superintendent's review recorded")


def test_a_return_recorded_late_and_an_interview_by_the_carer(world: World) -> None:
    w = world
    reference = missing(w, OFFICER, reported())
    w.clock_to("2026-11-24 12:00")
    values = {"What was done": "Child found and safe", "When it was done": "2026-11-23T16:00", "Note": "At a friend's."}
    said = more(w, OFFICER, reference, "Record something done earlier", values)
    assert "due Thursday 26 November 2026 at 4:00pm." in said
    kept = w.press(CARE_LEADER, reference, "record_act", "Return home interview by the carer")
    assert "It is kept, and does not count" in kept
    live_until(w, MONDAY.replace(day=26, hour=20))
    due = "Return home interview, by somebody independent of the child's care"
    assert first_told(w, CARE_LEADER, reference, due) is not None
    assert first_told(w, CARE_LEAD, reference, due) is not None
