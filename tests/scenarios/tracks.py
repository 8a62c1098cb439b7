"""Playing a track in the whole app: acts recorded from a card with what their forms ask, and when somebody first heard of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.ids import Reference
from bot.practice.wire import Json
from tests.scenarios.accounts import wording
from tests.scenarios.world import World

SERGEANT_MISSING = "Bronagh Silverdene"  # leads the missing and exploitation team
OTHER_FORCE_DUTY, OTHER_FORCE_LEAD, OTHER_FORCE_CHIEF = "Joss Marlpit", "Tilda Brackwater", "Osric Fenwillow"
OTHER_COUNCIL_DUTY, OTHER_COUNCIL_LEAD = "Wren Hollowell", "Ines Oxbow"
SOUTHMERE = ("Southmere Constabulary", "Southmere Children's Services")

SECONDS = timedelta(seconds=45)
"""In which everything that is due at one instant is sent, a message a second to each channel."""


def missing(w: World, seat: str, values: Json, review: Json | None = None, channel: str = "response-duty") -> Reference:
    """Report a missing child by `/missing`; the reference of the case."""
    form = w.driver.command(seat, channel, "/missing")["view_id"]
    return w.send(seat, w.fill_in(seat, form, values), review)


def reported(**changes: Sequence[str]) -> Json:
    """What somebody writes into the form about a child of fourteen who did not come home, by label."""
    return {
        "Risk grade": "Medium",
        "Time last seen": "2026-11-23T08:00",
        "Where was the child last seen?": "In a children's home",
        "How old is the child?": "13 to 15",
        "What are you asking for?": "Act now",
        "Child or children": "police 44-0001",
        "What has happened": "Did not come back from a walk.",
        **changes,
    }


def act(
    w: World, seat: str, reference: str, label: str, values: Json | None = None, channel: str = "response-duty"
) -> str:
    """Record an act from the card; where it asks for more, its form is filled in. What the person is told, or the errors."""
    answer = w.driver.click(seat, channel, w.card(reference, channel)["ts"], "record_act", label)
    if not answer["view_id"]:
        return str(answer["reply"])
    sent = w.driver.submit(seat, answer["view_id"], values)
    if sent.get("errors"):
        return " ".join(sent["errors"].values())
    return " ".join(w.driver.views(seat)[-1]["texts"])


def act_in_place(
    w: World, seat: str, reference: str, label: str, values: Json | None = None, channel: str = "front-door"
) -> str:
    """The same for somebody of another organisation, to whom the form comes as a message that they alone see."""
    w.driver.click(seat, channel, w.card(reference, channel)["ts"], "record_act", label)
    form = [m for m in w.driver.messages(channel, seat) if m["ephemeral_to"]][-1]
    sent = w.driver.post("click", seat=seat, channel=channel, ts=form["ts"], action="Record it", values=values or {})
    return str(sent["reply"])


def more(w: World, seat: str, reference: str, choice: str, values: Json, channel: str = "response-duty") -> str:
    """Fill in a form of the card's More; what the person is told, or the errors."""
    opened = w.driver.click(seat, channel, w.card(reference, channel)["ts"], "more", choice)
    sent = w.driver.submit(seat, opened["view_id"], values)
    if sent.get("errors"):
        return " ".join(sent["errors"].values())
    return " ".join(w.driver.views(seat)[-1]["texts"])


def close(w: World, author: str, second: str, reference: str, channel: str = "response-duty") -> str:
    """Close the case with a listed reason, a second person agreeing; what each of the two is told."""
    put = w.press(author, reference, "put_forward", "Close: Everything owed here is done", channel=channel)
    if "cannot be closed" in put:
        return put
    w.driver.advance("10s")
    return w.answer(second, reference, "Agree")


def first_told(w: World, seat: str, reference: str, *parts: str) -> datetime | None:
    """When somebody was first sent a message about a case that holds every part; None when they never were."""
    for message in w.driver.messages(f"@{seat}"):
        said = wording(message)
        if reference in said and all(part in said for part in parts):
            return datetime.fromtimestamp(float(message["ts"]), UTC).replace(microsecond=0)
    return None


def live_until(w: World, at: datetime) -> None:
    """Let time pass as it does, the engine waking at each of its instants on the way."""
    while (next_due := w.driver.get("clock")["next_due"]) is not None:
        due = datetime.fromisoformat(next_due)
        if due >= at:
            break
        if due <= w.now() + timedelta(seconds=2):  # the clock runs: an instant so near may pass before the move
            w.driver.advance("3s")
        else:
            w.driver.move_to(due.isoformat())
            w.driver.advance("15s")  # in which what is due at one instant is sent, a message a second
    if w.now() < at:
        w.driver.move_to(at.isoformat())


def heard_at(w: World, seat: str, reference: str, at: datetime, *parts: str) -> None:
    """Somebody first heard of it at that instant, and not before: within the seconds in which messages follow one another."""
    told = first_told(w, seat, reference, *parts)
    assert told is not None, f"{seat} never heard of {reference}"
    assert at <= told <= at + SECONDS, f"{seat} heard of {reference} at {told} and not at {at}"
