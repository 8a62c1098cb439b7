"""The whole bot in a practice workspace over its real transport, with the clock moved by hand."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.bootstrap import RunningBot, start_bot
from bot.cli.practice import slack_manifest
from bot.domain.ids import Reference
from bot.practice.cast import Seat
from bot.practice.driver import Driver
from bot.practice.sample import SAMPLE_DIRECTORY, sample_cast
from bot.practice.server import PracticeServer
from bot.practice.wire import Json
from bot.settings import load
from storage.encryption import create_keyring
from tests.scenarios.accounts import Accounts, Said, UnexpectedError, listening, wording
from tests.scenarios.post_office import PostOffice, post_office

# People of the sample directory, by what they are to these scenarios.
OFFICER = "Priya Fernsby"  # response, refers; on duty too
POLICE_DUTY = "Dafydd Larkmoor"  # response, on duty
POLICE_LEADER = "Callum Thistlewood"
DEPARTMENT_LEAD = "Imani Oakhollow"
SUPERINTENDENT = "Victor Hawkstone-Lea"
CHIEF = "Marguerite Stormvale"
CARE_DUTY = "Nadia Elderflower"  # children's social care, front door, another Slack organisation
CARE_SECOND = "Owen Saltmarsh"  # on duty beside her
CARE_LEADER = "Harriet Willowmarsh"
CARE_LEAD = "Chidi Lavenham"
CARE_HEAD = "Anselm Rookwood-Dale"
CARE_EXECUTIVE = "Philippa Moorhen"

LONDON = ZoneInfo("Europe/London")
ADDRESSES = {seat.email: seat.name for seat in sample_cast().seats}
QUIET = Path(__file__).parent / "quiet.toml"
"""The default policy without the bot's own hourly case."""
REFERENCE = re.compile(r"SG-\d\d-\d{5}")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def written(
    concern: str = "Domestic abuse",
    *,
    grade: str = "Medium",
    ask: str = "Act now",
    children: str = "police 44-0001",
    happened: str = "Seen at the door.",
    place: str = "",
) -> Json:
    """What somebody writes into the referral form, by label."""
    return {
        "Concern type": concern,
        "Risk grade": grade,
        "What are you asking for?": ask,
        "Child or children": children,
        "What has happened": happened,
        **({"Address or place": place} if place else {}),
    }


@dataclass(slots=True)
class World:
    """A practice workspace with the bot in it. `place` holds the bot's database and keys."""

    server: PracticeServer
    driver: Driver
    place: Path
    environment: dict[str, str]
    bot: RunningBot
    running: bool = True
    accounts: Accounts = field(init=False)
    post: PostOffice | None = None

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.driver)

    def down(self) -> None:
        """Stop the bot."""
        self.bot.stop()
        self.running = False

    def up(self) -> None:
        """Start the bot again on the same record."""
        self.running = True
        self.bot = start_bot(load(self.environment, dotenv=None), lost=lambda: None)

    def refer(
        self,
        seat: str = OFFICER,
        channel: str = "response-duty",
        *,
        concern: str = "Domestic abuse",
        grade: str = "Medium",
        ask: str = "Act now",
        children: str = "police 44-0001",
        happened: str = "Seen at the door.",
        review: Json | None = None,
        place: str = "",
    ) -> Reference:
        """Refer through the form and the review step; the reference."""
        form = self.driver.command(seat, channel, "/refer")["view_id"]
        values = written(concern, grade=grade, ask=ask, children=children, happened=happened, place=place)
        return self.send(seat, self.fill_in(seat, form, values), review)

    def fill_in(self, seat: str, form: str, values: Json) -> str:
        """Fill in and send the referral form; the review step that it leads to."""
        answer = self.driver.submit(seat, form, values)
        assert "errors" not in answer, answer
        return str(answer["view_id"])

    def send(self, seat: str, review: str, values: Json | None = None) -> Reference:
        """Send from the review step; the reference of the case."""
        answer = self.driver.submit(seat, review, values)
        assert "errors" not in answer, answer
        found = REFERENCE.search(str(self.driver.views(seat)[-1]["texts"]))
        assert found, self.driver.views(seat)[-1]["texts"]
        return Reference(found.group())

    def card(self, reference: str, channel: str = "front-door") -> Json:
        """The card of a case in a channel."""
        seen = [m for m in self.driver.messages(channel) if not m["thread_ts"] and not m["ephemeral_to"]]
        cards = [m for m in seen if reference in m["text"] and m["buttons"]]
        assert len(cards) == 1, [m["text"] for m in cards]
        return cards[0]

    def words(self, reference: str, channel: str = "front-door") -> str:
        """Everything that the card says, blocks and all."""
        card = self.card(reference, channel)
        return f"{card['text']} {card['blocks']}"

    def thread(self, reference: str, channel: str = "front-door") -> list[str]:
        """The sentences in the thread of a card, oldest first."""
        ts = self.card(reference, channel)["ts"]
        return [m["text"] for m in self.driver.messages(channel) if m["thread_ts"] == ts and m["ts"] != ts]

    def press(
        self, seat: str, reference: str, action: str, value: str | None = None, channel: str = "front-door"
    ) -> str:
        """Press a control of a card; what the person is told."""
        answer = self.driver.click(seat, channel, self.card(reference, channel)["ts"], action, value)
        return self._answered(seat, answer["reply"])

    def answer(self, seat: str, reference: str, button: str) -> str:
        """Press a button under the newest direct message to somebody that has it; what they are told."""
        room = f"@{seat}"
        found = [
            message
            for message in self.driver.messages(room)
            if reference in message["text"] and button in {each["text"] for each in message["buttons"]}
        ]
        return self._answered(seat, self.driver.click(seat, room, found[-1]["ts"], button)["reply"])

    def _answered(self, seat: str, reply: str | None) -> str:
        """The answer to an act; what the actor alone sees of it is accounted for, since the scenario holds it."""
        for one in self.accounts.open():
            if reply and one.only_to == seat and wording({"text": reply, "blocks": []}) in one.words:
                self.accounts.expected.add(one.key)
        return str(reply)

    def told(self, seat: str, reference: str = "") -> list[str]:
        """The direct messages to a person, oldest first, about one case or all."""
        return [m["text"] for m in self.driver.messages(f"@{seat}") if reference in m["text"]]

    def opening(
        self,
        reference: str,
        *,
        channels: tuple[str, ...] = ("response-duty", "front-door"),
        told: tuple[str, ...] = (POLICE_DUTY, CARE_DUTY, CARE_SECOND),
    ) -> None:
        """Expect what a fresh referral says: a card in each channel, and one message to each person on duty."""
        for channel in channels:
            self.expect_card(reference, channel=channel)
        for seat in told:
            self.expect_told(seat, reference, "new referral")

    def referred(
        self, seat: str = OFFICER, channel: str = "response-duty", *, review: Json | None = None, **values: str
    ) -> Reference:
        """Refer, expect the opening and nothing more; the reference."""
        reference = self.refer(seat, channel, review=review, **values)
        self.opening(reference)
        self.nothing_else()
        return reference

    def expect_told(self, seat: str, *parts: str) -> Said:
        """Expect one direct message to a person that holds every part."""
        return self.accounts.expect(f"@{seat}", parts)

    def expect_card(self, reference: str, *parts: str, channel: str = "front-door") -> str:
        """Expect the one card of a case in a channel, saying every part by now; its words."""
        card = self.card(reference, channel)
        self.accounts.expected.add((card["channel"], card["ts"]))
        words = wording(card)
        missing = [part for part in parts if part not in words]
        if missing:
            raise UnexpectedError(f"The card of {reference} in #{channel} does not say {missing}. It says: {words}")
        return words

    def expect_thread(self, reference: str, *parts: str, channel: str = "front-door") -> Said:
        """Expect one line in the thread of a card that holds every part."""
        return self.accounts.expect(f"#{channel}", parts, thread=self.card(reference, channel)["ts"])

    def expect_post(self, channel: str, *parts: str) -> Said:
        """Expect one message of its own in a channel, such as the control channel or a digest."""
        return self.accounts.expect(f"#{channel}", parts, thread="")

    def expect_answer(self, seat: str, *parts: str, channel: str) -> Said:
        """Expect an answer in a channel that this person alone sees."""
        return self.accounts.expect(f"#{channel}", parts, only_to=seat)

    def expect_mail(self, to: str, *parts: str) -> Said:
        """Expect one e-mail to a person, or to an address that is nobody's own."""
        return self.accounts.expect(f"e-mail to {to}", parts)

    def expect_step(self, reference: str, seats: Iterable[str], *parts: str, channel: str = "front-door") -> list[Said]:
        """Expect a step of a ladder: one line in the card's thread, and one message to each person."""
        line = self.expect_thread(reference, *parts, channel=channel)
        return [line, *(self.expect_told(seat, reference, *parts) for seat in seats)]

    def expect_due(self, reference: str, *parts: str) -> None:
        """Expect what silence of both agencies says at one step of both ladders: two lines, and a message to each of six."""
        for channel in ("response-duty", "front-door"):
            self.expect_thread(reference, *parts, channel=channel)
        for seat in (OFFICER, POLICE_DUTY, POLICE_LEADER, CARE_DUTY, CARE_SECOND, CARE_LEADER):
            self.expect_told(seat, reference, *parts)

    def overlook(self, why: str, place: str = "", containing: str = "") -> None:
        """Account for all that was said so far in a place (`@Name`, `#channel`) that this scenario is not about, and say why."""
        found = [one for one in self.accounts.open() if place in ("", one.place) and containing in one.words]
        if not found or not why:
            raise UnexpectedError(f"There is nothing in {place or 'any place'} to overlook ({why}): take it out.")
        self.accounts.expected.update(one.key for one in found)

    def nothing_else(self) -> None:
        """Nothing has been said so far but what was expected."""
        self.accounts.check_messages()

    def allow(self, *codes: str) -> None:
        """Allow failures: by the code in the workspace's log, or the event in the bot's. Each has to happen at least once."""
        self.accounts.allowed.update(codes)

    def clock_to(self, london: str) -> None:
        """Move the clock to a time of day in London, such as `2026-11-23 11:00`."""
        self.driver.move_to(datetime.fromisoformat(london).replace(tzinfo=LONDON).isoformat())

    def to_next_step(self) -> datetime:
        """Move the clock to the very instant of the engine's next step; that instant."""
        return datetime.fromisoformat(self.driver.move_to("next deadline")["now"])

    def now(self) -> datetime:
        """The practice time."""
        return datetime.fromisoformat(self.driver.get("clock")["now"])

    def errors(self) -> list[Json]:
        """Everything that went wrong between bot and workspace."""
        return [row for row in self.driver.get("log")["log"] if not row["ok"]]

    def tolerate(self, *codes: str) -> None:
        """The same for what chance decides: it may happen or not."""
        self.accounts.tolerated.update(codes)


@contextmanager
def world(
    place: Path,
    *,
    start: datetime = MONDAY,
    template: Path | None = None,
    guest: Seat | None = None,
    **settings: str,
) -> Iterator[World]:
    """A world that begins at an instant; `template` is a migrated empty database, `guest` somebody in no directory."""
    keys = place / "vigil.keys"
    create_keyring(keys)
    database = place / "vigil.db"
    if template is not None:
        shutil.copy(template, database)
    cast = sample_cast(SAMPLE_DIRECTORY, manifest=slack_manifest())
    if guest is not None:
        rooms = (replace(room, members=(*room.members, guest.id)) for room in cast.channels)
        cast = replace(cast, seats=(*cast.seats, guest), channels=tuple(rooms))
    with PracticeServer(cast, port=0, start=start) as server:
        environment = {
            "PATH": os.defpath,
            "DATABASE_URL": f"sqlite:///{database}",
            "VIGIL_MASTER_KEY_FILE": str(keys),
            "VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY),
            "VIGIL_POLICY": str(QUIET),
            "VIGIL_LISTEN": "127.0.0.1:0",
            **server.bot_environment,
            **settings,
        }
        bot = start_bot(load(environment, dotenv=None), lost=lambda: None)
        here = World(server, Driver(server.url), place, environment, bot)
        try:
            yield here
        finally:
            if here.running:
                here.down()


@contextmanager
def strict(
    place: Path,
    *,
    start: datetime = MONDAY,
    template: Path | None = None,
    guest: Seat | None = None,
    mail: bool = False,
    **settings: str,
) -> Iterator[World]:
    """A world whose scenario accounts for every message and every failure; `mail` opens the second road, by e-mail."""
    with ExitStack() as opened:
        if mail:
            office = opened.enter_context(post_office(ADDRESSES))
            settings["VIGIL_SMTP_URL"] = office.url
        heard = opened.enter_context(listening())
        with world(place, start=start, template=template, guest=guest, **settings) as here:
            here.accounts.heard = heard
            if mail:
                here.accounts.sources.append(office.sent)
                here.post = office
            yield here
            here.nothing_else()
            here.accounts.check_errors()
        here.accounts.check_log()
