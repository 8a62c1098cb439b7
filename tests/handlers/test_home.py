"""Home, and the lists that say the same in a channel, over the practice workspace."""

from dataclasses import replace

from bot.domain.commands import Referral
from bot.domain.ids import DraftId
from bot.domain.overview import OverviewPage
from bot.ports import StorageDown
from bot.practice.blocks import message_breaches, view_breaches
from bot.practice.wire import Json
from handlers.home import MOST, Homes
from handlers.views import lists
from handlers.views.home import home, unreadable
from tests.handlers.conftest import Office
from tests.handlers.desks import NOW, a_force, a_row, an_overview

OFFICER = "Imani Oakhollow"


def opened(office: Office, seat: str = OFFICER) -> Json:
    answer: Json = office.driver.post("home", seat=seat)
    return answer


def published(office: Office) -> int:
    return sum(row["name"] == "views.publish" for row in office.driver.get("log")["log"])


def test_home_shows_what_is_late_what_waits_the_team_and_the_drafts(office: Office) -> None:
    said = " ".join(opened(office)["view"]["texts"])
    order = ["I am late with", "SG-26-00041", "Waits for me", "SG-26-00042", "My team owes", "SG-26-00043", "My drafts"]
    assert sorted(order, key=said.index) == order
    assert "Overdue*, 30 minutes late" in said
    assert "due today at 4:20pm" in said
    assert "Front door: 12 open cases, 3 late." in said
    assert "Begun today at 2:00pm" in said
    assert "As of today at 4:00pm." in said
    assert "The force now" not in said


def test_leaders_see_the_force_by_agency_with_the_longest_silence(office: Office) -> None:
    office.front.answers["overview"] = replace(an_overview(), force=a_force())
    said = " ".join(opened(office)["view"]["texts"])
    assert "*15 cases* open. By urgency, the highest first: P1: 1, P2: 2, P3: 12, P4: 0" in said
    assert "Northmere Children's Social Care: 14 open, *3 late*" in said
    assert "Northmere Police: 15 open, none late" in said
    assert "*SG-26-00007*, no recorded act since Tuesday 3 March 2026 at 4:00pm (3 days ago)." in said


def test_somebody_outside_the_directory_is_told_so_and_can_refer(office: Office) -> None:
    office.front.answers["overview"] = OverviewPage(NOW, known=False, late=(), waiting=(), team=None, drafts=())
    view = opened(office)["view"]
    assert any("You are not in the directory" in text for text in view["texts"])
    office.driver.click_view(OFFICER, view["id"], "Refer a child")
    assert office.view(OFFICER)["title"] == "Refer a child"


def test_home_says_when_the_record_cannot_be_read(office: Office) -> None:
    office.front.answers["overview"] = StorageDown()
    assert opened(office)["view"]["texts"] == [
        "The record cannot be read now, so nothing is shown. Nothing of it is lost. Phone 101 if it cannot wait."
    ]


def test_a_case_opens_from_home_and_a_refusal_opens_a_modal(office: Office) -> None:
    view_id = opened(office)["view_id"]
    block = office.driver.get("home", seat=OFFICER)["view"]["blocks"][2]["block_id"]
    office.driver.post("click", seat=OFFICER, view_id=view_id, action="open_case", block_id=block)
    assert office.front.of("open_case")[-1][0] == block.split(":")[1]
    assert office.view(OFFICER)["title"] == "SG-26-00042"
    office.front.answers["open_case"] = StorageDown()
    office.driver.post("close", seat=OFFICER, view_id=office.view(OFFICER)["id"])
    office.driver.post("click", seat=OFFICER, view_id=view_id, action="open_case", block_id=block)
    assert office.view(OFFICER)["texts"] == [
        "This was not stored and nobody was told. Phone 101 now if it cannot wait."
    ]


def test_the_picker_and_help_open_from_home(office: Office) -> None:
    view_id = opened(office)["view_id"]
    office.driver.click_view(OFFICER, view_id, "Help")
    assert any("/safeguarding mine" in text for text in office.view(OFFICER)["texts"])
    office.driver.post("close", seat=OFFICER, view_id=office.view(OFFICER)["id"])
    office.driver.click_view(OFFICER, view_id, "Open a case")
    assert office.view(OFFICER)["title"] == "Open a case"


def test_home_is_drawn_again_after_an_act_of_whoever_has_it_and_of_nobody_else(office: Office) -> None:
    view_id = opened(office)["view_id"]
    assert published(office) == 1
    office.front.answers["overview"] = replace(an_overview(), drafts=())
    office.driver.click_view(OFFICER, view_id, "Discard")
    assert published(office) == 2
    assert "My drafts" not in str(office.driver.get("home", seat=OFFICER)["view"]["texts"])
    office.front.answers |= {"begin_draft": DraftId("d" * 32), "take_up_draft": Referral("", None, "", ())}
    ts = office.driver.post("say", seat=OFFICER, channel="front-door", text="Seen at the door.")["ts"]
    shortcut = {"callback_id": "raise_referral_from_message", "channel": "front-door", "ts": ts}
    office.driver.post("shortcut", seat=OFFICER, **shortcut)
    assert published(office) == 3
    form = office.driver.command("Priya Fernsby", "response-duty", "/refer")["view_id"]
    office.driver.submit("Priya Fernsby", form, {"Concern type": "Neglect"})
    assert published(office) == 3


def test_opening_the_messages_tab_draws_nothing(office: Office) -> None:
    before = published(office)
    office.driver.post("home", seat=OFFICER, tab="messages")
    assert published(office) == before


def test_mine_and_team_say_the_same_in_a_channel_to_the_person_alone(office: Office) -> None:
    for word, expected in (("mine", "SG-26-00041"), ("team", "SG-26-00043")):
        office.driver.command(OFFICER, "front-door", "/safeguarding", word)
        row = office.driver.messages("front-door", OFFICER)[-1]
        assert row["ephemeral_to"]
        assert expected in str(row["blocks"])
    assert office.driver.messages("front-door", "Nadia Elderflower") == []
    assert row["text"] == "Front door: 12 open cases, 3 late."
    office.driver.click(OFFICER, "front-door", row["ts"], "Open")
    assert office.front.of("open_case")


def test_digest_is_this_weeks_numbers_for_the_person_alone(office: Office) -> None:
    reply = office.driver.command(OFFICER, "front-door", "/safeguarding", "digest")["reply"]
    assert reply.startswith("Week so far: Front door. Nothing is late. Open now: 3")
    assert office.driver.messages("front-door", "Nadia Elderflower") == []


def test_nothing_waiting_is_said_in_words() -> None:
    empty = replace(an_overview(), late=(), waiting=())
    assert lists.mine(empty).text == "Nothing waits for you."
    assert "Nothing waits for you." in str(home(empty)["blocks"])
    assert lists.mine(an_overview()).text == "You are late on 1 case. 1 case more waits for you."
    assert lists.team(replace(an_overview(), team=None)).text == "You are in no team of the directory."


def test_the_longest_home_stays_inside_slacks_limits() -> None:
    long = "<!channel> & " * 60
    rows = tuple(replace(a_row(n), grade=long, owes=long) for n in range(10))
    late = tuple(replace(a_row(n + 20, late=True), grade=long, owes=long) for n in range(10))
    teams = tuple(long for _ in range(40))
    owes = an_overview().team
    assert owes is not None
    team = replace(owes, names=teams, rows=tuple(replace(a_row(n + 40), grade=long, owes=long) for n in range(10)))
    force = a_force()
    agencies = tuple(replace(force.agencies[0], name=long) for _ in range(60))
    page = replace(
        an_overview(),
        late=late,
        waiting=rows,
        team=team,
        drafts=tuple((f"{n:032x}", NOW) for n in range(40)),  # type: ignore[misc]  # ids of drafts
        force=replace(force, agencies=agencies),
    )
    assert view_breaches(home(page), kind="home") == []
    assert view_breaches(unreadable("101"), kind="home") == []
    for drawn in (lists.mine(page), lists.team(page)):
        assert message_breaches(list(drawn.blocks)) == []
        assert "<!channel>" not in f"{drawn.text} {drawn.blocks}"
    assert "<!channel>" not in str([block for block in home(page)["blocks"] if block["type"] != "actions"])


def test_only_so_many_homes_are_kept_in_mind() -> None:
    homes = Homes()
    for number in range(MOST + 2):
        homes._remember(("T", f"U{number}"))  # type: ignore[arg-type]  # noqa: SLF001 - what it holds is its promise
    assert len(homes._open) == MOST  # noqa: SLF001 - same
