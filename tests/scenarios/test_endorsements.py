"""Leaders endorse in person: the chief officer first, each department's lead after, and nobody goes quiet."""

from datetime import UTC, datetime, timedelta

from bot.domain.commands import Actor
from bot.domain.ids import PersonId, SlackUser
from tests.scenarios.world import CHIEF, DEPARTMENT_LEAD, SUPERINTENDENT, World

ROOM = "response-duty"
LEADS = (
    "Imani Oakhollow", "Tunde Marlowick", "Rowena Ashgrove", "Farah Quillfeather",
    "Gareth Winterlea", "Selina Barrowby-Holt", "Dominic Yarrowfield", "Beatrix Fallowmere",
)  # fmt: skip


def person(w: World, name: str) -> Actor:
    found = PersonId(name.lower().replace(" ", "-"))
    known = w.bot.desk.rules.directory.people[found]
    return Actor(found, known=True, agency=known.agency, workspace=known.workspace, user=known.slack or SlackUser(""))


def begun(w: World) -> None:
    w.driver.command("Rowena Ashgrove", "child-protection", "/safeguarding", "endorse")
    page = w.driver.messages("child-protection")[-1]
    w.driver.click("Rowena Ashgrove", "child-protection", page["ts"], "Ask leaders to endorse")
    w.expect_answer("Rowena Ashgrove", "Leaders have not been asked to endorse yet", channel="child-protection")
    w.expect_answer("Rowena Ashgrove", "Asked to endorse: Marguerite Stormvale", channel="child-protection")
    w.expect_told(CHIEF, "EN-0001", "you are asked to endorse in person")
    w.nothing_else()


def answer(w: World, seat: str, *, choice: str, reason: str = "") -> str:
    """Press the button of the newest message about an endorsement and send its form; what the form then says."""
    room = f"@{seat}"
    asked = [m for m in w.driver.messages(room) if "EN-" in m["text"] and m["buttons"]][-1]
    view = w.driver.click(seat, room, asked["ts"], "Read and answer")["view_id"]
    sent = w.driver.submit(seat, view, {"Your answer": choice, "Reason": reason})
    return str(sent.get("errors") or w.driver.views(seat)[-1]["texts"])


def stands(w: World) -> dict[str, str]:
    return {row.post: row.stand.value for row in w.bot.desk.leaders.endorsements()}


def test_the_chief_officer_endorses_first_and_every_department_lead_is_asked_from_that_instant(w: World) -> None:
    assert set(stands(w).values()) == {"not begun"}
    begun(w)
    assert stands(w)["chief_officer"] == "asked"
    assert stands(w)["response"] == "waits for the chief officer"
    w.clock_to("2026-11-24 11:30")
    assert "You are asked again in a year. 8 department leads are asked now." in answer(w, CHIEF, choice="I endorse it")
    for lead in LEADS:
        w.expect_told(lead, "you are asked to endorse in person", "by Tuesday 1 December 2026 at 5:00pm")
    w.nothing_else()
    rows = {row.post: row for row in w.bot.desk.leaders.endorsements()}
    assert rows["chief_officer"].stand.value == "endorsed"
    assert rows["response"].matter is not None
    assert rows["response"].matter.opened_at.replace(microsecond=0) == datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


def test_a_lead_who_never_endorses_is_told_then_whoever_they_answer_to_then_the_chief_officer(w: World) -> None:
    begun(w)
    answer(w, CHIEF, choice="I endorse it")
    for lead in LEADS:
        w.expect_told(lead, "you are asked to endorse in person")
        if lead != DEPARTMENT_LEAD:
            answer(w, lead, choice="I endorse it")
    w.nothing_else()
    due_at = next(
        row.matter.due_at for row in w.bot.desk.leaders.endorsements() if row.post == "response" and row.matter
    )
    assert due_at == datetime(2026, 11, 30, 17, tzinfo=UTC)
    reminder_at = w.to_next_step()
    assert reminder_at < due_at
    w.clock_to("2026-11-30 08:00")
    w.expect_told(DEPARTMENT_LEAD, "not done yet; it is due on Monday 30 November 2026 at 5:00pm")
    w.overlook("The week's numbers on Monday morning.", containing="Week to")
    w.clock_to("2026-11-30 17:00")
    w.expect_told(DEPARTMENT_LEAD, "Leader's endorsement owed by Imani Oakhollow is")
    w.nothing_else()
    w.clock_to("2026-12-01 17:00")
    w.expect_told(SUPERINTENDENT, "Leader's endorsement owed by Imani Oakhollow is 1 day late")
    w.nothing_else()
    w.clock_to("2026-12-03 16:59")
    w.nothing_else()
    assert w.to_next_step().replace(microsecond=0) == datetime(2026, 12, 3, 17, tzinfo=UTC)
    for seat in (DEPARTMENT_LEAD, CHIEF):
        w.expect_told(seat, "Leader's endorsement owed by Imani Oakhollow is 3 days late")
    w.nothing_else()
    assert stands(w)["response"] == "late"


def test_who_does_not_endorse_says_why_and_the_chief_officer_hears_without_the_reason(w: World) -> None:
    begun(w)
    answer(w, CHIEF, choice="I endorse it")
    for lead in LEADS:
        w.expect_told(lead, "you are asked to endorse in person")
    wrong = answer(w, DEPARTMENT_LEAD, choice="I do not, for the reason below", reason="No.")
    assert "Enter why you do not endorse it, in 20 characters or more" in wrong
    why = "My department has no trained detective this quarter."
    assert "you do not endorse the statement" in answer(
        w, DEPARTMENT_LEAD, choice="I do not, for the reason below", reason=why
    )
    for seat in (SUPERINTENDENT, CHIEF):
        assert "trained" not in w.expect_told(seat, f"{DEPARTMENT_LEAD} does not endorse the statement").words
    w.nothing_else()
    assert stands(w)["response"] == "declined"


def test_a_silent_chief_officer_holds_up_nobody_and_after_a_year_everybody_is_asked_again(w: World) -> None:
    begun(w)
    w.clock_to("2026-11-30 18:00")
    (digest,) = [each for each in w.accounts.open() if "Week to" in each.words and "the whole force" in each.words]
    assert "Leaders' endorsements given" in digest.words
    assert "Departments without a referral in seven days" in digest.words
    w.overlook("The chief officer's own reminders, and the week's numbers.")
    assert stands(w)["chief_officer"] == "late"
    assert stands(w)["custody"] == "asked"


def test_the_list_in_slack_shows_where_each_stands_and_a_stranger_to_the_post_can_only_read(w: World) -> None:
    begun(w)
    shown = w.driver.command("Priya Fernsby", ROOM, "/safeguarding", "endorse")["reply"]
    assert "0 of 9 given, 0 late" in str(shown)
    w.overlook("The list that she asked for.", place=f"#{ROOM}")
    matter = next(row.matter for row in w.bot.desk.leaders.endorsements() if row.matter)
    assert w.bot.desk.leaders.read(matter.id, person(w, "Priya Fernsby")).own is False
    assert w.now() - matter.opened_at < timedelta(minutes=5)
